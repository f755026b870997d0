"""Bounds of sizes, counts and shares that hold whatever any prior says, as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Unpack

import numpy as np

from alumnistats.arguments import RULES, checked, instance, one_of, some_texts
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError
from alumnistats.identification.compiled import Compiled
from alumnistats.identification.conventions import Convention
from alumnistats.identification.explained import (
    TIME_LIMIT,
    Options,
    Search,
    explain,
    out_of_time,
    search,
)
from alumnistats.identification.feasibility import distinct, solve_under
from alumnistats.identification.published import statements_of
from alumnistats.identification.ranges import Ranges, find_ranges
from alumnistats.identification.targets import Target
from alumnistats.identification.witness import Witness
from alumnistats.rounding import SUBTOTALS_BY, consistent_sizes
from alumnistats.survey import OVERALL, Survey

if TYPE_CHECKING:
    import pandas as pd

LARGEST_TOTAL = 100_000
"""Respondents in all that are considered, where no total is published."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """The lowest and highest possible values of a survey's sizes, counts and shares.

    In both tables ``lower`` and ``upper`` are proved: no solution lies beyond. ``found_lower`` and
    ``found_upper`` occur in solutions that were found; where time ended before they met the proved
    ones, ``exact`` is False.

    Attributes
    ----------
    survey : Survey
    sizes : DataFrame
        One row a group, and one of all respondents where no total is published: group, lower,
        upper, found_lower, found_upper, exact.
    counts : DataFrame
        One row a share and group of which anything is published: of, group, and the five columns
        again for the count; then with ``share_`` before their names for the share, in [0, 1].
    largest : int or None
        Respondents in all that were considered, where no total is published.
    seconds : float
        Time that was given.
    """

    __repr__ = short_repr

    survey: Survey
    sizes: pd.DataFrame
    counts: pd.DataFrame
    largest: int | None
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether every bound is exact."""
        return bool(self.sizes["exact"].all()) and bool(
            self.counts[["exact", "share_exact"]].to_numpy().all()
        )


@checked(
    {
        "survey": instance(Survey),
        "misprints": instance(bool),
        "rounding": some_texts,
        "subtotals": some_texts,
        "subtotals_by": one_of(*SUBTOTALS_BY),
        "told": RULES["report"],
    },
    Options.__annotations__,
)
def bounds(
    survey: Survey,
    time_limit: float = TIME_LIMIT,
    *,
    of: Sequence[str] = (),
    largest: int | None = None,
    **options: Unpack[Options],
) -> Bounds:
    """Return the lowest and highest possible size of each group, and counts and shares if asked.

    Parameters
    ----------
    survey : Survey
    time_limit : float
        Seconds. Where they end, bounds are those that were proved by then.
    of : sequence of str
        Measures, or ``"question:option"``, whose counts and shares are wanted too, in the groups of
        which anything is published.
    largest : int, optional
        Respondents in all that are considered where no total is published; the default is 100,000.
    **options
        As of `search`: conventions that are ruled out, misprints, progress.

    Returns
    -------
    Bounds

    Raises
    ------
    ContradictionError
        If it is proved that there is no solution.
    UndecidedError
        If time ends before a solution is found.
    ArgumentError
        For an unknown share, or a `largest` that leaves a group empty.

    Examples
    --------
    >>> import alumnistats as al
    >>> found = al.bounds(al.load_survey("america-1969"))
    >>> found.sizes.set_index("group").loc["anti", ["lower", "upper"]].tolist()
    [12, 180]
    """
    if largest is not None and largest < len(survey.groups):
        raise ArgumentError("largest", largest, f"at least {len(survey.groups)}, one in each group")
    task = search(survey, time_limit, **options)
    shares = [(name, survey.resolve(name)) for name in of]
    task = replace(
        task,
        setting=replace(
            task.setting,
            separate=survey.group_ids,
            asked=tuple(question.id for _, (question, _) in shares),
        ),
    )
    limit = None if survey.total is not None else largest
    if largest is None and survey.total_bounds[1] is None:
        limit = LARGEST_TOTAL
    groups = [*survey.group_ids, *([OVERALL] if survey.total is None else [])]
    sizes = [Target(group, sign) for group in groups for sign in (1, -1)]
    counts = list(_targets_of_counts(survey, [name for name, _ in shares]))
    ranges = find_ranges(
        task.setting, task.conventions, [*sizes, *counts], task.clock, largest=limit, told=task.told
    )
    if not ranges.found:
        raise _nothing_found(survey, task, options)
    return Bounds(
        survey, _table_of_sizes(groups, ranges), _table_of_counts(survey, of, ranges), limit,
        time_limit,
    )  # fmt: skip


def _nothing_found(survey: Survey, task: Search, options: Options) -> Exception:
    """Return the error of a survey of which no solution was found."""
    outcome = explain(survey, task.clock.seconds, **options)
    if isinstance(outcome, Witness):
        return out_of_time(survey, task.clock.seconds)
    return outcome


def _groups_of(survey: Survey, of: str) -> list[str]:
    """Return the groups of which anything is published of a share, and all respondents."""
    question, options = survey.resolve(of)
    told = {
        s.group
        for s in statements_of(survey)
        if s.question == question.id and set(s.options) & set(options)
    }
    return [*(g for g in survey.group_ids if g in told), OVERALL]


def _targets_of_counts(survey: Survey, of: Sequence[str]) -> Iterator[Target]:
    for name in of:
        question, options = survey.resolve(name)
        for group in _groups_of(survey, name):
            for share in (False, True):
                for sign in (1, -1):
                    yield Target(group, sign, question.id, options, share)


def _row(ranges: Ranges, low: Target, high: Target) -> dict[str, object]:
    proved = ranges.bound(low), ranges.bound(high)
    found = ranges.found.get(low), ranges.found.get(high)
    signed = zip((1, -1, 1, -1), (*proved, *found), strict=True)
    values = [_number(None if x is None else sign * x, share=low.share) for sign, x in signed]
    names = ("lower", "upper", "found_lower", "found_upper")
    prefix = "share_" if low.share else ""
    row: dict[str, object] = {
        prefix + name: value for name, value in zip(names, values, strict=True)
    }
    return row | {f"{prefix}exact": proved == found}


def _number(value: Fraction | None, *, share: bool) -> object:
    import pandas as pd

    if value is None:
        return math.nan if share else pd.NA
    return float(value) if share else int(value)


COLUMNS = ["lower", "upper", "found_lower", "found_upper"]


def _table_of_sizes(groups: Sequence[str], ranges: Ranges) -> pd.DataFrame:
    import pandas as pd

    rows = [{"group": g} | _row(ranges, Target(g, 1), Target(g, -1)) for g in groups]
    return pd.DataFrame(rows).astype(dict.fromkeys(COLUMNS, "Int64"))


def _table_of_counts(survey: Survey, of: Sequence[str], ranges: Ranges) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for name in of:
        question, options = survey.resolve(name)
        for group in _groups_of(survey, name):
            row: dict[str, object] = {"of": name, "group": group}
            for share in (False, True):
                ends = [Target(group, sign, question.id, options, share) for sign in (1, -1)]
                row |= _row(ranges, *ends)
            rows.append(row)
    shares = [f"share_{column}" for column in COLUMNS]
    columns = ["of", "group", *COLUMNS, "exact", *shares, "share_exact"]
    frame = pd.DataFrame(rows, columns=columns)
    kinds = dict.fromkeys(COLUMNS, "Int64") | dict.fromkeys(shares, "float64")
    return frame.astype(kinds | dict.fromkeys(["exact", "share_exact"], "bool"))


def possible_totals(
    survey: Survey, largest: int = 1000, time_limit: float = TIME_LIMIT, **options: Unpack[Options]
) -> list[int]:
    """Return the numbers of respondents that a survey without a published total can have had.

    Parameters
    ----------
    survey : Survey
    largest : int
        Largest total to consider.
    time_limit : float
        Seconds.
    **options
        As of `search`.

    Returns
    -------
    list of int
        All of them up to `largest`.

    Raises
    ------
    UndecidedError
        If time ends before all are known.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail", "All"], "Yes": ["50", "33", "40"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares), total="All")
    >>> possible_totals(survey, largest=12)
    [5, 10]
    """
    task = search(survey, time_limit, **options)
    found: set[int] = set()
    for convention in distinct(task.setting, task.conventions):
        for total in _candidates(task, convention, largest):
            if total in found:
                continue
            task.told(f"{convention.rounding}: a total of {total}")
            only = partial(_with_total, total=total)
            answer = solve_under(task.setting, convention, task.clock, extra=only, largest=total)
            if answer.status == "unknown":
                raise out_of_time(survey, time_limit)
            if answer.status == "found":
                found.add(total)
    return sorted(found)


def _with_total(made: Compiled, total: int) -> None:
    made.model.add(made.total(), total, total)


def _candidates(task: Search, convention: Convention, largest: int) -> list[int]:
    """Return the totals that show each overall figure of a question asked of all, by itself."""
    survey = task.setting.survey
    totals = np.arange(len(survey.groups), largest + 1)
    if convention.overall == "mean" or not task.setting.shares:
        return [int(total) for total in totals]
    for s in statements_of(survey):
        if s.group != OVERALL or convention.base(s.question) != "all" or not s.printed:
            continue
        alone = len(s.options) == 1 and convention.adding_up == "rounded"
        if alone and s.low is not None:
            totals = totals[consistent_sizes(s.low, s.digits, totals, convention.rounding)]
    return [int(total) for total in totals]
