"""Everything of an analysis as files of one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alumnistats.figures import all_figures, figure_bytes
from alumnistats.figures.files import lay_out
from alumnistats.figures.saved import ANALYSIS_FILE, analysis_file
from alumnistats.report.html import render_html
from alumnistats.report.share import picture_address, share_picture
from alumnistats.tables import csv_files, document, reconstruction_facts, to_json

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis
    from alumnistats.figures.registry import Width
    from alumnistats.sensitivity import Sensitivity

PICTURE = "report.png"  # for sites on which the page is shared


def analysis_document(analysis: Analysis) -> dict[str, Any]:
    """Return all tables of an analysis and how it was asked for, ready for JSON."""
    facts = {"engine": analysis.engine, "seed": analysis.seed, "level": analysis.level}
    facts["sizes"] = analysis.reconstruction.size_prior
    facts |= reconstruction_facts(analysis.reconstruction)
    return document(analysis.survey, analysis.tables(), **facts)


def folder_contents(
    analysis: Analysis,
    lang: str = "en",
    sensitivity: Sensitivity | None = None,
    url: str | None = None,
) -> dict[str, bytes]:
    """Return tables, documents, ArviZ file, figures and page by relative name.

    Parameters
    ----------
    analysis : Analysis
    lang : {"en", "ja"}
        Of the figures, and of the page at first.
    sensitivity : Sensitivity, optional
        The same survey under other choices, for the page.
    url : str, optional
        Where the page will be published: of itself, or of its folder with a slash at the end.

    Returns
    -------
    dict of bytes
    """
    from alumnistats.posterior.arviz_data import netcdf_bytes

    contents = csv_files(analysis.tables())
    contents["analysis.json"] = to_json(analysis_document(analysis)).encode()
    contents[ANALYSIS_FILE] = analysis_file(analysis)
    picture = "" if url is None else picture_address(url, PICTURE)
    figures = dict(all_figures(analysis, lang))
    made: dict[tuple[str, str, Width], Any] = {}
    for name, figure in figures.items():
        lay_out(figure, lang)  # once for the page, which shows some of them, and the files
        made[name, lang, "double"] = figure
    contents["report.html"] = render_html(analysis, lang, sensitivity, picture, made).encode()
    contents[PICTURE] = share_picture(analysis, lang)
    contents["analysis.nc"] = netcdf_bytes(analysis.pooled)
    for name, figure in figures.items():
        contents[f"figures/{name}.svg"] = figure_bytes(figure, lang)
    return contents
