"""Times of confidence sets for ranks over the number of groups, beside a bootstrap in plain numpy.

The peer is the algorithm of csranks and multiple-inference at their default of 1,000 draws, without
stepdown and without their overhead: draw all errors, take the largest studentised difference (for
all pairs, or for each group), and its quantile. It answers less: its critical values have a
standard error of about 0.03, against 0.003 and 1e-8 here. Sizes of 10,000 run in a process of
their own with one thread, which reports its peak of memory.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

from alumnistats.ranking import rank_sets

GROUPS = [12, 100, 500, 2000]
DRAWS = 1000
# On a busy machine threads of the linear algebra wait for each other longer than they compute.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
ALONE = """
import resource, sys, time
import numpy as np
from benchmarks.bench_ranking import shares
from alumnistats.ranking import rank_sets
start = time.perf_counter()
sets = rank_sets(*shares(int(sys.argv[1])), kind=sys.argv[2])
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def shares(groups):
    """Return shares and variances of samples of 25 to 273."""
    rng = np.random.default_rng(groups)
    p = rng.beta(6, 12, groups)
    n = rng.integers(25, 274, groups)
    count = np.clip(rng.binomial(n, p), 1, n - 1)
    return count / n, count / n * (1 - count / n) / n


def peer_simultaneous(estimate, variance):
    """Return the single-step sets of a bootstrap of the largest difference."""
    error = np.random.default_rng(0).normal(size=(DRAWS, len(estimate))) * np.sqrt(variance)
    largest = np.zeros(DRAWS)
    for j in range(len(estimate) - 1):
        se = np.sqrt(variance[j] + variance[j + 1 :])
        ratio = np.abs(error[:, j + 1 :] - error[:, [j]]) / se
        np.maximum(largest, ratio.max(axis=1), out=largest)
    return peer_sets(estimate, variance, np.full(len(estimate), np.quantile(largest, 0.95)))


def peer_marginal(estimate, variance):
    """Return the single-step sets of a bootstrap for each group by itself."""
    error = np.random.default_rng(0).normal(size=(DRAWS, len(estimate))) * np.sqrt(variance)
    critical = [
        np.quantile(
            (np.abs(error - error[:, [j]]) / np.sqrt(variance[j] + variance)).max(axis=1), 0.95
        )
        for j in range(len(estimate))
    ]
    return peer_sets(estimate, variance, np.array(critical))


def peer_sets(estimate, variance, critical):
    reach = critical[:, None] * np.sqrt(variance[:, None] + variance)
    gap = estimate - estimate[:, None]
    return 1 + (gap > reach).sum(axis=1), len(estimate) - (-gap > reach).sum(axis=1)


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("kind", ["marginal", "simultaneous"])
def test_rank_sets(benchmark, kind, groups):
    estimate, variance = shares(groups)
    sets = benchmark.pedantic(
        rank_sets, args=(estimate, variance), kwargs={"kind": kind}, rounds=3, warmup_rounds=1
    )
    assert (sets.lower <= sets.upper).all()


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("peer", [peer_marginal, peer_simultaneous])
def test_numpy_bootstrap(benchmark, peer, groups):
    lower, upper = benchmark.pedantic(peer, args=shares(groups), rounds=1)
    assert (lower <= upper).all()


@pytest.mark.parametrize("kind", ["marginal", "simultaneous"])
def test_rank_sets_of_10000_groups_in_a_new_process(benchmark, kind):

    def run():
        return subprocess.run(
            [sys.executable, "-c", ALONE, "10000", kind],
            env={**os.environ, **ONE_THREAD},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()

    printed = benchmark.pedantic(run, rounds=1)
    benchmark.extra_info["peak_mb"] = round(float(printed[1]))
