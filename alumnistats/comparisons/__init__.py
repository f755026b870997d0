"""Frequentist comparisons: tests of pairs and of all groups, differences, adjustments."""

from alumnistats.comparisons.adjust import ADJUSTMENTS, Adjustment, adjust
from alumnistats.comparisons.conditional import fisher_exact, fisher_mid_p
from alumnistats.comparisons.differences import newcombe
from alumnistats.comparisons.omnibus import OmnibusTest, omnibus
from alumnistats.comparisons.pairs import mcnemar_bounds, z_test
from alumnistats.comparisons.unconditional import barnard, boschloo

__all__ = [
    "ADJUSTMENTS",
    "Adjustment",
    "OmnibusTest",
    "adjust",
    "barnard",
    "boschloo",
    "fisher_exact",
    "fisher_mid_p",
    "mcnemar_bounds",
    "newcombe",
    "omnibus",
    "z_test",
]
