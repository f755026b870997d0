"""The picture of a rank distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alumnistats.ranking.ranks import Ranks

LABELS = {
    "rank": {"en": "Rank (1 = largest share)", "ja": "順位(1が最も高い)"},
    "probability": {"en": "Posterior probability", "ja": "事後確率"},
}


def plot_ranks(
    ranks: Ranks, ax: Any = None, lang: str = "en", labels: Mapping[str, str] | None = None
) -> Any:
    """Draw P(rank) as shades and the simultaneous confidence sets as brackets.

    Parameters
    ----------
    ranks : Ranks
    ax : matplotlib Axes, optional
        A new figure's when omitted.
    lang : {"en", "ja"}
    labels : dict, optional
        Text of each group id.

    Returns
    -------
    Axes
    """
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(6.5, 4.5), layout="constrained")
    law = ranks.posterior.distribution
    order = np.argsort(ranks.posterior.expected, kind="stable")
    groups = len(order)
    image = ax.imshow(law[order], cmap="Blues", vmin=0, vmax=max(0.5, law.max()), aspect="auto")
    sets = ranks.table[ranks.table["method"] == "simultaneous"].set_index("group")
    for row, g in enumerate(order):
        low, high = sets.loc[ranks.fit.groups[g], ["lower", "upper"]]
        ax.plot([low - 1, high - 1], [row, row], color="#D55E00", lw=1.2, marker="|", ms=9)
    ax.set_xticks(range(groups), [str(r + 1) for r in range(groups)])
    text = labels or {}
    ax.set_yticks(
        range(groups), [text.get(ranks.fit.groups[g], ranks.fit.groups[g]) for g in order]
    )
    ax.set_xlabel(LABELS["rank"][lang])
    ax.figure.colorbar(image, ax=ax, label=LABELS["probability"][lang])
    return ax
