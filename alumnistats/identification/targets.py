"""Quantities whose possible range is sought: sizes, counts, shares, the total."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from alumnistats.identification.compiled import Compiled
from alumnistats.identification.linear import Expression, minus, times
from alumnistats.identification.witness import Witness
from alumnistats.survey import OVERALL


@dataclass(frozen=True, slots=True)
class Target:
    """A quantity, and the end of its range that is sought.

    Values are those of the quantity times `sign`, so that the lowest one is sought whatever the
    end; a share's improvement on p / q is the linear condition ``q k - p b <= -1``.

    Attributes
    ----------
    group : str
        A group's id, or ``"overall"``.
    sign : int
        1 for the lower end, -1 for the upper one.
    question : str
        Of a count or share; empty for a size.
    options : tuple of str
    share : bool
        Whether the count is taken as a share of its base.
    """

    group: str
    sign: int
    question: str = ""
    options: tuple[str, ...] = ()
    share: bool = False

    def value(self, witness: Witness) -> Fraction | None:
        """Return the value in a solution; None for the share of nobody."""
        groups = list(witness.sizes) if self.group == OVERALL else [self.group]
        if not self.question:
            return Fraction(self.sign * sum(witness.sizes[g] for g in groups))
        count = self.sign * sum(witness.count(self.question, self.options, g) for g in groups)
        if not self.share:
            return Fraction(count)
        asked = sum(witness.asked(self.question, g) for g in groups)
        return Fraction(count, asked) if asked else None

    def beyond(self, made: Compiled, best: Fraction | None) -> tuple[Expression, int]:
        """Return an expression, and what it does not exceed just where a value is below `best`."""
        if not self.share:
            most = made.model.ends(self._whole(made))[1] if best is None else int(best) - 1
            return self._whole(made), most
        best = Fraction(2) if best is None else best
        base = made.base(self.question, self.group)
        count = times(self.sign * best.denominator, self._count(made))
        return minus(count, times(best.numerator, base)), -1

    def trivial(self, made: Compiled) -> Fraction:
        """Return a bound that follows from the ranges of the variables."""
        if self.share:
            return Fraction(min(self.sign, 0))
        return Fraction(made.model.ends(self._whole(made))[0])

    def _whole(self, made: Compiled) -> Expression:
        if self.question:
            return times(self.sign, self._count(made))
        sizes = made.total() if self.group == OVERALL else {made.sizes[self.group]: 1}
        return times(self.sign, sizes)

    def _count(self, made: Compiled) -> Expression:
        return made.count(self.question, self.options, self.group)
