"""Simulated misprints: some figures show a wrong value, by the law of `misprinted`.

Digits are replaced and exchanged in the printed strings, without regard to how the likelihood
counts them, so that a calibration tests both.
"""

from alumnistats.reconstruction.misprinted import EXCHANGED, REPLACED

DIGITS = "0123456789"


def misprint_figures(survey, prior, rng):
    """Misprint each percentage of a survey without lists, independently of the others.

    Return the survey, and which of its figures are misprinted.
    """
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


def draw_misprint(percent, rng):
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


def _printable(text):
    whole = text.partition(".")[0]
    return float(text) <= 100 and (len(whole) == 1 or whole[0] != "0")
