"""The summary on a terminal: whole sentences at every width, in lines of their language."""

import dataclasses
import io
import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from alumnistats.analysis import analyze, plan
from alumnistats.reconstruction import informative_figures
from alumnistats.simulation import Calibration, Design
from alumnistats.simulation.words import GROUPS, METHODS, QUANTITIES
from alumnistats.style import NOT_FIRST, NOT_LAST
from alumnistats.tables.analysis import (
    claims_notes,
    drawn_text,
    finding,
    print_analysis,
    ranking_grid,
)
from alumnistats.tables.plan import print_plan
from alumnistats.tables.reconstruction import print_further, sizes_grid
from alumnistats.tables.simulation import print_calibration
from alumnistats.tables.words import WORDS, Whole, group_names, new_grid
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


def test_shares_are_summed_up_once_for_all_groups_of_a_ranking(analysis, monkeypatch):
    """They cost as much as there are groups: once a line would be the square of that."""
    (of, fit), calls = next(iter(analysis.pooled.items())), []
    real = type(fit).summary
    monkeypatch.setattr(type(fit), "summary", lambda own: calls.append(own) or real(own))
    assert len(ranking_grid(analysis, of, "en").rows) > 1
    assert calls == [fit]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_sizes_stand_beside_their_intervals(analysis, lang):
    """A most probable size that is not probable says nothing without one."""
    recon = analysis.reconstruction
    file = io.StringIO()
    Console(file=file, width=400, no_color=True).print(sizes_grid(recon, lang))
    lines = file.getvalue().splitlines()
    for row in recon.sample_sizes.to_dict("records"):
        (line,) = [x for x in lines if recon.survey.label(row["group"], lang) in x]
        ends = [int(n.replace(",", "")) for n in re.findall(r"(?<![.>\d])\d[\d,]*(?![.\d])", line)]
        assert ends[0] == row["mode"]
        told = {row["lower"], row["upper"]}
        assert told <= set(ends[1:])


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


@pytest.fixture(scope="module")
def calibration():
    """Every quantity, group and method there is, on three releases; the first group fails."""
    releases = range(3)
    values = pd.DataFrame(
        [(r, q, g, r / 3) for q in QUANTITIES for g in ("listed", "unlisted", "any")
         for r in releases], columns=["release", "quantity", "groups", "value"],
    )  # fmt: skip
    rows = [
        (r, method, listed, listed, 0.5, 0.4 + 0.2 * (r == 1), 0.6 + 0.2 * (r == 1), 0.5)
        for method in METHODS
        for listed in (True, False)
        for r in releases
    ]
    columns = ["release", "method", "listed", "winner", "estimate", "lower", "upper", "truth"]
    intervals = pd.DataFrame(rows, columns=columns)
    return Calibration(Design(), values, intervals, pd.DataFrame())


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_calibration_is_told_in_words_at_every_width(calibration, lang, width):
    file = io.StringIO()
    print_calibration(calibration, Console(file=file, width=width, no_color=True), lang)
    text = file.getvalue()
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert "…" not in text
    assert not re.search(r"[a-z]_[a-z]", text)  # no names of the code
    assert "66.7% ± 33.3" in text  # two of three intervals hold the truth
    flat = "".join(text.split())
    for words in (*QUANTITIES.values(), GROUPS["listed"], GROUPS["unlisted"], METHODS["naive"]):
        assert "".join(words[lang].split())[:6] in flat


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_else_is_asked_of_a_reconstruction_is_told_in_words(analysis, lang, width):
    """A prior without a solution, one with two sizes, and a number of 29 digits."""
    recon, ids = analysis.reconstruction, analysis.survey.group_ids
    rivals = pd.DataFrame(
        {"sizes": ["equal", *["quota"] * 12], "probability": [0.0, *[1.0] * 12],
         "group": [None, *ids], "mode": [math.nan, *[110.0] * 11, 66.0]},
    )  # fmt: skip
    counts = pd.DataFrame({"of": ["important"], "solutions": [22_126_371_142_622_149_416_980]})
    tables = {
        "informative_figures": informative_figures(recon),
        "solutions": counts.astype({"solutions": object}),
        "size_priors": rivals,
    }
    file = io.StringIO()
    print_further(recon, tables, Console(file=file, width=width, no_color=True), lang)
    text = file.getvalue()
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert not re.search(r"[a-z]_[a-z]", text)
    assert "2.21 × 10^22" in text
    assert WORDS["no solution"][lang] in text
    flat = "".join(text.split())
    for group in ids:
        assert "".join(analysis.survey.label(group, lang).split())[:4] in flat


@pytest.fixture(scope="module")
def voters():
    """A table of every group: no list, and names with commas of their own."""
    return analyze("america-1992", draws=100)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_table_without_lists_has_no_column_of_places(analysis, voters, lang):
    assert WORDS["place"][lang] in printed(analysis, lang, 100)
    assert WORDS["place"][lang] not in printed(voters, lang, 100)


def test_names_with_commas_of_their_own_stand_between_semicolons(analysis, voters):
    groups = ["women_worse", "men_same"]
    assert group_names(voters.survey, groups, "en") == "Women, worse off; Men, as before"
    assert group_names(analysis.survey, ["retail", "energy"], "ja").count("、") == 1


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_supports_a_claim_is_told_beneath_the_claims(analysis, lang):
    choices = dataclasses.replace(analysis.choices, level=0.9)
    strict = dataclasses.replace(analysis, choices=choices)
    assert all(text in claims_notes(strict, lang)[0] for text in ("0.05", "0.95"))
