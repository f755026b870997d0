"""Surveys that publish sizes and counts, tables and microdata: nothing is left to recover.

Where every group's size is published and every count is published, follows from others by sums, or
is the only one that a published percentage allows under any convention, there is one solution. It
is written down instead of inferred, whatever the sizes; what remains uncertain is by which
conventions percentages that stand beside the counts were published.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alumnistats.arrays import IntArray
from alumnistats.errors import ContradictionError
from alumnistats.identification.explained import MISPRINTS_HINT
from alumnistats.reconstruction.conventions import Scenario, forcing_hint
from alumnistats.reconstruction.means import mean_shows
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.published import agreeing_range, forced_range
from alumnistats.reconstruction.question_tree import OVERALL, Published, Tree
from alumnistats.reconstruction.solutions import Particles
from alumnistats.remainders import forced_chance, forced_counts
from alumnistats.rounding import full_scale, sum_of_rounded

Key = tuple[str, int, str]  # tree, node, group
Counts = dict[tuple[str, int], IntArray]


def known_particles(problem: Problem) -> Particles | None:
    """Return the one solution of a survey that publishes sizes and counts.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Particles or None
        One for each scenario under which the published percentages agree with the counts, equal but
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
    for (v, group), published in tree.group_figures.items():
        g = problem.groups.index(group)
        whole = tree.in_full.get(group)
        units = dict(zip(whole.leaves, whole.units, strict=True)).get(v) if whole else None
        count = _only_count(problem, published, root[g], units)
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


def _only_count(
    problem: Problem, published: Published, size: int, forced: int | None
) -> int | None:
    """Return the only count that a figure allows under whatever convention allows any.

    `forced` are the units of a share that may be forced, with the others, to sum to 100.
    """
    if published.count is not None:
        return published.count
    if published.low is None or published.low != published.high or not problem.figures.certain:
        return None
    found = set()
    for rule, adding_up in {(s.rounding, s.adding_up) for s in problem.scenarios}:
        if adding_up == "forced" and forced is not None:
            low, high = forced_counts(forced, np.array([size]), published.digits)
        else:
            low, high = agreeing_range(published, np.array([size]), rule)
        found |= set(range(int(low[0]), int(high[0]) + 1)[:2])
    return found.pop() if len(found) == 1 else None


def _checks(problem: Problem, counts: Counts, scenario: Scenario) -> Iterator[tuple[Key, float]]:
    """Yield each figure of a survey and its probability given the counts and a scenario.

    Where misprints are not allowed, it is whether the figure agrees.
    """
    for name, tree in problem.trees.items():
        every = np.stack([counts[name, u] for u in range(len(tree.nodes))])
        for (v, group), published in tree.group_figures.items():
            own = every[:, problem.groups.index(group)]
            yield (name, v, group), _chance(problem, published, tree, (v, group), own, scenario)
        for v, published in tree.totals.items():
            if scenario.overall == "mean" and published.low is not None:
                rows = {(name, u): row[None] for u, row in enumerate(every)}
                same = published.count in (None, every[v].sum())
                chance = float(same and mean_shows(tree, v, rows, scenario)[0])
            else:
                whole = v, OVERALL
                chance = _chance(problem, published, tree, whole, every.sum(axis=1), scenario)
            yield (name, v, OVERALL), chance


def _chance(
    problem: Problem,
    published: Published,
    tree: Tree,
    of: tuple[int, str],
    counts: IntArray,
    scenario: Scenario,
) -> float:
    """Return the probability of the figure of a node and a group, or all, given their counts.

    That of a distribution which is forced to sum to 100 stands with its first option.
    """
    (node, group), rule, added = of, scenario.rounding, scenario.added(tree.question)
    size, count = counts[:1], counts[node : node + 1]
    whole = tree.in_full.get(group) if scenario.adding_up == "forced" else None
    if whole is not None:
        low, high = forced_range(tree, whole, node, published, size, rule, added=added)
        fits = float(low[0] <= count[0] <= high[0])
        if node != whole.leaves[0]:
            return fits
        return fits * forced_chance(counts[list(whole.leaves)], whole.units, whole.digits)
    if added and node in tree.measures and published.low is not None:
        if not size[0] or published.count not in (None, count[0]):
            return 0.0
        leaves = [u for u in tree.below(node) if tree.nodes[u].left is None]
        units = sum_of_rounded(counts[leaves], size[0], published.digits, rule)
        return float(problem.figures.of_units(published, np.array(units)))
    return float(problem.figures.beside_count(published, count, size, rule)[0])


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
    """Return what is published of one share, and the count and size that do not give it."""
    name, v, group = key
    tree = problem.trees[name]
    if group == OVERALL:
        published, count, size = tree.totals[v], counts[name, v].sum(), counts[name, 0].sum()
    else:
        g = problem.groups.index(group)
        published, count, size = (
            tree.group_figures[v, group],
            counts[name, v][g],
            counts[name, 0][g],
        )
    who = "all respondents" if group == OVERALL else group
    what = f"{'+'.join(sorted(tree.nodes[v].options))} of {tree.question}, {who}"
    if published.low is None or published.high is None:
        said = f"the count {published.count} of {published.nobs}"
        return f"{what}: {said}, though it is {count} of {size}"
    high = max(published.low, min(published.high, full_scale(published.digits)))
    ends = dict.fromkeys(
        f"{units / 10**published.digits:.{published.digits}f}" for units in (published.low, high)
    )
    return f"{what}: {' to '.join(ends)}%, which {count} of {size} do not give"
