"""P-values of "this group exceeds that one", for every solution that is tested.

Each pair is tested once for a test and a bias, whichever claim asks for it: see `Evidence.once`.
"""

from __future__ import annotations

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.claims.evidence import SOLUTIONS_TESTED, Averaged, Evidence
from alumnistats.comparisons import Adjustment, PairTest, adjust, deflate, odds_ratio_test

Pairs = list[tuple[int, int]]

# Fewer solutions for the unconditional tests, which take a hundred times as long as the others.
FEWER_TESTED: dict[PairTest, int] = {"barnard": 4, "boschloo": 4}
# Tests that know what a sample of nobody says; by the others it establishes nothing.
FOR_NOBODY: tuple[PairTest, ...] = ("fisher-exact", "fisher-mid-p", "barnard", "boschloo")


def solutions_tested(test: PairTest) -> int:
    """Return over how many solutions a test is averaged."""
    return FEWER_TESTED.get(test, SOLUTIONS_TESTED)


def pair_p(evidence: Evidence, of: str, pairs: Pairs, odds_ratio: float) -> FloatArray:
    """Return p-values of "the first group's odds are more than `odds_ratio` times the second's".

    Parameters
    ----------
    pairs : list of (int, int)
        Indices of groups.

    Returns
    -------
    ndarray, shape (solutions, pairs)
        Of independent respondents, one-sided, not adjusted.
    """
    test = evidence.rules.test
    thin = evidence.tested(of, solutions_tested(test))
    groups = len(thin.groups)
    shape = (len(thin.weight), groups, groups)
    table = evidence.once(("pairs", of, test, odds_ratio), lambda: np.full(shape, np.nan))
    first, second = np.array(pairs).T
    new = np.isnan(table[0, first, second])
    if new.any():
        a, b = np.unique(np.array(pairs)[new], axis=0).T
        table[:, a, b] = _tested(thin.k, thin.n, a, b, odds_ratio, test)
    return np.asarray(table[:, first, second])


def _tested(
    k: IntArray, n: IntArray, a: IntArray, b: IntArray, odds_ratio: float, test: PairTest
) -> FloatArray:
    if test in FOR_NOBODY:
        return odds_ratio_test(k[:, a], n[:, a], k[:, b], n[:, b], odds_ratio, test)
    size = np.maximum(n, 1)
    p = odds_ratio_test(k[:, a], size[:, a], k[:, b], size[:, b], odds_ratio, test)
    return np.where((n[:, a] == 0) | (n[:, b] == 0), 1.0, p)


def conjunction(evidence: Evidence, of: str, pairs: Pairs) -> Averaged:
    """Return the intersection-union p-value of all pairs, averaged over the solutions.

    With a bias the hypothesis of each pair is that of its least favourable bias: the first group's
    odds raised and the second's lowered by it, so an odds ratio of ``exp(2 bias)``.

    With an adjustment every ordered pair of groups is tested, both directions of each, and the
    claim's own pairs are looked up among the adjusted values: the release was free to claim any.
    """
    rules = evidence.rules
    ratio = float(np.exp(2 * rules.bias))
    weight = evidence.tested(of, solutions_tested(rules.test)).weight
    adjustment = rules.adjustment
    if adjustment == "none":
        p = deflate(pair_p(evidence, of, pairs, ratio), rules.design_effect)
    else:
        p = evidence.once(
            ("adjusted", of, rules.test, ratio, rules.design_effect, adjustment),
            lambda: _adjusted(evidence, of, ratio, adjustment),
        )
        first, second = np.array(pairs).T
        p = p[:, first, second]
    return Averaged.of(p.max(axis=1), weight, evidence.alpha)


def _adjusted(evidence: Evidence, of: str, ratio: float, adjustment: Adjustment) -> FloatArray:
    """Return adjusted p-values of all ordered pairs, shape (solutions, groups, groups)."""
    groups = len(evidence.survey.groups)
    a, b = np.nonzero(~np.eye(groups, dtype=bool))
    every = list(zip(a.tolist(), b.tolist(), strict=True))
    p = deflate(pair_p(evidence, of, every, ratio), evidence.rules.design_effect)
    out = np.ones((len(p), groups, groups))
    out[:, a, b] = adjust(p, adjustment)
    return out
