"""Formulas as drawings inside the page: no script, no font, nothing fetched.

matplotlib sets the formula in its own fonts; the outlines become an SVG that has the text's colour
and stands on its baseline. The formula's source is its label, for those who do not see it.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

from docutils import nodes

SIZE = 100.0  # points at which outlines are taken; lengths are in em afterwards
SAME = {  # what matplotlib does not know, in the words that it knows
    r"\tfrac": r"\frac",
    r"\dots": r"\ldots",
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\ne": r"\neq",
    r"\Bigl": r"\left",
    r"\Bigr": r"\right",
    r"\bigl": r"\left",
    r"\bigr": r"\right",
}


def known(source: str) -> str:
    """Return the formula in the words of matplotlib, on one line."""
    line = re.sub(
        r"\\[a-zA-Z]+", lambda match: SAME.get(match[0], match[0]), " ".join(source.split())
    )
    line = re.sub(r"\\frac(\w)(\w)", r"\\frac{\1}{\2}", line)
    return re.sub(r"\\(sqrt|mathbf) ?(\\[a-z]+|\w)", r"\\\1{\2}", line)


@cache
def drawing(source: str) -> str:
    """Return the SVG of a formula; raise ValueError if it cannot be set."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser
    from matplotlib.textpath import TextPath

    font = FontProperties(math_fontfamily="stix", size=SIZE)
    text = f"${known(source)}$"
    width, height, depth, *_ = MathTextParser("path").parse(text, 72, font)
    path = TextPath((0, 0), text, prop=font)
    parts = []
    for points, code in path.iter_segments(curves=True, simplify=False):
        letter = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}[int(code)]
        numbers = [] if letter == "Z" else [f"{x:.1f}" for x in points]
        parts.append(letter + " ".join(numbers))
    pad = 0.04 * SIZE
    box = f"{-pad:.1f} {-(height + pad):.1f} {width + 2 * pad:.1f} {height + depth + 2 * pad:.1f}"
    style = (
        f"width:{(width + 2 * pad) / SIZE:.3f}em;height:{(height + depth + 2 * pad) / SIZE:.3f}em;"
        f"vertical-align:{-(depth + pad) / SIZE:.3f}em"
    )
    return (
        f'<svg role="img" aria-label="{html.escape(source)}" viewBox="{box}" style="{style}">'
        f'<path transform="scale(1,-1)" fill="currentColor" d="{"".join(parts)}"/></svg>'
    )


def inline(translator: Any, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    translator.body.append(drawing(node.astext()))
    raise nodes.SkipNode


def display(translator: Any, node: nodes.math_block) -> None:
    """Write a formula of its own line."""
    large = re.sub(r"\\frac\b", r"\\dfrac", node.astext())
    translator.body.append(
        f'<div style="text-align:center;overflow-x:auto;margin:1em 0">{drawing(large)}</div>'
    )
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("svg", (inline, None), (display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
