"""Tables as files, and as one JSON document."""

from __future__ import annotations

import io
import json
import math
import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from alumnistats.text import csv_text
from alumnistats.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.reconstruction import Reconstruction
    from alumnistats.survey import Survey

SCHEMA = 1
RECORDED = ("numpy", "scipy", "pandas")
FLOATS = "%.10g"  # of CSV files: beyond the accuracy of every number in them


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries that JSON can hold: missing and infinite numbers are null.

    Examples
    --------
    >>> import pandas as pd
    >>> records(pd.DataFrame({"group": ["a"], "p": [float("nan")]}))
    [{'group': 'a', 'p': None}]
    """

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

    Examples
    --------
    >>> import alumnistats as al
    >>> document(al.load_survey("america-1969"), {}, seed=3)["seed"]
    3
    """
    versions = {"alumnistats": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in RECORDED}
    return {
        "schema": SCHEMA,
        "survey": {"id": survey.id, "title": survey.title.model_dump(), "sha256": survey.sha256},
        **facts,
        "versions": versions,
        "tables": {name: records(frame) for name, frame in tables.items()},
    }


def to_json(content: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Return the document as text, UTF-8 or ASCII, in a fixed order.

    Examples
    --------
    >>> print(to_json({"level": 0.95}), end="")
    {
     "level": 0.95
    }
    """
    return json.dumps(content, ensure_ascii=ascii_only, indent=1, allow_nan=False)


def csv_files(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    r"""Return every table as UTF-8 CSV, by file name; no text in it is a formula (`csv_text`).

    Examples
    --------
    >>> import pandas as pd
    >>> csv_files({"ranks": pd.DataFrame({"group": ["a"], "rank": [1]})})
    {'ranks.csv': b'group,rank\na,1\n'}
    """
    return {
        f"{name}.csv": _inert(frame)
        .to_csv(index=False, float_format=FLOATS, lineterminator="\n")
        .encode()
        for name, frame in tables.items()
    }


def _inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts are texts in a spreadsheet, too."""
    texts = [c for c, kind in frame.dtypes.items() if kind.kind == "O" or kind == "string"]
    changed = {
        str(c): frame[c].map(lambda value: csv_text(value) if isinstance(value, str) else value)
        for c in texts
        if any(isinstance(value, str) and csv_text(value) != value for value in frame[c])
    }
    return frame.assign(**changed) if changed else frame


def parquet_file(frame: pd.DataFrame) -> bytes:
    """Return a table as the content of a Parquet file.

    Examples
    --------
    >>> import pandas as pd
    >>> parquet_file(pd.DataFrame({"rank": [1]}))[:4]
    b'PAR1'
    """
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, engine="pyarrow")
    return buffer.getvalue()


def reconstruction_facts(recon: Reconstruction) -> dict[str, float]:
    """Return what a document says of a reconstruction beside its tables.

    The prior probability of a misprint, where figures may be misprints. Where sizes are drawn:
    effective solutions, the largest size in the tables, and `left_out`, which bounds what may lie
    beyond.

    Examples
    --------
    >>> import alumnistats as al
    >>> sorted(reconstruction_facts(al.reconstruct("america-1969", draws=100)))
    ['effective_solutions', 'largest_size', 'left_out']
    """
    facts = {} if recon.misprint_prior is None else {"misprints": recon.misprint_prior}
    if not recon.models:
        return facts
    drawn = {"effective_solutions": recon.particles.ess, "left_out": recon.left_out}
    return facts | drawn | {"largest_size": recon.problem.largest}
