"""A published table of weighted percentages, by effective counts out of effective sizes.

Weighted percentages are not those of any counts, so rounding says nothing about sizes. What can be
said is how much such a share may err: as that of a simple random sample of ``n / deff``.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from alumnistats.errors import ArgumentError, Problem, shown
from alumnistats.survey import OVERALL

NOTICE = (
    "weighted percentages are entered as effective counts of n / {effect:g} respondents, in whole "
    "numbers; figures of all respondents are left out, and no rounding is tested"
)


def check_effect(effect: float | None) -> None:
    """Raise `ArgumentError` unless a design effect is None or a finite number of at least 1."""
    if effect is not None and not (math.isfinite(effect) and effect >= 1):
        expected = "at least 1: the variance over that of a simple random sample"
        raise ArgumentError("design_effect", effect, expected)


def by_effective_counts(
    document: dict[str, Any], effect: float
) -> tuple[dict[str, Any], list[str], list[Problem]]:
    """Return a survey's document with effective counts for its percentages.

    Parameters
    ----------
    document : dict
        Of a table, with the size of every group.
    effect : float
        The design effect, at least 1; ``1 + cv²`` of the weights by Kish.

    Returns
    -------
    document : dict
        Options are taken one by one: rounded counts need not sum to their base.
    notes : list of str
    problems : list of Problem
        Groups without a size.
    """
    expected = "a size, since a design effect is given"
    problems = [
        Problem(f"n of {shown(group['label']['en'])}", "nothing", expected)
        for group in document["groups"]
        if "n" not in group
    ]
    if problems:
        return document, [], problems
    groups = [{**g, "n": max(round(g["n"] / effect), 1)} for g in document["groups"]]
    sizes = {group["id"]: group["n"] for group in groups}
    figures = []
    for figure in document["figures"]:
        if figure["group"] == OVERALL or "percent" not in figure:
            continue
        n = sizes[figure["group"]]
        if "n" in figure:
            n = min(max(round(figure["n"] / effect), 1), n)
        count = round(Fraction(figure["percent"]) * n / 100)
        kept = {key: figure[key] for key in ("of", "group", "at")}
        figures.append({**kept, "count": count, "n": n})
    questions = [{**q, "answers": "multiple", "complete": False} for q in document["questions"]]
    made = {key: value for key, value in document.items() if key != "total"}
    made |= {"groups": groups, "figures": figures, "questions": questions}
    return made, [NOTICE.format(effect=effect)], []
