r"""Priors on sample sizes: models of how a survey fills its groups.

Each prior is a mixture over hyperparameters; given them the groups are independent, and a group's
size has the law

.. math:: P(n) = (1 - e)\,1[n = m] + e\,u(n),

with ``m`` the quota, ``e`` the probability that a group departs from it, and ``u`` the law of the
sizes that do. The product over G groups is a polynomial of degree G in ``e``, so its mean over the
Beta prior of ``e`` is exact with a Gauss-Jacobi rule of (G + 2) // 2 nodes: nothing is lost by
treating ``e`` as one of few values. The published total is conditioned on later, by the pass.

quota
    ``m`` is the published quota, or uniform on the usual sizes; ``e ~ Beta(1, 4)``.
shortfall
    The same, but a group that departs falls short: ``u`` is uniform on sizes up to ``m``.
free
    ``e = 1``: sizes are independent.
dirichlet
    Sizes are Dirichlet-multinomial given the total, with concentration 1/4, 1/2, 1, ..., 256
    per group equally likely: from very uneven to nearly equal.
equal
    Every group has the total divided by the number of groups, rounded down or up.
proportional
    Multinomial with the published population sizes.
mixture (default)
    Quota, dirichlet or free, each with probability 1/3 given the total: how surprising the total
    is under each says nothing of the groups, and is divided out.

Free sizes are uniform up to what the total leaves, so that every division of it is as likely as any
other. Where groups have a quota, those that miss it are uniform up to the usual limit: two and a
half times the mean size, or the quota where no total is published. With neither nothing tells the
order of magnitude, and each of `SCALES` is as likely as any other to be that limit, of quotas and
free sizes alike. Larger ones have a share of `BEYOND` together, and are the less probable
the larger they are, by :math:`1 / (n (n - 1))`: no size that the total admits has probability zero.
Tables end at a limit of computation, which is no limit of the prior.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from scipy.special import gammaln, roots_jacobi

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.size_laws import SizeModel, StratumGroups, part_of_survey, strata_of
from alumnistats.reconstruction.size_mixture import log_probability_of_total
from alumnistats.reconstruction.size_strata import log_probability_of_totals
from alumnistats.survey import Survey

SizePrior = Literal["quota", "shortfall", "free", "dirichlet", "equal", "proportional", "mixture"]
SIZE_PRIORS: tuple[SizePrior, ...] = get_args(SizePrior)
# A mixture is no rival of its parts: where priors are compared one by one it stays out.
RIVAL_PRIORS = tuple(prior for prior in SIZE_PRIORS if prior != "mixture")

DEPARTURE_PRIOR = (1.0, 4.0)  # Beta(a, b) of e: on average one group in five misses the quota
CONCENTRATIONS = tuple(2.0**k for k in range(-2, 9))
MIXED: tuple[SizePrior, ...] = ("quota", "dirichlet", "free")
SIZE_LIMIT_OF_MEAN = 2.5  # groups are rarely larger than this many times the mean size
# Without a total or a quota nothing tells the order of magnitude: each of these is as likely as any
# other to be the size that groups rarely exceed.
SCALES = (25, 50, 100, 200, 400, 800, 1600)
FIRST_OF_SCALES = 400  # largest size in the tables that these begin with
REMEMBERED = 8  # surveys whose mixtures are kept
BEYOND = 0.02  # probability that a group that misses its quota is


def size_limits(survey: Survey, largest: int | None = None) -> tuple[int, int]:
    """Return the smallest and largest sample size that tables begin with.

    Parameters
    ----------
    survey : Survey
    largest : int, optional
        The largest size, where it is not the usual one: two and a half times the mean size with a
        published total, two and a half times the quota with that alone, 400 with neither, whence
        tables grow; and never less than what is published.

    Raises
    ------
    ArgumentError
        If no sizes up to `largest` can be those that are published, or add up to the total.
    """
    known = [g.n for g in survey.groups if g.n is not None]
    known += [f.n for f in survey.figures if f.n is not None and f.group != "overall"]
    strata = strata_of(survey)
    known += [stratum.quota for stratum in strata if stratum.quota is not None]
    if largest is not None:
        return 1, _checked_limit(survey, largest, max(known, default=1))
    usual = (usual_limits(survey, stratum) for stratum in strata)
    return 1, max([*known, *(FIRST_OF_SCALES if one == SCALES else max(one) for one in usual)])


def highest_size(survey: Survey) -> int | None:
    """Return the largest size that the total leaves to a group; None without a total."""
    return left_to_a_group(survey, survey.total)


def left_to_a_group(survey: Survey, respondents: int | None) -> int | None:
    """Return the largest size that so many respondents leave to a group; None of unknown ones."""
    return None if respondents is None else max(respondents - len(survey.groups) + 1, 1)


def usual_limits(survey: Survey, stratum: StratumGroups) -> tuple[int, ...]:
    """Return the size that groups of a stratum rarely exceed, or each that it may be."""
    total, groups = stratum.total, len(stratum.members)
    if total is None:
        total, groups = survey.total, len(survey.groups)
    if total is not None:
        return (min(total - groups + 1, int(np.ceil(SIZE_LIMIT_OF_MEAN * total / groups))),)
    if stratum.quota is not None:
        return (int(np.ceil(SIZE_LIMIT_OF_MEAN * stratum.quota)),)
    return SCALES


def _checked_limit(survey: Survey, largest: int, known: int) -> int:
    """Return a limit that was asked for, no higher than the total leaves to it."""
    groups, total = len(survey.groups), survey.total
    least = max(known, 1 if total is None else -(-total // groups))
    if largest < least:
        needed = f"a whole number of at least {least:,}, the mean or the largest published size"
        raise ArgumentError("largest", largest, needed)
    return largest if total is None else min(largest, max(total - groups + 1, known))


def _departure_rule(groups: int) -> tuple[FloatArray, FloatArray]:
    a, b = DEPARTURE_PRIOR
    x, w = roots_jacobi((groups + 2) // 2, b - 1, a - 1)
    return (1 + x) / 2, w / w.sum()


@dataclass(frozen=True)
class Sizes:
    """Which sizes the groups of a survey, or of one stratum, may have.

    Attributes
    ----------
    usual : int
        Size that groups rarely exceed.
    top : int or None
        Largest that the total leaves to a group.
    table : int
        Largest in the tables: what is beyond has its probability, but no place there.
    """

    usual: int
    top: int | None
    table: int

    @property
    def quotas(self) -> range:
        """Quotas that there may be."""
        return range(1, min(self.usual, self.table) + 1)

    def missed(self) -> FloatArray:
        """Return the law of the size of a group that missed its quota, shape (table + 1,)."""
        n = np.arange(self.table + 1.0)
        beyond = BEYOND if self.top is None or self.top > self.usual else 0.0
        law = np.where((n >= 1) & (n <= self.usual), (1 - beyond) / self.usual, 0.0)
        if beyond:
            norm = 1 / self.usual - (0.0 if self.top is None else 1 / self.top)
            far = (n > self.usual) & (n <= (np.inf if self.top is None else self.top))
            law[far] = beyond / norm / (n[far] * (n[far] - 1))
        return law

    def free(self) -> FloatArray:
        """Return the law of the size of a group without a quota, shape (table + 1,)."""
        return self.missed() if self.top is None else _upto(self.top, self.table)

    def short(self, quota: int) -> FloatArray:
        """Return the law of the size of a group that fell short, shape (table + 1,)."""
        return _upto(quota, self.table)


def _upto(most: int, table: int) -> FloatArray:
    """Return the uniform law of sizes up to `most`, shape (table + 1,)."""
    law = np.zeros(table + 1)
    law[1 : most + 1] = 1.0 / most
    return law


def _quota(survey: Survey, sizes: Sizes, *, shortfall: bool) -> Iterator[SizeModel]:
    groups = len(survey.groups)
    nodes, weights = _departure_rule(groups)
    free = np.tile(sizes.missed(), (groups, 1))
    quotas = sizes.quotas if survey.quota is None else range(survey.quota, survey.quota + 1)
    prior = -float(np.log(sizes.usual if survey.quota is None else 1))
    for m in quotas:
        law = np.tile(sizes.short(m), (groups, 1)) if shortfall else free
        yield SizeModel(prior, m, law, nodes, weights)


def _independent(
    laws: list[tuple[float, FloatArray]],
) -> Iterator[SizeModel]:
    for log_weight, law in laws:
        yield SizeModel(log_weight, None, law, np.ones(1), np.ones(1))


def _dirichlet(survey: Survey, sizes: Sizes) -> Iterator[SizeModel]:
    groups, n = len(survey.groups), np.arange(sizes.table + 1)
    mean = (survey.total or groups * sizes.usual / 2) / groups
    laws = []
    for a in CONCENTRATIONS:
        # Negative binomial laws with a common success rate are Dirichlet-multinomial given their
        # sum; the rate that gives the mean size keeps the numbers well scaled.
        log_law = gammaln(n + a) - gammaln(n + 1) - gammaln(a) + n * np.log(mean / (mean + a))
        law = np.exp(log_law + a * np.log(a / (mean + a)))
        law, nobody = np.where(n >= 1, law, 0.0), law[0]
        laws.append((-float(np.log(len(CONCENTRATIONS))), np.tile(law / (1 - nobody), (groups, 1))))
    return _independent(laws)


def _equal(survey: Survey, sizes: Sizes) -> Iterator[SizeModel]:
    if survey.total is None:
        raise ArgumentError("sizes", "equal", "a survey with a published total")
    groups = len(survey.groups)
    law = np.zeros(sizes.table + 1)
    law[[survey.total // groups, -(-survey.total // groups)]] = 1.0
    return _independent([(0.0, np.tile(law / law.sum(), (groups, 1)))])


def _proportional(survey: Survey, sizes: Sizes) -> Iterator[SizeModel]:
    populations = [g.population_size for g in survey.groups]
    if survey.total is None or any(s is None for s in populations):
        raise ArgumentError(
            "sizes", "proportional", "a survey with a total and population_size in every group"
        )
    mean = survey.total * np.array(populations, dtype=float) / sum(s or 0 for s in populations)
    n = np.arange(sizes.table + 1)
    law = np.exp(n * np.log(mean[:, None]) - mean[:, None] - gammaln(n + 1))
    law[:, 0] = 0.0
    return _independent([(0.0, law / -np.expm1(-mean[:, None]))])


_REGISTRY: dict[str, Callable[[Survey, Sizes], Iterator[SizeModel]]] = {
    "quota": lambda survey, sizes: _quota(survey, sizes, shortfall=False),
    "shortfall": lambda survey, sizes: _quota(survey, sizes, shortfall=True),
    "free": lambda survey, sizes: _independent(
        [(0.0, np.tile(sizes.free(), (len(survey.groups), 1)))]
    ),
    "dirichlet": _dirichlet,
    "equal": _equal,
    "proportional": _proportional,
}


def size_models(survey: Survey, prior: SizePrior, largest: int) -> list[SizeModel]:
    """Return the components of a size prior, in tables of sizes up to `largest`.

    Parameters
    ----------
    survey : Survey
    prior : SizePrior
    largest : int
        Largest size in the tables. What the prior gives to larger ones is missing from the laws.

    Returns
    -------
    list of SizeModel
        Log weights are those of a probability distribution; for a mixture, of one given the
        published total.

    Raises
    ------
    ArgumentError
        For an unknown prior, or one that needs what the survey does not publish.
    """
    if prior not in SIZE_PRIORS:
        raise ArgumentError("sizes", prior, "one of " + ", ".join(SIZE_PRIORS))
    if prior != "mixture":
        return _by_stratum(survey, prior, largest)
    published = ("questions", "measures", "figures", "rankings", "claims")
    return list(_mixed(survey.model_copy(update=dict.fromkeys(published, ())), largest))


@lru_cache(maxsize=REMEMBERED)
def _mixed(survey: Survey, largest: int) -> tuple[SizeModel, ...]:
    """Return the mixture, which takes a second and is the same whatever is published of answers."""
    strata = strata_of(survey)
    parts = {one: _by_stratum(survey, one, largest) for one in MIXED}
    log_total = {one: log_probability_of(parts[one], strata, survey.total) for one in MIXED}
    possible = [one for one in MIXED if np.isfinite(log_total[one])]
    models = []
    for one in possible:
        given = float(log_total[one] + np.log(len(possible)))
        for model in parts[one]:  # a part's weight is the product of its strata's: once
            own = model.log_weight - (given if model.stratum == 0 else 0.0)
            models.append(replace(model, log_weight=own, part=one))
    return tuple(models)


def in_wider_tables(
    models: Sequence[SizeModel], survey: Survey, prior: SizePrior, largest: int
) -> list[SizeModel]:
    """Return the same components of a prior with laws up to a larger size, weighted as they are.

    Quotas that the tables of `models` do not hold are none of them. Without a total they are, and
    what the prior has still further out is moved to the sizes that are not held: large sizes show
    a percentage about as often as each other.
    """
    parts: Sequence[SizePrior] = MIXED if prior == "mixture" else (prior,)
    wide = {part: _by_stratum(survey, part, largest) for part in parts}
    held = models[0].off_quota.shape[1]
    if survey.total is None:
        log_share = float(np.log(len(parts)))
        names = parts if prior == "mixture" else ("",)
        return [
            replace(model, log_weight=model.log_weight - log_share, part=name)
            for part, name in zip(parts, names, strict=True)
            for model in _with_tail(wide[part], held)
        ]
    kept = [part for part in parts if prior != "mixture" or any(m.part == part for m in models)]
    wider = (
        model for part in kept for model in wide[part] if model.quota is None or model.quota < held
    )
    return [
        replace(model, off_quota=other.off_quota)
        for model, other in zip(models, wider, strict=True)
    ]


def _with_tail(models: Sequence[SizeModel], held: int) -> list[SizeModel]:
    """Return models that have what is beyond their tables at the sizes from `held` on."""
    found, laws = [], dict[int, FloatArray]()
    for stratum in sorted({model.stratum for model in models}):
        own = [model for model in models if model.stratum == stratum]
        far = [model.quota is not None and model.quota >= held for model in own]
        weight = np.exp([model.log_weight for model in own])
        more = np.log1p(max(1 - weight.sum(), 0.0) / weight[far].sum()) if any(far) else 0.0
        for model, beyond in zip(own, far, strict=True):
            key = id(model.off_quota)
            if key not in laws:
                laws[key] = _law_with_tail(model.off_quota, held)
            log_weight = model.log_weight + (float(more) if beyond else 0.0)
            found.append(replace(model, off_quota=laws[key], log_weight=log_weight))
    return found


def _law_with_tail(law: FloatArray, held: int) -> FloatArray:
    near = law[:, held:].sum(axis=1, keepdims=True)
    missing = np.maximum(1 - law.sum(axis=1, keepdims=True), 0.0)
    more = np.divide(missing, near, out=np.zeros_like(near), where=near > 0)
    return np.concatenate([law[:, :held], law[:, held:] * (1 + more)], axis=1)


def _by_stratum(survey: Survey, prior: SizePrior, largest: int) -> list[SizeModel]:
    """Return the components of each stratum, as if it were a survey of its own."""
    found = []
    for s, stratum in enumerate(strata_of(survey)):
        part = part_of_survey(survey, stratum)
        top = highest_size(part) if part.total is not None else highest_size(survey)
        scales = usual_limits(survey, stratum)
        for usual in scales:
            for model in _REGISTRY[prior](part, Sizes(usual, top, largest)):
                weight = model.log_weight - float(np.log(len(scales)))
                found.append(replace(model, stratum=s, log_weight=weight))
    return found


def log_probability_of(
    models: Sequence[SizeModel], strata: Sequence[StratumGroups], total: int | None
) -> float:
    """Return the log probability that a prior gives to the published total, or totals."""
    if len(strata) > 1:
        return log_probability_of_totals(models, strata, total)
    return log_probability_of_total(models, total)
