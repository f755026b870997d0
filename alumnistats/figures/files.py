"""All figures of an analysis as files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from alumnistats.figures import plots, ranks
from alumnistats.style import styled

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis

Format = Literal["svg", "pdf", "png"]
# No dates, so that equal figures are equal files.
METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {"Software": None},
}


def all_figures(analysis: Analysis, lang: str) -> Iterator[tuple[str, Any]]:
    """Yield (name, figure) of every figure of the analysis."""
    yield "sizes", plots.plot_sizes(analysis, lang=lang).figure
    for of in analysis.ranked:
        name = of.replace(":", "-")
        yield f"proportions-{name}", plots.plot_proportions(analysis, of, lang=lang).figure
        yield f"ranks-{name}", ranks.plot_ranks(analysis, of, lang=lang).figure
        intervals = ranks.plot_rank_intervals(analysis, of, lang=lang)
        yield f"rank-intervals-{name}", intervals.figure
        yield f"pairs-{name}", ranks.plot_pairs(analysis, of, lang=lang).figure
    if analysis.judged:
        yield "claims", plots.plot_claims(analysis, lang=lang).figure


def figure_bytes(figure: Any, lang: str, form: Format = "svg") -> bytes:
    """Return a figure as a file's content."""
    buffer = io.BytesIO()
    engine = figure.get_layout_engine()
    with styled(lang):
        if engine is not None:
            # savefig would draw everything once more to lay it out: a third of the time.
            engine.execute(figure)
            figure.set_layout_engine(None)
        figure.savefig(buffer, format=form, dpi=150, metadata=METADATA[form])
    figure.set_layout_engine(engine)
    return buffer.getvalue()


def save_figures(
    analysis: Analysis, directory: Path, lang: str = "en", form: Format = "svg"
) -> list[Path]:
    """Write every figure to a folder, which is created if missing; return the files."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in all_figures(analysis, lang):
        path = directory / f"{name}.{form}"
        path.write_bytes(figure_bytes(figure, lang, form))
        paths.append(path)
    return paths
