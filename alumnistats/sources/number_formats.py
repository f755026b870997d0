"""Numbers as spreadsheets show them, because the digits displayed are data."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DIGITS = re.compile(r"(?P<whole>[#0?,]*)(?:\.(?P<decimals>[0#?]*))?")


def displayed(value: float, number_format: str) -> tuple[str, bool]:
    """Return a number as Excel shows it, and whether its decimals are loose.

    Parameters
    ----------
    value : float
    number_format : str
        Excel's code, such as ``"0.0%"``; ``"General"`` and codes with other words than digits
        show the number as it is, without trailing zeros.

    Returns
    -------
    text : str
        With a percent sign where the format has one; without thousands separators.
    loose : bool
        Whether trailing zeros may have been dropped.
    """
    # Excel keeps 15 digits; a float has more, which are noise.
    exact = Decimal(format(value, ".15g"))
    code = _LITERALS.sub("", number_format.split(";")[0]).strip()
    percent = code.count("%") == 1
    match = _DIGITS.fullmatch(code.replace("%", "").strip())
    if match is None or not code.replace("%", "").strip() or (match["whole"] or "").endswith(","):
        text = format(exact, "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text), True
    if percent:
        exact *= 100
    places = match["decimals"] or ""
    # Excel rounds halves away from zero.
    text = format(exact.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP), "f")
    fixed = len(places.rstrip("#?"))
    while "." in text and len(text.partition(".")[2]) > fixed and text.endswith("0"):
        text = text[:-1].rstrip(".")
    return text + ("%" if percent else ""), fixed < len(places)
