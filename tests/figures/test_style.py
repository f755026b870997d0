"""Lines of type that fit, and what figures share."""

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.style import (
    DOUBLE,
    SINGLE,
    SMALLEST,
    VERDICTS,
    fitted,
    label_rows,
    new_axes,
    small,
    styled,
    text_width,
)

WORDS = st.lists(
    st.text("abcdefgWM", min_size=1, max_size=12) | st.sampled_from(["公共サービス", "、", "業。"]),
    min_size=1,
    max_size=12,
).map(" ".join)


@given(WORDS, st.floats(0.4, 3), st.integers(1, 3))
def test_lines_fit_and_lose_nothing_silently(text, inches, lines):
    with styled("ja"):
        found = fitted(text, inches, 7, lines)
        parts = found.split("\n")
        assert 1 <= len(parts) <= lines
        for part in parts:
            # One letter and an ellipsis are the least there can be.
            assert text_width(part, 7) <= inches or len(part) <= 2
        if not found.endswith("…"):
            assert "".join(found.split()) == "".join(text.split())
        else:
            kept = "".join(found[:-1].split())
            assert "".join(text.split()).startswith(kept)


def test_words_are_not_broken_where_there_is_room():
    with styled("en"):
        assert fitted("Public services", 2, 7) == "Public services"
        assert fitted("Public services", 0.6, 7, 2) == "Public\nservices"
        assert fitted("Public services", 0.7, 7, 1) == "Public…"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_style_is_set_for_one_figure_only(lang):
    before = dict(mpl.rcParams)
    for width in (SINGLE, DOUBLE, 12.0):
        with styled(lang, width=width):
            sizes = [mpl.rcParams[f"{x}tick.labelsize"] for x in "xy"]
            assert min(*sizes, small(), mpl.rcParams["axes.labelsize"]) >= SMALLEST
    assert dict(mpl.rcParams) == before


def test_verdicts_differ_without_colour():
    assert len({marker for _, marker, _ in VERDICTS.values()}) == len(VERDICTS) == 4


def test_lines_of_a_japanese_name_lie_below_each_other():
    """A browser's fonts fill more of a line than that of the layout: lines need room between."""
    name = "公共サービス"
    with styled("ja"):
        ax = new_axes(4, 2)
        ax.set_ylim(0.5, -0.5)
        label_rows(ax, [0], [f"{name} {name} {name}"], share=0.3)
        (text,) = ax.get_yticklabels()
        ax.figure.canvas.draw()
        high = text.get_window_extent().height
        more = text.get_text().count("\n")
        text.set_text(name)
        assert more
        apart = (high - text.get_window_extent().height) / more
        assert apart > 1.02 * text.get_fontsize() * ax.figure.dpi / 72
