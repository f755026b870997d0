"""Respondents from files and data frames, as columns of text: what each value is called.

Only the columns that are used are read. What a reader raises becomes an error of this package at
one door, `reading`.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from alumnistats.errors import AlumniStatsError, Problem, SurveyFileError, shown
from alumnistats.sources.cells import Cell, plain
from alumnistats.sources.files import read_bytes
from alumnistats.sources.grids import read_sheet
from alumnistats.sources.headings import LOOKED_AT, AnswerSet, Headings, read_headings
from alumnistats.sources.workbooks import is_filled

if TYPE_CHECKING:
    import pandas as pd

Texts = npt.NDArray[np.object_]

A_FILE = "respondents in .csv, .tsv, .txt, .xlsx, .parquet or .sav"
NO_PATH = "(data frame)"
"""What respondents without a file are called."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column of respondents.

    Attributes
    ----------
    text : ndarray of str, shape (respondents,)
        Labels where values have some; "" where nothing is written.
    order : tuple of str
        Labels in the order of the file's value labels; empty where it has none.
    codes : dict of str
        The code of each label, where values have labels.
    """

    text: Texts
    order: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Where respondents come from."""

    @property
    def names(self) -> Sequence[str]:
        """Of all columns."""

    @property
    def sets(self) -> Mapping[str, AnswerSet]:
        """Questions with several columns that the file tells of."""

    @property
    def labels(self) -> Mapping[str, str]:
        """Texts of questions, by column."""

    @property
    def notes(self) -> Sequence[str]:
        """What the reader should know of how it was read."""

    @property
    def headed(self) -> bool:
        """Whether a row of headings may stand among the respondents, nothing being known of any."""

    def nameless_after(self, name: str) -> bool:
        """Return whether a column without a name, but not empty, comes after a column."""

    def columns(self, used: Sequence[str], *, numbers: bool) -> dict[str, Column]:
        """Return the columns that are used, as words or as numbers.

        Raises
        ------
        SurveyFileError
        """

    def where(self, row: int) -> str:
        """Return what a respondent is called in messages, counted from 0."""

    def sha256(self) -> str:
        """Return the hash of the bytes that were read."""


@contextlib.contextmanager
def reading(path: str, what: str, key: str = "") -> Iterator[None]:
    """Turn whatever a reader of files raises into a `SurveyFileError`.

    Parameters
    ----------
    path : str
    what : str
        What the file should be, such as ``"SPSS"``.
    key : str
        What was being read.
    """
    try:
        yield
    except (AlumniStatsError, ImportError, MemoryError):
        raise
    except Exception as error:
        text = " ".join(str(error).split()) or type(error).__name__
        hint = "Is it damaged, or another kind of file under this name? Save it as CSV."
        found = f"a file that is not {what} ({text})"
        if key:
            found, hint = f"values that cannot be read ({text})", "Save the file as CSV."
        raise SurveyFileError(path, [Problem(key, found, A_FILE, hint)]) from error


def missing_package(package: str) -> Problem:
    """Return the problem of a reader that is not installed."""
    hint = 'Install it with pip install "alumnistats[microdata]", or save the file as CSV.'
    return Problem("", f"no package {package}", f"{package}, which reads this file", hint)


class Headed:
    """A source whose columns are named by rows of headings."""

    headings: Headings
    header_rows: int | None

    @property
    def names(self) -> Sequence[str]:
        """Of all columns."""
        return self.headings.names

    @property
    def sets(self) -> Mapping[str, AnswerSet]:
        """Questions with several columns, by the rows of headings."""
        return self.headings.sets

    @property
    def labels(self) -> Mapping[str, str]:
        """Texts of questions, by the rows of headings."""
        return self.headings.labels

    @property
    def headed(self) -> bool:
        """Whether nothing is known of rows of headings."""
        return self.header_rows is None and not self.headings.extra


class SheetSource(Headed):
    """A text file or a sheet of Excel."""

    def __init__(self, path: str | Path, header_rows: int | None, **how: str | None) -> None:
        self.path, self.sheet, self.header_rows = str(path), how["sheet"], header_rows
        self.data = read_bytes(self.path, A_FILE)
        read = read_sheet(path, **how)
        self.rows = [row for row in read.rows if not all(cell.blank for cell in row)]
        texts = [[plain(cell.text) for cell in row] for row in self.rows[: LOOKED_AT + 1]]
        if header_rows is not None and len(self.rows) > LOOKED_AT:
            texts += [[plain(cell.text) for cell in row] for row in self.rows[LOOKED_AT + 1 :]]
        if len(self.rows) < 2:
            problem = Problem("", "a file without rows", "names of columns, then respondents")
            raise SurveyFileError(self.path, [problem])
        self.headings = read_headings(texts[0], texts[1:], header_rows)
        self.respondents = self.rows[1 + self.headings.extra :]
        self.notes = [*read.notes, *([self.headings.note] if self.headings.note else [])]

    def nameless_after(self, name: str) -> bool:
        """Return whether a column without a name, but not empty, comes after a column."""
        at = _nameless(self.names, name)
        return at > 0 and not all(row[at].blank for row in self.respondents)

    def columns(self, used: Sequence[str], *, numbers: bool) -> dict[str, Column]:
        """Return columns as displayed, numbers as they are."""
        found, problems = {}, []
        for name in used:
            cells = [row[self.names.index(name)] for row in self.respondents]
            bad = next((c for c in cells if c.kind in ("error", "formula")), None)
            if bad is not None:
                what = f"{shown(bad.text)} ({bad.kind})"
                problems.append(Problem(f"{bad.where}, {shown(name)}", what, "a value"))
            exact = numbers and Path(self.path).suffix.lower() in (".xlsx", ".xlsm")
            texts = self._exact(cells) if exact else (plain(cell.text) for cell in cells)
            found[name] = Column(_texts(texts))
        if problems:
            raise SurveyFileError(self.path, problems)
        return found

    def where(self, row: int) -> str:
        """Return the row's number in the file."""
        return f"row {_row_of(self.respondents[row][0])}"

    def sha256(self) -> str:
        """Return the hash of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def _values(self) -> Any:
        """The sheet as openpyxl has it."""
        import openpyxl

        with reading(self.path, "Excel"):
            book = openpyxl.load_workbook(io.BytesIO(self.data), data_only=True)
            if self.sheet is not None:
                return book[self.sheet]
            visible = (s for s in book.worksheets if s.sheet_state == "visible")
            return next(s for s in visible if is_filled(s))

    def _exact(self, cells: Sequence[Cell]) -> Iterator[str]:
        """Return numbers with all their digits: a format that hides some changes no weight."""
        for cell in cells:
            value = self._values[cell.where].value if cell.kind == "number" else None
            yield plain(cell.text) if value is None else repr(value)


class FrameSource(Headed):
    """A data frame of pandas; its index is a column where it has a name."""

    def __init__(self, path: str, frame: pd.DataFrame, header_rows: int | None = None) -> None:
        self.path, self.header_rows = path, header_rows
        named = [name for name in frame.index.names if name is not None]
        self.index = frame.index
        frame = frame.reset_index() if named else frame
        first = [_name(name) for name in frame.columns]
        rows = len(frame) if header_rows is not None else LOOKED_AT
        texts = [[_shallow(v) for v in row] for row in frame.head(rows).to_numpy(dtype=object)]
        self.headings = read_headings(first, texts, header_rows)
        self.frame = frame.iloc[self.headings.extra :]
        self.notes = [self.headings.note] if self.headings.note else []

    def nameless_after(self, name: str) -> bool:
        """Return whether a column without a name, but not empty, comes after a column."""
        at = _nameless(self.names, name)
        return at > 0 and not self.frame.iloc[:, at].isna().all()

    def columns(
        self,
        used: Sequence[str],
        *,
        numbers: bool,  # noqa: ARG002  values are numbers already
    ) -> dict[str, Column]:
        """Return columns; categories keep their order."""
        found, problems = {}, []
        for name in used:
            series = self.frame.iloc[:, list(self.names).index(name)]
            try:
                found[name] = _column(series)
            except _NoValueError as error:
                expected = "one value in each row"
                key = f"{self.where(error.row)}, {shown(name)}"
                problems.append(Problem(key, error.found, expected))
        if problems:
            raise SurveyFileError(self.path, problems)
        return found

    def where(self, row: int) -> str:
        """Return the row's label in the index."""
        return f"row {self.index[row + self.headings.extra]}"

    def sha256(self) -> str:
        """Return the hash of the frame's values."""
        import pandas as pd

        digest = hashlib.sha256(repr(list(self.names)).encode())
        for c in range(self.frame.shape[1]):
            texts = self.frame.iloc[:, c].astype(str)
            digest.update(pd.util.hash_pandas_object(texts, index=False).to_numpy().tobytes())
        return digest.hexdigest()


class ParquetSource(FrameSource):
    """A Parquet file, of which only the columns that are used are read."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path, self.data, self.header_rows = path, data, 1
        try:
            import pyarrow.parquet as pq
        except ImportError as error:
            raise SurveyFileError(path, [missing_package("pyarrow")]) from error
        with reading(path, "Parquet"):
            self.headings = Headings(tuple(pq.read_schema(io.BytesIO(data)).names))
        self.notes = []

    def columns(self, used: Sequence[str], *, numbers: bool) -> dict[str, Column]:
        """Return columns; dictionaries keep their order."""
        import pyarrow.parquet as pq

        with reading(self.path, "Parquet", ", ".join(used)):
            table = pq.read_table(io.BytesIO(self.data), columns=list(dict.fromkeys(used)))
            self.frame = table.to_pandas(ignore_metadata=True)[list(table.column_names)]
        whole, self.headings = self.headings, Headings(tuple(table.column_names))
        try:
            return super().columns(used, numbers=numbers)
        finally:
            self.headings = whole

    def where(self, row: int) -> str:
        """Return the row's number, counted from 1."""
        return f"row {row + 1}"

    def sha256(self) -> str:
        """Return the hash of the file."""
        return hashlib.sha256(self.data).hexdigest()


class _NoValueError(Exception):
    """A cell that holds something else than one value."""

    def __init__(self, row: int, found: str) -> None:
        self.row, self.found = row, found
        super().__init__(found)


def _column(series: pd.Series) -> Column:
    import pandas as pd

    texts = []
    for row, value in enumerate(series.tolist()):
        if isinstance(value, list | tuple | set | dict | np.ndarray):
            raise _NoValueError(row, "a dict" if isinstance(value, dict) else "a list")
        texts.append(value_text(value))
    order: tuple[str, ...] = ()
    if isinstance(series.dtype, pd.CategoricalDtype):
        order = tuple(value_text(value) for value in series.cat.categories.tolist())
    return Column(_texts(texts), order)


def value_text(value: Any) -> str:
    """Return a value as text: whole numbers without decimals, missing values as nothing."""
    import pandas as pd

    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return plain(str(value))


def _nameless(names: Sequence[str], name: str) -> int:
    """Return the place of the column after one if it has no name, else 0."""
    after = list(names).index(name) + 1
    return after if after < len(names) and not names[after] else 0


def _texts(values: Any) -> Texts:
    found = list(values)
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array


def _shallow(value: Any) -> str:
    return plain(value) if isinstance(value, str) else "" if value is None else " "


def _name(name: Any) -> str:
    parts = [str(part) for part in name if part != ""] if isinstance(name, tuple) else [str(name)]
    return plain(": ".join(parts))


def _row_of(cell: Cell) -> int:
    return int("".join(letter for letter in cell.where if letter.isdigit()))
