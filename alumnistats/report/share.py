"""The picture that other sites show when a page is shared: what it is, and what was found."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from alumnistats.claims import VERDICT_LABELS
from alumnistats.errors import ArgumentError
from alumnistats.report.words import WORDS, words
from alumnistats.style import NOTE, VERDICTS, fitted, new_axes, styled
from alumnistats.tables.analysis import finding

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis

ON_THE_WEB = ("http://", "https://")
WIDTH, HEIGHT = 1200, 630  # pixels, as sites ask for
DOTS = 100  # an inch
MARGIN, ROOM = 0.6, 10.8  # inches left of the type, and for it
TITLE, FOUND, KEY, SOURCE = 21.0, 31.0, 19.0, 13.0  # points
TOP, MIDDLE, BAR, LABELS, FOOT = 5.8, 4.75, 1.9, 1.25, 0.7  # inches from below
TALL = 0.55  # inches of the bar
LINES = 4  # of the finding at most
ON_LIGHT = ("not supported", "undetermined")  # colours on which a number is black


def share_title(analysis: Analysis, lang: str) -> str:
    """Return what the page calls itself."""
    return words(**WORDS["check"], title=analysis.survey.title.model_dump())[lang]


def picture_address(url: str, name: str) -> str:
    """Return the full address of a picture beside a page.

    Parameters
    ----------
    url : str
        Of the page, or of the folder that it lies in, with a slash at its end.
    name : str
        Of the picture's file.

    Raises
    ------
    ArgumentError
        If it is no address on the web.
    """
    if not url.lower().startswith(ON_THE_WEB):
        raise ArgumentError("url", url, "the page's full address, http(s)://...")
    return urljoin(url, name)


def share_picture(analysis: Analysis, lang: str = "en") -> bytes:
    """Return a PNG of 1200 by 630 pixels: title, finding, and how many claims have each verdict.

    Parameters
    ----------
    analysis : Analysis
    lang : {"en", "ja"}

    Returns
    -------
    bytes
    """
    buffer = io.BytesIO()
    with styled(lang, width=WIDTH / DOTS):
        figure = drawn_share(analysis, lang)
        figure.savefig(buffer, format="png", dpi=DOTS, metadata={"Software": None})
    return buffer.getvalue()


def drawn_share(analysis: Analysis, lang: str) -> Any:
    """Return the figure of `share_picture`; to be called inside of `styled`."""
    width, height = WIDTH / DOTS, HEIGHT / DOTS
    ax = new_axes(width, height)
    ax.figure.set_layout_engine(None)
    ax.figure.set_dpi(DOTS)
    ax.set_position((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set(xlim=(0, width), ylim=(0, height))
    _say(ax, TOP, share_title(analysis, lang), TITLE, 2, color=NOTE)
    _say(ax, MIDDLE, finding(analysis, lang), FOUND, LINES)
    _draw_verdicts(ax, analysis, lang)
    ax.set(xlim=(0, width), ylim=(0, height))  # bars move them
    _say(ax, FOOT, analysis.survey.credit(lang), SOURCE, 2, color=NOTE)
    return ax.figure


def _say(ax: Any, top: float, text: str, size: float, lines: int, color: str = "black") -> None:
    """Write a text below a height, in lines that fit."""
    shown = fitted(text, ROOM, size, lines)
    ax.text(MARGIN, top, shown, fontsize=size, color=color, va="top", linespacing=1.3)


def _draw_verdicts(ax: Any, analysis: Analysis, lang: str) -> None:
    count = Counter(one.verdict for one in analysis.judged)
    found = [(verdict, count[verdict]) for verdict in VERDICT_LABELS if count[verdict]]
    left, step = MARGIN, ROOM / max(len(found), 1)
    for place, (verdict, n) in enumerate(found):
        colour, width = VERDICTS[verdict][0], ROOM * n / len(analysis.judged)
        ax.barh(BAR, width, TALL, left, color=colour, edgecolor="white", lw=2)
        ink = "black" if verdict in ON_LIGHT else "white"
        ax.text(left + width / 2, BAR, f"{n}", fontsize=KEY, color=ink, ha="center", va="center")
        left += width
        at = MARGIN + place * step
        ax.plot(at + 0.12, LABELS, "s", color=colour, ms=15)
        label = VERDICT_LABELS[verdict][lang]
        ax.text(at + 0.35, LABELS, label, fontsize=KEY, va="center")
