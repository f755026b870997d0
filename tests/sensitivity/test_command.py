"""`alumnistats sensitivity`: files, exit statuses, interruption."""

import json
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from click.testing import CliRunner

from alumnistats.cli import main

GOOD = """
format = 1
draws = 100
[[designs]]
kind = "grid"
[designs.dimensions]
level = [0.8, 0.95]
design_effect = [1.0, 2.0]
"""
FAILING = GOOD.replace("design_effect = [1.0, 2.0]", 'sizes = ["quota", "proportional"]')


def run(*arguments):
    return CliRunner().invoke(main, ["sensitivity", *map(str, arguments)])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenarios")
    for name, text in {"good": GOOD, "failing": FAILING}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def written(files, survey_path, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "sensitivity"
    result = run(survey_path, "--out", out, "--scenarios", files / "good.toml", "--lang", "ja")
    assert result.exit_code == 0, result.output
    return out, result


def test_a_sentence_for_every_claim_is_printed(written):
    out, result = written
    sentences = pd.read_csv(out / "sentences.csv")
    assert result.stdout.splitlines() == list(sentences["text_ja"])


def test_tables_and_figures_are_written(written):
    out, _ = written
    table = pd.read_csv(out / "sensitivity.csv", keep_default_na=False, na_values=[""])
    kept = pd.read_parquet(out / "sensitivity.parquet")
    assert list(table.columns) == list(kept.columns)
    assert len(table) == len(kept) == 4 * 4
    assert table["verdict"].tolist() == kept["verdict"].tolist()
    names = {
        "scenarios",
        "summary",
        "flips",
        "variance_shares",
        "ranges",
        "tipping_points",
        "biases",
    }
    assert names <= {path.stem for path in out.glob("*.csv")}
    figures = {path.stem for path in (out / "figures").iterdir()}
    assert {"tornado-north-first", "specification-curve-north-first"} <= figures
    assert "tornado-nice" not in figures
    assert list((out / "finished").glob("*.json"))


def test_a_second_run_writes_the_same_bytes(written, files, survey_path):
    out, _ = written
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    again = run(
        survey_path, "--out", out, "--scenarios", files / "good.toml", "--lang", "ja", "--json"
    )
    assert again.exit_code == 0
    assert len(json.loads(again.stdout)["summary"]) == 4
    assert {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()} == before


def test_failed_scenarios_have_an_exit_status_of_their_own(files, survey_path, tmp_path):
    result = run(survey_path, "--out", tmp_path / "out", "--scenarios", files / "failing.toml")
    assert result.exit_code == 4
    assert "2 of 5 scenarios failed" in result.stderr
    scenarios = pd.read_csv(tmp_path / "out" / "scenarios.csv")
    assert scenarios["error"].str.contains("population_size").sum() == 2


def test_bad_use_writes_nothing(files, survey_path, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text(GOOD.replace("level", "levle"), encoding="utf-8")
    out = tmp_path / "out"
    for options, words in (
        (["--scenarios", bad], 'Did you mean "level"?'),
        (["--scenarios", tmp_path / "none.toml"], "no such file"),
        (["--scenarios", files / "good.toml", "--jobs", 0], "from 1 to"),
    ):
        result = run(survey_path, "--out", out, *options)
        assert result.exit_code == 2
        assert words in result.stderr
        assert "Traceback" not in result.output
        assert not out.exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_what_is_finished(survey_path, tmp_path, jobs):
    scenarios = tmp_path / "long.toml"
    seeds = ", ".join(map(str, range(500)))
    text = 'format = 1\ndraws = 100\n[[designs]]\nkind = "grid"\n[designs.dimensions]\n'
    scenarios.write_text(f"{text}replicate = [{seeds}]\n", encoding="utf-8")
    arguments = [str(survey_path), "--scenarios", str(scenarios), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [sys.executable, "-m", "alumnistats", "sensitivity", *arguments, "--jobs", jobs],
        stderr=subprocess.PIPE,
    )
    kept = tmp_path / "out" / "finished"
    deadline = time.monotonic() + 60
    while not list(kept.glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in message
    assert b"run it again" in message
    assert not list(kept.glob(".writing*"))
    for path in kept.glob("*.json"):
        assert json.loads(path.read_text())["scenarios"]
