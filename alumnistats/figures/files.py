"""All figures of an analysis as files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from alumnistats.figures import plots
from alumnistats.figures.style import styled

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
        yield f"ranks-{name}", plots.plot_ranks(analysis, of, lang=lang).figure
        yield f"pairs-{name}", plots.plot_pairs(analysis, of, lang=lang).figure
    if analysis.judged:
        yield "claims", plots.plot_claims(analysis, lang=lang).figure


def figure_bytes(figure: Any, lang: str, form: Format = "svg") -> bytes:
    """Return a figure as a file's content."""
    buffer = io.BytesIO()
    with styled(lang):
        figure.savefig(buffer, format=form, dpi=150, metadata=METADATA[form])
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
