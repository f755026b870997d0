"""Whether a reconstruction fits the memory there is: asked before, not answered by the system.

The estimate counts what grows with sizes: tables of counts by sizes, held for every way of
rounding, and the laws of the counts that one batch of solutions is drawn from. Both are added up
from the windows that the figures leave. A fixed part for the program itself is added. Where tables
are the largest part it is right within a factor of two or so; it errs upwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from alumnistats.errors import TooLargeError
from alumnistats.reconstruction.banded_tables import BandedTables
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.memory import BYTES, bytes_of_squares
from alumnistats.reconstruction.nesting import grouped_splits
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.structure import Tree

PROGRAM = 2e8  # bytes that any reconstruction takes
COPIES = 2  # of the laws of a batch of counts, were all of its sizes different
GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container (Linux)


def bytes_needed(problem: Problem, draws: int) -> float:
    """Return about how much memory inference will take at its peak.

    Parameters
    ----------
    problem : Problem
    draws : int
        Number of solutions.

    Returns
    -------
    float
        Bytes. With tables of one kind, squares or bands, larger sizes, more figures and more draws
        never need less.
    """
    ways = {(s.rounding, s.subtotals, s.adding_up): s for s in problem.scenarios}.values()
    trees = problem.trees.values()
    if problem.bands:
        tables = sum(_bytes_of_bands(problem, tree, way) for tree in trees for way in ways)
    else:
        tables = len(ways) * bytes_of_squares(problem.trees, problem.largest)
        splits = sum(at.left is not None for tree in trees for at in tree.nodes)
        tables += splits * BYTES * (problem.largest + 1) ** 2  # the splits' laws
    cells = min(draws, problem.batch) * len(problem.groups)
    width = max((_width(problem, tree) for tree in trees), default=1)
    return PROGRAM + tables + COPIES * BYTES * cells * width


def _tables(problem: Problem, tree: Tree, scenario: Scenario) -> BandedTables:
    return BandedTables(tree, scenario, problem.largest)


def _kinds(problem: Problem, tables: BandedTables) -> Iterator[str]:
    """Yield one group of each kind that prints anything in a tree."""
    kinds = {tables.key(0, g): g for g in problem.groups if tables.prints(0, g)}
    yield from kinds.values()


def _bytes_of_bands(problem: Problem, tree: Tree, scenario: Scenario) -> int:
    tables = _tables(problem, tree, scenario)
    total = 0
    for group in _kinds(problem, tables):
        low, high = tables.windows(group)
        for v in range(1, len(tree.nodes)):
            if tables.holds_values(v, group):
                total += int((high[v] - low[v]).max() + 1)
    return BYTES * (problem.largest + 1) * total


def _width(problem: Problem, tree: Tree) -> int:
    """Return how many counts one split of a group may leave, at most."""
    if not problem.bands:
        return problem.largest + 1
    tables = _tables(problem, tree, problem.scenarios[0])
    inner = [tree.nodes[v] for v in grouped_splits(problem.trees, tree.name)]
    found = [1]
    for group in _kinds(problem, tables):
        low, high = tables.windows(group)
        found += [int((high[at.left] - low[at.left]).max()) + 1 for at in inner]
    return max(found)


def bytes_available() -> float:
    """Return how much memory this process may take: the machine's, a container's, its own limit."""
    limits = [float("inf")]
    with suppress(AttributeError, ValueError, OSError):  # not on every system
        limits.append(float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE"))
    with suppress(ImportError):  # not on Windows
        import resource

        own = resource.getrlimit(resource.RLIMIT_AS)[0]
        limits += [] if own == resource.RLIM_INFINITY else [float(own)]
    with suppress(OSError, ValueError):  # no container, or one without a limit: "max"
        limits.append(float(GROUP_LIMIT.read_text(encoding="ascii")))
    return min(limits)


def check_room(problem: Problem, draws: int, survey_id: str) -> None:
    """Raise `TooLargeError` where inference would take more memory than there is."""
    needed, available = bytes_needed(problem, draws), bytes_available()
    if needed > available:
        raise TooLargeError(survey_id, needed, available, len(problem.groups), problem.largest)
