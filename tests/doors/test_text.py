"""Text from files is data: refused where it can only command, shown as it is everywhere else."""

import io
import json
import re
import warnings
from xml.etree import ElementTree

import attacks
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from alumnistats import analyze
from alumnistats.cli import main
from alumnistats.errors import ArgumentError, SurveyFileError
from alumnistats.figures import figure_files
from alumnistats.report import render_html
from alumnistats.sources import read_microdata, read_survey
from alumnistats.tables import csv_files
from alumnistats.text import file_part, from_csv_text, visible

LABELS = ["[/] North", r"South $\frac$", "=1+1", "East [/bold] $", "'quoted' :smile: <b>"]
FILE = """\
format = 1
id = "hostile"
title = {{ en = "{title}", ja = "x" }}
source = {{ publisher = "x", url = "x", cite = "x" }}
total = 200
{groups}
[[questions]]
id = "q"
label = {{ en = "[/] $", ja = "x" }}
answers = "single"
options = [ {{ id = "yes", label = {{ en = "Yes", ja = "x" }} }} ]
[[measures]]
id = "m"
question = "q"
options = ["yes"]
label = {{ en = "+Measure [/] $\\\\alpha", ja = "x" }}
{figures}
[[claims]]
id = "first"
kind = "extreme-set"
of = "m"
from = "highest"
members = ["g0"]
text = {{ en = "[/red] $x first", ja = "x" }}
at = "x"
"""


def file(tmp_path, labels, title="T [/]"):
    groups = "\n".join(
        f'[[groups]]\nid = "g{i}"\nn = 40\nlabel = {{ en = {json.dumps(label)}, ja = "x" }}'
        for i, label in enumerate(labels)
    )
    figures = "\n".join(
        f'[[figures]]\nof = "m"\ngroup = "g{i}"\npercent = "{50 - 5 * i}.0"\nat = "x"'
        for i in range(len(labels))
    )
    path = tmp_path / "survey.toml"
    path.write_text(FILE.format(groups=groups, figures=figures, title=title), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    return file(tmp_path_factory.mktemp("hostile"), LABELS)


@pytest.fixture(scope="module")
def analysis(survey):
    return analyze(survey, draws=100)


@pytest.mark.parametrize("command", ["analyze", "reconstruct", "plan", "bounds"])
def test_commands_print_labels_as_they_are(survey, command):
    draws = [] if command == "bounds" else ["--draws", "100"]
    result = CliRunner().invoke(main, [command, str(survey), *draws], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    shown = "[/red] $x first" if command == "plan" else "[/] North"
    assert shown in result.stdout


def test_figures_show_labels_as_they_are(analysis):
    drawn = dict(figure_files(analysis))
    assert drawn
    for content in drawn.values():
        ElementTree.fromstring(content)


def test_the_page_escapes_labels(analysis):
    page = render_html(analysis)
    assert "&#39;quoted&#39; :smile: &lt;b&gt;" in page
    assert ":smile: <b>" not in page


def test_no_cell_is_a_formula_and_each_can_be_had_back(analysis):
    tables = analysis.tables()
    for name, content in csv_files(tables).items():
        assert not re.search(rb'(?m)(^|,)"?[=+@]', content), name
    read = pd.read_csv(io.BytesIO(csv_files(tables)["sample_sizes.csv"]), dtype=str)
    assert read["group_label"].map(from_csv_text).tolist() == LABELS


@pytest.mark.parametrize(
    ("letter", "code"),
    [("\x1b", "U+001B"), ("\x07", "U+0007"), ("\x85", "U+0085"), ("\x7f", "U+007F"),
     ("\x00", "U+0000"), ("\u202e", "U+202E"), ("\ufffe", "U+FFFE"), ("\r", "U+000D")],
)  # fmt: skip
def test_controls_are_refused_with_key_and_code_point(tmp_path, letter, code):
    path = file(tmp_path, ["One", f"T{letter}wo", "Three"])
    with pytest.raises(SurveyFileError) as caught:
        read_survey(path)
    (problem,) = caught.value.problems
    assert problem.key == "groups[1] (g1).label.en"
    assert code in problem.found
    assert "letter 2" in problem.found
    assert letter not in str(caught.value)


def test_no_message_holds_a_control_character(tmp_path):
    assert visible("\x1b[2J\u202e") == "<U+001B>[2J<U+202E>"
    assert "\x1b" not in str(ArgumentError("x", ["\x1b[2J", "\x9b"], "y\x07"))
    path = tmp_path / "a\x1bb.toml"
    with pytest.raises(SurveyFileError) as caught:
        read_survey(path)
    assert "\x1b" not in str(caught.value)


def test_tables_with_control_characters_are_refused_with_the_cell(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("x,Yes\nNorth,50.0\nSo\x1buth,20.0\nWest,30.0\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["init", str(tmp_path / "new"), "--from", str(path)])
    assert result.exit_code == 2, result.output
    assert "U+001B" in result.output
    assert "\x1b" not in result.output


def test_ids_of_any_length_and_kind_are_different_files():
    assert file_part("lunch:none") != file_part("lunch-none")
    assert len(file_part("製" * 200).encode()) < 150
    assert file_part("α").casefold() != file_part("Α").casefold()


@pytest.mark.parametrize(
    ("attack", "times"),
    [(attacks.text_in, 500), (attacks.text_out, 150), (attacks.text_in_figure, 15),
     (attacks.ids_as_files, 50)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)  # fmt: skip
def test_fuzz(attack, times):
    rng = np.random.default_rng(19)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert {attack(rng) for _ in range(times)} <= {"accepted", "refused"}


def test_respondents_with_control_characters_are_refused():
    frame = pd.DataFrame({"g": ["A\x1b", "B"] * 20, "q": ["yes", "n\x07o"] * 20})
    with pytest.raises(SurveyFileError, match=r"U\+001B(.|\n)*U\+0007"):
        read_microdata(frame, group="g", questions=["q"])
