"""What each choice of estimation and judgement changes, and what it leaves alone."""

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit

from alumnistats.analysis import VALUES, Choices
from alumnistats.analysis.choices import fit, gather, judge_survey, recover
from alumnistats.analysis.tipping import tipping_point, tipping_points
from alumnistats.claims import judge
from alumnistats.comparisons import adjust, pair_test
from alumnistats.errors import ArgumentError
from alumnistats.reconstruction import overall_counts

USUAL = Choices()


@pytest.fixture(scope="module")
def survey(small_survey):
    return small_survey()


@pytest.fixture(scope="module")
def recon(survey):
    return recover(survey, USUAL, draws=200)


@pytest.fixture(scope="module")
def fits(recon):
    return fit(recon, USUAL)


@pytest.fixture(scope="module")
def judged(recon, fits):
    """Return the grounds and verdicts by claim under choices that differ from the usual ones."""

    @cache  # most tests begin with the usual choices
    def judge(**changes):
        choices = Choices(**changes)
        own = fits if choices.until("estimation") == USUAL.until("estimation") else None
        found = judge_survey(recon, own or fit(recon, choices), choices)
        return {j.claim.id: j for j in found}

    return judge


def numbers(judged):
    g = judged.grounds
    return g.in_sample, g.p, g.posterior


def changed(before, after):
    return {name for name in before if numbers(before[name]) != numbers(after[name])}


PAIRS = {"order", "pair", "lowest"}
SHARES = {"half", "a-half", "few", "all", "either"}
OPTIONS = {"mode", "forms"}


@pytest.mark.parametrize("test", [t for t in VALUES["test"] if t != "fisher-mid-p"])
def test_the_test_enters_claims_on_groups(judged, test):
    assert changed(judged(), judged(test=test)) == PAIRS


@pytest.mark.parametrize("interval", [v for v in VALUES["interval"] if v != "clopper-pearson"])
def test_the_interval_enters_claims_on_shares(judged, interval):
    assert changed(judged(), judged(interval=interval)) == SHARES


@pytest.mark.parametrize("adjustment", [v for v in VALUES["adjustment"] if v != "none"])
def test_the_adjustment_enters_claims_on_groups(judged, adjustment):
    before, after = judged(), judged(adjustment=adjustment)
    assert changed(before, after) == PAIRS
    for name in PAIRS:
        assert after[name].grounds.p_value >= before[name].grounds.p_value


def test_adjusted_values_by_hand(judged, recon):
    solutions = recon.solutions_of("use:yes").thin(40)
    n, k, p = solutions.n, solutions.k, []
    a, b = np.nonzero(~np.eye(4, dtype=bool))
    each = pair_test(k[:, a], n[:, a], k[:, b], n[:, b], alternative="greater")
    adjusted = adjust(each, "holm")
    for first, second in [(0, 1), (1, 2), (1, 3)]:
        p.append(adjusted[:, (a == first) & (b == second)][:, 0])
    expected = np.max(p, axis=0) @ solutions.weight
    assert judged(adjustment="holm")["order"].grounds.p_value == pytest.approx(expected)


def test_differences_of_groups_whose_counts_are_known_are_those_of_their_table(judged, recon):
    """Four groups of a question with one printed option, every count known: one test of all."""
    solutions = recon.solutions_of("use:yes").thin(40)
    k, n = solutions.k[0], solutions.n[0]
    assert np.ptp(solutions.k, axis=0).max() == 0
    table = np.array([k, n - k])
    p = stats.chi2_contingency(table, correction=False).pvalue
    assert judged()["differ"].grounds.p_value == pytest.approx(p)


@pytest.mark.parametrize("prior", ["wider", "narrower"])
@pytest.mark.parametrize("model", VALUES["model"])
def test_models_and_priors_enter_posteriors_only(judged, model, prior):
    before, after = judged(model=model), judged(model=model, prior=prior)
    # Where all shares are one, no order has a probability, and a fifth is far below that share.
    assert changed(before, after) == (
        set() if model == "complete-pooling" else PAIRS | {"all", "differ"}
    )
    for name in changed(before, after):
        assert after[name].grounds.p_value == before[name].grounds.p_value


def test_the_level_enters_verdicts_only(judged):
    before, after = judged(), judged(level=0.999)
    assert not changed(before, after)
    assert after["mode"].verdict == "undetermined"  # of an option only an upper bound is known
    assert after["half"].verdict == "supported"


def test_ties(small_survey):
    figures = [
        {"of": "use:yes", "group": g, "count": k, "at": "t"}
        for g, k in {"a": 30, "b": 25, "c": 10, "d": 10}.items()
    ]
    survey = small_survey(figures=figures, rankings=[])
    recon = recover(survey, USUAL, draws=100)
    held = {}
    for ties in ("strict", "weak"):
        choices = Choices(ties=ties)
        found = {j.claim.id: j for j in judge_survey(recon, fit(recon, choices), choices)}
        held[ties] = {name: found[name].grounds.in_sample.value for name in ("order", "pair")}
    assert held["strict"] == {"order": 0.0, "pair": 0.0}
    assert held["weak"] == pytest.approx({"order": 1.0, "pair": 1.0})


@pytest.mark.parametrize("field", ["design_effect", "bias"])
def test_less_information_establishes_less(judged, field):
    values = {"design_effect": (1, 1.5, 2, 3), "bias": (0, 0.05, 0.2, 0.6)}[field]
    runs = [judged(**{field: value}) for value in values]
    for before, after in itertools.pairwise(runs):
        for name in PAIRS | {"half", "a-half", "all", "either", "mode", "differ"}:
            one, other = before[name].grounds, after[name].grounds
            assert other.in_sample == one.in_sample
            assert other.p.upper >= one.p.upper - 1e-12
            if field == "bias" or one.posterior.lower > 0.9:
                assert other.posterior.lower <= one.posterior.lower + 1e-9
        refuted = [run["few"].grounds.refuted.value for run in (before, after)]
        assert refuted[1] <= refuted[0]


def test_usual_values_of_the_continuous_fields_change_nothing(judged):
    assert not changed(judged(), judged(design_effect=1.0, bias=0.0))


def test_thresholds_with_a_bias_and_a_design_effect_by_hand(judged):
    found = judged(bias=0.1, design_effect=2.0)["a-half"].grounds
    k, n, value = 42 / 2, 60 / 2, expit(logit(0.5) + 0.1)
    assert found.p_value == pytest.approx(stats.beta(k, n - k + 1).cdf(value), rel=1e-6)
    law = stats.beta(k + 0.5, n - k + 0.5)
    assert found.probability == pytest.approx(law.sf(value), rel=1e-6)
    assert found.refuted.value == pytest.approx(law.cdf(expit(logit(0.5) - 0.1)), rel=1e-6)


def test_options_with_a_bias_are_rosenbaums_bound(judged, recon):
    n, k, weight = overall_counts(recon, "form:mail")
    best = np.argmax(weight)
    other = overall_counts(recon, "form:chat")
    b, c, size = k[best], other[1][np.argmax(other[2])], n[best]
    both = max(0, b + c - size)
    gamma = np.exp(0.05)
    p = stats.binom(b + c - 2 * both, gamma / (1 + gamma)).sf(b - both - 1)
    # The option that is not listed has fewer answers than the last one that is.
    assert judged(bias=0.05)["mode"].grounds.p.upper == pytest.approx(p)


def test_one_share_for_all_groups(judged, recon):
    found = judged(model="complete-pooling")
    assert [found[name].grounds.probability for name in sorted(PAIRS)] == [0.0, 0.0, 0.0]
    n, k = (a[0].sum() for a in (recon.solutions_of("use:yes").n, recon.solutions_of("use:yes").k))
    one = stats.beta(k + 0.5, n - k + 0.5).sf(0.2)
    assert found["all"].grounds.probability == pytest.approx(one, abs=1e-6)
    weighted = judged(model="complete-pooling", weights="population")["half"].grounds
    assert weighted.probability == pytest.approx(stats.beta(k + 0.5, n - k + 0.5).sf(0.4), abs=1e-4)


def test_population_weights_by_hand(judged, recon, survey):
    found = judged(weights="population")
    assert changed(judged(), found) == {"half", "few"}
    solutions = recon.solutions_of("use:yes")
    part = np.array([g.population_size for g in survey.groups]) / 10_000
    n, k = solutions.n[0], solutions.k[0]
    assert np.ptp(solutions.k, axis=0).max() == 0  # sizes are published: one solution
    smooth = (k + 0.5) / (n + 1)
    estimate = smooth @ part
    size = estimate * (1 - estimate) / (part**2 @ (smooth * (1 - smooth) / n))
    count = (k / n) @ part * size
    p = stats.beta(count, size - count + 1).cdf(0.4)
    assert found["half"].grounds.p_value == pytest.approx(p)
    for effect in (1.5, 3.0):  # divides the effective size
        x, m = count / effect, size / effect
        p = stats.beta(x, m - x + 1).cdf(0.4)
        found = judged(weights="population", design_effect=effect)["half"].grounds
        assert found.p_value == pytest.approx(p)


def test_population_weighted_probability_against_draws(survey, fits, judged):
    part = np.array([g.population_size for g in survey.groups]) / 10_000
    draws = fits["use:yes"].draws(30_000) @ part
    for name, share in (("half", draws > 0.4), ("few", draws < 0.3)):
        found = judged(weights="population")[name].grounds.probability
        error = np.sqrt(max(share.mean() * (1 - share.mean()), 1e-4) / len(draws))
        assert found == pytest.approx(share.mean(), abs=5 * error)


def test_equal_weights_of_equal_groups_are_the_plain_share(small_survey):
    groups = [
        {"id": g, "label": {"en": g, "ja": g}, "n": 100, "population_size": 7} for g in "abcd"
    ]
    figures = [{"of": "use:yes", "group": g, "count": 44, "at": "t"} for g in "abcd"]
    survey = small_survey(groups=groups, figures=figures, rankings=[], total=400)
    recon = recover(survey, USUAL, draws=100)
    fits = fit(recon, USUAL)
    plain, weighted = (
        {j.claim.id: j for j in judge_survey(recon, fits, Choices(weights=w))}["half"].grounds
        for w in ("none", "population")
    )
    assert weighted.p_value == pytest.approx(plain.p_value, rel=0.02)


def test_population_weights_need_population_sizes(small_survey):
    groups = [{"id": g, "label": {"en": g, "ja": g}, "n": 100} for g in "abcd"]
    figures = [{"of": "use:yes", "group": g, "count": 44, "at": "t"} for g in "abcd"]
    survey = small_survey(groups=groups, figures=figures, rankings=[], total=400)
    recon = recover(survey, USUAL, draws=100)
    with pytest.raises(ArgumentError, match="population_size in every group"):
        judge_survey(recon, {}, Choices(weights="population"))


def test_tipping_points(recon, fits, judged):
    def verdict(name, bias):
        evidence = gather(recon, fits).by(USUAL.level, replace(USUAL.rules, bias=bias))
        return judge(evidence, recon.survey.claim(name)).verdict

    points = tipping_points(recon, fits, USUAL)
    usual = judged()
    for name, point in points.items():
        if usual[name].verdict == "not supported":
            assert point == np.inf
        if np.isfinite(point):
            assert verdict(name, point) != usual[name].verdict
            assert verdict(name, max(point - 1e-3, 0.0)) == usual[name].verdict
    assert np.isfinite(points["half"])
    assert points["few"] == np.inf  # false among the respondents, which no bias changes


def test_tipping_point_of_a_threshold_in_closed_form(recon, fits):
    k, n = 42, 60
    by_test = logit(stats.beta(k, n - k + 1).ppf(0.025)) - logit(0.5)
    by_probability = logit(stats.beta(k + 0.5, n - k + 0.5).ppf(0.025)) - logit(0.5)
    found = tipping_point(recon, fits, USUAL, "a-half", tolerance=1e-5)
    assert found == pytest.approx(min(by_test, by_probability), abs=2e-5)


def test_tipping_points_shrink_with_the_level(recon, fits):
    points = [
        tipping_point(recon, fits, replace(USUAL, level=level), "a-half")
        for level in (0.9, 0.95, 0.99)
    ]
    assert points == sorted(points, reverse=True)


def test_tipping_errors(recon, fits):
    with pytest.raises(ArgumentError, match="claim"):
        tipping_point(recon, fits, USUAL, "nothing")
    with pytest.raises(ArgumentError, match="tolerance"):
        tipping_point(recon, fits, USUAL, "half", tolerance=0.0)
