"""The page for one's own survey: what it shows is what happens."""

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from alumnistats.cli import main
from alumnistats.sources import InputNotice

PAGE = (Path(__file__).parents[2] / "docs" / "own-survey.md").read_text(encoding="utf-8")


def block(language, number=0):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("contact.csv").write_text(block("csv"), encoding="utf-8")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_from_the_table_to_the_verdicts(folder):
    shown = block("text", 2)
    for command in re.findall(r"\$ alumnistats (.*)", shown):
        result = run(*command.split())
        assert result.exit_code == 0, result.output
        assert result.output in shown
    path = folder / "contact.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write(block("toml", 1))
    result = run("analyze", "contact.toml")
    assert result.exit_code == 0, result.output
    lines = [line.rstrip() for line in result.output.split("\n")]
    for line in block("text", 3).rstrip().split("\n"):
        assert line in lines


@pytest.mark.usefixtures("folder")
def test_from_prose_to_the_verdicts():
    Path("pay.toml").write_text(block("toml"), encoding="utf-8")
    command, printed = block("text").rstrip().split("\n")
    result = run(*command.removeprefix("$ alumnistats ").split())
    assert result.exit_code == 0, result.output
    assert result.output.strip() == printed
    result = run("analyze", "pay.toml", "--draws", "200")
    assert result.exit_code == 0, result.output
    lines = [line.rstrip() for line in result.output.split("\n")]
    for line in block("text", 1).rstrip().split("\n"):
        assert line in lines
    told = re.search(r"were not printed \((.*?)\)", PAGE, re.DOTALL)[1]
    sizes = re.findall(r"([A-Za-z]+)\s(\d+)", told)
    assert len(sizes) == 6
    for name, size in sizes:
        assert re.search(rf"(?m)^ *{size} .*{name}", result.output, re.IGNORECASE), name


def test_the_message_of_a_cell(folder):
    (folder / "contact.csv").write_text(block("csv").replace("47.5", "47.5*"), encoding="utf-8")
    result = run("init", "contact", "--from", "contact.csv")
    assert result.exit_code == 2
    assert result.stderr == "alumnistats: " + block("text", 4)
    assert not (folder / "contact.toml").exists()


def test_the_python_of_the_page_runs(folder):
    rng = np.random.default_rng(0)
    pd.DataFrame(
        {
            "industry": rng.choice(["A", "B", "C"], 300),
            "contact": rng.choice(["yes", "no"], 300),
            "mail": rng.integers(0, 2, 300),
            "phone": rng.integers(0, 2, 300),
            "w": rng.gamma(3, 1 / 3, 300),
            "region": rng.integers(0, 3, 300),
        }
    ).to_csv(folder / "respondents.csv", index=False)
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputNotice)
        for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
            exec(code, names)
    assert len(names["recon"].particles.weight) > 0
    assert names["recon"].models == []
    assert set(names["sets"].table["group"]) == {"A", "B", "C"}
    assert len(names["analysis"].estimates) > 0
