"""Tables as files, and as one JSON document."""

from __future__ import annotations

import io
import json
import math
import os
import platform
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alumnistats
from alumnistats.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.reconstruction import Reconstruction
    from alumnistats.survey import Survey

SCHEMA = 1
RECORDED = ("numpy", "scipy", "pandas")
FLOATS = "%.10g"  # of CSV files: beyond the accuracy of every number in them


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries that JSON can hold: missing and infinite numbers are null."""

    def plain(value: Any) -> Any:
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value

    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(key): plain(value) for key, value in row.items()} for row in rows]


def document(survey: Survey, tables: Mapping[str, pd.DataFrame], **facts: Any) -> dict[str, Any]:
    """Return everything computed as one JSON-ready document.

    Parameters
    ----------
    survey : Survey
    tables : dict of DataFrame
    **facts
        Seed, level, engine and so on, recorded as they are.
    """
    versions = {"alumnistats": alumnistats.__version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in RECORDED}
    return {
        "schema": SCHEMA,
        "survey": {"id": survey.id, "title": survey.title.model_dump(), "sha256": survey.sha256},
        **facts,
        "versions": versions,
        "tables": {name: records(frame) for name, frame in tables.items()},
    }


def to_json(content: Mapping[str, Any]) -> str:
    """Return the document as text, UTF-8 and in a fixed order."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def check_directory(path: Path) -> None:
    """Raise `ArgumentError` unless files can be written to `path`, which may not exist yet."""
    if path.exists() and not path.is_dir():
        raise ArgumentError("--out", str(path), "a folder, or a name that does not exist yet")
    parent = path
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise ArgumentError(
            "--out", str(path), f"a folder that can be written to ({parent} cannot)"
        )


def write_files(directory: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files so that an interruption leaves either the old or the new one, never half.

    Parameters
    ----------
    directory : Path
        Created if missing.
    contents : dict of bytes
        By relative name.

    Returns
    -------
    list of Path
    """
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    with tempfile.TemporaryDirectory(dir=directory, prefix=".writing-") as staging:
        for name, data in contents.items():
            target = Path(staging, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        for name in contents:
            final = directory / name
            final.parent.mkdir(parents=True, exist_ok=True)
            Path(staging, name).replace(final)
            written.append(final)
    return written


def csv_files(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return every table as UTF-8 CSV, by file name."""
    return {
        f"{name}.csv": frame.to_csv(index=False, float_format=FLOATS, lineterminator="\n").encode()
        for name, frame in tables.items()
    }


def parquet_file(frame: pd.DataFrame) -> bytes:
    """Return a table as the content of a Parquet file."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, engine="pyarrow")
    return buffer.getvalue()


def misprints_of(recon: Reconstruction) -> dict[str, float]:
    """Return the prior probability of a misprint as a fact of a document, where one is allowed."""
    return {} if recon.problem.typos is None else {"misprints": recon.problem.typos.prior}
