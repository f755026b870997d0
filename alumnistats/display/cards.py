"""A card of a result: its title, a line of facts, and the first rows of its tables.

A notebook shows whatever ``_repr_html_`` returns, in its own colours and type, and typesets what
stands between dollar signs as mathematics. So a card sets no colours, escapes every text, and asks
not to be typeset.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from alumnistats.brief import probability_text
from alumnistats.display.words import said

if TYPE_CHECKING:
    import pandas as pd

FIRST = 12  # rows of a table that are shown
SMALLEST = 0.001  # numbers between 0 and this one, or as near to 1, are shown as a bound
LARGE = 1000.0  # from here on decimals say nothing
HUGE = 1e12  # from here on digits say nothing
PLAIN = "tex2jax_ignore mathjax_ignore"  # what notebooks and pages leave untypeset


class Card(str):
    """HTML that shows itself in a notebook."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def cell_text(value: Any, lang: str = "en") -> str:
    """Return one value as it is shown: three significant digits, nothing where it is missing.

    Parameters
    ----------
    value : object
        A number strictly between 0 and 1 is never shown as 0 or 1.
    lang : {"en", "ja"}

    Returns
    -------
    str
        Not escaped.

    Examples
    --------
    >>> cell_text(0.12345), cell_text(None)
    ('0.123', '')
    """
    value = value.item() if hasattr(value, "item") else value  # out of numpy
    if value is None:
        return ""
    if isinstance(value, bool):
        return said("yes" if value else "no", lang)
    if isinstance(value, int):
        return f"{value:,}"
    return _float_text(value) if isinstance(value, float) else str(value)


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        return "" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if 0 < value < SMALLEST:
        return f"<{SMALLEST}"
    if 1 - SMALLEST < value < 1:
        return f">{1 - SMALLEST}"
    if abs(value) >= HUGE:
        return f"{value:.0e}"
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3g}"


DIGITS = 3  # significant ones of the largest number of a column


def _column_texts(values: Sequence[Any], lang: str) -> list[str]:
    """Return the texts of a column: numbers with equally many decimals, so that points align."""
    plain = [v.item() if hasattr(v, "item") else v for v in values]
    floats = [v for v in plain if isinstance(v, float) and math.isfinite(v)]
    if not floats or not all(v is None or isinstance(v, float) for v in plain):
        return [cell_text(v, lang) for v in plain]
    largest = max(abs(v) for v in floats)
    whole = len(f"{largest:.0f}") if largest >= 1 else 0
    decimals = 0 if all(v.is_integer() for v in floats) else max(DIGITS - whole, 0)
    return [_aligned(v, decimals) for v in plain]


def _aligned(value: float | None, decimals: int) -> str:
    if value is None or not math.isfinite(value) or 0 < value < SMALLEST:
        return cell_text(value)
    if 1 - SMALLEST < value < 1 or abs(value) >= HUGE:
        return cell_text(value)
    return f"{value:,.{decimals}f}"


class _Shown(str):
    """A number that is text already."""


def _is_number(value: Any) -> bool:
    if isinstance(value, _Shown):
        return True
    value = value.item() if hasattr(value, "item") else value
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: Any, shown: str, *, head: bool) -> str:
    tag = 'th scope="row"' if head else "td"
    text, style = escape(shown), _style(right=_is_number(value))
    return f'<{tag} dir="auto" style="{style}">{text}</{tag.split()[0]}>'


def _style(*, right: bool) -> str:
    side = "right" if right else "left"
    figures = ";font-variant-numeric:tabular-nums" if right else ""
    return f"text-align:{side};vertical-align:top;padding:0.15em 0.6em{figures}"


def rows_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    caption: str = "",
    first: int = FIRST,
    lang: str = "en",
) -> str:
    """Return rows as an HTML table.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequences
        One value a column; the first names the row.
    caption : str
    first : int
        Rows shown; a last line says how many more there are.
    lang : {"en", "ja"}
        Of the names of columns and the caption, where cards have words for them.

    Returns
    -------
    str
        Every text in it is escaped.

    Examples
    --------
    >>> html = rows_table(["group", "n"], [["Retail & more", 20]])
    >>> "Retail &amp; more" in html
    True
    """
    lines = [list(row) for row in rows]
    shown = lines[:first]
    right = [bool(shown) and all(_is_number(row[i]) for row in shown) for i in range(len(columns))]
    head = "".join(
        f'<th scope="col" style="{_style(right=number)}">{escape(said(name, lang))}</th>'
        for name, number in zip(columns, right, strict=True)
    )
    texts = [_column_texts([row[i] for row in shown], lang) for i in range(len(columns))]
    body = "".join(
        "<tr>" + "".join(_cell(v, texts[i][r], head=i == 0) for i, v in enumerate(row)) + "</tr>"
        for r, row in enumerate(shown)
    )
    rest = len(lines) - len(shown)
    more = said("... and {:,} more", lang).format(rest)
    foot = (
        f'<tfoot><tr><td colspan="{len(columns)}" style="text-align:left">{more}</td></tr></tfoot>'
        if rest
        else ""
    )
    title = f'<caption style="text-align:left">{escape(said(caption, lang))}</caption>'
    title = title if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>"


def frame_table(
    frame: pd.DataFrame, caption: str = "", first: int = FIRST, lang: str = "en"
) -> str:
    """Return a data frame as an HTML table, without its index; see `rows_table`.

    Probabilities beside their errors have the digits that those support.

    Examples
    --------
    >>> import pandas as pd
    >>> html = frame_table(pd.DataFrame({"group": ["Retail"], "n": [20]}), "Sizes")
    >>> "Sizes" in html and "Retail" in html
    True
    """
    plain = frame.astype(object).where(frame.notna(), None)
    if {"probability", "error"} <= set(plain):
        pairs = zip(plain["probability"], plain["error"], strict=True)
        plain["probability"] = [
            None if p is None else _Shown(probability_text(p, e)) for p, e in pairs
        ]
    names = [str(column) for column in frame.columns]
    return rows_table(names, plain.itertuples(index=False, name=None), caption, first, lang)


def card(title: str, facts: Mapping[str, Any], *tables: str, lang: str = "en") -> str:
    """Return what a result shows of itself in a notebook.

    Parameters
    ----------
    title : str
    facts : dict
        Values by name; those that are None or empty are left out.
    *tables : str
        HTML, from `rows_table` or `frame_table`.
    lang : {"en", "ja"}
        Of the names of facts.

    Returns
    -------
    str

    Examples
    --------
    >>> html = card("Survey", {"groups": 2})
    >>> "<p>groups: 2</p>" in html
    True
    """
    texts = {said(name, lang): cell_text(value, lang) for name, value in facts.items()}
    pair = said("{}: {}", lang)
    line = " · ".join(pair.format(escape(n), escape(text)) for n, text in texts.items() if text)
    lead = f'<p dir="auto"><strong>{escape(title)}</strong></p>'
    return f'<div class="{PLAIN}">{lead}<p>{line}</p>{"".join(tables)}</div>'
