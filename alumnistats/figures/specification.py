"""One claim under every choice: its specification curve, out of a sensitivity analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alumnistats.errors import ArgumentError
from alumnistats.sensitivity.specification_curve import curve_height, plot_specification_curve
from alumnistats.style import DOUBLE, shown_axes, styled

if TYPE_CHECKING:
    from alumnistats.sensitivity import Sensitivity


def height(result: Sensitivity, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    return curve_height(result, width)


def plot_specification(
    result: Sensitivity, claim: str | None = None, ax: Any = None, lang: str = "en"
) -> Any:
    """Draw the probability of a claim under every scenario, sorted, above the choices of each.

    Parameters
    ----------
    result : Sensitivity
    claim : str, optional
        Id; the first claim whose probability varies when omitted.
    ax : matplotlib Axes, optional
        Holds both panels; a new figure's when omitted.
    lang : {"en", "ja"}

    Returns
    -------
    Axes

    Raises
    ------
    ArgumentError
        If there is no such claim, or none that varies.
    """
    if claim is None:
        varying = result.varying_claims()
        if not varying:
            raise ArgumentError("claim", None, "a claim whose probability varies: there is none")
        claim = varying[0]
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(result, DOUBLE)) if ax is None else ax
        return plot_specification_curve(result, claim, ax, lang)
