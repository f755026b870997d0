"""Laws of single sizes against the documentation's formulas."""

import math

import documented_sizes
import numpy as np
import pytest

from alumnistats.reconstruction.size_priors import Sizes, _law_with_tail


@pytest.mark.parametrize("table", [30, 90])
@pytest.mark.parametrize(("usual", "top"), [(25, None), (25, 90), (30, 30), (100, None)])
def test_laws_of_sizes_are_those_of_the_documentation(usual, top, table):
    sizes, highest = Sizes(usual, top, table), math.inf if top is None else top
    for law, documented in ((sizes.missed(), documented_sizes.missed),
                            (sizes.free(), documented_sizes.free)):  # fmt: skip
        expected = [documented(n, usual, highest) for n in range(table + 1)]
        np.testing.assert_allclose(law, expected, rtol=1e-12)
    short = [documented_sizes.short(n, 20) if n else 0.0 for n in range(table + 1)]
    np.testing.assert_allclose(sizes.short(20), short, rtol=1e-12)
    assert sizes.quotas == range(1, min(usual, table) + 1)


def test_what_lies_beyond_a_table_goes_to_the_sizes_that_are_not_held():
    law = np.array([[0.0, 0.3, 0.3, 0.2, 0.1], [0.0, 0.5, 0.5, 0.0, 0.0]])
    expected = [[0.0, 0.3, 0.3, 0.2 + 0.1 * 2 / 3, 0.1 + 0.1 / 3], [0.0, 0.5, 0.5, 0.0, 0.0]]
    np.testing.assert_allclose(_law_with_tail(law, 3), expected)
