"""README and pages hold what the package computes."""

import importlib.util
import re
from pathlib import Path

import pytest

import alumnistats
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


def test_readme_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(example_of("README.md"), names)
    assert len(names["analysis"].claims) == 35
    # The Japanese one analyses the same survey: once is enough.
    monkeypatch.setattr(alumnistats, "analyze", lambda: names["analysis"], raising=False)
    (tmp_path / "report.html").unlink()
    exec(example_of("README.ja.md"), {})
    assert (tmp_path / "report.html").exists()


def example_of(name):
    readme = (ROOT / name).read_text(encoding="utf-8")
    return re.search(r"```python\n(.*?)```", readme, re.DOTALL).group(1)


def test_links_of_the_documents_lead_somewhere():
    for page in [*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_tables_of_measured_results_are_the_committed_data():
    regenerate = load(ROOT / "docs" / "regenerate.py")
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert regenerate.with_tables(text) == text, page


def test_error_rates_are_the_committed_ones():
    regenerate = load(ROOT / "docs" / "regenerate.py")
    rates = regenerate.read_rates(regenerate.RATES)
    page = regenerate.RATES_PAGE.read_text(encoding="utf-8")
    assert regenerate.rates_page(page, rates) == page
    for name, lang in (("README.md", "en"), ("README.ja.md", "ja")):
        readme = (ROOT / name).read_text(encoding="utf-8")
        assert regenerate.with_rates(readme, rates, lang) == readme, name


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
