"""Planning: how many respondents would settle a claim, and how small a difference was findable."""

from alumnistats.planning.allocation import CRITERIA, Criterion, best_fractions, best_sizes
from alumnistats.planning.assurance import Assurance, assurance
from alumnistats.planning.conjunctions import PowerBounds, power_bounds, simulate_counts
from alumnistats.planning.decisions import (
    Decision,
    GroupOrder,
    OptionOrder,
    ShareBeyond,
    ShareWithin,
    pairs_of_shares,
)
from alumnistats.planning.detectable import SIDES, Sides, detectable_difference
from alumnistats.planning.normal import (
    POWER,
    option_size,
    pair_size,
    threshold_size,
    tiers_size,
)
from alumnistats.planning.over_solutions import (
    DecisionRange,
    NeededSize,
    decision_range,
    needed_sizes,
)
from alumnistats.planning.pair_beyond import PairBeyond
from alumnistats.planning.power import option_power, pair_power, threshold_power
from alumnistats.planning.sample_size import SIZE_METHODS, SizeMethod, needed_size

__all__ = [
    "CRITERIA",
    "POWER",
    "SIDES",
    "SIZE_METHODS",
    "Assurance",
    "Criterion",
    "Decision",
    "DecisionRange",
    "GroupOrder",
    "NeededSize",
    "OptionOrder",
    "PairBeyond",
    "PowerBounds",
    "ShareBeyond",
    "ShareWithin",
    "Sides",
    "SizeMethod",
    "assurance",
    "best_fractions",
    "best_sizes",
    "decision_range",
    "detectable_difference",
    "needed_size",
    "needed_sizes",
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
