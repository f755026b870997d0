"""Every figure by its name: what draws it, from which result, and why it may be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from alumnistats.figures import (
    agreement,
    calibration,
    claims,
    coverage,
    error_rates,
    needed,
    power,
    proportions,
    ranks,
    sizes,
    specification_curve,
)
from alumnistats.style import DOUBLE, SINGLE, WIDE, new_axes, styled
from alumnistats.text import file_part

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.figures.records import Analyzed, Planned
    from alumnistats.sensitivity import Sensitivity

Width = Literal["single", "double", "wide"]
WIDTHS: dict[Width, float] = {"single": SINGLE, "double": DOUBLE, "wide": WIDE}
"""Inches of one and two columns of a journal, and of a slide."""


@dataclass(frozen=True, eq=False)
class Sources:
    """The results that figures are drawn from; those that are None have no figures.

    Attributes
    ----------
    analysis : Analysis or SavedAnalysis
    plan : Plan or SavedPlan, optional
    sensitivity : Sensitivity, optional
    coverage, calibration : DataFrame, optional
        ``Calibration.coverage()`` and ``Calibration.values``.
    rates : DataFrame, optional
        As from `simulation.verdicts.error_rates`.
    """

    analysis: Analyzed
    plan: Planned | None = None
    sensitivity: Sensitivity | None = None
    coverage: pd.DataFrame | None = None
    calibration: pd.DataFrame | None = None
    rates: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class FigureKind:
    """One entry of the registry.

    Attributes
    ----------
    draw : callable
        ``draw(result, ax=, lang=)`` or, with subjects, ``draw(result, subject, ax=, lang=)``.
    height : callable
        Inches, of a result and a width in inches.
    source : str
        The field of `Sources` that is drawn.
    lacks : callable
        Why a result has no such figure; empty if it has.
    subjects : callable or None
        Measures or claims with a figure each; None for one figure.
    """

    draw: Callable[..., Any]
    height: Callable[[Any, float], float]
    source: str
    lacks: Callable[[Any], str]
    subjects: Callable[[Any], tuple[str, ...]] | None = None


def _measures(analysis: Analyzed) -> tuple[str, ...]:
    return tuple(analysis.ranked)


def _without_sizes(analysis: Analyzed) -> str:
    if analysis.recovers_sizes:
        return ""
    return "the survey publishes the sample sizes: there are none to recover"


def _without_comparison(analysis: Analyzed) -> str:
    return "" if analysis.ranked else "the survey has no measure by which groups are compared"


def _without_claims(analysis: Analyzed) -> str:
    return "" if len(analysis.claims) else "the survey makes no claims"


def _without_needs(plan: Planned) -> str:
    return "" if len(plan.plan) else "the survey makes no claim that more respondents could settle"


def _without_curves(plan: Planned) -> str:
    if not len(plan.plan):
        return _without_needs(plan)
    return "" if power.default_claims(plan) else "no number of respondents would settle a claim"


def _without_variation(result: Sensitivity) -> str:
    return "" if result.varying_claims() else "no claim's probability varies between the scenarios"


def _without_rows(table: pd.DataFrame) -> str:
    return "" if len(table) else "the table is empty"


FIGURES: dict[str, FigureKind] = {
    "agreement": FigureKind(
        agreement.plot_agreement, agreement.height, "analysis", _without_sizes
    ),
    "sizes": FigureKind(sizes.plot_sizes, sizes.height, "analysis", _without_sizes),
    "proportions": FigureKind(
        proportions.plot_proportions, proportions.height, "analysis", _without_comparison, _measures
    ),
    "ranks": FigureKind(ranks.plot_ranks, ranks.height, "analysis", _without_comparison, _measures),
    "rank-intervals": FigureKind(
        ranks.plot_rank_intervals, ranks.interval_height, "analysis", _without_comparison, _measures
    ),
    "pairs": FigureKind(
        ranks.plot_pairs, ranks.pair_height, "analysis", _without_comparison, _measures
    ),
    "claims": FigureKind(claims.plot_claims, claims.height, "analysis", _without_claims),
    "specification-curve": FigureKind(
        specification_curve.plot_specification_curve, specification_curve.height,
        "sensitivity", _without_variation, lambda result: tuple(result.varying_claims()),
    ),
    "coverage": FigureKind(coverage.plot_coverage, coverage.height, "coverage", _without_rows),
    "calibration": FigureKind(
        calibration.plot_calibration, calibration.height, "calibration", _without_rows
    ),
    "error-rates": FigureKind(
        error_rates.plot_error_rates, error_rates.height, "rates", _without_rows
    ),
    "needed": FigureKind(needed.plot_needed, needed.height, "plan", _without_needs),
    "power": FigureKind(power.plot_power, power.height, "plan", _without_curves),
}  # fmt: skip
"""Figures by the first part of their files' names; after it stands the subject, if there is one."""

_SIMULATED = "no folder of `alumnistats simulate --out DIR` was given (--calibration DIR)"
ABSENT = {
    "plan": "no plan was given (`alumnistats plan --out DIR` into the folder of --from)",
    "sensitivity": "no folder of `alumnistats sensitivity --out DIR` was given (--sensitivity DIR)",
    "coverage": _SIMULATED,
    "calibration": _SIMULATED,
    "rates": "no table of error rates of verdicts was given (--rates FILE)",
}


def missing(sources: Sources) -> dict[str, str]:
    """Return why, by name, of the figures that these results do not have.

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.figures import Sources
    >>> sorted(missing(Sources(al.analyze("america-1969", draws=100))))
    ['calibration', 'coverage', 'error-rates', 'needed', 'power', 'specification-curve']
    """
    found = {}
    for name, kind in FIGURES.items():
        result = getattr(sources, kind.source)
        why = ABSENT[kind.source] if result is None else kind.lacks(result)
        if why:
            found[name] = why
    return found


def all_figures(
    sources: Sources | Analyzed, lang: str = "en", width: Width = "double"
) -> Iterator[tuple[str, Any]]:
    """Yield (name, figure) of every figure that the results have.

    Parameters
    ----------
    sources : Sources, Analysis or SavedAnalysis
    lang : {"en", "ja"}
    width : {"single", "double", "wide"}
        One or two columns of a journal, or a slide.

    Yields
    ------
    (str, Figure)
        The name is that of a file, without its ending.

    Examples
    --------
    >>> import alumnistats as al
    >>> analysis = al.analyze("america-1969", draws=100)
    >>> [name for name, _ in all_figures(analysis)][:3]
    ['agreement', 'sizes', 'proportions-affairs.some']
    """
    given = sources if isinstance(sources, Sources) else Sources(sources)
    lacking = missing(given)
    for name, kind in FIGURES.items():
        if name in lacking:
            continue
        result = getattr(given, kind.source)
        for subject in (None,) if kind.subjects is None else kind.subjects(result):
            full = name if subject is None else f"{name}-{file_part(subject)}"
            yield full, drawn(name, result, subject, lang, width)


def drawn(name: str, result: Any, subject: str | None, lang: str, width: Width = "double") -> Any:
    """Return one figure of the registry, in the width asked for.

    Examples
    --------
    >>> import alumnistats as al
    >>> drawn("sizes", al.analyze("america-1969", draws=100), None, "ja").axes[0].get_xlabel()
    'グループの回答者数'
    """
    kind, inches = FIGURES[name], WIDTHS[width]
    with styled(lang, width=inches):
        ax = new_axes(inches, kind.height(result, inches))
        return kind.draw(result, *([] if subject is None else [subject]), ax=ax, lang=lang).figure
