"""An integer model as plain data."""

from alumnistats.identification.linear import IntegerModel, Product, Row, added, minus, times


def test_expressions_are_added_and_what_cancels_goes():
    assert added({0: 1, 1: 2}, {1: -2, 2: 3}) == {0: 1, 2: 3}
    assert minus({0: 1}, {0: 1, 1: 4}) == {1: -4}
    assert times(3, {0: 2}) == {0: 6}
    assert times(0, {0: 2}) == {}


def test_ends_of_an_expression_are_those_of_its_variables():
    model = IntegerModel()
    x, y = model.variable(1, 4, "x"), model.variable(-2, 3, "y")
    assert (x, y) == (0, 1)
    assert model.ends({x: 2, y: -3}) == (2 - 9, 8 + 6)
    assert model.ends({}) == (0, 0)


def test_within_some_variables_nothing_is_said_of_the_others():
    model = IntegerModel()
    x, y, z, u = (model.variable(1, 9, name) for name in "xyzu")
    model.add({x: 1}, 2, 3)
    model.add({x: 1, y: 1}, None, 5)
    model.products += [Product(x, y, z), Product(x, z, z), Product(u, x, x)]
    inner = model.within({y, u})
    assert inner.rows == [Row({x: 1}, 2, 3)]
    assert inner.products == [Product(x, z, z)]
    assert inner.lower == [1, 1, 1, 1]
    assert inner.upper == [9, 1, 9, 1]
