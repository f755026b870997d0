"""README and pages hold what the package computes."""

import importlib.util
import re
from pathlib import Path

import pytest

from alumnistats.analysis import analyze
from alumnistats.cli import main

ROOT = Path(__file__).parents[1]


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def analysis():
    return analyze()


@pytest.mark.parametrize(("name", "block"), [("", "block"), (".ja", "japanese_block")])
def test_readme_shows_what_is_computed(analysis, name, block):
    regenerate = load(ROOT / "docs" / "regenerate.py")
    readme = (ROOT / f"README{name}.md").read_text(encoding="utf-8")
    shown = readme.split(regenerate.BEGIN)[1].split(regenerate.END)[0].strip()
    assert shown == getattr(regenerate, block)(analysis)


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_readme_example_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / name).read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL).group(1)
    names = {}
    exec(code, names)
    assert len(names["analysis"].claims) == 35


def test_links_of_the_documents_lead_somewhere():
    for page in [*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_tables_of_measured_results_are_the_committed_data():
    regenerate = load(ROOT / "docs" / "regenerate.py")
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert regenerate.with_tables(text) == text, page


def test_every_option_has_its_line_and_example():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in main.commands.values():
        assert f"alumnistats {command.name} " in page
        for option in command.params:
            if option.param_type_name == "option":
                assert f"`{option.opts[0]}" in page, (command.name, option.opts)
                assert re.search(rf"`alumnistats \w+ {option.opts[0]}\b", page), option.opts


def test_examples_of_the_commands_name_real_options():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    examples = re.findall(r"`alumnistats (\w+) (--[a-z-]+)", page)
    assert examples
    for name, option in examples:
        assert option in {o for p in main.commands[name].params for o in p.opts}, (name, option)
