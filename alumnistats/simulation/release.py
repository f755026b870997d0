"""Simulated releases: truth drawn from the model's own priors, then published as an office would.

Sample sizes come from a prior given the total, the total itself from the prior on it where it is
not published; shares from the logit-normal hierarchy; respondents answer independently; conventions
(rounding rule, how a subtotal is formed) come from their priors. Published are one measure (the sum
of two of a question's four options) of the groups at either end, ties included, its overall share,
and the total. Everything drawn is kept as truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import numpy as np
from scipy.special import expit

from alumnistats.arguments import GENERATOR, MOST_RESPONDENTS, checked, instance, optional, whole
from alumnistats.arrays import BoolArray, FloatArray, IntArray, choose
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError
from alumnistats.posterior import LogitNormalPrior
from alumnistats.reconstruction.conventions import ROUNDING_PRIOR, SUBTOTALS_PRIOR
from alumnistats.reconstruction.size_priors import SizePrior
from alumnistats.reconstruction.total_prior import TotalLaw, prior_of_total
from alumnistats.rounding import RoundingRule, Subtotals, full_scale, round_share
from alumnistats.simulation.prior_sizes import draw_prior_sizes
from alumnistats.survey import Survey

Name = TypeVar("Name", RoundingRule, Subtotals)

MEASURE = "ab"  # id of the published measure
QUESTION = "q"
PRIORS_DRAWN = ("quota", "shortfall", "free", "dirichlet", "mixture")


@dataclass(frozen=True)
class Design:
    """What kind of survey is simulated.

    Attributes
    ----------
    groups : int
        At least 2.
    total : int or None
        Respondents, at least two a group. With None no total is published: it is drawn from the
        prior of an unknown total, and what is published of all tells it, if anything does.
    listed : int
        Groups published at either end (more where the last place is shared); with 0, all.
    digits : int
        Decimals of the percentages, 0 to 2.
    sizes : {"quota", "shortfall", "free", "dirichlet", "mixture"}
        Law of the sample sizes given the total.
    prior : LogitNormalPrior
        Law of the shares.
    overall : bool
        Whether the measure's overall share is published.
    total_about : int, optional
        With no total: what is published in its place, with a law of the total around it.
    """

    groups: int = 12
    total: int | None = 1200
    listed: int = 3
    digits: int = 1
    sizes: SizePrior = "quota"
    prior: LogitNormalPrior = field(default_factory=LogitNormalPrior)
    overall: bool = True
    total_about: int | None = None

    def __post_init__(self) -> None:
        whole(2, MOST_RESPONDENTS)("groups", self.groups)
        for name, value in (("total", self.total), ("total_about", self.total_about)):
            optional(whole(2, MOST_RESPONDENTS))(name, value)
            if value is not None and value < 2 * self.groups:
                raise ArgumentError(name, value, "at least two respondents a group")
        if self.total is not None and self.total_about is not None:
            raise ArgumentError("total_about", self.total_about, "none beside a total")
        whole(0, MOST_RESPONDENTS)("listed", self.listed)
        whole(0, 2)("digits", self.digits)
        if self.sizes not in PRIORS_DRAWN:
            raise ArgumentError("sizes", self.sizes, "one of " + ", ".join(PRIORS_DRAWN))


@dataclass(frozen=True, eq=False)
class Release:
    """A simulated release and the truth behind it.

    Attributes
    ----------
    survey : Survey
    n, k : ndarray of int, shape (groups,)
        Sample sizes and counts.
    theta : ndarray, shape (groups,)
        True shares.
    mu, sigma : float
    rounding : RoundingRule
    subtotals : Subtotals
    listed : ndarray of bool, shape (groups,)
        Whether the group's share is published.
    """

    __repr__ = short_repr

    survey: Survey
    n: IntArray
    k: IntArray
    theta: FloatArray
    mu: float
    sigma: float
    rounding: RoundingRule
    subtotals: Subtotals
    listed: BoolArray


def _skeleton(design: Design) -> dict[str, object]:
    def text(word: str) -> dict[str, str]:
        return {"en": word, "ja": word}

    options = [{"id": o, "label": text(o)} for o in "abcd"]
    said = {"total": design.total, "total_about": design.total_about}
    return {name: value for name, value in said.items() if value is not None} | {
        "format": 1,
        "id": "simulated",
        "title": text("Simulated release"),
        "source": {"publisher": "simulated", "url": "none", "cite": "simulated"},
        "groups": [{"id": f"g{g}", "label": text(f"g{g}")} for g in range(design.groups)],
        "questions": [
            {"id": QUESTION, "label": text(QUESTION), "answers": "single", "complete": True,
             "options": options}
        ],
        "measures": [
            {"id": MEASURE, "question": QUESTION, "options": ["a", "b"], "label": text(MEASURE)}
        ],
    }  # fmt: skip


def _units(
    parts: IntArray, n: IntArray, digits: int, rounding: RoundingRule, subtotals: Subtotals
) -> IntArray:
    """Return the printed units of the measure, from the counts of its two options."""
    if subtotals == "rounded-sum":
        return round_share(parts.sum(axis=1), n, digits, rounding)
    rounded = [round_share(part, n, digits, rounding) for part in parts.T]
    return rounded[0] + rounded[1]


def percent_text(units: int, digits: int) -> str:
    """Return printed units as a percentage, such as "47.8" of 478."""
    if digits == 0:
        return str(units)
    scale = 10**digits
    return f"{units // scale}.{units % scale:0{digits}d}"


def extreme_places(units: IntArray, count: int, *, highest: bool) -> list[list[int]]:
    """Return the groups of the extreme places, best first; those that share a value share one."""
    values = np.sort(np.unique(units))[:: -1 if highest else 1]
    places: list[list[int]] = []
    for value in values:
        if sum(len(p) for p in places) >= count:
            break
        places.append(np.flatnonzero(units == value).tolist())
    return places


@checked({**GENERATOR, "design": instance(Design)})
def simulate(design: Design, seed: int | np.random.Generator = 0) -> Release:
    """Draw a truth and publish it.

    Parameters
    ----------
    design : Design
    seed : int or numpy.random.Generator

    Returns
    -------
    Release

    Examples
    --------
    >>> from alumnistats.simulation import Design
    >>> release = simulate(Design(groups=4, total=400), seed=1)
    >>> release.n.tolist(), release.k.tolist()
    ([100, 100, 100, 100], [11, 10, 20, 15])
    >>> [figure.percent for figure in release.survey.figures]
    ['11.0', '10.0', '20.0', '15.0', '14.0']
    """
    rng = np.random.default_rng(seed)
    prior, groups, full = design.prior, design.groups, full_scale(design.digits)
    while True:
        n = draw_prior_sizes(groups, _draw_total(design, rng), design.sizes, rng)
        mu = float(rng.normal(prior.mu_loc, prior.mu_scale))
        sigma = float(abs(rng.normal(0.0, prior.sigma_scale)))
        theta = expit(rng.normal(mu, sigma, groups))
        k = rng.binomial(n, theta)
        first = rng.integers(0, k + 1)  # of the measure's two options: all splits equally likely
        parts = np.stack([first, k - first], axis=1)
        rounding, subtotals = (
            draw_convention(ROUNDING_PRIOR, rng),
            draw_convention(SUBTOTALS_PRIOR, rng),
        )
        units = _units(parts, n, design.digits, rounding, subtotals)
        together = parts.sum(axis=0, keepdims=True)
        overall = _units(together, n.sum(keepdims=True), design.digits, rounding, subtotals)
        if max(units.max(), overall[0]) <= full:  # two parts rounded up may print 100.1%
            break
    survey, listed = _publish(design, units, int(overall[0]))
    return Release(survey, n, k, theta, mu, sigma, rounding, subtotals, listed)


@lru_cache(maxsize=8)
def _law_of_total(design: Design) -> TotalLaw:
    """Return the law of a total that is not published."""
    whole_share = {"of": MEASURE, "group": "overall", "at": "text",
                   "percent": percent_text(0, design.digits)}  # fmt: skip
    return prior_of_total(Survey.model_validate(_skeleton(design) | {"figures": [whole_share]}))


def _draw_total(design: Design, rng: np.random.Generator) -> int:
    if design.total is not None:
        return design.total
    law = _law_of_total(design)
    return int(law.totals[choose(np.exp(law.log_prior)[None], rng)[0]])


def draw_convention(prior: Mapping[Name, float], rng: np.random.Generator) -> Name:
    """Draw a rounding rule, or a way to form subtotals, from its prior."""
    weight = np.array(list(prior.values()))
    return list(prior)[rng.choice(len(prior), p=weight / weight.sum())]


def printed_lists(
    units: IntArray, count: int, of: str
) -> tuple[BoolArray, list[dict[str, object]]]:
    """Return which groups are printed, and the lists of extremes as in a survey file.

    Parameters
    ----------
    units : ndarray of int, shape (groups,)
        Printed shares, in units of their last digit.
    count : int
        Groups listed at either end (more where the last place is shared); with 0, all. Where both
        lists would hold every group, or one group twice, all are printed, and no list.
    of : str
        What is ranked.
    """
    ends = {"highest": True, "lowest": False}
    places = {end: extreme_places(units, count, highest=high) for end, high in ends.items()}
    named = [{g for place in found for g in place} for found in places.values()]
    everybody = count == 0 or len(set.union(*named)) == len(units) or set.intersection(*named)
    if everybody:
        return np.ones(len(units), dtype=bool), []
    listed = np.isin(np.arange(len(units)), list(set.union(*named)))
    return listed, [
        {"of": of, "from": end, "complete": True, "at": "ranking",
         "places": [[f"g{g}" for g in place] for place in found]}
        for end, found in places.items()
    ]  # fmt: skip


def _publish(design: Design, units: IntArray, overall: int) -> tuple[Survey, BoolArray]:
    """Return the survey that a press office would print, and which groups it lists."""
    listed, rankings = printed_lists(units, design.listed, MEASURE)
    figures = [
        {"of": MEASURE, "group": f"g{g}", "percent": percent_text(int(units[g]), design.digits),
         "at": "table"}
        for g in np.flatnonzero(listed)
    ]  # fmt: skip
    if design.overall:
        figures.append(
            {"of": MEASURE, "group": "overall", "at": "text",
             "percent": percent_text(overall, design.digits)}
        )  # fmt: skip
    document = _skeleton(design) | {"figures": figures, "rankings": rankings}
    return Survey.model_validate(document), listed
