r"""Confidence sets for ranks from p-values of directed pairs.

For groups j and k the hypothesis :math:`H_{jk}: \theta_j \ge \theta_k` is tested; where it is
rejected, j is declared below k. While no true hypothesis is rejected, the number of groups declared
above a group bounds its rank from below, and the number declared below it bounds the rank from
above. So a procedure of familywise error at most :math:`\alpha` gives sets of level
:math:`1 - \alpha`, whatever the dependence of the p-values (Mogstad, Romano, Shaikh and Wilhelm
2024, Review of Economic Studies 91, 476-518).

**Family.** Simultaneous sets: all :math:`K(K-1)` directed pairs. Marginal sets of group j: its
:math:`2(K-1)` directed pairs, or the :math:`K-1` of one direction when one end only is bounded.

**Logical restrictions** (Shaffer 1986, Journal of the American Statistical Association 81,
826-831). Let F be the false hypotheses and T the true ones. The pairs in F are those strictly
ordered by :math:`\theta`, and a weak order of K groups with blocks of tied groups of sizes
:math:`b_i` has :math:`|F| = K(K-1)/2 - \sum_i b_i(b_i-1)/2`. Not every number occurs: of three
groups, one strict pair brings a second. F is also transitive. Let t(r) be at least the largest
:math:`|T|` of any weak order with at least r strict pairs. Procedure: from no declaration, declare
all pairs with :math:`p \le \alpha / t(r)`, where r is the number declared so far; add what follows
by transitivity; repeat until nothing is new.

*Proof.* Let A be the event that some true hypothesis has :math:`p \le \alpha/|T|`; its probability
is at most :math:`|T| \cdot \alpha/|T| = \alpha`. Outside A suppose the r declared so far lie in F.
Then :math:`r \le |F|`, so the true order is among those that define t(r) and
:math:`t(r) \ge |T|`; what is declared next has :math:`p \le \alpha/|T|` and so lies in F; and what
follows from it lies in F, which is transitive. By induction nothing true is ever rejected.

A declared pair's opposite stays in the count. Leaving it out (Holm's test of undirected pairs with
directions read off) would need a bound on errors of direction that Bonferroni's inequality does not
give for dependent p-values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, FloatArray, IntArray, check_level
from alumnistats.errors import ArgumentError
from alumnistats.ranking.confidence_sets import SetKind
from alumnistats.ranking.marginal_sets import Tail

Correction = Literal["bonferroni", "holm", "shaffer"]
CORRECTIONS: tuple[Correction, ...] = get_args(Correction)


@dataclass(frozen=True, eq=False)
class CountRankSets:
    """Confidence sets for ranks from tests of directed pairs of counts.

    Attributes
    ----------
    lower, upper : ndarray of int, shape (..., groups)
        Best and worst rank in each set; the largest value has rank 1.
    p : ndarray, shape (..., groups, groups)
        At [j, k] the p-value of "j is at least k", small when j is below k; 1 unless j was observed
        below k.
    level : float
    kind, tail : str
    test, correction : str
    guarantee : str
        What the level is a probability of, and when.
    """

    lower: IntArray
    upper: IntArray
    p: FloatArray
    level: float
    kind: SetKind
    tail: Tail
    test: str
    correction: Correction
    guarantee: str


def most_true(groups: int, strict: npt.ArrayLike) -> IntArray:
    """Return an upper bound of the number of true directed hypotheses.

    Parameters
    ----------
    groups : int
    strict : array_like of int
        At least so many pairs are strictly ordered; between 0 and the number of pairs.

    Returns
    -------
    ndarray of int
        The strict pairs' wrong directions, and both directions of the tied pairs. Tied pairs are at
        most what the strict ones leave; and where the largest block of b groups that fits into
        this holds half of all groups or more, at most its pairs and those of the rest, by
        convexity.
    """
    pairs = groups * (groups - 1) // 2
    left = pairs - np.asarray(strict, dtype=np.int64)
    block = ((1 + np.sqrt(1 + 8 * left.astype(float))) / 2 + 1e-9).astype(np.int64)
    block = np.minimum(block, groups)
    rest = groups - block
    most = block * (block - 1) // 2 + rest * (rest - 1) // 2
    tied = np.where(2 * block >= groups, np.minimum(left, most), left)
    return np.asarray(pairs + tied)


def _transitive(declared: BoolArray) -> BoolArray:
    """Return the declarations of each problem with what follows from them."""
    while True:
        paths = declared.astype(np.float32)
        more = declared | (paths @ paths > 0)
        if np.array_equal(more, declared):
            return declared
        declared = more


def _simultaneous(p: FloatArray, alpha: float, correction: Correction) -> BoolArray:
    groups = p.shape[-1]
    family = groups * (groups - 1)
    hypotheses: dict[Correction, Callable[[IntArray], IntArray]] = {
        "bonferroni": lambda r: np.full_like(r, family),
        "holm": lambda r: family - r,
        "shaffer": lambda r: most_true(groups, r),
    }
    declared = np.zeros(p.shape, bool)
    problems = np.arange(len(p))  # those in which something new was declared
    while problems.size:
        remaining = hypotheses[correction](declared[problems].sum(axis=(1, 2)))
        now = p[problems] <= (alpha / np.maximum(remaining, 1))[:, None, None]
        if correction == "shaffer":
            now = _transitive(now | declared[problems])
        new = (now != declared[problems]).any(axis=(1, 2))
        declared[problems] = now
        problems = problems[new]
    return declared


def _marginal(
    p: FloatArray, alpha: float, tail: Tail, correction: Correction
) -> tuple[BoolArray, BoolArray]:
    """Declare groups above and groups below each group, within its own family.

    Every number of false hypotheses of one group's family can occur, each direction of a pair by
    itself: Shaffer's procedure is Holm's there.
    """
    ends = {"two-sided": (True, True), "lower": (True, False), "upper": (False, True)}[tail]
    family = sum(ends) * (p.shape[-1] - 1)
    above, below = np.zeros(p.shape, bool), np.zeros(p.shape, bool)
    while True:
        rejected = above.sum(axis=2) + below.sum(axis=2)
        remaining = family if correction == "bonferroni" else np.maximum(family - rejected, 1)
        threshold = np.broadcast_to(alpha / np.maximum(remaining, 1), rejected.shape)[..., None]
        new_above = (p <= threshold) & ends[0]
        new_below = (p.swapaxes(1, 2) <= threshold) & ends[1]
        if np.array_equal(new_above, above) and np.array_equal(new_below, below):
            return above, below
        above, below = new_above, new_below


def rank_sets_of_p(
    p: FloatArray,
    *,
    level: float,
    kind: SetKind,
    tail: Tail,
    correction: Correction,
    test: str,
    condition: str,
) -> CountRankSets:
    """Return confidence sets for ranks from p-values of directed pairs.

    Parameters
    ----------
    p : ndarray, shape (..., groups, groups)
        At [j, k] a p-value of "j is at least k" that is 1 unless j was observed below k (so also on
        the diagonal).
    level : float
    kind, tail, correction : str
    test : str
        Name of the test, kept in the result.
    condition : str
        When the p-values are valid, as the end of the guarantee's sentence.

    Returns
    -------
    CountRankSets

    Raises
    ------
    ArgumentError
        For a level outside (0, 1) or unknown names.
    """
    check_level(level)
    if tail not in get_args(Tail):
        raise ArgumentError("tail", tail, '"two-sided", "lower" or "upper"')
    if correction not in CORRECTIONS:
        raise ArgumentError("correction", correction, "one of " + ", ".join(CORRECTIONS))
    groups = p.shape[-1]
    flat = p.reshape(-1, groups, groups)
    if kind == "simultaneous":
        above = _simultaneous(flat, 1 - level, correction)
        below = above.swapaxes(1, 2)
    elif kind == "marginal":
        above, below = _marginal(flat, 1 - level, tail, correction)
    else:
        raise ArgumentError("kind", kind, '"marginal" or "simultaneous"')
    lower, upper = 1 + above.sum(axis=2), groups - below.sum(axis=2)
    if tail == "lower":
        upper = np.full_like(upper, groups)
    if tail == "upper":
        lower = np.ones_like(lower)
    what = "all ranks at once" if kind == "simultaneous" else "each group's rank"
    return CountRankSets(
        lower.reshape(p.shape[:-1]),
        upper.reshape(p.shape[:-1]),
        p,
        level,
        kind,
        tail,
        test,
        correction,
        f"covers {what} with probability at least {level:g} in samples of any size, {condition}",
    )
