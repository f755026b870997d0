"""What a run made, as a manifest of digests that another machine can be held to.

Another processor sums in another order, so the last digits of a number differ and with them the
bytes of whatever holds it. Digests are therefore of what has to agree, not of bytes:

table
    every column by itself: numbers at `DIGITS` significant digits, text as it is
values
    the paper's values as they are printed, one by one
text
    what the cells of an executed notebook print
headings
    the headings of a page, in their order
file
    that there is one, of a kind that its first bytes show, and not empty
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

DIGITS = 3
"""Significant digits of numbers in tables: few enough for another order of summation."""

ZERO = 1e-9
"""Numbers below it are noise of rounding around zero."""

IDENTITIES = {"digest"}
"""Columns that name a computation: they change with the source and versions, results or not."""

FIRST_BYTES = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".nc": b"\x89HDF",
    ".html": b"<!",
    ".json": b"{",
    ".parquet": b"PAR1",
}

Parts = dict[str, str]


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def rounded(cell: str) -> str:
    """Return a cell of a table as it is compared.

    Examples
    --------
    >>> rounded("0.123456"), rounded("110"), rounded("-1e-17"), rounded("retail")
    ('0.123', '110', '0', 'retail')
    """
    if re.fullmatch(r"[+-]?\d+", cell):
        return cell
    try:
        number = float(cell)
    except ValueError:
        return cell
    if not math.isfinite(number):
        return str(number)
    return "0" if abs(number) < ZERO else f"{number:.{DIGITS}g}"


def table_parts(path: Path) -> Parts:
    """Return a digest of every column of a CSV file, and its number of rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    parts = {
        f"column {name}": digest("\n".join(rounded(row[i]) for row in rows))
        for i, name in enumerate(header)
        if name not in IDENTITIES
    }
    return {"rows": str(len(rows)), **parts}


def value_parts(path: Path) -> Parts:
    """Return a digest of the print of every value of the paper."""
    values = json.loads(path.read_text(encoding="utf-8"))["values"]
    return {
        f"value {key}": digest(json.dumps(entry["text"], ensure_ascii=False))
        for key, entry in values.items()
    }


def text_parts(path: Path) -> Parts:
    """Return a digest of what each cell of an executed notebook prints."""
    parts = {}
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        printed = "".join(
            "".join(output["text"])
            for output in cell.get("outputs", [])
            if output["output_type"] == "stream"
        )
        if printed:
            parts[f"cell {number}"] = digest(printed)
    return parts


def heading_parts(path: Path) -> Parts:
    """Return a digest of the headings of a page."""
    found = re.findall(r"<h[1-6][^>]*>(.*?)</h[1-6]>", path.read_text(encoding="utf-8"), re.DOTALL)
    plain = [re.sub(r"<[^>]+>", "", heading) for heading in found]
    return {"headings": digest("\n".join(plain))}


def file_parts(path: Path) -> Parts:
    """Return the kind of a file, by its first bytes."""
    expected = FIRST_BYTES.get(path.suffix, b"")
    content = path.read_bytes()
    right = len(content) > len(expected) and content.lstrip().lower().startswith(expected.lower())
    return {"kind": path.suffix if right else f"not {path.suffix}"}


COMPARED: dict[str, Callable[[Path], Parts]] = {
    "table": table_parts,
    "values": value_parts,
    "text": text_parts,
    "headings": heading_parts,
    "file": file_parts,
}


def manifest(root: Path, patterns: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the manifest of the files of a folder.

    Parameters
    ----------
    root : Path
    patterns : iterable of (str, str)
        How files are compared, a key of `COMPARED`, and which, as in `Path.glob`. A file that
        several match is taken by the first.

    Returns
    -------
    dict
        By path: how it is compared, its parts with their digests, and one digest of them all.

    Raises
    ------
    FileNotFoundError
        If nothing matches a pattern: a step has not done its work.
    """
    files: dict[str, Any] = {}
    for how, pattern in patterns:
        found = sorted(path for path in root.glob(pattern) if path.is_file())
        if not found:
            raise FileNotFoundError(f"{root}: nothing is there that matches {pattern}")
        for path in found:
            name = path.relative_to(root).as_posix()
            if name not in files:
                parts = COMPARED[how](path)
                whole = digest(json.dumps([how, parts], sort_keys=True))
                files[name] = {"compared": how, "sha256": whole, "parts": parts}
    return {"format": 1, "digits": DIGITS, "files": dict(sorted(files.items()))}


def differences(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return what is not as recorded, a line each: files, and the parts of them that differ."""
    before, after = recorded["files"], found["files"]
    lines = []
    for name in sorted({*before, *after}):
        if name not in after:
            lines.append(f"{name}: recorded, but not made")
        elif name not in before:
            lines.append(f"{name}: made, but not recorded")
        elif before[name]["sha256"] != after[name]["sha256"]:
            old, new = before[name]["parts"], after[name]["parts"]
            parts = [part for part in {**old, **new} if old.get(part) != new.get(part)]
            lines.append(f"{name}: differs in {', '.join(parts) or 'how it is compared'}")
    return lines
