"""The page on figures names every figure and option."""

import re
from pathlib import Path

from alumnistats.cli import main
from alumnistats.figures import FIGURES

PAGE = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")


def test_every_figure_has_its_line():
    rows = re.findall(r"^\| `([a-z-]+?)(-\*)?` \|", PAGE, re.MULTILINE)
    assert rows == [(name, "-*" if kind.subjects else "") for name, kind in FIGURES.items()]
    assert "\n" + " ".join(FIGURES) + "\n" in PAGE


def test_every_option_is_named():
    for option in main.commands["figures"].params:
        if option.param_type_name == "option":
            assert f"{option.opts[0]}" in PAGE, option.opts
