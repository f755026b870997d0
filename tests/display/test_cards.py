"""Cards: escaped whatever they hold, cut after the first rows, no number rounded to certainty."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.display import FIRST, card, cell_text, frame_table, rows_table

# Without what HTML itself replaces or drops.
TEXTS = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1
).filter(lambda text: text == text.strip())


class Reader(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.texts, self.tags, self.open = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, _attrs):
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@given(title=TEXTS, name=TEXTS, caption=TEXTS, cell=TEXTS)
def test_every_text_comes_out_as_it_went_in_and_opens_no_tag(title, name, caption, cell):
    shown = Reader(card(title, {name: cell}, rows_table([name], [[cell]], caption)))
    assert shown.open == []
    usual = Reader(card("t", {"n": "f"}, rows_table(["n"], [["c"]], "c")))
    assert shown.tags == usual.tags
    whole = "".join(shown.texts)
    for text in (title, f"{name}: {cell}", caption, cell):
        assert text in whole


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_no_number_inside_of_0_and_1_is_shown_as_either(value):
    shown = cell_text(value)
    assert shown not in ("0", "1", "0.0", "1.0")
    assert float(shown.lstrip("<>")) == pytest.approx(value, rel=0.005, abs=0.001)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""), (float("nan"), ""), (float("inf"), "∞"), (float("-inf"), "−∞"),
        (True, "yes"), (np.bool_(False), "no"), (1233, "1,233"), (np.int64(7), "7"),
        (1550.4, "1,550"), (3.2e71, "3e+71"), (0.0, "0"), (1.0, "1"), (0.98765, "0.988"),
        (-0.25, "-0.25"), ("x", "x"),
    ],
)  # fmt: skip
def test_values_as_they_are_shown(value, shown):
    assert cell_text(value) == shown


@pytest.mark.parametrize("rows", [0, 1, FIRST, FIRST + 1, 1234])
def test_the_first_rows_and_how_many_more_there_are(rows):
    shown = frame_table(pd.DataFrame({"group": [f"g{i}" for i in range(rows)], "n": range(rows)}))
    assert shown.count("<tr>") == 1 + min(rows, FIRST) + (rows > FIRST)
    assert (f"... and {rows - FIRST:,} more" in shown) == (rows > FIRST)
    assert (f">g{FIRST - 1}<" in shown) == (rows >= FIRST)
    assert f">g{FIRST}<" not in shown


def test_missing_values_of_every_type_are_empty():
    frame = pd.DataFrame(
        {"a": ["x"], "b": [np.nan], "c": [None], "d": pd.array([pd.NA], "Int64"), "e": [pd.NaT]}
    )
    assert frame_table(frame).count("></td>") == 4


def test_facts_without_a_value_are_left_out():
    shown = card("t", {"total": None, "groups": 3, "note": ""})
    assert "groups: 3" in shown
    assert "total" not in shown
    assert "note" not in shown
