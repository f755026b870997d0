"""NUTS and the exact engine sample the same posterior; ArviZ data in both generations."""

import warnings

import arviz as az
import numpy as np
import pytest

from alumnistats.posterior import estimate
from alumnistats.posterior.arviz_data import write_netcdf
from alumnistats.posterior.pymc_models import SamplingWarning
from alumnistats.reconstruction import Solutions

N = np.array([[40, 60, 30, 50], [45, 55, 30, 50]])
K = np.array([[10, 30, 12, 9], [12, 28, 12, 9]])


@pytest.fixture(scope="module")
def solutions():
    log_prior = np.array([-8.0, -8.5])
    return Solutions("q:x", ("a", "b", "c", "d"), N, K, np.array([0.6, 0.4]), log_prior)


@pytest.fixture(scope="module")
def sampled(solutions):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)  # its own test is below
        return estimate(solutions, engine="pymc", draws=1000, chains=2, cores=1, seed=3)


def test_nuts_agrees_with_the_exact_engine(solutions, sampled):
    exact = estimate(solutions).summary()
    theta = np.asarray(sampled.trace["posterior"]["theta"])
    for g in range(4):
        se = theta[..., g].std() / np.sqrt(float(az.ess(theta[..., g])))
        assert abs(theta[..., g].mean() - exact["mean"][g]) < 4.5 * se
    # The conditional densities have less noise than the draws themselves.
    assert np.abs(sampled.summary()["mean"] - exact["mean"]).max() < 0.01


def test_short_runs_warn_and_say_what_to_do(solutions):
    with pytest.warns(SamplingWarning, match="more draws"):
        estimate(solutions, engine="pymc", draws=100, tune=100, chains=2, cores=1, seed=1)


def test_arviz_data_of_the_exact_engine(solutions, tmp_path):
    fit = estimate(solutions)
    theta = fit.idata["posterior"]["theta"]
    assert theta.dims == ("chain", "draw", "group")
    assert list(theta["group"].values) == ["a", "b", "c", "d"]
    path = tmp_path / "fit.nc"
    write_netcdf({"q:x": fit}, path)
    stored = az.from_netcdf(path)
    assert stored["posterior"]["q__x"].shape == (1, 4000, 4)
    assert np.allclose(stored["constant_data"]["q__x__n"], np.array([0.6, 0.4]) @ N)
