"""Whether any sizes and counts give what a survey publishes, with a witness or a proof.

One convention after the other is tried, the likely ones first. Bounds on sums of rounded parts are
first taken as the linear conditions that they imply, and made exact where a solution shows that
this matters; so a model has no solution only if the survey has none, and a solution is one only
after it has been checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alumnistats.identification.blocks import divided
from alumnistats.identification.certificate import is_ruled_out
from alumnistats.identification.compiled import LARGEST, Compiled
from alumnistats.identification.conditions import Bracket
from alumnistats.identification.conventions import Convention
from alumnistats.identification.linear import Expression, IntegerModel
from alumnistats.identification.published import Item, Statement, statements_of
from alumnistats.identification.solver import Status, solve
from alumnistats.identification.survey_model import compile_survey
from alumnistats.identification.witness import Witness, violations
from alumnistats.survey import OVERALL, Survey

TOTALS = (3000, 10**5)
"""Respondents in all up to which a solution is sought, where no total is published."""


SLICES = (1.5, 10.0, float("inf"))
"""Seconds for each convention, in turns: a likely one may take long though another is quick."""

LIKELY = 6.0
"""Seconds, at least, for the first convention."""


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
    separate : tuple of str
        Groups that are looked at one by one, though nothing may be said of them.
    asked : tuple of str
        Questions that are looked at, though nothing may be said of them.
    refined : dict
        By convention: sums of rounded parts that were found to matter; grows while solving.
    """

    survey: Survey
    items: tuple[Item, ...]
    shares: bool = True
    separate: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    refined: dict[Convention, set[Statement]] = field(default_factory=dict)


def compiled(
    setting: Setting,
    convention: Convention,
    extra: Extra | None = None,
    largest: int | None = None,
    bracket: Bracket = "outer",
    *,
    loose: bool = False,
) -> Compiled:
    """Return the model of a setting under a convention; arguments as of `compile_survey`."""
    made = compile_survey(
        setting.survey, convention, setting.items,
        largest=largest, bracket=bracket, shares=setting.shares, loose=loose,
        refined=setting.refined.get(convention, ()),
        separate=setting.separate, asked=setting.asked,
    )  # fmt: skip
    if extra is not None:
        extra(made)
    return made


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
        made = compiled(setting, convention, extra, largest)
        answer = solve(made.model, clock.left, lowest=lowest(made) if lowest else None)
        if answer.status != "found":
            return Found(answer.status, bound=answer.bound)
        witness = divided(made, answer.values)
        wrong = violations(setting.survey, witness, setting.items, shares=setting.shares)
        if not wrong:
            return Found("found", witness, answer.bound)
        new = {s for s in wrong if isinstance(s, Statement)} - refined
        if not new:
            return _by_inner_bracket(setting, convention, clock, extra, largest)
        refined |= new


def _by_inner_bracket(
    setting: Setting, convention: Convention, clock: Clock, extra: Extra | None, largest: int | None
) -> Found:
    """Find a solution whose plain means are in the inner bracket; none proves nothing."""
    made = compiled(setting, convention, extra, largest, "inner")
    answer = solve(made.model, clock.left)
    if answer.status != "found":
        return Found("unknown")
    witness = divided(made, answer.values)
    wrong = violations(setting.survey, witness, setting.items, shares=setting.shares)
    return Found("unknown") if wrong else Found("found", witness)


def any_solution(
    setting: Setting,
    conventions: Sequence[Convention],
    clock: Clock,
    extra: Extra | None = None,
    told: Callable[[str], None] = lambda _step: None,
) -> Found:
    """Find a solution under any of several conventions, or prove that there is none.

    The first convention is tried, then the others together as far as what they all allow proves
    that none of them will do, then one by one: first for a little while, then for the time left.
    """
    open_ones = distinct(setting, conventions)
    for slice_ in SLICES:
        still: list[Convention] = []
        out: set[Convention] = set()
        for number, convention in enumerate(open_ones):
            if number == 1 and slice_ == SLICES[0]:
                early = Clock(min(slice_, clock.left))
                out = ruled_out(setting, open_ones[1:], early, extra)
            if convention in out:
                continue
            told(f"{convention.rounding}: {number + 1} of {len(open_ones)} conventions")
            longer = LIKELY if number == 0 else 0.0
            own = Clock(min(max(slice_, longer), clock.left))
            found = _without_cap(setting, convention, own, extra)
            if found.status == "found":
                return found
            if found.status == "unknown":
                still.append(convention)
        open_ones = still
        if not open_ones:
            return Found("impossible")
        if not clock.left:
            break
    return Found("unknown")


def ruled_out(
    setting: Setting, conventions: Sequence[Convention], clock: Clock, extra: Extra | None = None
) -> set[Convention]:
    """Return conventions without a solution even if shares were rounded in any way."""
    alike: dict[object, list[Convention]] = {}
    for convention in conventions:
        key = (convention.bases, convention.overall, convention.adding_up)
        alike.setdefault(key, []).append(convention)
    out: set[Convention] = set()
    for some in alike.values():
        widest = max(some, key=lambda c: sum(way == "sum-of-rounded" for _, way in c.subtotals))
        made = compiled(setting, widest, extra, loose=True)
        if len(some) > 1 and _impossible(made.model, clock):
            out |= set(some)
    return out


def distinct(setting: Setting, conventions: Sequence[Convention]) -> list[Convention]:
    """Return the conventions that differ in what matters to the items, the first of each."""
    known = {id(item) for item in setting.items}
    statements = [s for s in statements_of(setting.survey) if all(id(i) in known for i in s.items)]
    shares = [s for s in statements if s.low is not None or s.high is not None]
    several = {s.question for s in shares if len(s.options) > 1}
    overall = any(s.group == OVERALL for s in shares)
    first: dict[object, Convention] = {}
    for convention in conventions:
        asked = {s.question: convention.base(s.question) for s in statements}
        for question in reversed(setting.survey.questions):
            base = asked.get(question.id, "all")
            if base != "all":
                earlier = base.partition(":")[0]
                asked[earlier] = convention.base(earlier)
        key = (
            convention.rounding if shares and setting.shares else None,
            tuple((q, way) for q, way in convention.subtotals if q in several),
            tuple(sorted(asked.items())),
            convention.overall if overall else None,
            convention.adding_up if shares else None,
        )
        first.setdefault(key, convention)
    return list(first.values())


def _without_cap(
    setting: Setting, convention: Convention, clock: Clock, extra: Extra | None
) -> Found:
    """Solve with any total.

    Where none is published, small ones are searched; then it is looked for a proof that no sizes
    will do: in fractions, or because already the sizes that are published do not; then larger ones
    are searched.
    """
    made = compiled(setting, convention, extra)
    if not _unlimited(made.model):
        return solve_under(setting, convention, clock, extra=extra)
    for most in TOTALS:
        found = solve_under(setting, convention, clock, extra=extra, largest=most)
        if found.status == "found":
            return found
        if most == TOTALS[0] and _impossible(made.model, clock):
            return Found("impossible")
    return Found("unknown")


def _unlimited(model: IntegerModel) -> set[int]:
    """Return the variables that nothing published limits."""
    return {v for v, most in enumerate(model.upper) if most > LARGEST // 2}


def _impossible(model: IntegerModel, clock: Clock) -> bool:
    """Return whether a model was shown to have no solution.

    Bounds would be narrowed without an end where there are none to begin with: what nothing limits
    is left to fractions, or left out.
    """
    unlimited = _unlimited(model)
    if not unlimited:
        return solve(model, clock.left).status == "impossible"
    bounded = model.within(unlimited)
    return is_ruled_out(model) or solve(bounded, clock.left).status == "impossible"
