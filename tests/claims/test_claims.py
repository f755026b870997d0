"""Grounds and verdicts against direct computation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alumnistats.brief import probability_text
from alumnistats.claims import Evidence, judge, judge_all
from alumnistats.claims.differences import probability_greater
from alumnistats.claims.option_counts import Share
from alumnistats.claims.options import compare
from alumnistats.claims.rankings import (
    holds_in_sample,
    pairs_of_order,
    pairs_of_set,
)
from alumnistats.comparisons import fisher_mid_p
from alumnistats.planning import pair_size, threshold_size
from alumnistats.posterior import estimate
from alumnistats.reconstruction import overall_counts, reconstruct
from alumnistats.sources import load_survey

LEVEL = 0.95


@pytest.fixture(scope="module")
def evidence():
    recon = reconstruct(load_survey(), draws=200)
    measures = ("official_contact", "important", "contact_forms:official_network")
    fits = {of: estimate(recon.solutions_of(of)) for of in measures}
    return Evidence(recon, fits, LEVEL)


@pytest.fixture(scope="module")
def verdicts(evidence):
    return {j.claim.id: j for j in judge_all(evidence)}


def test_every_claim_gets_a_verdict_and_both_sentences(evidence, verdicts):
    assert list(verdicts) == [c.id for c in evidence.survey.claims]
    for judged in verdicts.values():
        assert judged.grounds.en.endswith(".")
        assert judged.grounds.ja.endswith("。")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("any-contact-half", "supported"),
        ("would-use-at-least-half", "supported"),
        ("important-at-least-70", "not supported"),
        ("hurdles-mode-overall", "supported"),
        ("official-contact-top3-order", "not supported"),
        ("official-contact-bottom3-set", "not supported"),
        ("official-network-top3-order", "not supported"),
        ("important-top3-set", "not supported"),
        ("important-every-industry-70", "contradicted"),
        ("would-use-answer-above-half", "contradicted"),
        ("rehire-or-dealings-40", "undetermined"),
        ("effects-homogeneous", "undetermined"),
        ("effects-top3-order", "undetermined"),
        ("hurdles-mode-energy", "undetermined"),
        ("hurdles-differ", "undetermined"),
        ("becoming-important", "undetermined"),
    ],
)
def test_verdicts_of_the_embedded_release(verdicts, claim, verdict):
    assert verdicts[claim].verdict == verdict


def test_threshold_grounds_are_the_binomial_test(verdicts, evidence):
    n, k, weight = overall_counts(evidence.recon, "any_contact")
    p = sum(
        w * stats.binomtest(int(x), int(m), 0.5, alternative="greater").pvalue
        for m, x, w in zip(n, k, weight, strict=True)
    )
    probability = sum(
        w * stats.beta(x + 0.5, m - x + 0.5).sf(0.5) for m, x, w in zip(n, k, weight, strict=True)
    )
    grounds = verdicts["any-contact-half"].grounds
    assert grounds.p_value == pytest.approx(p, rel=1e-9)
    assert grounds.probability == pytest.approx(probability, rel=1e-9)


def test_pairs():
    assert pairs_of_order([[2], [0, 1]], 4) == [(2, 0), (2, 1), (0, 3), (1, 3)]
    assert set(pairs_of_set([1, 2], 4)) == {(1, 0), (1, 3), (2, 0), (2, 3)}


@given(st.permutations(range(4)), st.integers(0, 1000))
def test_order_holds_exactly_when_sorted(order, seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(5, 30, 4)
    k = rng.integers(0, n + 1)
    pairs = pairs_of_order([[g] for g in order[:3]], 4)
    share = k / n
    expected = all(share[order[i]] > share[order[i + 1]] for i in range(2)) and (
        share[order[2]] > share[order[3]]
    )
    assert bool(holds_in_sample(n[None], k[None], pairs, 1)[0]) == expected


@pytest.mark.parametrize(("a", "b"), [(0.6, 0.5), (0.3, 0.2), (0.9, 0.8)])
def test_needed_size_has_the_power_it_promises(a, b):
    n = int(pair_size(a, b, LEVEL))
    rng = np.random.default_rng(0)
    x, y = rng.binomial(n, a, 4000), rng.binomial(n, b, 4000)
    power = (fisher_mid_p(x, n, y, n, "greater") <= 0.05).mean()
    assert power == pytest.approx(0.8, abs=0.035)  # normal approximation plus simulation error


def test_needed_size_of_a_tie_is_infinite():
    assert pair_size(0.4, 0.4, LEVEL) == np.inf
    assert pair_size(0.3, 0.4, LEVEL) == np.inf
    assert threshold_size(0.4, 0.5, LEVEL) == np.inf


def test_options_are_compared_at_the_least_favourable_overlap():
    upper, lower, n = 60, 45, 100
    found = compare(Share.known(upper, n), Share.known(lower, n), exclusive=False)
    p = [
        stats.binomtest(upper - both, upper + lower - 2 * both, 0.5, alternative="greater").pvalue
        for both in range(max(0, upper + lower - n), lower + 1)
        if upper + lower - 2 * both > 0
    ]
    assert (found.p.lower, found.p.upper) == pytest.approx((min(p), max(p)))


def test_probability_greater_against_draws():
    rng = np.random.default_rng(0)
    k_a, n_a, k_b, n_b = (np.array([v]) for v in (26, 66, 300, 1167))
    exact = probability_greater(k_a, n_a, k_b, n_b)[0]
    a, b = rng.beta(26.5, 40.5, 200_000), rng.beta(300.5, 867.5, 200_000)
    assert exact == pytest.approx((a > b).mean(), abs=5 * 0.5 / np.sqrt(200_000))


def test_a_group_without_figures_is_undetermined(evidence):
    claim = evidence.survey.claim("would-use-at-least-half").model_copy(update={"group": "retail"})
    assert judge(evidence, claim).verdict == "undetermined"


def test_probabilities_are_never_printed_as_certain():
    assert probability_text(0.0) == "<0.001"
    assert probability_text(1.0) == ">0.999"
    assert probability_text(0.0476) == "0.048"
