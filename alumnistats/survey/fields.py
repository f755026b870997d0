"""What one field of a survey file may hold: ids, percentages, dates, places in the source.

Each type carries the description that error messages quote as what was expected, so a message and
the JSON schema cannot drift apart. Percentages stay the strings that were printed, since their
digits are data: "20.0" says more than "20".
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from alumnistats.text import ALLOWED, refused

OVERALL = "overall"
"""In the place of a group id: all respondents."""

EVERY = "every"
"""In the place of a group id, in a threshold claim: each group by itself."""

ALL = "all"
"""In the place of a base: everybody was asked."""

OverallShare = Literal["pooled", "mean"]
"""What an overall figure is: a share of all respondents, or a plain mean of the groups' shares."""

POOLED: OverallShare = "pooled"
"""What overall figures are unless a survey file says otherwise."""

AddingUp = Literal["rounded", "forced"]
"""How the shares of a whole distribution add up: each rounded by itself, or forced to 100."""

ROUNDED: AddingUp = "rounded"
"""How they add up unless a survey file says otherwise."""

ABOUT_CUT = 0.2
"""How far, as a share of it, a total that is published as "about" may be off at most."""

MAX_DECIMALS = 6
"""Decimals of a percentage: beyond this the integer arithmetic would leave 64 bits."""

MAX_SIZE = 10**9
"""Sizes and counts stay below it, so that they can be multiplied with percentages in 64 bits."""

_PERCENT = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,6})?")
_NUMBER_OUTSIDE = re.compile(r"-[0-9.]+|[0-9]{4,}(\.[0-9]+)?")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PERCENT_SHAPE = 'a string such as "47.8", between "0" and "100"'
_BETWEEN = "a percentage between 0 and 100"


def percent_units(percent: str) -> tuple[int, int]:
    """Return a percentage in units of its last digit, and its number of decimals.

    Parameters
    ----------
    percent : str
        As printed, such as ``"47.8"``.

    Returns
    -------
    units, digits : int
        ``"47.8"`` is ``(478, 1)``; 100% is ``100 * 10**digits`` units.

    Examples
    --------
    >>> percent_units("47.80")
    (4780, 2)
    """
    whole, _, decimals = percent.partition(".")
    return int(whole + decimals), len(decimals)


def is_percent(value: object) -> bool:
    """Return whether a value is a percentage as it is to be entered, such as ``"47.8"``."""
    return isinstance(value, str) and bool(_PERCENT.fullmatch(value)) and _at_most_hundred(value)


def refuse(expected: str, hint: str = "", *, found: str = "") -> PydanticCustomError:
    """Return the error that tells a file's author what was `expected`, `found`, and a `hint`.

    Without `found` the value itself is quoted.
    """
    context = {"expected": expected, "hint": hint, "found": found}
    return PydanticCustomError("survey", "expected {expected}", context)


def _repaired(text: str) -> str:
    """Return what a mistyped percentage was probably meant to be, or nothing."""
    plain = unicodedata.normalize("NFKC", text).replace(",", ".").replace("%", "").strip()
    return plain if is_percent(plain) else ""


def _at_most_hundred(percent: str) -> bool:
    units, digits = percent_units(percent)
    return units <= 100 * 10**digits


def _check_percent(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise refuse(
            'a string such as "47.8", because the digits printed are data',
            "Put it in quotes, with as many decimals as the source prints.",
        )
    if not isinstance(value, str):
        raise refuse(_PERCENT_SHAPE)
    if _NUMBER_OUTSIDE.fullmatch(value):
        raise refuse(_BETWEEN)
    if not _PERCENT.fullmatch(value):
        repaired = _repaired(value)
        raise refuse(
            f"{_PERCENT_SHAPE}, of at most {MAX_DECIMALS} decimals",
            f'Did you mean "{repaired}"?' if repaired else "",
        )
    if not _at_most_hundred(value):
        raise refuse(_BETWEEN)
    return value


def _check_date(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(_DAY, value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    raise refuse('a date such as "2025-08-26"')


def _check_order(days: tuple[datetime.date, datetime.date]) -> tuple[datetime.date, datetime.date]:
    if days[0] > days[1]:
        raise refuse("the first day, then the last")
    return days


def _below(end: int) -> Callable[[int], int]:
    """Return the check that a whole number is below `end`."""

    def check(value: int) -> int:
        if value >= end:
            raise refuse(f"a whole number below {end:,}")
        return value

    return check


def _check_letters(text: str) -> str:
    """Refuse what a terminal or a drawing would obey or choke on, not show."""
    if found := refused(text):
        raise refuse(ALLOWED, "Delete it.", found=found)
    return text


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


ID_LETTERS = (
    "a-z0-9\u00df-\u00f6\u00f8-\u02af\u0370-\u1fff\u3005-\u3007\u3041-\u3096\u309d-\u30fa"
    "\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
)
"""Letters and digits of ids, as a class of a regular expression in any language that has some."""
_ID = f"[{ID_LETTERS}][{ID_LETTERS}_-]*"
_ID_SHAPE = (
    "made of letters of any script (Latin ones in lower case), digits, _ and -, "
    "starting with a letter or digit"
)


def _text(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=f"^{pattern}$")


Id = Annotated[str, _text(_ID), Field(description=f"an id, {_ID_SHAPE}")]
Of = Annotated[
    str,
    _text(f"{_ID}(:{_ID})?"),
    Field(description='the id of a measure, or "question:option"'),
]
BaseCandidate = Annotated[str, _text(f"(all|{_ID}:{_ID}([+]{_ID})*)")]
Line = Annotated[
    str, StringConstraints(min_length=1, pattern=r"\S"), AfterValidator(_check_letters)
]
Percent = Annotated[
    str,
    BeforeValidator(_check_percent, json_schema_input_type=Annotated[str, _text(_PERCENT.pattern)]),
    Field(description=_PERCENT_SHAPE),
]
POINTS_SHAPE = "percentage points, a number between 0 and 100"
Points = Annotated[float, Field(gt=0, lt=100, strict=True, description=POINTS_SHAPE)]
CHANGE_SHAPE = "percentage points, a number between -100 and 100"
Change = Annotated[float, Field(gt=-100, lt=100, strict=True, description=CHANGE_SHAPE)]
Times = Annotated[
    float, Field(gt=0, le=1000, strict=True, description="a positive number, such as 2 or 1.5")
]
Date = Annotated[
    datetime.date,
    BeforeValidator(_check_date, json_schema_input_type=Annotated[str, _text(_DAY)]),
]
Days = Annotated[tuple[Date, Date], AfterValidator(_check_order)]
Positive = Annotated[StrictInt, Field(ge=1), AfterValidator(_below(MAX_SIZE))]
Part = Annotated[float, Field(ge=0, le=1, strict=True)]
Count = Annotated[StrictInt, Field(ge=0), AfterValidator(_below(MAX_SIZE))]
Population = Annotated[StrictInt, Field(ge=1), AfterValidator(_below(10**12))]
DesignEffect = Annotated[float, Field(ge=1, le=100, strict=True)]
OverallShares = Annotated[
    tuple[OverallShare, ...],
    Field(min_length=1, description='a list of candidates, each "pooled" or "mean"'),
]
AddingUps = Annotated[
    tuple[AddingUp, ...],
    Field(min_length=1, description='a list of candidates, each "rounded" or "forced"'),
]
Ids = Annotated[tuple[Id, ...], Field(min_length=1, description="a list of ids, at least one")]
Places = Annotated[
    tuple[Ids, ...],
    Field(
        min_length=1,
        description='a list of places, each a list of tied ids, as in [["a"], ["b", "c"]]',
    ),
]
AT_SHAPE = 'the place in the source, such as "section 1, paragraph 2"'
WHERE_SHAPE = 'one place in the source, such as "section 1, paragraph 2", or a list of them'
At = Annotated[Line, Field(description=AT_SHAPE)]
Where = Annotated[
    Annotated[tuple[Line, ...], Field(min_length=1)],
    BeforeValidator(
        _as_tuple,
        json_schema_input_type=Line | Annotated[tuple[Line, ...], Field(min_length=1)],
    ),
    Field(description=WHERE_SHAPE),
]
Answers = Annotated[Literal["single", "multiple"], Field(description='"single" or "multiple"')]
End = Annotated[Literal["highest", "lowest"], Field(description='"highest" or "lowest"')]
Relation = Annotated[
    Literal["at-least", "above", "at-most", "below"],
    Field(description='"at-least", "above", "at-most" or "below"'),
]
ThresholdRelation = Annotated[
    Literal["at-least", "above", "at-most", "below", "about"],
    Field(description='"at-least", "above", "at-most", "below" or "about"'),
]
GroupOrOverall = Annotated[Id, Field(description='the id of a group, or "overall"')]
