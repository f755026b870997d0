"""One style for all figures: colours that colour-blind readers can tell apart, and a font.

Nothing global changes: figures are made inside `styled`, with the object-oriented interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Okabe and Ito's palette.
BLUE, ORANGE, GREEN, VERMILION, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#999999"
VERDICT_COLOURS = {
    "supported": GREEN,
    "not supported": ORANGE,
    "contradicted": VERMILION,
    "undetermined": GREY,
}
FONT = "IPAexGothic"


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
    """Set fonts and sizes for one figure."""
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
    with mpl.rc_context(settings):
        yield


def new_axes(width: float, height: float) -> Any:
    """Return the axes of a new figure that no global state knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def group_labels(analysis: Any, lang: str) -> dict[str, str]:
    """Return the text of each group id."""
    survey = analysis.survey
    return {group: survey.label(group, lang) for group in survey.group_ids}
