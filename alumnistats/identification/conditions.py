"""A survey's statements as an integer model under one convention.

The variables are the size of each group and, for each question, the number of a group's respondents
who gave each answer. With P the printed units, M 100% in the same units, k the count and b the
base, every rounding rule is a pair of linear conditions: what is printed as P or more is what
reaches an edge, a multiple of 1/20 of a unit,

    20 M k >= e(P) b   (or > where the edge itself is printed as P - 1),

and what is printed as P or less does not reach e(P + 1). A sum of rounded parts takes the parts'
printed units as further variables, whose products with the base are the only conditions that are
not linear. A plain mean over groups takes each group's share to a fine grid, which brackets it: see
`Bracket`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from alumnistats.identification.compiled import EDGES, OFFSET, Compiled
from alumnistats.identification.linear import (
    Expression,
    IntegerModel,
    Product,
    added,
    minus,
    times,
)
from alumnistats.identification.published import Statement
from alumnistats.rounding import full_scale
from alumnistats.survey import OVERALL, Question

GRID = 50  # values of a share on the grid of a plain mean, per printed unit

Bracket = Literal["outer", "inner"]
"""Conditions on plain means that every solution meets, or that only solutions meet."""


def add_statement(
    made: Compiled,
    statement: Statement,
    all_of: Sequence[Statement],
    bracket: Bracket,
    *,
    exact: bool,
) -> None:
    """Add what a statement says; `bracket`, and `exact` for sums of parts, as compiled."""
    model, s = made.model, statement
    count = made.count(s.question, s.options, s.group)
    base = made.base(s.question, s.group)
    if s.count is not None:
        model.add(count, s.count, s.count)
    if s.nobs is not None:
        model.add(base, s.nobs, s.nobs)
    if s.low is None and s.high is None:
        return
    if s.group == OVERALL and made.convention.overall == "mean":
        _add_mean(made, s, bracket)
        return
    model.add(base, 1, None)  # a share of nobody is not printed
    whole = _whole(made, s, all_of)
    if whole is not None:
        units = dict(zip(whole[0], whole[1], strict=True))
        if len(s.options) == 1:
            return  # `add_forced` says what there is to say
        if made.convention.added(s.question) and whole[2] == s.digits:
            shown = sum(units[o] for o in s.options)
            if (s.low is not None and shown < s.low) or (s.high is not None and shown > s.high):
                model.add({}, 1, None)  # never
            return
    elif made.convention.added(s.question) and len(s.options) > 1:
        _add_parts(made, s, all_of, exact=exact)
        return
    _add_share(made, count, base, s.low, s.high, s.digits)


def _add_share(
    made: Compiled,
    count: Expression,
    base: Expression,
    low: int | None,
    high: int | None,
    digits: int,
) -> None:
    """Add that a share is printed from `low` to `high`."""
    scaled = times(EDGES * full_scale(digits), count)
    if low is not None:
        start, included = made.start(low)
        _add_reduced(made.model, minus(scaled, times(start, base)), int(not included), None)
    if high is not None:
        end, excluded = made.end(high)
        _add_reduced(made.model, minus(scaled, times(end, base)), None, -int(excluded))


def _add_reduced(
    model: IntegerModel, expression: Expression, low: int | None, high: int | None
) -> None:
    """Add a row divided by what all coefficients share."""
    common = math.gcd(*expression.values()) or 1
    reduced = {v: c // common for v, c in expression.items()}
    model.add(
        reduced,
        None if low is None else -(-low // common),
        None if high is None else high // common,
    )


def _variable_of(made: Compiled, expression: Expression, name: str) -> int:
    """Return a variable that equals an expression."""
    if len(expression) == 1 and next(iter(expression.values())) == 1:
        return next(iter(expression))
    low, high = made.model.ends(expression)
    whole = made.model.variable(low, min(high, made.largest_total), name)
    made.model.add(minus(expression, {whole: 1}), 0, 0)
    return whole


def _add_parts(made: Compiled, s: Statement, all_of: Sequence[Statement], *, exact: bool) -> None:
    """Add that the rounded shares of the options sum to what is printed."""
    _add_implied(made, s)
    if made.loose or not (s.printed or exact):
        return
    most = full_scale(s.digits) if s.high is None else min(s.high, full_scale(s.digits))
    base = _variable_of(made, made.base(s.question, s.group), f"b[{s.question},{s.group}]")
    parts = []
    for option in s.options:
        units = made.model.variable(0, most, f"u[{s.question}:{option},{s.group}]")
        parts.append(units)
        own = _printed(option, s, all_of)
        if own is not None:  # a figure of its own says so, too
            made.model.add({units: 1}, own, own)
            continue
        count = made.count(s.question, (option,), s.group)
        _add_part(made, count, base, units, s.digits, exact=exact)
    made.model.add(added(*({u: 1} for u in parts)), s.low, s.high)


def _add_implied(made: Compiled, s: Statement) -> None:
    """Add what follows for the sum of the counts: each part is near its printed units."""
    scaled = times(EDGES * full_scale(s.digits), made.count(s.question, s.options, s.group))
    base, more = made.base(s.question, s.group), len(s.options) - 1
    before, after = made.start(0)[0], made.end(0)[0]
    if s.low is not None:
        start = made.start(s.low)[0] + more * before
        _add_reduced(made.model, minus(scaled, times(start, base)), 0, None)
    if s.high is not None:
        end = made.end(s.high)[0] + more * after
        _add_reduced(made.model, minus(scaled, times(end, base)), None, 0)


def _add_part(
    made: Compiled, count: Expression, base: int, units: int, digits: int, *, exact: bool
) -> None:
    """Add that `units` are printed of a count of a base; if not `exact`, with both ends of ties."""
    model, rule = made.model, made.convention.rounding
    product = model.variable(0, model.upper[units] * model.upper[base], "")
    model.products.append(Product(product, units, base))
    share = minus(times(EDGES * full_scale(digits), count), {product: EDGES})
    begins = minus(share, {base: OFFSET[rule]})
    ends = minus(share, {base: OFFSET[rule] + EDGES})
    if rule == "half-even":
        odd = {}
        if exact:
            bit, half = model.variable(0, 1, ""), model.variable(0, model.upper[units] // 2, "")
            model.add({units: 1, half: -2, bit: -1}, 0, 0)
            odd = {bit: 1}
        model.add(minus(begins, odd), 0, None)
        model.add(added(ends, odd), None, 0)
    else:
        ceiling = rule == "ceiling"
        model.add(begins, int(ceiling), None)
        model.add(ends, None, -int(not ceiling))


def _printed(option: str, s: Statement, all_of: Sequence[Statement]) -> int | None:
    """Return the printed units of one option beside a statement, as it was rounded itself."""
    for t in all_of:
        same = (t.question, t.options, t.group, t.digits) == (
            s.question,
            (option,),
            s.group,
            s.digits,
        )
        if same and t.low is not None and t.low == t.high:
            return t.low
    return None


Whole = tuple[tuple[str, ...], tuple[int, ...], int]
"""The options of a question, their printed units, and the decimals of them all."""


def _whole(made: Compiled, s: Statement, all_of: Sequence[Statement]) -> Whole | None:
    """Return the distribution that a group prints in full beside a statement, if it is forced."""
    if made.convention.adding_up != "forced":
        return None
    question = made.survey.question(s.question)
    return _whole_of(question, s.group, all_of)


def _whole_of(question: Question, group: str, all_of: Sequence[Statement]) -> Whole | None:
    if question.answers != "single" or not question.complete or len(question.options) < 2:
        return None
    found = {
        t.options[0]: t
        for t in all_of
        if t.question == question.id and t.group == group and len(t.options) == 1 and t.printed
    }
    if len(found) < len(question.options) or len({t.digits for t in found.values()}) > 1:
        return None
    units = tuple(found[o].low or 0 for o in question.option_ids)
    return question.option_ids, units, found[question.option_ids[0]].digits


def add_forced(made: Compiled, statements: Sequence[Statement]) -> None:
    """Add what distributions that are forced to 100 say of counts: see `remainders`."""
    for question in made.survey.questions:
        for group in (*made.survey.group_ids, OVERALL):
            whole = _whole_of(question, group, statements)
            if whole is None:
                continue
            options, units, digits = whole
            scale, base = full_scale(digits), made.base(question.id, group)
            if sum(units) != scale:
                made.model.add({}, 1, None)  # never
                continue
            gaps = [
                minus(times(scale, made.count(question.id, (o,), group)), times(u, base))
                for o, u in zip(options, units, strict=True)
            ]
            for i, first in enumerate(gaps):
                for second in gaps[i + 1 :]:
                    made.model.add(added(minus(first, second), base), 0, None)
                    made.model.add(minus(minus(first, second), base), None, 0)


def _add_mean(made: Compiled, s: Statement, bracket: Bracket) -> None:
    """Add that the plain mean of the groups' shares is printed from `low` to `high`."""
    model, survey = made.model, made.survey
    outer = bracket == "outer"
    fixed = made.convention.base(s.question) == "all"
    if outer and not fixed:
        return  # which groups have a share at all is left open
    if not fixed:
        for group in survey.group_ids:  # here all of them have
            model.add(made.base(s.question, group), 1, None)
    groups, scale = len(survey.group_ids), full_scale(s.digits)
    grid = GRID * scale
    split = made.convention.added(s.question) and len(s.options) > 1
    sets = [(o,) for o in s.options] if split else [s.options]
    shown: Expression = {}
    for options in sets:
        steps = [_step(made, s.question, options, group, grid) for group in survey.group_ids]
        summed = times(EDGES, added(*steps))  # with `grid * groups` for a mean of 1
        least, most = (0, EDGES * groups) if outer else (EDGES * groups, 0)
        unit = GRID * groups  # of the summed steps, for one printed unit
        if not split:
            if s.low is not None:
                start, included = made.start(s.low)
                model.add(summed, start * unit + int(not included) - (most if outer else 0), None)
            if s.high is not None:
                end, excluded = made.end(s.high)
                model.add(summed, None, end * unit - int(excluded) - (0 if outer else least))
            continue
        units = model.variable(0, scale if s.high is None else min(scale, s.high), "")
        shown = added(shown, {units: 1})
        before, after = made.start(0)[0], made.end(0)[0]
        gap = minus(summed, {units: EDGES * unit})
        open_end = 0 if outer else 1
        model.add(gap, before * unit + open_end - (most if outer else 0), None)
        model.add(gap, None, after * unit - open_end - (0 if outer else least))
    if split:
        model.add(shown, s.low, s.high)


def _step(
    made: Compiled, question: str, options: Sequence[str], group: str, grid: int
) -> Expression:
    """Return a variable s with ``s b <= grid k < (s + 1) b``: a group's share on a grid."""
    model, base = made.model, made.bases[question, group]
    count = made.count(question, options, group)
    step = model.variable(0, grid, "")
    result = model.variable(0, grid * model.upper[base], "")
    model.products.append(Product(result, step, base))
    gap = minus(times(grid, count), {result: 1})
    model.add(gap, 0, None)
    model.add(minus(gap, {base: 1}), None, -1)
    return {step: 1}
