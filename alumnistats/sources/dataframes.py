"""Data frames as tables of cells: pandas itself, polars and pyarrow by narwhals."""

from __future__ import annotations

import datetime
from typing import Any

from alumnistats.errors import ArgumentError, Problem, SurveyFileError
from alumnistats.sources.cells import Cell, Grid
from alumnistats.sources.grids import Sheet
from alumnistats.sources.table import is_value
from alumnistats.sources.workbooks import MOST_CELLS

NAME = "data frame"
EXPECTED = "the path of a table, or a data frame of pandas, polars or pyarrow"


def sheet_of_frame(frame: Any) -> Sheet:
    """Return a data frame as a sheet; an index that is more than row numbers holds labels.

    Parameters
    ----------
    frame : DataFrame
        Of pandas; or of polars or pyarrow, by narwhals.

    Raises
    ------
    ArgumentError
        If it is no data frame.
    """
    import pandas as pd

    found = frame if isinstance(frame, pd.DataFrame) else _through_narwhals(frame)
    levels = found.columns.nlevels
    names = [
        [_cell(part, f"columns[{c}]") for c, part in enumerate(_parts(found.columns, i))]
        for i in range(levels)
    ]
    if found.shape[0] * found.shape[1] > MOST_CELLS:
        text = f"{found.shape[0]} rows and {found.shape[1]} columns"
        raise SurveyFileError(NAME, [Problem("", text, f"at most {MOST_CELLS} cells")])
    columns = [_values(found.iloc[:, c]) for c in range(found.shape[1])]
    body = [
        [_cell(column[r], f"iloc[{r},{c}]") for c, column in enumerate(columns)]
        for r in range(found.shape[0])
    ]
    index: Grid = [[] for _ in range(found.shape[0])]
    corner: Grid = [[] for _ in range(levels)]
    if not _numbered(found, body):
        index = [
            [_cell(part, f"index[{r}]") for part in (key if isinstance(key, tuple) else (key,))]
            for r, key in enumerate(found.index)
        ]
        blank = [Cell("", "index") for _ in range(found.index.nlevels)]
        named = [_cell(name, "index") for name in found.index.names]
        corner = [*([blank] * (levels - 1)), named]
    rows = [a + b for a, b in zip([*corner, *index], [*names, *body], strict=True)]
    return Sheet(NAME, rows, header_rows=levels)


def _through_narwhals(frame: Any) -> Any:
    """Return a frame of another library as one of pandas, its values as Python objects."""
    import narwhals as nw
    import pandas as pd

    try:
        found = nw.from_native(frame, eager_only=True)
    except TypeError as error:
        raise ArgumentError("table", type(frame).__name__, EXPECTED) from error
    return pd.DataFrame(
        {name: pd.Series(found[name].to_list(), dtype=object) for name in found.columns}
    )


def _parts(columns: Any, level: int) -> list[Any]:
    return list(columns.get_level_values(level))


def _numbered(frame: Any, body: Grid) -> bool:
    """Return whether the index only counts rows, and labels stand in the first column."""
    import pandas as pd

    index = frame.index
    unnamed = index.nlevels == 1 and index.name is None
    counts = unnamed and pd.api.types.is_integer_dtype(index.dtype)
    return counts and all(row and not is_value(row[0]) for row in body)


def _values(column: Any) -> list[Any]:
    """Return the values of a column; short floats as they are written, without noise behind."""
    import numpy as np

    if (
        isinstance(column.dtype, np.dtype)
        and column.dtype.kind == "f"
        and column.dtype.itemsize < 8
    ):
        return [float(str(value)) for value in column.to_numpy()]
    return column.tolist()


def _cell(value: Any, where: str) -> Cell:
    """Return a value as the cell that shows it; floats have lost the zeros that were printed."""
    import pandas as pd

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return Cell("", where)
    if isinstance(value, bool):
        return Cell(str(value).upper(), where, "truth")
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return Cell(str(value), where, "date")
    if pd.api.types.is_number(value) and not isinstance(value, complex):
        text = format(float(value), ".15g") if pd.api.types.is_float(value) else str(value)
        return Cell(text, where, "number", "." not in text and pd.api.types.is_float(value))
    return Cell(str(value), where)
