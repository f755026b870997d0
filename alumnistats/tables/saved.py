"""`load`: the tables of an analysis that was written to a folder, without computing them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alumnistats.arguments import checked, file_path
from alumnistats.brief import short_repr
from alumnistats.errors import Problem, SurveyFileError
from alumnistats.tables.files import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

DOCUMENT = "analysis.json"
EXPECTED = "the analysis.json of a folder that `analysis.save` or `analyze --out` wrote"


@dataclass(frozen=True, eq=False)
class Saved:
    """An analysis as it was written: its tables, and how it was asked for.

    Attributes
    ----------
    survey : dict
        Id, title in both languages, and the digest of the file.
    settings : dict
        Engine, seed, level, the prior on sizes, and the versions that computed it.
    tables : dict of DataFrame
        As `Analysis.tables` gives them; a number that is missing or infinite is missing.
    directory : Path
        Where it lies; ``saved.plot`` draws from what is there.
    """

    __repr__ = short_repr

    survey: Mapping[str, Any]
    settings: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    directory: Path


@checked({"directory": file_path})
def load(directory: str | Path) -> Saved:
    """Return the tables of an analysis from the folder it was saved to.

    Parameters
    ----------
    directory : path
        As given to `Analysis.save` or ``alumnistats analyze --out``.

    Returns
    -------
    Saved

    Raises
    ------
    SurveyFileError
        If there is no such document, or it is damaged or of another version's form.

    Examples
    --------
    >>> import tempfile
    >>> import alumnistats as al
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = al.analyze("america-1969", draws=100).save(folder)
    ...     saved = al.load(folder)
    >>> saved.survey["id"], saved.settings["seed"]
    ('america-1969', 0)
    >>> "claims" in saved.tables
    True
    """
    import pandas as pd

    from alumnistats.sources.files import MOST_BYTES, read_bytes

    where = str(Path(directory) / DOCUMENT)
    try:
        content = json.loads(read_bytes(where, EXPECTED, MOST_BYTES))
        found = content.pop("schema")
        survey, tables = content.pop("survey"), content.pop("tables")
        frames = {name: pd.DataFrame.from_records(rows) for name, rows in tables.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SurveyFileError(where, [Problem("", "another content", EXPECTED)]) from error
    if found != SCHEMA:
        raise SurveyFileError(where, [Problem("schema", found, f"{SCHEMA}, that of this version")])
    return Saved(survey, content, frames, Path(directory))
