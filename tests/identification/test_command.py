"""`alumnistats bounds`: what it prints, and its exit statuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alumnistats.cli import main
from alumnistats.identification.feasibility import Clock
from alumnistats.identification.ranges import Ranges

CASES = Path(__file__).parent / "cases"
NINE_GROUPS = CASES / "false_contradiction_9groups.toml"


def run(*arguments):
    return CliRunner().invoke(main, ["bounds", *arguments])


def test_tables_in_both_languages():
    english = run("america-1969", "--of", "affairs:some")
    assert english.exit_code == 0
    assert "Against religion" in english.stdout
    assert "Lowest share" in english.stdout
    assert "beyond them there is none" in english.stdout
    assert english.stderr == ""
    japanese = run("america-1969", "--lang", "ja")
    assert "最大" in japanese.stdout
    assert "検証済みの解" in japanese.stdout


def test_one_document_and_nothing_else():
    document = json.loads(run("america-1969", "--json").stdout)
    sizes = {row["group"]: (row["lower"], row["upper"]) for row in document["tables"]["sizes"]}
    assert sizes["anti"] == (12, 180)
    assert all(row["exact"] for row in document["tables"]["sizes"])
    assert document["tables"]["counts"] == []


def test_bounds_that_time_left_open_say_at_least_and_at_most(monkeypatch):
    """The time is up as soon as there is a solution, however long a busy machine looks for it."""
    learn, left = Ranges.learn, Clock.left.fget
    learned = []

    def last(ranges, witness):
        learned.append(witness)
        learn(ranges, witness)

    monkeypatch.setattr(Ranges, "learn", last)
    monkeypatch.setattr(Clock, "left", property(lambda c: 0.0 if learned else left(c)))
    result = run("--time-limit", "300")
    assert result.exit_code == 0
    assert "at most" in result.stdout
    assert "--time-limit" in result.stdout


def test_statuses(tmp_path):
    wrong = tmp_path / "wrong.toml"
    text = NINE_GROUPS.read_text(encoding="utf-8")
    wrong.write_text(text.replace("total = 837", "total = 838"), encoding="utf-8")
    contradiction = run(str(wrong))
    assert contradiction.exit_code == 3
    assert "total: 838 respondents" in contradiction.stderr
    assert contradiction.stdout == ""
    undecided = run("--time-limit", "0.1")
    assert undecided.exit_code == 1
    assert "neither a solution nor a contradiction was found in 0.1 s" in undecided.stderr
    for bad in (["none.toml"], ["--of", "nothing"], ["--time-limit", "0"], ["--largest", "x"]):
        assert run(*bad).exit_code == 2


@pytest.mark.parametrize("largest", ["3", "0"])
def test_respondents_that_leave_a_group_empty_are_refused(largest):
    assert run(str(CASES / "wage_no_total.toml"), "--largest", largest).exit_code == 2
