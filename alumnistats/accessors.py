"""What results can do in a notebook: cards, pictures, a page, files. Bound to their classes here.

Results are data and know nothing of cards, pictures, pages and folders; this module knows all of
them, and imports each when it is asked for. `import alumnistats` has what is below bound to the
classes of a module when that module has been imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from alumnistats.analysis import Analysis, Plan
    from alumnistats.claims import JudgedClaim
    from alumnistats.display import Card
    from alumnistats.figures.rank_sets import Places
    from alumnistats.posterior import Fit
    from alumnistats.ranking import Family, Ranks, RankTable
    from alumnistats.reconstruction import Reconstruction
    from alumnistats.regression import GLMFit
    from alumnistats.sensitivity import Sensitivity
    from alumnistats.survey import Survey
    from alumnistats.tables import Saved


CARD = "_repr_html_"
"""What a notebook asks a result for."""


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


def saved_pictures(saved: Saved) -> AnalysisPictures:
    """Return the pictures of a saved analysis, drawn without computing it again."""
    from alumnistats.figures.saved import read_analysis

    return AnalysisPictures(read_analysis(saved.directory))


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
        from alumnistats.figures import plot_specification_curve

        return plot_specification_curve(self._result, claim, ax=ax, lang=lang)

    def tornado(self, claim: str, ax: Any = None, lang: str = "en") -> Any:
        """Draw how far each choice, alone, moves the probability of a claim."""
        from alumnistats.figures import plot_tornado

        return plot_tornado(self._result, claim, ax=ax, lang=lang)


def write_page(
    analysis: Analysis,
    path: str | Path = "report.html",
    lang: str = "en",
    sensitivity: Sensitivity | str | Path | None = None,
    url: str | None = None,
) -> Path:
    """Write the analysis as one self-contained page in both languages.

    Parameters
    ----------
    analysis : Analysis
    path : path
    lang : {"en", "ja"}
        Shown first.
    sensitivity : Sensitivity or path, optional
        The same survey under other choices, or the folder that ``alumnistats sensitivity --out``
        wrote: the reader may then choose, and sees the verdicts.
    url : str, optional
        Where the page will be published. Then a picture with the finding is written beside it,
        under the same name with the ending .png, which sites show where the page is shared.

    Returns
    -------
    Path

    Raises
    ------
    ArgumentError
        If the choices are those of another survey, or `url` is no address on the web.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import alumnistats as al
    >>> folder = TemporaryDirectory()
    >>> al.analyze("america-1969", draws=100).report(f"{folder.name}/page.html").name
    'page.html'
    >>> folder.cleanup()
    """
    from alumnistats.report import write_html
    from alumnistats.report.explore import of_survey

    choices = of_survey(sensitivity, analysis.survey)
    return write_html(analysis, Path(path), lang, choices, url)


def save(
    analysis: Analysis,
    directory: str | Path,
    lang: str = "en",
    sensitivity: Sensitivity | str | Path | None = None,
    url: str | None = None,
) -> list[Path]:
    """Write tables, page, figures and the posterior to a folder, as ``alumnistats analyze --out``.

    What such a run wrote there before is replaced; other files are refused.

    Parameters
    ----------
    analysis : Analysis
    directory : path
        Created if missing.
    lang : {"en", "ja"}
        Of the figures, and of the page at first.
    sensitivity : Sensitivity or path, optional
    url : str, optional
        As for `report`; the picture is written either way.

    Returns
    -------
    list of Path

    Raises
    ------
    ArgumentError
        If other files are in the way, the choices are those of another survey, or `url` is no
        address on the web.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import alumnistats as al
    >>> folder = TemporaryDirectory()
    >>> paths = al.analyze("america-1969", draws=100).save(folder.name)
    >>> "report.html" in [path.name for path in paths]
    True
    >>> folder.cleanup()
    """
    from alumnistats.outputs import write_folder
    from alumnistats.report.explore import of_survey
    from alumnistats.report.folder import folder_contents

    choices = of_survey(sensitivity, analysis.survey)
    return write_folder(Path(directory), "analyze", folder_contents(analysis, lang, choices, url))


class AnalysisTables:
    """The main tables of an analysis as pandas Stylers, in words: ``analysis.show.ranks()``.

    A Styler shows itself in a notebook; `to_latex`, `to_excel`, `to_html` and `to_string` write it.
    Word opens what ``to_html("ranks.html", doctype_html=True)`` writes.
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


def plot_forest(
    fit: Fit, ax: Any = None, lang: str = "en", labels: Mapping[str, str] | None = None
) -> Any:
    """Draw medians and intervals of the groups, largest first; return the axes."""
    from alumnistats.figures import plot_forest as plot

    return plot(fit, ax=ax, lang=lang, labels=labels)


def plot_shrinkage(
    fit: Fit, ax: Any = None, lang: str = "en", labels: Mapping[str, str] | None = None
) -> Any:
    """Draw raw shares, pooled shares and what lies between them; return the axes."""
    from alumnistats.figures import plot_shrinkage as plot

    return plot(fit, ax=ax, lang=lang, labels=labels)


def plot_ranks(
    ranks: Ranks, ax: Any = None, lang: str = "en", labels: Mapping[str, str] | None = None
) -> Any:
    """Draw the rank distribution as a heat map with the simultaneous sets; return the axes."""
    from alumnistats.figures.rank_distribution import plot_rank_distribution

    return plot_rank_distribution(ranks, ax=ax, lang=lang, labels=labels)


def plot_intervals(
    ranks: RankTable,
    published: Places | None = None,
    ax: Any = None,
    lang: str = "en",
    labels: Mapping[str, str] | None = None,
) -> Any:
    """Draw the sets in published order, with the published places; return the axes."""
    from alumnistats.figures.rank_sets import plot_rank_sets

    return plot_rank_sets(ranks, published, ax=ax, lang=lang, labels=labels)


def plot_pairwise(
    ranks: Ranks,
    significant: Any = None,
    ax: Any = None,
    lang: str = "en",
    labels: Mapping[str, str] | None = None,
) -> Any:
    """Draw the pairwise probabilities, significant pairs marked; return the axes.

    Parameters
    ----------
    significant : array_like of bool, shape (groups, groups), optional
        Those that `tiers` separates when omitted.
    ax, lang, labels
        As for `plot`.
    """
    from alumnistats.figures.pairwise import plot_rank_pairs

    return plot_rank_pairs(ranks, significant, ax=ax, lang=lang, labels=labels)


def plot_comparisons(
    ranks: Ranks,
    reference: str | Sequence[str] = (),
    family: Family | None = None,
    ax: Any = None,
    lang: str = "en",
    labels: Mapping[str, str] | None = None,
) -> Any:
    """Draw comparison intervals, and a shaded column for each reference; return the axes.

    Parameters
    ----------
    reference : str or sequence of str
        Groups.
    family : {"reference", "all-pairs", "region"}, optional
        As for `compare_with`; "reference" for one group, "all-pairs" for several if omitted.
    ax, lang, labels
        As for `plot`.
    """
    from alumnistats.figures.comparisons import plot_rank_comparisons

    return plot_rank_comparisons(ranks, reference, family, ax=ax, lang=lang, labels=labels)


def plot_tornado(result: Sensitivity, claim: str, ax: Any = None, lang: str = "en") -> Any:
    """Draw how far each choice, alone, moves the probability of a claim."""
    from alumnistats.figures import plot_tornado as plot

    return plot(result, claim, ax=ax, lang=lang)


def plot_specification_curve(
    result: Sensitivity, claim: str, ax: Any = None, lang: str = "en"
) -> Any:
    """Draw every scenario's probability of a claim, sorted, above the choices made."""
    from alumnistats.figures import plot_specification_curve as plot

    return plot(result, claim, ax=ax, lang=lang)


def _survey_card(survey: Survey, lang: str) -> str:
    from alumnistats.display.survey import survey_card

    return survey_card(survey, lang)


def _reconstruction_card(recon: Reconstruction, lang: str) -> str:
    from alumnistats.display.reconstruction import reconstruction_card

    return reconstruction_card(recon, lang)


def _fit_card(fit: Fit, lang: str) -> str:
    from alumnistats.display.posterior import fit_card

    return fit_card(fit, lang)


def _glm_card(fit: GLMFit, lang: str) -> str:
    from alumnistats.display.regression import glm_card

    return glm_card(fit, lang)


def _ranks_card(ranks: RankTable, lang: str) -> str:
    from alumnistats.display.ranking import ranks_card

    return ranks_card(ranks, lang)


def _claim_card(judged: JudgedClaim, lang: str) -> str:
    from alumnistats.display.claims import claim_card

    return claim_card(judged, lang)


def _analysis_card(analysis: Analysis, lang: str) -> str:
    from alumnistats.display.analysis import analysis_card

    return analysis_card(analysis, lang)


def _plan_card(plan: Plan, lang: str) -> str:
    from alumnistats.display.analysis import plan_card

    return plan_card(plan, lang)


def _sensitivity_card(result: Sensitivity, lang: str) -> str:
    from alumnistats.display.sensitivity import sensitivity_card

    return sensitivity_card(result, lang)


def _cards(drawn: Callable[[Any, str], str]) -> dict[str, Any]:
    """Return what shows a result in a notebook: its card by itself, and `card` in either language.

    Parameters
    ----------
    drawn : callable
        From a result and a language to HTML.
    """

    def shown(result: Any) -> str:
        """Return the card in English."""
        return drawn(result, "en")

    def card(result: Any, lang: str = "en") -> Card:
        """Return what a notebook shows of it, in ``"en"`` or ``"ja"``."""
        from alumnistats.arguments import RULES
        from alumnistats.display import Card

        RULES["lang"]("lang", lang)
        return Card(drawn(result, lang))

    return {CARD: shown, "card": card}


CONVENIENCES: dict[str, dict[str, dict[str, Any]]] = {
    "survey": {"Survey": _cards(_survey_card)},
    "reconstruction": {"Reconstruction": _cards(_reconstruction_card)},
    "posterior": {
        "Fit": {
            **_cards(_fit_card),
            "plot_forest": plot_forest,
            "plot_shrinkage": plot_shrinkage,
        },
    },
    "regression": {"GLMFit": _cards(_glm_card)},
    "ranking": {
        "RankTable": {**_cards(_ranks_card), "plot_intervals": plot_intervals},
        "Ranks": {
            "plot": plot_ranks,
            "plot_pairwise": plot_pairwise,
            "plot_comparisons": plot_comparisons,
        },
    },
    "claims": {"JudgedClaim": _cards(_claim_card)},
    "analysis": {
        "Analysis": {
            **_cards(_analysis_card),
            "plot": property(AnalysisPictures, doc=AnalysisPictures.__doc__),
            "show": property(AnalysisTables, doc=AnalysisTables.__doc__),
            "report": write_page,
            "save": save,
        },
        "Plan": {
            **_cards(_plan_card),
            "plot": property(PlanPictures, doc=PlanPictures.__doc__),
        },
    },
    "tables": {"Saved": {"plot": property(saved_pictures, doc=AnalysisPictures.__doc__)}},
    "sensitivity": {
        "Sensitivity": {
            **_cards(_sensitivity_card),
            "plot": property(SensitivityPictures, doc=SensitivityPictures.__doc__),
            "plot_specification_curve": plot_specification_curve,
            "plot_tornado": plot_tornado,
        },
    },
}
"""What is bound, by module, class and name."""


def bind(module: str, classes: object) -> None:
    """Give the classes of one module of the package what they can do in a notebook.

    Parameters
    ----------
    module : str
        Its name in the package.
    classes : module
        Itself, imported.
    """
    for result, own in CONVENIENCES.get(module, {}).items():
        for name, what in own.items():
            setattr(getattr(classes, result), name, what)
