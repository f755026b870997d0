"""Published quotas, with and without a total."""

import itertools

import brute_force
import documented_sizes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.reconstruction import reconstruct
from alumnistats.reconstruction.size_laws import log_law
from alumnistats.reconstruction.size_priors import size_limits, size_models
from alumnistats.simulation import Design, release, simulate


def with_quota(survey, quota, *, total=True):
    update = {"quota": quota} if total else {"quota": quota, "total": None}
    return survey.model_copy(update=update)


def of_size(groups, total):
    return simulate(Design(groups, total), np.random.default_rng(0)).survey


@pytest.mark.parametrize("prior", ["quota", "shortfall"])
@pytest.mark.parametrize("total", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_sizes_by_enumeration(seed, total, prior):
    rng = np.random.default_rng(seed)
    truth = []
    for n in (4, 4, int(rng.integers(2, 5))):
        a, b, c = rng.multinomial(n, [0.4, 0.2, 0.4]).tolist()
        truth.append({"n": n, "a": a, "b": b, "c": c, "x": 0})
    survey = brute_force.make_survey(truth, bases=None, overall=False)
    if not total:  # without overall figures, each of which ties the groups
        survey = survey.model_copy(
            update={"figures": tuple(f for f in survey.figures if f.group != "overall")}
        )
    survey = with_quota(survey, 4, total=total)
    enumeration = brute_force.Enumeration(survey, prior)
    evidence, sizes, _ = enumeration.posterior()
    recon = reconstruct(survey, prior, draws=2000, seed=seed, largest=enumeration.largest)
    found = recon.particles
    noise = 5 / np.sqrt(found.ess)
    assert found.log_evidence == pytest.approx(np.log(evidence), abs=noise if total else 1e-7)
    for g in range(3):
        for n in range(1, enumeration.largest + 1):
            exact = sum(p for vector, p in sizes.items() if vector[g] == n)
            mass = float(found.weight[found.sizes[:, g] == n].sum())
            assert mass == pytest.approx(exact, abs=noise * np.sqrt(exact) + 2e-3), (g, n)


def test_limits_follow_the_quota_where_there_is_no_total():
    survey = of_size(4, 100)
    assert size_limits(with_quota(survey, 30)) == (1, 63)
    assert size_limits(with_quota(survey, 70)) == (1, 70)  # published, so possible
    assert size_limits(with_quota(survey, 30, total=False)) == (1, 75)
    assert size_limits(with_quota(survey, 1000, total=False)) == (1, 2500)


def test_a_quota_alone():
    """Of one group it is known that it missed the quota, nothing is printed of eleven.

    A departure rate of Beta(1, 4) becomes Beta(2, 4), and each of the others has the quota unless
    it departed: nearly always to one of 50 sizes.
    """
    survey = simulate(Design(12, 240, listed=1), np.random.default_rng(1)).survey
    first, *others = survey.groups
    figure = survey.figures[0].model_copy(update={"group": first.id, "percent": "0.0"})
    groups = (first.model_copy(update={"n": 7}), *others)
    update = {"rankings": (), "figures": (figure,), "groups": groups}
    survey = with_quota(survey.model_copy(update=update), 20, total=False)
    recon = reconstruct(survey, "quota", draws=1000)
    table = recon.sample_sizes.set_index("group").drop(index=first.id)
    assert (table["mode"] == 20).all()
    assert table["probability"].mean() == pytest.approx(4 / 6 + 2 / 6 * 0.98 / 50, abs=0.02)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["quota", "shortfall"]), st.integers(2, 4), st.integers(2, 9))
def test_an_unknown_quota_is_the_mean_of_known_ones(prior, groups, high):
    survey = of_size(groups, 2 * groups)
    vectors = np.array(list(itertools.product(range(1, min(high, 4) + 1), repeat=groups)))

    def law(survey):
        return sum(np.exp(log_law(m, vectors)) for m in size_models(survey, prior, high))

    (usual,) = documented_sizes.usual_sizes(groups, survey.total, None)
    known = [law(with_quota(survey, m)) for m in range(1, min(usual, high) + 1)]
    assert law(survey) == pytest.approx(np.sum(known, axis=0) / usual, rel=1e-10)


def test_a_mixture_uses_the_quota_in_one_part():
    survey = with_quota(of_size(4, 100), 20)
    models = size_models(survey, "mixture", size_limits(survey)[1])
    assert {m.quota for m in models} == {20, None}


def test_known_quotas_without_a_total_are_calibrated(monkeypatch):
    """Sizes have the probability promised, among it that of having missed the quota."""
    rng, quota, gain, covered = np.random.default_rng(5), 20, [], []
    for seed in range(40):
        departs = rng.random(5) < rng.beta(1, 4)
        n = np.where(departs, rng.integers(1, 51, 5), quota)
        monkeypatch.setattr(release, "draw_prior_sizes", lambda *_, n=n: n)
        design = Design(5, int(max(n.sum(), 10)), listed=0, overall=False)
        survey = with_quota(simulate(design, rng).survey, quota, total=False)
        recon = reconstruct(survey, "quota", draws=200, seed=seed, level=0.9, largest=50)
        p = recon.particles.weight @ (recon.particles.sizes == quota)
        gain.append(float(((n == quota) - p).sum()))
        table = recon.sample_sizes
        covered.append(float(((table["lower"] <= n) & (n <= table["upper"])).mean()))
    assert abs(np.mean(gain)) < 3 * np.std(gain) / np.sqrt(len(gain))
    assert np.mean(covered) > 0.9 - 3 * np.sqrt(0.09 / len(covered))
