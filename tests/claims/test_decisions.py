"""What would establish a claim, and in which respondents: of a survey whose counts are printed."""

import pytest
from scipy import stats

from alumnistats.claims import Evidence, decision_of, posterior_shares, sizes_of, unit_of
from alumnistats.reconstruction import reconstruct
from alumnistats.survey import Survey

TEXT = {"en": "c", "ja": "c"}
SIZES = {"a": 30, "b": 12, "c": 1}
COUNTS = {"x": {"a": 16, "b": 3, "c": 0}, "y": {"a": 10, "b": 8, "c": 1}}
CLAIMS = {
    "most": {"kind": "mode", "question": "q", "group": "overall", "option": "x"},
    "most-a": {"kind": "mode", "question": "q", "group": "a", "option": "x"},
    "options": {"kind": "ranking", "of": "q", "from": "highest", "places": [["x"], ["y"]]},
    "options-b": {"kind": "ranking", "of": "q", "from": "highest", "places": [["y"], ["x"]],
                  "group": "b"},
    "groups": {"kind": "ranking", "of": "q:x", "from": "highest", "places": [["a"]]},
    "few-b": {"kind": "threshold", "of": "q:x", "group": "b", "relation": "below", "percent": "50"},
    "few": {"kind": "threshold", "of": "q:x", "group": "overall", "relation": "below",
            "percent": "60"},
    "every": {"kind": "threshold", "of": "q:x", "group": "every", "relation": "below",
              "percent": "90"},
    "a-c": {"kind": "difference", "of": "q:x", "group": "a", "than": "c", "relation": "above",
            "points": 10.0},
}  # fmt: skip


@pytest.fixture(scope="module")
def evidence():
    survey = Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": TEXT, "n": n} for g, n in SIZES.items()],
        "questions": [{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in "xyz"]}],
        "figures": [{"of": f"q:{o}", "group": g, "count": k}
                    for o, counts in COUNTS.items()
                    for g, k in [*counts.items(), ("overall", sum(counts.values()))]],
        "claims": [{"id": name, "text": TEXT, **what} for name, what in CLAIMS.items()],
    })  # fmt: skip
    return Evidence(reconstruct(survey, draws=100), {}, 0.95)


def test_units_are_all_respondents_or_those_of_a_group(evidence):
    assert {name: unit_of(evidence, evidence.survey.claim(name)) for name in CLAIMS} == {
        "most": "in all", "most-a": "per group", "options": "in all", "options-b": "per group",
        "groups": "per group", "few-b": "per group", "few": "in all", "every": "per group",
        "a-c": "per group",
    }  # fmt: skip


def test_sizes_are_those_of_the_tests(evidence):
    assert {n: sizes_of(evidence, evidence.survey.claim(n)).tolist() for n in CLAIMS} == {
        "most": [43], "most-a": [30], "options": [43], "options-b": [12], "groups": [30, 12, 1],
        "few-b": [12], "few": [43], "every": [30, 12, 1], "a-c": [30, 1],
    }  # fmt: skip


def test_shares_are_those_of_the_counts(evidence):
    shares = {
        n: decision_of(evidence, evidence.survey.claim(n)).shares for n in ("few-b", "groups")
    }
    assert shares["few-b"].tolist() == [3 / 12]
    assert shares["groups"].tolist() == [16 / 30, 3 / 12, 0.0]


def test_draws_of_one_share_follow_jeffreys_posterior(evidence):
    draws = posterior_shares(evidence, evidence.survey.claim("few-b"), 4000)
    assert draws.shape == (4000, 1)
    assert stats.kstest(draws[:, 0], stats.beta(3.5, 9.5).cdf).pvalue > 1e-3


def test_draws_of_options_follow_a_dirichlet_posterior(evidence):
    draws = posterior_shares(evidence, evidence.survey.claim("options-b"), 4000)
    assert draws.shape == (4000, 2, 2)  # y before x, and x before z
    for pair, counts in enumerate([(8, 3), (3, 1)]):
        for at, k in enumerate(counts):
            law = stats.beta(k + 0.5, 12 - k + 1.0)  # of one of three, each with a half more
            assert stats.kstest(draws[:, pair, at], law.cdf).pvalue > 1e-3
    assert (draws.sum(axis=-1) < 1).all()
