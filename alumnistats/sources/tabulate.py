"""Respondents counted: microdata as a survey with published sizes and counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.sources.ids import ids_of
from alumnistats.survey import Survey

if TYPE_CHECKING:
    from alumnistats.arrays import FloatArray, IntArray
    from alumnistats.sources.answers import Answers, Respondents

ANSWERED, MISSING = "answered", "no_answer"
NOTICE = (
    "weighted respondents are entered by Kish's effective sizes, rounded to whole numbers; counts "
    "and sizes are effective ones, and no rounding is tested"
)


def kish_sizes(weight: FloatArray, group: IntArray, groups: int) -> FloatArray:
    """Return each group's effective size, the squared sum of weights over their sum of squares.

    Parameters
    ----------
    weight : ndarray, shape (respondents,)
    group : ndarray of int, shape (respondents,)
    groups : int

    Returns
    -------
    ndarray, shape (groups,)
        At most the number of respondents; 0 where there are none.

    References
    ----------
    L. Kish (1965), Survey Sampling, section 11.7.
    """
    largest = np.full(groups, np.finfo(float).tiny)
    np.maximum.at(largest, group, weight)
    unit = weight / largest[group]  # so that squares stay finite
    total = np.bincount(group, unit, minlength=groups)
    squares = np.bincount(group, unit**2, minlength=groups)
    return np.divide(total**2, squares, out=np.zeros(groups), where=squares > 0)


def whole_parts(share: FloatArray, whole: int) -> IntArray:
    """Return whole numbers nearest to ``share * whole`` that sum to `whole`: largest remainders.

    Parameters
    ----------
    share : ndarray, shape (parts,)
        Sums to 1.
    whole : int
    """
    exact = share * whole
    parts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: whole - int(parts.sum())]] += 1
    return parts


def survey_of(data: Respondents) -> tuple[Survey, list[str]]:
    """Return respondents as a survey, and notes; see `Microdata.survey`."""
    groups = len(data.group_labels)
    group_ids = ids_of(data.group_labels, "group")
    names = list(data.questions)
    weight = data.weight if data.weight is not None else np.ones(len(data.group))
    sizes = np.maximum(np.rint(kish_sizes(weight, data.group, groups)), 1).astype(np.int64)
    questions: list[dict[str, Any]] = []
    figures: list[dict[str, Any]] = []
    # Those who did not answer a question leave its base by a question of their own.
    missing = [not answers.asked.all() for answers in data.questions.values()]
    ids = ids_of([*names, *(f"{n} asked" for n, m in zip(names, missing, strict=True) if m)], "q")
    gates = iter(ids[len(names) :])
    for id, (name, answers), some in zip(ids, data.questions.items(), missing, strict=False):
        base, bases = "all", sizes
        if some:
            gate = next(gates)
            asked = np.stack([answers.asked, ~answers.asked])
            counts = _counts(data, weight, asked, np.ones_like(answers.asked), sizes, single=True)
            questions.append(_response(gate, f"{name}: asked"))
            figures += _figures(gate, [ANSWERED, MISSING], group_ids, counts, sizes, name)
            base, bases = f"{gate}:{ANSWERED}", counts[0]
        options = ids_of(answers.options, "option")
        questions.append(_question(id, options, answers, base))
        counts = _counts(data, weight, answers.chosen, answers.asked, bases, single=answers.single)
        figures += _figures(id, options, group_ids, counts, bases, name)
    notes = [NOTICE] if data.weight is not None else []
    file = Path(data.path).name
    source: dict[str, Any] = {"publisher": "(microdata)", "url": file, "cite": file}
    if notes:
        source["method"] = {"en": NOTICE, "ja": f"加重データ。{NOTICE}"}
    survey = Survey.model_validate(
        {
            "format": 1,
            "id": ids_of([Path(data.path).stem], "microdata")[0],
            "title": _both(file),
            "source": source,
            "total": int(sizes.sum()),
            "groups": groups_of(data, group_ids, sizes),
            "questions": questions,
            "figures": figures,
        }
    )
    return survey.model_copy(update={"path": data.path, "sha256": data.sha256}), notes


def groups_of(data: Respondents, ids: list[str], sizes: IntArray) -> list[dict[str, Any]]:
    """Return groups with their sizes, and with those of their populations where known."""
    found: list[dict[str, Any]] = [
        {"id": id, "label": _both(label), "n": int(n)}
        for id, label, n in zip(ids, data.group_labels, sizes, strict=True)
    ]
    if data.group_population is not None:
        for group, whole in zip(found, data.group_population.tolist(), strict=True):
            group["population_size"] = round(whole)
    return found


def _counts(
    data: Respondents, weight: FloatArray, chosen: Any, asked: Any, bases: IntArray, *, single: bool
) -> IntArray:
    """Return counts of options by group out of `bases`, shape (options, groups)."""
    groups = len(data.group_labels)
    total = np.bincount(data.group, weight * asked, minlength=groups)
    sums = np.stack(
        [np.bincount(data.group, weight * (c & asked), minlength=groups) for c in chosen]
    )
    share = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
    if single:
        share[0, total == 0] = 1.0  # of nobody: whole_parts of 0
        return np.stack([whole_parts(share[:, g], int(bases[g])) for g in range(groups)], axis=1)
    return np.rint(share * bases).astype(np.int64)


def _question(id: str, options: list[str], answers: Answers, base: str) -> dict[str, Any]:
    return {
        "id": id,
        "label": _both(answers.label),
        "answers": "single" if answers.single else "multiple",
        "complete": answers.single,
        "base": [base],
        "options": [
            {"id": o, "label": _both(text), "nonresponse": text in answers.nonresponse or None}
            for o, text in zip(options, answers.options, strict=True)
        ],
    }


def _response(id: str, label: str) -> dict[str, Any]:
    """Return the question who answered; nothing is ranked by it."""
    options = [
        {"id": ANSWERED, "label": _both("answered", "回答あり"), "nonresponse": True},
        {"id": MISSING, "label": _both("no answer", "無回答"), "nonresponse": True},
    ]
    how = {"answers": "single", "complete": True, "base": ["all"]}
    return {"id": id, "label": _both(label), "options": options, **how}


def _figures(
    question: str, options: list[str], groups: list[str], counts: IntArray, bases: IntArray, at: str
) -> list[dict[str, Any]]:
    return [
        {
            "of": f"{question}:{option}",
            "group": group,
            "count": int(counts[o, g]),
            "n": int(bases[g]),
            "at": f"column {at}",
        }
        for o, option in enumerate(options)
        for g, group in enumerate(groups)
        if bases[g] > 0
    ]


def _both(en: str, ja: str = "") -> dict[str, str]:
    return {"en": en, "ja": ja or en}
