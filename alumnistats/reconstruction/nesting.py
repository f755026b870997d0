"""Questions that are asked of some respondents only: on which counts of another they hang.

Where groups print figures of such a question, or of its base, the base's count is found group by
group. Otherwise only the total of the base matters, which splits as a single count would; then the
probability of the overall figures of what is asked of it belongs to the laws of the totals of the
tree that the base is in, as that of its own overall figures does.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache, partial
from math import prod
from typing import NamedTuple

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.rounded_parts import PartsLaws
from alumnistats.reconstruction.structure import Base, Tree
from alumnistats.reconstruction.windows import parts_laws

REMEMBERED = 5000  # probabilities by totals: many solutions and scenarios ask for the same


class Hanging(NamedTuple):
    """A tree that hangs on a node of another one, with all that hangs on its own nodes."""

    node: int
    tree: Tree
    below: tuple[Hanging, ...]


def hung_on(trees: Mapping[str, Tree], name: str) -> set[int]:
    """Return the nodes of tree `name` that are candidate bases of a tree with group figures.

    Its own, or those of a tree of which the base is in it.
    """
    return {
        base.node
        for tree in trees.values()
        for base in tree.bases
        if base.tree == name and (tree.group_prints or hung_on(trees, tree.name))
    }


def grouped_splits(trees: Mapping[str, Tree], name: str) -> set[int]:
    """Return the inner nodes of a tree whose split has to be resolved group by group.

    Those are the splits with a group's figure, or a base, somewhere below, and the splits inside a
    measure that groups print (its parts may have been rounded one by one).
    """
    tree = trees[name]
    marked = {v for v, _ in tree.group_prints} | hung_on(trees, name)
    grouped: set[int] = set()
    for v, node in enumerate(tree.nodes):
        if node.left is None:
            continue
        if any(u in marked for u in tree.below(v) if u != v):
            grouped.add(v)
    for v in {v for v, _ in tree.group_prints} & tree.measures:
        grouped |= {u for u in tree.below(v) if tree.nodes[u].left is not None}
    return grouped


def base_of(tree: Tree, scenario: Scenario) -> Base:
    """Return the base of `tree` under `scenario`."""
    text = scenario.base(tree.question)
    return next(base for base in tree.bases if base.text == text)


def counted_nodes(trees: Mapping[str, Tree], scenario: Scenario) -> set[tuple[str, int]]:
    """Return tree and node wherever counts are found group by group; node 0 is the base."""
    counted: set[tuple[str, int]] = set()
    for name, tree in trees.items():  # bases come before what hangs on them
        base = base_of(tree, scenario)
        if base.tree is not None and (base.tree, base.node) not in counted:
            continue
        counted.add((name, 0))
        for v in grouped_splits(trees, name):
            counted |= {(name, u) for u in (tree.nodes[v].left, tree.nodes[v].right) if u}
    return counted


def nested_laws(
    trees: Mapping[str, Tree],
    name: str,
    base: int,
    scenario: Scenario,
    counted: Set[tuple[str, int]],
) -> PartsLaws:
    """Return the laws of a tree's totals, with what is asked of those at nodes without counts.

    Parameters
    ----------
    trees : dict of Tree
    name : str
        Of the tree.
    base : int
        Number of respondents in its base.
    scenario : Scenario
    counted : set of (str, int)
        As of `counted_nodes`.
    """
    return _laws(trees[name], _hanging(trees, name, scenario, counted), base, scenario)


def _hanging(
    trees: Mapping[str, Tree], name: str, scenario: Scenario, counted: Set[tuple[str, int]]
) -> tuple[Hanging, ...]:
    """Return all that hangs on nodes of a tree that have no counts."""
    found = []
    for other in trees.values():
        at = base_of(other, scenario)
        if at.tree == name and (name, at.node) not in counted:
            below = _hanging(trees, other.name, scenario, counted)
            found.append(Hanging(at.node, other, below))
    return tuple(found)


def _laws(tree: Tree, hanging: tuple[Hanging, ...], base: int, scenario: Scenario) -> PartsLaws:
    def chance(node: int, total: int) -> float:
        some = [one for one in hanging if one.node == node]
        return prod(_chance(one.tree, one.below, total, scenario) for one in some)

    asked = {one.node: partial(chance, one.node) for one in hanging}
    return parts_laws(tree, base, scenario, asked)


@lru_cache(maxsize=REMEMBERED)
def _chance(tree: Tree, hanging: tuple[Hanging, ...], total: int, scenario: Scenario) -> float:
    """Return the probability of the overall figures of a question asked of so many respondents."""
    return _laws(tree, hanging, total, scenario).weight(0, total)
