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

from alumnistats.display.probabilities import probability_text

if TYPE_CHECKING:
    import pandas as pd

FIRST = 12  # rows of a table that are shown
SMALLEST = 0.001  # numbers between 0 and this one, or as near to 1, are shown as a bound
LARGE = 1000.0  # from here on decimals say nothing
PLAIN = "tex2jax_ignore mathjax_ignore"  # what notebooks and pages leave untypeset


def cell_text(value: Any) -> str:
    """Return one value as it is shown: three significant digits, nothing where it is missing.

    Parameters
    ----------
    value : object
        A number strictly between 0 and 1 is never shown as 0 or 1.

    Returns
    -------
    str
        Not escaped.
    """
    value = value.item() if hasattr(value, "item") else value  # out of numpy
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
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
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3g}"


class _Shown(str):
    """A number that is text already."""


def _is_number(value: Any) -> bool:
    if isinstance(value, _Shown):
        return True
    value = value.item() if hasattr(value, "item") else value
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: Any, *, head: bool) -> str:
    tag = 'th scope="row"' if head else "td"
    text, style = escape(cell_text(value)), _style(right=_is_number(value))
    return f'<{tag} dir="auto" style="{style}">{text}</{tag.split()[0]}>'


def _style(*, right: bool) -> str:
    side = "right" if right else "left"
    return f"text-align:{side};vertical-align:top;padding:0.15em 0.6em"


def rows_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = "", first: int = FIRST
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

    Returns
    -------
    str
        Every text in it is escaped.
    """
    lines = [list(row) for row in rows]
    shown = lines[:first]
    right = [bool(shown) and all(_is_number(row[i]) for row in shown) for i in range(len(columns))]
    head = "".join(
        f'<th scope="col" style="{_style(right=number)}">{escape(name)}</th>'
        for name, number in zip(columns, right, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(_cell(value, head=i == 0) for i, value in enumerate(row)) + "</tr>"
        for row in shown
    )
    rest = len(lines) - len(shown)
    foot = (
        f'<tfoot><tr><td colspan="{len(columns)}" style="text-align:left">... and {rest:,} more'
        "</td></tr></tfoot>"
        if rest
        else ""
    )
    title = f'<caption style="text-align:left">{escape(caption)}</caption>' if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>"


def frame_table(frame: pd.DataFrame, caption: str = "", first: int = FIRST) -> str:
    """Return a data frame as an HTML table, without its index; see `rows_table`.

    Probabilities beside their errors have the digits that those support.
    """
    plain = frame.astype(object).where(frame.notna(), None)
    if {"probability", "error"} <= set(plain):
        pairs = zip(plain["probability"], plain["error"], strict=True)
        plain["probability"] = [
            None if p is None else _Shown(probability_text(p, e)) for p, e in pairs
        ]
    names = [str(column) for column in frame.columns]
    return rows_table(names, plain.itertuples(index=False, name=None), caption, first)


def card(title: str, facts: Mapping[str, Any], *tables: str) -> str:
    """Return what a result shows of itself in a notebook.

    Parameters
    ----------
    title : str
    facts : dict
        Values by name; those that are None or empty are left out.
    *tables : str
        HTML, from `rows_table` or `frame_table`.

    Returns
    -------
    str
    """
    said = {name: cell_text(value) for name, value in facts.items()}
    line = " · ".join(f"{escape(name)}: {escape(text)}" for name, text in said.items() if text)
    lead = f'<p dir="auto"><strong>{escape(title)}</strong></p>'
    return f'<div class="{PLAIN}">{lead}<p>{line}</p>{"".join(tables)}</div>'
