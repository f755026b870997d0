"""What a survey's figures say about unknown counts, as binary splits of each question's base.

Every question becomes one or more *split trees*. A single-answer question is one tree: its root
is the base (everybody who was asked), its leaves are the options, and every published measure is
an inner node, so that a count at a node splits into the counts of its two children. Each option of
a multiple-answer question is a tree of its own: those who chose it and those who did not.

Two kinds of figures constrain a tree: a percentage of one group at a node, or of all respondents at
a node. A ranking also constrains the groups that it lists without a figure, and a complete one
those that it does not list: see `places`.

The base of a tree may be a node of another one: the base of "through which channels?" may be those
who said to an earlier question that they have any contact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from alumnistats.errors import AlumniStatsError
from alumnistats.identification.conventions import Convention
from alumnistats.identification.places import bounds_in, merge
from alumnistats.survey import Figure, Question, Survey

OVERALL = "overall"
REST = "(rest)"


@dataclass(frozen=True, slots=True)
class Published:
    """What is known of one share: published units between `low` and `high`, a count, a size.

    ``low == high`` for a published percentage; a group that only a ranking bounds has a
    range. ``count`` and ``nobs`` are set when the source publishes them.
    """

    low: int | None = None
    high: int | None = None
    digits: int = 0
    count: int | None = None
    nobs: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A set of options within a tree; `left` and `right` index its children, if any."""

    options: frozenset[str]
    left: int | None = None
    right: int | None = None

    @property
    def leaves(self) -> int:
        """Number of options below the node: its Dirichlet weight under equally likely answers."""
        return len(self.options)


@dataclass(frozen=True, slots=True)
class Base:
    """A candidate base of a tree: all respondents, or the respondents at a node of another tree."""

    text: str
    tree: str | None = None
    node: int = 0


@dataclass(frozen=True, slots=True)
class Distribution:
    """The shares of all options of a complete single-answer question, published by one group.

    Attributes
    ----------
    leaves : tuple of int
        The nodes of the options.
    units : tuple of int
        Their published shares in units of the last digit.
    digits : int
        Decimals that all of them are published with.
    """

    leaves: tuple[int, ...]
    units: tuple[int, ...]
    digits: int


@dataclass(frozen=True, eq=False)
class Tree:
    """One question (or one option of a multiple-answer question) with everything published of it.

    Attributes
    ----------
    name, question : str
        The question's id, or ``question:option``; and the question's id.
    nodes : tuple of Node
        The root first, every parent before its children.
    bases : tuple of Base
        Candidates, in the order of the file.
    measures : frozenset of int
        Nodes that are published measures of two options or more.
    group_figures : dict
        ``(node, group) -> Published``.
    totals : dict
        ``node -> Published`` of all respondents.
    shares : dict
        ``node -> proportion`` of all respondents, where the overall figures give one.
    """

    name: str
    question: str
    nodes: tuple[Node, ...]
    bases: tuple[Base, ...]
    measures: frozenset[int] = frozenset()
    group_figures: Mapping[tuple[int, str], Published] = field(default_factory=dict)
    totals: Mapping[int, Published] = field(default_factory=dict)
    shares: Mapping[int, float] = field(default_factory=dict)

    @cached_property
    def in_full(self) -> dict[str, Distribution]:
        """Distributions that are published in full, by group or ``"overall"``.

        A percentage of every option, all with as many decimals; none of a question whose options
        are not all there were.
        """
        leaves = tuple(v for v, node in enumerate(self.nodes) if node.left is None)
        if REST in self.nodes[0].options or len(leaves) < 2:
            return {}
        found = {}
        for group in {OVERALL: None, **{g: None for _, g in self.group_figures}}:
            own = [
                self.totals.get(v) if group == OVERALL else self.group_figures.get((v, group))
                for v in leaves
            ]
            published = [p for p in own if p is not None and p.low is not None and p.low == p.high]
            if len(published) == len(leaves) and len({p.digits for p in published}) == 1:
                units = tuple(int(p.low or 0) for p in published)
                found[group] = Distribution(leaves, units, published[0].digits)
        return found

    def index(self, options: Iterable[str]) -> int:
        """Return the node that holds exactly `options`."""
        wanted = frozenset(options)
        for i, node in enumerate(self.nodes):
            if node.options == wanted:
                return i
        raise KeyError(sorted(wanted))

    def below(self, node: int) -> list[int]:
        """Return `node` and every node under it, parents first."""
        found, stack = [], [node]
        while stack:
            i = stack.pop()
            found.append(i)
            left, right = self.nodes[i].left, self.nodes[i].right
            if left is not None and right is not None:
                stack += [right, left]
        return found

    def children(self, node: int) -> tuple[int, int]:
        """Return the two children of an inner node."""
        left, right = self.nodes[node].left, self.nodes[node].right
        assert left is not None and right is not None  # callers pass inner nodes
        return left, right

    def path(self, start: int, end: int) -> list[int]:
        """Return the nodes from `start` down to `end`, which is below it; both included."""
        found = [start]
        while found[-1] != end:
            left, right = self.children(found[-1])
            found.append(left if end in self.below(left) else right)
        return found

    def parts(self, node: int) -> list[frozenset[str]]:
        """Return the single options of `node`, in the order in which the tree splits them off."""
        return [self.nodes[i].options for i in self.below(node) if self.nodes[i].left is None]


def split_nodes(options: tuple[str, ...], sets: Iterable[frozenset[str]]) -> tuple[Node, ...]:
    """Build the binary tree over `options` in which every one of `sets` is a node.

    Raises
    ------
    AlumniStatsError
        If two of `sets` overlap and neither contains the other: then no tree holds both.
    """
    family = {frozenset([o]) for o in options} | set(sets)
    for a in family:
        for b in family:
            if a & b and not (a <= b or b <= a):
                raise AlumniStatsError(
                    f"the measures {'+'.join(sorted(a))} and {'+'.join(sorted(b))} overlap without "
                    "one containing the other; reconstruction needs measures of a question to be "
                    "nested or disjoint: leave one of them out of the file"
                )
    nodes: list[Node | None] = []
    order = {o: i for i, o in enumerate(options)}

    def children(of: frozenset[str]) -> list[frozenset[str]]:
        inside = [s for s in family if s < of]
        top = [s for s in inside if not any(s < t for t in inside)]
        return sorted(top, key=lambda s: (-len(s), min(order[o] for o in s)))

    def add(of: frozenset[str], among: list[frozenset[str]] | None = None) -> int:
        at = len(nodes)
        nodes.append(None)
        kids = children(of) if among is None else among
        if len(of) == 1:
            nodes[at] = Node(of)
            return at
        left = add(kids[0])
        rest = kids[1:]
        right = add(rest[0]) if len(rest) == 1 else add(of - kids[0], rest)
        nodes[at] = Node(of, left, right)
        return at

    add(frozenset(options))
    return tuple(node for node in nodes if node is not None)


def overall_shares(nodes: tuple[Node, ...], totals: Mapping[int, Published]) -> dict[int, float]:
    """Return the overall proportion at every node where the overall figures determine it.

    A published share is taken as published; a parent has the sum of its children, and the only
    child without a share has what its sibling leaves of the parent.
    """
    shares = {0: 1.0}
    for v, published in totals.items():
        if published.low is not None and published.low == published.high:
            shares[v] = published.low / (100 * 10**published.digits)
    for _ in nodes:  # a share moves at most one level a sweep
        for v, node in enumerate(nodes):
            if node.left is None or node.right is None:
                continue
            family = (v, node.left, node.right)
            known = [u in shares for u in family]
            if known == [False, True, True]:
                shares[v] = shares[node.left] + shares[node.right]
            elif known == [True, True, False]:
                shares[node.right] = max(shares[v] - shares[node.left], 0.0)
            elif known == [True, False, True]:
                shares[node.left] = max(shares[v] - shares[node.right], 0.0)
    return shares


def _published(figure: Figure) -> Published:
    units = figure.units if figure.percent is not None else None
    digits = figure.digits if figure.percent is not None else 0
    return Published(units, units, digits, figure.count, figure.n)


def _published_of(survey: Survey, of: str) -> tuple[dict[str, Published], Published | None]:
    """Return what the groups and the whole publish of the measure or option `of`."""
    figures = {f.group: f for f in survey.figures if f.of == of}
    rankings = [r for r in survey.rankings if r.of == of]
    overall = figures.pop(OVERALL, None)
    groups = {g: _published(f) for g, f in figures.items()}
    bounds = merge(bounds_in(r, figures, survey.group_ids) for r in rankings)
    groups |= {g: Published(*b) for g, b in bounds.items()}
    return groups, None if overall is None else _published(overall)


def parse_base(text: str) -> Base | tuple[str, frozenset[str]]:
    """Return ``Base("all")``, or the question and options that the base names."""
    if text == "all":
        return Base("all")
    question, _, options = text.partition(":")
    return question, frozenset(options.split("+"))


def _base_sets(survey: Survey, question: Question) -> set[frozenset[str]]:
    sets = set()
    for other in survey.questions:
        for text in other.base:
            parsed = parse_base(text)
            if not isinstance(parsed, Base) and parsed[0] == question.id:
                sets.add(parsed[1])
    return sets


def _single_tree(survey: Survey, question: Question, bases: tuple[Base, ...]) -> Tree:
    options = tuple(o.id for o in question.options)
    if not question.complete:
        options = (*options, REST)
    measures = {m.id: frozenset(m.options) for m in survey.measures if m.question == question.id}
    sets = set(measures.values()) | _base_sets(survey, question)
    tree = Tree(question.id, question.id, split_nodes(options, sets), bases)
    group_figures: dict[tuple[int, str], Published] = {}
    totals: dict[int, Published] = {}
    named = measures | {f"{question.id}:{o.id}": frozenset([o.id]) for o in question.options}
    for of, chosen in named.items():
        node = tree.index(chosen)
        groups, overall = _published_of(survey, of)
        group_figures |= {(node, g): p for g, p in groups.items()}
        if overall is not None:
            totals[node] = overall
    several = frozenset(tree.index(s) for s in measures.values() if len(s) > 1)
    shares = overall_shares(tree.nodes, totals)
    return Tree(question.id, question.id, tree.nodes, bases, several, group_figures, totals, shares)


def _bounds_of_options(survey: Survey, question: Question) -> dict[tuple[str, str], Published]:
    """Return ``(option, group) -> Published`` of options without a figure that lists bound.

    A list of options is one of a group or of all respondents.
    """
    bounds: dict[tuple[str, str], Published] = {}
    for group in {r.group or OVERALL for r in survey.rankings if r.of == question.id}:
        figures = {
            f.of.partition(":")[2]: f
            for f in survey.figures
            if f.group == group and f.of.startswith(f"{question.id}:")
        }
        lists = [
            r for r in survey.rankings if r.of == question.id and (r.group or OVERALL) == group
        ]
        found = merge(bounds_in(r, figures, question.option_ids) for r in lists)
        bounds |= {(option, group): Published(*b) for option, b in found.items()}
    return bounds


def _option_trees(survey: Survey, question: Question, bases: tuple[Base, ...]) -> list[Tree]:
    trees = []
    lists = _bounds_of_options(survey, question)
    for option in question.options:
        of = f"{question.id}:{option.id}"
        groups, overall = _published_of(survey, of)
        bounds = {g: p for (o, g), p in lists.items() if o == option.id}
        overall = overall or bounds.pop(OVERALL, None)
        groups = bounds | groups
        if not groups and overall is None:
            continue
        nodes = split_nodes((option.id, REST), ())
        node = nodes[0].left
        assert node is not None  # a two-option tree always splits; narrows the type
        figures = {(node, g): p for g, p in groups.items()}
        totals = {} if overall is None else {node: overall}
        shares = overall_shares(nodes, totals)
        trees.append(Tree(of, question.id, nodes, bases, frozenset(), figures, totals, shares))
    return trees


def build_trees(survey: Survey) -> dict[str, Tree]:
    """Return the split trees of every question of `survey`, bases before what is asked of them.

    Parameters
    ----------
    survey : Survey

    Returns
    -------
    dict
        From tree name to `Tree`, in the order of the questions.

    Raises
    ------
    AlumniStatsError
        If measures of one question overlap without being nested.
    """
    trees: dict[str, Tree] = {}
    for question in survey.questions:
        bases = []
        for text in question.base:
            parsed = parse_base(text)
            if isinstance(parsed, Base):
                bases.append(parsed)
            else:
                bases.append(Base(text, parsed[0], trees[parsed[0]].index(parsed[1])))
        if question.answers == "single":
            trees[question.id] = _single_tree(survey, question, tuple(bases))
        else:
            trees |= {t.name: t for t in _option_trees(survey, question, tuple(bases))}
    return trees


def locate(survey: Survey, trees: Mapping[str, Tree], of: str) -> tuple[Tree, int]:
    """Return the tree and node of a measure or ``question:option``.

    Raises
    ------
    AlumniStatsError
        If nothing is published of it, so that no tree holds it.
    """
    question, options = survey.resolve(of)
    name = question.id if question.answers == "single" else f"{question.id}:{options[0]}"
    if name not in trees:
        raise AlumniStatsError(f"{of}: no figure is published of it, so nothing can be recovered")
    return trees[name], trees[name].index(options)


def nested_bases(trees: Mapping[str, Tree], name: str) -> set[int]:
    """Return the nodes of tree `name` that are candidate bases of a tree with group figures.

    Its own, or those of a tree of which the base is in it.
    """
    return {
        base.node
        for tree in trees.values()
        for base in tree.bases
        if base.tree == name and (tree.group_figures or nested_bases(trees, tree.name))
    }


def grouped_splits(trees: Mapping[str, Tree], name: str) -> set[int]:
    """Return the inner nodes of a tree whose split has to be resolved group by group.

    Those are the splits with a group's figure, or a base, somewhere below, and the splits inside a
    measure that groups publish (its parts may have been rounded one by one).
    """
    tree = trees[name]
    marked = {v for v, _ in tree.group_figures} | nested_bases(trees, name)
    grouped: set[int] = set()
    for v, node in enumerate(tree.nodes):
        if node.left is None:
            continue
        if any(u in marked for u in tree.below(v) if u != v):
            grouped.add(v)
    for v in {v for v, _ in tree.group_figures} & tree.measures:
        grouped |= {u for u in tree.below(v) if tree.nodes[u].left is not None}
    return grouped


def base_of(tree: Tree, convention: Convention) -> Base:
    """Return the base of `tree` under `convention`."""
    text = convention.base(tree.question)
    return next(base for base in tree.bases if base.text == text)


def counted_nodes(trees: Mapping[str, Tree], convention: Convention) -> set[tuple[str, int]]:
    """Return tree and node wherever counts are found group by group; node 0 is the base."""
    counted: set[tuple[str, int]] = set()
    for name, tree in trees.items():  # bases come before what is asked of them
        base = base_of(tree, convention)
        if base.tree is not None and (base.tree, base.node) not in counted:
            continue
        counted.add((name, 0))
        for v in grouped_splits(trees, name):
            counted |= {(name, u) for u in (tree.nodes[v].left, tree.nodes[v].right) if u}
    return counted


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
    published = tree.group_figures.get((node, group))
    if published is not None:
        return (
            "figure" if published.count is not None or published.low == published.high else "list"
        )
    return "other figures" if node in _told(trees, tree, group) else "nothing"


def _told(trees: Mapping[str, Tree], tree: Tree, group: str) -> set[int]:
    """Return the nodes that are published for a group, or follow by sums and differences."""
    told = {v for v, g in tree.group_figures if g == group}
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
