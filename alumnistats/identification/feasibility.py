"""Whether any sizes and counts give what a survey publishes, with a witness or a proof.

One convention after the other is tried, the likely ones first. Bounds on sums of rounded parts are
first taken as the linear conditions that they imply, and made exact where a solution shows that
this matters; so a model has no solution only if the survey has none, and a solution is one only
after it has been checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from alumnistats.identification.compiled import Compiled, compile_survey
from alumnistats.identification.conventions import Convention
from alumnistats.identification.linear import Expression
from alumnistats.identification.published import Item, Statement
from alumnistats.identification.solver import Answer, Status, solve
from alumnistats.identification.witness import Witness, violations
from alumnistats.survey import Survey

SMALL = 3000
"""Respondents in all up to which a solution is sought first, where no total is published."""


class Clock:
    """A time limit that several steps share.

    Parameters
    ----------
    seconds : float
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(self._end - time.monotonic(), 0.0)


Extra = Callable[[Compiled], None]
"""Adds further conditions to a compiled survey."""


@dataclass(frozen=True, eq=False)
class Found:
    """What is known of a survey under one convention.

    Attributes
    ----------
    status : {"found", "impossible", "unknown"}
    witness : Witness, optional
        Checked.
    bound : int, optional
        Of an objective: no solution lies below.
    """

    status: Status
    witness: Witness | None = None
    bound: int | None = None


@dataclass(frozen=True, eq=False)
class Setting:
    """What is to be solved: a survey, the items that are to hold, and how they are read.

    Attributes
    ----------
    survey : Survey
    items : tuple of Item
    shares : bool
        Whether percentages say anything of counts: not where they are weighted or may be misprints.
    refined : dict
        By convention: sums of rounded parts that were found to matter; grows while solving.
    """

    survey: Survey
    items: tuple[Item, ...]
    shares: bool = True
    refined: dict[Convention, set[Statement]] = field(default_factory=dict)


def solve_under(
    setting: Setting,
    convention: Convention,
    clock: Clock,
    *,
    lowest: Callable[[Compiled], Expression] | None = None,
    extra: Extra | None = None,
    largest: int | None = None,
) -> Found:
    """Find a checked solution under one convention, or prove that there is none.

    Parameters
    ----------
    setting : Setting
    convention : Convention
    clock : Clock
    lowest : callable, optional
        Makes what is to be as small as possible.
    extra : callable, optional
        Adds further conditions.
    largest : int, optional
        Most respondents in all, where no total is published.
    """
    refined = setting.refined.setdefault(convention, set())
    while True:
        made = compile_survey(
            setting.survey, convention, setting.items,
            largest=largest, shares=setting.shares, refined=refined,
        )  # fmt: skip
        if extra is not None:
            extra(made)
        answer = solve(made.model, clock.left, lowest=lowest(made) if lowest else None)
        if answer.status != "found":
            return Found(answer.status, bound=answer.bound)
        witness = _witness_of(made, answer)
        wrong = violations(setting.survey, witness, setting.items, shares=setting.shares)
        if not wrong:
            return Found("found", witness, answer.bound)
        new = {s for s in wrong if isinstance(s, Statement)} - refined
        if not new:
            return _by_inner_bracket(setting, convention, clock, extra, largest, refined)
        refined |= new


def _by_inner_bracket(
    setting: Setting,
    convention: Convention,
    clock: Clock,
    extra: Extra | None,
    largest: int | None,
    refined: set[Statement],
) -> Found:
    """Find a solution whose plain means are in the inner bracket; none proves nothing."""
    made = compile_survey(
        setting.survey, convention, setting.items,
        largest=largest, shares=setting.shares, refined=refined, bracket="inner",
    )  # fmt: skip
    if extra is not None:
        extra(made)
    answer = solve(made.model, clock.left)
    if answer.status != "found":
        return Found("unknown")
    witness = _witness_of(made, answer)
    wrong = violations(setting.survey, witness, setting.items, shares=setting.shares)
    return Found("unknown") if wrong else Found("found", witness)


def _witness_of(made: Compiled, answer: Answer) -> Witness:
    sizes = {g: answer.values[v] for g, v in made.sizes.items()}
    counts = {key: answer.values[v] for key, v in made.counts.items()}
    return Witness(made.convention, sizes, counts)


def any_solution(
    setting: Setting,
    conventions: Sequence[Convention],
    clock: Clock,
    extra: Extra | None = None,
    told: Callable[[int], None] | None = None,
) -> Found:
    """Find a solution under any of several conventions, or prove that there is none.

    A solution is first sought for a little while under each convention, then for the time left.
    """
    open_ones = list(conventions)
    for share in (0.05, 0.2, 1.0):
        still = []
        for number, convention in enumerate(open_ones):
            own = Clock(min(share * clock.seconds, clock.left))
            found = _without_cap(setting, convention, own, extra)
            if found.status == "found":
                return found
            if found.status == "unknown":
                still.append(convention)
            if told is not None:
                told(number)
        open_ones = still
        if not open_ones:
            return Found("impossible")
        if not clock.left:
            break
    return Found("unknown")


def _without_cap(
    setting: Setting, convention: Convention, clock: Clock, extra: Extra | None
) -> Found:
    """Solve with any total; where none is published small ones are tried first."""
    if not any(type(i).__name__ == "Total" for i in setting.items):
        found = solve_under(setting, convention, clock, extra=extra, largest=SMALL)
        if found.status == "found":
            return found
    return solve_under(setting, convention, clock, extra=extra)
