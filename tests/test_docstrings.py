"""Examples in docstrings show what the functions give, and public functions have some."""

import doctest
import importlib
import inspect
import json
import re
import sys
from pathlib import Path

import pytest

import alumnistats

PACKAGE = Path(__file__).resolve().parents[1] / "alumnistats"
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8") and path.name != "__init__.py"
)
DOCUMENTED = ("alumnistats.ranking", "alumnistats.ranking.further", "alumnistats.comparisons")
# Packages whose functions all have examples: with those of docs/api.md, what a user may call.
EXEMPLIFIED = (
    *DOCUMENTED, "alumnistats", "alumnistats.analysis", "alumnistats.claims", "alumnistats.display",
    "alumnistats.planning", "alumnistats.figures", "alumnistats.report",
    "alumnistats.identification", "alumnistats.paper", "alumnistats.reconstruction",
    "alumnistats.regression",
    "alumnistats.sensitivity", "alumnistats.simulation", "alumnistats.survey",
    "alumnistats.weighting",
)  # fmt: skip
API = PACKAGE.parent / "docs" / "api.md"
LONG = ("analyze", "plan", "reconstruct")  # what examples of many modules begin with
KNOWN = {}  # what they gave, by name and arguments


def once(name):
    """Return the function of this name, which computes each of its results only once."""
    function = getattr(alumnistats, name)

    def remembered(*arguments, **options):
        try:
            key = json.dumps([name, arguments, options])
        except TypeError:  # a survey that an example made
            return function(*arguments, **options)
        if key not in KNOWN:
            KNOWN[key] = function(*arguments, **options)
        return KNOWN[key]

    return remembered


@pytest.fixture
def long_results_are_shared(monkeypatch):
    """Dozens of examples begin with the same results, which are frozen: they need be made once."""
    for name in LONG:
        monkeypatch.setattr(alumnistats, name, once(name))


@pytest.fixture(autouse=True)
def closed_figures():
    """Examples leave their pictures open, as a notebook would show them: twenty are a warning."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.mark.usefixtures("long_results_are_shared")
@pytest.mark.parametrize("name", MODULES)
def test_examples_show_what_is_so(name):
    found = doctest.testmod(
        importlib.import_module(name),
        optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL,
    )
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize("name", EXEMPLIFIED)
def test_every_public_function_has_an_example(name):
    package = importlib.import_module(name)
    functions = {x: f for x in package.__all__ if inspect.isfunction(f := getattr(package, x))}
    assert len(functions) > (10 if name in DOCUMENTED else 1)
    without = [x for x, f in functions.items() if "Examples\n" not in inspect.getdoc(f)]
    assert without == []


def test_every_function_of_the_python_interface_has_an_example():
    names = re.findall(r"autofunction:: (\S+)\.(\w+)", API.read_text(encoding="utf-8"))
    assert len(names) > 30
    without = [
        (module, name)
        for module, name in names
        if "Examples\n" not in inspect.getdoc(getattr(importlib.import_module(module), name))
    ]
    assert without == []


@pytest.mark.parametrize("name", DOCUMENTED)
def test_what_tests_share_is_documented_where_numpydoc_wants_it(name):
    """Parameters, returns, errors, notes and examples, in this order."""
    heads = [f"{word}\n{'-' * len(word)}\n" for word in ("Parameters", "Returns", "Raises",
             "Notes", "Examples")]  # fmt: skip
    package = importlib.import_module(name)
    for x in package.__all__:
        if not inspect.isfunction(f := getattr(package, x)) or x.startswith("plot_"):
            continue
        text = inspect.getdoc(f)
        assert text.startswith(("Return", "Rank", "Test")), x
        assert heads[0] in text, x
        places = [text.index(head) for head in heads if head in text]
        assert places == sorted(places), x
        assert all(text.count(head) == 1 for head in heads if head in text), x
        names = set(inspect.signature(f).parameters)
        listed = text[text.index(heads[0]) : text.find(heads[1]) if heads[1] in text else None]
        assert {n for n in names if n not in listed} == set(), x
