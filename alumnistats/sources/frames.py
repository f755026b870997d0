"""Data files as a data frame of text: what a value is called, and nothing where it is missing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alumnistats.errors import Problem, SurveyFileError, shown
from alumnistats.sources.cells import plain
from alumnistats.sources.grids import EXCEL_SUFFIXES, TEXT_SUFFIXES, read_sheet

if TYPE_CHECKING:
    import pandas as pd

A_FILE = "respondents in .csv, .tsv, .txt, .xlsx, .parquet or .sav"
MISSING = ("NA", "N/A", "NaN", ".")
"""Words of programs for a missing value, as they write them; "None" may be an answer."""


def read_frame(
    path: str | Path, data: bytes, *, sheet: str | None = None, encoding: str | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Read a data file.

    Parameters
    ----------
    path : str or Path
        Its suffix says what it is.
    data : bytes
        Of the file.
    sheet, encoding : str, optional

    Returns
    -------
    DataFrame
        Of text; "" where a value is missing.
    notes : list of str

    Raises
    ------
    SurveyFileError
    """
    suffix = Path(path).suffix.lower()
    if suffix in (*TEXT_SUFFIXES, *EXCEL_SUFFIXES):
        return _from_sheet(path, sheet, encoding)
    readers = {".parquet": _parquet, ".sav": _spss, ".zsav": _spss}
    if suffix not in readers:
        raise SurveyFileError(str(path), [Problem("", f'a file ending in "{suffix}"', A_FILE)])
    return readers[suffix](str(path), data), []


def _from_sheet(
    path: str | Path, sheet: str | None, encoding: str | None
) -> tuple[pd.DataFrame, list[str]]:
    import pandas as pd

    read = read_sheet(path, sheet=sheet, encoding=encoding)
    rows = [row for row in read.rows if not all(cell.blank for cell in row)]
    if len(rows) < 2:
        problem = Problem("", "a file without rows", "names of columns, then respondents")
        raise SurveyFileError(str(path), [problem])
    bad = [c for row in rows[1:] for c in row if c.kind in ("error", "formula")]
    if bad:
        found = f"{shown(bad[0].text)} ({bad[0].kind})"
        raise SurveyFileError(str(path), [Problem(bad[0].where, found, "a value")])
    names = [plain(cell.text) for cell in rows[0]]
    values = [[plain(cell.text) for cell in row] for row in rows[1:]]
    words = [word for word in MISSING if any(word in row for row in values)]
    notes = [f"cells that say {shown(word)} are read as missing" for word in words]
    kept = [["" if value in MISSING else value for value in row] for row in values]
    return pd.DataFrame(kept, columns=names, dtype=object), [*read.notes, *notes]


def _parquet(path: str, data: bytes) -> pd.DataFrame:
    import io

    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(data))
    except ImportError as error:
        raise SurveyFileError(path, [_extra("pyarrow")]) from error
    except (OSError, ValueError) as error:
        found = f"a file that is not Parquet ({error})"
        raise SurveyFileError(path, [Problem("", found, A_FILE)]) from error
    return _as_text(frame)


def _spss(path: str, data: bytes) -> pd.DataFrame:
    try:
        import pyreadstat
    except ImportError as error:
        raise SurveyFileError(path, [_extra("pyreadstat")]) from error
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, f"data{Path(path).suffix}")  # of the bytes whose hash is recorded
        copy.write_bytes(data)
        try:
            frame, _ = pyreadstat.read_sav(str(copy), apply_value_formats=True)
        except pyreadstat.ReadstatError as error:
            found = f"a file that is not SPSS ({error})"
            raise SurveyFileError(path, [Problem("", found, A_FILE)]) from error
    return _as_text(frame)


def _extra(package: str) -> Problem:
    hint = 'Install it with pip install "alumnistats[microdata]", or save the file as CSV.'
    return Problem("", f"no package {package}", f"{package}, which reads this file", hint)


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of text: whole numbers without decimals, missing values as nothing."""
    import pandas as pd

    def text(value: Any) -> str:
        if pd.isna(value):
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return plain(str(value))

    columns = {str(name): [text(v) for v in frame[name].tolist()] for name in frame.columns}
    return pd.DataFrame(columns, dtype=object)
