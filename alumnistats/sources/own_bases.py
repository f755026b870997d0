"""Questions that only some of a group were asked: who was is a question of its own.

A base of fewer than all respondents is entered as in `tabulate`: a question before it, answered
or not, whose counts are the base and the rest. Without it, a size of 54 beside one of 120 in the
same group would be a contradiction.
"""

from __future__ import annotations

from typing import Any

from alumnistats.sources.tabulate import ANSWERED, MISSING
from alumnistats.survey import OVERALL

Document = dict[str, Any]


def with_own_bases(
    document: Document, places: dict[str, str]
) -> tuple[Document, dict[str, str], list[str]]:
    """Return a document in which bases of fewer than all have questions of their own.

    Parameters
    ----------
    document : dict
        Of a table, whose figures may have an ``n`` that is not their group's.
    places : dict
        From places in the document to cells.

    Returns
    -------
    document, places : dict
    notes : list of str
    """
    sizes = _sizes(document)
    questions: list[Document] = []
    figures = [dict(figure) for figure in document["figures"]]
    added: list[Document] = []
    notes = []
    for question in document["questions"]:
        for part in _parts(question, figures, sizes):
            own = [figure for figure in figures if _asked(figure) == part["id"]]
            gate, counts = _gate(part, own, sizes)
            if gate is None:
                questions.append(part)
                continue
            questions += [gate, {**part, "base": [f"{gate['id']}:{ANSWERED}"]}]
            added += counts
            notes.append(f"{part['label']['en']}: asked of some only, told by a question before it")
    if not added:
        return document, places, []
    known = {f"figures[{len(figures) + i}]": f"{f['at']} (n)" for i, f in enumerate(added)}
    groups = [
        {**group, "n": sizes[group["id"]]} if group["id"] in sizes else group
        for group in document["groups"]
    ]
    made = {**document, "groups": groups, "questions": questions, "figures": figures + added}
    if OVERALL in sizes:
        made["total"] = sizes[OVERALL]
    return made, places | known, notes


def _asked(figure: Document) -> str:
    return str(figure["of"]).partition(":")[0]


def _sizes(document: Document) -> dict[str, int]:
    """Return the size of every group, or its largest base where no size is told."""
    told = {group["id"]: group["n"] for group in document["groups"] if "n" in group}
    if "total" in document:
        told[OVERALL] = document["total"]
    found: dict[str, int] = dict(told)
    for figure in document["figures"]:
        if "n" in figure and figure["group"] not in told:
            found[figure["group"]] = max(found.get(figure["group"], 0), figure["n"])
    return found


def _parts(question: Document, figures: list[Document], sizes: dict[str, int]) -> list[Document]:
    """Return a question, with each option that has a base of its own as one more question."""
    own = [figure for figure in figures if _asked(figure) == question["id"]]
    bases: dict[str, set[int | None]] = {}
    for figure in own:
        bases.setdefault(figure["group"], set()).add(figure.get("n", sizes.get(figure["group"])))
    if all(len(found) == 1 for found in bases.values()):
        return [question]
    apart = [
        option
        for option in question["options"]
        if any(
            figure["of"] == f"{question['id']}:{option['id']}"
            and figure.get("n", sizes.get(figure["group"])) != sizes.get(figure["group"])
            for figure in own
        )
    ]
    parts = []
    for option in apart:
        id = f"{question['id']}_{option['id']}"
        parts.append(
            {
                **question,
                "id": id,
                "label": option["label"],
                "options": [option],
                "answers": "multiple",
                "complete": False,
            }
        )
        for figure in own:
            if figure["of"] == f"{question['id']}:{option['id']}":
                figure["of"] = f"{id}:{option['id']}"
    rest = [option for option in question["options"] if option not in apart]
    kept = {**question, "options": rest, "answers": "multiple", "complete": False}
    return [*([kept] if rest else []), *parts]


def _gate(
    question: Document, own: list[Document], sizes: dict[str, int]
) -> tuple[Document | None, list[Document]]:
    """Return who was asked a question, and the counts of those who were and were not."""
    bases = {figure["group"]: figure for figure in own if "n" in figure}
    fewer = [g for g, figure in bases.items() if figure["n"] < sizes[g]]
    more = [g for g, figure in bases.items() if figure["n"] > sizes[g]]
    if not fewer or more:  # what is more than all is told of by the checks
        return None, []
    id = f"{question['id']}_asked"
    label = question["label"]
    gate = {
        "id": id,
        "label": {"en": f"{label['en']}: asked", "ja": f"{label['ja']}：回答対象"},
        "answers": "single",
        "complete": True,
        "options": [
            {"id": ANSWERED, "label": {"en": "Asked", "ja": "対象"}},
            {"id": MISSING, "label": {"en": "Not asked", "ja": "対象外"}},
        ],
    }
    figures = []
    for group, figure in bases.items():
        for option, count in ((ANSWERED, figure["n"]), (MISSING, sizes[group] - figure["n"])):
            known = {"count": count, "n": sizes[group], "at": figure["at"]}
            figures.append({"of": f"{id}:{option}", "group": group, **known})
    return gate, figures
