"""Two independent shares compared on a scale: by how many points, or by which factor, they differ.

A `Contrast` is a scale and a value on it. Its test and its interval are score methods, so that the
test rejects at half of what the two-sided interval leaves out exactly when the interval excludes
the value.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.comparisons.counts import Alternative
from alumnistats.comparisons.ratio import koopman, ratio_test
from alumnistats.comparisons.score import miettinen_nurminen, score_test

Test = Callable[..., FloatArray]
Inversion = Callable[..., tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class Contrast(ABC):
    """A value that a comparison of two shares may exceed.

    Attributes
    ----------
    value : Fraction
        Of a difference of proportions, or of a ratio: exact, as counts are compared with it.
    """

    value: Fraction

    @property
    @abstractmethod
    def factor(self) -> float:
        """By what the second share is multiplied before it is compared with the first."""

    @property
    @abstractmethod
    def shift(self) -> float:
        """What is added to the second share then."""

    @abstractmethod
    def excess(
        self, k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike
    ) -> IntArray:
        """Return the sign of what the first share exceeds by, less the value: exact, in integers.

        Of samples of nobody it is -2, which is no sign.
        """

    @abstractmethod
    def test(self) -> Test:
        """Return the score test of the value, of counts and sizes and an alternative."""

    @abstractmethod
    def inversion(self) -> Inversion:
        """Return the interval that inverts the test, of counts and sizes and a level."""

    def p_value(
        self,
        k1: npt.ArrayLike,
        n1: npt.ArrayLike,
        k2: npt.ArrayLike,
        n2: npt.ArrayLike,
        alternative: Alternative = "greater",
    ) -> FloatArray:
        """Return the p-value of the score test that the value is not exceeded, or as named."""
        return self.test()(k1, n1, k2, n2, alternative)

    def interval(
        self,
        k1: npt.ArrayLike,
        n1: npt.ArrayLike,
        k2: npt.ArrayLike,
        n2: npt.ArrayLike,
        level: float = 0.95,
    ) -> tuple[FloatArray, FloatArray]:
        """Return the two-sided score interval of the difference, or of the ratio."""
        return self.inversion()(k1, n1, k2, n2, level)

    def gap(self, first: npt.ArrayLike, second: npt.ArrayLike) -> FloatArray:
        """Return by how much the first share exceeds what the second one makes of it."""
        one, other = (np.asarray(x, dtype=float) for x in (first, second))
        return np.asarray(one - self.factor * other - self.shift)


def _sign(left: npt.ArrayLike, valid: npt.ArrayLike) -> IntArray:
    """Return the signs of whole numbers of any size; -2 where they are not valid."""
    signs = np.vectorize(lambda x: (x > 0) - (x < 0), otypes=[np.int64])(left)
    return np.where(valid, signs, -2)


def _whole(*arrays: npt.ArrayLike) -> list[npt.NDArray[np.object_]]:
    """Return arrays of Python's integers, which no product of sizes overflows."""
    return [np.asarray(a, dtype=np.int64).astype(object) for a in arrays]


@dataclass(frozen=True, slots=True)
class Difference(Contrast):
    """The first share less the second, against a value in (-1, 1)."""

    @property
    def factor(self) -> float:
        """1."""
        return 1.0

    @property
    def shift(self) -> float:
        """The value."""
        return float(self.value)

    def excess(
        self, k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike
    ) -> IntArray:
        """Return the sign of the difference less the value."""
        a, m, b, n = _whole(k1, n1, k2, n2)
        up, down = self.value.numerator, self.value.denominator
        return _sign((a * n - b * m) * down - up * m * n, np.asarray(m * n > 0, dtype=bool))

    def test(self) -> Test:
        """Return Miettinen and Nurminen's test of the value."""
        return partial(score_test, difference=float(self.value))

    def inversion(self) -> Inversion:
        """Return Miettinen and Nurminen's interval."""
        return miettinen_nurminen


@dataclass(frozen=True, slots=True)
class Ratio(Contrast):
    """The first share over the second, against a positive value."""

    @property
    def factor(self) -> float:
        """The value."""
        return float(self.value)

    @property
    def shift(self) -> float:
        """0."""
        return 0.0

    def excess(
        self, k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike
    ) -> IntArray:
        """Return the sign of the first share less the value times the second."""
        a, m, b, n = _whole(k1, n1, k2, n2)
        up, down = self.value.numerator, self.value.denominator
        return _sign(a * n * down - up * b * m, np.asarray(m * n > 0, dtype=bool))

    def test(self) -> Test:
        """Return Koopman's test of the value."""
        return partial(ratio_test, ratio=float(self.value))

    def inversion(self) -> Inversion:
        """Return Koopman's interval."""
        return koopman
