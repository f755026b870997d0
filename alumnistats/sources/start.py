"""A new survey file on disk, empty or from a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alumnistats.errors import ArgumentError, Problem, SurveyFileError
from alumnistats.outputs import write_new_file
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.ids import slug
from alumnistats.sources.table_options import TableOptions
from alumnistats.sources.toml_writer import survey_file, template


def start_survey(
    name: str | Path, table: str | Path | None = None, **options: Any
) -> tuple[Path, tuple[str, ...]]:
    """Write a commented survey file, and never over a file that is there.

    Parameters
    ----------
    name : str or Path
        Of the file; ``.toml`` is added where it is missing.
    table : str or Path, optional
        Table of groups by options, as in `read_crosstab`; without one the file is to be filled in.
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
    if path.suffix.lower() != ".toml":
        path = path.with_name(f"{path.name}.toml")
    id = slug(path.stem).replace("_", "-")
    if not id:
        raise ArgumentError("name", str(name), "a name with a letter or digit in it")
    notes: tuple[str, ...] = ()
    if table is None:
        text = template(id)
    else:
        survey, notes = survey_of_table(table, TableOptions(**options))
        text = survey_file(survey.model_copy(update={"id": id}), notes)
    if not path.parent.is_dir():
        raise ArgumentError("name", str(name), "a name in a folder that exists")
    try:
        write_new_file(path, text.encode())
    except FileExistsError as error:
        hint = "Choose another name, or move that file away."
        problem = Problem("", "a file that is there already", "a new file", hint)
        raise SurveyFileError(str(path), [problem]) from error
    return path, notes
