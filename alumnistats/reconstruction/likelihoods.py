"""Which likelihood a release needs: exact figures, figures that may be misprinted, or weighted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from alumnistats.reconstruction.likelihood import GroupTables
from alumnistats.reconstruction.particles import CountSampler
from alumnistats.reconstruction.printed_counts import DoubtfulSampler, DoubtfulTables
from alumnistats.reconstruction.typos import Typos
from alumnistats.reconstruction.weighted_print import WeightedSampler, WeightedTables, Weighting


def table_maker(typos: Typos | None, weighting: Weighting | None) -> Callable[..., GroupTables]:
    """Return what makes the tables of a tree."""
    if weighting is not None:
        return partial(WeightedTables, weighting=weighting)
    return GroupTables if typos is None else partial(DoubtfulTables, typos=typos)


def sampler_maker(typos: Typos | None, weighting: Weighting | None) -> Callable[..., CountSampler]:
    """Return what makes the sampler of counts."""
    if weighting is not None:
        return WeightedSampler
    return CountSampler if typos is None else partial(DoubtfulSampler, typos=typos)
