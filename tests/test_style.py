"""The style is set for one figure, and put back without undoing what else was set meanwhile."""

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.style import EVEN, fitted, styled, text_width


def test_settings_are_put_back_also_after_an_error():
    before, inside = dict(mpl.rcParams), {}

    def fails():
        with styled("ja"):
            inside.update(mpl.rcParams)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert inside["font.size"] != before["font.size"]
    assert inside["font.family"][0] == "IPAexGothic"
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_a_backend_sets_inside_stays(lang):
    # A notebook's backend does so with the first figure; undone, it would show no later one.
    before = mpl.rcParams["interactive"]
    try:
        with styled(lang):
            mpl.rcParams["interactive"] = not before
        assert mpl.rcParams["interactive"] is not before
    finally:
        mpl.rcParams["interactive"] = before


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("重要とする2つの回答の合計は70%を超える。", "ja"),
        ("Industries differ in the hurdles that they name.", "en"),
    ],
)
@given(inches=st.floats(0.8, 4.0), lines=st.integers(1, 4))
def test_texts_are_broken_into_even_lines(text, lang, inches, lines):
    with styled(lang):
        found = fitted(text, inches, 8.0, lines).split("\n")
        widths = [text_width(line, 8.0) for line in found]
        assert len(found) <= lines
        assert max(widths) <= inches
        if not found[-1].endswith("…"):
            assert "".join(found).replace(" ", "") == text.replace(" ", "")
            # In the same number of lines, no narrower column would hold it.
            narrower = fitted(text, max(widths) - 2 * EVEN, 8.0, lines).split("\n")
            assert len(narrower) > len(found) or narrower[-1].endswith("…") or lang == "en"


def test_no_word_is_broken_to_make_lines_even():
    with styled("en"):
        text = "a uncharacteristically b"
        room = text_width("a uncharacteristically", 8.0) + 0.01
        assert fitted(text, room, 8.0, 2).split() == text.split()
