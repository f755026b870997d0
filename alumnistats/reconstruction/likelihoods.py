"""Which likelihood a release needs: exact, misprinted, weighted or forced figures, or means."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from alumnistats.reconstruction.banded_tables import BandedTables
from alumnistats.reconstruction.forced_print import ForcedTables
from alumnistats.reconstruction.forced_totals import ForcedSampler
from alumnistats.reconstruction.likelihood import GroupTables
from alumnistats.reconstruction.means import MeanSampler
from alumnistats.reconstruction.particles import CountSampler
from alumnistats.reconstruction.printed_counts import DoubtfulSampler, DoubtfulTables
from alumnistats.reconstruction.typos import Typos
from alumnistats.reconstruction.weighted_print import WeightedSampler, WeightedTables, Weighting
from alumnistats.survey import AddingUp, OverallShare


def table_maker(
    typos: Typos | None,
    weighting: Weighting | None,
    adding_up: AddingUp = "rounded",
    *,
    bands: bool = False,
) -> Callable[..., GroupTables]:
    """Return what makes the tables of a tree: of exact figures as `bands`, or as squares."""
    if adding_up == "forced":  # neither misprints, weights nor means go with it
        return ForcedTables
    if weighting is not None:
        return partial(WeightedTables, weighting=weighting)
    if typos is not None:
        return partial(DoubtfulTables, typos=typos)
    return BandedTables if bands else GroupTables


def sampler_maker(
    typos: Typos | None,
    weighting: Weighting | None,
    overall: OverallShare = "pooled",
    adding_up: AddingUp = "rounded",
) -> Callable[..., CountSampler]:
    """Return what makes the sampler of counts."""
    if adding_up == "forced":
        return ForcedSampler
    if overall == "mean":
        return MeanSampler
    if weighting is not None:
        return WeightedSampler
    return CountSampler if typos is None else partial(DoubtfulSampler, typos=typos)
