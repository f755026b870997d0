import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.paper.values import Table, Value, plain, printed


@pytest.mark.parametrize(
    ("value", "unit", "digits", "text"),
    [
        (1233, "count", 0, "1,233"),
        (648.6, "count", 0, "649"),
        (-234.70088, "number", 1, "−234.7"),
        (0.478, "percent", 1, "47.8%"),
        (0.0422, "points", 1, "4.2"),
        (0.3411, "probability", 3, "0.341"),
        (0.0004, "probability", 3, "<0.001"),
        (0.9996, "probability", 3, ">0.999"),
        (1.0, "probability", 2, ">0.99"),
        (6.871e-05, "scientific", 1, "6.9·10⁻⁵"),
        (22126371142622149416980, "scientific", 1, "2.2·10²²"),
        ("supported", "verdict", 0, "supported"),
        (None, "probability", 3, "–"),
        (math.nan, "count", 0, "–"),
        (math.inf, "count", 0, "∞"),
        (-math.inf, "number", 1, "−∞"),
    ],
)
def test_a_value_is_printed_as_its_unit_says(value, unit, digits, text):
    assert printed(value, unit, digits) == text
    assert printed(plain(value), unit, digits) == text


def test_an_unknown_unit_is_an_error():
    with pytest.raises(ArgumentError, match=r"unit: found .parsec."):
        printed(1.0, "parsec")


@given(p=st.floats(0, 1), digits=st.integers(1, 6))
def test_a_probability_never_prints_as_none_or_all(p, digits):
    text = printed(p, "probability", digits)
    least = 10.0**-digits
    if text[0] in "<>":
        assert p < least or p > 1 - least
    else:
        assert 0 < float(text) <= 1
        assert abs(float(text) - p) <= 0.5 * least + 1e-12


@given(st.floats(-1e300, 1e300))
def test_ten_digits_of_a_value_are_kept(x):
    assert math.isclose(float(plain(x)), x, rel_tol=1e-9)


def test_an_entry_says_where_it_is_from():
    assert Value(0.25, "percent", 1, 0.01).entry("here.f") == {
        "value": 0.25, "unit": "percent", "digits": 1, "noise": 0.01, "by": "here.f",
        "text": "25.0%",
    }  # fmt: skip


def test_a_table_prints_each_column_in_its_way():
    table = Table({"name": ("text", 0), "p": ("probability", 2)}, [("a", 0.001)], {"p": 0.1})
    made = table.entry("here.f")
    assert made["text"] == [["a", "<0.01"]]
    assert made["noise"] == [0, 0.1]
    with pytest.raises(ArgumentError, match="rows: found 1; expected 2 values"):
        Table({"name": ("text", 0), "p": ("number", 2)}, [("a",)]).entry("here.f")
