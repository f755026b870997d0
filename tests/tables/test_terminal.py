"""The summary on a terminal: whole sentences at every width, in lines of their language."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from alumnistats.analysis import analyze, plan
from alumnistats.style import NOT_FIRST, NOT_LAST
from alumnistats.tables.analysis import drawn_text, finding, print_analysis
from alumnistats.tables.plan import print_plan
from alumnistats.tables.words import WORDS, Whole, new_grid
from alumnistats.tables.wrapping import wrapped

PLANNED = ["official-contact-top3-order", "important-at-least-70"]


@pytest.fixture(scope="module")
def analysis():
    return analyze("hackazouk-2025", draws=100)


def printed(analysis, lang, width):
    file = io.StringIO()
    print_analysis(analysis, Console(file=file, width=width, no_color=True), lang)
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_sentences_are_whole_at_every_width(analysis, lang, width):
    text = printed(analysis, lang, width)
    assert "…" not in text
    assert all(cell_len(line) <= width for line in text.splitlines())
    flat = "".join(text.split())
    for judged in analysis.judged:
        if judged.claim.kind == "ranking":
            # A claim stands in a column: its words follow each other there, line by line.
            assert judged.claim.text.get(lang).split()[0].rstrip(",")[:4] in flat
    assert "".join(finding(analysis, lang).split()) in flat
    for of in analysis.ranked:
        assert "".join(drawn_text(analysis, of, lang).split()) in flat


@pytest.fixture(scope="module")
def planned(analysis):
    return plan(analysis, claims=PLANNED)


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_claims_of_a_plan_are_whole_at_every_width(planned, lang, width):
    file = io.StringIO()
    print_plan(planned, Console(file=file, width=width, no_color=True), lang)
    lines = file.getvalue().splitlines()
    assert "…" not in file.getvalue()
    assert all(cell_len(line) <= width for line in lines)
    assert lines[0].rstrip() == WORDS["plan"][lang]
    # Claims stand in the first column, line by line.
    column = "".join("".join(line.split("  ")[0].split()) for line in lines)
    for claim in planned.plan[f"claim_{lang}"]:
        assert "".join(claim.split()) in column


def test_the_finding_comes_first_and_published_shares_stand_beside_estimates(analysis):
    lines = printed(analysis, "en", 100).splitlines()
    assert "statements about rank are supported" in lines[1]
    row = next(line for line in lines if line.lstrip().startswith("top 1") and "Public" in line)
    assert "47.8%" in row
    assert f"of {len(analysis.claims)} claims shown" in "\n".join(lines)


@given(
    st.text("abc 公共サービスー、。「」（）～", max_size=60).map(lambda t: " ".join(t.split())),
    st.integers(6, 40),
)
def test_lines_fit_lose_nothing_and_begin_as_they_may(text, width):
    lines = wrapped(text, width).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= max(width, 2) for line in lines)


def test_no_line_begins_or_ends_with_a_mark_that_may_not():
    text = "公共サービス、製造業（いずれも上位）、金融・保険の順に「公式な接点あり」の割合が高い。"
    for width in range(10, 60):
        for line in wrapped(text, width).split("\n")[1:]:
            assert line[0] not in NOT_FIRST
        for line in wrapped(text, width).split("\n"):
            assert line[-1] not in NOT_LAST


@pytest.mark.parametrize("width", range(24, 90))
def test_names_in_a_table_break_as_their_language_allows(width):
    names = "製造業、建設・不動産、小売、データセンター、金融、消費者サービス、（その他）"
    file = io.StringIO()
    grid = new_grid("表", ["n", "グループ"], right=(0,))
    grid.add_row("110", Whole(names))
    Console(file=file, width=width, no_color=True).print(grid)
    lines = file.getvalue().splitlines()[4:]
    assert all(cell_len(line) <= width for line in lines)
    shown = [line.replace("110", "").strip() for line in lines]
    assert "".join(shown) == names
    assert not any(line[0] in NOT_FIRST for line in shown if line)
