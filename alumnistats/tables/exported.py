"""Tables of finished texts for notebooks, papers, Word and Excel, as Stylers that escape them.

A Styler of pandas writes its texts as they stand: a percent sign ends a line of LaTeX, and "<0.001"
is the beginning of a tag of HTML.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from pandas.io.formats.style import Styler

COMMANDS = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        **{sign: f"${sign}$" for sign in "<>"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "≤": r"$\leq$",
        "≥": r"$\geq$",
        "∞": r"$\infty$",
    }
)


def latex_text(text: object) -> str:
    r"""Return a text as LaTeX has to be told it.

    Examples
    --------
    >>> latex_text("≤0.5% of R&D")
    '$\\leq$0.5\\% of R\\&D'
    """
    return str(text).translate(COMMANDS)


def html_text(text: object) -> str:
    """Return a text as HTML has to be told it."""
    return html.escape(str(text), quote=False)


class Table(Styler):
    """A Styler of texts: its files say what it shows, whatever signs there are."""

    caption: str

    def to_html(self, buf: Any = None, **options: Any) -> Any:
        """Write HTML; with ``doctype_html=True`` a page of its own, which Word opens, too."""
        return super(Table, self._told(html_text)).to_html(buf, **options)

    def to_latex(self, buf: Any = None, **options: Any) -> Any:
        """Write LaTeX, with the rules of booktabs unless ``hrules=False``."""
        return super(Table, self._told(latex_text)).to_latex(buf, **{"hrules": True, **options})

    def to_excel(self, excel_writer: Any, *args: Any, **options: Any) -> None:
        """Write a sheet, as displayed; without numbers of rows unless ``index=True``."""
        super().to_excel(excel_writer, *args, **({} if args else {"index": False}) | options)

    def _told(self, escape: Callable[[object], str]) -> Table:
        """Return a copy whose cells, headings and caption are escaped."""
        told = deepcopy(self)
        told.format(escape).format_index(escape, axis=1)
        told.set_caption(escape(self.caption))
        return told
