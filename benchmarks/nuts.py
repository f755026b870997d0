"""Exact engine against NUTS: the time to bring every probability within 0.002 of the truth.

Run ``python benchmarks/nuts.py``; it writes benchmarks/results/nuts.csv. Probabilities are all
P(A > B) and all P(group has rank r). The truth is the exact engine with finer rules and every
component. The error of draws falls with the square root of their number, so the number that is
needed follows from the error at the number that was run; of the exact engine the error is reported
as it is, with as many components as it takes. ``largest_z`` is the largest difference of a group's
mean share from the exact one, in Monte Carlo standard errors, of as many as there are groups.
Samplers that are not installed are left out.
"""

import csv
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

import alumnistats as al
from alumnistats.posterior import LogitNormalPrior, estimate
from alumnistats.posterior.exact_run import RunSettings
from alumnistats.posterior.models import pooling_model
from alumnistats.posterior.pymc_sampling import sample
from alumnistats.ranking.posterior_ranks import pairwise, rank_distribution
from alumnistats.reconstruction import Solutions

HERE = Path(__file__).parent
GOAL = 0.002
DRAWS, TUNE, CHAINS = 5000, 1000, 4
MANY, FEWER = 20_000, 2_000  # components of the truth; fewer where there are many groups
REPEATS = 5
COMPONENTS = (600, 1000, 3000, 10_000)
PUBLISHED = {  # file, columns of sizes and counts
    "baseball 1970": ("baseball_efron_morris_1970", "At-Bats", "Hits"),
    "rat tumours": ("rat_tumors_bda3", "n", "y"),
    "surgical wards": ("surgical_bugs", "n", "y"),
}
COLUMNS = [
    "data", "method", "largest_error", "largest_z", "seconds", "seconds_compile",
    "seconds_needed", "seconds_needed_without_compile",
]  # fmt: skip


def probabilities(mixture):
    """Return all pairwise and rank probabilities in one array."""
    return np.concatenate([pairwise(mixture).ravel(), rank_distribution(mixture).ravel()])


def from_draws(theta):
    """Return the same from draws, shape (draws, groups)."""
    above = (theta[:, :, None] > theta[:, None, :]).mean(axis=0)
    np.fill_diagonal(above, 0.5)
    ranks = np.argsort(np.argsort(-theta, axis=1), axis=1)
    groups = theta.shape[1]
    law = np.stack([np.bincount(r, minlength=groups) for r in ranks.T]) / len(theta)
    return np.concatenate([above.ravel(), law.ravel()])


def exact_row(data, solutions, truth):
    """Time the exact engine with the fewest components that reach the goal, its default first."""
    for components in COMPONENTS:
        times = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            found = probabilities(estimate(solutions, components=components).mixture)
            times.append(time.perf_counter() - start)
        error = np.abs(found - truth).max()
        if error <= GOAL:
            break
    seconds = float(np.median(times))
    return [data, "exact", error, 0.0, seconds, 0.0, seconds, seconds]


def sampler_row(data, fit, truth, sampler):
    """Time one sampler.

    The first short run compiles; the second one shows what remains of that once compiled code is
    kept, which is taken off the long run.
    """
    short = {"draws": 100, "tune": 100, "chains": 1, "cores": 1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spent = []
        for _ in range(2):
            start = time.perf_counter()
            sample(fit, sampler, seed=1, progressbar=False, **short)
            spent.append(time.perf_counter() - start)
        compiling, again = spent
        start = time.perf_counter()
        trace = sample(
            fit, sampler, seed=2, progressbar=False, draws=DRAWS, tune=TUNE, chains=CHAINS, cores=2
        )
        seconds = time.perf_counter() - start
    theta = np.asarray(trace["posterior"]["theta"])
    error = np.abs(from_draws(theta.reshape(-1, theta.shape[-1])) - truth).max()
    sampling = max(seconds - again, 0.0)
    rounds = (error / GOAL) ** 2
    needed = sampling * (TUNE + DRAWS * rounds) / (TUNE + DRAWS)
    z = z_scores(theta, fit.summary()["mean"].to_numpy())
    return [data, sampler, error, z, seconds, compiling, compiling + needed, needed]


def z_scores(theta, mean):
    """Return the largest absolute difference of means in Monte Carlo standard errors."""
    import arviz as az

    groups = np.moveaxis(theta, -1, 0)
    error = [one.std() / np.sqrt(float(az.ess(one))) for one in groups]
    return np.abs((theta.mean(axis=(0, 1)) - mean) / error).max()


def problems():
    """Yield name and solutions: the reference's twelve groups, and the embedded survey."""
    table = pd.read_csv(HERE.parent / "tests" / "reference" / "input_k12.csv")
    groups = tuple(f"g{i}" for i in range(len(table)))
    yield "twelve groups", Solutions.known("x", groups, table["n"], table["x"])
    recon = al.reconstruct(al.load_survey())
    yield "embedded survey", recon.solutions_of("official_contact").thin(200)
    for name, (file, n, k) in PUBLISHED.items():
        data = pd.read_csv(HERE.parent / "tests" / "reference" / f"{file}.csv")
        groups = tuple(f"g{i}" for i in range(len(data)))
        yield name, Solutions.known("x", groups, data[n], data[k])


def main():
    """Run everything and write the table."""
    rows = []
    for data, solutions in problems():
        many = MANY if len(solutions.groups) <= 20 else FEWER
        run = pooling_model("partial-pooling").run
        truth = probabilities(run(solutions, LogitNormalPrior(), RunSettings(many, 2)).mixture)
        rows.append(exact_row(data, solutions, truth))
        fit = estimate(solutions)
        installed = [name for name in ("pymc", "nutpie", "numpyro") if find_spec(name) is not None]
        rows += [sampler_row(data, fit, truth, sampler) for sampler in installed]
    with (HERE / "results" / "nuts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, "ratio_to_exact", "ratio_without_compile"])
        exact = {row[0]: row[6] for row in rows if row[1] == "exact"}
        for row in rows:
            ratios = [row[6] / exact[row[0]], row[7] / exact[row[0]]]
            writer.writerow([*row[:2], *(f"{value:.3g}" for value in [*row[2:], *ratios])])


if __name__ == "__main__":
    main()
