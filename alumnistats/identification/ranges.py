"""The lowest and highest possible value of each of several quantities, over all conventions.

Under the first convention with a solution each end is sought by itself. Under each further one a
single search looks for a solution with any end beyond those found so far: mostly there is none, and
that is a proof for all of them at once; otherwise the ends that were passed are sought anew. Where
time ends, what was proved and what was found are both kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

import numpy as np

from alumnistats.identification.compiled import Compiled
from alumnistats.identification.conventions import Convention
from alumnistats.identification.feasibility import (
    Clock,
    Setting,
    compiled,
    distinct,
    ruled_out,
    solve_under,
)
from alumnistats.identification.linear import Expression, added
from alumnistats.identification.published import statements_of
from alumnistats.identification.targets import Target
from alumnistats.identification.witness import Witness
from alumnistats.rounding import consistent_sizes
from alumnistats.survey import OVERALL

NEEDED = 2000
"""Sizes up to which it is looked for the least one that shows a percentage."""

EACH = 20.0
"""Seconds for one end under one convention, at most, while others wait."""


@dataclass(eq=False)
class Ranges:
    """What is known of the ends so far.

    Attributes
    ----------
    targets : tuple of Target
    found : dict
        Lowest value in a checked solution; absent before there is one.
    proved : dict
        By convention and target: no solution of the convention has a lower value.
    possible : dict
        By convention: whether it has a solution; absent while that is open.
    """

    targets: tuple[Target, ...]
    found: dict[Target, Fraction] = field(default_factory=dict)
    proved: dict[Convention, dict[Target, Fraction]] = field(default_factory=dict)
    possible: dict[Convention, bool] = field(default_factory=dict)

    def learn(self, witness: Witness) -> None:
        """Take over the values of a solution."""
        self.possible[witness.convention] = True
        for target in self.targets:
            value = target.value(witness)
            if value is not None and value < self.found.get(target, math.inf):
                self.found[target] = value

    def bound(self, target: Target) -> Fraction | None:
        """Return what no solution goes below; None where all conventions are impossible."""
        bounds = [proved[target] for c, proved in self.proved.items() if self.possible.get(c, True)]
        return min(bounds) if bounds else None

    @property
    def complete(self) -> bool:
        """Whether every end is known exactly."""
        return all(
            self.bound(t) is None or self.found.get(t) == self.bound(t) for t in self.targets
        )


def find_ranges(
    setting: Setting,
    conventions: Sequence[Convention],
    targets: Sequence[Target],
    clock: Clock,
    *,
    largest: int | None = None,
    told: Callable[[str], None] = lambda _step: None,
) -> Ranges:
    """Return the ends of the ranges of quantities.

    Parameters
    ----------
    setting : Setting
        With the groups and questions of the targets among those that are looked at.
    conventions : sequence of Convention
    targets : sequence of Target
    clock : Clock
    largest : int, optional
        Most respondents in all, where no total is published.
    told : callable, optional
        Takes a line on what is being done.
    """
    ranges = Ranges(tuple(targets))
    least: dict[object, int] = {}
    open_ones = distinct(setting, conventions)
    out = ruled_out(setting, open_ones, Clock(min(EACH, clock.left))) if len(open_ones) > 1 else ()
    for convention in open_ones:
        made = compiled(setting, convention, largest=largest)
        _narrow(setting, made, least)
        ranges.proved[convention] = {t: t.trivial(made) for t in targets}
        if convention in out:
            ranges.possible[convention] = False
    for number, convention in enumerate(c for c in open_ones if c not in out):
        told(f"convention {number + 1} of {len(open_ones) - len(out)}: {convention.rounding}")
        _Under(setting, convention, ranges, clock, largest, told).run()
    return ranges


def _below(made: Compiled, target: Target, best: Fraction | None) -> Expression:
    return target.beyond(made, best)[0]


def _narrow(setting: Setting, made: Compiled, least: dict[object, int]) -> None:
    """Raise the sizes' ranges to what each group's own percentages need; `least` remembers."""
    rule, sizes = made.convention.rounding, np.arange(1, NEEDED + 1)
    if not setting.shares or made.convention.adding_up == "forced":
        return
    for s in statements_of(setting.survey):
        own = s.printed and len(s.options) == 1 and s.group != OVERALL
        if not own or s.low is None or made.convention.base(s.question) != "all":
            continue
        key = s.low, s.digits, rule
        if key not in least:
            shown = consistent_sizes(s.low, s.digits, sizes, rule)
            least[key] = int(sizes[shown][0]) if shown.any() else NEEDED
        variable = made.sizes[s.group]
        made.model.lower[variable] = max(made.model.lower[variable], least[key])
    lower = sum(made.model.lower[v] for v in made.sizes.values())
    for v in made.sizes.values():
        most = made.largest_total - lower + made.model.lower[v]
        made.model.upper[v] = max(min(made.model.upper[v], most), made.model.lower[v])


@dataclass(eq=False)
class _Under:
    """The search under one convention."""

    setting: Setting
    convention: Convention
    ranges: Ranges
    clock: Clock
    largest: int | None
    told: Callable[[str], None]
    passed: list[Target] = field(default_factory=list)

    def run(self) -> None:
        """Bring the ranges up to date with all solutions of the convention."""
        waiting = list(self.ranges.targets)
        while waiting and self.clock.left:
            first = not self.ranges.found
            answer = self._any_beyond([] if first else waiting)
            if answer == "impossible":
                if first:
                    self.ranges.possible[self.convention] = False
                for target in waiting:
                    self._prove(target, self.ranges.found.get(target))
                return
            if answer == "unknown":  # one by one is easier to decide
                self._seek(waiting, waiting)
                return
            waiting = self._seek(waiting, waiting if first else self.passed)

    def _any_beyond(self, waiting: Sequence[Target]) -> str:
        """Look for any solution with an end beyond those known, or for any at all."""

        def extra(made: Compiled) -> None:
            some = []
            for target in waiting:
                expression, most = target.beyond(made, self.ranges.found.get(target))
                slack = made.model.ends(expression)[1] - most
                if slack <= 0:  # every solution is beyond
                    return
                passed = made.model.variable(0, 1, "")
                made.model.add(added(expression, {passed: slack}), None, most + slack)
                some.append({passed: 1})
            if waiting:
                made.model.add(added(*some), 1, None)

        before = dict(self.ranges.found)
        found = solve_under(
            self.setting, self.convention, self._own(), extra=extra, largest=self.largest
        )
        if found.witness is not None:
            self.ranges.learn(found.witness)
            self.passed = [t for t in waiting if self.ranges.found.get(t) != before.get(t)]
        return found.status

    def _seek(self, waiting: Sequence[Target], some: Sequence[Target]) -> list[Target]:
        """Seek some of the ends; return all that are not known yet."""
        done = set()
        for number, target in enumerate(some):
            self.told(f"{self.convention.rounding}: {target.group}, {number + 1} of {len(some)}")
            if self._end(target):
                done.add(target)
        return [target for target in waiting if target not in done]

    def _end(self, target: Target) -> bool:
        """Find the end of one quantity under the convention; return whether it is exact."""
        while True:
            best = self.ranges.found.get(target)
            found = solve_under(
                self.setting,
                self.convention,
                self._own(),
                lowest=partial(_below, target=target, best=best),
                largest=self.largest,
            )
            if found.witness is not None:
                self.ranges.learn(found.witness)
            if found.bound is not None and not target.share:
                self._prove(target, Fraction(found.bound))
            if found.witness is None or found.bound is None:
                if found.status == "impossible":
                    self.ranges.possible[self.convention] = False
                return found.status == "impossible"
            if not target.share:
                return target.value(found.witness) == found.bound
            if found.bound >= 0:
                self._prove(target, best)
                return True
            if target.value(found.witness) == best or not self.clock.left:
                return False

    def _prove(self, target: Target, value: Fraction | None) -> None:
        known = self.ranges.proved[self.convention]
        if value is not None:
            known[target] = max(known[target], value)

    def _own(self) -> Clock:
        return Clock(min(EACH, self.clock.left))
