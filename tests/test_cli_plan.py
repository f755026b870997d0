"""`alumnistats plan`: what it prints and writes, and nothing when something is wrong."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from alumnistats.cli import main

FAST = ["--draws", "120", "--claim", "contact-order", "--claim", "official-contact-top3-set"]


def run(*arguments):
    return CliRunner().invoke(main, ["plan", *arguments])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("plan") / "results"
    result = run(*FAST, "--out", str(out))
    assert result.exit_code == 0, result.output
    return out, result


def test_prints_needs_and_detectable_differences(written):
    _, result = written
    for words in ("would settle each claim", "1,900", "Official contact", "all pairs"):
        assert words in result.stdout
    assert "written to" in result.stderr


def test_writes_tables_and_figures(written):
    out, _ = written
    plan = pd.read_csv(out / "plan.csv")
    assert list(plan["id"]) == ["contact-order", "official-contact-top3-set"]
    assert set(pd.read_csv(out / "power_curves.csv")["id"]) == set(plan["id"])
    assert len(pd.read_csv(out / "detectable.csv")) == 3 * (66 + 1)
    assert len(pd.read_csv(out / "allocation.csv")) == 12
    assert {p.name for p in (out / "figures").iterdir()} == {"needed.svg", "power.svg"}


def test_japanese_with_assurance():
    result = run(*FAST[:4], "--assurance", "--lang", "ja")
    assert result.exit_code == 0
    assert "主張ごとの必要回答者数" in result.stdout
    assert "保証数" in result.stdout


def test_json_alone_with_a_design_effect():
    result = run(*FAST[:4], "--json", "--design-effect", "1.5")
    document = json.loads(result.stdout)
    assert document["design_effect"] == 1.5
    (row,) = document["tables"]["plan"]
    assert row["needed_n"] == 1.5 * 1900
    assert row["needed_unit"] == "in all"
    assert row["assured_n"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--power", "1.5"], "power: found 1.5"),
        (["--design-effect", "0"], "design_effect: found 0"),
        (["--level", "1"], "level: found 1"),
        (["--claim", "contact-odrer"], "Did you mean"),
        (["no-such-survey"], "no-such-survey"),
        (["--power", "much"], "much"),
    ],
)
def test_bad_arguments_are_named_and_nothing_is_written(tmp_path, arguments, words):
    out = tmp_path / "out"
    result = run(*arguments, "--draws", "120", "--out", str(out))
    assert result.exit_code == 2
    assert words in result.stderr
    assert not result.stdout
    assert not out.exists()
