"""Other readings of a survey: a base fixed, lists taken as incomplete, a figure left out or wrong.

A reading is written in a few characters, so that it fits in a cell of a table or a scenario file:

==================  ==============================================================================
base                ``"contact_forms=all"``: the base of that question; several with ``;``
figure left out     ``"important@energy"``: what it is a share of, and of which group
misprint            ``"important@energy+1"``: the last printed digit should be one more, or one less
==================  ==============================================================================
"""

from __future__ import annotations

import re

from alumnistats.errors import ArgumentError, closest, listed
from alumnistats.survey import Figure, Survey

_MISPRINT = re.compile(r"(?P<figure>.+@.+)(?P<error>[+-]1)")


def _name(figure: Figure) -> str:
    return f"{figure.of}@{figure.group}"


def figures_to_leave_out(survey: Survey) -> tuple[str, ...]:
    """Return the names of all figures, in the order of the file."""
    return tuple(_name(f) for f in survey.figures)


def misprints(survey: Survey) -> tuple[str, ...]:
    """Return every printed percentage with its last digit one more and one less."""
    found = []
    for figure in survey.figures:
        if figure.percent is not None:
            room = {"+1": figure.units < 100 * 10**figure.digits, "-1": figure.units > 0}
            found += [_name(figure) + error for error, possible in room.items() if possible]
    return tuple(found)


def fixed_bases(survey: Survey) -> tuple[str, ...]:
    """Return every candidate base of every question that has several."""
    questions = [q for q in survey.questions if len(q.base) > 1]
    return tuple(f"{q.id}={base}" for q in questions for base in q.base)


def check_base_text(text: str) -> None:
    """Raise ArgumentError unless `text` has the form of one or several bases."""
    for part in text.split(";"):
        if not re.fullmatch(r"[^=;]+=[^=;]+", part):
            raise ArgumentError("base", text, '"averaged", or "question=base" as in "q2=all"')


def check_figure_text(text: str) -> None:
    """Raise ArgumentError unless `text` has the form of a figure."""
    if not re.fullmatch(r"[^@]+@[^@]+", text):
        raise ArgumentError("left_out", text, '"none", or "of@group" as in "q1:yes@overall"')


def check_misprint_text(text: str) -> None:
    """Raise ArgumentError unless `text` has the form of a misprint."""
    if not _MISPRINT.fullmatch(text):
        expected = '"none", or "of@group" followed by +1 or -1, as in "q1:yes@overall-1"'
        raise ArgumentError("misprint", text, expected)


def with_base(survey: Survey, text: str) -> Survey:
    """Return the survey with the bases of questions fixed.

    Raises
    ------
    ArgumentError
        If there is no such question or candidate.
    """
    check_base_text(text)
    wanted = dict(part.split("=") for part in text.split(";"))
    known = {q.id: q.base for q in survey.questions}
    for question, base in wanted.items():
        if question not in known or base not in known[question]:
            candidates = [f"{q}={b}" for q, bases in known.items() for b in bases]
            raise ArgumentError("base", f"{question}={base}", listed(candidates))
    questions = tuple(
        q.model_copy(update={"base": (wanted[q.id],)}) if q.id in wanted else q
        for q in survey.questions
    )
    return survey.model_copy(update={"questions": questions})


def with_incomplete_lists(survey: Survey) -> Survey:
    """Return the survey without the word of its lists that all others lie beyond them."""
    rankings = tuple(r.model_copy(update={"complete": False}) for r in survey.rankings)
    return survey.model_copy(update={"rankings": rankings})


def without_figure(survey: Survey, name: str) -> Survey:
    """Return the survey without one figure; lists that name its group still bound the share.

    Raises
    ------
    ArgumentError
        If there is no such figure, or no other one.
    """
    _check_known("left_out", survey, name)
    figures = tuple(f for f in survey.figures if _name(f) != name)
    if not figures:
        raise ArgumentError("left_out", name, "a survey with another figure")
    return survey.model_copy(update={"figures": figures})


def with_misprint(survey: Survey, text: str) -> Survey:
    """Return the survey with the last digit of one percentage changed.

    Raises
    ------
    ArgumentError
        If there is no such percentage, or it cannot be changed so.
    """
    check_misprint_text(text)
    name, change = text[:-2], int(text[-2:])
    _check_known("misprint", survey, name)
    if text not in misprints(survey):
        raise ArgumentError("misprint", text, "a percentage that stays between 0 and 100")
    figures = tuple(_shifted(f, change) if _name(f) == name else f for f in survey.figures)
    return survey.model_copy(update={"figures": figures})


def _shifted(figure: Figure, change: int) -> Figure:
    whole = str(figure.units + change).rjust(figure.digits + 1, "0")
    cut = len(whole) - figure.digits
    percent = f"{whole[:cut]}.{whole[cut:]}" if figure.digits else whole
    return figure.model_copy(update={"percent": percent})


def _check_known(parameter: str, survey: Survey, name: str) -> None:
    known = figures_to_leave_out(survey)
    if name not in known:
        hint = closest(name, known)
        raise ArgumentError(parameter, name, f"{listed(known)}. {hint}" if hint else listed(known))
