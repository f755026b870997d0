"""What a group's count rests on: its own figure, a list, other figures, or nothing but the prior.

Of an option of which nothing is published for a group the prior on counts alone tells how many
chose it; it may be U-shaped, so that its most probable count says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from alumnistats.reconstruction.structure import Tree

RestsOn = Literal["figure", "list", "other figures", "nothing"]


def rests_on(trees: Mapping[str, Tree], tree: Tree, node: int, group: str) -> RestsOn:
    """Return what the count of a group at a node rests on.

    Parameters
    ----------
    trees : mapping of Tree
        All trees, by name.
    tree : Tree
    node : int
    group : str

    Returns
    -------
    str
        "figure" of the node itself; a complete "list" that leaves the group out, and so bounds it;
        "other figures", of which the count is a sum or a difference; or "nothing".
    """
    printed = tree.group_prints.get((node, group))
    if printed is not None:
        return "figure" if printed.count is not None or printed.low == printed.high else "list"
    return "other figures" if node in _told(trees, tree, group) else "nothing"


def _told(trees: Mapping[str, Tree], tree: Tree, group: str) -> set[int]:
    """Return the nodes that are printed for a group, or follow by sums and differences."""
    told = {v for v, g in tree.group_prints if g == group}
    if all(b.tree is None or b.node in _told(trees, trees[b.tree], group) for b in tree.bases):
        told.add(0)
    for _ in tree.nodes:  # what is told moves at least one level a sweep
        for v, at in enumerate(tree.nodes):
            if at.left is None or at.right is None:
                continue
            three = {v, at.left, at.right}
            if len(three & told) == 2:
                told |= three
    return told
