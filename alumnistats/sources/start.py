"""A new survey file on disk, empty or from a table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from alumnistats.errors import ArgumentError, Problem, SurveyFileError
from alumnistats.outputs import write_new_file
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.ids import slug
from alumnistats.sources.table_options import TableOptions
from alumnistats.sources.toml_reader import read_survey
from alumnistats.sources.toml_writer import survey_file, template
from alumnistats.survey import Survey
from alumnistats.text import forbidden

LONGEST_NAME = 255  # bytes, that file systems take


def start_survey(
    name: str | Path, table: str | Path | None = None, **options: Any
) -> tuple[Path, tuple[str, ...]]:
    """Write a commented survey file, and never over a file that is there.

    Parameters
    ----------
    name : str or Path
        Of the file; ``.toml`` is added where it is missing.
    table : str or Path, optional
        Table of groups by options, as in `read_crosstab`; or a survey file of any format, which is
        written anew in the short form. Without one the file is to be filled in.
    **options
        As in `read_crosstab`.

    Returns
    -------
    path : Path
    notes : tuple of str
        What was recognised in the table, or left out of it.

    Raises
    ------
    SurveyFileError
        If the table cannot be read, or the file is there already.
    """
    path = Path(name)
    if not path.name:
        raise ArgumentError("name", str(name), "a name with a letter or digit in it")
    if forbidden(str(name)):
        raise ArgumentError("name", str(name), "a name without control characters")
    if path.suffix.lower() != ".toml":
        path = path.with_name(f"{path.name}.toml")
    id = slug(path.stem).replace("_", "-")
    if not id:
        raise ArgumentError("name", str(name), "a name with a letter or digit in it")
    if len(os.fsencode(path.name)) > LONGEST_NAME:
        raise ArgumentError("name", path.name, f"a name of at most {LONGEST_NAME} bytes")
    notes: tuple[str, ...] = ()
    if table is None:
        text = template(id)
    elif Path(table).suffix.lower() == ".toml":
        text = survey_file(read_survey(table))  # in the format of today, and with its own id
    else:
        survey, notes = survey_of_table(table, TableOptions(**options))
        text = survey_file(_of_table(survey, id, Path(str(table)).name), notes)
    if not path.parent.is_dir():
        raise ArgumentError("name", str(name), "a name in a folder that exists")
    try:
        write_new_file(path, text.encode())
    except FileExistsError as error:
        hint = "Choose another name, or move that file away."
        problem = Problem("", "a file that is there already", "a new file", hint)
        raise SurveyFileError(str(path), [problem]) from error
    return path, notes


def _of_table(survey: Survey, id: str, name: str) -> Survey:
    """Return a survey whose figures are in a table, rather than each in a cell of its own.

    In the file every figure stands beside its group and option, as in the table.
    """
    figures = tuple(figure.model_copy(update={"at": name}) for figure in survey.figures)
    return survey.model_copy(update={"id": id, "figures": figures})
