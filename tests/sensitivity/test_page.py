"""The page on sensitivity: its example prints what it says, its file can be read."""

import contextlib
import io
import re
import tomllib
from pathlib import Path

from alumnistats.sensitivity import load_scenarios

PAGE = (Path(__file__).parents[2] / "docs" / "sensitivity.md").read_text(encoding="utf-8")


def block(kind, index=0):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[index]


def test_the_example_prints_what_the_page_says():
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(block("python"), {})
    assert shown.getvalue() == block("text")


def test_the_file_of_the_page_is_one():
    file = load_scenarios(tomllib.loads(block("toml")))
    assert [design.kind for design in file.designs] == ["grid", "one-at-a-time", "sobol"]
