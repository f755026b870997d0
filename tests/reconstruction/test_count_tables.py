"""Laws of a count given its size, against the counts that a printed share allows."""

import numpy as np
import pytest

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.question_tree import Published, Tree, split_nodes
from alumnistats.rounding import round_share

LARGEST = 250  # above 100 several counts show a whole percentage


@pytest.mark.parametrize("units", [0, 7, 33])
def test_counts_that_show_a_share_are_as_likely_as_each_other(units):
    """Of two options, whose shares are uniform beforehand."""
    figures = {(1, "g"): Published(units, units)}
    tree = Tree("q", "q", split_nodes(("a", "b"), []), (), group_figures=figures)
    tables = Tables(tree, Scenario("half-up"), LARGEST)
    mean, variance = tables.moments(1, "g")
    for n in range(1, LARGEST + 1):
        shown = [k for k in range(n + 1) if int(round_share(k, n, 0)) == units]
        assert tables.root("g")[n] == pytest.approx(len(shown) / (n + 1))
        expected = (np.mean(shown), np.var(shown)) if shown else (0.0, 0.0)
        assert (mean[n], variance[n]) == pytest.approx(expected, abs=1e-9)
        (law,) = tables.count_law(1, "g", np.array([n]))
        assert law[shown].sum() == pytest.approx(float(bool(shown)))
