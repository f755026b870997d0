"""Planning: how many respondents would settle a claim."""

from alumnistats.planning.conjunctions import Bounds, power_bounds, simulate_counts
from alumnistats.planning.decisions import (
    Decision,
    GroupOrder,
    OptionOrder,
    ShareBeyond,
    pairs_of_shares,
)
from alumnistats.planning.normal import (
    POWER,
    option_size,
    pair_size,
    threshold_size,
    tiers_size,
)
from alumnistats.planning.power import option_power, pair_power, threshold_power
from alumnistats.planning.sample_size import needed_size

__all__ = [
    "POWER",
    "Bounds",
    "Decision",
    "GroupOrder",
    "OptionOrder",
    "ShareBeyond",
    "needed_size",
    "option_power",
    "option_size",
    "pair_power",
    "pair_size",
    "pairs_of_shares",
    "power_bounds",
    "simulate_counts",
    "threshold_power",
    "threshold_size",
    "tiers_size",
]
