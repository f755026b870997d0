"""The exact number of solutions: sizes and counts of all groups that agree with what is published.

A solution is a vector of sizes with sum N and a vector of counts with a sum that the overall figure
allows, each count agreeing with its group's figure or, for a group left out of a complete ranking,
lying strictly inside the published extremes. The number is a coefficient of a product of generating
functions. It does not fit a machine word (about 1e24 for a dozen groups), so the lattice pass runs
modulo several coprime numbers, and the Chinese remainder theorem gives the Python integer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alumnistats.arguments import MOST_RESPONDENTS, checked, instance, one_of, text, whole
from alumnistats.arrays import IntArray
from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.overall import law_of_totals
from alumnistats.reconstruction.published import Exact, agreeing_range
from alumnistats.reconstruction.question_tree import build_trees, locate
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.reconstruction.size_priors import size_limits
from alumnistats.rounding import ROUNDING_RULES, RoundingRule
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

# Primes just below 2**50: a running sum of 8,192 residues stays below 2**63.
MODULI = (
    1125899906842597, 1125899906842589, 1125899906842573, 1125899906842553,
    1125899906842511, 1125899906842507, 1125899906842493, 1125899906842463,
)  # fmt: skip


def count_lattice(
    low: IntArray, high: IntArray, total: int, totals_of_counts: tuple[int, int] | None
) -> int:
    """Return the number of (n, k) vectors with given sums.

    Parameters
    ----------
    low, high : ndarray of int, shape (groups, largest + 1)
        First and last count of each group for each size; none where ``high < low``. A size is
        ruled out by an empty interval.
    total : int
        Sum of the sizes.
    totals_of_counts : (int, int) or None
        First and last allowed sum of the counts; None when nothing is published of it.

    Returns
    -------
    int

    Raises
    ------
    ArgumentError
        If the number may exceed the product of `MODULI` (about 1e120).
    """
    ways = np.maximum(high - low + 1, 0)
    bound = 1
    for group in ways:
        bound *= int(group.sum())
    if bound == 0:
        return 0
    residue, modulus = 0, 1
    for prime in MODULI:
        if totals_of_counts is None:
            found = _sizes_modulo(ways, total, prime)
        else:
            found = _pairs_modulo(low, high, total, totals_of_counts, prime)
        step = (found - residue) * pow(modulus, -1, prime) % prime
        residue, modulus = residue + modulus * step, modulus * prime
        if modulus > bound:
            return residue
    raise ArgumentError("groups", len(low), "few enough groups for a count below 1e120")


def _sizes_modulo(ways: IntArray, total: int, prime: int) -> int:
    """Count without a tie on the counts: one dimension, in Python integers modulo `prime`."""
    state = np.zeros(total + 1, dtype=object)
    state[0] = 1
    for group in ways:
        new = np.zeros_like(state)
        for n in np.flatnonzero(group[: total + 1]):
            new[n:] += int(group[n]) * state[: total + 1 - n]
        state = new % prime
    return int(state[total])


def _pairs_modulo(
    low: IntArray, high: IntArray, total: int, window: tuple[int, int], prime: int
) -> int:
    """Count with a tie on sizes and counts; prefix sums make each group's interval O(1)."""
    width = window[1] + 1
    state = np.zeros((total + 1, width), dtype=np.int64)
    state[0, 0] = 1
    reach = 0  # largest partial sum of sizes so far
    for lower, upper in zip(low, high, strict=True):
        prefix = np.zeros((total + 1, width + 1), dtype=np.int64)
        np.cumsum(state, axis=1, out=prefix[:, 1:])
        prefix %= prime
        new = np.zeros_like(state)
        sizes = np.flatnonzero(lower <= upper)
        for n in sizes[sizes <= total]:
            first, last = int(lower[n]), int(upper[n])
            if first >= width:
                continue
            rows = slice(0, min(reach, total - n) + 1)
            into = new[n : n + rows.stop, first:]
            into += prefix[rows, 1 : width + 1 - first]
            if last + 1 < width:
                new[n : n + rows.stop, last + 1 :] -= prefix[rows, 1 : width - last]
        state = new % prime
        reach = min(total, reach + int(sizes[-1]))
    return int(state[total, window[0] : width].sum() % prime)


@checked(
    {
        "survey": instance(Survey),
        "of": text,
        "rounding": one_of(*ROUNDING_RULES),
        "smallest": whole(1, MOST_RESPONDENTS),
    }
)
def count_solutions(
    survey: Survey,
    of: str,
    *,
    rounding: RoundingRule = "half-up",
    smallest: int = 1,
    largest: int | None = None,
) -> int:
    """Return the exact number of (sample sizes, counts) that agree with what is published of `of`.

    The figures of `of`, its complete rankings and the published total are used, with subtotals
    rounded from their sums; other questions are not.

    Parameters
    ----------
    survey : Survey
        With a published total.
    of : str
        Measure id or ``question:option`` of a question asked of all respondents.
    rounding : RoundingRule
    smallest, largest : int, optional
        Limits of a group's size; `largest` is by default that of the reconstruction.

    Returns
    -------
    int

    Raises
    ------
    ArgumentError
        If the survey has no total.

    Examples
    --------
    >>> import alumnistats as al
    >>> count_solutions(al.load_survey("america-1969"), "affairs:some")
    10117
    """
    if survey.total is None:
        raise ArgumentError("survey", survey.id, "a survey with a published total")
    tree, node = locate(survey, build_trees(survey), of)
    limit = size_limits(survey)[1] if largest is None else largest
    sizes = np.arange(limit + 1)
    low = np.zeros((len(survey.groups), limit + 1), dtype=np.int64)
    high = np.tile(sizes, (len(survey.groups), 1))
    for g, group in enumerate(survey.groups):
        published = tree.group_figures.get((node, group.id))
        if published is not None:
            low[g], high[g] = agreeing_range(published, sizes, rounding)
        if group.n is not None:
            high[g, sizes != group.n] = -1
    high[:, :smallest] = -1
    law = law_of_totals(tree, survey.total, Scenario(rounding), Exact())
    allowed = np.flatnonzero(law.ahead[node])
    if not allowed.size:
        return 0
    # Sums of windows are windows: the allowed totals have no gaps.
    tied = allowed.size <= survey.total
    window = (int(allowed[0]), int(allowed[-1])) if tied else None
    return count_lattice(low, high, survey.total, window)


def solution_counts(recon: Reconstruction) -> pd.DataFrame:
    """Count, exactly, the solutions of each measure's own figures: of, solutions.

    The number of (sizes, counts) that agree with the measure's figures, its complete rankings,
    the published total and the overall figures, under halves rounded up and rounded sums. It
    is computed with Python integers; it needs a published total, a base of all respondents,
    overall figures that are pooled, and shares that are not forced to sum to 100.

    Examples
    --------
    >>> import alumnistats as al
    >>> survey = al.load_survey("america-1969")
    >>> recon = al.reconstruct(survey, draws=100)
    >>> solution_counts(recon).to_numpy().tolist()
    [['affairs:some', 11615]]
    """
    import pandas as pd

    survey, rows = recon.survey, []
    plain = not survey.weighted and survey.adding_up == ("rounded",)
    if survey.total is not None and plain and survey.overall_share == ("pooled",):
        for of in recon.recovered:
            tree, _ = locate(survey, recon.trees, of)
            if all(b.tree is None for b in tree.bases):
                rows.append((of, count_solutions(survey, of, largest=recon.problem.largest)))
    return pd.DataFrame(rows, columns=["of", "solutions"]).astype({"solutions": object})
