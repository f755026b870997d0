"""How much memory a reconstruction will take, before it takes any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from alumnistats.reconstruction.structure import Tree

BYTES = 8  # of a number
# Squares are as quick as bands up to so many bytes, where no size is larger than that.
SMALL, SHORT = 2e8, 750


def squares(trees: Mapping[str, Tree]) -> int:
    """Return how many tables of counts by sizes all groups' figures need, alike ones once."""
    return sum(len(set(_tables_of(tree))) for tree in trees.values())


def _tables_of(tree: Tree) -> Iterator[tuple[object, ...]]:
    prints: dict[str, dict[int, object]] = {}
    for (v, group), printed in tree.group_prints.items():
        prints.setdefault(group, {})[v] = printed
    below = [frozenset(tree.below(v)) for v in range(len(tree.nodes))]
    for own in prints.values():
        for v in range(1, len(tree.nodes)):  # of the root a diagonal is enough
            known = frozenset((u, printed) for u, printed in own.items() if u in below[v])
            if known:
                yield v, "whole", known
            if any(u != v for u, _ in known):
                yield v, "children", known


def bytes_of_squares(trees: Mapping[str, Tree], largest: int) -> int:
    """Return the memory of the tables as squares, under one rounding rule."""
    return BYTES * squares(trees) * (largest + 1) ** 2
