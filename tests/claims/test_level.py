"""One level: what is established is what the interval shown beside it excludes the opposite of."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.claims import Evidence, Rules, decide
from alumnistats.claims.share_tests import SHARE_TESTS
from alumnistats.claims.shares import judge_threshold
from alumnistats.intervals import interval
from alumnistats.reconstruction import Solutions
from alumnistats.survey import ThresholdClaim


def judged(k, n, relation, percent, level, test):
    """Return grounds and verdict of a threshold of one group whose count is known."""
    words = {"en": "c", "ja": "c"}
    claim = ThresholdClaim(
        id="c", kind="threshold", of="m", group="g", relation=relation, percent=percent,
        text=words, at="t",
    )  # fmt: skip
    solutions = Solutions.known("m", ("g",), [n], [k])
    recon = SimpleNamespace(
        survey=SimpleNamespace(group_ids=("g",)), recovered=("m",), solutions_of=lambda _: solutions
    )
    evidence = Evidence(recon, {}, level, Rules(interval=test), sizing="normal")
    grounds = judge_threshold(evidence, claim)
    return grounds, decide(grounds, level)


@pytest.mark.parametrize("test", SHARE_TESTS)
@given(
    n=st.integers(20, 400),
    share=st.floats(0.0, 1.0),
    percent=st.integers(5, 95),
    level=st.sampled_from([0.8, 0.9, 0.95, 0.99]),
    upward=st.booleans(),
)
def test_a_verdict_and_the_intervals_never_disagree(test, n, share, percent, level, upward):
    k, value = round(share * n), percent / 100
    relation = "at-least" if upward else "at-most"
    grounds, verdict = judged(k, n, relation, f"{percent}", level, test)
    lower, upper = interval(k, n, test, level)
    excluded = lower > value if upward else upper < value
    credible = interval(k, n, "jeffreys", level)
    believed = credible[0] > value if upward else credible[1] < value
    if np.abs(np.array([lower, upper, *credible]) - value).min() > 1e-9:
        assert bool(grounds.significant.value) == bool(excluded)
        assert (verdict == "supported") == bool(excluded and believed)


def test_the_release_at_70_percent_is_within_the_interval_shown():
    """889 of 1,233 are 72.1%: each 95% interval contains 70%, whatever a 5% test says."""
    grounds, verdict = judged(889, 1233, "at-least", "70", 0.95, "clopper-pearson")
    lower, _ = interval(889, 1233, "clopper-pearson", 0.95)
    assert 0.025 < grounds.p_value < 0.1
    assert lower < 0.7
    assert verdict == "not supported"
