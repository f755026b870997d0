"""Every combination of conventions that a release may have followed, with its probability."""

import hashlib
import itertools
from collections import defaultdict
from typing import NamedTuple

from exact_trees import agrees, base_of, units_of

RULES = {"half-up": 0.75, "half-even": 0.12, "double": 0.05, "truncate": 0.05, "ceiling": 0.03}
SUBTOTALS = {"rounded-sum": 0.8, "sum-of-rounded": 0.2}


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
    ways = (subtotals or SUBTOTALS) if sums else {"rounded-sum": 1.0}
    asked = {t.question for t in trees.values()}
    bases = [[(q.id, b) for b in q.base] for q in survey.questions if q.id in asked]
    combos = list(itertools.product(*bases))
    norm = sum(rules.values()) * sum(ways.values()) * len(combos)
    return [
        Scenario(rule, way, combo, p * w / norm)
        for (rule, p), (way, w), combo in itertools.product(rules.items(), ways.items(), combos)
        if p * w > 0
    ]


def equivalent_scenarios(survey, trees, largest, rounding, subtotals):
    """Return scenarios in lists of those under which the figures say the same of every count."""
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
            added = scenario.subtotals == "sum-of-rounded" and node in tree.measures
            for n in range(1, most + 1):
                allowed = agrees(bound, n, scenario.rule)
                if added:
                    units = units_of(n, bound.digits, scenario.rule)
                    allowed = bound.holds(units[:, None] + units)
                said.update(allowed.tobytes())
    return said.digest()
