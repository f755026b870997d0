"""Tests that two independent proportions are equal, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy.typing as npt

from alumnistats.arrays import FloatArray
from alumnistats.comparisons.asymptotic import likelihood_ratio, z_test
from alumnistats.comparisons.conditional import fisher_exact, fisher_mid_p
from alumnistats.comparisons.counts import Alternative
from alumnistats.comparisons.score import score_test
from alumnistats.comparisons.unconditional import barnard, boschloo
from alumnistats.errors import ArgumentError

PairTest = Literal[
    "z", "score", "likelihood-ratio", "fisher-exact", "fisher-mid-p", "barnard", "boschloo"
]
PAIR_TESTS: dict[PairTest, Callable[..., FloatArray]] = {
    "z": z_test,
    "score": score_test,
    "likelihood-ratio": likelihood_ratio,
    "fisher-exact": fisher_exact,
    "fisher-mid-p": fisher_mid_p,
    "barnard": barnard,
    "boschloo": boschloo,
}
# Those whose size is at most their level whatever the common share is.
EXACT_TESTS: tuple[PairTest, ...] = ("fisher-exact", "barnard", "boschloo")


def pair_test(
    count_a: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
    method: PairTest = "fisher-mid-p",
    alternative: Alternative = "two-sided",
) -> FloatArray:
    """Return p-values of a test that two independent proportions are equal.

    Parameters
    ----------
    count_a, nobs_a, count_b, nobs_b : array_like of int
        Counts and sizes of the two samples; they broadcast.
    method : {"z", "score", "likelihood-ratio", "fisher-exact", "fisher-mid-p", "barnard", \
"boschloo"}
        `EXACT_TESTS` keep their level at every size; the others do so in large samples.
    alternative : {"two-sided", "greater", "less"}
        "greater" means that the first share is larger.

    Returns
    -------
    ndarray
        P-values by the method, in [0, 1].

    Raises
    ------
    ArgumentError
        For an unknown method or alternative, and for counts that the method refuses.

    Examples
    --------
    >>> pair_test([30, 40], 60, 20, 60, "z").round(4).tolist()
    [0.0641, 0.0003]
    """
    if method not in PAIR_TESTS:
        raise ArgumentError("method", method, "one of " + ", ".join(PAIR_TESTS))
    return PAIR_TESTS[method](count_a, nobs_a, count_b, nobs_b, alternative)
