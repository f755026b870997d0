"""How figures pin sample sizes: which sizes can show each percentage that is published of a group.

Not every percentage can come from every sample size: 47.8% needs a count whose share rounds to it.
A figure rules out the sizes without one; of several figures of one group each rules out others, and
what is left are the candidates. This looks at one group and one figure at a time. The posterior
also knows the total, the overall figures, the lists and the prior.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.arrays import BoolArray
from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.question_tree import locate
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.reconstruction.sums_of_rounded import sizes_of_sum
from alumnistats.remainders import forced_counts
from alumnistats.rounding import ROUNDING_RULES, RoundingRule, agreeing_counts, check_rule
from alumnistats.survey import OVERALL, AddingUp, Figure, Survey

if TYPE_CHECKING:
    import pandas as pd


COLUMNS = ["group", "n", "figures", "agreeing", "probability"]


def shown_by(
    figure: Figure,
    largest: int,
    rule: RoundingRule,
    *,
    asked: str = "all",
    adding_up: AddingUp = "rounded",
    parts: int = 1,
) -> BoolArray:
    """Return which sizes of a group can show one figure of it.

    Parameters
    ----------
    figure : Figure
    largest : int
        Largest size, at least 1.
    rule : RoundingRule
    asked : {"all", "some"}
        Whether the question was put to all of the group, or perhaps to some only: then a size can
        show what any smaller one can.
    adding_up : {"rounded", "forced"}
        Whether the percentage follows the rule, or is one of a distribution that was forced to sum
        to 100: then a count within a unit will do.
    parts : int
        Rounded shares of which the percentage may be the sum, rather than one rounded share.

    Returns
    -------
    ndarray of bool, shape (largest,)
        For the sizes 1, 2, ..., largest.

    Raises
    ------
    ArgumentError
        For an unknown rule.
    """
    size = np.arange(1, largest + 1)
    shown = np.ones(largest, dtype=bool)
    if figure.percent is not None:
        lower, upper = agreeing_counts(figure.units, size, figure.digits, rule)
        if adding_up == "forced":
            lower, upper = forced_counts(figure.units, size, figure.digits)
        if figure.count is not None:
            lower, upper = np.maximum(lower, figure.count), np.minimum(upper, figure.count)
        shown &= lower <= upper
        if parts > 1 and figure.count is None:
            shown |= sizes_of_sum(figure.units, largest, figure.digits, rule, parts)
    elif figure.count is not None:
        shown &= size >= figure.count
    if figure.n is not None:
        shown &= size == figure.n
    return shown if asked == "all" else np.logical_or.accumulate(shown)


def size_agreement(
    recon: Reconstruction, rules: Sequence[RoundingRule] = ROUNDING_RULES
) -> pd.DataFrame:
    """Return how many of a group's figures each sample size can show, and its probability.

    Parameters
    ----------
    recon : Reconstruction
    rules : sequence of RoundingRule
        One of them made all of a group's figures.

    Returns
    -------
    DataFrame
        One row a group and size from 1 to the largest admitted: group, n, figures (published of the
        group), agreeing (as many as n can show under the one rule under which it can show most,
        with distributions rounded or forced to sum to 100 as the survey allows, and shares of
        several options rounded, or summed from rounded ones, as the conventions do),
        probability (posterior of n, from all that is published; missing if sizes are not
        recovered).

    Raises
    ------
    ArgumentError
        For an unknown rule, or none.

    Examples
    --------
    >>> import alumnistats as al
    >>> survey = al.load_survey("america-1969")
    >>> found = size_agreement(al.reconstruct(survey, draws=100))
    >>> found.columns.tolist()
    ['group', 'n', 'figures', 'agreeing', 'probability']
    """
    import pandas as pd

    if not rules:
        raise ArgumentError("rules", rules, "at least one rounding rule")
    for rule in rules:
        check_rule(rule)
    survey, largest = recon.survey, recon.problem.largest
    sizes, weight = recon.particles.sizes, recon.particles.weight
    frames = []
    for g, group in enumerate(survey.group_ids):
        figures = [f for f in survey.figures if f.group == group and group != OVERALL]
        if survey.weighted:  # any size can show a weighted percentage
            figures = [f.model_copy(update={"percent": None}) for f in figures]
        made = list(itertools.product(rules, survey.adding_up))
        agreeing = np.zeros((len(made), largest), dtype=int)
        for figure in figures:
            asked, whole = _asked(survey, figure), _in_full(recon, figure)
            parts = _parts(recon, figure)
            for row, (rule, way) in zip(agreeing, made, strict=True):
                own = way if whole else "rounded"
                row += shown_by(figure, largest, rule, asked=asked, adding_up=own, parts=parts)
        frames.append(
            pd.DataFrame(
                {
                    "group": group,
                    "n": np.arange(1, largest + 1),
                    "figures": len(figures),
                    "agreeing": agreeing.max(axis=0),
                    "probability": np.bincount(sizes[:, g], weight, minlength=largest + 1)[1:]
                    if recon.recovered_sizes
                    else np.nan,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[COLUMNS]


def _in_full(recon: Reconstruction, figure: Figure) -> bool:
    """Return whether a figure is one of a distribution that its group publishes in full."""
    tree, node = locate(recon.survey, recon.trees, figure.of)
    whole = tree.in_full.get(figure.group)
    return whole is not None and node in whole.leaves


def _parts(recon: Reconstruction, figure: Figure) -> int:
    """Return of how many rounded shares a figure may be the sum under the conventions."""
    question, options = recon.survey.resolve(figure.of)
    summed = any(scenario.added(question.id) for scenario in recon.scenarios)
    return len(options) if summed else 1


def _asked(survey: Survey, figure: Figure) -> str:
    question, _ = survey.resolve(figure.of)
    return "all" if set(question.base) == {"all"} else "some"
