"""The command line: output, exit statuses, and nothing written when something is wrong."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from alumnistats.analysis import analyze
from alumnistats.cli import main
from alumnistats.rounding import ROUNDING_WORDS
from alumnistats.tables import csv_files

EMBEDDED = Path(__file__).parents[1] / "alumnistats" / "surveys" / "hackazouk_2025.toml"
FORMAT_ONE = Path(__file__).parent / "reconstruction" / "cases" / "f7.toml"
QUICK = "america-1969"
FAST = ["--draws", "200"]


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def edited(tmp_path, old, new):
    text = EMBEDDED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "survey.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the folder of a survey of which few figures are drawn."""
    out = tmp_path_factory.mktemp("out") / "results"
    result = run("analyze", QUICK, "--out", str(out), *FAST)
    assert result.exit_code == 0, result.output
    return out


def test_analyze_prints_sizes_rankings_and_claims(tmp_path):
    """The main job: the embedded survey, with all that is written."""
    result = run("analyze", "--out", str(tmp_path / "results"), *FAST)
    assert result.exit_code == 0, result.output
    assert len(pd.read_csv(tmp_path / "results" / "claims.csv")) == 35
    for name in ("report.html", "analysis.json", "analysis.nc", "figures"):
        assert (tmp_path / "results" / name).exists(), name
    for words in ("Sample sizes", "Official contact", "Claims", "not supported", "contradicted"):
        assert words in result.stdout


def test_analyze_writes_every_table_and_document(written):
    document = json.loads((written / "analysis.json").read_text(encoding="utf-8"))
    for name, records in document["tables"].items():
        frame = pd.read_csv(written / f"{name}.csv")
        assert len(frame) == len(records)
        assert list(frame.columns) == list(records[0])
    for name in ("report.html", "analysis.nc"):
        assert (written / name).stat().st_size > 1000
    assert any((written / "figures").iterdir())
    assert not [p for p in written.iterdir() if p.name.startswith(".writing")]


def test_same_seed_same_bytes(written):
    again = csv_files(analyze(QUICK, draws=200).tables())
    assert {path.name for path in written.glob("*.csv")} == set(again)
    for name, content in again.items():
        assert (written / name).read_bytes() == content, name


def test_json_alone_on_standard_output():
    result = run("analyze", QUICK, "--json", *FAST)
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["survey"]["id"] == QUICK
    assert document["seed"] == 0
    assert len(document["tables"]["claims"]) == 3


def test_japanese():
    result = run("analyze", QUICK, "--lang", "ja", *FAST)
    assert result.exit_code == 0
    assert "信仰に反対" in result.stdout
    assert "支持される" in result.stdout


def test_reconstruct_and_its_json():
    result = run("reconstruct", QUICK, "--json", *FAST)
    assert result.exit_code == 0
    tables = json.loads(result.stdout)["tables"]
    assert {"sample_sizes", "conventions", "counts"} <= set(tables)
    shown = run("reconstruct", *FAST).stdout  # of the embedded survey, whose figures pin a size
    assert "Sample sizes" in shown
    assert "pin" in shown


def test_validate():
    result = run("validate")
    assert result.exit_code == 0
    assert "figures: 38" in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('public_services = "47.8"', "public_services = 47.8", "string"),
        ('public_services = "47.8"', 'public_services = "101.0"', "between 0 and 100"),
        ("total = 1233", "total = -5", "total"),
        ("total = 1233", "totla = 1233", "totla"),
        ('public_services = "47.8"', 'public_service = "47.8"', "public_services"),
        ("[figures.contact.overall]", "[figures.contacts.overall]", "contacts"),
        ("total = 1233", "total = 7", "total"),
        ('retail = "17.2"', 'education = "17.2"', "education"),
        ("top = { places = 4,", 'top = { places = [["both"], ["none"]],', "expected none first"),
    ],
)
def test_bad_files(tmp_path, old, new, words):
    out = tmp_path / "out"
    result = run("analyze", str(edited(tmp_path, old, new)), "--out", str(out))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert not out.exists()


def test_files_that_are_no_survey(tmp_path):
    missing = run("analyze", str(tmp_path / "none.toml"))
    assert missing.exit_code == 2
    assert "none.toml" in missing.stderr
    broken = tmp_path / "broken.toml"
    broken.write_text("format = = 1", encoding="utf-8")
    assert run("validate", str(broken)).exit_code == 2


def test_contradiction_names_a_minimal_conflict(tmp_path):
    """The sizes that can print these three shares sum to more than the total."""
    path = tmp_path / "survey.toml"
    small = EMBEDDED.parents[2] / "tests" / "sensitivity" / "small.toml"
    path.write_text(small.read_text(encoding="utf-8").replace("80.6", "80.9"), encoding="utf-8")
    result = run("reconstruct", str(path), *FAST)
    assert result.exit_code == 3
    for line in ("total: 91", "80.9% (table)", "63.3% (table)", "53.3% (table)"):
        assert line in result.stderr
    assert result.stderr.count("\n  - ") == 4


@pytest.mark.parametrize("kind", ["file", "below a file"])
def test_output_folder_that_cannot_be(tmp_path, kind):
    taken = tmp_path / "taken"
    taken.write_text("here", encoding="utf-8")
    out = taken if kind == "file" else taken / "deeper"
    result = run("analyze", "--out", str(out), *FAST)
    assert result.exit_code == 2
    assert "--out" in result.stderr
    assert taken.read_text(encoding="utf-8") == "here"


def test_output_folder_without_permission(tmp_path, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    result = run("analyze", "--out", str(tmp_path / "new"), *FAST)
    assert result.exit_code == 2
    assert "written to" in result.stderr


@pytest.mark.parametrize("options", [["--level", "1.5"], ["--draws", "3"]])
def test_bad_numbers(options):
    result = run("analyze", *options)
    assert result.exit_code == 2
    assert options[0].strip("-") in result.stderr


def test_interruption_leaves_nothing_half_written(tmp_path):
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "alumnistats", "analyze", "--out", str(out)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in message
    assert not list(out.rglob("*")) if out.exists() else True
    shutil.rmtree(out, ignore_errors=True)


@pytest.mark.parametrize(
    "interrupt",
    [
        "exec('raise KeyboardInterrupt')",  # as while a dataclass is made
        "raise ImportError('initialization failed') from KeyboardInterrupt()",  # extension modules
    ],
)
def test_interruption_while_importing_has_its_status(interrupt, tmp_path):
    program = f"""
from alumnistats.cli import main

@main.command()
def interrupted():
    {interrupt}

main(["interrupted"])
"""
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-m", "program"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 130, done.stderr
    assert b"Traceback" not in done.stderr


def test_schema_is_printed():
    result = run("schema")
    assert result.exit_code == 0
    assert "figures" in json.loads(result.stdout)["properties"]


def test_sizes_of_two_percentages():
    result = run("sizes", "47.8", "44.5", "--max", "300", "--json")
    sizes = json.loads(result.stdout)["sizes"]["half-up"]
    possible = [n for n in range(1, 301) if any(round(1000 * k / n) == 478 for k in range(n + 1))]
    assert sizes["47.8"] == possible
    assert sizes["all"] == sorted(set(sizes["47.8"]) & set(sizes["44.5"]))


def test_sizes_as_text_and_dropped_zeros():
    assert "20: 5, 10, 15" in run("sizes", "20", "--digits", "1", "--max", "16").stdout
    # Of 98 and more respondents some count prints any whole percentage: the answer, and five rules.
    assert run("sizes", "20", "--max", "120").stdout.count("-120\n") == 1 + 5
    assert "all of them:" not in run("sizes", "20").stdout
    result = run("sizes", "47,8")
    assert result.exit_code == 2
    assert 'percent: found "47,8"' in result.stderr


def test_check_says_whether_a_size_can_print_it():
    assert run("check", "47.8", "--n", "90").exit_code == 0
    result = run("check", "47.8", "--n", "91")
    assert result.exit_code == 1
    page = (Path(__file__).parents[1] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert result.stdout in page
    document = json.loads(run("check", "47.8", "--n", "90", "--json").stdout)
    assert document["possible"]
    assert not next(r for r in document["rules"] if r["rule"] == "truncate")["possible"]
    assert run("check", "47.8", "--n", "0").exit_code == 2
    assert run("check", "47.8%", "--n", "91").stdout == result.stdout
    assert run("check", "４７．８％", "--n", "90").exit_code == 0


def test_init_takes_a_table_and_never_writes_over_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("業界;n;はい\n製造;90;47,8\n小売;60;40\n", encoding="cp932")
    made = ("init", "mine", "--from", "t.csv", "--decimal", ",", "--digits", "1")
    result = run(*made, "--encoding", "cp932")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "written to mine.toml; next: alumnistats validate mine.toml" in result.stderr
    text = Path("mine.toml").read_text(encoding="utf-8")
    assert '"小売" = "40.0"' in text
    assert "mine: valid; groups: 2" in run("validate", "mine.toml").stdout
    result = run(*made)
    assert result.exit_code == 2
    assert "mine.toml: found a file that is there already" in result.stderr
    assert Path("mine.toml").read_text(encoding="utf-8") == text


def test_init_asks_which_way_round_a_table_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = ",Total,Gender,,Age,\n,,Men,Women,18-34,35+\nBase,300,120,180,100,200\n"
    text += "Yes,40,45,37,39,41\nNo,60,55,63,61,59\n"
    Path("t.csv").write_text(text, encoding="utf-8")
    made = ("init", "mine", "--from", "t.csv")
    result = run(*made)
    assert result.exit_code == 2
    assert "--groups columns" in result.stderr
    result = run(*made, "--groups", "columns")
    assert result.exit_code == 2
    assert '"Gender", "Age"' in result.stderr
    assert not Path("mine.toml").exists()
    result = run(*made, "--groups", "columns", "--section", "Gender", "--header-rows", "2")
    assert result.exit_code == 0, result.output
    assert "mine: valid; groups: 2, questions: 1, figures: 6" in run("validate", "mine.toml").stdout
    assert run(*made, "--header-rows", "0").exit_code == 2
    assert run(*made, "--total", "Nobody", "--groups", "columns", "--section", "Age").exit_code == 2


def test_init_without_a_table_is_to_be_filled_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("init", "new").exit_code == 0
    result = run("validate", "new.toml")
    assert result.exit_code == 2
    assert '"Group 1": found "..."; expected a string such as "47.8"' in result.stderr
    assert run("init", "no/such/folder/new").exit_code == 2


def test_sizes_answer_first():
    first = run("sizes", "47.8", "44.5", "--max", "300").stdout.splitlines()[0]
    assert first.startswith("Possible sizes up to 300 if halves are rounded up: ")
    found = json.loads(run("sizes", "47.8", "44.5", "--max", "300", "--json").stdout)
    least = found["sizes"]["half-up"]["all"][0]
    assert first.split(": ")[1].replace("-", ",").split(",")[0] == str(least)


@pytest.mark.parametrize("asked", ["80", "132", "", "many"])
def test_columns_are_heeded_in_a_pipe(asked, monkeypatch):
    from alumnistats.cli.printing import PIPED, columns

    monkeypatch.setenv("COLUMNS", asked)
    assert columns() == (int(asked) if asked.isdecimal() else PIPED)


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_single_percentages_are_told_in_words_in_whole_lines(lang, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    for arguments in (
        ["sizes", "47.8", "44.5"],
        ["sizes", "33.3", "33.3", "33.4", "--forced"],
        ["check", "47.8", "--n", "90"],
        ["check", "47.8", "--n", "91"],
    ):
        result = run(*arguments, "--lang", lang)
        assert result.exit_code == int(arguments[-1] == "91"), result.output
        lines = result.stdout.splitlines()
        assert all(cell_len(line) <= width for line in lines)
        assert not re.search(r"[a-z]_[a-z]", result.stdout)  # no names of the code
        if arguments[0] == "check":
            told = "".join(result.stdout.split())
            clauses = [words[lang] for words in ROUNDING_WORDS.values()]
            assert all("".join(clause.split()) in told for clause in clauses)


def test_messages_break_between_words_where_a_width_is_known(monkeypatch):
    old = ("validate", str(FORMAT_ONE))
    monkeypatch.delenv("COLUMNS", raising=False)
    line = run(*old).stderr
    assert line.count("\n") == 1
    for width in (80, 100, 140):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = run(*old).stderr.splitlines()
        assert all(cell_len(line) <= width or " " not in line.strip() for line in lines)
        assert " ".join(part.strip() for part in lines) == line.strip()


def test_an_error_of_several_lines_keeps_its_list_where_a_width_is_known(tmp_path, monkeypatch):
    survey = edited(tmp_path, 'kind = "ranking"', 'kind = "rnking"')
    monkeypatch.delenv("COLUMNS", raising=False)
    whole = run("validate", str(survey)).stderr
    monkeypatch.setenv("COLUMNS", "60")
    assert run("validate", str(survey)).stderr.split() == whole.split()


def test_simulate_tells_in_the_language_asked_what_it_found():
    small = ("--groups", "3", "--total", "90", "--releases", "2", "--listed", "1", "--draws", "100")
    result = run("simulate", *small, "--lang", "ja")
    assert result.exit_code == 0, result.output
    assert "模擬調査2件" in result.stdout
    assert "±" in result.stdout
    assert not re.search(r"[a-z]_[a-z]", result.stdout)
