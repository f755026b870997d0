"""Why a survey contradicts itself: a minimal set of figures that cannot all be right.

Items (figures, complete rankings, the total) are left out one at a time; an item without which the
rest is still impossible is not needed for the conflict and stays out. What remains is minimal:
leaving out any one of it makes the rest possible (Chinneck's deletion filter, 1997, Annals of
Mathematics and Artificial Intelligence 17, 3-22). Whole questions are tried first, so that the cost
grows with the questions and not with the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from alumnistats.errors import ContradictionError
from alumnistats.reconstruction.conventions import forcing_hint
from alumnistats.reconstruction.engine import infer
from alumnistats.reconstruction.particles import base_of
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.size_laws import SizeModel
from alumnistats.reconstruction.size_priors import size_models
from alumnistats.reconstruction.strata import without_strata
from alumnistats.reconstruction.structure import Tree
from alumnistats.reconstruction.windows import possible_bases
from alumnistats.survey import Figure, Ranking, Survey

MISPRINTS_HINT = "--allow-typos, or typos=0.005, tells which is probably misprinted"
Item = Figure | Ranking | str
TRIAL_DRAWS = 400
TRIAL_TOTALS = 6  # totals tried where the search leaves the printed one out
MakeProblem = Callable[[Survey], Problem]


def _restrict(survey: Survey, items: Sequence[Item]) -> Survey:
    kept = {id(item) for item in items}
    return survey.model_copy(
        update={
            "figures": tuple(f for f in survey.figures if id(f) in kept),
            "rankings": tuple(r for r in survey.rankings if id(r) in kept),
            "total": survey.total if "total" in items else None,
        }
    )


def describe(item: Item, survey: Survey) -> str:
    """Return one line that names a figure, ranking or total and its place in the source."""
    if isinstance(item, Figure):
        value = f"{item.percent}%" if item.percent is not None else f"count {item.count}"
        return f"{item.of}, {item.group}: {value} ({item.at})"
    if isinstance(item, Ranking):
        return f"{item.of}: complete ranking from the {item.from_} ({item.at})"
    return f"total: {survey.total} respondents"


def _question_of(item: Item, survey: Survey) -> str:
    if isinstance(item, str):
        return item
    if any(q.id == item.of for q in survey.questions):
        return item.of
    return survey.resolve(item.of)[0].id


def _in_full(item: Item, survey: Survey, trees: Mapping[str, Tree]) -> bool:
    """Return whether an item is a share of a distribution that is printed in full."""
    tree = trees.get(_question_of(item, survey))
    return isinstance(item, Figure) and tree is not None and item.group in tree.in_full


def minimal_conflict(
    items: Sequence[Item],
    possible: Callable[[Sequence[Item]], bool],
    group_of: Callable[[Item], str],
) -> list[Item]:
    """Return a minimal subset of `items` that is not `possible`; `items` must not be."""
    kept = list(items)
    for name in dict.fromkeys(group_of(item) for item in items):
        fewer = [item for item in kept if group_of(item) != name]
        if not possible(fewer):
            kept = fewer
    for item in list(kept):
        fewer = [other for other in kept if other is not item]
        if not possible(fewer):
            kept = fewer
    return kept


def trial_totals(problem: Problem, printed: int | None, largest: int) -> list[int | None]:
    """Return the totals to try: the printed one, or some that the overall figures may belong to.

    Few totals can belong to figures that hardly fit together, and sizes drawn without regard to
    the total would miss them.
    """
    if problem.total is not None or printed is None:
        return [problem.total]
    bases = np.arange(len(problem.groups), len(problem.groups) * largest + 1)
    possible = np.zeros(len(bases), dtype=bool)
    for scenario in problem.scenarios:
        roots = [t for t in problem.trees.values() if base_of(t, scenario).tree is None]
        fit = [possible_bases(tree, bases, scenario) for tree in roots]
        possible |= np.all(fit, axis=0) if fit else True
    found = bases[possible]
    nearest = found[np.argsort(np.abs(found - printed), kind="stable")]
    spread = (
        found[np.linspace(0, len(found) - 1, TRIAL_TOTALS // 2).astype(int)] if len(found) else []
    )
    return list(dict.fromkeys([*nearest[: TRIAL_TOTALS // 2].tolist(), *map(int, spread)]))


def explain_conflict(
    survey: Survey,
    models: Sequence[SizeModel],
    make_problem: MakeProblem,
    limits: tuple[int, int],
) -> ContradictionError:
    """Return the error that names a minimal conflicting set of what the survey prints.

    The search uses independent sizes (any size that the actual prior allows), except where the
    actual prior alone is what rules the figures out: then the prior is named.
    """
    if "mean" in survey.overall_share:  # which no search decides: solutions are drawn without it
        return ContradictionError(
            f"{survey.id}: no drawn solution shows every overall figure as overall_share allows; "
            "more draws may find some. Without overall_share figures that are at odds are named"
        )
    _, high = limits
    alike = without_strata(survey)
    free = size_models(alike, "free", high)

    def possible(items: Sequence[Item], using: Sequence[SizeModel] = free) -> bool:
        problem = make_problem(_restrict(alike if using is free else survey, items))
        rng = np.random.default_rng(0)
        return any(
            infer(replace(problem, largest=high, total=total), using, TRIAL_DRAWS, rng)[0]
            is not None
            for total in trial_totals(problem, survey.total, high)
        )

    items: list[Item] = [*survey.figures, *(r for r in survey.rankings if r.complete)]
    if survey.total is not None:
        items.append("total")
    if possible(items):
        if possible(items, models):
            return ContradictionError(
                "no drawn solution meets every overall figure, though some may; try more draws"
            )
        if any(stratum.total is not None for stratum in survey.strata):
            return ContradictionError(
                "the totals of strata, or the prior on sample sizes, rule out every solution"
            )
        return ContradictionError(
            "the prior on sample sizes rules out every solution; sizes='free' has some"
        )
    conflict = minimal_conflict(items, possible, lambda item: _question_of(item, survey))
    trees, hints = make_problem(survey).trees, [MISPRINTS_HINT]
    hint = forcing_hint(trees, survey.adding_up)
    if hint and any(_in_full(item, survey, trees) for item in conflict):
        hints.append(hint)
    return ContradictionError(
        f"{survey.id}: these cannot all be right, and leaving out any one of them would do "
        f"({'; '.join(hints)}):",
        [describe(item, survey) for item in conflict],
        [item.at if not isinstance(item, str) else "total" for item in conflict],
    )
