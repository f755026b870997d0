"""Conditions of an integer model, each by itself."""

import itertools
from types import SimpleNamespace

import pytest

from alumnistats.identification.conditions import _add_part, _printed, _variable_of
from alumnistats.identification.linear import IntegerModel
from alumnistats.identification.published import Statement
from alumnistats.rounding import ROUNDING_RULES, round_share

LARGEST = 12


def made(rule="half-up"):
    return SimpleNamespace(
        model=IntegerModel(), convention=SimpleNamespace(rounding=rule), largest_total=LARGEST
    )


def holds(model, values):
    """Whether rows hold of all that further variables of a model may be."""
    free = range(len(values), len(model.lower))
    given = {p.result: values[p.first] * values[p.second] for p in model.products}
    ranges = [[given[v]] if v in given else range(model.lower[v], model.upper[v] + 1) for v in free]
    for rest in itertools.product(*ranges):
        x = [*values, *rest]
        sums = [(sum(c * x[v] for v, c in row.expression.items()), row) for row in model.rows]
        if all(
            (row.low is None or row.low <= value) and (row.high is None or value <= row.high)
            for value, row in sums
        ):
            return True
    return False


@pytest.mark.parametrize("rule", ROUNDING_RULES)
def test_a_part_is_what_its_rule_prints(rule):
    it = made(rule)
    count, base, units = (
        it.model.variable(0, most, name)
        for most, name in ((LARGEST, "k"), (LARGEST, "n"), (100, "u"))
    )
    _add_part(it, {count: 1}, base, units, 0, exact=True)
    for n in (3, 7, 8, 12):
        for k in range(n + 1):
            shown = int(round_share(k, n, 0, rule))
            for u in (shown - 1, shown, shown + 1):
                if 0 <= u <= 100:
                    assert holds(it.model, [k, n, u]) == (u == shown), (rule, k, n, u)


def test_without_its_parity_half_even_has_both_ends_of_ties():
    it = made("half-even")
    count, base, units = (it.model.variable(0, 100, name) for name in "knu")
    _add_part(it, {count: 1}, base, units, 0, exact=False)
    assert [u for u in range(101) if holds(it.model, [1, 8, u])] == [12, 13]  # 12.5%
    assert [u for u in range(101) if holds(it.model, [1, 7, u])] == [14]


def test_a_sum_has_a_variable_of_its_own():
    it = made()
    x, y = it.model.variable(1, 5, "x"), it.model.variable(0, 20, "y")
    assert _variable_of(it, {x: 1}, "x") == x
    assert len(it.model.names) == 2
    whole = _variable_of(it, {x: 1, y: 1}, "x + y")
    assert whole == 2
    assert (it.model.lower[whole], it.model.upper[whole]) == (1, LARGEST)
    assert holds(it.model, [2, 3, 5])
    assert not holds(it.model, [2, 3, 4])
    assert not holds(it.model, [2, 3, 6])
    twice = _variable_of(it, {x: 2}, "2 x")
    assert twice == 3
    assert holds(it.model, [2, 3, 5, 4])


def test_the_units_beside_a_sum_are_those_printed_not_bounds():
    def said(options, low, high, digits=0, group="g"):
        return Statement("q", options, group, low, high, digits, None, None, ())

    s = said(("a", "b"), 60, 60)
    assert _printed("a", s, [s, said(("b",), 20, 20), said(("a",), 40, 40)]) == 40
    for other in (said(("a",), 40, None), said(("a",), None, 40), said(("a",), 30, 40)):
        assert _printed("a", s, [other]) is None
    for other in (said(("a",), 400, 400, digits=1), said(("a",), 40, 40, group="h")):
        assert _printed("a", s, [other]) is None
