"""A solution, a contradiction, or neither: what there is to say of a survey as a whole.

The one place where contradictions are reported: each is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from alumnistats.errors import ContradictionError, UndecidedError
from alumnistats.identification.conflicts import (
    Conflict,
    Trials,
    describe,
    find_conflicts,
    place_of,
)
from alumnistats.identification.conventions import Convention, conventions_of, printed_in_full
from alumnistats.identification.feasibility import Clock, Setting, any_solution
from alumnistats.identification.published import Item, Total, items_of
from alumnistats.identification.witness import Witness
from alumnistats.remainders import adds_up
from alumnistats.rounding import (
    ROUNDING_RULES,
    SUBTOTALS,
    RoundingRule,
    Subtotals,
    SubtotalsBy,
    check_percent,
)
from alumnistats.survey import OVERALL, Figure, Group, Ranking, Survey

TIME_LIMIT = 60.0
FIRST = 10.0  # seconds for a solution, before parts of the survey are looked at one by one
MISPRINTS_HINT = "--misprints, or misprints=0.005, tells which is probably misprinted"
FORCING_HINT = (
    'if shares were made to sum to 100, adding_up = ["rounded", "forced"] in the file allows it'
)
Told = Callable[[str], None]


def say_nothing(_step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, eq=False)
class Search:
    """A survey and how it may be read: what every function of identification starts from.

    Attributes
    ----------
    setting : Setting
    conventions : tuple of Convention
        The likely ones first.
    clock : Clock
    told : callable
        Takes a line on what is being done.
    """

    setting: Setting
    conventions: tuple[Convention, ...]
    clock: Clock
    told: Told


def out_of_time(survey: Survey, seconds: float) -> UndecidedError:
    """Return the error of a search that found neither a solution nor a contradiction."""
    return UndecidedError(
        survey.id,
        f"neither a solution nor a contradiction was found in {seconds:g} s; more time may find "
        "one (alumnistats bounds --time-limit, or time_limit=)",
    )


class Options(TypedDict, total=False):
    """What `search` and all that call it take by name."""

    rounding: Sequence[RoundingRule]
    subtotals: Sequence[Subtotals]
    subtotals_by: SubtotalsBy
    misprints: bool
    told: Told


def search(
    survey: Survey,
    time_limit: float = TIME_LIMIT,
    *,
    rounding: Sequence[RoundingRule] = ROUNDING_RULES,
    subtotals: Sequence[Subtotals] = SUBTOTALS,
    subtotals_by: SubtotalsBy = "release",
    misprints: bool = False,
    told: Told = say_nothing,
) -> Search:
    """Return what `explain` and the others search, with the clock started.

    Parameters
    ----------
    survey : Survey
    time_limit : float
        Seconds.
    rounding, subtotals : sequence, optional
        Those that are not ruled out, the likely ones first.
    subtotals_by : {"release", "question"}
    misprints : bool
        Whether percentages may be misprinted: then they, and lists, say nothing that is certain.
    told : callable, optional
        Takes a line on what is being done.
    """
    shares = not (survey.weighted or misprints)
    conventions = conventions_of(survey, rounding, subtotals, subtotals_by)
    return Search(Setting(survey, items_of(survey), shares), conventions, Clock(time_limit), told)


def feasible(
    survey: Survey, time_limit: float = TIME_LIMIT, **options: Unpack[Options]
) -> Witness | None:
    """Return sizes and counts that give everything a survey publishes.

    Parameters
    ----------
    survey : Survey
    time_limit : float
        Seconds.
    **options
        As of `search`.

    Returns
    -------
    Witness or None
        Checked by rounding its counts; None where it is proved that there is none.

    Raises
    ------
    UndecidedError
        If time ends before either is found.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> feasible(survey).counts
    {('question', 'yes', 'energy'): 43, ('question', 'yes', 'retail'): 89}
    """
    task = search(survey, time_limit, **options)
    found = any_solution(task.setting, task.conventions, task.clock, told=task.told)
    if found.status == "unknown":
        raise out_of_time(survey, time_limit)
    return found.witness


def conflicts(
    survey: Survey, time_limit: float = TIME_LIMIT, **options: Unpack[Options]
) -> list[Conflict]:
    """Return minimal sets of published data that cannot all be right.

    Parameters
    ----------
    survey, time_limit, **options
        As of `feasible`.

    Returns
    -------
    list of Conflict
        Empty where there is a solution; no two share a figure.

    Raises
    ------
    UndecidedError
        If time ends before a solution or a conflict is found.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 20], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> found = conflicts(survey)
    >>> len(found), found[0].minimal, len(found[0].items)
    (1, True, 2)
    >>> [describe(item) for item in found[0].items]
    ['retail: n = 20', 'question:yes, retail: 44.5% (iloc[1,2])']
    """
    outcome, found = _looked_into(search(survey, time_limit, **options))
    if isinstance(outcome, UndecidedError) and not found:
        raise outcome
    return found


def explain(
    survey: Survey, time_limit: float = TIME_LIMIT, **options: Unpack[Options]
) -> Witness | ContradictionError | UndecidedError:
    """Return a solution of a survey, or the error of a proved contradiction, or that of neither.

    Parameters
    ----------
    survey, time_limit, **options
        As of `feasible`.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> explain(survey).sizes
    {'energy': 90, 'retail': 200}
    """
    outcome, found = _looked_into(search(survey, time_limit, **options))
    return contradiction(survey, found) if found else outcome


def _looked_into(task: Search) -> tuple[Witness | UndecidedError, list[Conflict]]:
    setting, survey = task.setting, task.setting.survey
    first = Clock(min(FIRST, task.clock.left))
    found = any_solution(setting, task.conventions, first, told=task.told)
    if found.witness is not None:
        return found.witness, []
    task.told("looking for figures that exclude each other")
    trials = Trials(setting, task.conventions, task.clock)
    conflicts = find_conflicts(survey, setting.items, trials)
    if trials.witness is not None and not conflicts:
        return trials.witness, []
    return out_of_time(survey, task.clock.seconds), conflicts


def contradiction(survey: Survey, found: Sequence[Conflict]) -> ContradictionError:
    """Return the error that names conflicts."""
    items = [item for conflict in found for item in conflict.items]
    hints = "; ".join([MISPRINTS_HINT, *_forcing_hint(survey, items)])
    if len(found) > 1:
        count = f"{len(found)} separate sets of published data cannot each be right as a whole"
        lines = [
            f"({number}) {_line(survey, conflict, item)}"
            for number, conflict in enumerate(found, 1)
            for item in conflict.items
        ]
        return ContradictionError(
            f"{survey.id}: {count} ({hints}):", lines, [place_of(item) for item in items]
        )
    only = found[0]
    what = "this cannot be right" if len(items) == 1 else "these cannot all be right"
    if only.alone and len(items) > 1:
        what += ", and leaving out any one of them would do"
    elif not only.minimal:
        what += ", though time ended before each was shown to be needed"
    return ContradictionError(
        f"{survey.id}: {what} ({hints}):",
        [_line(survey, only, item) for item in items],
        [place_of(item) for item in items],
    )


def _line(survey: Survey, conflict: Conflict, item: Item) -> str:
    nearest = _nearest(survey, conflict, item)
    return describe(item) + (f": {nearest}" if nearest else "")


def _nearest(survey: Survey, conflict: Conflict, item: Item) -> str:
    """Return which percentages are possible in place of one that its size alone rules out."""
    figures = [one for one in conflict.items if isinstance(one, (Figure, Ranking))]
    if figures != [item] or not isinstance(item, Figure):
        return ""
    if item.percent is None or item.count is not None or len(survey.resolve(item.of)[1]) > 1:
        return ""
    sizes = [item.n] if item.n is not None else []
    for one in conflict.items:
        if isinstance(one, Total) and one.exact and item.group == OVERALL:
            sizes.append(one.low)
        if isinstance(one, Group) and one.id == item.group and one.n is not None:
            sizes.append(one.n)
    if len(sizes) != 1:
        return ""
    near = check_percent(item.percent, sizes[0], rules=["half-up"])["nearest"].iloc[0]
    return f"impossible of {sizes[0]}, of which the nearest possible are {near}"


def _forcing_hint(survey: Survey, items: Sequence[Item]) -> list[str]:
    """Return how to allow for shares that were made to sum to 100, where that may help."""
    whole = printed_in_full(survey)
    if "forced" in survey.adding_up or not whole:
        return []
    if not all(adds_up(units, digits) for units, digits in whole.values()):
        return []
    asked = {(survey.resolve(i.of)[0].id, i.group) for i in items if isinstance(i, Figure)}
    return [FORCING_HINT] if asked & set(whole) else []
