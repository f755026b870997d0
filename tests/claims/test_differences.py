"""Whether groups differ, or not: against the chi-squared test and equivalence tests of pairs."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportions_chisquare

from alumnistats.analysis import Choices, analyze
from alumnistats.comparisons import odds_ratio_test, pair_test, score_test
from alumnistats.survey import Survey

TEXT = {"en": "c", "ja": "c"}


def survey_of(counts, claims, **changes):
    """Return a survey of one question with two answers; counts are (count, size) by group."""
    document = {
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": TEXT, "n": n} for g, (_, n) in counts.items()],
        "questions": [{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in ("yes", "no")]}],
        "figures": [{"of": "q:yes", "group": g, "count": k, "at": "t"}
                    for g, (k, _) in counts.items() if k is not None],
        "claims": [{"kind": "homogeneity", "question": "q", "text": TEXT, "at": "t", **c}
                   for c in claims],
    } | changes  # fmt: skip
    return Survey.model_validate(document)


CLAIMS = [{"id": "differ", "differ": True}, {"id": "same"}, {"id": "within", "within": 5}]


def judged(counts, **choices):
    found = analyze(survey_of(counts, CLAIMS), choices=Choices(**choices)).judged
    return {one.claim.id: one for one in found}


@pytest.mark.parametrize("counts", [
    {"a": (126, 1020), "b": (156, 998)},
    {"a": (30, 60), "b": (25, 70), "c": (40, 80), "d": (20, 90)},
])  # fmt: skip
def test_groups_differ_by_the_chi_squared_test_of_the_table(counts):
    k, n = np.array(list(counts.values())).T
    _, p, _ = proportions_chisquare(k, n)
    assert judged(counts)["differ"].grounds.p_value == pytest.approx(p)


def test_small_tables_are_tested_exactly():
    found = judged({"a": (3, 9), "b": (0, 8)})["differ"].grounds.p_value
    exact = stats.fisher_exact([[3, 6], [0, 8]])[1]  # two groups: as extreme by Pearson's, too
    assert found == pytest.approx(exact, abs=0.02)


def test_two_versions_of_a_page():
    """126 of 1,020 against 156 of 998: every claim of a difference says the same of them."""
    found = judged({"a": (126, 1020), "b": (156, 998)})
    assert found["differ"].grounds.p_value == pytest.approx(0.034, abs=5e-4)
    assert found["same"].verdict == "undetermined"
    assert "within" in found["same"].grounds.en


def test_a_clear_difference():
    found = judged({"a": (20, 200), "b": (100, 200)})
    assert found["differ"].verdict == "supported"
    assert found["same"].verdict == "contradicted"
    assert found["within"].verdict == "contradicted"


def test_groups_that_the_release_chose_count_for_all_it_could_have_chosen():
    """Two of four groups are published, each against the rest: eight tests, with both answers."""
    counts = {"a": (40, 100), "b": (52, 100), "c": (None, 100), "d": (None, 100)}
    document = survey_of(counts, CLAIMS).model_dump(by_alias=True, exclude_none=True)
    whole = {"of": "q:yes", "group": "overall", "count": 220, "at": "t"}
    told = survey_of(counts, CLAIMS, figures=[*document["figures"], whole])
    found = {one.claim.id: one for one in analyze(told).judged}["differ"].grounds
    p = [float(pair_test(k, 100, 220 - k, 300, Choices().test)) for k in (40, 52)]
    assert found.p.lower == 0.0
    assert found.p.upper == pytest.approx(8 * min(p))
    rest = stats.beta(180.5, 120.5), stats.beta(168.5, 132.5)
    theta = (np.arange(20_000) + 0.5) / 20_000
    below = [float((stats.beta(k + 0.5, 100.5 - k).pdf(theta) * law.sf(theta)).mean())
             for k, law in zip((40, 52), rest, strict=True)]  # fmt: skip
    assert found.posterior.lower == pytest.approx(max(1 - 8 * (1 - max(below)), 0), abs=1e-6)
    assert found.posterior.upper == 1.0


def test_where_only_a_list_bounds_the_rest_it_is_taken_at_its_less_favourable_end():
    """Of 400 respondents 300 said "y": at most 100 said "x", which is listed after it."""
    counts = {"a": (40, 100), "b": (20, 100), "c": (None, 100), "d": (None, 100)}
    figures = [{"of": "q:x", "group": g, "count": k} for g, (k, _) in counts.items() if k]
    told = survey_of(
        counts, CLAIMS,
        questions=[{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                    "options": [{"id": o, "label": TEXT} for o in "xyz"]}],
        figures=[*figures, {"of": "q:y", "group": "overall", "count": 300}],
        rankings=[{"of": "q", "from": "highest", "places": [["y"], ["x"]], "complete": True}],
    )  # fmt: skip
    found = {one.claim.id: one for one in analyze(told, draws=100).judged}["differ"].grounds
    p = float(pair_test(40, 100, 60, 300, Choices().test))  # of b the sign is open
    assert found.p.upper == pytest.approx(3 * 4 * p)


def test_equivalence_by_two_one_sided_tests():
    counts = {"a": (2000, 4000), "b": (2010, 4000), "c": (1990, 4000)}
    found = judged(counts)["within"]
    k, n = np.array(list(counts.values())).T
    each = [
        score_test(k[i], n[i], k[j], n[j], "less", difference=0.05)
        for i in range(3) for j in range(3) if i != j
    ]  # fmt: skip
    assert found.grounds.p_value == pytest.approx(max(map(float, each)))
    assert found.verdict == "supported"
    rng = np.random.default_rng(0)
    draws = rng.beta(k + 0.5, n - k + 0.5, (100_000, 3))
    independent = (np.ptp(draws, axis=1) <= 0.05).mean()
    assert found.grounds.probability >= independent - 0.01  # pooling brings shares together


def test_equivalence_of_two_groups():
    found = judged({"a": (2000, 4000), "b": (2040, 4000)})["within"].grounds
    p = [score_test(*table, "less", difference=0.05)
         for table in ((2000, 4000, 2040, 4000), (2040, 4000, 2000, 4000))]  # fmt: skip
    assert found.p_value == pytest.approx(max(map(float, p)))


def test_under_a_bias_groups_differ_by_more_than_it_explains():
    """Odds of 2 against 0.5, under a bias of each group by 0.3 in log odds."""
    found = judged({"a": (60, 90), "b": (30, 90)}, bias=0.3)["differ"].grounds
    p = odds_ratio_test(60, 90, 30, 90, np.exp(0.6), Choices().test)
    assert found.p_value == pytest.approx(2 * float(p))
    draws = np.random.default_rng(0).beta([60.5, 30.5], [30.5, 60.5], (400_000, 2))
    gap = np.diff(np.log(draws / (1 - draws)))
    assert found.probability == pytest.approx((gap < -0.6).mean(), abs=0.003)


def test_too_few_respondents_establish_no_equivalence():
    found = judged({"a": (50, 100), "b": (50, 100)})["within"]
    assert found.verdict == "not supported"
    assert found.grounds.in_sample.value == 1.0


def test_two_one_sided_tests_keep_their_level():
    """Two groups exactly the margin apart are rarely found equivalent."""
    rng = np.random.default_rng(4)
    n = 400
    a, b = rng.binomial(n, 0.5, 4000), rng.binomial(n, 0.4, 4000)
    p = np.maximum(
        score_test(a, n, b, n, "less", difference=0.1),
        score_test(b, n, a, n, "less", difference=0.1),
    )
    assert (p <= 0.025).mean() <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / 4000)


def test_relabelling_groups_changes_nothing():
    counts = {"a": (30, 60), "b": (25, 70), "c": (40, 80)}
    turned = {"a": counts["c"], "b": counts["a"], "c": counts["b"]}
    one, other = judged(counts), judged(turned)
    for name in one:
        first, second = one[name].grounds, other[name].grounds
        assert one[name].verdict == other[name].verdict
        if first.p is not None:
            assert first.p.upper == pytest.approx(second.p.upper, rel=1e-6)


def test_a_margin_and_a_difference_exclude_each_other():
    with pytest.raises(ValueError, match="within, or differ = true"):
        survey_of({"a": (1, 9), "b": (2, 9)}, [{"id": "x", "differ": True, "within": 5}])


@pytest.mark.parametrize("within", [0, 100, "5", True])
def test_a_margin_is_a_number_of_points(within):
    with pytest.raises(ValueError, match=r"homogeneity\.within"):
        survey_of({"a": (1, 9), "b": (2, 9)}, [{"id": "x", "within": within}])
