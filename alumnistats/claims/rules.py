"""By which rules claims are judged, beside the level: tests, adjustment, and what may be biased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arguments import one_of
from alumnistats.arrays import FloatArray
from alumnistats.claims.share_tests import SHARE_TESTS, ShareTest
from alumnistats.comparisons import ADJUSTMENTS, PAIR_TESTS, Adjustment, PairTest

Ties = Literal["strict", "weak"]
TIES: tuple[Ties, ...] = get_args(Ties)
Weights = Literal["none", "population", "bounds"]
WEIGHTS: tuple[Weights, ...] = get_args(Weights)
ClaimAdjustment = Literal["none"] | Adjustment


@dataclass(frozen=True, slots=True)
class Rules:
    """How claims are judged; the defaults are those of `analyze`.

    Attributes
    ----------
    test : PairTest
        Of two groups.
    interval : ShareTest
        The interval for one share whose test judges thresholds.
    adjustment : Adjustment or "none"
        Of the p-values of two groups, over both directions of all pairs of the measure. Without
        one a claim is tested as if it had been made before anybody looked.
    ties : Ties
        Whether equal shares of respondents satisfy "exceeds": "strict", no; "weak", yes. Groups of
        one place may be in any order either way.
    weights : Weights
        Whether a threshold of all respondents is judged by their share, or by that of the groups
        weighted by the sizes of their populations, or by all weights between stated bounds.
    design_effect : float
        At least 1: so many respondents say as much of the population as one who was drawn by
        himself.
    bias : float
        At least 0: how far, in log odds, a group's share of the population may be from that of
        those who would answer. What is established holds for every such bias of every group.
    """

    test: PairTest = "fisher-mid-p"
    interval: ShareTest = "clopper-pearson"
    adjustment: ClaimAdjustment = "none"
    ties: Ties = "strict"
    weights: Weights = "none"
    design_effect: float = 1.0
    bias: float = 0.0

    def __post_init__(self) -> None:
        one_of(*PAIR_TESTS)("test", self.test)
        one_of(*SHARE_TESTS)("interval", self.interval)
        one_of("none", *ADJUSTMENTS)("adjustment", self.adjustment)
        one_of(*TIES)("ties", self.ties)
        one_of(*WEIGHTS)("weights", self.weights)

    def effective(self, *counts: npt.ArrayLike) -> list[FloatArray]:
        """Return counts of as many as say the same of the population when drawn by themselves.

        They suit whatever takes any positive numbers; the p-values of tests that take counts are
        deflated instead (`comparisons.deflate`).
        """
        return [np.asarray(count, dtype=float) / self.design_effect for count in counts]


USUAL = Rules()
"""The rules of `analyze`."""
