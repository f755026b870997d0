"""The two panels of the README: shares and ranks of one measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alumnistats.figures.proportions import plot_proportions
from alumnistats.figures.ranks import plot_ranks
from alumnistats.style import NOTE, small, styled

if TYPE_CHECKING:
    from alumnistats.figures.records import Analyzed

SIZE = (12.5, 5.4)  # inches


def plot_overview(analysis: Analyzed, lang: str = "en") -> Any:
    """Return a figure of two panels: the first ranked measure's shares, and its ranks.

    Examples
    --------
    >>> import alumnistats as al
    >>> len(plot_overview(al.analyze("america-1992", draws=100)).axes)
    2
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled(lang, width=SIZE[0]):
        figure = Figure(figsize=SIZE, layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        plot_proportions(analysis, ax=left, lang=lang)
        plot_ranks(analysis, ax=right, lang=lang)
        figure.supxlabel(
            analysis.survey.credit(lang), x=0.01, ha="left", fontsize=small(), color=NOTE
        )
    return figure
