"""What all tests and intervals of two independent samples take, return and refuse.

A method is a function of checked counts and sizes; a decorator makes it one of whatever a caller
has, with the checks and the part of its documentation that all of them share.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, check_level, whole_numbers
from alumnistats.comparisons.counts import (
    Alternative,
    check_alternative,
    check_counts,
    for_distinct_tables,
)

Interval = tuple[FloatArray, FloatArray]

SAMPLES = """Parameters
----------
count_a, nobs_a, count_b, nobs_b : array_like of int
    Counts and sizes of the two samples; they broadcast."""
TEST = f"""{SAMPLES}
alternative : {{"two-sided", "greater", "less"}}
    "greater" means that the first share is larger.

Returns
-------
ndarray
    P-values.

Raises
------
ArgumentError
    For counts out of range or not whole, an unknown alternative"""
INTERVAL = f"""{SAMPLES}
level : float
    Confidence in (0, 1).

Returns
-------
lower, upper : ndarray
    {{}}

Raises
------
ArgumentError
    For counts out of range or not whole, samples of nobody, or such a level."""
DIFFERENCES = "Differences of proportions in [-1, 1]."
RATIOS = """Ratios in [0, inf]: from 0 where the first count is 0, to infinity where the second is;
    both where both are, which says nothing."""
BEFORE = ("Notes\n-----", "Examples\n--------")  # sections that follow the shared ones


class TwoSampleTest(Protocol):
    """A test that two independent proportions are equal."""

    def __call__(
        self,
        count_a: npt.ArrayLike,
        nobs_a: npt.ArrayLike,
        count_b: npt.ArrayLike,
        nobs_b: npt.ArrayLike,
        alternative: Alternative = "two-sided",
    ) -> FloatArray:
        """Return p-values."""


class TwoSampleInterval(Protocol):
    """A confidence interval for the first share minus the second, or over it."""

    def __call__(
        self,
        count_a: npt.ArrayLike,
        nobs_a: npt.ArrayLike,
        count_b: npt.ArrayLike,
        nobs_b: npt.ArrayLike,
        level: float = 0.95,
    ) -> Interval:
        """Return lower and upper ends."""


def checked_samples(*samples: npt.ArrayLike) -> list[FloatArray]:
    """Return checked counts and sizes, first and second sample, of one shape; nobody is refused."""
    a, m, b, n = np.broadcast_arrays(*(whole_numbers(x, "counts") for x in samples))
    check_counts(a, m)
    check_counts(b, n)
    return [a, m, b, n]


def checked_test(*samples: npt.ArrayLike, alternative: Alternative) -> list[FloatArray]:
    """Return the samples of a large-sample test, checked as the alternative is."""
    check_alternative(alternative)
    return checked_samples(*samples)


def _test_of(
    compute: Callable[..., FloatArray], run: Callable[..., FloatArray], refused: str
) -> TwoSampleTest:
    """Make a test of ``compute(a, m, b, n, alternative)``, which `run` gives its samples."""

    @wraps(compute)
    def test(
        count_a: npt.ArrayLike,
        nobs_a: npt.ArrayLike,
        count_b: npt.ArrayLike,
        nobs_b: npt.ArrayLike,
        alternative: Alternative = "two-sided",
    ) -> FloatArray:
        def of_samples(*samples: FloatArray) -> FloatArray:
            return compute(*samples, alternative)

        check_alternative(alternative)
        return run(of_samples, count_a, nobs_a, count_b, nobs_b)

    return _documented(test, TEST + refused)


def _at_once(test: Callable[..., FloatArray], *samples: npt.ArrayLike) -> FloatArray:
    return test(*checked_samples(*samples))


def large_sample_test(compute: Callable[..., FloatArray]) -> TwoSampleTest:
    """Make a test of ``compute(a, m, b, n, alternative)``, which needs samples of somebody."""
    return _test_of(compute, _at_once, ", and samples of nobody.")


def exact_test(compute: Callable[..., FloatArray]) -> TwoSampleTest:
    """Make a test of ``compute(a, m, b, n, alternative)``, which gets each distinct table once."""
    return _test_of(compute, for_distinct_tables, ".")


def _interval_of(compute: Callable[..., Interval], returned: str) -> TwoSampleInterval:
    """Make an interval of ``compute(a, m, b, n, level)``."""

    @wraps(compute)
    def interval(
        count_a: npt.ArrayLike,
        nobs_a: npt.ArrayLike,
        count_b: npt.ArrayLike,
        nobs_b: npt.ArrayLike,
        level: float = 0.95,
    ) -> Interval:
        check_level(level)
        return compute(*checked_samples(count_a, nobs_a, count_b, nobs_b), level)

    return _documented(interval, INTERVAL.format(returned))


def difference_interval_of(compute: Callable[..., Interval]) -> TwoSampleInterval:
    """Make an interval of the first share minus the second of ``compute(a, m, b, n, level)``."""
    return _interval_of(compute, DIFFERENCES)


def ratio_interval_of(compute: Callable[..., Interval]) -> TwoSampleInterval:
    """Make an interval of the first share over the second of ``compute(a, m, b, n, level)``."""
    return _interval_of(compute, RATIOS)


def _documented(function: Any, sections: str) -> Any:
    """Put the shared sections where numpydoc wants them, and forget the inner signature."""
    from inspect import cleandoc

    text = cleandoc(function.__doc__)
    at = min((text.index(head) for head in BEFORE if head in text), default=len(text))
    parts = (text[:at].rstrip(), sections, text[at:])
    function.__doc__ = "\n\n".join(part for part in parts if part) + "\n"
    del function.__wrapped__
    return function
