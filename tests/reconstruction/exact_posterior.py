"""The posterior of a small survey by complete enumeration, written from the documented model.

Nothing of the engine is used: of the package only the records of the survey. Size vectors are
enumerated one by one. Given the sizes the questions are independent, and the probability of what is
printed of one follows down its tree: for *every vector of the groups' counts* at a node (an array
with an axis a group) what is printed at and below it. Only where nothing but totals matters below
are counts summed over groups, by plain convolution. No transform is taken, all terms are positive,
and nothing that is small is dropped.
"""

import hashlib
import itertools
import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, lru_cache, reduce
from typing import NamedTuple

import documented_sizes
import numpy as np

RULES = {"half_up": 0.75, "half_even": 0.12, "double": 0.05, "truncate": 0.05, "ceiling": 0.03}
SUBTOTALS = {"rounded_sum": 0.8, "sum_of_rounded": 0.2}
CONCENTRATIONS = (1, 4, 16, 64)
SMALLEST_SHARE = 0.002
REST = "(rest)"
NO_LIMIT = 10**9  # units: a sum of rounded parts may be printed as more than 100%


# What is printed.


def printed_units(k, n, digits, rule):
    """Return the printed share of k of n in units of its last digit, as the rules define it."""
    a, b = 100 * 10**digits * k, n  # the exact share is a / b
    floor, rest = divmod(a, b)
    if rule == "truncate":
        return floor
    if rule == "ceiling":
        return floor + (rest > 0)
    if rule == "double":
        finer = (20 * a + b) // (2 * b)
        return (finer + 5) // 10
    if 2 * rest == b:
        return floor + (1 if rule == "half_up" else floor % 2)
    return floor + (2 * rest > b)


@cache
def units_of(n, digits, rule):
    """Return the printed share of every count of n."""
    return np.array([printed_units(k, n, digits, rule) for k in range(n + 1)])


class Bound(NamedTuple):
    """Printed units of a share lie from `low` to `high`."""

    low: int
    high: int
    digits: int

    def holds(self, units):
        return (self.low <= units) & (units <= self.high)


def agrees(bound, n, rule):
    """Return which counts of n a print allows; none where nobody was asked."""
    if n == 0:
        return np.zeros(1)
    return bound.holds(units_of(n, bound.digits, rule)).astype(float)


# Trees: a set of options and the two sets that it splits into.


@dataclass(eq=False)
class Tree:
    """One question, or one option of a question with several answers."""

    name: str
    question: str
    root: frozenset
    children: dict
    bases: tuple
    measures: frozenset = frozenset()
    prints: dict = field(default_factory=dict)  # (node, group) -> Bound
    totals: dict = field(default_factory=dict)  # node -> Bound
    shares: dict = field(default_factory=dict)  # node -> overall share
    grouped: frozenset = frozenset()  # splits that are made group by group

    def below(self, node):
        """Return a node and all under it."""
        found = [node]
        for child in self.children.get(node, ()):
            found += self.below(child)
        return found

    @property
    def by_group(self):
        return bool(self.prints)


def binary(options, sets):
    """Return the children of every inner node: larger sets split off first, one at a time."""
    family = {frozenset([o]) for o in options} | set(sets)
    children = {}

    def largest_in(whole):
        inside = [s for s in family if s < whole]
        top = [s for s in inside if not any(s < t for t in inside)]
        return sorted(top, key=lambda s: (-len(s), min(options.index(o) for o in s)))

    def split(whole, kids):
        if not kids:
            return
        left, *others = kids
        right = others[0] if len(others) == 1 else whole - left
        children[whole] = (left, right)
        split(left, largest_in(left))
        split(right, largest_in(right) if len(others) == 1 else others)

    split(frozenset(options), largest_in(frozenset(options)))
    return children


def shares_of(tree):
    """Return overall shares: those printed, then what follows from two of a family of three."""
    shares = {tree.root: 1.0}
    shares |= {v: b.low / (100 * 10**b.digits) for v, b in tree.totals.items() if b.low == b.high}
    while True:
        before = len(shares)
        for v in tree.below(tree.root):  # from the top down
            if v not in tree.children:
                continue
            left, right = tree.children[v]
            if left in shares and right in shares:
                shares.setdefault(v, shares[left] + shares[right])
            elif v in shares and left in shares:
                shares[right] = max(shares[v] - shares[left], 0.0)
            elif v in shares and right in shares:
                shares[left] = max(shares[v] - shares[right], 0.0)
        if len(shares) == before:
            return shares


def bound_of(figure):
    assert (figure.count, figure.n) == (None, None), "shares only"
    return Bound(figure.units, figure.units, figure.digits)


def bounds_of_lists(survey, of, figures):
    """Return what lists say of the groups without a figure.

    Lists hold groups with figures here, so that only what a complete one leaves out is bounded.
    """
    bounds = {}
    for one in survey.rankings:
        if one.of != of or not one.complete:
            continue
        listed = [figures[g] for place in one.places for g in place]
        digits = max(b.digits for b in listed)
        units = [b.low * 10 ** (digits - b.digits) for b in listed]
        highest = one.from_ == "highest"
        low, high = (0, min(units) - 1) if highest else (max(units) + 1, NO_LIMIT)
        for group in survey.group_ids:
            if group in figures:
                continue
            old = bounds.get(group, Bound(0, NO_LIMIT, digits))
            assert old.digits == digits, "lists of one share have one number of decimals here"
            bounds[group] = Bound(max(low, old.low), min(high, old.high), digits)
    return bounds


def base_of(text):
    """Return the question and the options that a base names; None for all respondents."""
    if text == "all":
        return None
    question, options = text.split(":")
    return question, frozenset(options.split("+"))


def trees_of(survey):
    """Return every tree of a survey by name, with all that is printed."""
    trees = {}
    for q in survey.questions:
        found = single_tree(survey, q) if q.answers == "single" else option_trees(survey, q)
        trees |= {tree.name: tree for tree in found}
    for tree in trees.values():
        tree.grouped = frozenset(splits_by_group(tree, trees))
    return trees


def single_tree(survey, q):
    """Return the tree of a question with one answer."""
    options = [*q.option_ids, *([] if q.complete else [REST])]
    measures = {m.id: frozenset(m.options) for m in survey.measures if m.question == q.id}
    bases = [base_of(b) for other in survey.questions for b in other.base]
    sets = {*measures.values(), *(b[1] for b in bases if b and b[0] == q.id)}
    tree = Tree(q.id, q.id, frozenset(options), binary(options, sets), tuple(q.base))
    tree.measures = frozenset(s for s in measures.values() if len(s) > 1)
    named = {f"{q.id}:{o}": frozenset([o]) for o in q.option_ids}
    return [with_print(tree, survey, measures | named)]


def option_trees(survey, q):
    """Return the trees of a question with several answers: one for each option with a figure."""
    found = []
    for o in q.option_ids:
        root, own, name = frozenset([o, REST]), frozenset([o]), f"{q.id}:{o}"
        tree = Tree(name, q.id, root, {root: (own, root - own)}, tuple(q.base))
        found.append(with_print(tree, survey, {name: own}))
    return [tree for tree in found if tree.prints or tree.totals]


def with_print(tree, survey, named):
    """Fill in what is printed of each name's options."""
    for of, node in named.items():
        figures = {f.group: bound_of(f) for f in survey.figures if f.of == of}
        overall = figures.pop("overall", None)
        figures |= bounds_of_lists(survey, of, figures)
        tree.prints |= {(node, g): b for g, b in figures.items()}
        if overall is not None:
            tree.totals[node] = overall
    tree.shares = shares_of(tree)
    return tree


def splits_by_group(tree, trees):
    """Return splits with a group's figure or its base below, or in a measure that groups print."""
    marked = {v for v, _ in tree.prints}
    marked |= {
        base[1]
        for other in trees.values()
        if other.by_group
        for base in map(base_of, other.bases)
        if base and base[0] == tree.name
    }
    for v in tree.children:
        if any(u in marked for u in tree.below(v)[1:]):
            yield v
    for v in {v for v, _ in tree.prints} & tree.measures:
        yield from (u for u in tree.below(v) if u in tree.children)


# Laws of counts.


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


class Scenario(NamedTuple):
    """One choice of every convention."""

    rule: str
    subtotals: str
    bases: tuple  # of (question, text)
    prior: float

    def base(self, tree):
        return base_of(dict(self.bases)[tree.question])


def scenarios_of(survey, trees, rounding=None, subtotals=None):
    """Return every combination of conventions with its probability beforehand."""
    printed = {v for t in trees.values() for v in (*t.totals, *(v for v, _ in t.prints))}
    sums = any(t.measures & printed for t in trees.values())
    rules = rounding or RULES
    ways = (subtotals or SUBTOTALS) if sums else {"rounded_sum": 1.0}
    asked = {t.question for t in trees.values()}
    bases = [[(q.id, b) for b in q.base] for q in survey.questions if q.id in asked]
    combos = list(itertools.product(*bases))
    norm = sum(rules.values()) * sum(ways.values()) * len(combos)
    return [
        Scenario(rule, way, combo, p * w / norm)
        for (rule, p), (way, w), combo in itertools.product(rules.items(), ways.items(), combos)
        if p * w > 0
    ]


# What is below a node, for every vector of counts there.


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
    """Probabilities of the print under one scenario.

    `overall=False` leaves out the overall figures; `counting=True` gives every division the weight
    1, so that solutions are counted.
    """

    def __init__(self, trees, scenario, groups, *, overall=True, counting=False):
        self.trees, self.scenario, self.groups = trees, scenario, groups
        self.overall, self.counting = overall, counting
        self.added = scenario.subtotals == "sum_of_rounded"
        self.hung = defaultdict(list)
        self.roots = []
        for tree in trees.values():
            base = scenario.base(tree)
            if base is None:
                self.roots.append(tree)
            else:
                self.hung[base].append(tree)
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
        return self.pooled_hung(tree, node, base)

    def pooled_hung(self, tree, node, base):
        """Return the same of questions asked of those at a node that print nothing by group."""
        out = np.ones(base + 1)
        for other in self.hung.get((tree.name, node), []):
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
        """Return which (count, left count) of a group agree with its print, rows up to the base."""
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
        own = self.total_allowed(tree, node, total) * self.pooled_hung(tree, node, total)
        hung = [t for t in self.hung.get((tree.name, node), []) if t.by_group]
        if node not in tree.grouped:
            found = Sums([np.ones(s) for s in shape], own * self.pooled(tree, node, total))
        else:
            found = self.split(tree, node, bases, own)
        if not hung:
            return found
        found = dense(found, shape)
        for other in hung:
            found = found * self.hung_grid(other, bases)
        return found

    def hung_grid(self, tree, bases):
        """Return what is printed of a tree for every vector of counts of its base."""
        shape = tuple(b + 1 for b in bases)
        if len(tree.children) == 1 and not any(
            (tree.name, v) in self.hung for v in tree.below(tree.root)
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
            self._memo[key] = known = self._grid_of_pairs(tree, self.room or bases)
        return known[tuple(slice(b + 1) for b in bases)]

    room = None  # the largest size of each group, if grids are wanted for all

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
            room = tuple(slice(s - i) for i, s in zip(l, shape, strict=True))
            law = outer([law[i:, i] for law, i in zip(laws, l, strict=True)])
            fits = parts[sum_grid(shape)[at], l.sum()]
            out[at] += law * fits * one[tuple(l)] * other[room]
        return out * own[sum_grid(shape)]

    def evidence(self, tree, base):
        """Return the probability of all that is printed of a tree given the groups' bases."""
        key = (tree.name, tuple(base))
        if key not in self._memo:
            self._memo[key] = float(self.of_root(tree, base).sum())
        return self._memo[key]

    def of_root(self, tree, bases):
        """Return the probability of the print and of each vector of counts of the left child.

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


# Sizes.


def prior_of_sizes(survey, sizes, largest):
    """Return a function from a vector of sizes to its probability, before the total is known."""
    groups = len(survey.groups)
    usual = documented_sizes.usual_size(groups, survey.total, survey.quota)
    highest = documented_sizes.highest_of(groups, survey.total)
    quotas = range(1, min(usual, largest) + 1) if survey.quota is None else [survey.quota]
    mean = (survey.total or groups * usual / 2) / groups
    ways = documented_sizes.CONCENTRATIONS
    span = range(largest + 1)
    missed, free = (
        [law(n, usual, highest) for n in span]
        for law in (documented_sizes.missed, documented_sizes.free)
    )
    many = [[0.0, *(documented_sizes.dirichlet(n, mean, a) for n in span[1:])] for a in ways]
    fits = set() if survey.total is None else {survey.total // groups, -(-survey.total // groups)}
    laws = {
        "quota": lambda v: documented_sizes.quota(v, quotas, lambda n, _: missed[n]),
        "shortfall": lambda v: documented_sizes.quota(v, quotas, documented_sizes.short),
        "free": lambda v: math.prod(free[n] for n in v),
        "dirichlet": lambda v: sum(math.prod(law[n] for n in v) for law in many) / len(ways),
        "equal": lambda v: float(set(v) <= fits) / len(fits) ** groups,
    }
    return laws[sizes]


MIXED = ("quota", "dirichlet", "free")


def parts_of_prior(survey, sizes, largest):
    """Return each part of a prior as a dict: vector of sizes -> probability.

    The parts of a mixture are equally likely given the total, if they can have it; another prior is
    its only part.
    """
    every = list(vectors(len(survey.groups), survey.total, largest))
    names = MIXED if sizes == "mixture" else (sizes,)
    laws = {name: prior_of_sizes(survey, name, largest) for name in names}
    parts = {name: {v: law(v) for v in every} for name, law in laws.items()}
    if sizes != "mixture":
        return parts
    norms = {
        name: 1.0 if survey.total is None else math.fsum(part.values())
        for name, part in parts.items()
    }
    possible = [name for name in parts if norms[name] > 0]
    return {
        name: {v: p / norms[name] / len(possible) for v, p in parts[name].items()}
        for name in possible
    }


def vectors(groups, total, largest):
    """Yield all vectors of sizes from 1 to `largest`, with the total if there is one."""
    if total is None:
        yield from itertools.product(range(1, largest + 1), repeat=groups)
    elif groups == 1:
        if 1 <= total <= largest:
            yield (total,)
    else:
        for n in range(1, min(largest, total - groups + 1) + 1):
            for others in vectors(groups - 1, total - n, largest):
                yield (n, *others)


# The posterior.


@dataclass(frozen=True)
class Exact:
    """The posterior of a survey.

    Attributes
    ----------
    log_evidence : float
        Of all that is printed, the total included: `recon.particles.log_evidence`.
    log_total : float
        Log probability of the total under the prior on sizes alone; `recon.log_evidence` is
        `log_evidence - log_total`.
    vectors : dict
        Vector of sizes -> probability.
    sizes : list of dict
        For every group, size -> probability.
    conventions : dict
        (dimension, subject, value) -> probability, as rows of `recon.conventions`.
    counts : dict
        (tree, options, group's place) -> {count: probability}: the counts that a tree's root
        splits off, where they are told group by group and everybody was asked.
    solutions : int
        Sizes and counts, under the most probable conventions.
    """

    log_evidence: float
    log_total: float
    vectors: dict
    sizes: list
    conventions: dict
    counts: dict
    solutions: int


def exact_posterior(survey, sizes="quota", largest=None, *, rounding=None, subtotals=None):
    """Return the posterior of a survey by complete enumeration.

    Parameters
    ----------
    survey : Survey
    sizes : str
        "quota", "shortfall", "free", "dirichlet", "equal" or "mixture".
    largest : int, optional
        Largest size to enumerate, instead of all that the total admits, or the usual without one.
    rounding, subtotals : dict, optional
        Weights beforehand; the documented ones when omitted.

    Returns
    -------
    Exact
        With a log evidence of -inf and empty tables if there is no solution.
    """
    assert (survey.overall_share, survey.adding_up) == (("pooled",), ("rounded",))
    assert not any((survey.weighted, survey.strata))
    trees = trees_of(survey)
    largest = limit_of(survey, largest)
    parts = parts_of_prior(survey, sizes, largest)
    weights = summed(pair for part in parts.values() for pair in part.items())
    log_total = 0.0 if survey.total is None else math.log(math.fsum(weights.values()))
    by_scenario, counts = {}, defaultdict(lambda: defaultdict(float))
    for alike in alike_scenarios(survey, trees, largest, rounding, subtotals):
        prior = sum(scenario.prior for scenario in alike)
        mass = enumerate_sizes(survey, trees, alike[0], largest, weights, (prior, counts))
        for scenario in alike:
            share = scenario.prior / prior
            by_scenario[scenario] = {vector: share * p for vector, p in mass.items()}
    evidence = math.fsum(p for mass in by_scenario.values() for p in mass.values())
    if evidence == 0:
        return Exact(-math.inf, log_total, {}, [], {}, {}, 0)
    posterior = summed(
        (vector, p / evidence) for mass in by_scenario.values() for vector, p in mass.items()
    )
    conventions = conventions_of(survey, by_scenario, evidence)
    if sizes == "mixture":
        for name, part in parts.items():
            mixed = (p * part[vector] / weights[vector] for vector, p in posterior.items())
            conventions["sizes", "release", name] = math.fsum(mixed)
    return Exact(
        math.log(evidence),
        log_total,
        posterior,
        [summed((v[g], p) for v, p in posterior.items()) for g in range(len(survey.groups))],
        conventions,
        {key: {k: p / evidence for k, p in law.items()} for key, law in counts.items()},
        count_solutions(trees, by_scenario, survey.group_ids),
    )


def limit_of(survey, largest):
    """Return the largest size to enumerate: no more than the total leaves."""
    groups, known = len(survey.groups), [g.n for g in survey.groups if g.n is not None]
    if survey.total is not None:
        highest = documented_sizes.highest_of(groups, survey.total)
        return highest if largest is None else min(largest, max(highest, *known, 0))
    usual = documented_sizes.usual_size(groups, None, survey.quota)
    return max([usual, *known]) if largest is None else largest


def alike_scenarios(survey, trees, largest, rounding, subtotals):
    """Return scenarios in lists of those under which the print says the same of every count."""
    most = survey.total or largest * len(survey.groups)
    found = defaultdict(list)
    for scenario in scenarios_of(survey, trees, rounding, subtotals):
        said = what_is_said(trees, scenario, most)
        found[scenario.subtotals, scenario.bases, said].append(scenario)
    return list(found.values())


def what_is_said(trees, scenario, most):
    """Return which counts of all bases agree with each print, as a digest."""
    said = hashlib.sha256()
    for tree in trees.values():
        prints = {(v, b) for (v, _), b in tree.prints.items()} | set(tree.totals.items())
        for node, bound in sorted(prints, key=repr):
            added = scenario.subtotals == "sum_of_rounded" and node in tree.measures
            for n in range(1, most + 1):
                allowed = agrees(bound, n, scenario.rule)
                if added:
                    units = units_of(n, bound.digits, scenario.rule)
                    allowed = bound.holds(units[:, None] + units)
                said.update(allowed.tobytes())
    return said.digest()


def enumerate_sizes(survey, trees, scenario, largest, weights, into):
    """Return the mass of each vector of sizes under a scenario.

    `into` has the prior probability of the scenario, and gets the masses of counts.
    """
    prior, counts = into
    evaluator = Evaluator(trees, scenario, list(survey.group_ids))
    evaluator.room = (largest,) * len(survey.groups)
    if survey.total is not None and not all(
        evaluator.pooled(tree, tree.root, survey.total)[survey.total] > 0
        for tree in evaluator.roots
    ):
        return {}
    possible = possible_sizes(trees, scenario, survey, largest)
    mass = {}
    for vector, weight in weights.items():
        if not all(n in some for n, some in zip(vector, possible, strict=True)):
            continue
        found = [(tree, evaluator.of_root(tree, vector)) for tree in evaluator.roots]
        here = prior * weight * math.prod(float(grid.sum()) for _, grid in found)
        if here > 0:
            mass[vector] = here
            for tree, grid in found:
                add_counts(counts, tree, grid, here)
    return mass


def possible_sizes(trees, scenario, survey, largest):
    """Return the sizes of every group under which its own print can be."""
    found = []
    for group in survey.groups:
        alone = Evaluator(trees, scenario, [group.id], overall=False)
        sizes = range(1, largest + 1) if group.n is None else [group.n]
        found.append(
            {n for n in sizes if all(alone.evidence(tree, (n,)) > 0 for tree in alone.roots)}
        )
    return found


def add_counts(counts, tree, grid, mass):
    """Add the laws of the groups' counts of the root's left child, if everybody was asked."""
    if tree.bases != ("all",) or tree.root not in tree.grouped:
        return
    left = tree.children[tree.root][0]
    for g in range(grid.ndim):
        law = grid.sum(axis=tuple(i for i in range(grid.ndim) if i != g))
        law = law * (mass / law.sum())
        for k in np.flatnonzero(law).tolist():
            counts[tree.name, left, g][k] += float(law[k])


def summed(pairs):
    """Return the sum of the values of each key."""
    out = defaultdict(float)
    for key, value in pairs:
        out[key] += value
    return dict(out)


def conventions_of(survey, by_scenario, evidence):
    """Return the probability of every value of every convention."""
    several = {q.id for q in survey.questions if len(q.base) > 1}
    rows = []
    for scenario, mass in by_scenario.items():
        p = math.fsum(mass.values()) / evidence
        rows.append((("rounding", "release", scenario.rule), p))
        rows.append((("subtotals", "release", scenario.subtotals), p))
        rows += [(("base", q, text), p) for q, text in scenario.bases if q in several]
    return summed(rows)


def count_solutions(trees, by_scenario, groups):
    """Return the number of solutions under the most probable conventions."""
    best = max(by_scenario, key=lambda scenario: math.fsum(by_scenario[scenario].values()))
    counter = Evaluator(trees, best, list(groups), counting=True)
    return sum(
        math.prod(round(counter.evidence(tree, vector)) for tree in counter.roots)
        for vector in by_scenario[best]
    )
