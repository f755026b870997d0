import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from alumnistats.survey import MAX_DECIMALS, percent_units
from alumnistats.survey.fields import BaseCandidate, Id, Of, Percent

PERCENT = TypeAdapter(Percent)


def refusal(value):
    with pytest.raises(ValidationError) as caught:
        PERCENT.validate_python(value)
    (error,) = caught.value.errors()
    return error["ctx"]["expected"], error["ctx"]["hint"]


@given(
    st.integers(0, MAX_DECIMALS).flatmap(
        lambda d: st.tuples(st.just(d), st.integers(0, 100 * 10**d))
    )
)
def test_percent_units_inverts_printing(digits_units):
    digits, units = digits_units
    whole, rest = divmod(units, 10**digits)
    printed = f"{whole}.{rest:0{digits}d}" if digits else str(whole)
    assert PERCENT.validate_python(printed) == printed
    assert percent_units(printed) == (units, digits)


@pytest.mark.parametrize("value", [47.8, 48, 101, float("nan"), 0])
def test_a_number_is_told_that_its_digits_are_data(value):
    expected, hint = refusal(value)
    assert expected == 'a string such as "47.8", because the digits printed are data'
    assert "quotes" in hint


@pytest.mark.parametrize("value", ["101", "100.1", "100.000001", "-5", "-0.1", "1000", "999"])
def test_outside(value):
    assert refusal(value) == ("a percentage between 0 and 100", "")


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("47,8", 'Did you mean "47.8"?'),
        ("\uff14\uff17.8", 'Did you mean "47.8"?'),
        ("\uff14\uff17\uff0e\uff18\uff05", 'Did you mean "47.8"?'),
        ("47.8%", 'Did you mean "47.8"?'),
        (" 47.8", 'Did you mean "47.8"?'),
        ("about half", ""),
        ("", ""),
        ("47.", ""),
        (".5", ""),
        ("047.8", ""),
        ("4.7.8", ""),
        ("1e1", ""),
        ("+3", ""),
        ("47.8\n", 'Did you mean "47.8"?'),
        ("0.1234567", ""),
        ("101,5", ""),
        ("\u0664\u0667", ""),
    ],
)
def test_malformed(value, hint):
    expected, found_hint = refusal(value)
    assert expected == 'a string such as "47.8", between "0" and "100", of at most 6 decimals'
    assert found_hint == hint


@pytest.mark.parametrize("value", [True, None, ["47.8"], {}])
def test_other_types(value):
    assert refusal(value)[0] == 'a string such as "47.8", between "0" and "100"'


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (
            Id,
            ["retail", "20s", "a-b_c", "小売", "サービス業", "größe", "розница", "소매"],
            [
                "",
                "Retail",
                "小 売",
                "小売、卸",
                "「小売」",
                "ｒetail",
                "a b",
                "a:b",
                "_a",
                "a\n",
                "×",
            ],
        ),
        (Of, ["official_contact", "contact:none"], ["contact:", ":none", "a:b:c", "a+b", "a:b\n"]),
        (
            BaseCandidate,
            ["all", "contact:formal+both", "contact:both"],
            ["contact", "contact:", "contact:a+", "All", "contact:a + b", "all\n"],
        ),
    ],
)
def test_references(field, good, bad):
    adapter = TypeAdapter(field)
    for value in good:
        assert adapter.validate_python(value) == value
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)
