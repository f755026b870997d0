"""The picture of sets for ranks, beside the places that were published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.errors import ArgumentError
from alumnistats.figures.rank_distribution import LABELS, TIED, figure_size
from alumnistats.ranking.ends import End
from alumnistats.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    axis_label,
    label_rows,
    legend_below,
    level_text,
    rank_ticks,
    shown_axes,
    styled,
)

if TYPE_CHECKING:
    from alumnistats.ranking import RankTable

# Each group's place in a list of extremes, counted from that end; tied groups have the same.
Places = Mapping[End, Mapping[str, int]]

GAP = 0.7  # rows between the listed groups and the others
# How each kind of set is drawn: colour, width, and distance from the middle of the row.
KINDS: dict[str, tuple[str, float, float]] = {
    "simultaneous": (GREY, 1.2, -0.12),
    "marginal": (BLUE, 3.2, -0.12),
    "posterior": (ORANGE, 2.2, 0.26),
}
FILLS: dict[End, str] = {"highest": VERMILION, "lowest": "white"}  # of the published places
TEXT = {
    "simultaneous": {
        "en": "{level} confidence sets, all ranks at once",
        "ja": "全順位同時の{level}信頼集合",
    },
    "marginal": {
        "en": "{level} confidence set, each rank by itself",
        "ja": "各順位の{level}信頼集合",
    },
    "posterior": {"en": "{level} credible set", "ja": "{level}信用集合"},
    "highest": {"en": "published, from the highest", "ja": "公表順位（上位）"},
    "lowest": {"en": "published, from the lowest", "ja": "公表順位（下位）"},
}


def kind_of(method: str) -> str:
    """Return what a method's sets are: "marginal", "posterior" or "simultaneous"."""
    if method == "posterior":
        return method
    return "marginal" if method.endswith("marginal") else "simultaneous"


def published_ranks(groups: int, places: Mapping[str, int], end: End) -> dict[str, int]:
    """Return ranks from the places of one list: one plus the number of groups above.

    A place counted from the lowest end says how many groups lie below.
    """
    if end == "highest":
        return dict(places)
    tied = list(places.values())
    return {g: groups + 2 - place - tied.count(place) for g, place in places.items()}


def published_order(ranks: RankTable, published: Places) -> tuple[list[str], list[str]]:
    """Return the groups of the lists, highest first, and the others by expected rank."""
    table = ranks.table.drop_duplicates("group").set_index("group")
    # Estimates without a posterior have no expected rank: then by the middle of the first sets.
    middle = table["expected"].fillna((table["lower_mean"] + table["upper_mean"]) / 2)
    middle = middle.round(TIED)
    listed: list[str] = []
    for end in FILLS:
        found = published_ranks(len(ranks.groups), published.get(end, {}), end)
        new = [g for g in found if g not in listed]
        listed += sorted(new, key=lambda g: (found[g], middle.get(g, np.inf)))
    unknown = [g for g in listed if g not in middle.index]
    if unknown:
        raise ArgumentError("published", unknown[0], "a group that is ranked")
    rest = [g for g in middle.sort_values(kind="stable").index if g not in listed]
    return listed, rest


def plot_rank_sets(
    ranks: RankTable,
    published: Places | None = None,
    ax: Any = None,
    lang: str = "en",
    labels: Mapping[str, str] | None = None,
) -> Any:
    """Draw each group's sets for its rank, in published order, with the published places.

    Of each kind (each rank by itself, all at once, posterior) the first method in the table is
    drawn. Groups that no list names follow a gap, in order of expected rank.

    Parameters
    ----------
    ranks : RankTable
    published : dict, optional
        ``{"highest": {group: place}, "lowest": {group: place}}``, places counted from that end.
    ax, lang, labels
        As for `plot_forest`, like the axes that are returned.

    Raises
    ------
    ArgumentError
        If a list names a group that is not ranked.
    """
    lists, text = published or {}, labels or ranks.labels(lang)
    groups = len(ranks.groups)
    listed, rest = published_order(ranks, lists)
    gap = GAP if listed and rest else 0.0
    row = {g: i + (gap if g in rest else 0.0) for i, g in enumerate([*listed, *rest])}
    with styled(lang, ax):
        ax = shown_axes(*figure_size(groups)) if ax is None else ax
        ax.set_ylim(groups + gap - 0.4, -0.6)
        ax.set_xlim(0.5, groups + 0.5)
        if gap:
            ax.axhline(len(listed) - 0.5 + gap / 2, color="0.8", lw=0.8)
        _draw_sets(ax, ranks, row, lang)
        _draw_places(ax, groups, lists, row, lang)
        ax.set_xticks(rank_ticks(groups, ax))
        label_rows(ax, list(row.values()), [text.get(g, g) for g in row])
        axis_label(ax, LABELS["rank"][lang])
        ax.grid(axis="x", color="0.92")
        ax.set_axisbelow(True)
        legend_below(ax, columns=2)
    return ax


def _draw_sets(ax: Any, ranks: RankTable, row: Mapping[str, float], lang: str) -> None:
    first = {kind_of(m): m for m in reversed(ranks.table["method"].unique().tolist())}
    thin = min(1.0, 24 / len(row))  # of many groups' lines
    for kind, (colour, width, shift) in KINDS.items():
        if kind not in first:
            continue
        sets = ranks.table[ranks.table["method"] == first[kind]]
        y = [row[g] + shift for g in sets["group"]]
        label = TEXT[kind][lang].format(level=level_text(ranks.level))
        lines = ax.hlines(y, sets["lower"], sets["upper"], color=colour, lw=width * max(thin, 0.5),
                          label=label, capstyle="round")  # fmt: skip
        if kind == "simultaneous":  # its ends would be hard to see
            ends = [*sets["lower"], *sets["upper"]]
            ax.plot(ends, [*y, *y], "|", color=colour, ms=8 * max(thin, 0.5), zorder=lines.zorder)


def _draw_places(
    ax: Any, groups: int, published: Places, row: Mapping[str, float], lang: str
) -> None:
    size = max(6.5 * min(1.0, 24 / groups), 3.5)
    for end, fill in FILLS.items():
        found = published_ranks(groups, published.get(end, {}), end)
        if found:
            ax.plot(list(found.values()), [row[g] for g in found], "D", mfc=fill, mec=VERMILION,
                    ms=size, label=TEXT[end][lang], zorder=5)  # fmt: skip
