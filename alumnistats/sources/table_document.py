"""What was read of a table, as the document of a survey file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alumnistats.errors import shown
from alumnistats.sources.ids import ids_of
from alumnistats.sources.roles import EVERYONE, Asked, Layout
from alumnistats.sources.sums import partitions
from alumnistats.sources.table_numbers import Numbers
from alumnistats.sources.table_options import TableOptions
from alumnistats.survey import OVERALL

QUESTION = "question"


def table_document(
    layout: Layout, numbers: Numbers, options: TableOptions
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Return a table as the document of a survey file.

    Parameters
    ----------
    layout : Layout
    numbers : Numbers
    options : TableOptions

    Returns
    -------
    document : dict
    places : dict
        From a place in the document to the cell it was read from.
    notes : list of str
    """
    path, title = layout.table.path, layout.table.title
    places: dict[str, str] = {}
    group_ids = ids_of((entry.label for entry in layout.groups), "group")
    names = {entry.label: id for entry, id in zip(layout.groups, group_ids, strict=True)}
    if layout.total is not None:
        names[layout.total.label] = OVERALL
    question_ids = _question_ids(layout)
    options_of = {
        question.label: dict(zip(question.options, ids_of(question.options, "option"), strict=True))
        for question in layout.questions
    }
    shared = _shared_sizes(layout, numbers)
    figures: list[dict[str, Any]] = []
    for (label, asked, option), told in numbers.shares.items():
        known: dict[str, Any] = {k: told[k] for k in ("percent", "count", "n") if k in told}
        if "percent" not in known and "count" not in known:
            continue
        size = numbers.sizes.get((label, asked))
        if size is not None and "n" not in known and ("count" in known or label not in shared):
            known["n"] = size
        places[f"figures[{len(figures)}]"] = str(told["key"])
        of = f"{question_ids[asked]}:{options_of[asked][option]}"
        at = str(told["key"]).partition(" ")[0]
        figures.append({"of": of, "group": names[label], **known, "at": at})
    groups: list[dict[str, Any]] = []
    for entry, id in zip(layout.groups, group_ids, strict=True):
        places[f"groups[{len(groups)}]"] = f"{entry.line.cell.where} ({shown(entry.label)})"
        own = {"n": shared[entry.label]} if entry.label in shared else {}
        groups.append({"id": id, "label": _both(entry.label), **own})
    name = Path(path).name
    questions, notes = _questions(layout, numbers, options, question_ids, options_of)
    document: dict[str, Any] = {
        "format": 1,
        "id": ids_of([Path(path).stem], "table")[0],
        "title": _both(title or name),
        "source": {"publisher": "(not stated)", "url": name, "cite": name},
        "groups": groups,
        "questions": questions,
        "figures": figures,
    }
    if layout.total is not None and layout.total.label in shared:
        document["total"] = shared[layout.total.label]
        cell = layout.size_cell(layout.total, layout.questions[0].label)
        places["total"] = f"{cell.where if cell else ''} (n of the total row)"
    return document, places, [*notes, *_mixed_digits(numbers, options)]


def _questions(
    layout: Layout, numbers: Numbers, options: TableOptions,
    ids: dict[str, str], options_of: dict[str, dict[str, str]],
) -> tuple[list[dict[str, Any]], list[str]]:  # fmt: skip
    """Return the questions of a document, and what was recognised about them."""
    title = layout.table.title
    made, notes = [], []
    for question in layout.questions:
        answers, complete, told = _answers(layout, numbers, question, options)
        notes += [note for note in told if note not in notes]
        listed = options_of[question.label].items()
        made.append(
            {
                "id": ids[question.label],
                "label": _both(question.label or title or Path(layout.table.path).name),
                "answers": answers,
                "complete": complete,
                "options": [{"id": id, "label": _both(o)} for o, id in listed],
            }
        )
    return made, notes


def _question_ids(layout: Layout) -> dict[str, str]:
    labels = [question.label for question in layout.questions]
    if len(labels) == 1:
        return {labels[0]: QUESTION}
    return dict(zip(labels, ids_of(labels, QUESTION), strict=True))


def _shared_sizes(layout: Layout, numbers: Numbers) -> dict[str, int]:
    """Return the sizes of groups whose questions all have one base."""
    found: dict[str, int] = {}
    for entry in layout.entries:
        sizes = {numbers.sizes.get((entry.label, question.label)) for question in layout.questions}
        size = sizes.pop()
        if not sizes and size is not None:
            found[entry.label] = size
    return found


def _both(label: str) -> dict[str, str]:
    return {"en": label, "ja": label}


def _answers(
    layout: Layout, numbers: Numbers, question: Asked, options: TableOptions
) -> tuple[str, bool, list[str]]:
    """Return whether answers are single, whether options partition the base, and a note."""
    rows = [
        [numbers.shares.get((e.label, question.label, o), {}) for o in question.options]
        for e in layout.groups
    ]
    sizes = [numbers.sizes.get((entry.label, question.label)) for entry in layout.groups]
    alone = [e.label for e in layout.groups] == [
        EVERYONE
    ]  # a table of its own, not one row of many
    whole = partitions(rows * 2 if alone else rows, sizes * 2 if alone else sizes)
    whole = whole or _counted_out(rows, sizes)
    if options.answers == "single":
        return "single", whole, []
    if options.answers == "auto" and whole:
        note = "rows sum to 100: read as a question with one answer, whose options are all there"
        return "single", True, [note]
    return "multiple", False, []


def _counted_out(rows: list[list[dict[str, Any]]], sizes: list[int | None]) -> bool:
    """Return whether the answers of the only group are counted, and the counts are its size."""
    if len(rows) != 1 or sizes[0] is None or not all("count" in share for share in rows[0]):
        return False
    return len(rows[0]) > 1 and sum(share["count"] for share in rows[0]) == sizes[0]


def _mixed_digits(numbers: Numbers, options: TableOptions) -> list[str]:
    percents = numbers.percents()
    places = sorted({len(p.partition(".")[2]) for p in percents})
    if len(places) < 2 or options.digits is not None:
        return []
    loose = sum(cell.loose for cell in numbers.cells)
    why = f" ({loose} cells have no number format)" if loose else ""
    most = places[-1]
    taken = f"percentages with {' and '.join(map(str, places))} decimals are taken as printed{why}"
    return [f"{taken}; if zeros were dropped, say digits {most} (--digits {most})"]
