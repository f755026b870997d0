"""The parts of the reconstruction against enumeration: passes, counts, conflicts, coverage."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alumnistats.errors import ArgumentError, ContradictionError
from alumnistats.reconstruction import Solutions, count_solutions, reconstruct
from alumnistats.reconstruction.exact_number import count_lattice
from alumnistats.reconstruction.from_survey import compare_priors, make_problem
from alumnistats.reconstruction.overall import law_of_totals, possible_bases
from alumnistats.reconstruction.published import Exact
from alumnistats.reconstruction.question_tree import split_nodes
from alumnistats.reconstruction.size_draws import (
    draw_sizes,
    run_pass,
    scaled_states,
    tilted_states,
)
from alumnistats.reconstruction.size_mixture import Evidence
from alumnistats.reconstruction.size_priors import SizeModel, size_models
from alumnistats.reconstruction.total_pass import Laws, total_pass
from alumnistats.rounding import agreeing_counts
from alumnistats.sources import load_survey
from alumnistats.survey import Survey


def chi_square_p(observed, expected):
    """Return the p-value of counts against expectations, small cells put together."""
    order = np.argsort(expected)
    groups = np.cumsum(np.cumsum(expected[order]) // 8)
    o = np.bincount(np.unique(groups, return_inverse=True)[1], observed[order])
    e = np.bincount(np.unique(groups, return_inverse=True)[1], expected[order])
    return stats.chisquare(o, e * o.sum() / e.sum()).pvalue


@pytest.fixture
def small_pass():
    rng = np.random.default_rng(2)
    likelihood = rng.random((3, 9))
    likelihood[:, 0] = 0
    departing = np.tile(np.r_[0.0, np.full(8, 1 / 8)], (3, 1))
    model = SizeModel(-1.0, 4, departing, np.array([0.3, 0.7]), np.array([0.6, 0.4]))
    return likelihood, model


def exact_sizes(likelihood, model, node, total):
    e = model.nodes[node]
    law = likelihood * (e * model.off_quota)
    law[:, model.quota] += (1 - e) * likelihood[:, model.quota]
    return {
        s: np.prod([law[g, s[g]] for g in range(3)])
        for s in itertools.product(range(1, 9), repeat=3)
        if sum(s) == total
    }


def test_size_pass_and_its_draws(small_pass):
    likelihood, model = small_pass
    for node in (0, 1):
        exact = exact_sizes(likelihood, model, node, 13)
        done = run_pass(0, model, node, likelihood, 13)
        expected = np.log(sum(exact.values()) * model.node_weights[node]) + model.log_weight
        assert done.log_evidence == pytest.approx(expected, abs=1e-12)
        draws = draw_sizes(done, 4000, 13, np.random.default_rng(0))
        index = {s: i for i, s in enumerate(exact)}
        observed = np.bincount([index[tuple(d)] for d in draws.tolist()], minlength=len(exact))
        probability = np.array(list(exact.values())) / sum(exact.values())
        assert chi_square_p(observed, probability * 4000) > 0.001


def test_bounds_are_bounds(small_pass):
    likelihood, model = small_pass
    for total in range(3, 25):
        evidence = Evidence(likelihood, total)
        limit = evidence.bounds([model])[0]
        share = np.log(model.node_weights) + model.log_weight
        value, bound = evidence.of([model], [limit])[0]
        for node in (0, 1):
            done = run_pass(0, model, node, likelihood, total)
            assert limit.min(axis=1)[node] + share[node] >= done.log_evidence - 1e-12
            if np.isfinite(value[node]):
                assert value[node] == pytest.approx(done.log_evidence, abs=1e-9)
            else:
                assert bound[node] >= done.log_evidence


@pytest.mark.parametrize("prior", ["quota", "shortfall", "free", "dirichlet"])
def test_evidence_on_the_circle_is_that_of_the_direct_pass(prior):
    rng = np.random.default_rng(4)
    survey, groups, largest, total = simulated(rng)[0], 6, 120, 330
    likelihood = rng.random((groups, largest + 1)) ** 8
    likelihood[3] = likelihood[2]  # groups that print alike share a factor
    likelihood[0, np.arange(largest + 1) % 7 > 0] = 0
    evidence = Evidence(likelihood, total)
    models = size_models(survey, prior, largest)[::9]
    together = evidence.of(models, evidence.bounds(models))
    for model, (value, bound) in zip(models, together, strict=True):
        for node in range(len(value)):
            direct = run_pass(0, model, node, likelihood, total).log_evidence
            if np.isfinite(value[node]):
                assert value[node] == pytest.approx(direct, abs=1e-7)
            else:
                assert bound[node] >= direct


def test_impossible_totals_are_never_sure():
    likelihood = np.zeros((4, 41))
    likelihood[:, 2::2] = 1.0  # even sizes only
    odd = SizeModel(0.0, None, np.full((4, 41), 1 / 41), np.ones(1), np.ones(1))
    evidence = Evidence(likelihood, 81)
    value, bound = evidence.of([odd], evidence.bounds([odd]))[0]
    assert value[0] == -np.inf
    assert np.isfinite(bound[0])
    assert run_pass(0, odd, 0, likelihood, 81).log_evidence == -np.inf


@pytest.mark.parametrize("total", [0, 5, 11, 15])
def test_total_pass_and_its_draws(total):
    """Also at the ends, where only one vector of counts is possible."""
    weight = np.array([[0.1, 0.2, 0.3, 0.2, 0.1, 0.1], [0.5, 0.25, 0.15, 0.05, 0.03, 0.02]])
    laws = Laws(weight, np.zeros(2, dtype=np.int64), np.tile([0, 1, 1], (3000, 1)))
    allowed = np.zeros((3000, 20), dtype=bool)
    allowed[:, total] = True
    law = np.convolve(np.convolve(weight[0], weight[1]), weight[1])
    log_evidence, counts = total_pass(laws, allowed, np.random.default_rng(1))
    assert np.allclose(log_evidence, np.log(law[total]), atol=1e-9)
    assert (counts.sum(axis=1) == total).all()
    exact = {
        s: weight[0, s[0]] * weight[1, s[1]] * weight[1, s[2]]
        for s in itertools.product(range(6), repeat=3)
        if sum(s) == total
    }
    if len(exact) > 1:
        index = {s: i for i, s in enumerate(exact)}
        observed = np.bincount([index[tuple(c)] for c in counts.tolist()], minlength=len(exact))
        assert chi_square_p(observed, np.array(list(exact.values())) / law[total] * 3000) > 0.001


def test_total_pass_of_several_allowed_totals_and_impossible_particles():
    laws = Laws(np.full((1, 4), 0.25), np.array([2]), np.zeros((4, 2), dtype=np.int64))
    allowed = np.zeros((4, 12), dtype=bool)
    allowed[0, [4, 5]] = True
    allowed[1, 3] = True  # below twice the smallest count
    allowed[2, 10] = True
    log_evidence, counts = total_pass(laws, allowed, np.random.default_rng(0))
    assert log_evidence[0] == pytest.approx(np.log(3 / 16))
    assert log_evidence[2] == pytest.approx(np.log(1 / 16))
    assert log_evidence[1] == -np.inf
    assert log_evidence[3] == -np.inf
    assert counts[2].tolist() == [5, 5]


@pytest.mark.parametrize("seed", range(20))
def test_total_pass_where_allowed_totals_are_spread_wider_than_sums(seed):
    """Wherever the window of allowed totals lies: its middle may be far from every sum."""
    rng = np.random.default_rng(seed)
    weight = rng.random((2, int(rng.integers(2, 30)))) ** 4
    weight /= weight.sum(axis=1, keepdims=True)
    start, index = rng.integers(0, 9, size=2), rng.integers(0, 2, size=(1, 40))
    law = np.zeros(int(start[index].sum()) + 1)
    law[-1] = 1.0
    for g in index[0]:
        law = np.convolve(law, weight[g])
    usual = int(np.arange(len(law)) @ law)
    for reach in (40, 400):
        allowed = np.zeros((1, len(law) + 400), dtype=bool)
        allowed[0, usual : usual + reach] = True
        exact = law[usual : usual + reach].sum()
        log_evidence, counts = total_pass(Laws(weight, start, index), allowed, rng)
        assert log_evidence[0] == pytest.approx(np.log(exact), abs=1e-5)
        assert usual <= counts.sum() < usual + reach


def test_total_pass_of_a_batch_in_which_no_particle_is_possible(monkeypatch):
    monkeypatch.setattr("alumnistats.reconstruction.total_pass.CHUNK", 1)
    laws = Laws(np.full((2, 2), 0.5), np.array([0, 5]), np.array([[0, 0], [1, 1]]))
    allowed = np.zeros((2, 3), dtype=bool)
    allowed[0, 1] = True
    log_evidence, counts = total_pass(laws, allowed, np.random.default_rng(0))
    assert log_evidence.tolist() == [pytest.approx(np.log(0.5)), -np.inf]
    assert counts[0].sum() == 1


@pytest.mark.parametrize("seed", range(40))
def test_number_of_solutions_by_enumeration(seed):
    rng = np.random.default_rng(seed)
    largest, groups = 7, 3
    low = rng.integers(0, 3, (groups, largest + 1))
    high = low + rng.integers(-1, 4, (groups, largest + 1))
    total = int(rng.integers(5, 18))
    window = None if seed % 2 else (int(rng.integers(0, 4)), int(rng.integers(4, 12)))
    brute = 0
    for sizes in itertools.product(range(largest + 1), repeat=groups):
        if sum(sizes) != total:
            continue
        ranges = [range(low[g, n], high[g, n] + 1) for g, n in enumerate(sizes)]
        for counts in itertools.product(*ranges):
            brute += window is None or window[0] <= sum(counts) <= window[1]
    assert count_lattice(low, high, total, window) == brute


def test_numbers_beyond_a_machine_word():
    sizes = np.arange(41)
    low, high = np.zeros((20, 41), dtype=np.int64), np.tile(sizes, (20, 1))
    # Coefficient of x**400 in (sum (n + 1) x**n)**20 by exact integers.
    poly = [1]
    for _ in range(20):
        new = [0] * (len(poly) + 40)
        for i, a in enumerate(poly):
            for n in range(41):
                new[i + n] += a * (n + 1)
        poly = new
    assert count_lattice(low, high, 400, None) == poly[400] > 2**64


def test_count_of_a_tiny_survey():
    survey = load_survey()
    fewer = survey.model_copy(
        update={"groups": survey.groups[:3], "total": 60, "rankings": (), "figures": tuple(
            f for f in survey.figures if f.of == "official_contact" and f.group in
            ("manufacturing", "retail")
        )}
    )  # fmt: skip
    sizes = np.arange(1, 59)
    ways = {}
    for group, units in (("manufacturing", 445), ("retail", 172)):
        low, high = agreeing_counts(units, sizes, 1)
        ways[group] = dict(zip(sizes.tolist(), np.maximum(high - low + 1, 0).tolist(), strict=True))
    expected = sum(
        ways["manufacturing"].get(a, 0) * ways["retail"].get(b, 0) * (60 - a - b + 1)
        for a in range(1, 59)
        for b in range(1, 60 - a)
    )
    assert count_solutions(fewer, "official_contact", largest=58) == expected


def test_trees_hold_nested_sets_only():
    nodes = split_nodes(("a", "b", "c", "d"), [frozenset("bc"), frozenset("bcd")])
    sets = {node.options for node in nodes}
    assert {frozenset("bc"), frozenset("bcd"), frozenset("a")} <= sets
    with pytest.raises(Exception, match="overlap"):
        split_nodes(("a", "b", "c"), [frozenset("ab"), frozenset("bc")])


@pytest.mark.parametrize(
    "change",
    [
        {"draws": 10},
        {"level": 1.0},
        {"sizes": "none"},
        {"sizes": "proportional"},
    ],
)
def test_bad_arguments(change):
    options = dict(change)
    with pytest.raises(ArgumentError):
        reconstruct(load_survey(), options.pop("sizes", "quota"), **options)


def test_contradiction_names_the_figures():
    survey = load_survey()
    figures = tuple(
        f.model_copy(update={"percent": "13.9"}) if f.of == "contact:both" else f
        for f in survey.figures
    )
    with pytest.raises(ContradictionError, match=r"13\.9%") as caught:
        reconstruct(survey.model_copy(update={"figures": figures}), draws=100)
    assert "section 1, paragraph 1" in caught.value.places
    assert len(caught.value.conflict) <= 5


def test_a_conflict_that_only_the_total_makes_names_the_total():
    # Shares that add to 100.2 fit rounding upwards, or totals that are multiples of 2,000.
    survey = load_survey()
    figures = tuple(
        f.model_copy(update={"percent": "45.7"}) if f.of == "contact:none" else f
        for f in survey.figures
        if f.group == "overall" and f.of.startswith(("contact:", "service_use:"))
    )
    broken = survey.model_copy(
        update={"figures": figures, "rankings": (), "claims": (), "measures": ()}
    )
    with pytest.raises(ContradictionError) as caught:
        reconstruct(broken, draws=100)
    assert "total" in caught.value.places
    assert len(caught.value.conflict) == 9


def test_possible_bases_are_those_with_feasible_totals():
    survey = load_survey()
    problem = make_problem(survey)
    bases = np.array([700, 1000, 1231, 1232, 1233, 1234, 1500, 2000])
    for scenario in problem.scenarios:
        for tree in problem.trees.values():
            found = possible_bases(tree, bases, scenario)
            exact = [law_of_totals(tree, int(b), scenario, Exact()).ahead[0][b] for b in bases]
            assert (found >= exact).all()
            if scenario.subtotals == "rounded-sum":
                assert found.tolist() == exact


def simulated(rng, groups=6):
    """Return a release with known sizes: quota with one shortfall, one measure, all printed."""
    quota = int(rng.integers(40, 90))
    n = np.full(groups, quota)
    n[rng.integers(groups)] = rng.integers(15, quota)
    k = rng.binomial(n, rng.beta(4, 6, groups))
    names = [f"g{i}" for i in range(groups)]
    text = {"en": "t", "ja": "t"}

    def percent(a, b):
        return f"{int(np.floor((2000 * a + b) / (2 * b))) / 10:.1f}"

    figures = [
        {"of": "q:a", "group": g, "percent": percent(x, m), "at": "p"}
        for g, x, m in zip(names, k, n, strict=True)
    ]
    figures.append({"of": "q:a", "group": "overall", "at": "p",
                    "percent": percent(k.sum(), n.sum())})  # fmt: skip
    survey = {
        "format": 1, "id": "simulated", "title": text, "total": int(n.sum()),
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": text} for g in names],
        "questions": [{"id": "q", "label": text, "answers": "multiple",
                       "options": [{"id": "a", "label": text}]}],
        "figures": figures,
    }  # fmt: skip
    return Survey.model_validate(survey), n


def test_sizes_of_simulated_releases_are_covered():
    """Intervals of 90% cover the true sizes; probabilities over 0.99 are not wrong."""
    rng = np.random.default_rng(8)
    covered, sure, wrong = [], 0, 0
    for seed in range(25):
        survey, n = simulated(rng)
        table = reconstruct(survey, draws=300, seed=seed, level=0.9).sample_sizes
        covered += ((table["lower"] <= n) & (n <= table["upper"])).tolist()
        certain = table["probability"] > 0.99
        sure += int(certain.sum())
        wrong += int((certain & (table["mode"] != n)).sum())
    # Integer intervals cover at least their level; sizes of one release hang together, so the
    # allowance is that of 25 independent releases.
    assert np.mean(covered) > 0.9 - 3 * np.sqrt(0.09 / 25)
    assert sure > 30
    assert wrong <= 0.01 * sure + 1


def test_published_sizes_are_kept():
    survey, n = simulated(np.random.default_rng(1))
    groups = tuple(
        g.model_copy(update={"n": int(size)}) for g, size in zip(survey.groups, n, strict=True)
    )
    recon = reconstruct(survey.model_copy(update={"groups": groups}), draws=100)
    assert recon.sample_sizes["mode"].tolist() == n.tolist()
    assert (recon.sample_sizes["probability"] > 1 - 1e-9).all()


def test_priors_are_compared():
    survey, _ = simulated(np.random.default_rng(4), groups=4)
    table = compare_priors(survey, draws=150)
    total = table.drop_duplicates("sizes")["probability"].sum()
    assert total == pytest.approx(1.0)
    assert {"quota", "shortfall", "free", "dirichlet"} <= set(table["sizes"])


def test_solutions_are_checked_and_thinned():
    solutions = Solutions(
        "x", ("a",), np.full((4, 1), 10), np.arange(4)[:, None], np.array([0.5, 0.3, 0.2, 0.0]),
        np.zeros(4),
    )  # fmt: skip
    thin = solutions.thin(10)
    assert thin.weight.tolist() == pytest.approx([0.5, 0.3, 0.2])
    with pytest.raises(ValueError, match="read-only"):
        thin.k[0] = 5
    with pytest.raises(ArgumentError, match="k"):
        Solutions.known("x", ("a",), [3], [4])
    with pytest.raises(ArgumentError, match=r"k: found 19\.99; expected a whole"):
        Solutions.known("x", ("a",), [40], [19.99])
    assert Solutions.known("x", ("a",), [100.0], [0.29 * 100]).k.tolist() == [[29]]


def test_reference_counts_of_three_groups():
    """Two printed groups and one bounded one (see the reference's README): 29 solutions."""
    table = pd.read_csv("tests/reference/lattice_count_crosscheck.csv")
    small = table[table["groups"] == 3].iloc[0]
    sizes = np.arange(small["N"] + 1)
    found = set()
    for printed in itertools.permutations((478, 445, 409, 172, 200, 218), 2):
        low, high = np.zeros((3, len(sizes)), np.int64), np.full((3, len(sizes)), -1)
        for g, units in enumerate(printed):
            low[g, 1:], high[g, 1:] = agreeing_counts(units, sizes[1:], 1)
        low[2, 1:] = agreeing_counts(219, sizes[1:], 1)[0]
        high[2, 1:] = agreeing_counts(408, sizes[1:], 1)[1]
        high[:, : small["nmin"]] = -1
        found.add(count_lattice(low, high, int(small["N"]), (int(small["K"]), int(small["K"]))))
    assert int(small["dp_count"]) in found


def quota_of(quota, rates, likelihood):
    """Return a model of sizes: a quota, or any of the sizes of a likelihood equally often."""
    groups, largest = likelihood.shape[0], likelihood.shape[1] - 1
    departing = np.tile(np.r_[0.0, np.full(largest, 1 / largest)], (groups, 1))
    return SizeModel(-1.0, quota, departing, np.array(rates), np.array([0.6, 0.4]))


def likelihood_of(rng, groups, largest, own):
    """Return a likelihood of sizes of which the first `own` groups have one of their own."""
    likelihood = np.ones((groups, largest + 1))
    likelihood[:own] = rng.random((own, largest + 1))
    likelihood[:, 0] = 0
    return likelihood


def test_states_by_fft_are_those_of_the_direct_pass_up_to_a_factor():
    """A quota of 30, some groups with their own figures, and a total in the tail of the sum."""
    likelihood = likelihood_of(np.random.default_rng(5), 12, 75, own=4)
    model = quota_of(30, [0.1, 0.6], likelihood)
    for node, total in ((0, 360), (0, 430), (1, 300), (1, 520)):
        direct, _ = scaled_states(model, node, likelihood, total)
        tilted = tilted_states(model, node, likelihood, total)
        ahead = [
            scaled_states(model, node, likelihood[g:][::-1], total)[0][-1][::-1] for g in range(12)
        ]
        for exact, found, rest in zip(direct[:-1], tilted[:-1], ahead, strict=True):
            # What a draw needs: the law of the partial sum given the total.
            laws = [state * rest / (state @ rest) for state in (exact, found)]
            np.testing.assert_allclose(laws[1], laws[0], atol=1e-9)


def test_draws_of_a_large_problem_follow_its_pass(monkeypatch, small_pass):
    likelihood, model = small_pass
    monkeypatch.setattr("alumnistats.reconstruction.size_draws.DIRECT", 0.0)
    exact = exact_sizes(likelihood, model, 1, 13)
    done = replace(run_pass(0, model, 1, likelihood, 13), forward=[])
    draws = draw_sizes(done, 4000, 13, np.random.default_rng(0))
    index = {s: i for i, s in enumerate(exact)}
    observed = np.bincount([index[tuple(d)] for d in draws.tolist()], minlength=len(exact))
    probability = np.array(list(exact.values())) / sum(exact.values())
    assert chi_square_p(observed, probability * 4000) > 0.001


def test_evidence_of_hundreds_of_groups_stays_within_floats():
    likelihood = likelihood_of(np.random.default_rng(6), 300, 25, own=2)
    model = quota_of(10, [0.02, 0.5], likelihood)
    for total in (3000, 3300):
        evidence = Evidence(likelihood, total)
        value, _ = evidence.of([model], evidence.bounds([model]))[0]
        for node in np.flatnonzero(np.isfinite(value)):
            done = run_pass(0, model, int(node), likelihood, total)
            assert value[node] == pytest.approx(done.log_evidence, abs=1e-6)
        assert np.isfinite(value).any()


@pytest.mark.parametrize("total", [150, None])
def test_passes_of_prints_less_probable_than_any_float(total):
    rng, groups = np.random.default_rng(9), 60
    likelihood = rng.random((groups, 9))
    likelihood[:, 0] = 0
    departing = np.tile(np.r_[0.0, np.full(8, 1 / 8)], (groups, 1))
    model = SizeModel(-1.0, 4, departing, np.array([0.3]), np.ones(1))
    usual, rare = (run_pass(0, model, 0, f * likelihood, total) for f in (1.0, 1e-9))
    expected = usual.log_evidence + groups * np.log(1e-9)
    assert expected < np.log(np.finfo(float).tiny)
    assert rare.log_evidence == pytest.approx(expected, rel=1e-12)
    draws = [draw_sizes(done, 50, total, np.random.default_rng(0)) for done in (usual, rare)]
    np.testing.assert_array_equal(*draws)
    if total is not None:
        assert (draws[1].sum(axis=1) == total).all()
