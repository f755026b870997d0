"""Where respondents come from: the reader of each kind of file, and of data frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alumnistats.errors import ArgumentError, Problem, SurveyFileError
from alumnistats.sources.files import read_bytes
from alumnistats.sources.frames import (
    A_FILE,
    NO_PATH,
    FrameSource,
    ParquetSource,
    SheetSource,
    Source,
)
from alumnistats.sources.grids import EXCEL_SUFFIXES, TEXT_SUFFIXES
from alumnistats.sources.spss import SpssSource

if TYPE_CHECKING:
    import pandas as pd


A_FRAME = "a path, or a data frame of pandas, polars or another library that narwhals knows"


def open_source(
    data: object,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_rows: int | None = None,
) -> Source:
    """Return where respondents come from: a file by its suffix, or a data frame.

    Parameters
    ----------
    data : str, Path or data frame
    sheet, encoding, delimiter, header_rows
        As in `read_microdata`.

    Raises
    ------
    SurveyFileError, ArgumentError
    """
    if not isinstance(data, str | Path):
        return FrameSource(NO_PATH, _to_pandas(data), header_rows)
    suffix = Path(data).suffix.lower()
    if suffix in (*TEXT_SUFFIXES, *EXCEL_SUFFIXES):
        how = {"sheet": sheet, "encoding": encoding, "delimiter": delimiter}
        return SheetSource(data, header_rows, **how)
    if header_rows not in (None, 1):
        raise ArgumentError("header_rows", header_rows, f"none: {suffix} files have names apart")
    path = str(data)
    if suffix == ".parquet":
        return ParquetSource(path, read_bytes(path, A_FILE))
    if suffix in (".sav", ".zsav"):
        return SpssSource(path, read_bytes(path, A_FILE), encoding)
    raise SurveyFileError(path, [Problem("", f'a file ending in "{suffix}"', A_FILE)])


def _to_pandas(data: object) -> pd.DataFrame:
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    import narwhals as nw

    frame = nw.from_native(data, pass_through=True, allow_series=False)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, nw.DataFrame):
        raise ArgumentError("path", type(data).__name__, A_FRAME)
    return frame.to_pandas()
