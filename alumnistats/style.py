"""One style for all figures: colours that colour-blind readers can tell apart, and a font.

Nothing global changes: figures are drawn inside `styled`, on axes that are given or made here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Okabe and Ito's palette.
BLUE, ORANGE, GREEN, VERMILION, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#999999"
PINK, SKY = "#CC79A7", "#56B4E9"
FONT = "IPAexGothic"
SUBTITLE = "_subtitle"  # label of its text, by which `untitled` knows it; legends leave it out
SMALLEST = 6.5  # points: the smallest type in print, so labels are left out or shortened instead
LINE = 1.2  # height of a line of type, in its size
RANK_TICKS = 20  # numbers along an axis of ranks at most
SINGLE, DOUBLE = 3.4, 7.0  # inches: one and two columns of a journal
WIDE = 10.0  # inches: a slide, or a page on a screen
LABELS = 0.42  # of a panel's width, at most, for the names of rows
EVEN = 0.05  # inches to which lines of a broken text are made equally long
MARGIN = 0.08  # inches at either side of a title or a legend
HANDLE = 5.0  # room of a legend's line and gaps, in sizes of its type
HEADING = 0.5  # inches that a subtitle over the axes and a source under them take
JAPANESE = 0x2E80  # letters from here on are Japanese, and need no space to be parted
NOTE = "0.35"  # shade of subtitles and sources
ABOVE = 6.0  # points from the axes to the type over them
# Where Japanese lines may not break (JIS X 4051): before these letters, and after those.
NOT_FIRST = frozenset(
    "、。，．・：；？！ー〜～…‥」』】〕〉》）］｝々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%％,.:;?!)]}"
)
NOT_LAST = frozenset("〜～／「『【〔〈《（［｛([{")
VERDICTS: dict[str, tuple[str, str, str]] = {
    "supported": (BLUE, "o", BLUE),
    "not supported": (ORANGE, "s", "white"),
    "contradicted": (VERMILION, "X", VERMILION),
    "undetermined": (GREY, "D", "white"),
}
"""Colour, shape and fill of each verdict's marker: told apart without colour, too."""


@lru_cache(maxsize=1)
def _japanese_font() -> str | None:
    """Register the font that matplotlib-fontja ships, without importing that package."""
    from matplotlib import font_manager

    spec = find_spec("matplotlib_fontja")
    if spec is None or spec.origin is None:
        return None
    for path in Path(spec.origin).parent.rglob("*.ttf"):
        font_manager.fontManager.addfont(str(path))
    return FONT


def type_size(width: float) -> float:
    """Return the size of type, in points, for a figure's width in inches."""
    if width <= 1.3 * SINGLE:
        return 7.0
    return 8.0 if width <= DOUBLE else 9.0


def is_narrow(ax: Any) -> bool:
    """Return whether the axes have about one column of a journal."""
    return panel_width(ax) <= 1.3 * SINGLE


def small() -> float:
    """Return the size of legends and notes inside `styled`."""
    import matplotlib as mpl

    return max(float(mpl.rcParams["font.size"]) - 0.5, SMALLEST)


@contextmanager
def styled(lang: str, ax: Any = None, width: float = DOUBLE) -> Iterator[None]:
    """Set fonts and sizes for one figure: those of the axes' figure, or of `width` inches.

    Only what is set is put back, not all settings as `matplotlib.rc_context` does: the first figure
    makes a notebook's backend interactive, and with that undone no later figure would be shown.
    """
    import matplotlib as mpl

    size = type_size(width if ax is None else ax.figure.get_figwidth())
    settings: dict[str, Any] = {
        "font.size": size,
        "axes.titlesize": size + 0.5,
        "axes.labelsize": size,
        "xtick.labelsize": size - 0.5,
        "ytick.labelsize": size - 0.5,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "svg.hashsalt": "alumnistats",
        "text.parse_math": False,  # a label with a dollar sign is no formula
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
    }
    font = _japanese_font()
    if font is not None:  # the other font has what the first one lacks, such as a publisher's name
        families = [font, "DejaVu Sans"]
        settings["font.family"] = families if lang == "ja" else families[::-1]
    if ax is not None:
        _plain_texts(ax)
    before = {name: mpl.rcParams[name] for name in settings}
    mpl.rcParams.update(settings)
    try:
        if ax is not None:
            _adopt(ax)
        yield
    finally:
        mpl.rcParams.update(before)


def _plain_texts(ax: Any) -> None:
    """Keep the texts that axes of somebody else came with from reading dollar signs as formulas."""
    axes = (ax.xaxis, ax.yaxis)
    ticks = [tick for axis in axes for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())]
    labels = [text for tick in ticks for text in (tick.label1, tick.label2)]
    # The titles left and right have no public name; set_title(loc=) writes to them.
    titles = (ax.title, ax._left_title, ax._right_title)
    for text in (*titles, *(axis.label for axis in axes), *labels):
        text.set_parse_math(False)


def _adopt(ax: Any) -> None:
    """Give axes that were made under other settings the fonts and spines that are set now."""
    import matplotlib as mpl

    family, size = mpl.rcParams["font.family"], float(mpl.rcParams["font.size"])
    for text in (ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label):
        text.set_family(family)
        text.set_size(size)
    ax.tick_params(labelsize=size - 0.5, labelfontfamily=family)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def new_axes(width: float, height: float) -> Any:
    """Return the axes of a new figure that no global state knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def shown_axes(width: float, height: float) -> Any:
    """Return the axes of a new figure that pyplot shows, as readers of a notebook expect."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def rank_ticks(groups: int, ax: Any = None) -> list[int]:
    """Return the ranks to number on an axis: 1, and as many round ones as can be read."""
    most = RANK_TICKS
    if ax is not None:  # letters are about 0.62 of their size wide
        number = (0.62 * len(str(groups)) * SMALLEST + 3) / 72
        most = min(most, max(int((1 - LABELS) * panel_width(ax) / number), 2))
    rough = groups / most
    if rough <= 1:
        return list(range(1, groups + 1))
    power = 10 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough)
    return [1, *range(step, groups + 1, step)] if step > 1 else list(range(1, groups + 1))


def panel_width(ax: Any) -> float:
    """Return the width, in inches, that the axes and their labels share."""
    spec = ax.get_subplotspec()
    columns = 1 if spec is None else spec.get_gridspec().ncols / len(spec.colspan)
    return float(ax.figure.get_figwidth() / columns)


def panel_height(ax: Any) -> float:
    """Return the height, in inches, that the axes and their labels share."""
    spec = ax.get_subplotspec()
    rows = 1 if spec is None else spec.get_gridspec().nrows / len(spec.rowspan)
    return float(ax.figure.get_figheight() / rows)


def is_alone(ax: Any) -> bool:
    """Return whether a figure has one panel, so that titles and legends may take its width."""
    spec = ax.get_subplotspec()
    return spec is not None and spec.get_gridspec().nrows * spec.get_gridspec().ncols == 1


def text_width(text: str, size: float) -> float:
    """Return how wide a line of type is, in inches, in the font that is set."""
    import matplotlib as mpl

    return _width(text, size, tuple(mpl.rcParams["font.family"]))


@lru_cache(maxsize=1 << 14)
def _width(text: str, size: float, family: tuple[str, ...]) -> float:
    """Return the width in these fonts: the same names are measured for every figure."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family=list(family), size=size)
    width, _, _ = _renderer().get_text_width_height_descent(text, font, False)
    return float(width) / 72


@lru_cache(maxsize=1)
def _renderer() -> Any:
    from matplotlib.backends.backend_agg import RendererAgg

    make: Any = RendererAgg  # has no types
    return make(1, 1, 72)


def fitted(text: str, inches: float, size: float, lines: int = 1) -> str:
    """Return a text broken into lines that fit, the last one ending in an ellipsis if it must.

    Parameters
    ----------
    text : str
    inches : float
        Width of a line.
    size : float
        Of the type, in points.
    lines : int
        At most.
    """
    rest = text.strip()
    whole = _broken(rest, inches, size, lines)
    if whole is not None:
        return "\n".join(_balanced(rest, whole, inches, size))
    found: list[str] = []
    while len(found) < lines - 1:
        end = _word_end(rest, _longest(rest, inches, size))
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    end = _longest(rest, inches - text_width("…", size), size)
    last = rest[: _word_end(rest, end)].rstrip(" ,;、")
    return "\n".join([*found, last + "…"])


def _broken(text: str, inches: float, size: float, lines: int) -> list[str] | None:
    """Return the lines of a text, as long as they can be; None if it needs more lines."""
    found: list[str] = []
    while len(found) < lines:
        end = _longest(text, inches, size)
        if end >= len(text):
            return [*found, text]
        end = _word_end(text, end)
        found.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return None


def _balanced(text: str, found: list[str], inches: float, size: float) -> list[str]:
    """Return as many lines about equally long, rather than a last one of a letter or two."""
    words = [text_width(word, size) for word in text.split() if word.isascii()]
    low = max([inches / len(found) / 2, *words])  # no word is to be broken that was not
    while len(found) > 1 and inches - low > EVEN:
        middle = (low + inches) / 2
        closer = _broken(text, middle, size, len(found))
        if closer is None:
            low = middle
        else:
            found, inches = closer, middle
    return found


def _longest(text: str, inches: float, size: float) -> int:
    """Return how many letters fit, one at least."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle], size) <= inches:
            low = middle
        else:
            high = middle - 1
    return low


def may_break(text: str, at: int) -> bool:
    """Return whether a line may end before the letter at `at`.

    At spaces, and beside letters of Japanese unless a line would begin or end with a mark that must
    not stand there.
    """
    before, after = text[at - 1], text[at]
    if after == " " or before == " ":
        return True
    if after in NOT_FIRST or before in NOT_LAST:
        return False
    return ord(before) > JAPANESE or ord(after) > JAPANESE


def _ends_phrase(text: str, at: int) -> bool:
    """Return whether a Japanese phrase probably ends there: kana, then anything but kana."""
    before, after = text[at - 1], text[at]
    return before in "、。）」：・ " or ("ぁ" <= before <= "ん" and not "ぁ" <= after <= "ん")


def _inside_word(text: str, at: int) -> bool:
    """Return whether letters of one word in katakana stand on both sides."""
    return all("ァ" <= letter <= "ー" and letter != "・" for letter in text[at - 1 : at + 1])


def _word_end(text: str, end: int) -> int:
    """Return the last good place at `end` or before where a line may break.

    A phrase's end in the second half of the line, else a place outside of words, else any; `end` if
    there is none.
    """
    places = [at for at in range(end, 0, -1) if may_break(text, at)]
    near = [at for at in places if at > end / 2]
    for fits in (_ends_phrase, lambda text, at: not _inside_word(text, at)):
        if found := next((at for at in near if text[at] == " " or fits(text, at)), 0):
            return found
    return places[0] if places else end


def label_rows(
    ax: Any, places: Sequence[float], names: Sequence[str], share: float = LABELS, most: int = 3
) -> None:
    """Name the rows of an axis whose limits are set, in type as small as they need.

    A name that is wider than its `share` of the panel is broken into as many lines as the row
    holds, `most` at most, and ends in an ellipsis if that is too little. Where even the smallest
    type is too high, only every second (third, ...) row is named.
    """
    low, high = sorted(ax.get_ylim())
    row = ax.get_window_extent().height * 72 / ax.figure.dpi / max(high - low, 1e-9)
    largest = min(small(), max(row / LINE, SMALLEST))
    step = max(math.ceil(SMALLEST * LINE / row), 1)
    room = share * panel_width(ax)
    few = list(names)[::step]

    def broken(size: float) -> list[str]:
        lines = min(max(int(row / (size * LINE)), 1), most)
        return [fitted(name, room, size, lines) for name in few]

    size, shown = largest, broken(largest)
    if any(name.endswith("…") for name in shown):  # smaller type rather than an ellipsis
        size, shown = SMALLEST, broken(SMALLEST)
    japanese = any(ord(letter) > JAPANESE for name in shown for letter in name)
    apart = LINE if japanese else 1.0  # letters of Japanese fill their line
    ax.set_yticks(list(places)[::step], shown, fontsize=size, linespacing=apart)


def title(ax: Any, text: str, subtitle: str = "") -> None:
    """Put a title over the axes, and a subtitle under it, each broken into lines.

    They take the width of the figure if the axes are alone, otherwise that of the axes.

    Parameters
    ----------
    ax : Axes
    text : str
        What is to be seen.
    subtitle : str
        What is drawn, of how many, at which level.
    """
    import matplotlib as mpl
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    size, note = float(mpl.rcParams["font.size"]) + 1.0, small()
    width, alone = panel_width(ax), is_alone(ax)
    room = width - 2 * MARGIN if alone else (1 - LABELS) * width
    below = fitted(subtitle, room, note, 2) if subtitle else ""
    pad = ABOVE + (LINE * note * (below.count("\n") + 1) + 2 if below else 0)
    above = fitted(text, room, size, 3)
    # The layout sees lines without width: type may stand over a bar of shades beside the axes.
    ax.set_title("\n".join(" " * (above.count("\n") + 1)), pad=pad, fontsize=size)
    shown = ax.set_title(above, loc="left", pad=pad, fontsize=size)
    across, left = ax.transAxes, 0.0
    if alone:
        across, left = ax.figure.transFigure, MARGIN / width
    place = blended_transform_factory(across, ax.transAxes)
    shown.set_transform(place + ax.titleOffsetTrans)
    shown.set_x(left)
    shown.set_in_layout(False)
    if below:
        up = ScaledTranslation(0, ABOVE / 72, ax.figure.dpi_scale_trans)
        note_text = ax.text(
            left, 1, below, transform=place + up, fontsize=note, color=NOTE, va="bottom"
        )
        note_text.set_in_layout(False)
        note_text.set_label(SUBTITLE)


def untitled(ax: Any) -> None:
    """Take title, subtitle and source off a figure, where a caption says what they do."""
    ax.set_title("", loc="left", pad=0.0)
    ax.set_title("", pad=0.0)
    for text in ax.texts:
        if text.get_label() == SUBTITLE:
            text.remove()
    ax.figure.supxlabel("").set_in_layout(False)


def source_line(ax: Any, text: str) -> None:
    """Say under a figure whose axes are alone, and which lays itself out, where it comes from."""
    if is_alone(ax) and ax.figure.get_layout_engine() is not None:
        width = panel_width(ax)
        shown = fitted(text, width - 2 * MARGIN, SMALLEST, 3)
        ax.figure.supxlabel(shown, x=MARGIN / width, ha="left", fontsize=SMALLEST, color=NOTE)


def axis_label(ax: Any, text: str, share: float = LABELS) -> None:
    """Name the horizontal axis, in lines if the text is wider than what `share` leaves of it."""
    import matplotlib as mpl

    size = float(mpl.rcParams["font.size"])
    ax.set_xlabel(fitted(text, (1 - share) * panel_width(ax) - 2 * MARGIN, size, 3))


def upright_label(ax: Any, text: str) -> None:
    """Name the vertical axis, in lines if the text is longer than half of the figure is high."""
    import matplotlib as mpl

    room = ax.figure.get_figheight() / 2  # the rest is titles, ticks and the legend
    ax.set_ylabel(fitted(text, room, float(mpl.rcParams["font.size"]), 3))


def level_text(level: float) -> str:
    """Return a level as a percentage with the digits that it has."""
    return f"{100 * level:.4g}%"


def percent_axis(ax: Any) -> None:
    """Show proportions as whole percentages along the horizontal axis, with a grid."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    ax.xaxis.set_major_locator(MaxNLocator(4 if is_narrow(ax) else 8, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.grid(axis="x", color="0.9", lw=0.6)
    ax.set_axisbelow(True)


def log_axis(ax: Any) -> None:
    """Label a logarithmic horizontal axis with 100, 1,000, 10,000 and so on, with a grid."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.xaxis.set_major_locator(LogLocator(numticks=3 if is_narrow(ax) else 9))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="x", color="0.92", lw=0.6)
    ax.set_axisbelow(True)


def legend_below(
    ax: Any, columns: int, handles: Sequence[Any] | None = None, gap: float = 0.0
) -> Any:
    """Put the legend under the axis and its label, however tall the axes are.

    It has fewer columns where the entries would be wider than the panel, and long entries are
    broken into lines.

    Parameters
    ----------
    ax : Axes
    columns : int
        At most.
    handles : sequence, optional
        What the legend explains, in that order; whatever has a label when omitted.
    gap : float
        Inches that something else takes between the axis and the legend.
    """
    import matplotlib as mpl
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    shown = list(ax.get_legend_handles_labels()[0] if handles is None else handles)
    size, width = small(), panel_width(ax) - 2 * MARGIN
    texts = [str(h.get_label()) for h in shown]
    sign = HANDLE * size / 72
    entries = sorted((text_width(t, size) + sign for t in texts), reverse=True) or [sign]
    while columns > 1 and columns * entries[0] > width:
        columns -= 1
    texts = [fitted(t, width - sign, size, 3) for t in texts]
    label = ax.xaxis.label.get_text()
    lines = bool(label) * (label.count("\n") + 1) * float(mpl.rcParams["font.size"])
    # Ticks, their numbers, the label, and the gaps between them.
    below = (15 + LINE * (small() + lines)) / 72 + gap
    down = ax.transAxes + ScaledTranslation(0, -below, ax.figure.dpi_scale_trans)
    across = ax.figure.transFigure if is_alone(ax) else ax.transAxes
    return ax.legend(
        shown, texts, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=columns,
        bbox_transform=blended_transform_factory(across, down), frameon=False, fontsize=size,
        borderaxespad=0.0, borderpad=0.0, labelspacing=0.35, columnspacing=1.2,
    )  # fmt: skip
