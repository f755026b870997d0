"""What an installation brings: a wheel with all that is needed, and every import declared."""

import ast
import os
import resource
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "alumnistats"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HELP_SECONDS = 0.5  # of a processor
# A part of pydantic that is published by itself, in one exact version.
WITHIN = {"pydantic-core": "pydantic"}


def imported() -> set[str]:
    """Return the top-level modules that the package imports, also inside functions."""
    names: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"alumnistats"}


def test_every_import_is_declared():
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]
    declared = {canonicalize_name(Requirement(one).name) for one in wanted}
    found = {canonicalize_name(module) for module in imported()}
    missing = {name for name in found if WITHIN.get(name, name) not in declared}
    assert missing == set()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the path of a wheel that is built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    here = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (meta,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(archive.read(meta).decode("utf-8"))
        licenses = [name for name in archive.namelist() if name.endswith("/LICENSE")]
    assert names == here
    assert {Path(name).suffix for name in names} >= {
        ".toml",
        ".json",
        ".j2",
        ".css",
        ".js",
        ".typed",
    }
    assert metadata["Name"] == "alumnistats"
    assert metadata["Version"] == PROJECT["version"]
    assert metadata["Requires-Python"] is not None
    required = {Requirement(one) for one in metadata.get_all("Requires-Dist")}
    assert required >= {Requirement(one) for one in PROJECT["dependencies"]}
    assert len(licenses) == 1


def test_what_is_installed_from_it_works_by_itself(wheel, tmp_path):
    """From another folder, without the checkout: the command, the data, the page's templates."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "import alumnistats, pathlib, sys\n"
        "assert pathlib.Path(alumnistats.__file__).is_relative_to(sys.argv[1])\n"
        "from alumnistats.sources import survey_schema\n"
        "from alumnistats.cli import main\n"
        "survey_schema()\n"
        "main(['validate', alumnistats.load_survey().id])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "valid" in done.stdout


def test_help_comes_at_once():
    def seconds() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    times = []
    for _ in range(3):  # the first may have to compile
        before = seconds()
        command = [sys.executable, "-m", "alumnistats", "--help"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        times.append(seconds() - before)
    assert min(times) < HELP_SECONDS
