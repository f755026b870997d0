"""The project around the package: locks, start-up, versions, and what no file may hold."""

import ast
import csv
import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import alumnistats

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("run", "dev", "notebooks")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

# Made or installed, never committed; everything else is read by the tests of what files hold.
GENERATED = {".git", ".venv", "__pycache__", "build", "dist", "results", "node_modules"}
CACHE = re.compile(r"\.[a-z_]*(cache|benchmarks|hypothesis|checkpoints)$|.*\.egg-info$")

# One locked requirement: a name, one exact version, perhaps a marker. Nothing else may stand there,
# so neither an address nor an option that names one.
PINNED = re.compile(r"^(?P<requirement>[a-z0-9][a-z0-9._-]*==[^\s;]+( ; [^\\]+)?) \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
COMMENT = re.compile(r"^ *#")


def read_lock(name: str) -> dict[str, set[str]]:
    """Return each requirement of a lock with its hashes, having checked every line's form."""
    locked: dict[str, set[str]] = {}
    current = ""
    for line in (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").splitlines():
        if pinned := PINNED.match(line):
            current = pinned["requirement"]
            assert current not in locked
            locked[current] = set()
        elif HASH.match(line):
            locked[current].add(line.split(":")[1].rstrip(" \\"))
        else:
            assert COMMENT.match(line), f"{name}.lock: {line!r}"
    return locked


def locked_versions(name: str, python: str) -> dict[str, Version]:
    """Return the versions a lock gives to one version of Python on Linux."""
    environment = {
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "python_full_version": f"{python}.4",
        "python_version": python,
        "sys_platform": "linux",
    }
    versions: dict[str, Version] = {}
    for requirement in map(Requirement, read_lock(name)):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            assert requirement.name not in versions, f"two versions of {requirement.name}"
            versions[requirement.name] = Version(str(requirement.specifier).removeprefix("=="))
    return versions


def project_files() -> list[Path]:
    """Return every file of the project that is not generated."""
    files: list[Path] = []
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [x for x in subfolders if x not in GENERATED and not CACHE.match(x)]
        files += [Path(folder, name) for name in names if name not in GENERATED]
    return files


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host_and_hashes_everything(name):
    locked = read_lock(name)
    assert len(locked) > 50
    assert all(locked.values()), [pin for pin, hashes in locked.items() if not hashes]
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted", text)


@pytest.mark.parametrize("python", PYTHONS)
def test_development_lock_holds_the_runtime_lock(python):
    run, dev = locked_versions("run", python), locked_versions("dev", python)
    assert run.items() <= dev.items()
    assert len(dev) > len(run)


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_of_the_notebooks_agrees_with_both(python):
    run, dev, lab = (locked_versions(name, python) for name in LOCKS)
    assert run.items() <= lab.items()
    assert all(lab[name] == dev[name] for name in lab.keys() & dev.keys())
    wanted = map(Requirement, PROJECT["project"]["optional-dependencies"]["notebooks"])
    assert all(lab[canonicalize_name(one.name)] in one.specifier for one in wanted)


@pytest.mark.parametrize("python", PYTHONS)
def test_lock_gives_every_python_what_the_project_asks_for(python):
    run, dev = locked_versions("run", python), locked_versions("dev", python)
    groups = PROJECT["dependency-groups"]
    # An entry that is a table includes another group, and those are all listed here anyway.
    tools = [x for group in groups.values() for x in group if isinstance(x, str)]
    for wanted, locked in (
        (PROJECT["project"]["dependencies"] + groups["build"], run),
        (tools, dev),
    ):
        for requirement in map(Requirement, wanted):
            if requirement.marker is None or requirement.marker.evaluate(
                {"python_version": python}
            ):
                assert locked[canonicalize_name(requirement.name)] in requirement.specifier
    assert not {"torch", "jax", "jaxlib"} & dev.keys()
    assert "nutpie" not in run  # an extra: PyMC's own sampler does without


def test_matplotlib_stays_where_pymc_imports_on_python_3_11():
    assert locked_versions("run", "3.11")["matplotlib"] < Version("3.11")


def test_import_loads_nothing_heavy():
    heavy = {"arviz", "matplotlib", "pandas", "pydantic", "pymc", "scipy.stats", "statsmodels"}
    code = "import sys, alumnistats; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "alumnistats" in loaded
    assert not loaded & heavy


def test_checking_a_percentage_loads_no_analysis():
    code = "import sys, runpy; runpy.run_module('alumnistats', run_name='__main__')"
    code = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {code}"
    command = [sys.executable, "-c", code, "check", "47.8", "--n", "90"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("alumnistats.")}
    assert "alumnistats.rounding" in loaded
    later = ("analysis", "claims", "posterior", "reconstruction", "sources")
    assert not loaded & {f"alumnistats.{name}" for name in later}


def test_package_says_that_it_is_typed():
    assert resources.files(alumnistats).joinpath("py.typed").is_file()


def test_one_version_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    cited = re.search(r"^version: (\S+)\ndate-released: (\S+)$", citation, re.MULTILINE)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+) - (\S+)$", changelog, re.MULTILINE)
    assert cited is not None
    assert newest is not None
    assert cited.groups() == newest.groups()
    assert cited[1] == alumnistats.__version__ == PROJECT["project"]["version"]
    assert date.fromisoformat(cited[2]) >= date(2026, 11, 23)


def test_licence_is_the_one_declared():
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert PROJECT["project"]["license"] == "MIT"
    assert "\nlicense: MIT\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_no_file_names_a_machine_or_a_registry():
    # Put together here, so that this file does not hold them either.
    words = [
        "/" + "work/",
        "/" + "root/",
        "py" + "pi.org",
        "python" + "hosted",
        "registry." + "npmjs",
        "deb." + "debian",
    ]
    found = [
        (str(path.relative_to(ROOT)), word)
        for path in project_files()
        for word in words
        if word.encode() in path.read_bytes()
    ]
    assert found == []


def test_tests_that_are_recorded_as_slow_are_there():
    for line in (ROOT / "tests" / "slow.txt").read_text(encoding="utf-8").splitlines():
        path, _, name = line.partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.M), line


def test_every_mutant_that_survived_has_a_reason():
    with (ROOT / "benchmarks" / "mutations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["reason"] for row in rows if row["outcome"] == "survived")
    noticed = {}
    for row in rows:
        if not row["reason"].startswith("equivalent"):
            noticed.setdefault(row["module"].split(".")[0], []).append(row["outcome"] != "survived")
    assert all(sum(found) >= 0.85 * len(found) for found in noticed.values())


def test_values_of_choices_have_hyphens():
    for path in sorted((ROOT / "alumnistats").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
                values = [c.value for c in ast.walk(node.slice) if isinstance(c, ast.Constant)]
                assert not [v for v in values if "_" in str(v)], (path, node.lineno)
