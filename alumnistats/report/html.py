"""An analysis as one HTML file that needs nothing else: no network, no folder beside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alumnistats.claims import VERDICT_LABELS
from alumnistats.errors import ArgumentError
from alumnistats.outputs import write_file
from alumnistats.report import pictures, sections
from alumnistats.report.explore import explore
from alumnistats.report.share import picture_address, share_picture, share_title
from alumnistats.report.words import (
    COLUMNS,
    LANGUAGES,
    MARKS,
    MEANINGS,
    READING,
    WORDS,
    words,
)
from alumnistats.tables import csv_files
from alumnistats.version import __version__

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis
    from alumnistats.figures.registry import Width
    from alumnistats.sensitivity import Sensitivity

LINKED = ("http://", "https://")  # addresses that become links; any other is shown as it is


def _asset(name: str) -> tuple[str, str]:
    """Return a style or script, and the hash by which the page's policy admits it."""
    text = files("alumnistats.report").joinpath("templates", name).read_text(encoding="utf-8")
    hashed = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"'sha256-{hashed}'"


def _downloads(analysis: Analysis) -> list[dict[str, Any]]:
    contents, held = csv_files(analysis.tables()), sections.files_of(analysis)
    return [
        {
            "id": name,
            "name": f"{name}.csv",
            "address": "data:text/csv;charset=utf-8;base64,"
            + base64.b64encode(contents[f"{name}.csv"]).decode(),
            "holds": words(
                ": {what} ({n} rows)", "：{what}（{n}行）", what=held[name], n=f"{len(frame):,}"
            ),
        }
        for name, frame in analysis.tables().items()
    ]


def render_html(
    analysis: Analysis,
    lang: str = "en",
    sensitivity: Sensitivity | None = None,
    picture: str = "",
    made: Mapping[tuple[str, str, Width], Any] | None = None,
) -> str:
    """Return the page of an analysis.

    Parameters
    ----------
    analysis : Analysis
    lang : {"en", "ja"}
        Language shown at first, and the only one where scripts are off; the page holds both.
    sensitivity : Sensitivity, optional
        The same survey under other choices, for the reader to choose from.
    picture : str
        Address of `share_picture`, for sites on which the page is shared.
    made : mapping, optional
        Figures that are drawn already, by name of their files, language and width.

    Returns
    -------
    str
        HTML with styles, script, pictures and the CSV files inside it.

    Raises
    ------
    ArgumentError
        If `lang` is neither ``"en"`` nor ``"ja"``.

    Examples
    --------
    >>> import alumnistats as al
    >>> page = render_html(al.analyze("america-1969", draws=100), "ja")
    >>> page.splitlines()[:2]
    ['<!DOCTYPE html>', '<html lang="ja">']
    """
    if lang not in LANGUAGES:
        raise ArgumentError("lang", lang, '"en" or "ja"')
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("alumnistats.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["drawings"] = partial(
        pictures.drawings, analysis=analysis, made={} if made is None else made
    )
    survey = analysis.survey
    (css, css_hash), (script, script_hash) = _asset("page.css"), _asset("page.js")
    said = sections.tally(analysis)
    return environment.get_template("report.html.j2").render(
        lang=lang,
        w=WORDS,
        marks=MARKS,
        labels=VERDICT_LABELS,
        meanings=MEANINGS,
        columns=COLUMNS,
        reading=READING,
        css=css,
        script=script,
        policy=f"default-src 'none'; img-src data:; style-src {css_hash}; script-src {script_hash}",
        survey=survey,
        title={lang: share_title(analysis, lang) for lang in LANGUAGES},
        headline=sections.headline(analysis),
        fielded=survey.source.fielded and sections.fieldwork(*survey.source.fielded),
        shared=picture,
        linked=survey.source.url.lower().startswith(LINKED),
        tally=said,
        population=sections.population(analysis),
        claims=sections.claims_table(analysis),
        explore=None if sensitivity is None else explore(sensitivity),
        claim_picture=pictures.claims_picture(analysis, said) if analysis.judged else None,
        rankings=list(sections.rankings(analysis)),
        sizes=sections.sizes_table(analysis),
        size_picture=pictures.sizes_picture(analysis),
        conventions=sections.conventions_table(analysis),
        comparisons=list(sections.comparisons(analysis)),
        settings=sections.settings_table(analysis),
        downloads=_downloads(analysis),
        version=__version__,
    )


def write_html(
    analysis: Analysis,
    path: Path,
    lang: str = "en",
    sensitivity: Sensitivity | None = None,
    url: str | None = None,
) -> Path:
    """Write the page to `path` and return it.

    Where its address `url` is known, the picture for sites on which it is shared is written beside
    it, under the same name with the ending .png.

    Examples
    --------
    >>> import alumnistats as al
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = write_html(al.analyze("america-1969", draws=100), Path(folder, "report.html"))
    ...     path.stat().st_size > 10_000
    True
    """
    shared = path.with_suffix(".png")
    picture = "" if url is None else picture_address(url, shared.name)
    page = render_html(analysis, lang, sensitivity, picture).encode()
    if url is not None:
        write_file(shared, share_picture(analysis, lang))
    return write_file(path, page)
