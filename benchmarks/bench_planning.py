"""Times of sample sizes: those of the embedded survey's claims, and of one pair beside statsmodels.

The peer solves the normal approximation of one pair; here the exact power of the test is searched.
Budget: `needed_n` of the embedded survey is part of `analyze`, which has five seconds.
"""

import numpy as np
import pytest
from statsmodels.stats.proportion import power_proportions_2indep

from alumnistats.claims import Evidence, decision_of
from alumnistats.planning import GroupOrder, needed_size, tiers_size
from alumnistats.reconstruction import reconstruct
from alumnistats.sources import load_survey

SHARES = (0.45, 0.38)


@pytest.fixture(scope="module")
def decisions():
    evidence = Evidence(reconstruct(load_survey()), {}, 0.95)
    found = [decision_of(evidence, claim) for claim in evidence.survey.claims]
    return [decision for decision in found if decision is not None]


def peer_size():
    """Return the smallest size whose power by statsmodels' normal approximation is 80%."""
    low, high = 1, 100_000
    while high - low > 1:
        n = (low + high) // 2
        power = power_proportions_2indep(
            SHARES[0] - SHARES[1], SHARES[1], n, alternative="larger", return_results=False
        )
        low, high = (low, n) if power >= 0.8 else (n, high)
    return high


def test_needed_sizes_of_the_embedded_survey(benchmark, decisions):
    sizes = benchmark(lambda: [needed_size(decision) for decision in decisions])
    assert len(sizes) == len(decisions)


def test_normal_sizes_of_the_embedded_survey(benchmark, decisions):
    orders = [d for d in decisions if isinstance(d, GroupOrder)]
    sizes = benchmark(lambda: [tiers_size(d.shares, d.pairs) for d in orders])
    assert len(sizes) == len(orders)


def test_needed_size_of_a_pair(benchmark):
    size = benchmark(needed_size, GroupOrder(np.array(SHARES), ((0,), (1,))))
    assert size == pytest.approx(peer_size(), rel=0.02)


def test_needed_size_of_a_pair_by_statsmodels(benchmark):
    benchmark(peer_size)
