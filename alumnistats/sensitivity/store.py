"""Finished scenarios on disk: one small file a unit, whole or not there at all."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from alumnistats.sensitivity.identity import digest
from alumnistats.sensitivity.units import Finished

SCHEMA = 1


class Store:
    """A folder of finished scenarios.

    Every result lies under the digest of all that it depends on, so a folder may serve several
    surveys, files and versions: each run takes what fits and leaves the rest.

    Parameters
    ----------
    folder : Path
        Made when the first result is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self) -> dict[str, Finished]:
        """Return every result in the folder by digest; a file that cannot be read has none."""
        found: dict[str, Finished] = {}
        for path in sorted(self.folder.glob("*.json")):
            try:
                content = json.loads(path.read_text(encoding="utf-8"))
                if content["schema"] == SCHEMA:
                    found |= {
                        name: Finished(**result | {"claims": tuple(result["claims"])})
                        for name, result in content["scenarios"].items()
                    }
            except (ValueError, KeyError, TypeError):
                continue  # not ours, or damaged: computed again
        return found

    def save(self, results: Mapping[str, Finished]) -> None:
        """Write the results of one unit."""
        self.folder.mkdir(parents=True, exist_ok=True)
        scenarios = {name: dataclasses.asdict(result) for name, result in results.items()}
        text = json.dumps({"schema": SCHEMA, "scenarios": scenarios}, ensure_ascii=False)
        target = self.folder / f"{digest(sorted(results))}.json"
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".writing-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
