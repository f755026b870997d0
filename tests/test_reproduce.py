"""The manifest of `make reproduce`: equal where only the last digits differ, and exact on names."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[1]


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "reproduce" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


made = load("manifest")
run = load("run")

TABLE = "group,share,n\nretail,0.17201,110\nenergy,0.40909,66\n"
HOW = [("table", "*.csv"), ("file", "*.svg")]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shares.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "shares.svg").write_text("<?xml version='1.0'?><svg/>", encoding="utf-8")
    return tmp_path


def changed(folder, name, text):
    before = made.manifest(folder, HOW)
    (folder / name).write_text(text, encoding="utf-8")
    return made.differences(before, made.manifest(folder, HOW))


@pytest.mark.parametrize(
    ("cell", "compared"),
    [
        ("0.40909", "0.409"),
        ("12345.6", "1.23e+04"),
        ("12345", "12345"),  # whole numbers are counts and sizes: every digit matters
        ("-0.0000000001", "0"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("", ""),
        ("True", "True"),
        ("製造業", "製造業"),
    ],
)
def test_cells(cell, compared):
    assert made.rounded(cell) == compared


@given(st.floats(-1e300, 1e300))
def test_rounding_moves_a_number_by_less_than_its_last_digit_kept(x):
    kept = float(made.rounded(f"{x:.17e}"))
    assert abs(kept - x) <= max(0.51 * 10.0 ** (1 - made.DIGITS) * abs(x), made.ZERO)


@given(st.integers())
def test_whole_numbers_are_kept(k):
    assert made.rounded(str(k)) == str(k)


def test_last_digits_do_not_matter(folder):
    assert changed(folder, "shares.csv", TABLE.replace("0.17201", "0.17201000000003")) == []


def test_line_ends_and_byte_order_marks_do_not_matter(folder):
    assert changed(folder, "shares.csv", "\ufeff" + TABLE.replace("\n", "\r\n")) == []


def test_the_column_that_differs_is_named(folder):
    assert changed(folder, "shares.csv", TABLE.replace("0.172", "0.182")) == [
        "shares.csv: differs in column share"
    ]


def test_another_name_size_or_order_differs(folder):
    assert changed(folder, "shares.csv", TABLE.replace("110", "111")) == [
        "shares.csv: differs in column n"
    ]
    swapped = "group,share,n\nenergy,0.40909,66\nretail,0.17201,110\n"
    assert changed(folder, "shares.csv", swapped) == [
        "shares.csv: differs in column group, column share, column n"
    ]


def test_what_names_a_computation_is_not_compared(folder):
    named = "digest," + TABLE.replace("\nretail", "\n0a1b,retail").replace(
        "\nenergy", "\n2c3d,energy"
    )
    (folder / "shares.csv").write_text(named, encoding="utf-8")
    assert changed(folder, "shares.csv", named.replace("0a1b", "4e5f")) == []
    assert changed(folder, "shares.csv", named.replace("110", "111")) != []


def test_a_lost_row_and_a_new_column_are_named(folder):
    assert changed(folder, "shares.csv", "group,share,n\nretail,0.17201,110\n") == [
        "shares.csv: differs in rows, column group, column share, column n"
    ]
    more = "group,share,n,p\nretail,0.17201,110,1\n"
    assert changed(folder, "shares.csv", more) == ["shares.csv: differs in column p"]


def test_files_that_are_missing_new_or_of_another_kind_are_named(folder):
    before = made.manifest(folder, HOW)
    (folder / "more.csv").write_text(TABLE, encoding="utf-8")
    (folder / "shares.csv").unlink()
    (folder / "shares.svg").write_text("error", encoding="utf-8")
    assert made.differences(before, made.manifest(folder, HOW)) == [
        "more.csv: made, but not recorded",
        "shares.csv: recorded, but not made",
        "shares.svg: differs in kind",
    ]


def test_nothing_made_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing is there that matches \*\.csv"):
        made.manifest(tmp_path, HOW)


def test_printed_values_of_the_paper_are_compared_by_key(tmp_path):
    path = tmp_path / "results.json"
    values = {"a": {"value": 0.34114, "text": "0.341"}, "b": {"value": 2, "text": [["2"]]}}
    path.write_text(json.dumps({"values": values}), encoding="utf-8")
    before = made.manifest(tmp_path, [("values", "*.json")])
    values["a"]["value"] = 0.34115
    values["b"]["text"] = [["3"]]
    path.write_text(json.dumps({"values": values}), encoding="utf-8")
    after = made.manifest(tmp_path, [("values", "*.json")])
    assert made.differences(before, after) == ["results.json: differs in value b"]


def test_notebooks_are_compared_by_what_they_print(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": "# text"},
        {"outputs": [{"output_type": "stream", "text": ["one\n", "two\n"]}]},
        {"outputs": [{"output_type": "display_data", "data": {"image/png": "..."}}]},
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert made.text_parts(path) == {"cell 1": made.digest("one\ntwo\n")}


def test_pages_are_compared_by_their_headings(tmp_path):
    path = tmp_path / "a.html"
    path.write_text('<h1 id="x">A <em>b</em></h1><p>text</p><h2>C</h2>', encoding="utf-8")
    assert made.heading_parts(path) == {"headings": made.digest("A b\nC")}


@pytest.fixture
def in_folder(folder, monkeypatch):
    monkeypatch.setattr(run, "ROOT", folder)
    monkeypatch.setattr(run, "FILES", HOW)
    monkeypatch.setattr(run, "RECORDED", folder / "manifest.json")
    return folder


@pytest.mark.usefixtures("in_folder")
def test_what_is_recorded_is_found_again(capsys):
    assert run.main(["--compare", "--record"]) == 0
    assert run.main(["--compare"]) == 0
    captured = capsys.readouterr()
    assert "2 files as recorded" in captured.err
    names = [line.split()[-1] for line in captured.out.splitlines()]
    assert names == ["shares.csv", "shares.svg"] * 2


def test_what_differs_is_named_and_ends_with_status_1(in_folder, capsys):
    run.main(["--compare", "--record"])
    (in_folder / "shares.csv").write_text(TABLE.replace("66", "67"), encoding="utf-8")
    assert run.main(["--compare"]) == 1
    assert "shares.csv: differs in column n\n2 files, 1 of them not" in capsys.readouterr().err


@pytest.mark.usefixtures("in_folder")
def test_nothing_recorded_is_told(capsys):
    assert run.main(["--compare"]) == 1
    assert "manifest.json is written by --record" in capsys.readouterr().err


@pytest.mark.usefixtures("in_folder")
def test_a_step_that_fails_ends_the_run(monkeypatch, capsys):
    failing = [sys.executable, "-c", "raise SystemExit('went wrong')"]
    monkeypatch.setattr(run, "STEPS", {"first": failing, "second": ["not run"]})
    with pytest.raises(SystemExit, match="1"):
        run.main([])
    assert "went wrong\nfirst failed" in capsys.readouterr().err


def test_steps_are_commands_of_the_package_and_scripts_that_are_there():
    from alumnistats.cli import main

    for name, command in run.STEPS.items():
        if command[:3] == run.COMMAND:
            options = {o for p in main.commands[command[3]].params for o in p.opts}
            assert {word for word in command[4:] if word.startswith("--")} <= options, name
        else:
            scripts = [word for word in command[1:] if word.endswith(".py")]
            assert scripts, name
            assert all((ROOT / script).is_file() for script in scripts), name


def test_a_notebook_is_executed(tmp_path):
    source, result = tmp_path / "a.py", tmp_path / "a.ipynb"
    source.write_text("# %%\nprint(6 * 7)\n", encoding="utf-8")
    load("notebook").main(source, result)
    assert made.text_parts(result) == {"cell 0": made.digest("42\n")}


def test_recorded_manifest_names_what_the_steps_make():
    recorded = json.loads((ROOT / "reproduce" / "manifest.json").read_text(encoding="utf-8"))
    assert recorded["digits"] == made.DIGITS
    names = recorded["files"]
    assert {entry["compared"] for entry in names.values()} == set(made.COMPARED)
    assert {f"{run.OUT}/{path.removesuffix('.py')}.ipynb" for path in run.NOTEBOOKS} <= set(names)
    for name, entry in names.items():
        whole = json.dumps([entry["compared"], entry["parts"]], sort_keys=True)
        assert entry["sha256"] == made.digest(whole), name
