"""Several quotas by strata, against enumeration, direct passes and simulated releases."""

import copy
import itertools
import math
from pathlib import Path

import brute_force
import documented_sizes
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alumnistats.errors import ContradictionError
from alumnistats.reconstruction import reconstruct
from alumnistats.reconstruction.beyond_tables import log_evidence_of_strata
from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.problem import likelihoods_of
from alumnistats.reconstruction.size_draws import run_pass, scaled_states, tilted_states
from alumnistats.reconstruction.size_laws import SizeModel, StratumGroups, strata_of
from alumnistats.reconstruction.size_priors import (
    MIXED,
    log_probability_of,
    size_limits,
    size_models,
)
from alumnistats.reconstruction.size_strata import Part, Rows, part_of
from alumnistats.simulation import Design, release, simulate
from alumnistats.survey import Survey


def usual_of(survey, stratum):
    """Return the usual sizes and the highest: by the stratum's total, or else the survey's."""
    known = len(stratum.members), stratum.total
    if stratum.total is None:
        known = len(survey.groups), survey.total
    return documented_sizes.usual_sizes(*known, stratum.quota), documented_sizes.highest_of(*known)


class WithStrata(brute_force.Enumeration):
    """The enumeration of everything, with a quota and a departure rate a stratum."""

    def size_prior(self, sizes, _total):
        out = 1.0
        for stratum in strata_of(self.survey):
            own = [sizes[i] for i in stratum.members]
            if stratum.total not in (None, sum(own)):
                return 0.0
            alone = copy.copy(self)
            alone.survey = self.survey.model_copy(update={"quota": stratum.quota})
            alone.scales, alone.highest = usual_of(self.survey, stratum)
            out *= brute_force.Enumeration.size_prior(alone, own, stratum.total)
        return out


def by_strata(survey, strata, groups):
    """Return the survey with strata: dicts of quota and total, and each group's stratum."""
    document = survey.model_dump(by_alias=True, exclude_none=True)
    label = {"en": "s", "ja": "s"}
    document["strata"] = [{"id": f"s{i}", "label": label, **s} for i, s in enumerate(strata)]
    for group, s in zip(document["groups"], groups, strict=True):
        group["stratum"] = f"s{s}"
    return Survey.model_validate(document)


def published(n, rng, monkeypatch, **options):
    """Return a simulated release of groups of these sizes."""
    monkeypatch.setattr(release, "draw_prior_sizes", lambda *_: np.asarray(n))
    design = Design(len(n), max(int(np.sum(n)), 2 * len(n)), **options)
    survey = simulate(design, rng).survey
    return survey.model_copy(update={"total": int(np.sum(n))})


def prior_law(vectors, prior, largest, stratum, scales, highest):
    """Return the prior of size vectors of one stratum."""
    laws = [law_of_scale(vectors, prior, largest, stratum, usual, highest) for usual in scales]
    return np.mean(laws, axis=0)


def law_of_scale(vectors, prior, largest, stratum, usual, highest):
    """Return it where `usual` is the size that groups rarely exceed."""
    quotas, of = [stratum.quota], 1
    if stratum.quota is None:
        quotas, of = range(1, min(usual, largest) + 1), usual
    mean = usual / 2 if stratum.total is None else stratum.total / len(stratum.members)

    def dirichlet(vector):
        ways = documented_sizes.CONCENTRATIONS
        laws = [[documented_sizes.dirichlet(n, mean, a) for n in vector] for a in ways]
        return sum(map(math.prod, laws)) / len(ways)

    laws = {
        "dirichlet": dirichlet,
        "free": lambda v: math.prod(documented_sizes.free(n, usual, highest) for n in v),
        "shortfall": lambda v: documented_sizes.quota(v, quotas, documented_sizes.short, of),
        "quota": lambda v: documented_sizes.quota(
            v, quotas, lambda n, _: documented_sizes.missed(n, usual, highest), of
        ),
    }
    return np.array([laws[prior](vector) for vector in vectors.tolist()])


def exact(survey, prior, largest):
    """Return evidence by part, all size vectors, and their posterior; without overall figures."""
    strata = strata_of(survey)
    vectors = np.array(list(itertools.product(range(1, largest + 1), repeat=len(survey.groups))))
    if survey.total is not None:
        vectors = vectors[vectors.sum(axis=1) == survey.total]
    for stratum in strata:
        if stratum.total is not None:
            vectors = vectors[vectors[:, stratum.members].sum(axis=1) == stratum.total]
    problem = make_problem(survey)
    printed = np.zeros(len(vectors))
    for s, likelihood in likelihoods_of(problem).items():
        each = likelihood[np.arange(len(survey.groups)), vectors].prod(axis=1)
        printed += np.exp(problem.scenarios[s].log_prior) * each
    evidence, posterior = {}, np.zeros(len(vectors))
    parts = MIXED if prior == "mixture" else (prior,)
    for part in parts:
        law = np.ones(len(vectors))
        for stratum in strata:
            own = vectors[:, stratum.members]
            law *= prior_law(own, part, largest, stratum, *usual_of(survey, stratum))
        law /= law.sum() * len(parts) if prior == "mixture" else 1.0
        evidence[part] = float((law * printed).sum())
        posterior += law * printed
    return evidence, vectors, posterior / posterior.sum()


CASES = {
    "two unknown quotas": ([{}, {}], True),
    "one known": ([{"quota": 3}, {}], True),
    "a known sum first": ([{"total": 7}, {}, {}], True),
    "a known sum last": ([{}, {}, {"total": 3}], True),
    "all sums known": ([{"total": 7}, {}], True),
    "no total": ([{"quota": 3}, {}], False),
}


@pytest.mark.parametrize("prior", ["quota", "shortfall", "dirichlet", "mixture"])
@pytest.mark.parametrize("case", CASES)
def test_sizes_by_enumeration(case, prior, monkeypatch):
    """Four groups, their strata in turn, so that groups have to be put into order and back."""
    strata, total = CASES[case]
    groups = [0, 1, 0, 2] if len(strata) == 3 else [0, 1, 0, 1]
    n = [3, 5, 4, 3] if len(strata) == 3 else [3, 5, 4, 5]
    rng = np.random.default_rng(len(case))
    survey = published(n, rng, monkeypatch, listed=1, digits=0, overall=False)
    survey = by_strata(survey, strata, groups)
    if not total:
        survey = survey.model_copy(update={"total": None})
    largest = 8 if total else 6
    evidence, vectors, posterior = exact(survey, prior, largest)
    recon = reconstruct(survey, prior, draws=3000, seed=1, largest=largest)
    found = recon.particles
    whole = sum(evidence.values())
    # Every step is exact but the draws: also with several strata, whose rows left out are few.
    assert found.log_evidence == pytest.approx(np.log(whole), abs=1e-6)
    noise = 5 / np.sqrt(len(found.weight) / 2)
    for g in range(len(n)):
        for size in range(1, largest + 1):
            p = float(posterior[vectors[:, g] == size].sum())
            mass = float(found.weight[found.sizes[:, g] == size].sum())
            assert mass == pytest.approx(p, abs=noise * np.sqrt(max(p * (1 - p), 0.0)) + 2e-3), (
                g,
                size,
            )
    same = [[g for g in range(len(n)) if groups[g] == s] for s in range(len(strata))]
    for members in same:  # and together: groups of one stratum have one quota
        p = float(posterior[np.ptp(vectors[:, members], axis=1) == 0].sum())
        mass = float(found.weight[np.ptp(found.sizes[:, members], axis=1) == 0].sum())
        assert mass == pytest.approx(p, abs=noise * np.sqrt(max(p * (1 - p), 0.0)) + 2e-3)
    if prior == "mixture":
        for part, own in evidence.items():
            assert recon.size_parts[part] == pytest.approx(own / whole, abs=noise / 2)


@pytest.mark.parametrize("strata", [[{}, {}], [{"quota": 4}, {}], [{"total": 8}, {}]])
def test_overall_figures_by_enumeration_of_everything(strata):
    rng = np.random.default_rng(3)
    truth = []
    for n in (4, 3, 4):
        a, b, c = rng.multinomial(n, [0.4, 0.2, 0.4]).tolist()
        truth.append({"n": n, "a": a, "b": b, "c": c, "x": 0})
    survey = by_strata(brute_force.make_survey(truth, bases=None), strata, [0, 1, 0])
    enumeration = WithStrata(survey, "quota")
    evidence, sizes, conventions = enumeration.posterior()
    recon = reconstruct(survey, "quota", draws=3000, seed=1, largest=enumeration.largest)
    found = recon.particles
    noise = 5 / np.sqrt(found.ess)
    assert found.log_evidence == pytest.approx(np.log(evidence), abs=noise)
    for g, size in itertools.product(range(3), range(1, enumeration.largest + 1)):
        p = sum(own for vector, own in sizes.items() if vector[g] == size)
        mass = float(found.weight[found.sizes[:, g] == size].sum())
        assert mass == pytest.approx(p, abs=noise * np.sqrt(p) + 2e-3), (g, size)
    shown = recon.conventions.set_index(["dimension", "value"])["probability"]
    for key, p in conventions.items():
        if key in shown.index:
            assert shown[key] == pytest.approx(p, abs=noise * np.sqrt(p) + 2e-3)


def test_overall_figures_with_strata(monkeypatch):
    """With overall figures sizes are weighed by what they allow: the truth stays possible."""
    rng = np.random.default_rng(4)
    n = np.array([20] * 5 + [60] * 5)
    n[2], n[7] = 14, 55
    survey = published(n, rng, monkeypatch, listed=0, digits=1)
    one = reconstruct(survey, "quota", draws=400, seed=2)
    told = by_strata(survey, [{}, {}], [0] * 5 + [1] * 5)
    recon = reconstruct(told, "quota", draws=400, seed=2)
    p, before = ((r.particles.weight @ (r.particles.sizes == n)).mean() for r in (recon, one))
    assert p > 0.8 > before
    assert recon.log_evidence > one.log_evidence + 2
    assert recon.left_out < 1e-3


@pytest.mark.parametrize("prior", ["quota", "mixture"])
def test_one_stratum_is_none(prior, monkeypatch):
    survey = published([9, 9, 7], np.random.default_rng(0), monkeypatch, listed=1)
    one = by_strata(survey, [{"total": 25}], [0, 0, 0])
    first, second = (reconstruct(s, prior, draws=200) for s in (survey, one))
    assert first.log_evidence == second.log_evidence
    assert (first.particles.sizes == second.particles.sizes).all()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 3), st.integers(1, 3), st.sampled_from(["quota", "shortfall", "dirichlet"]),
    st.integers(0, 10**6), st.sampled_from(["open", "fixed", "none"]),
)  # fmt: skip
def test_evidence_is_that_of_direct_passes(first, second, prior, seed, kind):
    """Sums of the strata's direct passes over all ways to divide the total."""
    rng = np.random.default_rng(seed)
    groups, largest = first + second, int(rng.integers(3, 25))
    likelihood = rng.random((groups, largest + 1)) ** 6
    likelihood[0, np.arange(largest + 1) % 3 > 0] = 0.0
    total = int(rng.integers(groups + 2, groups * largest))
    ends = [np.arange(first), np.arange(first, groups)]
    survey = simulate(Design(max(groups, 2), 100), rng).survey
    models = [
        size_models(survey.model_copy(update={"groups": survey.groups[: len(e)], "total": None}),
                    prior, largest)
        for e in ends
    ]  # fmt: skip

    def direct(s, value):
        return np.logaddexp.reduce(
            [
                run_pass(0, m, node, likelihood[ends[s]], value).log_evidence
                for m in models[s]
                for node in range(len(m.nodes))
            ]
        )

    if kind == "none":
        expected, own, known = direct(0, None) + direct(1, None), (None, None), None
    elif kind == "fixed":
        own = (first + 1, total - first - 1)
        expected, known = direct(0, own[0]) + direct(1, own[1]), total
    else:
        own, known = (None, None), total
        ways = [direct(0, t) + direct(1, total - t) for t in range(total + 1)]
        expected = np.logaddexp.reduce(ways)
    strata = [StratumGroups(e, value, None) for e, value in zip(ends, own, strict=True)]
    for laws_of in ("direct", "transform"):
        part = part_of(models, likelihood, strata, known, laws_of)
        if expected == -np.inf:
            assert part is None or part.log_evidence == -np.inf
        elif laws_of == "direct" or part.left_out < 1e-7:
            assert part.log_evidence == pytest.approx(expected, abs=1e-6)
        else:
            assert expected <= np.logaddexp(part.log_evidence, part.log_left_out)


@pytest.mark.parametrize("sums", [[None] * 3, [None, 4, None], [None, 3, 2], [4, 2, 5]])
def test_rows_given_the_total_by_enumeration(sums):
    """Three strata of two rows each, whose sums are 0 to 9; what is not known adds up to 7."""
    rng = np.random.default_rng(6)
    laws, prior = rng.dirichlet(np.ones(10), (3, 2)), rng.dirichlet(np.ones(2), 3)
    rows = [Rows([], np.arange(2), np.zeros(2), np.log(p), law[:, :8])
            for p, law in zip(prior, laws, strict=True)]  # fmt: skip
    left = 7 if None in sums else None
    part = Part(rows, sums, left, 0.0, -np.inf)
    chosen = np.array(list(itertools.product(range(2), repeat=3)))
    ways = [way for way in itertools.product(range(8), repeat=3)
            if all(known in (None, own) for known, own in zip(sums, way, strict=True))
            and left in (None, sum(way) - sum(known or 0 for known in sums))]  # fmt: skip
    strata = np.arange(3)
    mass = np.array([sum(laws[strata, row, way].prod() for way in ways) for row in chosen])
    assert np.exp(part.log_mass_of(chosen)) == pytest.approx(mass, rel=1e-9)
    posterior = mass * prior[strata, chosen].prod(axis=1)
    draws = part.draw(20_000, rng)
    times = np.bincount(draws @ [4, 2, 1], minlength=8)
    assert stats.chisquare(times, 20_000 * posterior / posterior.sum()).pvalue > 1e-3


def test_states_of_a_large_problem_keep_the_known_sums():
    """States by FFT are those of direct convolutions, each up to a factor."""
    rng = np.random.default_rng(2)
    law = rng.random((7, 31))
    model = SizeModel(0.0, None, law, np.ones(1), np.ones(1), sums={3: 40, 5: 71})
    nothing = np.ones(law.shape)
    direct, _ = scaled_states(model, 0, nothing, 110)
    quick = tilted_states(model, 0, nothing, 110)
    for groups, (one, other) in enumerate(zip(direct, quick, strict=True)):
        used = other > 0
        assert used.sum() == 1 if groups in (3, 5) else used.sum() >= 1
        assert (one[used] > 0).all()
        ratio = other[used] / one[used]
        exponent = np.log(ratio)
        # The factor is that of a tilt: its logarithm is a straight line in the sum.
        line = np.polyfit(np.flatnonzero(used), exponent, min(1, used.sum() - 1))
        assert np.polyval(line, np.flatnonzero(used)) == pytest.approx(exponent, abs=1e-6)
        assert one[~used].sum() <= 1e-6 * one.sum()


def test_sizes_by_strata_are_calibrated(monkeypatch):
    """Quotas, departures and sizes drawn from the prior until they add up to the total."""
    rng, gain, covered, total = np.random.default_rng(8), [], [], 160
    (usual,), top = documented_sizes.usual_sizes(8, total, None), total - 7
    span = np.arange(1, top + 1)
    law = [documented_sizes.missed(n, usual, top) for n in span]
    groups = np.array([0] * 4 + [1] * 4)
    for seed in range(20):
        n = np.zeros(8, dtype=int)
        while n.sum() != total:
            quota = rng.integers(1, usual + 1, 2)[groups]
            departs = rng.random(8) < rng.beta(1, 4, 2)[groups]
            n = np.where(departs, rng.choice(span, 8, p=law), quota)
        survey = published(n, rng, monkeypatch, listed=0, digits=1)
        told = by_strata(survey, [{}, {}], groups)
        recon = reconstruct(told, "quota", draws=200, seed=seed, level=0.9, largest=top)
        sizes, weight = recon.particles.sizes, recon.particles.weight
        alike = (np.ptp(sizes[:, :4], axis=1) == 0, np.ptp(sizes[:, 4:], axis=1) == 0)
        true = (np.ptp(n[:4]) == 0, np.ptp(n[4:]) == 0)
        gain.append(sum(float(t) - float(weight @ a) for t, a in zip(true, alike, strict=True)))
        table = recon.sample_sizes
        covered.append(float(((table["lower"] <= n) & (n <= table["upper"])).mean()))
    assert abs(np.mean(gain)) < 3 * np.std(gain) / np.sqrt(len(gain)) + 1e-9
    assert np.mean(covered) > 0.9 - 3 * np.sqrt(0.09 / len(covered))


def test_limits_are_those_of_the_widest_stratum(monkeypatch):
    survey = published([10] * 6, np.random.default_rng(1), monkeypatch)
    assert size_limits(survey) == (1, 25)
    assert size_limits(by_strata(survey, [{}, {}], [0, 0, 0, 1, 1, 1])) == (1, 25)
    assert size_limits(by_strata(survey, [{"total": 50}, {}], [0, 0, 1, 1, 1, 1])) == (1, 49)
    assert size_limits(by_strata(survey, [{"quota": 40}, {}], [0, 0, 1, 1, 1, 1])) == (1, 40)
    without = by_strata(survey, [{"quota": 40}, {"quota": 9}], [0, 0, 1, 1, 1, 1])
    assert size_limits(without.model_copy(update={"total": None})) == (1, 100)


def test_totals_of_strata_that_nothing_fits_are_named(monkeypatch):
    survey = published([30, 30, 31, 29], np.random.default_rng(1), monkeypatch, digits=2, listed=0)
    wrong = by_strata(survey, [{"total": 5}, {"total": 115}], [0, 0, 1, 1])
    with pytest.raises(ContradictionError, match=r"separate sets(.|\n)*s1: 115 respondents"):
        reconstruct(wrong, draws=200)


def test_probability_of_the_totals(monkeypatch):
    """The law of all published totals sums to 1 over what they may be."""
    survey = published([3, 3, 3], np.random.default_rng(1), monkeypatch)
    models = size_models(by_strata(survey, [{}, {}], [0, 0, 1]), "quota", 7)
    groups = [np.array([0, 1]), np.array([2])]
    open_ones = [StratumGroups(g, None, None) for g in groups]
    mass = [np.exp(log_probability_of(models, open_ones, total)) for total in range(3, 22)]
    assert sum(mass) == pytest.approx(1.0, abs=1e-8)
    fixed = [
        np.exp(
            log_probability_of(
                models, [StratumGroups(g, t, None) for g, t in zip(groups, (4, one), strict=True)],
                4 + one,
            )
        )
        for one in range(1, 8)
    ]  # fmt: skip
    assert sum(fixed) == pytest.approx(
        prior_law(np.array([[1, 3], [2, 2], [3, 1]]), "quota", 7, open_ones[0], (7,), 7).sum()
    )


def test_the_page_says_what_was_measured():
    root = Path(__file__).parents[2]
    page = " ".join((root / "docs" / "surveys.md").read_text(encoding="utf-8").split())
    table = pd.read_csv(root / "benchmarks" / "results" / "strata.csv").set_index(
        ["listed", "read"]
    )
    assert (table["sizes"] == 100).all()
    known, one = (table.drop("no strata", level="read"), table.xs("no strata", level="read"))
    assert (known["wrong"] == 0).all()
    every, ends = table.loc["all"], table.loc["ends"]
    assert (
        f"for {ends['modes']['strata']} of 100 groups instead of {ends['modes']['no strata']}"
        in page
    )
    told = every["told"]["strata"]
    assert f"for {every['modes']['strata']} of the {told} that are told one" in page
    assert f"instead of {every['modes']['no strata']} of 100" in page
    assert told == 100 - 2 * 20  # two releases of five
    assert (known.loc["all", "covered"] == known.loc["all", "told"]).all()
    assert (known["covered"] >= 0.95 * known["told"]).all()
    assert one["covered"].between(85, 94).all()
    assert (one["certain"].sum(), one["wrong"].sum()) == (3, 1)
    evidence = table["log_evidence"]
    gain = evidence.xs("strata", level="read") - evidence.xs("no strata", level="read")
    assert f"by {gain['all']:.1f} in the logarithm with all shares printed" in page
    assert f"by {gain['ends']:.1f} with few" in page
    assert f"printed: {ends['modes']['with quotas']} of 100" in page
    assert (table.xs("with totals", level="read")["certain"] > one["certain"]).all()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([("quota", 13, False), ("dirichlet", 5, True), ("free", 5, False)]),
)
def test_what_lies_beyond_the_tables_is_bounded(seed, case):
    """Every vector with a size beyond them, of two strata of two groups; the total is 20."""
    rng, (prior, largest, known), top = np.random.default_rng(seed), case, 17
    survey = simulate(Design(4, 20), rng).survey
    survey = by_strata(survey, [{"total": 8}, {}] if known else [{}, {}], [0, 0, 1, 1])
    strata = strata_of(survey)
    likelihood = rng.random((4, top + 1)) ** 4
    every = np.array(list(itertools.product(range(1, top + 1), repeat=4)))
    every = every[(every.sum(axis=1) == 20) & (every.max(axis=1) > largest)]
    for stratum in strata:
        if stratum.total is not None:
            every = every[every[:, stratum.members].sum(axis=1) == stratum.total]
    law = likelihood[np.arange(4), every].prod(axis=1)
    for stratum in strata:
        own = every[:, stratum.members]
        law *= prior_law(own, prior, top, stratum, *usual_of(survey, stratum))
    models = size_models(survey, prior, top)
    bound = log_evidence_of_strata(models, likelihood, largest, strata, 20)
    assert np.log(law.sum()) <= bound + 1e-9
