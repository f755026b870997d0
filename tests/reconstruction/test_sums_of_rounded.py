"""Which sizes have parts whose rounded shares add up, against every way to divide a size."""

import itertools

import numpy as np
import pytest

from alumnistats.reconstruction.sums_of_rounded import sizes_of_sum
from alumnistats.rounding import ROUNDING_RULES, round_share

LARGEST = 12


def sums(size, parts, rule):
    """Return every sum of rounded shares of parts whose counts are at most a size together."""
    shown = [int(round_share(k, size, 0, rule)) for k in range(size + 1)]
    return {
        sum(shown[k] for k in counts)
        for counts in itertools.product(range(size + 1), repeat=parts)
        if sum(counts) <= size
    }


@pytest.mark.parametrize("rule", ROUNDING_RULES)
@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_sizes_are_those_of_every_division(parts, rule):
    largest = LARGEST if parts < 4 else 8
    every = [sums(size, parts, rule) for size in range(1, largest + 1)]
    for units in range(0, 101, 1 if parts < 3 else 3):
        found = sizes_of_sum(units, largest, 0, rule, parts)
        np.testing.assert_array_equal(found, [units in some for some in every])
