r"""Overall figures that may be plain means over the groups' shares instead of pooled shares.

A pooled figure is the share of one count among all respondents, and ties the groups' counts in the
lattice passes. A plain mean :math:`\frac1G\sum_g k_g/n_g` ties them by no sum of whole numbers:
sizes and counts are drawn without it, and each draw counts as far as its rounded mean is the one
published. Every split with a published mean is drawn several times given the counts above it, which
are weighted by the share of the draws that fits; one that fits is kept and split further. The mean
weight is then still the probability of the figures.

Means are rounded exactly, by the formulas of `rounding` for the fraction of whole numbers that the
mean is: floating point only sorts out what lies far from every tie.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_draws import CountSampler
from alumnistats.reconstruction.question_tree import Published, Tree, grouped_splits
from alumnistats.rounding import RoundingRule, full_scale

Counts = dict[tuple[str, int], IntArray]

TRIES = 16  # draws of a split for each draw of the counts above it
EDGES = 20  # every rule's published value changes at multiples of 1/20 of a unit only
BLOCK = 2**22  # counts of one node that are drawn together
NOBODY = -1  # the mean of no share


def mean_units(
    count: IntArray, nobs: IntArray, digits: int, rule: RoundingRule = "half-up"
) -> IntArray:
    """Return the published plain mean of the groups' shares, as an integer number of units.

    Parameters
    ----------
    count, nobs : ndarray of int, shape (draws, groups)
        A group of which nobody was asked has no share and is left out of the mean.
    digits : int
        Decimals of the published percentage.
    rule : RoundingRule
        A mean exactly at a tie is rounded as the rule says.

    Returns
    -------
    ndarray of int64, shape (draws,)
        Units of the last digit; -1 where nobody was asked at all.
    """
    scale = full_scale(digits)
    asked = nobs > 0
    groups = asked.sum(axis=1)
    share = np.where(asked, count / np.where(asked, nobs, 1), 0.0)
    edges = EDGES * scale * share.sum(axis=1) / np.maximum(groups, 1)
    # Each quotient, sum and product is off by half a unit in the last place at most.
    slack = 4 * np.finfo(float).eps * EDGES * scale * (nobs.shape[1] + 4)
    units = _far_from_edges(edges / EDGES, rule)
    near = np.flatnonzero((np.abs(edges - np.rint(edges)) <= slack) & (groups > 0))
    cases, which = np.unique(
        np.stack([count[near], nobs[near]], axis=1), axis=0, return_inverse=True
    )
    exact = [_exact(k[n > 0].tolist(), n[n > 0].tolist(), scale, rule) for k, n in cases]
    units[near] = np.array(exact, dtype=np.int64)[which.reshape(-1)]
    return np.where(groups > 0, units, NOBODY)


def _far_from_edges(value: FloatArray, rule: RoundingRule) -> IntArray:
    """Return the rounded value of what lies between two edges of a rule."""
    if rule == "truncate":
        return np.floor(value).astype(np.int64)
    if rule == "ceiling":
        return np.ceil(value).astype(np.int64)
    if rule == "double":
        return np.floor((np.floor(10 * value + 0.5) + 5) / 10).astype(np.int64)
    return np.floor(value + 0.5).astype(np.int64)


def _exact(count: list[int], nobs: list[int], scale: int, rule: RoundingRule) -> int:
    """Return the rounded mean of one draw, in integers of any length; see `round_share`."""
    common = math.lcm(*nobs)
    k = scale * sum(c * (common // n) for c, n in zip(count, nobs, strict=True))
    n = common * len(nobs)
    if rule == "truncate":
        return k // n
    if rule == "ceiling":
        return -(-k // n)
    if rule == "double":
        return ((20 * k + n) // (2 * n) + 5) // 10
    up, rest = divmod(2 * k + n, 2 * n)
    return up - 1 if rule == "half-even" and rest == 0 and up % 2 else up


def mean_shows(
    tree: Tree, node: int, counts: Mapping[tuple[str, int], IntArray], scenario: Scenario
) -> BoolArray:
    """Return which draws have the published overall figure of a node as their plain mean, (draws,).

    Where subtotals are sums of rounded shares, the means of a measure's options are rounded and
    added.
    """
    published, base = tree.totals[node], counts[tree.name, 0]
    added = scenario.added(tree.question) and node in tree.measures
    parts = [
        mean_units(counts[tree.name, v], base, published.digits, scenario.rounding)
        for v in (_leaves(tree, node) if added else [node])
    ]
    units = np.sum(parts, axis=0)
    assert published.low is not None and published.high is not None  # a share is published
    return np.asarray((units >= published.low) & (units <= published.high) & (parts[0] != NOBODY))


def _leaves(tree: Tree, node: int) -> list[int]:
    return [v for v in tree.below(node) if tree.nodes[v].left is None]


def _of_count(published: Published) -> Published | None:
    """Return what is left of a figure without its share: a count of respondents is no mean."""
    if published.count is None and published.nobs is None:
        return None
    return replace(published, low=None, high=None)


def _with_shares(tree: Tree, nodes: set[int]) -> Tree:
    """Return a tree whose overall shares are those of `nodes` only; their prior stays centred."""
    kept = {v: p if v in nodes else _of_count(p) for v, p in tree.totals.items()}
    return replace(tree, totals={v: p for v, p in kept.items() if p is not None})


def _shares(tree: Tree) -> set[int]:
    return {v for v, published in tree.totals.items() if published.low is not None}


def by_group(trees: Mapping[str, Tree]) -> dict[str, set[int]]:
    """Return the nodes of each tree whose counts are drawn by group whatever the bases."""
    found: dict[str, set[int]] = {}
    for name, tree in trees.items():
        found[name] = set()
        if all(base.tree is None or base.node in found[base.tree] for base in tree.bases):
            inner = [tree.nodes[v] for v in grouped_splits(trees, name)]
            children = {v for node in inner for v in (node.left, node.right)}
            found[name] = {0} | {v for v in children if v is not None}
    return found


def comparable(trees: Mapping[str, Tree]) -> tuple[dict[str, Tree], tuple[str, ...]]:
    """Return the trees with the overall figures that a plain mean can be checked against.

    Those are the figures with counts by group. The others are left out under every convention:
    probabilities of conventions compare only if they are of the same figures.

    Returns
    -------
    trees : dict of Tree
    left_out : tuple of str
        What the other figures are shares of, as ``question:option+option``.
    """
    found = by_group(trees)
    kept: dict[str, Tree] = {}
    left_out: list[str] = []
    for name, tree in trees.items():
        good = {
            v
            for v in _shares(tree)
            if {v, *(_leaves(tree, v) if v in tree.measures else ())} <= found[name]
        }
        kept[name] = _with_shares(tree, good)
        left_out += [
            f"{tree.question}:{'+'.join(sorted(tree.nodes[v].options))}"
            for v in sorted(_shares(tree) - good)
        ]
    return kept, tuple(left_out)


def left_out_note(trees: Mapping[str, Tree]) -> tuple[str, ...]:
    """Return the notice of overall figures that are left out, if there are any."""
    _, left_out = comparable(trees)
    if not left_out:
        return ()
    note = (
        "overall_share allows plain means over groups, which cannot be checked where no counts by "
        f"group are recovered; these overall figures are left out: {', '.join(left_out)}"
    )
    return (note,)


class MeanSampler(CountSampler):
    """`CountSampler` whose overall figures are plain means over the groups' shares."""

    @staticmethod
    def tied(trees: Mapping[str, Tree]) -> Mapping[str, Tree]:
        """Return the trees with the overall figures that are sums over groups: no shares."""
        return {name: _with_shares(tree, set()) for name, tree in trees.items()}

    def counts_of(self, tree: Tree, counts: Counts) -> FloatArray:
        """Draw the counts of a tree, every split several times where a mean is published below."""
        log_weight = super().counts_of(tree, counts)
        if 0 in self._plain(tree):  # the whole base is no part of a split
            log_weight[~mean_shows(self.published[tree.name], 0, counts, self.scenario)] = -np.inf
        return log_weight

    def _added(self, tree: Tree) -> set[int]:
        """Return the nodes whose published mean is the sum of rounded means of their options."""
        if not self.scenario.added(tree.question):
            return set()
        return _shares(self.published[tree.name]) & tree.measures

    def _plain(self, tree: Tree) -> set[int]:
        return _shares(self.published[tree.name]) - self._added(tree)

    def _descend(
        self, tree: Tree, node: int, counts: Counts, base: IntArray, grouped: set[int]
    ) -> FloatArray:
        below = super()._descend
        if node not in self._added(tree):
            return below(tree, node, counts, base, grouped)

        def draw(many: Counts, bases: IntArray) -> FloatArray:
            return below(tree, node, many, bases, grouped)

        log_weight, drawn = self._several(tree, node, counts, base, draw, [node])
        counts |= drawn
        return log_weight

    def _split(
        self, tree: Tree, node: int, counts: Counts, base: IntArray
    ) -> tuple[FloatArray, IntArray]:
        once = super()._split
        left, right = tree.children(node)
        checked = [v for v in (left, right) if v in self._plain(tree)]
        if not checked:
            return once(tree, node, counts, base)

        def draw(many: Counts, bases: IntArray) -> FloatArray:
            log_weight, many[tree.name, left] = once(tree, node, many, bases)
            many[tree.name, right] = many[tree.name, node] - many[tree.name, left]
            return log_weight

        log_weight, drawn = self._several(tree, node, counts, base, draw, checked)
        return log_weight, drawn[tree.name, left]

    def _several(
        self,
        tree: Tree,
        node: int,
        counts: Counts,
        base: IntArray,
        draw: Callable[[Counts, IntArray], FloatArray],
        checked: Sequence[int],
    ) -> tuple[FloatArray, Counts]:
        """Draw what is below a node several times, and keep one draw that fits, if any does.

        `draw` adds counts to those of the base and of the node, and returns log weights; the
        published means at `checked` then decide. Returned are the log of the mean weight,
        (particles,), and the counts kept.
        """
        given = {key: counts[key] for key in {(tree.name, 0), (tree.name, node)}}
        rows = max(BLOCK // (TRIES * len(self.groups)), 1)
        weights: list[FloatArray] = []
        kept: list[Counts] = []
        for start in range(0, len(base), rows):
            block = slice(start, start + rows)
            many = {key: np.repeat(values[block], TRIES, axis=0) for key, values in given.items()}
            log_weight = draw(many, np.repeat(base[block], TRIES))
            for v in checked:
                fits = mean_shows(self.published[tree.name], v, many, self.scenario)
                log_weight = np.where(fits, log_weight, -np.inf)
            log_weight = log_weight.reshape(-1, TRIES)
            chosen = np.argmax(log_weight + self.rng.gumbel(size=log_weight.shape), axis=1)
            chosen += np.arange(len(chosen)) * TRIES
            weights.append(np.logaddexp.reduce(log_weight, axis=1) - np.log(TRIES))
            kept.append({key: values[chosen] for key, values in many.items()})
        drawn = {key: np.concatenate([block[key] for block in kept]) for key in kept[0]}
        return np.concatenate(weights), drawn
