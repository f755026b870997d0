"""What the results depend on: the survey file, the package's source, tables, versions."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alumnistats.version import __version__

SOURCE = (".py", ".toml", ".j2", ".json")
"""Suffixes of the files that make up the package."""
RECORDED = ("numpy", "scipy", "pandas", "matplotlib")


def digest(files: Iterable[tuple[str, bytes]]) -> str:
    """Return the SHA-256 of named contents; names and lengths are hashed too."""
    total = hashlib.sha256()
    for name, content in files:
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def source_sha256(root: Path | None = None) -> str:
    """Return the SHA-256 of the package's source tree.

    Parameters
    ----------
    root : Path, optional
        Folder; that of this package when omitted.

    Returns
    -------
    str
        Of all Python, TOML, JSON and template files, in the order of their names, with line ends
        as on Unix: the same on every system.
    """
    top = Path(__file__).parents[1] if root is None else root
    found = [path for path in top.rglob("*") if path.suffix in SOURCE and path.is_file()]
    named = sorted((path.relative_to(top).as_posix(), path) for path in found)
    return digest((name, path.read_bytes().replace(b"\r\n", b"\n")) for name, path in named)


def provenance(survey_sha256: str, tables: Mapping[str, str], **facts: Any) -> dict[str, Any]:
    """Return what results are recorded with.

    Parameters
    ----------
    survey_sha256 : str
        Of the survey file.
    tables : dict of str to str
        SHA-256 of the committed tables that were read, by name.
    **facts
        Seed, level, draws.

    Returns
    -------
    dict
    """
    versions = {"alumnistats": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in RECORDED}
    return {
        "survey_sha256": survey_sha256,
        "source_sha256": source_sha256(),
        "tables_sha256": dict(sorted(tables.items())),
        **facts,
        "versions": versions,
    }
