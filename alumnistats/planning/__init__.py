"""Planning: how many respondents would settle a claim."""

from alumnistats.planning.normal import POWER, option_size, pair_size, threshold_size

__all__ = ["POWER", "option_size", "pair_size", "threshold_size"]
