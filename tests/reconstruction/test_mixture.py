"""The mixture of priors on sizes, and the laws of sizes and totals that it rests on."""

import itertools
import math
from pathlib import Path

import brute_force
import documented_sizes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from alumnistats.errors import ArgumentError
from alumnistats.reconstruction import reconstruct, solution_counts
from alumnistats.reconstruction.size_draws import draw_sizes, run_pass
from alumnistats.reconstruction.size_laws import log_law
from alumnistats.reconstruction.size_mixture import log_probability_of_total
from alumnistats.reconstruction.size_priors import (
    MIXED,
    SIZE_PRIORS,
    highest_size,
    size_limits,
    size_models,
)
from alumnistats.simulation import Design, release, simulate
from alumnistats.sources import load_survey


def of_size(groups, total, seed=0, **options):
    return simulate(Design(groups, total, **options), np.random.default_rng(seed)).survey


class WithDirichlet(brute_force.Enumeration):
    """The enumeration, with Dirichlet-multinomial sizes by their textbook formula."""

    def size_prior(self, sizes, total):
        if self.prior != "dirichlet":
            return super().size_prior(sizes, total)
        ways = documented_sizes.CONCENTRATIONS
        return sum(self._one(a, sizes, total) for a in ways) / len(ways)

    def _one(self, a, sizes, total):
        mean = total / len(sizes)
        return math.prod(documented_sizes.dirichlet(n, mean, a) for n in sizes)


@pytest.mark.parametrize("seed", range(6))
def test_posterior_of_the_parts_by_enumeration(seed):
    rng = np.random.default_rng(seed)
    truth = []
    for _ in range(3):
        a, b, c = rng.multinomial(int(rng.integers(3, 6)), [0.4, 0.2, 0.4]).tolist()
        truth.append({"n": a + b + c, "a": a, "b": b, "c": c, "x": 0})
    survey = brute_force.make_survey(truth, bases=None, digits=seed % 2)
    largest, mass = brute_force.sizes_up_to(survey), {}
    for prior in MIXED:
        enumeration = WithDirichlet(survey, prior, largest)
        evidence, sizes, _ = enumeration.posterior()
        total = sum(enumeration.size_prior(v, survey.total) for v in enumeration.size_vectors())
        mass[prior] = evidence / total, sizes
    evidence = sum(one for one, _ in mass.values())
    recon = reconstruct(survey, "mixture", draws=2000, seed=seed, largest=largest)
    noise = 5 / np.sqrt(recon.particles.ess)
    assert recon.log_evidence == pytest.approx(np.log(evidence / 3), abs=noise)
    for prior, (own, _) in mass.items():
        share = own / evidence
        assert recon.size_parts[prior] == pytest.approx(share, abs=noise * np.sqrt(share))
    for g, group in enumerate(survey.group_ids):
        for n in range(1, largest + 1):
            exact = sum(
                own / evidence * p
                for own, sizes in mass.values()
                for vector, p in sizes.items()
                if vector[g] == n
            )
            found = float(recon.particles.weight[recon.particles.sizes[:, g] == n].sum())
            assert found == pytest.approx(exact, abs=noise * np.sqrt(exact) + 2e-3), (group, n)


def test_parts_have_the_odds_of_the_priors_alone():
    survey = of_size(6, 300, seed=3, sizes="free")
    log = np.array([reconstruct(survey, prior, draws=2000).log_evidence for prior in MIXED])
    recon = reconstruct(survey, "mixture", draws=2000)
    expected = np.exp(log - np.logaddexp.reduce(log))
    assert list(recon.size_parts) == list(MIXED)
    assert list(recon.size_parts.values()) == pytest.approx(expected, abs=0.05)
    assert recon.log_evidence == pytest.approx(np.logaddexp.reduce(log) - np.log(3), abs=0.1)
    shown = recon.conventions.set_index(["dimension", "value"])["probability"]["sizes"]
    assert shown.to_dict() == recon.size_parts


@pytest.mark.parametrize("prior", [p for p in SIZE_PRIORS if p not in ("mixture", "proportional")])
def test_only_a_mixture_has_parts(prior):
    recon = reconstruct(of_size(3, 30), prior, draws=100)
    assert recon.size_parts == {}
    assert "sizes" not in set(recon.conventions["dimension"])


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 5), st.integers(2, 30), st.sampled_from(["quota", "shortfall", *MIXED[1:]]),
    st.data(),
)  # fmt: skip
def test_probability_of_the_total_is_that_of_the_pass(groups, largest, prior, data):
    total = data.draw(st.integers(groups, groups * largest))
    models = size_models(of_size(groups, max(total, 2 * groups)), prior, largest)[::5]
    nothing = np.ones((groups, largest + 1))
    direct = [
        run_pass(0, model, node, nothing, total).log_evidence
        for model in models
        for node in range(len(model.nodes))
    ]
    assert log_probability_of_total(models, total) == pytest.approx(
        np.logaddexp.reduce(direct), abs=1e-6
    )
    assert log_probability_of_total(models, groups * largest + 1) == -np.inf
    assert log_probability_of_total(models, None) == 0.0


def test_total_far_in_the_tail():
    """400 groups near the largest size: a transform without a tilt would show rounding errors."""
    groups, largest = 400, 20
    total = groups * largest - 300
    survey = of_size(groups, 2 * groups)
    model, top = size_models(survey, "free", largest)[0], highest_size(survey)
    # So many ways to take 300 from groups that have at most 19 to give: almost stars and bars.
    ways = gammaln(groups + 300) - gammaln(groups) - gammaln(301)
    found = log_probability_of_total([model], total) + groups * np.log(top)
    direct = run_pass(0, model, 0, np.ones((groups, largest + 1)), total).log_evidence
    assert found == pytest.approx(direct + groups * np.log(top), abs=1e-9)
    assert ways - 1e-3 < found < ways


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 4), st.integers(0, 12))
def test_the_mixture_is_a_law_given_the_total(groups, more):
    """Its vectors of sizes with that total have probabilities that sum to 1, a third a part."""
    survey = of_size(groups, 2 * groups + more)
    high = highest_size(survey)
    models = size_models(survey, "mixture", high)
    assert log_probability_of_total(models, survey.total) == pytest.approx(0.0, abs=1e-9)
    vectors = np.array(
        [v for v in itertools.product(range(1, high + 1), repeat=groups) if sum(v) == survey.total]
    )
    for part in MIXED:
        law = np.exp([log_law(m, vectors) for m in models if m.part == part]).sum()
        assert law == pytest.approx(1 / 3, abs=1e-9)


def sizes_of_part(part, groups, total, rng):
    """Draw sizes from one part given the total, by the pass."""
    survey = of_size(groups, total)
    high = highest_size(survey)
    nothing = np.ones((groups, high + 1))
    done = [
        run_pass(0, m, node, nothing, total)
        for m in size_models(survey, part, high)
        for node in range(len(m.nodes))
    ]
    mass = np.exp([one.log_evidence for one in done])
    return draw_sizes(done[rng.choice(len(done), p=mass / mass.sum())], 1, total, rng)[0]


def test_parts_and_sizes_are_calibrated(monkeypatch):
    """The part drawn gets, on average, the probability that the posterior promises it."""
    rng, gain, covered = np.random.default_rng(11), [], []
    for seed in range(45):
        part = MIXED[seed % 3]
        n = sizes_of_part(part, 4, 60, rng)
        monkeypatch.setattr(release, "draw_prior_sizes", lambda *_, n=n: n)
        design = Design(4, 60, listed=0, digits=1, sizes="free")
        survey = simulate(design, rng).survey
        recon = reconstruct(survey, "mixture", draws=200, seed=seed, level=0.9)
        p = np.array(list(recon.size_parts.values()))
        gain.append(recon.size_parts[part] - (p**2).sum())
        table = recon.sample_sizes
        covered.append(float(((table["lower"] <= n) & (n <= table["upper"])).mean()))
    assert abs(np.mean(gain)) < 3 * np.std(gain) / np.sqrt(len(gain))
    assert np.std(gain) > 0.02  # the figures say something of the part
    assert np.mean(covered) > 0.9 - 3 * np.sqrt(0.09 / len(covered))


def test_a_limit_of_sizes_can_be_set():
    survey = of_size(4, 100, digits=0)
    assert size_limits(survey) == (1, 63)
    assert size_limits(survey, 80) == (1, 80)
    assert size_limits(survey, 400) == (1, 97)  # what the others leave
    assert size_limits(survey.model_copy(update={"total": None}), 700) == (1, 700)
    recon = reconstruct(survey, "free", draws=100, largest=30)
    assert recon.particles.sizes.max() <= 30
    assert recon.problem.largest == 30
    wide = reconstruct(survey, "free", draws=100, largest=80)
    assert int(solution_counts(recon)["solutions"][0]) < int(solution_counts(wide)["solutions"][0])
    with pytest.raises(ArgumentError, match="largest: found 24; expected a whole number of at l"):
        reconstruct(survey, largest=24)


def test_tables_grow_where_a_group_is_larger(monkeypatch):
    """Two thirds of all respondents in one of six groups, every share printed to one decimal."""
    n = np.array([200, 20, 21, 19, 22, 18])
    monkeypatch.setattr(release, "draw_prior_sizes", lambda *_: n)
    design = Design(6, 300, listed=0, digits=2, sizes="free")
    survey = simulate(design, np.random.default_rng(2)).survey
    assert size_limits(survey)[1] == 125
    recon = reconstruct(survey, "free", draws=300)
    assert recon.problem.largest >= 250
    assert float(recon.particles.weight[recon.particles.sizes[:, 0] == 200].sum()) > 0.0
    narrow = reconstruct(survey, "free", draws=300, largest=125)
    assert narrow.sample_sizes["upper"].max() <= 125
    assert narrow.left_out > 0.5  # and it says that nearly all lies beyond


def test_the_release_chooses_quotas_as_its_pages_say():
    mixed = reconstruct(load_survey(), "mixture", draws=200)
    assert mixed.size_parts["quota"] > 0.999
    found = mixed.sample_sizes.set_index("group")["mode"]
    usual = reconstruct(load_survey(), "quota", draws=200).sample_sizes.set_index("group")["mode"]
    assert found.equals(usual)
    root = Path(__file__).parents[2]
    for page in ("README.md", "docs/surveys.md"):
        assert "0.999" in (root / page).read_text(encoding="utf-8")
