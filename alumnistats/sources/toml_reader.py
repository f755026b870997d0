"""Reads a survey file from disk, or one that comes with the package."""

from __future__ import annotations

import codecs
import hashlib
import importlib.resources
import os
import re
import tomllib
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_args

from alumnistats.arguments import checked, file_path, one_of, optional
from alumnistats.errors import ArgumentError, Problem, SurveyFileError, closest, listed, shown
from alumnistats.sources.checks import find_problems
from alumnistats.sources.consistency import Percentages
from alumnistats.sources.earlier import CircleError, read_earlier
from alumnistats.sources.encodings import is_shift_jis
from alumnistats.sources.files import MOST_BYTES_OF_TEXT, read_bytes
from alumnistats.sources.grids import EXCEL_SUFFIXES
from alumnistats.sources.shape import parse
from alumnistats.sources.short_form import expand
from alumnistats.survey import Survey

DEFAULT_SURVEY = "hackazouk-2025"
"""The embedded survey that is read when none is named."""

_TABLES = {".csv", ".tsv", *EXCEL_SUFFIXES}
_RESPONDENTS = {".parquet", ".sav", ".zsav"}
_SAVE_AGAIN = "Save it again as UTF-8."
_AT_LINE = re.compile(r"(?s)(.*) \(at (?:line (\d+), column (\d+)|end of document)\)")
# Curly quotation marks, and the full-width forms of = [ ] { } and the comma.
_WIDE_SYNTAX = re.compile(
    r"[\u201c\u201d\u2018\u2019\uff02\uff1d\uff3b\uff3d\uff5b\uff5d\uff0c\u3001]"
)


def _embedded() -> Traversable:
    return importlib.resources.files("alumnistats").joinpath("surveys")


def available_surveys() -> tuple[str, ...]:
    """Return the ids of the surveys that come with the package.

    Examples
    --------
    >>> available_surveys()[0]
    'adelaide-students'
    """
    names = (entry.name for entry in _embedded().iterdir())
    return tuple(sorted(n[:-5].replace("_", "-") for n in names if n.endswith(".toml")))


@checked({"path_or_id": optional(file_path), "percentages": one_of(*get_args(Percentages))})
def load_survey(path_or_id: str | Path | None = None, percentages: Percentages = "right") -> Survey:
    """Read a survey by path or by id.

    Parameters
    ----------
    path_or_id : str or Path, optional
        A path, or the id of an embedded survey (with ``-`` or ``_``); the default is the embedded
        Hackazouk 2025 survey. Text that is an embedded survey's id is read as the id; write
        ``./name`` for a file of the same name.
    percentages : {"right", "doubtful"}
        Whether percentages may be misprinted, for `reconstruct` with `misprints`; then they need
        not add up or fit the total, and only lists are checked against them.

    Returns
    -------
    Survey

    Raises
    ------
    SurveyFileError
        If the file cannot be read, or anything in it is wrong; lists every problem.

    Examples
    --------
    >>> survey = load_survey("america-1969")
    >>> survey.total, len(survey.groups), len(survey.claims)
    (601, 5, 3)
    """
    name = DEFAULT_SURVEY if path_or_id is None else path_or_id
    if is_embedded(name):
        return _read_embedded(str(name), percentages)
    looks_like_id = isinstance(name, str) and re.fullmatch(r"[\w-]+", name)
    if looks_like_id and not os.access(name, os.F_OK):  # `Path.exists` fails for long ones
        known = available_surveys()
        hint = closest(str(name), known)
        expected = f"the path of a survey file, or the id of an embedded survey ({listed(known)})"
        raise SurveyFileError(str(name), [Problem("", "no such file", expected, hint)])
    return read_survey(name, percentages)


def is_embedded(name: object) -> bool:
    """Return whether a name is the id of an embedded survey."""
    return isinstance(name, str) and name.replace("_", "-") in available_surveys()


def _read_embedded(
    id: str, percentages: Percentages, later: frozenset[str] = frozenset()
) -> Survey:
    path = _embedded_path(id)
    data = _embedded().joinpath(Path(path).name).read_bytes()
    return _survey_from(path, data, percentages, later)


def _embedded_path(id: str) -> str:
    """Return the path of an embedded survey: not where the package happens to be installed.

    Results must not depend on that.
    """
    return f"alumnistats/surveys/{id.replace('-', '_')}.toml"


def as_survey(survey: Any, percentages: Percentages = "right") -> Survey:
    """Return a survey as it is, or read by its path or id, as the commands do.

    Raises
    ------
    ArgumentError
        If it is something else.
    SurveyFileError
        As `load_survey`.

    Examples
    --------
    >>> as_survey("america-1969").total
    601
    """
    if isinstance(survey, Survey):
        return survey
    if survey is None or isinstance(survey, str | Path):
        return load_survey(survey, percentages)
    expected = "a Survey, or the path or id of one; read_crosstab makes one of a table"
    raise ArgumentError("survey", type(survey).__name__, expected)


def read_survey(path: str | Path, percentages: Percentages = "right") -> Survey:
    """Read and check a survey file.

    Parameters
    ----------
    path : str or Path
        A TOML file; `docs/file-format.md` describes it.
    percentages : {"right", "doubtful"}
        As of `load_survey`.

    Returns
    -------
    Survey
        With `path` and `sha256` set.

    Raises
    ------
    SurveyFileError
        As `load_survey`.

    Examples
    --------
    >>> from importlib.resources import files
    >>> path = files("alumnistats") / "surveys" / "america_1969.toml"
    >>> read_survey(path).id
    'america-1969'
    """
    return _read_file(str(path), percentages)


def _read_file(path: str, percentages: Percentages, later: frozenset[str] = frozenset()) -> Survey:
    data = read_bytes(path, "a survey file (TOML)", MOST_BYTES_OF_TEXT)
    _refuse_tables(path)
    return _survey_from(path, data, percentages, later)


def _refuse_tables(path: str) -> None:
    """Say how a table becomes a survey: what does not read as TOML would tell nobody."""
    suffix = Path(path).suffix.lower()
    if suffix in _TABLES:
        hint = f"Make one of it: alumnistats init NAME --from {path}; in Python, read_crosstab."
    elif suffix in _RESPONDENTS:
        hint = "In Python, read_microdata makes a survey of it."
    else:
        return
    raise SurveyFileError(path, [Problem("", f"a {suffix} file", "a survey file (TOML)", hint)])


def format_of(path_or_id: str | Path | None) -> int | None:
    """Return the format that a survey file says it has; None of an embedded one.

    Raises
    ------
    SurveyFileError
        If it cannot be read.
    """
    if path_or_id is None or is_embedded(str(path_or_id)):
        return None
    where = str(path_or_id)
    data = read_bytes(where, "a survey file (TOML)", MOST_BYTES_OF_TEXT)
    document = _parse_toml(where, _decode(where, data))
    form = document.get("format")
    return form if isinstance(form, int) else None


def _survey_from(
    where: str, data: bytes, percentages: Percentages, later: frozenset[str]
) -> Survey:
    """Return the survey of a file; `later` are the files that are being read, for its sake."""
    document = _parse_toml(where, _decode(where, data))
    expanded = expand(document)
    draft, problems = parse(expanded.document, expanded.keys)
    beside, reading = Path(where).parent, later | {_place(where)}
    earlier, missing = read_earlier(
        draft, lambda since: _read_since(since, beside, percentages, reading)
    )
    problems = [*expanded.problems, *problems, *find_problems(draft, percentages), *missing]
    if problems:
        raise SurveyFileError(where, _each_once(problems))
    found = {"path": where, "sha256": hashlib.sha256(data).hexdigest(), "earlier": earlier}
    return draft.survey.model_copy(update=found)


def _place(where: str) -> str:
    """Return where a file is, the same however it is named."""
    return os.path.realpath(where)


def _read_since(
    since: str, beside: Path, percentages: Percentages, later: frozenset[str]
) -> Survey:
    """Read the earlier survey that a file beside others names."""
    embedded = is_embedded(since)
    path = _embedded_path(since) if embedded else str(beside / since)
    if _place(path) in later:
        raise CircleError(path)
    if embedded:
        return _read_embedded(since, percentages, later)
    return _read_file(path, percentages, later)


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    """Return what was found at a key once: a line of a file may stand for several entries."""
    found: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        found.setdefault((problem.key, problem.found), problem)
    return list(found.values())


def _decode(path: str, data: bytes) -> str:
    """Return the text of a file that TOML demands to be UTF-8; say what else it may be."""
    for mark, name in ((codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16")):
        if data.startswith(mark):
            raise SurveyFileError(path, [Problem("", f"text in {name}", "UTF-8", _SAVE_AGAIN)])
    try:
        # Editors on Windows put a byte-order mark in front; TOML itself has none.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = f"the byte 0x{data[error.start]:02x}, which is not UTF-8"
        hint = "If the file was saved as Shift_JIS or UTF-16, save it again as UTF-8."
        if is_shift_jis(data):
            reads = shown(data.decode("cp932").split("\n")[line - 1].strip())
            hint = f"As Shift_JIS the line reads {reads}. {_SAVE_AGAIN}"
        problem = Problem(f"line {line}", found, "text encoded as UTF-8", hint)
        raise SurveyFileError(path, [problem]) from error


def _parse_toml(path: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        problem = Problem("", "tables or lists nested too deeply", "a survey file (TOML)")
    except tomllib.TOMLDecodeError as error:
        problem = _syntax_problem(str(error), text.split("\n"))
    except ValueError:  # Python refuses to convert very long integers
        problem = Problem("", "a number of thousands of digits", "a survey file (TOML)")
    raise SurveyFileError(path, [problem])


def _syntax_problem(message: str, lines: list[str]) -> Problem:
    match = _AT_LINE.fullmatch(message)
    if match is None:
        return Problem("", f"text that is not TOML ({message})", "a survey file (TOML)")
    reason, line, column = match.groups()
    if line is None:
        key, quoted = f"line {max(len(lines), 1)}", "the end of the file"
    else:
        key = f"line {line}, column {column}"
        quoted = shown(lines[int(line) - 1]) if int(line) <= len(lines) else "the end of the file"
    hint = ""
    if line is not None and _WIDE_SYNTAX.search(quoted):
        hint = "Quotes, brackets, commas and = of TOML are the half-width ones."
    reason = reason[:1].lower() + reason[1:]
    return Problem(key, quoted, f"TOML, but there: {reason}", hint)
