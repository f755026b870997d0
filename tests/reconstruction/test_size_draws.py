"""States of passes over sizes: by FFT against direct ones, and those against enumeration."""

import itertools
import math

import numpy as np
import pytest

from alumnistats.reconstruction.size_draws import LOST, scaled_states, tilted_states
from alumnistats.reconstruction.size_laws import SizeModel

ERROR = np.finfo(float).eps / LOST  # a group: of the logarithm of the smallest states that are told


def model_of(law, **sums):
    return SizeModel(0.0, None, law, np.ones(1), np.ones(1), **sums)


@pytest.mark.parametrize("sums", [{}, {2: 4}, {1: 2, 3: 5}])
def test_states_are_sums_over_all_sizes(sums):
    law = np.random.default_rng(1).random((4, 5))
    states, power = scaled_states(model_of(law, sums=sums), 0, np.ones(law.shape), 8)
    for groups in range(1, 5):
        expected = np.zeros(9)
        for sizes in itertools.product(range(5), repeat=groups):
            reached = np.cumsum(sizes).tolist()
            known = all(reached[g - 1] == at for g, at in sums.items() if g <= groups)
            if known and reached[-1] <= 8:
                expected[reached[-1]] += law[np.arange(groups), sizes].prod()
        found = states[groups]
        assert found / found.sum() == pytest.approx(expected / expected.sum())
    assert math.ldexp(states[-1][8], power) == pytest.approx(expected[8])


@pytest.mark.parametrize(("groups", "width", "total"), [(2, 3, 3), (3, 2, 2), (300, 12, 1650)])
def test_states_by_fft_are_direct_ones_times_an_exponential(groups, width, total):
    """Few groups, whose largest sums nearly fall on the smallest; and many, whose sums vary."""
    law = np.random.default_rng(2).random((groups, width))
    law = np.tile(law[:1], (groups, 1)) if groups > 3 else law
    given = model_of(law), 0, np.ones(law.shape), total
    direct, _ = scaled_states(*given)
    for one, other in zip(direct[1:], tilted_states(*given)[1:], strict=True):
        used = np.flatnonzero(other)
        if len(used) < 3:
            continue
        ratio = np.log(other[used] / one[used])
        line = np.polynomial.Polynomial.fit(used, ratio, 1)
        assert line(used) == pytest.approx(ratio, abs=groups * ERROR)
