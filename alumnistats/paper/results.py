"""`results.json`: the only bridge between what is computed and what the paper says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alumnistats.errors import AlumniStatsError

FORMAT = 1
NAME = "results.json"


class PaperError(AlumniStatsError):
    """The paper's folder, its results or its text are not what they have to be.

    Parameters
    ----------
    file : str
        At fault.
    problems : sequence of str
        Everything that is wrong with it, one readable line each.
    """

    def __init__(self, file: str, *problems: str) -> None:
        self.file = file
        self.problems = problems
        lines = [f"  - {problem}" for problem in problems]
        super().__init__("\n".join([f"{file}:", *lines]) if len(lines) > 1 else
                         f"{file}: {problems[0]}")  # fmt: skip


def results_text(results: Mapping[str, Any]) -> str:
    """Return results as text: keys in order, one entry a line, so that changes can be read.

    Examples
    --------
    >>> print(results_text({"format": 1, "values": {"b": {"value": 2}, "a": {"value": 1}}}))
    {
     "format": 1,
     "values": {
      "a": {"value": 1},
      "b": {"value": 2}
     }
    }
    <BLANKLINE>
    """
    head = {name: value for name, value in results.items() if name != "values"}
    lines = [json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ","]
    lines.append(' "values": {')
    entries = [
        f"  {json.dumps(key)}: {json.dumps(entry, ensure_ascii=False, allow_nan=False)}"
        for key, entry in sorted(results["values"].items())
    ]
    return "\n".join([*lines, ",\n".join(entries), " }", "}"]) + "\n"


def read_results(folder: Path) -> dict[str, Any]:
    """Read `results.json` of a folder.

    Raises
    ------
    PaperError
        If it is not there, or not what `results_text` writes.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     text = results_text({"format": 1, "values": {"a": {"value": 1}}})
    ...     _ = (Path(folder) / NAME).write_text(text, encoding="utf-8")
    ...     read_results(Path(folder))["values"]
    {'a': {'value': 1}}
    """
    path = folder / NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PaperError(str(path), "there is none; run `alumnistats paper` first") from None
    except ValueError as error:
        raise PaperError(str(path), f"found {error}; expected JSON") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT or "values" not in found:
        raise PaperError(str(path), f"expected results of format {FORMAT}")
    return found
