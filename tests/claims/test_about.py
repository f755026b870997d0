"""Shares claimed to be about a value: against two one-sided tests, and their power by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import binom_tost, proportion_confint

from alumnistats.analysis import analyze
from alumnistats.claims import Rules
from alumnistats.claims.threshold import Region
from alumnistats.errors import SurveyFileError
from alumnistats.identification import claim_status
from alumnistats.planning import ShareBeyond, ShareWithin, needed_size
from alumnistats.sources import load_survey
from alumnistats.survey import Survey, ThresholdClaim

TEXT = {"en": "c", "ja": "c"}
SIZES, COUNTS = {"a": 800, "b": 1000}, {"a": 270, "b": 320}


def claim(percent="33.3", within=5, group="overall", **more):
    name = f"{group}-{percent}-{within}".replace(".", "_")
    return {"id": name, "kind": "threshold", "of": "q:yes", "text": TEXT,
            "group": group, "relation": "about", "percent": percent, "within": within,
            "at": "t"} | more  # fmt: skip


CLAIMS = [
    claim(), claim(within=2), claim("50", 4), claim(group="a"), claim(group="every"),
    claim("3", 4), claim("30", 4.5, "a"),
]  # fmt: skip


def survey(claims=CLAIMS, sizes=(400, 600)):
    return Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": TEXT, "n": n, "population_size": m}
                   for (g, n), m in zip(SIZES.items(), sizes, strict=True)],
        "questions": [{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in ("yes", "no")]}],
        "figures": [{"of": "q:yes", "group": g, "count": k, "at": "t"} for g, k in COUNTS.items()],
        "claims": claims,
    })  # fmt: skip


@pytest.fixture(scope="module")
def analysis():
    return analyze(survey(), draws=100)


def test_p_values_are_those_of_two_one_sided_tests(judged):
    for name, k, n, low, high in (
        ("overall-33_3-5", 590, 1800, 0.283, 0.383),
        ("overall-50-4", 590, 1800, 0.46, 0.54),
        ("a-33_3-5", 270, 800, 0.283, 0.383),
        ("a-30-4_5", 270, 800, 0.255, 0.345),
    ):
        expected = binom_tost(k, n, low, high)[0]
        assert judged[name].grounds.p_value == pytest.approx(expected, rel=1e-9), name


def test_probabilities_are_those_of_the_interval(judged):
    law = stats.beta(590.5, 1210.5)
    one = judged["overall-33_3-2"].grounds
    assert one.probability == pytest.approx(law.cdf(0.353) - law.cdf(0.313))
    prior = stats.beta(0.5, 0.5)
    assert one.prior == pytest.approx(prior.cdf(0.353) - prior.cdf(0.313))
    assert one.refuted.value == pytest.approx(1 - one.probability)


def test_a_side_without_shares_needs_no_test(judged):
    expected = stats.binom.cdf(590, 1800, 0.07)
    assert judged["overall-3-4"].grounds.p_value == pytest.approx(expected)
    assert judged["overall-3-4"].grounds.in_sample.value == 0.0


def test_every_group_by_the_largest_p(judged):
    each = [binom_tost(COUNTS[g], SIZES[g], 0.283, 0.383)[0] for g in SIZES]
    assert judged["every-33_3-5"].grounds.p_value == pytest.approx(max(each))
    assert 0.9 < judged["every-33_3-5"].grounds.probability < 1


def test_verdicts(judged):
    assert {name: one.verdict for name, one in judged.items()} == {
        "overall-33_3-5": "supported", "overall-33_3-2": "not supported",
        "overall-50-4": "contradicted", "a-33_3-5": "supported",
        "every-33_3-5": "supported", "overall-3-4": "contradicted",
        "a-30-4_5": "not supported",
    }  # fmt: skip


@given(st.integers(0, 200), st.integers(1, 99), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_supported_is_what_lies_in_it_with_its_whole_interval(k, percent, within):
    region = Region.of(ThresholdClaim.model_validate(claim(str(percent), within)))
    low, high = proportion_confint(k, 200, 0.05, method="beta")
    ends = region.at(0.0)
    p = float(region.p_value(k, 200))
    if abs(p - 0.025) > 1e-9:
        inside = (ends[0] == 0 or low > ends[0]) and (ends[1] == 1 or high < ends[1])
        assert (p <= 0.025) == inside


@given(st.integers(0, 150), st.integers(1, 99), st.tuples(st.integers(1, 45), st.integers(1, 45)))
@settings(max_examples=60, deadline=None)
def test_a_wider_tolerance_never_hurts(k, percent, both):
    narrow, wide = (
        Region.of(ThresholdClaim.model_validate(claim(str(percent), w))) for w in sorted(both)
    )
    rules = Rules(bias=0.1)
    for one in (Rules(), rules):
        assert wide.p_value(k, 150, one) <= narrow.p_value(k, 150, one) + 1e-12
        assert wide.probability(k, 150, one) >= narrow.probability(k, 150, one) - 1e-12
    assert wide.holds(np.array(k), np.array(150)) >= narrow.holds(np.array(k), np.array(150))


def test_among_the_respondents_the_ends_count():
    region = Region.of(ThresholdClaim.model_validate(claim("33.3", 3.3)))
    held = region.holds(np.array([29, 30, 36, 37]), np.array([100] * 4))
    assert held.tolist() == [0, 1, 1, 0]


def test_the_power_is_that_of_the_counts_that_pass():
    low, high = (ShareBeyond(np.array([0.5]), v, v < 0.5, 0.975) for v in (0.42, 0.6))
    one = ShareWithin(low, high)
    for n in (30, 300):
        counts = np.arange(n + 1)
        passed = one.decided(counts[:, None], np.array([n]))
        expected = stats.binom.pmf(counts, n, 0.5)[passed].sum()
        assert one.power(np.array([n]))[0] == pytest.approx(expected, abs=1e-12)
    size = needed_size(one)
    assert one.power(np.array([int(size)]))[0] >= 0.8
    assert one.comparisons == 2


@pytest.mark.parametrize("true", [0.42, 0.6])
def test_a_share_at_its_end_is_hardly_ever_found_within(true):
    low, high = (ShareBeyond(np.array([true]), v, v < 0.5, 0.975) for v in (0.42, 0.6))
    power = ShareWithin(low, high).power(np.array([50, 200, 1000]))
    assert (power <= 0.025).all()


def test_needed_sizes(judged):
    assert judged["overall-33_3-2"].grounds.needed_n > 1800
    assert np.isinf(judged["overall-50-4"].grounds.needed_n)


def test_populations_are_weighted():
    from alumnistats.analysis import Choices

    found = analyze(survey([claim()], (900, 100)), draws=100, choices=Choices(weights="population"))
    one = found.judged[0]
    assert one.grounds.prior is None
    assert one.grounds.probability == pytest.approx(0.99, abs=0.02)
    assert one.verdict == "supported"


def test_the_solver_agrees(judged):
    for stated in survey().claims:
        expected = {1.0: "every", 0.0: "no"}[judged[stated.id].grounds.in_sample.value]
        assert claim_status(survey(), stated) == expected


@pytest.mark.parametrize(
    "changes",
    [{"within": None}, {"relation": "above"}, {"percent": "50", "within": 50}, {"within": 0}],
)
def test_a_tolerance_belongs_to_about(changes):
    with pytest.raises(ValueError, match="within"):
        ThresholdClaim.model_validate(claim() | changes)


FILE = """
format = 2
id = "s"
title = "t"
source = { publisher = "p", url = "u", cite = "c" }
claims = ["raises ~ 33.3 +- 5", "raises ≈ 50 ± 2.5% in A"]
groups = ["A", "B"]
[questions.pay]
options = ["Rises", "Falls"]
complete = true
[measures]
raises = { of = "pay:rises", label = "raises pay" }
[figures.raises]
A = "30.1"
B = "36.2"
"""


def test_a_line_of_a_file(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(FILE.replace(" 2.5%", " 2.5"), encoding="utf-8")
    first, second = load_survey(path).claims
    assert (first.relation, first.percent, first.within, first.group) == (
        "about", "33.3", 5.0, "overall",
    )  # fmt: skip
    assert (second.percent, second.within) == ("50", 2.5)
    assert first.text.en == '"raises pay" is about 33.3%, give or take 5 points.'
    assert "33.3%前後（±5ポイント）である" in first.text.ja
    path.write_text(FILE.replace("33.3 +- 5", "33.3"), encoding="utf-8")
    with pytest.raises(SurveyFileError, match="33 \\+- 3"):
        load_survey(path)
