"""The verdict that grounds add up to."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.claims import Grounds, decide
from alumnistats.claims.ranges import Range

LEVEL = 0.95


@pytest.mark.parametrize(
    ("in_sample", "significant", "probability", "refuted", "verdict"),
    [
        (1.0, 1.0, 0.99, None, "supported"),
        (1.0, 1.0, 0.97, None, "not supported"),
        (1.0, 0.5, 0.99, None, "not supported"),
        (0.5, 0.0, 0.03, 0.97, "not supported"),
        (1.0, 1.0, 0.90, None, "not supported"),
        (0.0, 1.0, 0.99, None, "contradicted"),
        (0.01, 0.0, 0.02, None, "not supported"),
        (1.0, 0.0, 0.01, 0.99, "contradicted"),
        (1.0, 0.0, 0.025, 0.975, "contradicted"),
        (None, None, None, None, "undetermined"),
    ],
)
def test_rule(in_sample, significant, probability, refuted, verdict):
    grounds = grounds_of(in_sample, significant, probability, refuted)
    assert decide(grounds, LEVEL) == verdict


def grounds_of(in_sample, significant, probability, refuted=None):
    """Return grounds of numbers that are known, or of (lower, upper)."""

    def made(value):
        if value is None:
            return None
        return Range(*value) if isinstance(value, tuple) else Range.exact(value)

    p = None if probability is None else Range.exact(0.01)
    return Grounds(
        in_sample=made(in_sample), p=p, significant=made(significant),
        posterior=made(probability), refuted=made(refuted),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("in_sample", "significant", "probability", "refuted", "verdict"),
    [
        (1.0, (0.0, 1.0), (0.98, 1.0), None, "undetermined"),
        (1.0, (0.0, 0.9), (0.98, 1.0), None, "not supported"),
        (1.0, (0.0, 1.0), (0.5, 0.97), None, "not supported"),
        (1.0, (0.96, 1.0), (0.98, 1.0), None, "supported"),
        ((0.0, 1.0), 0.0, 0.5, None, "undetermined"),  # not supported, or contradicted
        ((0.5, 1.0), 0.0, 0.5, None, "not supported"),
        (None, 0.0, 0.5, (0.4, 0.99), "undetermined"),
        (None, 0.0, 0.5, (0.4, 0.975), "undetermined"),
        (None, None, None, (0.98, 1.0), "contradicted"),
        (1e-9, 0.0, 0.5, None, "not supported"),  # fails in all but few solutions
    ],
)
def test_where_only_bounds_are_known_the_verdict_is_what_all_between_them_share(
    in_sample, significant, probability, refuted, verdict
):
    assert decide(grounds_of(in_sample, significant, probability, refuted), LEVEL) == verdict


@given(st.tuples(*[st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)] * 3))
def test_a_verdict_of_bounds_is_that_of_whatever_lies_between(ends):
    ranges = [tuple(pair) for pair in ends]
    whole = decide(grounds_of(1.0, *ranges), LEVEL)
    for corner in itertools.product(*ranges):
        if corner[1] + corner[2] <= 1:  # a claim and its opposite never hold together
            assert whole in (decide(grounds_of(1.0, *corner), LEVEL), "undetermined")


def test_rule_is_monotone_in_its_grounds():
    """More evidence never turns a supported claim into another one."""
    values = [0.0, 0.5, 0.949, 0.95, 0.974, 0.975, 1.0]
    for significant, probability in itertools.product(values, values):
        supported = decide(grounds_of(1.0, significant, probability), LEVEL) == "supported"
        assert supported == (significant >= LEVEL and probability >= 0.975)
