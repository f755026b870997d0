"""The probability of what is printed given the groups' sizes, by the groups' counts.

Given the sizes the questions are independent. What is printed of one follows down its tree: for
*every vector of the groups' counts* at a node (an array with an axis a group) the probability of
what is printed at and below it. Only where nothing but totals matters below are counts summed over
groups, by plain convolution. No transform is taken, all terms are positive, and nothing that is
small is dropped.
"""

import itertools
from collections import defaultdict
from functools import cache, lru_cache, reduce
from typing import NamedTuple

import numpy as np
from exact_trees import agrees, units_of

CONCENTRATIONS = (1, 4, 16, 64)
SMALLEST_SHARE = 0.002


def beta_binomial(a, b, size):
    """Return P(l | c) for c, l up to `size`, indexed [c, l]."""
    return _beta_binomial(a, b, 1 << size.bit_length())[: size + 1, : size + 1]


@cache
def _beta_binomial(a, b, size):
    """Return the same from ``w_a(l) w_b(c - l) / w_(a + b)(c)``, ``w_a(l) = a (a + 1).. / l!``."""

    def ways(alpha):
        l = np.arange(1, size + 1)
        return np.concatenate([[1.0], np.cumprod((l - 1 + alpha) / l)])

    c, l = np.indices((size + 1, size + 1))
    law = ways(a)[l] * ways(b)[np.maximum(c - l, 0)] / ways(a + b)[c]
    return np.where(l <= c, law, 0.0)


def around(p, size):
    """Return P(l | c) around an overall share, averaged over the concentrations."""
    return sum(beta_binomial(k * p, k * (1 - p), size) for k in CONCENTRATIONS) / 4


class Sums(NamedTuple):
    """A product over groups times a function of the sum: ``prod_g own[g][c_g] * total[sum c]``."""

    own: list
    total: np.ndarray


def outer(vectors):
    return reduce(np.multiply.outer, vectors)


@lru_cache(maxsize=5000)
def sum_grid(shape):
    """Return the sum of the counts at every place of a grid."""
    return sum(np.meshgrid(*[np.arange(s) for s in shape], indexing="ij", sparse=True))


def dense(below, shape):
    if isinstance(below, Sums):
        return outer(below.own) * below.total[sum_grid(shape)]
    return below


def convolved(laws):
    """Return the law of the sum for every vector of counts above: laws[g][c, l] -> [c1.., L]."""
    out = laws[0]
    for law in laws[1:]:
        new = np.zeros((*out.shape[:-1], len(law), out.shape[-1] + law.shape[1] - 1))
        for l in range(law.shape[1]):
            new[..., l : l + out.shape[-1]] += law[:, l, None] * out[..., None, :]
        out = new
    return out


class Evaluator:
    """Probabilities of the figures under one scenario.

    `overall=False` leaves out the overall figures; `counting=True` gives every division the weight
    1, so that solutions are counted.
    """

    def __init__(self, trees, scenario, groups, *, overall=True, counting=False):
        self.trees, self.scenario, self.groups = trees, scenario, groups
        self.overall, self.counting = overall, counting
        self.added = scenario.subtotals == "sum-of-rounded"
        self.nested = defaultdict(list)
        self.roots = []
        for tree in trees.values():
            base = scenario.base(tree)
            if base is None:
                self.roots.append(tree)
            else:
                self.nested[base].append(tree)
        self._memo = {}

    # Totals

    def total_allowed(self, tree, node, base):
        """Return which totals of a node its overall figure allows, sums of parts aside."""
        bound = tree.totals.get(node) if self.overall else None
        if bound is None or (self.added and node in tree.measures):
            return np.ones(base + 1)
        return agrees(bound, base, self.scenario.rule)

    def parts_of_total(self, tree, node, base):
        """Return which (total, left total) print the sum of rounded parts that is printed."""
        key = ("parts", tree.name, node, base)
        if key not in self._memo:
            self._memo[key] = self._parts_of_total(tree, node, base)
        return self._memo[key]

    def _parts_of_total(self, tree, node, base):
        bound = tree.totals.get(node) if self.overall else None
        c, l = np.indices((base + 1, base + 1))
        fits = l <= c
        if bound is not None and self.added and node in tree.measures:
            if base == 0:
                return np.zeros((1, 1))
            assert len(node) == 2, "measures that may be added have two options here"
            units = units_of(base, bound.digits, self.scenario.rule)
            fits = fits & bound.holds(units[l] + units[np.where(fits, c - l, 0)])
        return fits.astype(float)

    def pooled(self, tree, node, base):
        """Return the probability of the overall figures below a node, for every total.

        Nothing is printed by group there, so that the total splits as one group's count.
        """
        key = ("pooled", tree.name, node, base)
        if key in self._memo:
            return self._memo[key]
        out = np.ones(base + 1)
        if node in tree.children:
            law = self.parts_of_total(tree, node, base)
            if not self.counting:
                law = law * beta_binomial(*map(len, tree.children[node]), base)
            one, other = (
                self.total_allowed(tree, child, base)
                * self.pooled(tree, child, base)
                * self.asked_below(tree, child, base)
                for child in tree.children[node]
            )
            out = np.array(
                [law[c, : c + 1] @ (one[: c + 1] * other[c::-1]) for c in range(base + 1)]
            )
        self._memo[key] = out
        return out

    def asked_below(self, tree, node, base):
        """Return the same of questions asked of those at a node that print nothing by group.

        Here the node's own count is known as a total only.
        """
        return self.pooled_nested(tree, node, base)

    def pooled_nested(self, tree, node, base):
        """Return the same of questions asked of those at a node that print nothing by group."""
        out = np.ones(base + 1)
        for other in self.nested.get((tree.name, node), []):
            if not other.by_group:
                out *= [self.pooled(other, other.root, c)[c] for c in range(base + 1)]
        return out

    # Groups

    def split_law(self, tree, node, size):
        if self.counting:
            return np.tril(np.ones((size + 1, size + 1)))
        left, right = tree.children[node]
        if left not in tree.shares or right not in tree.shares:
            return beta_binomial(len(left), len(right), size)
        one, other = (max(tree.shares[v], SMALLEST_SHARE) for v in (left, right))
        return around(one / (one + other), size)

    def group_law(self, tree, node, g, base, *, at_base=False):
        """Return P(l | c) times what the group's print says of both children, [c, l].

        With `at_base` the base is the count that splits, whatever it is, up to `base`.
        """
        key = ("law", tree.name, node, g, base, at_base)
        if key in self._memo:
            return self._memo[key]
        law = self.split_law(tree, node, base).copy()
        bases = range(base + 1) if at_base else [base]
        for b in bases:
            rows = slice(b, b + 1) if at_base else slice(None)
            law[rows] *= self.fits_group(tree, node, g, b, law[rows].shape)
        self._memo[key] = law
        return law

    def fits_group(self, tree, node, g, base, shape):
        """Return which (count, left count) of a group agree with its figures, rows to the base."""
        group, rule = self.groups[g], self.scenario.rule
        counts = np.array([base]) if shape[0] == 1 else np.arange(base + 1)
        c, l = counts[:, None], np.arange(base + 1)[None, :]
        rest = np.where(l <= c, c - l, 0)
        fits = (l <= c).astype(float)
        for child, at in zip(tree.children[node], (l, rest), strict=True):
            bound = tree.prints.get((child, group))
            if bound is not None and not (self.added and child in tree.measures):
                fits = fits * agrees(bound, base, rule)[at]
        bound = tree.prints.get((node, group))
        if bound is not None and self.added and node in tree.measures:
            if base == 0:
                fits = fits * 0
            else:
                assert len(node) == 2, "measures that may be added have two options here"
                units = units_of(base, bound.digits, rule)
                fits = fits * bound.holds(units[l] + units[rest])
        out = np.zeros((shape[0], shape[1]))
        out[:, : base + 1] = fits
        return out

    def below(self, tree, node, bases):
        """Return what is printed below a node and its own total, for every vector of counts."""
        total = sum(bases)
        shape = tuple(b + 1 for b in bases)
        own = self.total_allowed(tree, node, total) * self.pooled_nested(tree, node, total)
        nested = [t for t in self.nested.get((tree.name, node), []) if t.by_group]
        if node not in tree.grouped:
            found = Sums([np.ones(s) for s in shape], own * self.pooled(tree, node, total))
        else:
            found = self.split(tree, node, bases, own)
        if not nested:
            return found
        found = dense(found, shape)
        for other in nested:
            found = found * self.nested_grid(other, bases)
        return found

    def nested_grid(self, tree, bases):
        """Return what is printed of a tree for every vector of counts of its base."""
        shape = tuple(b + 1 for b in bases)
        if len(tree.children) == 1 and not any(
            (tree.name, v) in self.nested for v in tree.below(tree.root)
        ):
            return self.grid_of_pairs(tree, bases)
        return np.array(
            [self.evidence(tree, base) for base in itertools.product(*[range(s) for s in shape])]
        ).reshape(shape)

    def grid_of_pairs(self, tree, bases):
        """Return the same of a tree with two leaves: for all vectors of the enumeration, once."""
        key = ("grid", tree.name)
        known = self._memo.get(key)
        if known is None or any(s < b + 1 for s, b in zip(known.shape, bases, strict=True)):
            self._memo[key] = known = self._grid_of_pairs(tree, self.largest or bases)
        return known[tuple(slice(b + 1) for b in bases)]

    largest = None  # the largest size of each group, if grids are wanted for all

    def _grid_of_pairs(self, tree, bases):
        groups = range(len(self.groups))
        laws = [self.group_law(tree, tree.root, g, bases[g], at_base=True) for g in groups]
        if not (self.overall and tree.totals):
            return outer([law.sum(axis=1) for law in laws])
        left, right = tree.children[tree.root]
        totals = np.zeros((sum(bases) + 1, sum(bases) + 1))
        for base in range(sum(bases) + 1):
            one = self.total_allowed(tree, left, base)
            other = self.total_allowed(tree, right, base)
            totals[base, : base + 1] = one * other[::-1]
        sums = convolved(laws)
        return np.einsum("...l,...l->...", sums, totals[sum_grid(sums.shape[:-1])])

    def split(self, tree, node, bases, own):
        """Return what is printed below an inner node, for every vector of counts at it."""
        total, shape = sum(bases), tuple(b + 1 for b in bases)
        laws = [self.group_law(tree, node, g, b) for g, b in enumerate(bases)]
        one, other = (self.below(tree, child, bases) for child in tree.children[node])
        parts = self.parts_of_total(tree, node, total)
        if isinstance(one, Sums) and isinstance(other, Sums):
            laws = [folded(law, a, b) for law, a, b in zip(laws, one.own, other.own, strict=True)]
            weight = folded(parts, one.total, other.total)
            if np.count_nonzero(weight == 1) == (total + 1) * (total + 2) // 2:
                return Sums([law.sum(axis=1) for law in laws], own)
            sums = convolved(laws)
            return np.einsum("...l,...l->...", sums, weight[sum_grid(shape)]) * own[sum_grid(shape)]
        one, other = dense(one, shape), dense(other, shape)
        out = np.zeros(shape)
        for l in np.argwhere(one):
            at = tuple(slice(i, None) for i in l)
            rest = tuple(slice(s - i) for i, s in zip(l, shape, strict=True))
            law = outer([law[i:, i] for law, i in zip(laws, l, strict=True)])
            fits = parts[sum_grid(shape)[at], l.sum()]
            out[at] += law * fits * one[tuple(l)] * other[rest]
        return out * own[sum_grid(shape)]

    def evidence(self, tree, base):
        """Return the probability of all that is printed of a tree given the groups' bases."""
        key = (tree.name, tuple(base))
        if key not in self._memo:
            self._memo[key] = float(self.of_root(tree, base).sum())
        return self._memo[key]

    def of_root(self, tree, bases):
        """Return the probability of the figures and of each vector of counts of the left child.

        A scalar array where groups are not told apart, or where only their sum matters.
        """
        bases = tuple(int(b) for b in bases)
        total, shape = sum(bases), tuple(b + 1 for b in bases)
        node = tree.root
        if node not in tree.grouped:
            return np.array(self.pooled(tree, node, total)[total])
        laws = [self.group_law(tree, node, g, b)[b] for g, b in enumerate(bases)]
        if not all(law.any() for law in laws):
            return np.zeros(1)
        one, other = (self.below(tree, child, bases) for child in tree.children[node])
        law = outer(laws) * self.parts_of_total(tree, node, total)[total][sum_grid(shape)]
        flip = tuple(slice(None, None, -1) for _ in bases)
        return law * dense(one, shape) * dense(other, shape)[flip]


def folded(law, left, right):
    """Return a split's law, [count, left count], times what each child says of its own count."""
    return law * left * right[rest_of(len(law))]


@cache
def rest_of(size):
    """Return the right count of every (count, left count); 0 where there is none."""
    c, l = np.indices((size, size))
    return np.where(l <= c, c - l, 0)
