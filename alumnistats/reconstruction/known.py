"""Surveys that publish sizes and counts, tables and microdata: nothing is left to recover.

Where every group's size is published and every count is published, follows from others by sums, or
is the only one that a printed percentage allows under any convention, there is one solution. It is
written down instead of inferred, whatever the sizes; what remains uncertain is by which conventions
percentages that stand beside the counts were printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ContradictionError
from alumnistats.identification.explained import MISPRINTS_HINT
from alumnistats.reconstruction.conventions import Scenario, forcing_hint
from alumnistats.reconstruction.forced_print import forced_range
from alumnistats.reconstruction.likelihood import agreeing_range
from alumnistats.reconstruction.means import mean_shows
from alumnistats.reconstruction.particles import Particles
from alumnistats.reconstruction.printed_counts import chance_of_print
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.sizes import IntArray
from alumnistats.reconstruction.structure import OVERALL as WHOLE
from alumnistats.reconstruction.structure import Distribution, Printed, Tree
from alumnistats.remainders import forced_chance, forced_counts
from alumnistats.rounding import full_scale, sum_of_rounded

Key = tuple[str, int, str]  # tree, node, group
Counts = dict[tuple[str, int], IntArray]
OVERALL = "all respondents"


def known_particles(problem: Problem) -> Particles | None:
    """Return the one solution of a survey that publishes sizes and counts.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Particles or None
        One for each scenario under which the printed percentages agree with the counts, alike but
        for the scenario; its weight is the scenario's probability. None if anything is unknown.

    Raises
    ------
    ContradictionError
        If sizes and counts are known, but no convention gives the percentages beside them.
    """
    counts = _counts(problem)
    if counts is None:
        return None
    checks = [list(_checks(problem, counts, scenario)) for scenario in problem.scenarios]
    possible = np.array([all(good for _, good in some) for some in checks])
    if not possible.any():
        raise _contradiction(problem, counts, checks)
    with np.errstate(divide="ignore"):
        chance = np.array([np.log([float(good) for _, good in some]).sum() for some in checks])
    log_prior = problem.log_prior + chance
    log_evidence = float(np.logaddexp.reduce(log_prior))
    kept = np.flatnonzero(possible)
    sizes = _sizes(problem)
    return Particles(
        kept.astype(np.int64),
        np.tile(sizes, (len(kept), 1)),
        {key: np.tile(row, (len(kept), 1)) for key, row in counts.items()},
        np.exp(log_prior[kept] - log_evidence),
        log_evidence,
    )


def _sizes(problem: Problem) -> IntArray:
    return np.array([problem.published_sizes[g] for g in problem.groups], dtype=np.int64)


def _counts(problem: Problem) -> Counts | None:
    """Return the counts of all nodes, one for each group, or None if any is unknown."""
    if any(g not in problem.published_sizes for g in problem.groups):
        return None
    sizes = _sizes(problem)
    if problem.total is not None and problem.total != sizes.sum():
        return None
    counts: Counts = {}
    for name, tree in problem.trees.items():
        if len(tree.bases) != 1:
            return None
        base = tree.bases[0]
        root = sizes if base.tree is None else counts[base.tree, base.node]
        found = _solve(problem, tree, root)
        if found is None:
            return None
        counts |= {(name, v): row for v, row in enumerate(found)}
    return counts


def _solve(problem: Problem, tree: Tree, root: IntArray) -> IntArray | None:
    """Return the counts of a tree's nodes, shape (nodes, groups), or None."""
    value = np.full((len(tree.nodes), len(root)), -1, dtype=np.int64)
    value[0] = root
    for (v, group), printed in tree.group_prints.items():
        g = problem.groups.index(group)
        whole = tree.in_full.get(group)
        units = dict(zip(whole.leaves, whole.units, strict=True)).get(v) if whole else None
        count = _only_count(problem, printed, root[g], units)
        if count is not None and v > 0:
            value[v, g] = count
    value[:, root == 0] = 0  # of a group that nobody was asked of
    for _ in tree.nodes:  # a count moves at least one level a sweep
        for v, node in enumerate(tree.nodes):
            if node.left is None or node.right is None:
                continue
            a, b, c = value[v], value[node.left], value[node.right]
            known = [x >= 0 for x in (a, b, c)]
            value[v] = np.where(~known[0] & known[1] & known[2], b + c, a)
            value[node.left] = np.where(known[0] & ~known[1] & known[2], a - c, b)
            value[node.right] = np.where(known[0] & known[1] & ~known[2], a - b, c)
    return None if (value < 0).any() or not _adds_up(tree, value) else value


def _adds_up(tree: Tree, value: IntArray) -> bool:
    return all(
        (value[node.left] + value[node.right] == value[v]).all()
        for v, node in enumerate(tree.nodes)
        if node.left is not None and node.right is not None
    )


def _only_count(problem: Problem, printed: Printed, size: int, forced: int | None) -> int | None:
    """Return the only count that a print allows under whatever convention allows any.

    `forced` are the units of a share that may be forced, with the others, to sum to 100.
    """
    if printed.count is not None:
        return printed.count
    if printed.low is None or printed.low != printed.high:
        return None
    if problem.typos is not None or problem.weighting is not None:
        return None  # many counts are possible beside the one that it shows
    found = set()
    for rule, way in {(s.rounding, s.adding_up) for s in problem.scenarios}:
        if way == "forced" and forced is not None:
            low, high = forced_counts(forced, np.array([size]), printed.digits)
        else:
            low, high = agreeing_range(printed, np.array([size]), rule)
        found |= set(range(int(low[0]), int(high[0]) + 1)[:2])
    return found.pop() if len(found) == 1 else None


def _checks(problem: Problem, counts: Counts, scenario: Scenario) -> Iterator[tuple[Key, float]]:
    """Yield each print of a survey and its probability given the counts and a scenario.

    Where misprints are not allowed, it is whether the print agrees.
    """
    for name, tree in problem.trees.items():
        base = counts[name, 0]
        for (v, group), printed in tree.group_prints.items():
            g = problem.groups.index(group)
            column = {u: counts[name, u][g] for u in range(len(tree.nodes))}
            whole = tree.in_full.get(group) if scenario.adding_up == "forced" else None
            if whole is not None:
                yield (name, v, group), _forced(printed, tree, whole, v, column, scenario)
                continue
            chance = _chance(problem, printed, tree, v, column, base[g], scenario)
            yield (name, v, group), chance
        for v, printed in tree.totals.items():
            if scenario.overall == "mean" and printed.low is not None:
                rows = {(name, u): counts[name, u][None] for u in (0, *tree.below(v))}
                same = printed.count in (None, counts[name, v].sum())
                shown = mean_shows(tree, v, rows, scenario)[0]
                yield (name, v, OVERALL), float(same and shown)
                continue
            sums = {u: counts[name, u].sum() for u in range(len(tree.nodes))}
            whole = tree.in_full.get(WHOLE) if scenario.adding_up == "forced" else None
            if whole is not None:
                yield (name, v, OVERALL), _forced(printed, tree, whole, v, sums, scenario)
                continue
            chance = _chance(problem, printed, tree, v, sums, base.sum(), scenario)
            yield (name, v, OVERALL), chance


def _forced(
    printed: Printed,
    tree: Tree,
    whole: Distribution,
    node: int,
    counts: Mapping[int, np.int64],
    scenario: Scenario,
) -> float:
    """Return the probability of one figure beside a distribution that is forced to sum to 100.

    That of the distribution stands with its first option, and 1 or 0 with the others.
    """
    base, added = np.array([counts[0]]), scenario.added(tree.question)
    low, high = forced_range(tree, whole, node, printed, base, scenario.rounding, added=added)
    fits = float(low[0] <= counts[node] <= high[0])
    if node != whole.leaves[0]:
        return fits
    return fits * forced_chance([counts[v] for v in whole.leaves], whole.units, whole.digits)


def _chance(
    problem: Problem,
    printed: Printed,
    tree: Tree,
    node: int,
    counts: Mapping[int, np.int64],
    base: np.int64,
    scenario: Scenario,
) -> float:
    adds = scenario.added(tree.question) and node in tree.measures
    if problem.weighting is not None and printed.low is not None:
        return 1.0  # a weighted share beside a count says how answers were weighted
    size, count, typos = np.array([base]), np.array([counts[node]]), problem.typos
    if adds and printed.low is not None and printed.high is not None:
        leaves = [u for u in tree.below(node) if tree.nodes[u].left is None]
        parts: npt.NDArray[np.int64] = np.array([counts[u] for u in leaves])
        given = printed.count is None or printed.count == counts[node]
        if not base or not given:
            return 0.0
        units = sum_of_rounded(parts, base, printed.digits, scenario.rounding)
        if typos is not None:
            return float(typos.chance(units, printed.low, printed.high, printed.digits))
        return float(printed.low <= units <= printed.high)
    if typos is not None:
        return float(chance_of_print(printed, count, size, scenario.rounding, typos)[0])
    low, high = agreeing_range(printed, size, scenario.rounding)
    return float(low[0] <= counts[node] <= high[0])


def _contradiction(
    problem: Problem, counts: Counts, checks: list[list[tuple[Key, float]]]
) -> ContradictionError:
    """Return the error of percentages that no convention makes of the known counts."""
    alone = [some[0][0] for some in zip(*checks, strict=True) if not any(good for _, good in some)]
    message = "sizes and counts are published, but percentages beside them do not follow from them"
    if not alone:
        message += ": each does by some rounding rule, all of them by none"
    hint = f"; weighted percentages are not those of the counts: leave them out. {MISPRINTS_HINT}"
    ways = sorted({scenario.adding_up for scenario in problem.scenarios})
    hint += "".join(f"; {more}" for more in [forcing_hint(problem.trees, ways)] if more)
    return ContradictionError(message + hint, [_line(problem, counts, key) for key in alone])


def _line(problem: Problem, counts: Counts, key: Key) -> str:
    """Return what is printed of one share, and the count and size that do not print it."""
    name, v, group = key
    tree = problem.trees[name]
    if group == OVERALL:
        printed, count, size = tree.totals[v], counts[name, v].sum(), counts[name, 0].sum()
    else:
        g = problem.groups.index(group)
        printed, count, size = tree.group_prints[v, group], counts[name, v][g], counts[name, 0][g]
    what = f"{'+'.join(sorted(tree.nodes[v].options))} of {tree.question}, {group}"
    if printed.low is None or printed.high is None:
        return (
            f"{what}: the count {printed.count} of {printed.nobs}, though it is {count} of {size}"
        )
    high = max(printed.low, min(printed.high, full_scale(printed.digits)))
    ends = dict.fromkeys(
        f"{units / 10**printed.digits:.{printed.digits}f}" for units in (printed.low, high)
    )
    return f"{what}: {' to '.join(ends)}%, which {count} of {size} do not give"
