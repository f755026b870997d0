"""A survey as the text of a commented survey file, and the file to fill in for a new one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alumnistats.sources.short_form import shorten
from alumnistats.survey import OVERALL, Survey
from alumnistats.text import visible

WIDEST = 96
SCHEMA_LINE = "#:schema ./survey.schema.json"
_ABOUT = """\
# A survey file for alumnistats. What it may hold: alumnistats help file-format
# Check it: alumnistats validate FILE. For an editor: alumnistats schema > survey.schema.json
"""

TEMPLATE = f"""{SCHEMA_LINE}
{_ABOUT}# Replace every "..." by what the source prints, nothing that follows from it.
# A percentage is text, because its digits are data; validate lists those left to fill in.

format = 2
id = "{{id}}"
title = "..."  # or in two languages: {{{{ en = "...", ja = "..." }}}}
source = {{{{ publisher = "...", url = "..." }}}}
# total = 1233  # respondents in all, if published
# quota = 100  # respondents aimed at in every group, if published (not the same in all: [strata])

# Every group that is compared, whether or not it is listed anywhere.
groups = ["Group 1", "Group 2"]

# Sentences to be judged that no ranking below makes by itself.
# claims = ["Yes >= 40", "Yes > 30 in every group", "Yes < 50 in Group 2"]

# complete: these are all the answers there were, one each. Without it, several may be given.
[questions]
question = {{{{ label = "...", options = ["Yes", "No"], complete = true }}}}
# reasons = {{{{ label = "...", options = ["Cost", "Time"], base = "question:Yes" }}}}

# Shares of several answers together:
# [measures]
# answered = {{{{ of = "question:Yes+No", label = "..." }}}}

# Percentages as printed, by group; what is not printed is left out.
[figures."question:Yes"]
overall = "..."
"Group 1" = "..."
# top = 1  # if the source ranks the highest groups: what it says by that is judged
# at = "paragraph 2"  # where in the source
"""
_SECTIONS = ("strata", "groups", "questions", "measures", "figures", "rankings", "claims")
_TO_DO = """\
# Not in a table, but in the text beside it: rankings, whose statements are then judged
# (alumnistats help file-format). The first three groups of a share:
# [figures.{of}]
# top = 3
# A sentence about a share goes to the top of this file, above [groups]:
# claims = ["{said} >= 40", "{said} > 30 in every group"]
"""
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def template(id: str) -> str:
    """Return a survey file to fill in."""
    return TEMPLATE.format(id=id)


def survey_file(survey: Survey, notes: Sequence[str] = ()) -> str:
    """Return the text of a survey file, commented for whoever completes it.

    Parameters
    ----------
    survey : Survey
    notes : sequence of str
        How its table was read: comments at the top.

    Returns
    -------
    str
        In the short form; reading it gives the same survey.
    """
    document = survey.model_dump(by_alias=True, exclude_none=True, mode="json")
    comments = "".join(f"# Note: {' '.join(visible(note).split())}\n" for note in notes)
    text = f"{SCHEMA_LINE}\n{_ABOUT}{comments}\n{written(shorten(document))}"
    if survey.rankings or survey.claims:
        return text
    return f"{text}\n{_to_do(survey)}"


def _to_do(survey: Survey) -> str:
    of = survey.figures[0].of
    return _TO_DO.format(of=_key(of), said=of)


def written(document: Mapping[str, Any]) -> str:
    """Return a document of either format as TOML, its sections in the order of the file."""
    headed = {key: value for key, value in document.items() if _is_headed(key, value)}
    head = {key: value for key, value in document.items() if key not in headed}
    parts = [_lines_of(head)]
    for section, value in headed.items():
        if isinstance(value, list):
            tables = [{"says": one} if isinstance(one, str) else one for one in value]
            parts += [f"[[{section}]]\n{_lines_of(table)}" for table in tables]
        elif section == "questions":
            parts += _questions(value)
        elif section == "figures":
            parts += _figures(value, document["questions"])
        else:
            parts.append(f"[{section}]\n{_lines_of(value)}")
    return "\n".join(parts)


def _is_headed(key: str, value: Any) -> bool:
    """Return whether a key is written under a header of its own, below those without."""
    if isinstance(value, list):
        return key in _SECTIONS and any(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping) and (key in _SECTIONS or not _fits(key, value))


def _questions(questions: Mapping[str, Any]) -> list[str]:
    """Write questions on a line each if all of them fit, else under a header each."""
    if all(_fits(key, value) for key, value in questions.items()):
        return [f"[questions]\n{_lines_of(questions)}"]
    parts: list[str] = []
    for id, stated in questions.items():
        question: dict[str, Any] = {"options": stated} if isinstance(stated, list) else dict(stated)
        options = question["options"]
        below = isinstance(options, Mapping) and not _fits("options", options)
        if below:
            del question["options"]  # the last of its keys
        path = f"questions.{_key(id)}"
        parts.append(f"[{path}]\n{_lines_of(question)}")
        if below:
            parts.append(f"[{path}.options]\n{_lines_of(options)}")
    return parts


def _figures(tables: Mapping[str, Any], questions: Mapping[str, Any]) -> list[str]:
    """Write figures of all respondents on a line each, as far as they come first, then tables."""
    parts: list[str] = []
    alone: dict[str, Any] = {}
    for key, stated in tables.items():
        if not isinstance(stated, Mapping) and not parts:
            alone[key] = stated
            continue
        table = stated if isinstance(stated, Mapping) else {OVERALL: stated}
        path = f"figures.{_key(key)}"
        rows = {name: row for name, row in table.items() if key in questions and name != "at"}
        if all(_fits(name, row) for name, row in rows.items()):
            parts.append(f"[{path}]\n{_lines_of(table)}")
            continue
        if "at" in table:
            parts.append(f"[{path}]\n{_lines_of({'at': table['at']})}")
        parts += [f"[{path}.{_key(name)}]\n{_lines_of(row)}" for name, row in rows.items()]
    return [f"[figures]\n{_lines_of(alone)}", *parts] if alone else parts


def _fits(key: str, value: Any) -> bool:
    return len(f"{_key(key)} = {_inline(value)}") <= WIDEST


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _inline(key)


def _lines_of(entry: Mapping[str, Any]) -> str:
    return "".join(_line(key, value) for key, value in entry.items())


def _line(key: str, value: Any) -> str:
    """Write a key and its value; what is too long for a line takes several, if it can."""
    if _fits(key, value):
        return f"{_key(key)} = {_inline(value)}\n"
    if isinstance(value, list):
        return f"{_key(key)} = [\n{_filled(value)}]\n"
    if key == "text" and isinstance(value, Mapping):
        return "".join(f"text.{language} = {_inline(text)}\n" for language, text in value.items())
    return f"{_key(key)} = {_inline(value)}\n"


def _filled(values: Iterable[Any]) -> str:
    """Write the parts of a list, as many on a line as it holds."""
    lines = [""]
    for part in (f"{_inline(value)}," for value in values):
        longer = f"{lines[-1]} {part}" if lines[-1] else f"    {part}"
        if lines[-1] and len(longer) > WIDEST:
            lines.append(f"    {part}")
        else:
            lines[-1] = longer
    return "".join(f"{line}\n" for line in lines)


def _inline(value: Any) -> str:
    """Write a value of a survey as TOML on one line."""
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_inline(one)}" for key, one in value.items()) + " }"
        )
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    # JSON's strings, numbers and truth values are TOML's, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
