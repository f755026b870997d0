"""Surveys in which every group's share is printed: few size vectors give the overall share too."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, multivariate_normal

from alumnistats.reconstruction import engine as engine_module
from alumnistats.reconstruction import from_survey, reconstruct
from alumnistats.reconstruction.engine import allocate_again
from alumnistats.reconstruction.guided_sizes import (
    BLOCKS,
    EXACT,
    WIDE,
    Guide,
    Target,
    _batches,
    _columns,
    _log_joint,
    moments_of_first,
)
from alumnistats.reconstruction.size_draws import SizePass, run_pass
from alumnistats.reconstruction.size_priors import SizeModel
from alumnistats.reconstruction.solutions import Particles
from alumnistats.rounding import round_share
from alumnistats.sources import InputNotice, load_survey, read_crosstab
from alumnistats.survey import Survey

CASES = Path(__file__).with_name("cases")


def text(word):
    return {"en": word, "ja": word}


def all_printed(n, k):
    """Return a survey that prints the share of every group and of all, and no size."""
    groups = [f"g{i}" for i in range(len(n))]
    figures = [(g, int(round_share(a, b, 1))) for g, a, b in zip(groups, k, n, strict=True)]
    figures.append(("overall", int(round_share(sum(k), sum(n), 1))))
    return Survey.model_validate(
        {
            "format": 1, "id": "all-printed", "title": text("all printed"), "total": int(sum(n)),
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "groups": [{"id": g, "label": text(g)} for g in groups],
            "questions": [
                {"id": "q", "label": text("q"), "answers": "single", "complete": True,
                 "options": [{"id": o, "label": text(o)} for o in ("yes", "no")]}
            ],
            "figures": [
                {"of": "q:yes", "group": g, "percent": f"{u // 10}.{u % 10}", "at": "t"}
                for g, u in figures
            ],
        }
    )  # fmt: skip


def exact_without_total(survey, models, said=lambda _: 1.0):
    """Return log evidence and P(n_g = n) of sizes that nothing ties but the overall share.

    By enumeration of all sizes and counts, under the models' laws of sizes and counts as below;
    `said` is how well a total goes with what is said of it.
    """
    units = {f.group: f.units for f in survey.figures}
    overall = units.pop("overall")
    evidence, marginal = 0.0, np.zeros((len(units), models[0].off_quota.shape[1]))
    for model in models:
        cells = [printed(u, overall / 1000, law) for u, law in
                 zip(units.values(), model.off_quota, strict=True)]  # fmt: skip
        for some in itertools.product(*cells):
            n, k, weight = zip(*some, strict=True)
            if round_share(np.array(sum(k)), np.array(sum(n)), 1) == overall:
                mass = np.exp(model.log_weight) * np.prod(weight) * said(sum(n))
                evidence += mass
                marginal[np.arange(len(n)), n] += mass
    return np.log(evidence), marginal / evidence


def printed(units, p, law):
    """Return (size, count, probability) of all that print a share."""
    cells = []
    for n in np.flatnonzero(law).tolist():
        k = np.arange(n + 1)
        mass = np.mean([betabinom.pmf(k, n, c * p, c * (1 - p)) for c in (1, 4, 16, 64)], axis=0)
        hits = np.flatnonzero(round_share(k, n, 1) == units)
        cells += [(n, int(j), mass[j] * law[n]) for j in hits]
    return cells


SAID = {
    "nothing": ({}, lambda _: 1.0),
    "about": ({"total_about": 50}, lambda t: np.exp(-((t - 50) ** 2) / 12.5) * (40 <= t <= 60)),
    "at most": ({"total_at_most": 60}, lambda t: float(t <= 60)),
}


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(
    ("n", "k"), [([7, 9, 31], [2, 1, 15]), ([20, 25, 12], [9, 6, 11]), ([16, 14, 21], [7, 1, 2])]
)
def test_sizes_without_a_total_against_enumeration(n, k, said, monkeypatch):
    update, weight = SAID[said]
    survey = all_printed(n, k).model_copy(update={"total": None} | update)
    monkeypatch.setattr(from_survey, "is_unknown", lambda *_: False)
    monkeypatch.setattr(engine_module, "PLAIN_ENOUGH", 2.0)  # always with the guide
    recon = reconstruct(
        survey, "free", draws=3000, seed=1, rounding={"half-up": 1.0},
        subtotals={"rounded-sum": 1}, largest=60,
    )  # fmt: skip
    log_evidence, exact = exact_without_total(survey, recon.models, weight)
    particles = recon.particles
    assert particles.ess > 200
    noise = np.sqrt(1 / particles.ess)
    assert abs(particles.log_evidence - log_evidence) < 5 * noise
    for g, law in enumerate(exact):
        found = np.bincount(particles.sizes[:, g], particles.weight, minlength=len(law))
        assert np.abs(found - law).max() < 5 * noise * np.sqrt(0.25)


def test_uneven_groups_without_a_total():
    """The largest of five groups has six sevenths of all; a true table, of 1,615 respondents."""
    with pytest.warns(InputNotice):
        survey = read_crosstab(CASES / "uneven_groups.csv")
    found = reconstruct(survey, seed=2)
    assert found.particles.ess > 200
    truth = [52, 111, 13, 31, 1408]
    table = found.sample_sizes
    assert table["mode"].tolist()[:4] == truth[:4]
    assert (table["lower"] <= truth).all()
    assert (table["upper"] >= truth).all()


def exact_sizes(survey, largest):
    """Return log evidence and P(n_g = n) under free sizes, by a pass over (sum n, sum k).

    Written from the documented model: sizes uniform on 1..largest, counts beta-binomial around the
    overall share with concentrations 1, 4, 16, 64, halves rounded up.
    """
    units = {f.group: f.units for f in survey.figures}
    p, total = units.pop("overall") / 1000, survey.total
    laws = []
    for u in units.values():
        cells = []
        for n in range(1, largest + 1):
            k = np.arange(n + 1)
            law = np.mean([betabinom.pmf(k, n, c * p, c * (1 - p)) for c in (1, 4, 16, 64)], axis=0)
            hits = np.flatnonzero(round_share(k, n, 1) == u)
            cells += [(n, int(j), law[j] / largest) for j in hits]
        laws.append(cells)

    def add(state, cells):
        out = np.zeros_like(state)
        for n, k, w in cells:
            out[n:, k:] += w * state[: total + 1 - n, : total + 1 - k]
        return out

    start = np.zeros((total + 1, total + 1))
    start[0, 0] = 1.0
    before, after = [start], [start]
    for cells in laws:
        before.append(add(before[-1], cells))
    for cells in laws[::-1]:
        after.append(add(after[-1], cells))
    allowed = np.flatnonzero(round_share(np.arange(total + 1), total, 1) == round(1000 * p))
    evidence = before[-1][total, allowed].sum()
    marginal = np.zeros((len(laws), largest + 1))
    for g, cells in enumerate(laws):
        one, other = before[g], after[len(laws) - 1 - g]
        for n, k, w in cells:
            rest = sum((one[: total - n + 1, : a - k + 1]
                        * other[total - n :: -1, : a - k + 1][: total - n + 1, ::-1]).sum()
                       for a in allowed if a >= k)  # fmt: skip
            marginal[g, n] += w * rest
    return np.log(evidence), marginal / evidence


@pytest.mark.parametrize(
    ("n", "k"),
    [([7, 7, 31, 30, 22], [2, 1, 5, 4, 2]), ([20, 20, 20, 40], [9, 6, 13, 35]),
     ([9, 50, 11, 13], [9, 0, 4, 13])],
)  # fmt: skip
def test_sizes_against_the_pass_over_sizes_and_counts(n, k, monkeypatch):
    survey = all_printed(n, k)
    largest = sum(n) - len(n) + 1  # free sizes are uniform on all that the total admits
    log_evidence, exact = exact_sizes(survey, largest)
    monkeypatch.setattr(engine_module, "PLAIN_ENOUGH", 2.0)  # always with the guide
    recon = reconstruct(
        survey, "free", draws=3000, seed=1, rounding={"half-up": 1.0},
        subtotals={"rounded-sum": 1}, largest=largest,
    )  # fmt: skip
    particles = recon.particles
    assert particles.ess > 0.4 * 3000
    noise = np.sqrt(1 / particles.ess)
    assert abs(particles.log_evidence - log_evidence) < 5 * noise
    for g, law in enumerate(exact):
        found = np.bincount(particles.sizes[:, g], particles.weight, minlength=largest + 1)
        se = np.sqrt(np.clip(law * (1 - law), 0, None) / particles.ess) + 1e-3
        assert (np.abs(found - law) < 5 * se).all()


def test_truth_is_among_the_solutions_where_all_shares_are_printed():
    """Of 4,000 draws without regard to the overall share six fit it, the truth not among them."""
    n, k = [27, 27, 27, 27, 81, 122], [22, 16, 12, 14, 42, 67]
    particles = reconstruct(all_printed(n, k), draws=800, seed=0).particles
    assert particles.ess > 0.3 * 800
    assert (particles.sizes == n).all(axis=1).any()


def test_a_scenario_that_a_pilot_misjudged_gets_its_draws_in_the_next_round():
    """Four draws of each scenario say little; all of a round say which ones need more."""
    found = [reconstruct(load_survey("adelaide-students"), seed=seed).particles for seed in (0, 2)]
    for particles in found:
        assert particles.ess > 0.4 * 800
    noise = np.sqrt(sum(1 / particles.ess for particles in found))
    assert abs(found[0].log_evidence - found[1].log_evidence) < 4 * noise


def test_no_scenario_loses_draws_from_round_to_round():
    class Run:
        def __init__(self, log_mass):
            self.log_mass = log_mass

    def part(draws, log_evidence):
        sizes = np.zeros((draws, 1), dtype=np.int64)
        weight = np.ones(draws)
        return Particles(np.zeros(draws, dtype=np.int64), sizes, {}, weight, log_evidence)

    runs = [Run(0.0), Run(-1.0), Run(-2.0)]
    parts = [part(80, -9.0), part(19, -1.0), part(1, -np.inf)]
    times = allocate_again(runs, parts, 1000, np.random.default_rng(0))
    assert (times >= [80, 19, 1]).all()
    assert times[1] > 0.8 * 1000  # it has nearly all of the mass
    assert times[2] > 1  # whose evidence no draw has shown yet


def test_moments_by_fft_are_those_of_direct_convolutions(monkeypatch):
    rng = np.random.default_rng(6)
    groups, largest, total = 5, 60, 130
    likelihood = rng.random((groups, largest + 1)) ** 4
    departing = np.full((groups, largest + 1), 1 / (largest + 1))
    model = SizeModel(0.0, 26, departing, np.array([0.4]), np.ones(1))
    done = SizePass(0, model, 0, likelihood, [], 0.0)
    targets = []
    for share in (0.3, 0.7):
        mean = share * np.arange(largest + 1.0) + rng.random((groups, largest + 1))
        targets.append(Target(mean, rng.random((groups, largest + 1)), 50.0, 1.0))
    direct = moments_of_first(done, targets, total)
    monkeypatch.setattr("alumnistats.reconstruction.guided_sizes.DIRECT", 0)
    quick = moments_of_first(done, targets, total)
    assert len(direct) == len(quick) == EXACT + 1
    for one, other in zip(direct[1:], quick[1:], strict=True):
        for a, b in zip(one, other, strict=True):
            some = b > 0  # at other sums an FFT's rounding errors hide what there is
            assert some.sum() >= 2 * largest  # all sums of the first group, more of more groups
            np.testing.assert_allclose(b[some], a[some], rtol=1e-3, atol=1e-3)


def test_no_pass_is_forsaken_by_the_guide():
    """A pass whose sizes seem never to fit gets its part of a tenth of the draws all the same.

    Otherwise what the approximation misjudges would have no draw that could put it right.
    """
    groups, largest, total = 4, 40, 80
    likelihood = np.ones((groups, largest + 1))
    departing = np.full((groups, largest + 1), 1 / (largest + 1))
    model = SizeModel(0.0, 20, departing, np.array([0.001, 0.9]), np.array([0.5, 0.5]))
    passes = [run_pass(0, model, node, likelihood, total) for node in range(2)]
    # Groups of 20 each say 8 and never otherwise; the overall count is 40 above their sum.
    mean = np.tile(np.abs(np.arange(largest + 1.0) - 20), (groups, 1))
    target = Target(mean, np.full(mean.shape, 1e-3), 40.0, 1e-3)
    guide = Guide(passes, [target], total)
    share, plain = guide._shares, guide._plain
    assert share.sum() == pytest.approx(1.0)
    assert (share >= 0.1 * plain - 1e-12).all()
    assert share[0] == pytest.approx(0.1 * plain[0], rel=1e-3)  # all that it gets
    assert plain[0] > 0.1


def test_moments_of_the_first_groups_by_enumeration():
    rng = np.random.default_rng(3)
    groups, largest, total = 2, 6, 10
    likelihood = rng.random((groups, largest + 1))
    law = np.full((groups, largest + 1), 1 / (largest + 1))
    done = SizePass(0, SizeModel(0.0, 3, law, np.array([0.4]), np.ones(1)), 0, likelihood, [], 0.0)
    mean, variance = rng.random((2, 2, groups, largest + 1)) * 5
    targets = [Target(m, v, 5.0, 1.0) for m, v in zip(mean, variance, strict=True)]
    found_mean, found_covariance = moments_of_first(done, targets, total)[2]
    own = 0.4 * law * likelihood
    own[:, 3] += 0.6 * likelihood[:, 3]
    for size in range(total + 1):
        cells = [(a, size - a) for a in range(largest + 1) if 0 <= size - a <= largest]
        weight = np.array([own[0, a] * own[1, b] for a, b in cells])
        weight /= weight.sum()
        means = np.array([mean[:, 0, a] + mean[:, 1, b] for a, b in cells])
        noise = np.array([variance[:, 0, a] + variance[:, 1, b] for a, b in cells])
        cov = np.cov(means.T, aweights=weight, ddof=0) + np.diag(weight @ noise)
        np.testing.assert_allclose(found_mean[:, size], weight @ means, rtol=1e-10)
        np.testing.assert_allclose(
            found_covariance[:, size], [cov[0, 0], cov[1, 1], cov[0, 1]], rtol=1e-8, atol=1e-10
        )


def test_moments_of_several_passes_stand_side_by_side():
    groups, largest, total = 3, 20, 30
    law, n = np.full((groups, largest + 1), 1 / (largest + 1)), np.arange(largest + 1.0)
    model = SizeModel(0.0, 9, law, np.array([0.2, 0.9]), np.full(2, 0.5))
    passes = [run_pass(0, model, node, np.ones(law.shape), total) for node in range(2)]
    targets = [Target(p * np.tile(n, (groups, 1)), law, 9.0, 1.0) for p in (0.3, 0.6)]
    _, mean, covariance = Guide(passes, targets, total)._ahead(np.array([0, 1]))(2)
    for i, done in enumerate(passes):
        own_mean, own_covariance = moments_of_first(done, targets, total)[2]
        np.testing.assert_array_equal(mean[:, i], own_mean)
        np.testing.assert_array_equal(covariance[:, i], own_covariance)


@given(st.integers(1, 6), st.integers(0, 10**6))
def test_the_joint_density_is_that_of_scipy(targets, seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(targets, targets))
    shared, alone = root @ root.T, rng.uniform(0.5, 2.0, targets)
    gaps = rng.normal(size=(targets, 3))
    found = _log_joint(
        zip(gaps, alone, strict=True), lambda i, j: np.full(3, shared[i, j]), joint=True
    )
    law = multivariate_normal(np.zeros(targets), shared + np.diag(alone))
    exact = law.logpdf(gaps.T) + targets * np.log(2 * np.pi) / 2
    np.testing.assert_allclose(found, exact, rtol=1e-8, atol=1e-8)


@given(st.sampled_from([3, WIDE - 1, WIDE, 5 * BLOCKS, 5 * BLOCKS + 1]), st.integers(0, 10**6))
def test_columns_are_drawn_with_the_density_that_is_told(width, seed):
    """Weighting every draw by one over its density gives back sums over all columns."""
    rng = np.random.default_rng(seed)
    plain = np.where(rng.random(width) < 0.3, rng.uniform(0.2, 1.0, width), 0.0)
    plain[rng.integers(width)] = 0.5
    slope = rng.uniform(-2, 2) / width
    draws = 1000
    columns, log_density = _columns(np.tile(plain, (draws, 1)), lambda at: slope * at, rng)
    assert (plain[columns] > 0).all()
    for value in (plain, plain * np.arange(width)):
        weighed = value[columns] * np.exp(slope * columns - log_density)
        exact = (value * np.exp(slope * np.arange(width))).sum()
        assert abs(weighed.mean() - exact) <= 6 * weighed.std() / np.sqrt(draws) + 1e-9 * exact


def test_several_overall_counts_are_met_together(monkeypatch):
    """Apart, each could be met; that three at a time are, chance had to bring about."""
    groups, largest, total = 5, 800, 1500
    rates, off = np.array([0.5, 1.0]), np.full((groups, largest + 1), 1 / (largest + 1))
    model = SizeModel(0.0, None, off, rates, np.full(2, 0.5))
    passes = [run_pass(0, model, node, np.ones(off.shape), total) for node in range(2)]
    n, truth = np.arange(largest + 1.0), np.array([310, 205, 153, 732, 100])
    shares = np.array([[0.76, 0.78, 0.77, 0.70, 0.75], [0.35, 0.28, 0.38, 0.42, 0.30],
                       [0.14, 0.07, 0.05, 0.10, 0.06]])  # fmt: skip
    targets = [
        Target(p[:, None] * n, np.full((groups, len(n)), 0.1), p @ truth, 0.5) for p in shares
    ]

    def effective_share():
        sizes, log_share = Guide(passes, targets, total).draw(1500, np.random.default_rng(0))
        gap = sizes @ shares.T - shares @ truth
        weight = np.exp(log_share - 0.5 * (gap**2).sum(axis=1))
        return weight.sum() ** 2 / (weight**2).sum() / len(weight)

    assert effective_share() > 0.3
    monkeypatch.setattr("alumnistats.reconstruction.guided_sizes.JOINT", 0)
    assert effective_share() < 0.1


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8).filter(any), st.integers(1, 40))
def test_draws_are_made_some_at_a_time(counts, most):
    batches = list(_batches(np.array(counts), most))
    assert np.sum(batches, axis=0).tolist() == counts
    assert all(0 < batch.sum() <= most for batch in batches)
    # In the order of the passes, so that parts of the draws follow each other as all would.
    passes = [np.repeat(np.arange(len(counts)), batch) for batch in batches]
    assert np.concatenate(passes).tolist() == np.repeat(np.arange(len(counts)), counts).tolist()


@pytest.mark.parametrize("cells", [2e7, 3e4, 1])
def test_passes_are_in_memory_some_at_a_time(cells, monkeypatch):
    """Their states, and moments for every pair of overall counts; what is drawn is the same law."""
    monkeypatch.setattr("alumnistats.reconstruction.guided_sizes.CELLS", cells)
    groups, largest, total = 4, 60, 100
    law, n = np.full((groups, largest + 1), 1 / (largest + 1)), np.arange(largest + 1.0)
    nodes = np.linspace(0.1, 0.9, 20)
    model = SizeModel(0.0, 25, law, nodes, np.full(20, 0.05))
    passes = [run_pass(0, model, node, np.ones(law.shape), total) for node in range(20)]
    flat = np.full(law.shape, 0.5)
    targets = [Target(p * np.tile(n, (groups, 1)), flat, p * total, 1.0) for p in (0.3, 0.6)]
    guide = Guide(passes, targets, total)
    _, log_share = guide.draw(2000, np.random.default_rng(5))
    states, moments = groups, 4 * (2 + 3)
    held = len(guide._known) * (states + moments) * (total + 1)
    assert held <= max(cells, (states + moments) * (total + 1))
    assert np.exp(log_share).sum() == pytest.approx(1.0, abs=0.1)
