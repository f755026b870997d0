"""The probability that each published percentage is a misprint, and what is right then.

Given sizes, counts and conventions the right value of a figure is known, so a solution says of each
figure whether it is right; the probability is the weighted share of the solutions that say no. Only
where parts were rounded one by one and their counts are not part of a solution does a solution
give a probability.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.misprinted import Misprinted
from alumnistats.reconstruction.overall import law_of_totals
from alumnistats.reconstruction.overall_counts import totals_of
from alumnistats.reconstruction.question_tree import OVERALL, Tree, base_of, locate
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.rounding import round_share
from alumnistats.survey import Figure

if TYPE_CHECKING:
    import pandas as pd


LISTED = 3  # right values that are named
LEAST = 1e-12  # probability of a value that is left out


@dataclass(frozen=True, eq=False)
class _Verdict:
    """Of one figure: each solution's probability of a misprint, and the right values then.

    Attributes
    ----------
    wrong : ndarray, shape (particles,)
    values : dict
        Units of the right value, where it is another one, to its weight.
    """

    wrong: FloatArray
    values: dict[int, float]

    def add(self, units: IntArray, mass: FloatArray) -> None:
        """Add weights of right values."""
        for value in np.unique(units[mass > 0]).tolist():
            more = float(mass[units == value].sum())
            self.values[value] = self.values.get(value, 0.0) + more


def misprints(recon: Reconstruction) -> pd.DataFrame:
    """Return of, group, percent, probability, error, right_values, right_probability.

    Parameters
    ----------
    recon : Reconstruction
        Made with `misprints`.

    Returns
    -------
    DataFrame
        One row for each published percentage, in the order of the survey: the probability that it
        is a misprint, its Monte Carlo standard error, the most probable right values if it is one
        (up to three, the first the most probable), and the probability of the first among them
        given that it is one. Empty and missing where no solution holds a misprint.

    Raises
    ------
    ArgumentError
        If the reconstruction takes every figure as right.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 20], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> recon = al.reconstruct(survey, misprints=0.01)
    >>> misprints(recon)[["group", "percent", "probability"]].round(2).to_numpy().tolist()
    [['energy', '47.8', 0.0], ['retail', '44.5', 1.0]]
    """
    import pandas as pd

    figures = recon.problem.figures
    if not isinstance(figures, Misprinted):
        raise ArgumentError(
            "misprints", None, "a reconstruction that allows misprints: misprints=0.005"
        )
    weight = recon.particles.weight
    rows = []
    for figure in recon.survey.figures:
        if figure.percent is None:
            continue
        verdict = _overall if figure.group == OVERALL else _group
        found = verdict(recon, figure, figures)
        share = float(np.clip(weight @ found.wrong, 0.0, 1.0))
        error = float(np.sqrt(np.square(weight * (found.wrong - share)).sum()))
        named = sorted(found.values, key=lambda u: (-found.values[u], u))
        named = [u for u in named if found.values[u] > LEAST][:LISTED]
        texts = [f"{u / 10**figure.digits:.{figure.digits}f}" for u in named]
        first = found.values[named[0]] / sum(found.values.values()) if named else np.nan
        rows.append(
            (figure.of, figure.group, figure.percent, share, error, ", ".join(texts), first)
        )
    columns = ["of", "group", "percent", "probability", "error", "right_values"]
    return pd.DataFrame(rows, columns=[*columns, "right_probability"])


def _by_scenario(recon: Reconstruction) -> list[tuple[Scenario, IntArray]]:
    """Return each scenario with the particles that follow it."""
    scenario = recon.particles.scenario
    return [(recon.scenarios[s], np.flatnonzero(scenario == s)) for s in np.unique(scenario)]


def _group(recon: Reconstruction, figure: Figure, law: Misprinted) -> _Verdict:
    tree, node = locate(recon.survey, recon.trees, figure.of)
    g = recon.survey.group_ids.index(figure.group)
    published = tree.group_figures[node, figure.group]
    particles = recon.particles
    found = _Verdict(np.zeros(len(particles.weight)), {})
    base, count = particles.counts[tree.name, 0][:, g], particles.counts[tree.name, node][:, g]
    for scenario, mine in _by_scenario(recon):
        adds = scenario.added(tree.question) and node in tree.measures
        parts = [v for v in tree.below(node) if tree.nodes[v].left is None]
        if adds and len(parts) > 2 and recon.models:
            table = Tables(tree, scenario, int(base.max()), law)
            for b, c, some in _cells(base, count, mine):
                sums, mass = table.chance_of_sum(published, len(parts), b, c)
                _add(found, sums, mass, figure, some, particles.weight)
            continue
        terms = parts if adds else [node]
        units = np.zeros(len(mine), dtype=np.int64)
        for v in terms:
            own = particles.counts[tree.name, v][mine, g]
            units += round_share(own, np.maximum(base[mine], 1), figure.digits, scenario.rounding)
        wrong = units != figure.units
        found.wrong[mine] = wrong
        found.add(units, particles.weight[mine] * wrong)
    return found


def _cells(base: IntArray, count: IntArray, mine: IntArray) -> Iterator[tuple[int, int, IntArray]]:
    """Yield distinct bases and counts with the particles that have them."""
    pairs, inverse = np.unique(np.stack([base[mine], count[mine]]), axis=1, return_inverse=True)
    for i, (b, c) in enumerate(pairs.T.tolist()):
        yield b, c, mine[inverse.reshape(-1) == i]


def _add(
    found: _Verdict,
    units: IntArray,
    mass: FloatArray,
    figure: Figure,
    some: IntArray,
    weight: FloatArray,
) -> None:
    """Add particles that know the right value only as a law, given what is published."""
    mass = mass / mass.sum()
    wrong = units != figure.units
    found.wrong[some] = mass[wrong].sum()
    found.add(units[wrong], mass[wrong] * weight[some].sum())


def _overall(recon: Reconstruction, figure: Figure, law: Misprinted) -> _Verdict:
    tree, node = locate(recon.survey, recon.trees, figure.of)
    weight = recon.particles.weight
    found = _Verdict(np.zeros(len(weight)), {})
    cases, inverse = totals_of(recon, tree, node)
    for i, (s, counts) in enumerate(cases):
        some = np.flatnonzero(inverse == i)
        scenario = recon.scenarios[s]
        if not _enters(recon, tree, scenario):
            found.wrong[some] = law.prior
            continue
        bases, total = np.array(list(counts), dtype=np.int64).T
        base = int(bases[0])  # as of all solutions of a case where it is found group by group
        totals, published = law_of_totals(tree, base, scenario, law), tree.totals[node]
        units = totals.units(total, published.digits)
        wrong = np.fromiter(counts.values(), dtype=float)
        wrong *= law.wrong(published, units) / totals.own[node][total]
        found.wrong[some] = wrong.sum()
        found.add(units, wrong * weight[some].sum())
    return found


def _enters(recon: Reconstruction, tree: Tree, scenario: Scenario) -> bool:
    """Return whether a tree's overall figures are in the likelihood: its base must be known."""
    base = base_of(tree, scenario)
    return base.tree is None or (base.tree, base.node) in recon.particles.counts
