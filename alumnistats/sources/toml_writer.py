"""A survey as the text of a commented survey file, and the file to fill in for a new one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alumnistats.survey import Survey
from alumnistats.text import visible

WIDEST = 96
SCHEMA_LINE = "#:schema ./survey.schema.json"
_ABOUT = """\
# A survey file for alumnistats. Check it with: alumnistats validate FILE
# For completion in an editor: alumnistats schema > survey.schema.json
"""

TEMPLATE = f"""{SCHEMA_LINE}
{_ABOUT}# Replace every "..." by what the source prints, nothing that follows from it.
# A percentage is text, because its digits are data; validate lists those left to fill in.

format = 1
id = "{{id}}"
title = {{{{ en = "...", ja = "..." }}}}
# total = 1233  # respondents in all, if published
# quota = 100  # respondents aimed at in every group, if published (not the same in all: [[strata]])

[source]
publisher = "..."
url = "..."
cite = "..."  # the citation that the publisher asks for
# fielded = ["2025-08-26", "2025-09-03"]

# One [[groups]] for each group that is compared, whether or not it is listed anywhere.
[[groups]]
id = "group_1"
label = {{{{ en = "...", ja = "..." }}}}
# n = 250  # only if published

[[groups]]
id = "group_2"
label = {{{{ en = "...", ja = "..." }}}}

[[questions]]
id = "question"
label = {{{{ en = "...", ja = "..." }}}}
answers = "single"  # or "multiple"
options = [
    {{{{ id = "yes", label = {{{{ en = "...", ja = "..." }}}} }}}},
    {{{{ id = "no", label = {{{{ en = "...", ja = "..." }}}} }}}},
]
complete = true  # only if these are all the answers there were, and exclude each other

# A share of several answers together ("yes" and "rather yes"):
# [[measures]]
# id = "agree"
# question = "question"
# options = ["yes", "rather_yes"]
# label = {{{{ en = "...", ja = "..." }}}}

# One [[figures]] for each percentage that is printed.
[[figures]]
of = "question:yes"  # or the id of a measure
group = "overall"
percent = "..."  # such as "47.8"
at = "..."  # where in the source, such as "paragraph 2"

[[figures]]
of = "question:yes"
group = "group_1"
percent = "..."
at = "..."

# "The highest are group 1, ...": complete if whatever is not listed lies beyond the last place.
# [[rankings]]
# of = "question:yes"
# from = "highest"
# places = [["group_1"], ["group_2"]]
# complete = true
# at = "paragraph 2"

# The sentences to be judged, in your own words; docs/file-format.md describes every kind.
# [[claims]]
# id = "group-1-first"
# kind = "extreme-set"
# of = "question:yes"
# from = "highest"
# members = ["group_1"]
# text = {{{{ en = "Group 1 has the highest share.", ja = "グループ1の割合が最も高い。" }}}}
# at = "headline"
"""
_SECTIONS = ("strata", "groups", "questions", "measures", "figures", "rankings", "claims")
_REMARKS = {
    "groups": "Labels are those of the table in both languages: translate them.",
    "figures": "As in the table; `at` is the cell.",
}
_TO_DO = """\
# Rankings and claims of the source are not in a table: add them here (see docs/file-format.md).
#
# [[rankings]]
# of = "{of}"
# from = "highest"
# places = [["{group}"]]
# complete = true
# at = "..."
#
# [[claims]]
# id = "first"
# kind = "extreme-set"
# of = "{of}"
# from = "highest"
# members = ["{group}"]
# text = {{ en = "...", ja = "..." }}
# at = "..."
"""


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
        Reading it gives the same survey.
    """
    document = survey.model_dump(by_alias=True, exclude_none=True, mode="json")
    head = {key: value for key, value in document.items() if key not in _SECTIONS}
    comments = "".join(f"# Note: {' '.join(visible(note).split())}\n" for note in notes)
    parts = [f"{SCHEMA_LINE}\n{_ABOUT}{comments}\n" + _table(head)]
    for section in _SECTIONS:
        remark = f"# {_REMARKS[section]}\n" if section in _REMARKS else ""
        entries = [f"[[{section}]]\n{_table(entry)}" for entry in document.get(section, ())]
        if entries:
            entries[0] = remark + entries[0]
        parts += entries
    if not survey.rankings and not survey.claims:
        parts.append(_TO_DO.format(of=survey.figures[0].of, group=survey.groups[0].id))
    return "\n".join(parts)


def _table(entry: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in entry.items())


def _value(value: Any) -> str:
    """Write a value of a survey as TOML; a list that is long takes a line for each part."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        parts = [_value(part) for part in value]
        short = f"[{', '.join(parts)}]"
        return short if len(short) <= WIDEST else "[\n" + _lines(parts) + "]"
    # JSON's strings, numbers and truth values are TOML's, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(parts: Iterable[str]) -> str:
    return "".join(f"    {part},\n" for part in parts)
