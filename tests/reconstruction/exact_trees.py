"""What a survey prints, as trees of sets of options: the enumeration's own reading of a file."""

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy as np

REST = "(rest)"
NO_LIMIT = 10**9  # units: a sum of rounded parts may be printed as more than 100%


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
        return floor + (1 if rule == "half-up" else floor % 2)
    return floor + (2 * rest > b)


@cache
def units_of(n, digits, rule):
    """Return the printed share of every count of n."""
    return np.array([printed_units(k, n, digits, rule) for k in range(n + 1)])


class Bound(NamedTuple):
    """Published units of a share lie from `low` to `high`."""

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
    return [with_figures(tree, survey, measures | named)]


def option_trees(survey, q):
    """Return the trees of a question with several answers: one for each option with a figure."""
    found = []
    for o in q.option_ids:
        root, own, name = frozenset([o, REST]), frozenset([o]), f"{q.id}:{o}"
        tree = Tree(name, q.id, root, {root: (own, root - own)}, tuple(q.base))
        found.append(with_figures(tree, survey, {name: own}))
    return [tree for tree in found if tree.prints or tree.totals]


def with_figures(tree, survey, named):
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
