"""Mutants of a module, and which of them its tests notice.

Each mutant changes one operator, comparison, connective or whole number. It runs in a process of
its own that is forked after the heavy imports, so that a mutant costs what its tests cost until the
first fails:

    python benchmarks/mutations.py rounding intervals --mutants 60

Results are added to benchmarks/mutations.csv; a survivor keeps the reason that was written beside
it. A mutant whose tests do not end in time counts as noticed: whoever runs them would see it.
"""

from __future__ import annotations

import argparse
import ast
import copy
import csv
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("module", "line", "before", "after", "outcome", "reason")
SECONDS = 120.0  # that the tests of a mutant may take
# The tests that speak of a module; what else would fail is not asked.
TESTS = {
    "rounding": ["tests/test_rounding.py"],
    "intervals": ["tests/test_intervals.py"],
    "remainders": ["tests/test_remainders.py"],
    "reconstruction.two_parts": ["tests/reconstruction/test_bands.py"],
    "comparisons.adjust": ["tests/comparisons/test_adjust.py"],
    "comparisons.asymptotic": ["tests/comparisons/test_pairs.py"],
    "comparisons.differences": ["tests/comparisons/test_differences.py"],
    "comparisons.omnibus": ["tests/comparisons/test_omnibus.py"],
    "comparisons.score": [
        "tests/comparisons/test_differences.py", "tests/comparisons/test_pairs.py",
    ],
    "comparisons.variances": [
        "tests/ranking/test_confidence_sets.py", "tests/comparisons/test_simultaneous.py",
    ],
    "claims.share_tests": ["tests/claims/test_share_tests.py"],
    "claims.threshold": ["tests/claims/test_share_tests.py", "tests/claims/test_unions.py"],
    "ranking.rank_methods": ["tests/ranking/test_rank_methods.py", "tests/ranking/test_rank.py"],
}  # fmt: skip
SWAPPED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip
HEAVY = ("hypothesis", "numpy", "pandas", "pytest", "scipy.special", "scipy.stats")


def changed(node: ast.AST) -> ast.AST | None:
    """Return a mutant of a node, or None if it has none."""
    new = copy.copy(node)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        new.ops = [SWAPPED[type(node.ops[0])](), *node.ops[1:]]
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPPED:
        new.op = SWAPPED[type(node.op)]()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        return node.operand
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        new.value = node.value + 1
    else:
        return None
    return new


class Swap(ast.NodeTransformer):
    """Puts a mutant in the place of one node."""

    def __init__(self, target: ast.AST, mutant: ast.AST) -> None:
        self.target, self.mutant = target, mutant

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the mutant for its target, all else as it is."""
        return self.mutant if node is self.target else self.generic_visit(node)


def code_of(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that are run: neither annotations nor the texts of errors."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list") or isinstance(node, ast.Raise):
                continue
            if isinstance(node, ast.Assign) and "Literal" in ast.unparse(node.value):
                continue
            children = value if isinstance(value, list) else [value]
            left += [child for child in children if isinstance(child, ast.AST)]


def mutants_of(path: Path, most: int, seed: int) -> list[tuple[int, str, str, str]]:
    """Return line, text before and after, and the mutated source, of a sample of all mutants."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    places = [(node, new) for node in code_of(tree) if (new := changed(node)) is not None]
    chosen = random.Random(seed).sample(places, min(most, len(places)))
    found = []
    for node, new in sorted(chosen, key=lambda place: (place[0].lineno, place[0].col_offset)):
        memo: dict[int, object] = {}
        whole = copy.deepcopy(tree, memo)
        mutant = ast.fix_missing_locations(ast.copy_location(copy.deepcopy(new), node))
        source = ast.unparse(ast.fix_missing_locations(Swap(memo[id(node)], mutant).visit(whole)))
        found.append((node.lineno, ast.unparse(node), ast.unparse(new), source))
    return found


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a mutated source."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, name: str, *_place: object) -> ModuleSpec | None:
        """Return the spec of the mutated module only."""
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutated source."""
        exec(compile(self.source, f"<mutant of {self.name}>", "exec"), module.__dict__)


def outcome(name: str, source: str | None, tests: list[str]) -> str:
    """Return whether the tests notice a mutant, in a process of its own."""
    child = os.fork()
    if child == 0:
        os.setsid()
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        os.chdir(ROOT)
        if source is not None:
            sys.meta_path.insert(0, Mutated(f"alumnistats.{name}", source))
        import pytest

        flags = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider"]
        flags += ["--benchmark-disable", "--hypothesis-seed=0"]
        os._exit(int(pytest.main([*flags, *tests])))
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "killed (time)"


def run(name: str, most: int, seed: int) -> list[dict[str, str]]:
    """Return a row for each mutant of a module."""
    path = ROOT / "alumnistats" / f"{name.replace('.', '/')}.py"
    if outcome(name, None, TESTS[name]) != "survived":
        raise SystemExit(f"{name}: its tests fail without a mutant")
    rows = []
    for line, before, after, source in mutants_of(path, most, seed):
        found = outcome(name, source, TESTS[name])
        values = (name, str(line), before, after, found, "")
        rows.append(dict(zip(COLUMNS, values, strict=True)))
        sys.stderr.write(f"{name}:{line} {before} -> {after}: {found}\n")
    return rows


def kept() -> list[dict[str, str]]:
    """Return the rows of earlier runs."""
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Run the mutants of the modules that are named, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="+", choices=TESTS)
    parser.add_argument("--mutants", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    for heavy in HEAVY:
        importlib.import_module(heavy)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
        for name in options.modules:
            rows, before = run(name, options.mutants, options.seed), kept()
            same = ("module", "before", "after")
            reasons = {tuple(row[key] for key in same): row["reason"] for row in before}
            for row in rows:
                row["reason"] = reasons.get(tuple(row[key] for key in same), "")
            others = [row for row in before if row["module"] != name]
            with TABLE.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                writer.writeheader()
                writer.writerows(sorted([*others, *rows], key=lambda row: row["module"]))
            noticed = sum(row["outcome"] != "survived" for row in rows)
            sys.stdout.write(f"{name}: {noticed} of {len(rows)} noticed\n")


if __name__ == "__main__":
    main()
