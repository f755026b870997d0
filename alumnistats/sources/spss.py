"""Respondents from SPSS: value labels in their order, multiple-response sets, one label a code."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from alumnistats.errors import Problem, SurveyFileError, shown
from alumnistats.sources.cells import plain
from alumnistats.sources.frames import Column, missing_package, reading, value_text
from alumnistats.sources.headings import AnswerSet

SPSS = "SPSS"


class SpssSource:
    """An SPSS file, of which only the columns that are used are read."""

    def __init__(self, path: str, data: bytes, encoding: str | None = None) -> None:
        try:
            import pyreadstat
        except ImportError as error:
            raise SurveyFileError(path, [missing_package("pyreadstat")]) from error
        self.path, self.data, self.encoding = path, data, encoding
        self._read_sav = pyreadstat.read_sav
        with self._file() as file, reading(path, SPSS):
            _, self.meta = self._read_sav(file, metadataonly=True, encoding=encoding)
        self.names: Sequence[str] = [str(name) for name in self.meta.column_names]
        self.notes: Sequence[str] = []

    @property
    def sets(self) -> Mapping[str, AnswerSet]:
        """Multiple-response sets, by their names without the dollar sign."""
        labels = self.meta.column_names_to_labels
        found = {}
        known = {name.casefold(): name for name in self.names}
        for name, entry in (getattr(self.meta, "mr_sets", None) or {}).items():
            columns = tuple(known.get(c.casefold(), c) for c in entry["variable_list"])
            options = tuple(plain(labels.get(c) or "") or c for c in columns)
            options = options if len(set(options)) == len(options) else columns
            counted = value_text(entry.get("counted_value"))
            categories = not entry.get("is_dichotomy", True)
            found[str(name).removeprefix("$")] = AnswerSet(columns, options, counted, categories)
        return found

    @property
    def labels(self) -> Mapping[str, str]:
        """Variable labels."""
        found = self.meta.column_names_to_labels
        return {name: plain(label) for name, label in found.items() if label and plain(label)}

    @property
    def headed(self) -> bool:
        """Whether a row of headings may be among the cases: never."""
        return False

    def nameless_after(self, name: str) -> bool:  # noqa: ARG002  all columns have names
        """Return whether a column without a name comes after a column: never."""
        return False

    def columns(self, used: Sequence[str], *, numbers: bool) -> dict[str, Column]:
        """Return columns with labels in the place of codes, but for numbers."""
        found, problems = {}, []
        for name in used:
            with self._file() as file, reading(self.path, SPSS, shown(name)):
                frame, _ = self._read_sav(file, usecols=[name], encoding=self.encoding)
                values = frame[name].tolist()
            labels = {} if numbers else self.meta.variable_value_labels.get(name, {})
            column, twice = _labelled(values, labels)
            found[name] = column
            problems += [
                Problem(
                    shown(name),
                    f"codes {', '.join(codes)} with the same label {shown(label)}",
                    "a label of its own for each code",
                    "Give one of them another label, or recode them into one.",
                )
                for label, codes in twice.items()
            ]
        if problems:
            raise SurveyFileError(self.path, problems)
        return found

    def where(self, row: int) -> str:
        """Return the case's number, as SPSS counts."""
        return f"case {row + 1}"

    def sha256(self) -> str:
        """Return the hash of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @contextmanager
    def _file(self) -> Iterator[str]:
        """Write the bytes whose hash is recorded where the reader can open them."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, f"data{Path(self.path).suffix}")
            copy.write_bytes(self.data)
            yield str(copy)


def _labelled(
    values: Sequence[Any], labels: Mapping[Any, str]
) -> tuple[Column, dict[str, list[str]]]:
    """Return values by their labels, and the labels that several codes in use share."""
    named = {value_text(code): plain(str(label)) for code, label in labels.items()}
    texts = [value_text(value) for value in values]
    order = [code for code in named if code in set(texts)]
    order += sorted((code for code in set(texts) - set(named) if code), key=_by_size)
    meaning = {code: named.get(code) or code for code in order}
    sharing: dict[str, list[str]] = {}
    for code, label in meaning.items():
        sharing.setdefault(label, []).append(code)
    text = np.empty(len(texts), dtype=object)
    text[:] = [meaning.get(code, "") for code in texts]
    codes = {label: code[0] for label, code in sharing.items()}
    twice = {label: codes for label, codes in sharing.items() if len(codes) > 1}
    return Column(text, tuple(sharing) if labels else (), codes if labels else {}), twice


def _by_size(code: str) -> tuple[bool, float, str]:
    try:
        return False, float(code), code
    except ValueError:
        return True, 0.0, code
