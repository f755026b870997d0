"""Simulated misprints: some figures show a wrong value, by the law of `misprinted`.

Digits are replaced and exchanged in the printed strings, without regard to how the likelihood
counts them, so that a calibration tests both.
"""

from __future__ import annotations

import numpy as np

from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.misprinted import EXCHANGED, REPLACED
from alumnistats.survey import Survey

DIGITS = "0123456789"


def misprint_figures(
    survey: Survey, prior: float, rng: np.random.Generator
) -> tuple[Survey, tuple[bool, ...]]:
    """Misprint each percentage with a probability, independently of the others.

    Parameters
    ----------
    survey : Survey
        Without lists, which would have to be drawn up anew.
    prior : float
        Probability of a misprint, in [0, 1].
    rng : numpy.random.Generator

    Returns
    -------
    Survey
    wrong : tuple of bool
        Which figures are misprinted, in the order of the survey; never one without a percentage.

    Raises
    ------
    ArgumentError
        For a survey with lists, or a prior outside [0, 1].
    """
    if survey.rankings:
        raise ArgumentError("survey", survey.id, "a survey without lists of extremes")
    if not 0 <= prior <= 1:
        raise ArgumentError("prior", prior, "a probability from 0 to 1")
    figures, wrong = [], []
    for figure in survey.figures:
        missed = figure.percent is not None and bool(rng.random() < prior)
        if figure.percent is not None and missed:
            shown = draw_misprint(figure.percent, rng)
            figures.append(figure.model_copy(update={"percent": shown}))
        else:
            figures.append(figure)
        wrong.append(missed)
    return survey.model_copy(update={"figures": tuple(figures)}), tuple(wrong)


def draw_misprint(percent: str, rng: np.random.Generator) -> str:
    """Return a misprint of a percentage, such as "44.8" of "47.8"."""
    whole, point, decimals = percent.partition(".")
    plain, at = whole + decimals, len(whole)
    replaced = [plain[:i] + d + plain[i + 1 :] for i in range(len(plain)) for d in DIGITS]
    exchanged = [
        plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :] for i in range(len(plain) - 1)
    ]
    point_at = rng.random()
    kind = replaced if point_at < REPLACED else exchanged if point_at < REPLACED + EXCHANGED else []
    texts = [text[:at] + point + text[at:] for text in kind]
    texts = [text for text in texts if text != percent and _printable(text)]
    if texts:
        return texts[rng.integers(len(texts))]
    scale = 10 ** len(decimals)
    while True:
        text = f"{rng.integers(100 * scale + 1) / scale:.{len(decimals)}f}"
        if text != percent:
            return text


def _printable(text: str) -> bool:
    whole = text.partition(".")[0]
    return float(text) <= 100 and (len(whole) == 1 or whole[0] != "0")
