"""The earlier surveys that claims of a change name, and whether they have what is compared.

An earlier survey is read as any other, with its own earlier ones. Time has no circles: a file that
comes round to itself is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alumnistats.errors import Problem, SurveyFileError, closest, listed, shown
from alumnistats.sources.shape import Draft
from alumnistats.survey import OVERALL, ChangeClaim, Survey

Earlier = tuple[tuple[str, Survey], ...]
"""Surveys by the names that claims give them."""

_EXPECTED = "the path of an earlier survey file, from this one, or the id of an embedded survey"


class CircleError(Exception):
    """A survey that is being read is named as an earlier one."""


def read_earlier(draft: Draft, read: Callable[[str], Survey]) -> tuple[Earlier, list[Problem]]:
    """Return the surveys that claims of a change name, and what is wrong with them.

    Parameters
    ----------
    draft : Draft
        Of the later survey.
    read : callable
        From the name in a claim to the survey; raises `SurveyFileError`, or `CircleError`.
    """
    known: dict[str, Survey | None] = {}
    problems: list[Problem] = []
    for index, claim in draft.entries("claims"):
        if not isinstance(claim, ChangeClaim):
            continue
        if claim.since not in known:
            key = draft.key("claims", index, "since")
            known[claim.since] = None
            try:
                known[claim.since] = read(claim.since)
            except CircleError:
                expected = "an earlier survey, which does not name this one in turn"
                problems.append(Problem(key, shown(claim.since), expected))
            except SurveyFileError as error:
                first, more = error.problems[0], len(error.problems) - 1
                hint = f"{error.path}: {first}" + (f" (and {more} more)" if more else "")
                problems.append(Problem(key, shown(claim.since), _EXPECTED, hint))
        survey = known[claim.since]
        if survey is not None:
            problems += _compared(draft, index, claim, survey)
    return tuple((name, one) for name, one in known.items() if one is not None), problems


def _compared(draft: Draft, index: int, claim: ChangeClaim, then: Survey) -> Iterator[Problem]:
    """Check that the earlier survey has the share and the group."""
    shares = [m.id for m in then.measures]
    shares += [f"{q.id}:{option}" for q in then.questions for option in q.option_ids]
    where = f"of {then.id}, the earlier survey"
    if claim.of_then not in shares:
        key = draft.key("claims", index, "of" if claim.was is None else "was")
        hint = closest(claim.of_then, shares)
        if claim.was is None:
            hint = f"If it has another id there, say so with was. {hint}".strip()
        yield Problem(key, shown(claim.of_then), f"a share {where}: {listed(shares)}", hint)
    if claim.group not in (OVERALL, *then.group_ids):
        key = draft.key("claims", index, "group")
        expected = f'a group {where}: {listed(then.group_ids)}, or "{OVERALL}"'
        yield Problem(key, shown(claim.group), expected, closest(claim.group, then.group_ids))
