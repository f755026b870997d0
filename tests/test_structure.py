"""No module imports itself, however far around; run with ``-s`` to see floors and arrows.

An arrow is any import: for types, inside a function or a method, as well as at the top of a module.
``from a import b`` points to the module ``a.b`` where there is one, else to ``a``: a name that is
asked of a package is asked of its ``__init__``, and through it depends on all that it exports.
Asking a package for one of its modules runs the ``__init__`` too, but is no arrow to it: the
``__init__`` is a shop window for others, of which nothing in the package needs to know. So modules
of a package may import each other while the window shows them all; one that asks its own window for
a name makes a circle.

A package's floors are those of what lies directly in it, a package there being one thing. The front
page, ``alumnistats/__init__``, alone imports by name at run time, which no reader of imports sees.
"""

import ast
import importlib
import inspect
import re
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from alumnistats.sensitivity.identity import SHOWING

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "alumnistats"


def modules():
    """Return the path of each module, by its name."""
    found = {}
    for path in (ROOT / PACKAGE).rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()
PACKAGES = sorted(name for name, path in MODULES.items() if path.name == "__init__.py")


def imported(tree):
    """Return the modules of this package that a module's code imports, wherever it does."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {full if full in MODULES else node.module for full in names.values()}
    return found & set(MODULES)


TEXTS = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
ARROWS = {name: imported(ast.parse(text)) - {name} for name, text in TEXTS.items()}


def child(package, name):
    """Return what lies directly in a package and is or holds a module; None if nothing does."""
    inside = name.removeprefix(f"{package}.")
    return None if inside == name else inside.split(".")[0]


def arrows_within(package):
    """Return, for all that lies directly in a package, what of it each imports."""
    found = {}
    for name, targets in ARROWS.items():
        if (one := child(package, name)) is not None:
            others = {child(package, target) for target in targets} - {None, one}
            found.setdefault(one, set()).update(others)
    return found


def floors(arrows):
    """Return what imports nothing of the rest, then what imports only that, and so on."""
    sorter = TopologicalSorter(arrows)
    sorter.prepare()
    found = []
    while sorter.is_active():
        found.append(sorted(sorter.get_ready()))
        sorter.done(*found[-1])
    return found


def circle(arrows):
    """Return one circle, in the order of its imports, or nothing."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return " -> ".join(reversed(error.args[1]))
    return ""


def test_no_module_imports_itself_however_far_around():
    assert circle(ARROWS) == ""


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_floors(package):
    arrows = arrows_within(package)
    assert circle(arrows) == ""
    count, levels = sum(len(targets) for targets in arrows.values()), floors(arrows)
    lines = [f"\n{package}: {len(levels)} floors, {len(arrows)} modules, {count} arrows"]
    for number, names in reversed(list(enumerate(levels))):
        lines += [" > ".join([f"  {number}  {name}", *sorted(arrows[name])]) for name in names]
    sys.stdout.write("\n".join([*lines, ""]))


def test_circles_are_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == ""
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}).count(" -> ") == 3
    assert floors({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == [["c"], ["b"], ["a"]]
    code = (
        "if TYPE_CHECKING:\n from alumnistats.errors import x\ndef f():\n import alumnistats.text"
    )
    assert imported(ast.parse(code)) == {"alumnistats.errors", "alumnistats.text"}
    assert imported(ast.parse("from alumnistats import posterior")) == {"alumnistats.posterior"}
    assert imported(ast.parse("from alumnistats import analyze")) == {"alumnistats"}


def test_only_the_front_page_imports_by_name():
    by_name = re.compile(r"\b(import_module|__import__)\b")
    assert [name for name, text in TEXTS.items() if by_name.search(text)] == [PACKAGE]
    assert [name for name, targets in ARROWS.items() if PACKAGE in targets] == []


def test_what_only_shows_results_is_what_lies_above_them():
    """A sensitivity analysis is computed anew when any other module has changed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    above = layers[: layers.index("(sensitivity)")]
    names = {name.strip(" ()") for layer in above for name in layer.split("|")}
    there = {name if (ROOT / PACKAGE / name).is_dir() else f"{name}.py" for name in names}
    assert there == SHOWING


def test_a_public_name_means_one_thing():
    """`estimate` takes a reconstruction in one package, solutions in another: the same estimate."""
    meant = {}
    for name in PACKAGES:
        package = importlib.import_module(name)
        for public in getattr(package, "__all__", ()):
            what = getattr(package, public)
            if isinstance(what, type) or inspect.isfunction(what):
                meant.setdefault(public, set()).add(what)
    assert {public for public, things in meant.items() if len(things) > 1} == {"estimate"}
