"""One style for all figures: colours that colour-blind readers can tell apart, and a font.

Nothing global changes: figures are drawn inside `styled`, on axes that are given or made here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Okabe and Ito's palette.
BLUE, ORANGE, GREEN, VERMILION, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#999999"
FONT = "IPAexGothic"
SMALLEST = 5.0  # points: type below this size cannot be read, so labels are left out instead
LINE = 1.15  # height of a line of type, in its size
RANK_TICKS = 20  # numbers along an axis of ranks at most


@lru_cache(maxsize=1)
def _japanese_font() -> str | None:
    """Register the font that matplotlib-fontja ships, without importing that package."""
    from matplotlib import font_manager

    spec = find_spec("matplotlib_fontja")
    if spec is None or spec.origin is None:
        return None
    for path in Path(spec.origin).parent.rglob("*.ttf"):
        font_manager.fontManager.addfont(str(path))
    return FONT


@contextmanager
def styled(lang: str) -> Iterator[None]:
    """Set fonts and sizes for one figure.

    Only what is set is put back, not all settings as `matplotlib.rc_context` does: the first figure
    makes a notebook's backend interactive, and with that undone no later figure would be shown.
    """
    import matplotlib as mpl

    settings: dict[str, Any] = {
        "font.size": 9.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.hashsalt": "alumnistats",
        "svg.fonttype": "path",
    }
    if lang == "ja":
        font = _japanese_font()
        if font is not None:
            settings["font.family"] = [font, "DejaVu Sans"]
    before = {name: mpl.rcParams[name] for name in settings}
    mpl.rcParams.update(settings)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def new_axes(width: float, height: float) -> Any:
    """Return the axes of a new figure that no global state knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def shown_axes(width: float, height: float) -> Any:
    """Return the axes of a new figure that pyplot shows, as readers of a notebook expect."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def rank_ticks(groups: int) -> list[int]:
    """Return the ranks to number on an axis: 1, and as many round ones as can be read."""
    rough = groups / RANK_TICKS
    if rough <= 1:
        return list(range(1, groups + 1))
    power = 10 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough)
    return [1, *range(step, groups + 1, step)] if step > 1 else list(range(1, groups + 1))


def label_rows(ax: Any, places: Sequence[float], names: Sequence[str]) -> None:
    """Name the rows of an axis whose limits are set, in type as small as they need.

    Where even the smallest type is too large, only every second (third, ...) row is named.
    """
    import matplotlib as mpl

    low, high = sorted(ax.get_ylim())
    row = ax.get_window_extent().height * 72 / ax.figure.dpi / max(high - low, 1e-9)
    size = min(mpl.rcParams["font.size"], max(row / LINE, SMALLEST))
    step = max(math.ceil(SMALLEST * LINE / row), 1)
    ax.set_yticks(list(places)[::step], list(names)[::step], fontsize=size)


def legend_below(ax: Any, columns: int, inches: float = 0.45) -> None:
    """Put the legend under the axis and its label, however tall the axes are."""
    height = ax.get_window_extent().height / ax.figure.dpi
    anchor = (0.5, -inches / height)
    ax.legend(loc="upper center", bbox_to_anchor=anchor, ncols=columns, frameon=False, fontsize=7.5)
