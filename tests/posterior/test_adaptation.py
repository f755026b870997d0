"""Solutions drawn anew for a model: the same posterior, less noise."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError, NotRecoveredError, UndecidedError
from alumnistats.posterior import BetaPrior, adaptation, estimate, estimate_measure
from alumnistats.posterior.adaptation import count_law
from alumnistats.posterior.fit import FewSolutionsWarning
from alumnistats.posterior.hierarchies import MOST
from alumnistats.reconstruction import Solutions, reconstruct, result
from alumnistats.sources import load_survey

OF = "official_contact"


@pytest.fixture(scope="module")
def recon():
    return reconstruct(load_survey(), draws=300, seed=3)


@pytest.mark.parametrize("model", ["partial-pooling", "no-pooling"])
def test_redrawn_solutions_give_the_same_posterior(recon, model):
    """Both are importance samples of one posterior, from different laws of the counts."""
    direct = estimate(recon.solutions_of(OF), model)
    redrawn = recon.redrawn(OF, count_law(direct), seed=1)
    other = estimate(redrawn.solutions_of(OF), model)
    assert other.ess > 0.5 * len(other.weight)
    a, b = direct.summary(), other.summary()
    # Shares vary over solutions by less than in all, of which the sd is an upper bound.
    se = a["sd"] * np.sqrt(1 / direct.ess + 1 / other.ess)
    assert (np.abs(a["mean"] - b["mean"]) < 4 * se).all()
    # An evidence is a mean of weights, whose relative variance the effective number gives.
    noise = np.sqrt(1 / direct.ess + 1 / other.ess) + np.sqrt(2 / recon.particles.ess)
    assert abs(direct.log_evidence - other.log_evidence) < 4 * noise
    assert set(direct.compare(other)["model"]) == {model}


def test_complete_pooling_is_rescued():
    recon = reconstruct(load_survey(), draws=300, seed=1)  # of which few suit one common share
    with warnings.catch_warnings():  # few may be few enough to be warned of, or not
        warnings.simplefilter("ignore", FewSolutionsWarning)
        poor = estimate(recon.solutions_of(OF), "complete-pooling")
    rich = estimate_measure(recon, OF, model="complete-pooling")
    assert poor.ess < 100
    assert rich.ess > 100
    assert len({*rich.summary()["mean"].round(12)}) == 1


def test_without_pooling_nothing_is_left_to_weigh(recon):
    prior = BetaPrior(2, 3)
    redrawn = recon.redrawn(OF, ((2.0, 3.0),), seed=1).solutions_of(OF)
    fit = estimate(redrawn, "no-pooling", prior=prior)
    assert np.allclose(fit.weight, redrawn.weight)
    assert fit.log_evidence == pytest.approx(redrawn.log_evidence)


@pytest.mark.parametrize("found", ["none", "few"])
def test_solutions_stand_where_fewer_suit_the_law_of_the_model(found, recon, monkeypatch):
    """Drawing anew is to improve a fit: that it fails is no reason to tell nothing."""
    one = replace(recon.particles, weight=np.eye(len(recon.particles.weight))[0])
    drawn = (None, 0.0) if found == "none" else (one, 0.0)
    monkeypatch.setattr(result, "infer", lambda *_: drawn)
    monkeypatch.setattr(adaptation, "ENOUGH", np.inf)
    monkeypatch.setattr(adaptation, "ENOUGH_SHARE", np.inf)  # anew in any case
    with pytest.raises(UndecidedError if found == "none" else NotRecoveredError):
        recon.redrawn(OF, ((2.0, 3.0),), seed=1).solutions_of(OF)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewSolutionsWarning)
        fit = estimate_measure(recon, OF, model="complete-pooling")
        before = estimate(recon.solutions_of(OF), "complete-pooling")
    assert fit.weight == pytest.approx(before.weight)


def test_other_measures_keep_their_law(recon):
    redrawn = recon.redrawn(OF, ((2.0, 3.0),), seed=1)
    a, b = recon.solutions_of("important"), redrawn.solutions_of("important")
    assert abs(a.weight @ a.log_prior - b.weight @ b.log_prior) < 2.0
    with pytest.raises(ArgumentError, match="of"):
        recon.redrawn("transport", ((1.0, 1.0),))


def test_bad_options(recon):
    with pytest.raises(ArgumentError, match="engine"):
        estimate_measure(recon, OF, engine="gibbs")
    with pytest.raises(ArgumentError, match="model"):
        estimate_measure(recon, OF, model="pooling")
    with pytest.raises(ArgumentError, match="same counts"):
        estimate_measure(recon, OF).compare(estimate_measure(recon, "important"))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 40), min_size=3, max_size=8))
def test_laws_are_proper_and_centred_where_the_shares_are(counts):
    groups = tuple(map(str, range(len(counts))))
    fit = estimate(Solutions.known("x", groups, [40] * len(counts), counts))
    mean = fit.summary()["mean"].mean()
    for a, b in count_law(fit):
        assert 0 < a < MOST * 1.01 * 4
        assert b > 0
        assert a / (a + b) == pytest.approx(np.clip(mean, 1e-4, 1 - 1e-4), abs=1e-6)
