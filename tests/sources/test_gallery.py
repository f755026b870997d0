"""The gallery of table layouts: the page shows the files, and what is read of each."""

import re
from pathlib import Path

import pytest

from alumnistats.errors import SurveyFileError
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.table_options import TableOptions
from alumnistats.survey import OVERALL

FOLDER = Path(__file__).parent / "gallery"
PAGE = (Path(__file__).parents[2] / "docs" / "table-gallery.md").read_text(encoding="utf-8")
ENTRY = re.compile(
    r"(?:```csv\n(?P<csv>.*?)```\n\n)?```python\nal\.read_crosstab\(\"(?P<file>[^\"]+)\"(?P<options>.*?)\)\n```"
    r"\n\n```text\n(?P<told>.*?)```",
    re.DOTALL,
)
ENTRIES = {match["file"]: match for match in ENTRY.finditer(PAGE)}


def described(path, options):
    """Return what is read of a table, in lines, or how it is refused."""
    try:
        survey, notes = survey_of_table(path, TableOptions(**options))
    except SurveyFileError as error:
        return str(error).replace(f"{path}: ", "refused: ") + "\n"
    sizes = [g.label.en + (f" {g.n}" if g.n else "") for g in survey.groups]
    lines = [f"groups: {', '.join(sizes)}"]
    if survey.total:
        lines.append(f"all respondents: {survey.total}")
    for question in survey.questions:
        options = ", ".join(option.label.en for option in question.options)
        lines.append(f"{question.label.en} ({question.answers}): {options}")
    for group in (survey.groups[0].id, OVERALL):
        found = [f for f in survey.figures if f.group == group]
        for figure in found[:1]:
            parts = {"percent": figure.percent, "count": figure.count, "n": figure.n}
            said = ", ".join(f"{key} {value}" for key, value in parts.items() if value is not None)
            lines.append(f"{survey.label(figure.group)}, {survey.label(figure.of)}: {said}")
    lines.append(f"figures: {len(survey.figures)}")
    return "\n".join([*lines, *(f"note: {note}" for note in notes)]) + "\n"


def test_the_page_has_every_file_and_15_that_are_read():
    assert set(ENTRIES) == {path.name for path in FOLDER.iterdir()}
    assert sum("refused:" not in match["told"] for match in ENTRIES.values()) >= 15


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_read_of_each(name):
    match = ENTRIES[name]
    path = FOLDER / name
    if match["csv"]:
        encoding = "cp932" if name.startswith("05") else "utf-8"
        assert path.read_bytes().decode(encoding) == match["csv"]
    options = dict(re.findall(r'(\w+)="([^"]*)"', match["options"]))
    assert described(path, options) == match["told"]
