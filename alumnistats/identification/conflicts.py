"""Why a survey contradicts itself: minimal sets of published data that cannot all be right.

Items are left out, whole questions first, then whole groups, then one by one; an item without which
the rest is still impossible is not needed for the conflict and stays out. What remains is minimal:
leaving out any one of it makes the rest possible (the deletion filter of Chinneck 1997, Annals of
Mathematics and Artificial Intelligence 17, 3-22). That something is impossible is proved by the
solver each time, and that the rest is possible is shown by a checked solution. Then the conflict's
figures are left out, and what remains is looked at again: conflicts may be several.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alumnistats.identification.conventions import Convention
from alumnistats.identification.feasibility import Clock, Setting, any_solution
from alumnistats.identification.published import Item, Total
from alumnistats.identification.solver import Status
from alumnistats.identification.witness import Witness
from alumnistats.survey import OVERALL, Figure, Group, Ranking, Stratum, Survey

TRIAL = 3.0
"""Seconds, at most, that go to one question of whether some items can all be right."""

LONGER = 10.0
"""The same where all of the rest is to be possible."""


@dataclass(frozen=True, eq=False)
class Conflict:
    """Published data that cannot all be right.

    Attributes
    ----------
    items : tuple of Item
    minimal : bool
        Whether each of them was shown to be needed; if not, time ended before.
    alone : bool
        Whether leaving out any one of them makes everything else possible.
    """

    items: tuple[Item, ...]
    minimal: bool
    alone: bool


class Trials:
    """Answers whether items of a survey can all be right, and remembers what helped to decide.

    Parameters
    ----------
    setting : Setting
        Of all items.
    conventions : sequence of Convention
    clock : Clock
    """

    def __init__(self, setting: Setting, conventions: Sequence[Convention], clock: Clock) -> None:
        self._setting = setting
        self._conventions = list(conventions)
        self._clock = clock
        self.witness: Witness | None = None  # of the items that were last found to be possible

    def status(self, items: Iterable[Item], seconds: float = TRIAL) -> Status:
        """Return whether a solution was found, there is none, or time ended.

        The convention of the last solution is tried first.
        """
        setting = replace(self._setting, items=tuple(items))
        clock = Clock(min(self._clock.left, seconds))
        found = any_solution(setting, self._conventions, clock)
        self.witness = found.witness
        if found.witness is not None:
            self._conventions.remove(found.witness.convention)
            self._conventions.insert(0, found.witness.convention)
        return found.status

    @property
    def over(self) -> bool:
        """Whether time has ended."""
        return not self._clock.left


def find_conflicts(survey: Survey, items: Sequence[Item], trials: Trials) -> list[Conflict]:
    """Return separate conflicts among `items`; none if they are, or may be, possible.

    Parameters
    ----------
    survey : Survey
    items : sequence of Item
    trials : Trials

    Returns
    -------
    list of Conflict
        No two share a figure. What is left over without their figures is possible, unless time
        ended.
    """
    found: list[Conflict] = []
    left = list(items)
    while not trials.over:
        start = _small(survey, left, trials)
        if start is None and trials.status(left, float("inf")) != "impossible":
            break
        own, minimal = _minimal(survey, left if start is None else start, trials)
        found.append(Conflict(tuple(own), minimal, alone=False))
        gone = _taken_out(own)
        left = [i for i in left if all(i is not one for one in gone)]
    if len(found) == 1 and found[0].minimal:
        # Otherwise another conflict remains, or may remain, whatever is left out of the first.
        every = (
            trials.status([i for i in items if i is not one], LONGER) for one in found[0].items
        )
        found = [replace(found[0], alone=all(status == "found" for status in every))]
    return found


def _taken_out(conflict: Sequence[Item]) -> Sequence[Item]:
    """Return what of a conflict is left out before others are sought: sizes serve several."""
    for kind in (Figure, Ranking):
        some = [item for item in conflict if isinstance(item, kind)]
        if some:
            return some
    return conflict


def _minimal(survey: Survey, items: Sequence[Item], trials: Trials) -> tuple[list[Item], bool]:
    """Return a conflict among `items`, and whether it is known to be minimal."""
    kept = list(items)
    for kind in (question_of, _group_of):
        for name in dict.fromkeys(kind(item, survey) for item in kept):
            fewer = [item for item in kept if kind(item, survey) != name]
            if len(fewer) < len(kept) and trials.status(fewer) == "impossible":
                kept = fewer
    minimal = True
    for item in list(kept):
        fewer = [other for other in kept if other is not item]
        status = trials.status(fewer)
        if status == "impossible":
            kept = fewer
        minimal = minimal and status != "unknown"
    return kept, minimal


def _small(survey: Survey, items: Sequence[Item], trials: Trials) -> list[Item] | None:
    """Return few items that are impossible already: of a cell, a question, a group; else None."""
    shares = [item for item in items if isinstance(item, (Figure, Ranking))]
    sizes = [item for item in items if not isinstance(item, (Figure, Ranking))]
    question = {id(item): question_of(item, survey) for item in shares}
    group = {id(item): _group_of(item, survey) for item in shares}
    parts: list[list[Item]] = []
    for q, g in dict.fromkeys((question[id(i)], group[id(i)]) for i in shares):
        parts.append([i for i in shares if question[id(i)] == q and group[id(i)] == g])
    for names in (question, group):
        parts += [[i for i in shares if names[id(i)] == n] for n in dict.fromkeys(names.values())]
    for some in ([], *parts):
        if trials.status([*sizes, *some]) == "impossible":
            return [*sizes, *some]
    return None


def question_of(item: Item, survey: Survey) -> str:
    """Return the question that an item is about; ``"sizes"`` where it is about none."""
    if isinstance(item, (Total, Group, Stratum)):
        return "sizes"
    if any(q.id == item.of for q in survey.questions):
        return item.of
    return survey.resolve(item.of)[0].id


def _group_of(item: Item, _survey: Survey) -> str:
    match item:
        case Figure():
            return item.group
        case Ranking():
            return item.group or "lists"
        case Group():
            return item.id
    return OVERALL


def describe(item: Item) -> str:
    """Return one line that names a published datum and its place in the source.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> from alumnistats.identification.published import items_of
    >>> describe(items_of(survey)[0])
    'energy: n = 90'
    """
    match item:
        case Figure():
            value = f"{item.percent}%" if item.percent is not None else f"count {item.count}"
            if item.percent is not None and item.count is not None:
                value += f", count {item.count}"
            asked = "" if item.n is None else f" of {item.n}"
            return f"{item.of}, {item.group}: {value}{asked}{_at(item)}"
        case Ranking():
            whole = "complete " if item.complete else ""
            return f"{item.of}: {whole}ranking from the {item.from_}{_at(item)}"
        case Group():
            return f"{item.id}: n = {item.n}"
        case Stratum():
            return f"{item.id}: {item.total} respondents"
    return f"total: {item.said} respondents"


def _at(item: Figure | Ranking) -> str:
    return "" if item.at is None else f" ({item.at})"


def place_of(item: Item) -> str:
    """Return where in the source an item was printed, or what it is of; its kind for a size."""
    match item:
        case Figure() | Ranking():
            return item.at or item.of
        case Group() | Stratum():
            return item.id
    return "total"
