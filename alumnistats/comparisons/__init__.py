"""Frequentist comparisons: tests of pairs and of all groups, differences, adjustments."""

from alumnistats.comparisons.adjust import ADJUSTMENTS, Adjustment, adjust
from alumnistats.comparisons.differences import newcombe
from alumnistats.comparisons.omnibus import OmnibusTest, omnibus
from alumnistats.comparisons.one_sided import barnard_one_sided, fisher_one_sided
from alumnistats.comparisons.pairs import boschloo, fisher_mid_p, mcnemar_bounds, z_test

__all__ = [
    "ADJUSTMENTS",
    "Adjustment",
    "OmnibusTest",
    "adjust",
    "barnard_one_sided",
    "boschloo",
    "fisher_mid_p",
    "fisher_one_sided",
    "mcnemar_bounds",
    "newcombe",
    "omnibus",
    "z_test",
]
