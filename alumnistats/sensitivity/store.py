"""Finished scenarios on disk: small files, each whole or not there at all."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alumnistats.outputs import STAGING, write_file
from alumnistats.sensitivity.identity import digest
from alumnistats.sensitivity.units import Finished
from alumnistats.sources.notices import tell

SCHEMA = 2
DAMAGED = "damaged, or not of this version: its scenarios are computed again"


class Store:
    """A folder of finished scenarios.

    Every result lies under the digest of all that it depends on, so a folder may serve several
    surveys, files and versions: each run takes what fits and leaves the rest. Each file also holds
    the digest of its content: what does not agree with it is not believed.

    Parameters
    ----------
    folder : Path
        Made when the first result is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self) -> dict[str, Finished]:
        """Return every result in the folder by digest; a notice tells of files that have none."""
        found: dict[str, Finished] = {}
        damaged = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                found |= _results(path)
            except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
                damaged.append(path.name)
        if damaged:
            more = f" and {len(damaged) - 1} more files" if len(damaged) > 1 else ""
            tell(str(self.folder), [f"{damaged[0]}{more}: {DAMAGED}"])
        return found

    def save(self, results: Mapping[str, Finished]) -> None:
        """Write results that will last: those of defects and of dead processes are not kept."""
        scenarios = {
            name: dataclasses.asdict(result) for name, result in results.items() if result.lasting
        }
        if not scenarios:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {"schema": SCHEMA, "digest": digest(scenarios), "scenarios": scenarios}
        name, again = digest(sorted(scenarios)), 1
        target = self.folder / f"{name}.json"
        while target.is_dir():
            again += 1
            target = self.folder / f"{name}-{again}.json"
        write_file(target, json.dumps(content, ensure_ascii=False).encode())

    def tidy(self) -> None:
        """Remove files that were never finished; nobody else may be writing."""
        for path in self.folder.glob(f"{STAGING}*"):
            path.unlink(missing_ok=True)


def _results(path: Path) -> dict[str, Finished]:
    """Return the results of one file.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError
        If it is damaged.
    """
    if not path.is_file():
        raise ValueError("no file")
    content = json.loads(path.read_text(encoding="utf-8"))
    scenarios = content["scenarios"]
    if content["schema"] != SCHEMA or content["digest"] != digest(scenarios):
        raise ValueError("another content than was written")
    return {str(name): _finished(result) for name, result in scenarios.items()}


def _finished(result: dict[str, Any]) -> Finished:
    claims: list[dict[str, Any]] = result["claims"]
    sound = (
        all({type(claim["id"]), type(claim["verdict"])} == {str} for claim in claims)
        and isinstance(result["ess"], float | None)
        and isinstance(result["error"], str)
        and result["lasting"] is True
    )
    if not sound:
        raise ValueError("other values than were written")
    return Finished(tuple(claims), result["ess"], result["error"])
