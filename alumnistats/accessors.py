"""What results can do in a notebook: pictures, a page, files. Bound to their classes here.

Results are data and know nothing of pictures, pages and folders; this module knows all of them.
`import alumnistats` binds what is below when a result's class is first asked for.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from alumnistats.analysis import Analysis


class _Pictures:
    """Every picture of one result, each a method; they return axes.

    Parameters
    ----------
    result : object
    """

    def __init__(self, result: Any) -> None:
        self._result = result

    def __repr__(self) -> str:
        names = ", ".join(name for name in dir(type(self)) if not name.startswith("_"))
        return f"pictures of {type(self._result).__name__}: {names}"


class AnalysisPictures(_Pictures):
    """The pictures of an analysis: ``analysis.plot.ranks("official_contact", lang="ja")``."""

    def sizes(self, ax: Any = None, lang: str = "en") -> Any:
        """Draw each group's sample size: most probable value, interval, and probability."""
        from alumnistats.figures import plot_sizes

        return plot_sizes(self._result, ax=ax, lang=lang)

    def agreement(self, ax: Any = None, lang: str = "en") -> Any:
        """Draw which sizes can show each group's figures, and how probable each is."""
        from alumnistats.figures import plot_agreement

        return plot_agreement(self._result, ax=ax, lang=lang)

    def proportions(self, of: str | None = None, ax: Any = None, lang: str = "en") -> Any:
        """Draw every group's share with its intervals: as published, by itself, and pooled."""
        from alumnistats.figures import plot_proportions

        return plot_proportions(self._result, of, ax=ax, lang=lang)

    def ranks(self, of: str | None = None, ax: Any = None, lang: str = "en") -> Any:
        """Draw the probability of each group's ranks with their confidence sets."""
        from alumnistats.figures import plot_ranks

        return plot_ranks(self._result, of, ax=ax, lang=lang)

    def rank_intervals(self, of: str | None = None, ax: Any = None, lang: str = "en") -> Any:
        """Draw every group's sets for its rank beside the published places."""
        from alumnistats.figures import plot_rank_intervals

        return plot_rank_intervals(self._result, of, ax=ax, lang=lang)

    def pairs(self, of: str | None = None, ax: Any = None, lang: str = "en") -> Any:
        """Draw how probably each group exceeds each other."""
        from alumnistats.figures import plot_pairs

        return plot_pairs(self._result, of, ax=ax, lang=lang)

    def claims(self, ax: Any = None, lang: str = "en") -> Any:
        """Draw every claim with its verdict and its probability."""
        from alumnistats.figures import plot_claims

        return plot_claims(self._result, ax=ax, lang=lang)

    def overview(self, lang: str = "en") -> Any:
        """Return a figure of shares and ranks of the first measure."""
        from alumnistats.figures import plot_overview

        return plot_overview(self._result, lang=lang)


class PlanPictures(_Pictures):
    """The pictures of a plan: ``plan.plot.needed()``."""

    def needed(self, ax: Any = None, lang: str = "en") -> Any:
        """Draw how many respondents each claim had, and how many it needs."""
        from alumnistats.figures import plot_needed

        return plot_needed(self._result, ax=ax, lang=lang)

    def power(self, claims: Any = None, ax: Any = None, lang: str = "en") -> Any:
        """Draw power over the number of respondents."""
        from alumnistats.figures import plot_power

        return plot_power(self._result, claims, ax=ax, lang=lang)


class SensitivityPictures(_Pictures):
    """The pictures of a sensitivity analysis: ``result.plot.tornado("claim")``."""

    def specification_curve(
        self, claim: str | None = None, ax: Any = None, lang: str = "en"
    ) -> Any:
        """Draw a claim's probability under every scenario, sorted, above the choices made."""
        from alumnistats.figures import plot_specification

        return plot_specification(self._result, claim, ax=ax, lang=lang)

    def tornado(self, claim: str, ax: Any = None, lang: str = "en") -> Any:
        """Draw how far each choice, alone, moves the probability of a claim."""
        return self._result.plot_tornado(claim, ax=ax, lang=lang)


def write_page(analysis: Analysis, path: str | Path = "report.html", lang: str = "en") -> Path:
    """Write the analysis as one self-contained page in both languages.

    Parameters
    ----------
    analysis : Analysis
    path : path
    lang : {"en", "ja"}
        Shown first.

    Returns
    -------
    Path
    """
    from alumnistats.report import write_html

    return write_html(analysis, Path(path), lang)


def save(analysis: Analysis, directory: str | Path, lang: str = "en") -> list[Path]:
    """Write tables, page, figures and the posterior to a folder, as ``alumnistats analyze --out``.

    What such a run wrote there before is replaced; other files are refused.

    Parameters
    ----------
    analysis : Analysis
    directory : path
        Created if missing.
    lang : {"en", "ja"}
        Of the figures, and of the page at first.

    Returns
    -------
    list of Path

    Raises
    ------
    ArgumentError
        If other files are in the way.
    """
    from alumnistats.outputs import write_folder
    from alumnistats.report.folder import folder_contents

    return write_folder(Path(directory), "analyze", folder_contents(analysis, lang))


class AnalysisTables:
    """The main tables of an analysis as pandas Stylers, in words: ``analysis.show.ranks()``.

    A Styler shows itself in a notebook; `to_latex`, `to_excel`, `to_html` and `to_string` write it
    (Word opens the HTML).
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    def __repr__(self) -> str:
        return "tables of Analysis: sizes, ranks, claims"

    def sizes(self, lang: str = "en") -> Styler:
        """Return the sample size of each group with its probability and interval."""
        from alumnistats.tables.styled import styled_sizes

        return styled_sizes(self._analysis, lang)

    def ranks(self, of: str | None = None, lang: str = "en") -> Styler:
        """Return published places, shares and ranks of one measure, the first one if omitted."""
        from alumnistats.tables.styled import styled_ranks

        return styled_ranks(self._analysis, of, lang)

    def claims(self, lang: str = "en") -> Styler:
        """Return every claim with its verdict and grounds, decided ones first."""
        from alumnistats.tables.styled import styled_claims

        return styled_claims(self._analysis, lang)


CONVENIENCES: dict[str, dict[str, dict[str, Any]]] = {
    "analysis": {
        "Analysis": {
            "plot": property(AnalysisPictures, doc=AnalysisPictures.__doc__),
            "show": property(AnalysisTables, doc=AnalysisTables.__doc__),
            "report": write_page,
            "save": save,
        },
        "Plan": {"plot": property(PlanPictures, doc=PlanPictures.__doc__)},
    },
    "sensitivity": {
        "Sensitivity": {"plot": property(SensitivityPictures, doc=SensitivityPictures.__doc__)},
    },
}
"""What is bound, by module, class and name."""


def bind(module: str) -> None:
    """Give all classes of `CONVENIENCES` what they can do in a notebook, if `module` has any.

    All at once: importing the package `sensitivity` puts it where `al.sensitivity` is looked up, so
    that its classes may be met without asking for a name of theirs.

    Parameters
    ----------
    module : str
        That a name of the package is asked of.
    """
    if module not in CONVENIENCES:
        return
    for home, results in CONVENIENCES.items():
        classes = importlib.import_module(f"alumnistats.{home}")
        for result, own in results.items():
            for name, what in own.items():
                setattr(getattr(classes, result), name, what)
