"""Figures as files, equal bytes for equal figures; and the tables that some are drawn from."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from alumnistats.errors import ArgumentError
from alumnistats.figures.registry import Sources, Width, all_figures
from alumnistats.outputs import write_folder
from alumnistats.style import styled

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.figures.records import Analyzed

Format = Literal["svg", "pdf", "png"]
Letters = Literal["outlines", "text"]
FORMATS: tuple[Format, ...] = get_args(Format)
FONTTYPE: dict[Letters, str] = {"outlines": "path", "text": "none"}
DOTS = {"svg": 150, "pdf": 150, "png": 300}  # an inch: of shades, and of the whole PNG
# No dates, so that equal figures are equal files.
METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {"Software": None},
}
KINDS = ("coverage", "values")  # of the tables of a calibration


def figure_bytes(
    figure: Any,
    lang: str,
    form: Format = "svg",
    dots: int | None = None,
    letters: Letters = "outlines",
) -> bytes:
    """Return a figure as a file's content.

    Parameters
    ----------
    figure : matplotlib Figure
    lang : {"en", "ja"}
    form : {"svg", "pdf", "png"}
    dots : int, optional
        An inch; 150, and 300 of a PNG file, when omitted.
    letters : {"outlines", "text"}
        Of an SVG file: outlines look the same everywhere; text, which is small and can be
        searched and read from right to left, is drawn with the fonts of who looks at it.

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.figures import drawn
    >>> figure = drawn("sizes", al.analyze("america-1969", draws=100), None, "en")
    >>> figure_bytes(figure, "en", "png")[1:4]
    b'PNG'
    """
    import matplotlib as mpl

    buffer = io.BytesIO()
    engine, dpi, resolution = figure.get_layout_engine(), figure.dpi, dots or DOTS[form]
    if form == "png":  # letters take whole pixels: a legend of few is taller than one of many
        figure.dpi = resolution
    lay_out(figure, lang)
    figure.dpi = dpi
    with styled(lang, width=figure.get_figwidth()):
        mpl.rcParams["svg.fonttype"] = FONTTYPE[letters]  # `styled` puts it back
        figure.savefig(buffer, format=form, dpi=resolution, metadata=METADATA[form])
    figure.set_layout_engine(engine)
    return buffer.getvalue()


def lay_out(figure: Any, lang: str) -> None:
    """Lay a figure out, once and for all: savefig would draw everything once more to do so."""
    engine = figure.get_layout_engine()
    if engine is not None:
        with styled(lang, width=figure.get_figwidth()):
            engine.execute(figure)
        figure.set_layout_engine(None)


def figure_files(
    sources: Sources | Analyzed, lang: str = "en", form: Format = "svg", width: Width = "double"
) -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content) of every figure that the results have.

    Examples
    --------
    >>> import alumnistats as al
    >>> analysis = al.analyze("america-1969", draws=100)
    >>> name, svg = next(figure_files(analysis))
    >>> name, svg[:5]
    ('agreement.svg', b'<?xml')
    """
    for name, figure in all_figures(sources, lang, width):
        yield f"{name}.{form}", figure_bytes(figure, lang, form)


def save_figures(
    sources: Sources | Analyzed,
    directory: Path,
    lang: str = "en",
    form: Format = "svg",
    width: Width = "double",
) -> list[Path]:
    """Write every figure to a folder, which is created if missing; return the files.

    Figures of an earlier run are replaced; `ArgumentError` where other files are in the way.

    Examples
    --------
    >>> import alumnistats as al
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     paths = save_figures(al.analyze("america-1969", draws=100), Path(folder))
    >>> paths[0].name
    'agreement.svg'
    """
    return write_folder(directory, "figures", dict(figure_files(sources, lang, form, width)))


def read_calibration(folder: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return coverage and values out of a folder of calibration tables.

    Parameters
    ----------
    folder : path
        That ``alumnistats simulate --out`` wrote (``coverage.csv``, ``values.csv``), or
        ``benchmarks/results`` of the repository (the same with ``calibration_`` before).

    Returns
    -------
    coverage, values : DataFrame

    Raises
    ------
    ArgumentError
        If the folder does not hold both, or not with their columns.

    Examples
    --------
    >>> coverage, values = read_calibration("benchmarks/results")
    >>> sorted(set(values["groups"]) & {"listed", "unlisted"})
    ['listed', 'unlisted']
    """
    import pandas as pd

    columns = {
        "coverage": ["method", "of", "coverage", "coverage_error"],
        "values": ["quantity", "groups", "value"],
    }
    found = []
    for kind in KINDS:
        paths = [Path(folder) / f"{prefix}{kind}.csv" for prefix in ("", "calibration_")]
        path = next((p for p in paths if p.is_file()), None)
        if path is None:
            expected = f"a folder that `alumnistats simulate --out` wrote; it lacks {kind}.csv"
            raise ArgumentError("calibration", str(folder), expected)
        try:
            found.append(pd.read_csv(path))
            found[-1][columns[kind]]
        except (KeyError, ValueError) as error:
            expected = "a table with the columns " + ", ".join(columns[kind])
            raise ArgumentError("calibration", str(path), expected) from error
    return found[0], found[1]


def read_rates(path: str | Path) -> pd.DataFrame:
    """Return error rates of verdicts out of a file.

    Parameters
    ----------
    path : path
        As ``benchmarks/results/verdicts.csv`` of the repository.

    Returns
    -------
    DataFrame

    Raises
    ------
    ArgumentError
        If there is no such table.

    Examples
    --------
    >>> rates = read_rates("benchmarks/results/verdicts.csv")
    >>> bool(rates["false_supported"].dropna().between(0, 1).all())
    True
    """
    import pandas as pd

    columns = ["kind", "chosen", "factor", "claims", "true", "false_supported"]
    try:
        found = pd.read_csv(path)
        found[columns]
    except (OSError, KeyError, ValueError) as error:
        expected = "a table of error rates, with the columns " + ", ".join(columns)
        raise ArgumentError("rates", str(path), expected) from error
    return found
