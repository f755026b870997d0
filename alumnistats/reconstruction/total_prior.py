r"""What is known of the number of respondents before the groups' sizes are: its law beforehand.

Without a published total every order of magnitude is as likely as any other (log-uniform), from
what the groups need up to a bound; a total that is published as "about" has the rounding of a
speaker around it, and "at most" is a bound. What the overall figures say of each number is exact
where everybody was asked: a number under which no counts give what is published is ruled out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.overall import law_of_totals, possible_bases
from alumnistats.reconstruction.problem import Problem, likelihoods_of
from alumnistats.reconstruction.published import Exact
from alumnistats.reconstruction.question_tree import Tree, base_of
from alumnistats.reconstruction.size_priors import size_limits
from alumnistats.reconstruction.vague_total import VagueTotal
from alumnistats.rounding import full_scale
from alumnistats.survey import Figure, Survey

EXACT = Exact()  # misprinted and weighted figures tell no total
MOST = 5_000  # respondents: surveys of more name their number
MOST_BY_DIGITS = 10_000  # up to which two decimals still tell numbers from each other
BEYOND_PUBLISHED = 10  # times the largest published number, up to which the total may be
SMALLEST, THINNED = 200, 40  # totals that are all looked at; and that stand for larger ones
FEW_BASES = 30  # of a question asked of some, up to which its overall figures are looked at
TABLE = 600  # largest size in the tables of the first look
CONCENTRATIONS = (1, 4)  # Dirichlet laws of sizes in the first look
MANY_GROUPS = 12  # beyond which powers of sizes leave floating point, and only the first is used
OUT_OF_TABLE = -5.0  # log factor below the least of the others where tables end too early


@dataclass(frozen=True, eq=False)
class TotalLaw:
    """Numbers of respondents that there may be.

    Attributes
    ----------
    totals : ndarray of int, shape (totals,)
        Rising.
    log_prior : ndarray, shape (totals,)
        Where a number stands for several, of all of them.
    complete : bool
        Whether every number that is possible is among them.
    """

    totals: IntArray
    log_prior: FloatArray
    complete: bool = True

    @property
    def stands_for_several(self) -> BoolArray:
        """Which totals stand for others too, of which they were drawn; shape (totals,)."""
        return np.arange(len(self.totals)) >= (len(self.totals) if self.complete else SMALLEST)

    def only(self, kept: IntArray | FloatArray) -> TotalLaw:
        """Return the law at some of the totals, not normalised anew."""
        return TotalLaw(self.totals[kept], self.log_prior[kept])


def _numbers(figure: Figure) -> int:
    return max(figure.n or 0, figure.count or 0)


def fewest(survey: Survey) -> int:
    """Return the number of respondents that the groups need at least."""
    own = dict.fromkeys(survey.group_ids, 1)
    for group in survey.groups:
        own[group.id] = group.n or 1
    for figure in survey.figures:
        if figure.group in own:
            own[figure.group] = max(own[figure.group], _numbers(figure))
    return sum(own.values())


def prior_of_total(survey: Survey) -> TotalLaw:
    """Return the law of the total before anything published is looked at, normalised."""
    least = fewest(survey)
    low, high = survey.total_bounds
    said = VagueTotal.of(survey)
    if said is not None and said.about is not None:
        totals = np.arange(max(low, least), max(said.high, least) + 1)
        log_prior = said.log_nearness(totals)
    else:
        totals = np.arange(least, (high or _bound(survey, least)) + 1)
        log_prior = -np.log(totals)
    return TotalLaw(totals, np.asarray(log_prior - np.logaddexp.reduce(log_prior)))


def _bound(survey: Survey, least: int) -> int:
    digits = max((f.digits for f in survey.figures if f.percent is not None), default=0)
    numbers = max((_numbers(f) for f in survey.figures), default=0)
    return max(
        MOST,
        min(full_scale(digits), MOST_BY_DIGITS),
        BEYOND_PUBLISHED * least,
        BEYOND_PUBLISHED * numbers,
    )


def tells_total(problem: Problem) -> bool:
    """Return whether overall figures of what all were asked say anything of the total."""
    return problem.figures.certain and any(
        roots(problem, scenario) for scenario in problem.scenarios
    )


def roots(problem: Problem, scenario: Scenario) -> dict[str, Tree]:
    """Return the trees of what all were asked that have overall figures, by name."""
    return {
        name: tree
        for name, tree in problem.tied(scenario).items()
        if tree.totals and base_of(tree, scenario).tree is None
    }


def thinned(law: TotalLaw, problem: Problem, rng: np.random.Generator) -> TotalLaw:
    """Return the totals that interval arithmetic leaves possible: all small ones, some large.

    Each of the large ones stands for its neighbours, of which it is drawn at random with the
    probabilities of the prior.
    """
    possible = np.zeros(len(law.totals), dtype=bool)
    for scenario in problem.scenarios:
        mine = np.ones(len(law.totals), dtype=bool)
        for tree in roots(problem, scenario).values() if tells_total(problem) else ():
            mine &= possible_bases(tree, law.totals, scenario)
        possible |= mine
    law = law.only(np.flatnonzero(possible))
    if len(law.totals) <= SMALLEST + THINNED:
        return law
    edges = np.geomspace(SMALLEST, len(law.totals), THINNED + 1).astype(int)
    chosen, log_prior = list(range(SMALLEST)), law.log_prior[:SMALLEST].tolist()
    for start, end in pairwise(edges):
        if start < end:
            weight = np.exp(law.log_prior[start:end] - law.log_prior[start])
            chosen.append(int(start + rng.choice(end - start, p=weight / weight.sum())))
            log_prior.append(float(np.log(weight.sum()) + law.log_prior[start]))
    return TotalLaw(law.totals[chosen], np.array(log_prior), complete=False)


def log_overall(problem: Problem, scenario: Scenario, totals: IntArray) -> FloatArray:
    """Return the log probability of the overall figures given each total, about; shape (totals,).

    Minus infinity only where they are impossible. Figures of a question that some were asked count
    where the overall figures leave few numbers of those: as the mean over these numbers.
    """
    own, nested = roots(problem, scenario), _nested_trees(problem, scenario)
    possible = np.ones(len(totals), dtype=bool)
    for tree in own.values():
        possible &= possible_bases(tree, totals, scenario)
    out = np.full(len(totals), -np.inf)
    for i in np.flatnonzero(possible).tolist():
        total, weight = int(totals[i]), 1.0
        for name, tree in own.items():
            weight *= law_of_totals(tree, total, scenario, EXACT).weight(0, total)
            for node, some in nested.get(name, {}).items() if weight > 0 else ():
                weight *= _weight_below(tree, total, node, some, scenario)
        if weight > 0:
            out[i] = np.log(weight)
    return out


def _nested_trees(problem: Problem, scenario: Scenario) -> dict[str, dict[int, list[Tree]]]:
    """Return the trees with overall figures by the tree and the node that is their base."""
    found: dict[str, dict[int, list[Tree]]] = {}
    for tree in problem.tied(scenario).values():
        base = base_of(tree, scenario)
        if tree.totals and base.tree is not None:
            found.setdefault(base.tree, {}).setdefault(base.node, []).append(tree)
    return found


def _weight_below(tree: Tree, total: int, node: int, some: list[Tree], scenario: Scenario) -> float:
    bases = np.flatnonzero(law_of_totals(tree, total, scenario, EXACT).ahead[node])
    if len(bases) > FEW_BASES:
        return 1.0
    weights = np.ones(len(bases))
    for one in some:
        weights *= [law_of_totals(one, b, scenario, EXACT).weight(0, b) for b in bases.tolist()]
    return float(weights.mean()) if len(bases) else 0.0


def log_score(survey: Survey, problem: Problem, law: TotalLaw) -> tuple[FloatArray, FloatArray]:
    """Return about how probable each total is given all figures, and given the overall ones alone.

    Logs, shape (totals,), not normalised; minus infinity only where a total is impossible. The
    overall figures and those of groups are looked at apart, as if they were independent.
    """
    table = int(min(max(TABLE, size_limits(survey)[1]), law.totals.max()))
    likelihoods = likelihoods_of(replace(problem, total=None, largest=table))
    tells = tells_total(problem)
    known = {"overall": np.full(len(law.totals), -np.inf)}
    known["all"] = known["overall"]
    for s, likelihood in likelihoods.items():
        scenario = problem.scenarios[s]
        overall = np.full(len(law.totals), scenario.log_prior)
        if tells:
            overall = overall + log_overall(problem, scenario, law.totals)
        groups = _log_groups(likelihood, law.totals)
        known["overall"] = np.logaddexp(known["overall"], overall)
        known["all"] = np.logaddexp(known["all"], overall + groups)
    return known["all"] + law.log_prior, known["overall"] + law.log_prior


def _log_groups(likelihood: FloatArray, totals: IntArray) -> FloatArray:
    """Return the log probability of what groups publish given the total, under Dirichlet sizes.

    Sizes in the tables only; shape (totals,).
    """
    most, size = int(totals.max()), np.arange(likelihood.shape[1], dtype=float)
    alphas = CONCENTRATIONS if len(likelihood) <= MANY_GROUPS else CONCENTRATIONS[:1]
    found = []
    for alpha in alphas:
        weight = np.where(size >= 1, np.prod([size + i for i in range(1, alpha)], axis=0), 0.0)
        both = [_log_coefficients(rows, most) for rows in (likelihood * weight,
                np.tile(weight, (len(likelihood), 1)))]  # fmt: skip
        with np.errstate(invalid="ignore"):
            found.append(np.where(np.isfinite(both[1]), both[0] - both[1], -np.inf)[totals])
    out = np.asarray(np.logaddexp.reduce(found, axis=0) - np.log(len(alphas)))
    # Where the tables end too early they rule nothing out.
    finite = out[np.isfinite(out)]
    least = float(finite.min()) if len(finite) else 0.0
    unsure = ~np.isfinite(out) & (totals >= likelihood.shape[1])
    return np.where(unsure, least + OUT_OF_TABLE, out)


def _log_coefficients(rows: FloatArray, most: int) -> FloatArray:
    """Return the logs of the coefficients of a product of polynomials, up to that of x**most."""
    product, log_scale = np.ones(1), 0.0
    for row in rows:
        peak = row.max()
        if peak <= 0:
            return np.full(most + 1, -np.inf)
        product = np.convolve(product, row / peak)[: most + 1]
        top = product.max()
        if top <= 0:
            return np.full(most + 1, -np.inf)
        product, log_scale = product / top, log_scale + float(np.log(peak) + np.log(top))
    out = np.full(most + 1, -np.inf)
    with np.errstate(divide="ignore"):
        out[: len(product)] = np.log(product) + log_scale
    return out
