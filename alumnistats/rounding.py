"""Rounding rules, and the exact set of counts that a printed percentage can have come from.

A percentage printed with ``digits`` decimals is an integer number of units of its last digit:
"47.8" is 478 units, and 100% is ``M = 100 * 10**digits`` of the same units. A count ``k`` out of
``n`` is printed as the integer that a rounding rule makes of the fraction ``M k / n``. All rules
are non-decreasing in ``k``, so the counts that agree with one printed figure are an interval of
integers, and its ends are quotients of integers. Nothing here uses floating point: a tolerance is
wrong exactly at the ties, which is where published consistency checks have gone wrong.

With ``P`` the printed units the agreeing counts are

=============  ==========================================================================
half-up        ``(2P - 1) n <= 2 M k <  (2P + 1) n``
half-even      as half-up, both ends closed for even ``P`` and both open for odd ``P``
truncate       ``P n <= M k < (P + 1) n``
ceiling        ``(P - 1) n < M k <= P n``
double         half-up to one digit more, then half-up: ``(20P - 11) n <= 20 M k < (20P + 9) n``
=============  ==========================================================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from numbers import Number
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arguments import MOST_RESPONDENTS, checked, whole
from alumnistats.arrays import BoolArray, IntArray
from alumnistats.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

RoundingRule = Literal["half-up", "half-even", "truncate", "ceiling", "double"]
ROUNDING_RULES: tuple[RoundingRule, ...] = get_args(RoundingRule)
ROUNDING_WORDS: dict[str, dict[str, str]] = {
    "half-up": {"en": "halves are rounded up", "ja": "端数は四捨五入である"},
    "half-even": {"en": "halves are rounded to even", "ja": "端数は偶数への丸めである"},
    "truncate": {"en": "shares are truncated", "ja": "端数は切り捨てである"},
    "ceiling": {"en": "shares are rounded up", "ja": "端数は切り上げである"},
    "double": {"en": "shares are rounded twice", "ja": "端数は二段階で丸められている"},
}
"""The rules as clauses."""

Subtotals = Literal["rounded-sum", "sum-of-rounded"]
"""How a published share of several options was made: of the summed counts, or of rounded shares."""
SUBTOTALS: tuple[Subtotals, ...] = get_args(Subtotals)
SubtotalsBy = Literal["release", "question"]
"""Whether one way of making subtotals holds throughout, or each question has its own."""
SUBTOTALS_BY: tuple[SubtotalsBy, ...] = get_args(SubtotalsBy)


# 2 * 10 * M * n must stay below 2**63 for every n the package meets (n < 10**9).
MAX_DIGITS = 6
MOST_SIZES = 10_000_000  # that are listed: more would take gigabytes


def _floor_div(a: IntArray, b: IntArray | int) -> IntArray:
    return np.floor_divide(a, b)


def _ceil_div(a: IntArray, b: IntArray | int) -> IntArray:
    return -np.floor_divide(-a, b)


def full_scale(digits: int) -> int:
    """Return 100% in units of the last printed digit.

    Parameters
    ----------
    digits : int
        Decimals of the printed percentage, 0 to 6.

    Raises
    ------
    ArgumentError
        If ``digits`` is outside 0 to 6.

    Examples
    --------
    >>> full_scale(1)
    1000
    """
    if not 0 <= digits <= MAX_DIGITS:
        raise ArgumentError("digits", digits, f"a whole number of decimals from 0 to {MAX_DIGITS}")
    return 100 * 10**digits


def check_rule(rule: str) -> None:
    """Raise `ArgumentError` unless `rule` is one of `ROUNDING_RULES`.

    Examples
    --------
    >>> check_rule("half-up")
    >>> check_rule("halves up")
    Traceback (most recent call last):
    alumnistats.errors.ArgumentError: rule: found 'halves up'; expected ...
    """
    if rule not in ROUNDING_RULES:
        raise ArgumentError("rule", rule, "one of " + ", ".join(ROUNDING_RULES))


def round_share(
    count: npt.ArrayLike, nobs: npt.ArrayLike, digits: int, rule: RoundingRule = "half-up"
) -> IntArray:
    """Return the printed percentage of `count` out of `nobs`, as an integer number of units.

    Parameters
    ----------
    count, nobs : array_like of int
        Counts ``0 <= count <= nobs`` and sizes ``nobs >= 1``; they broadcast.
    digits : int
        Decimals of the printed percentage.
    rule : RoundingRule
        How the percentage was rounded.

    Returns
    -------
    ndarray of int64
        Units of the last digit: 478 stands for "47.8" when ``digits`` is 1.

    Raises
    ------
    ArgumentError
        For an unknown rule, or digits outside 0 to 6.

    Examples
    --------
    >>> round_share([589, 588], 1233, 1).tolist()
    [478, 477]
    """
    check_rule(rule)
    scale = full_scale(digits)
    k = np.asarray(count, dtype=np.int64)
    n = np.asarray(nobs, dtype=np.int64)
    if rule == "truncate":
        return _floor_div(scale * k, n)
    if rule == "ceiling":
        return _ceil_div(scale * k, n)
    if rule == "double":
        finer = _floor_div(20 * scale * k + n, 2 * n)
        return _floor_div(finer + 5, 10)
    up = _floor_div(2 * scale * k + n, 2 * n)
    if rule == "half-up":
        return up
    tie = (2 * scale * k + n) % (2 * n) == 0
    return up - (tie & (up % 2 == 1))


def agreeing_counts(
    units: npt.ArrayLike, nobs: npt.ArrayLike, digits: int, rule: RoundingRule = "half-up"
) -> tuple[IntArray, IntArray]:
    """Return the first and last count that is printed as `units`.

    Parameters
    ----------
    units : array_like of int
        The printed percentage in units of its last digit.
    nobs : array_like of int
        Sample sizes, at least 1; broadcasts with `units`.
    digits, rule
        As for `round_share`.

    Returns
    -------
    lower, upper : ndarray of int64
        Both ends belong to the set; ``upper < lower`` where no count agrees.

    Raises
    ------
    ArgumentError
        For an unknown rule, or digits outside 0 to 6.

    Notes
    -----
    The question "can this percentage come from this n" is Brown and Heathers' GRIM test (2017,
    Social Psychological and Personality Science 8, 363-369), here without their tolerance.

    Examples
    --------
    >>> lower, upper = agreeing_counts(478, [23, 24, 25], 1)
    >>> lower.tolist(), upper.tolist()
    ([11, 12, 12], [11, 11, 11])
    """
    check_rule(rule)
    scale = full_scale(digits)
    p = np.asarray(units, dtype=np.int64)
    n = np.asarray(nobs, dtype=np.int64)
    if rule == "truncate":
        lower, upper = _ceil_div(p * n, scale), _ceil_div((p + 1) * n, scale) - 1
    elif rule == "ceiling":
        lower, upper = _floor_div((p - 1) * n, scale) + 1, _floor_div(p * n, scale)
    elif rule == "double":
        lower = _ceil_div((20 * p - 11) * n, 20 * scale)
        upper = _ceil_div((20 * p + 9) * n, 20 * scale) - 1
    else:
        low_end, high_end = (2 * p - 1) * n, (2 * p + 1) * n
        lower, upper = _ceil_div(low_end, 2 * scale), _ceil_div(high_end, 2 * scale) - 1
        if rule == "half-even":
            odd = p % 2 == 1
            lower = np.where(odd, _floor_div(low_end, 2 * scale) + 1, lower)
            upper = np.where(odd, upper, _floor_div(high_end, 2 * scale))
    return np.maximum(lower, 0), np.minimum(upper, n)


def consistent_sizes(
    units: int, digits: int, sizes: npt.ArrayLike, rule: RoundingRule = "half-up"
) -> BoolArray:
    """Return which sample sizes can print `units`.

    Parameters
    ----------
    units, digits, rule
        As in `agreeing_counts`.
    sizes : array_like of int
        Candidate sample sizes, at least 1.

    Returns
    -------
    ndarray of bool
        Shape of `sizes`; True where at least one count agrees.

    Examples
    --------
    >>> consistent_sizes(478, 1, [22, 23, 24, 25]).tolist()
    [False, True, False, False]
    """
    lower, upper = agreeing_counts(units, sizes, digits, rule)
    return np.asarray(lower <= upper)


def sum_of_rounded(
    counts: npt.ArrayLike, nobs: npt.ArrayLike, digits: int, rule: RoundingRule = "half-up"
) -> IntArray:
    """Return what is printed when rounded parts are added instead of rounding the summed counts.

    Parameters
    ----------
    counts : array_like of int
        Counts of the parts along the last axis.
    nobs : array_like of int
        Sizes, broadcasting with ``counts[..., 0]``.
    digits, rule
        As in `round_share`.

    Returns
    -------
    ndarray of int64
        Units of the last digit; may differ from the rounded share of the sum by up to half a
        unit for every part.

    Examples
    --------
    >>> sum_of_rounded([2, 3], 7, 1).tolist(), round_share(5, 7, 1).tolist()
    (715, 714)
    """
    parts = np.asarray(counts, dtype=np.int64)
    n = np.asarray(nobs, dtype=np.int64)[..., None]
    return round_share(parts, n, digits, rule).sum(axis=-1)


@checked({"largest": whole(1, MOST_SIZES)})
def possible_sizes(
    percents: Sequence[str],
    *,
    digits: int | None = None,
    largest: int = 300,
    rules: Sequence[RoundingRule] = ROUNDING_RULES,
) -> pd.DataFrame:
    """List the sample sizes under which printed percentages can occur.

    Parameters
    ----------
    percents : sequence of str
        As printed: "20.0" has one decimal, "20" has none; a percent sign may follow.
    digits : int, optional
        Decimals that all of them were printed with, where trailing zeros were dropped.
    largest : int
        Largest sample size to list, at least 1.
    rules : sequence of RoundingRule

    Returns
    -------
    DataFrame
        One row for each rule and size under which at least one of them can occur: rule, n, one
        column of bool for each percentage under its own name, and all (whether all can).

    Raises
    ------
    ArgumentError
        For what is no percentage from 0 to 100, more decimals than `digits`, or a bad rule or size.

    Examples
    --------
    >>> found = possible_sizes(["46.7", "13.3"], largest=20)
    >>> found[["rule", "n", "all"]].head(2).to_numpy().tolist()
    [['half-up', 15, True], ['half-even', 15, True]]
    """
    import pandas as pd

    printed = {str(text): read_percent(text, digits) for text in percents}
    sizes = np.arange(1, largest + 1)
    frames = []
    for rule in rules:
        columns = {
            text: consistent_sizes(units, places, sizes, rule)
            for text, (units, places) in printed.items()
        }
        frame = pd.DataFrame({"rule": rule, "n": sizes, **columns})
        frame["all"] = np.logical_and.reduce(list(columns.values()))
        frames.append(frame[np.logical_or.reduce(list(columns.values()))])
    return pd.concat(frames, ignore_index=True)


@checked({"nobs": whole(1, MOST_RESPONDENTS)})
def check_percent(
    percent: str,
    nobs: int,
    *,
    digits: int | None = None,
    rules: Sequence[RoundingRule] = ROUNDING_RULES,
) -> pd.DataFrame:
    """Say under which rounding rules a printed percentage can come from a sample of `nobs`.

    Parameters
    ----------
    percent : str
        As printed, with or without the percent sign; a number only if `digits` is given, since
        47.8 and 47.80 are one number and two prints.
    nobs : int
        Sample size, at least 1.
    digits : int, optional
        Decimals that it was printed with, where trailing zeros were dropped.
    rules : sequence of RoundingRule

    Returns
    -------
    DataFrame
        rule, possible, lower, upper (the first and last count that is printed so; missing where
        there is none), nearest (the percentages, as text, that the counts around it print).

    Raises
    ------
    ArgumentError
        As `possible_sizes`.

    Examples
    --------
    >>> found = check_percent("44.5", 200)
    >>> found[["rule", "possible", "lower"]].head(2).to_numpy().tolist()
    [['half-up', True, 89], ['half-even', True, 89]]
    """
    import pandas as pd

    nobs = int(nobs)
    units, places = read_percent(percent, digits)
    scale = full_scale(places)
    around = np.unique(np.clip(units * nobs // scale + np.arange(-1, 3), 0, nobs))
    rows = []
    for rule in rules:
        lower, upper = (int(x) for x in agreeing_counts(units, nobs, places, rule))
        printed = round_share(around, nobs, places, rule)
        near = printed[np.argsort(np.abs(printed - units), kind="stable")[:2]]
        texts = [f"{x / 10**places:.{places}f}" for x in sorted(set(near.tolist()))]
        found = lower <= upper
        ends = (lower, upper) if found else (pd.NA, pd.NA)
        rows.append((rule, found, *ends, ", ".join(texts)))
    frame = pd.DataFrame(rows, columns=["rule", "possible", "lower", "upper", "nearest"])
    return frame.astype({"lower": "Int64", "upper": "Int64"})


def read_percent(printed: object, digits: int | None = None) -> tuple[int, int]:
    """Return a percentage in units of its last digit, and its decimals (`digits` if given).

    Parameters
    ----------
    printed : str
        Such as ``"47.8"``, ``"47.8%"`` or ``"４７．８％"``; a number only with `digits`, because
        the digits printed are data and a number has lost them.
    digits : int, optional
        Decimals that it was printed with, where trailing zeros were dropped.

    Raises
    ------
    ArgumentError
        Unless it is a plain decimal number from 0 to 100 with at most `digits` (or 6) decimals.

    Examples
    --------
    >>> read_percent("47.8"), read_percent("４７．８％"), read_percent(20, digits=1)
    ((478, 1), (478, 1), (200, 1))
    """
    if digits is not None:
        full_scale(digits)
    text = _as_printed(printed, digits)
    whole, point, decimals = text.partition(".")
    most = MAX_DIGITS if digits is None else digits
    digits_only = f"{whole}{decimals}".isdigit() and text.isascii()
    if not digits_only or not whole or (point and not decimals) or len(decimals) > most:
        expected = f"a number such as 47.8 with at most {most} decimals"
        if re.fullmatch(r"[0-9]+,[0-9]+", text):
            expected += "; with a point if the comma is a decimal mark"
        raise ArgumentError("percent", printed, expected)
    places = len(decimals) if digits is None else digits
    units = int(whole + decimals) * 10 ** (places - len(decimals))
    if units > full_scale(places):
        raise ArgumentError("percent", printed, "a percentage from 0 to 100")
    return units, places


def _as_printed(printed: object, digits: int | None) -> str:
    """Return the digits of a percentage without its sign, in ASCII."""
    if isinstance(printed, str):
        return unicodedata.normalize("NFKC", printed).strip().removesuffix("%").rstrip()
    if isinstance(printed, bool) or not isinstance(printed, Number):
        raise ArgumentError("percent", printed, 'text as printed, such as "47.8"')
    if digits is None:
        expected = (
            f'text, because the digits printed are data: "{printed}" if it was printed so, or '
            "digits beside the number"
        )
        raise ArgumentError("percent", printed, expected)
    return str(printed)
