"""Every error raised on purpose: one root, and descendants that name the datum at fault.

An error a user can cause says which datum, what was found there, and what was expected. Anything
else that escapes is a defect of the package.
"""

from __future__ import annotations

import datetime
import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alumnistats.text import visible

SHOWN_LENGTH = 60
"""Longest quotation of what was found, in characters: enough to recognise it on one line."""

MAX_LISTED = 12
"""Largest number of alternatives that an expectation names before it cuts off."""


class AlumniStatsError(Exception):
    """Root of every error this package raises on purpose.

    Parameters
    ----------
    message : str
        What it quotes of a file or an argument is shown on terminals, so nothing in it commands
        them.
    """

    def __init__(self, message: str) -> None:
        super().__init__(visible(message))


class ArgumentError(AlumniStatsError, ValueError):
    """An argument of a public function is not what the function can use.

    Parameters
    ----------
    parameter : str
        Name of the parameter.
    found : object
        The value given.
    expected : str
        What would have been accepted.
    """

    def __init__(self, parameter: str, found: object, expected: str) -> None:
        self.parameter = parameter
        self.found = found
        self.expected = expected
        super().__init__(f"{parameter}: found {shown(found)}; expected {expected}")


class ContradictionError(AlumniStatsError):
    """No sample sizes and counts can have produced what the survey publishes.

    Parameters
    ----------
    message : str
        What was tried.
    conflict : sequence of str
        The published data that exclude each other, one readable line each. The set is meant to
        be minimal: without any one of them the rest agree.
    places : sequence of str
        Where in the source each line of `conflict` was printed.
    """

    def __init__(
        self, message: str, conflict: Sequence[str] = (), places: Sequence[str] = ()
    ) -> None:
        self.message = message
        self.conflict = tuple(conflict)
        self.places = tuple(places)
        lines = [f"  - {line}" for line in self.conflict]
        super().__init__("\n".join([message, *lines]))


class UndecidedError(AlumniStatsError):
    """A search ended without what it was for, and without a proof that there is none.

    Parameters
    ----------
    survey : str
        The survey's id.
    found : str
        What is known, and what may help.
    """

    def __init__(self, survey: str, found: str) -> None:
        self.survey, self.found = survey, found
        super().__init__(f"{survey}: {found}")

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.survey, self.found)


class UnreachableError(AlumniStatsError):
    """A cluster that was to compute cannot be reached, or is gone.

    Parameters
    ----------
    scheduler : str
        Its address.
    found : str
        What happened, and what may help.
    """

    def __init__(self, scheduler: str, found: str) -> None:
        self.scheduler, self.found = scheduler, found
        super().__init__(f"scheduler {scheduler}: {found}")

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.scheduler, self.found)


class NotRecoveredError(AlumniStatsError):
    """Too few draws carry the weight for anything to be told that rests on them.

    Parameters
    ----------
    survey : str
        The survey's id.
    effective : float
        Effective draws found.
    draws : int
        Draws with any weight.
    fewest : int
        Effective draws that are needed.
    """

    def __init__(self, survey: str, effective: float, draws: int, fewest: int) -> None:
        self.survey, self.effective, self.draws, self.fewest = survey, effective, draws, fewest
        super().__init__(
            f"{survey}: sizes and counts are not recovered: found {effective:.0f} effective of "
            f"{draws:,} solutions; expected at least {fewest}. What helps: more draws, another "
            "prior on sizes, sizes where they are published (n in [[groups]]), fewer questions"
        )

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.survey, self.effective, self.draws, self.fewest)


class TooLargeError(AlumniStatsError):
    """A survey whose reconstruction would take more memory than there is.

    Parameters
    ----------
    survey : str
        The survey's id.
    needed, available : float
        Estimated need, and what there is, in bytes.
    groups, largest : int
        Number of groups, and the largest sample size considered.
    """

    def __init__(
        self, survey: str, needed: float, available: float, groups: int, largest: int
    ) -> None:
        self.survey, self.needed, self.available = survey, needed, available
        self.groups, self.largest = groups, largest
        super().__init__(
            f"{survey}: found {groups} groups of up to {largest:,} respondents, whose "
            f"reconstruction takes about {needed / 1e9:.1f} GB of memory; expected at most the "
            f"{available / 1e9:.1f} GB there are. What helps: sizes where they are published "
            "(n in [[groups]]), one question at a time, fewer options (those nobody prints may be "
            "one), fewer draws, no misprints and no weighting, whose tables cannot be narrowed"
        )

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (
            self.survey, self.needed, self.available, self.groups, self.largest
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file.

    Attributes
    ----------
    key : str
        Path of the key, as in ``figures[3] (official_contact, retail).percent`` (counted from 0);
        ``line 3, column 5`` for text that is not TOML; empty when the whole file is at fault.
    found : str
        What is there, quoted as TOML writes it.
    expected : str
        What would be accepted.
    hint : str
        What to do about it, or empty.
    """

    key: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.key}: " if self.key else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"{where}found {self.found}; expected {self.expected}{hint}"


class InputFileError(AlumniStatsError):
    """A file cannot be used; `problems` lists everything that was found wrong.

    Parameters
    ----------
    path : str
        The file, as the user named it.
    problems : iterable of Problem
        At least one.
    """

    def __init__(self, path: str, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))

    def __reduce__(self) -> tuple[type, tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.path, self.problems)


class SurveyFileError(InputFileError):
    """A survey file cannot be used."""


class ScenarioFileError(InputFileError):
    """A file of scenarios for a sensitivity analysis cannot be used."""


def shown(value: object) -> str:
    """Quote `value` on one line as TOML would write it, shortened if it is long.

    Parameters
    ----------
    value : object
        A value read from a file, or given as an argument.

    Returns
    -------
    str
    """
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = json.dumps(value, ensure_ascii=False)
        case dict():
            text = "a table" + (f" with the keys {', '.join(map(str, value))}" if value else "")
        case list() | tuple():
            items = ", ".join(shown(v) for v in value[:SHOWN_LENGTH])
            text = f"[{items}]" if value else "an empty list"
        case datetime.date() | datetime.time():
            text = value.isoformat()
        case int() if abs(value) >= 10**SHOWN_LENGTH:
            return "a number of more than 60 digits"
        case _:
            text = repr(value)
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 3] + "..."


def closest(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean "..."?`` for the member of `known` most like `word`, or nothing.

    Parameters
    ----------
    word : str
        What was found.
    known : iterable of str
        What would have been accepted.

    Returns
    -------
    str
        Empty when nothing resembles `word`.
    """
    lowered = {k.lower().replace("-", "_"): k for k in known}
    match = difflib.get_close_matches(word.lower().replace("-", "_"), list(lowered), n=1)
    return f'Did you mean "{lowered[match[0]]}"?' if match else ""


def listed(known: Iterable[str], limit: int | None = MAX_LISTED) -> str:
    """Return ``one of a, b, c`` for an expectation.

    Parameters
    ----------
    known : iterable of str
        What would have been accepted.
    limit : int, optional
        How many to name before cutting off; None names all.

    Returns
    -------
    str
    """
    names = list(known)
    if len(names) <= 1:
        return names[0] if names else "nothing, since none is declared"
    kept = names[:limit]
    more = f" and {len(names) - len(kept)} more" if len(names) > len(kept) else ""
    return "one of " + ", ".join(kept) + more
