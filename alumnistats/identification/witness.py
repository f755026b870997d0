"""One complete set of sizes and counts, and whether it is a solution: by rounding, in integers.

The solver's model is made of inequalities; here counts are rounded as a press office would round
them, and compared with what is printed. Neither shares code with the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from alumnistats.identification.conventions import Convention
from alumnistats.identification.published import Item, Statement, Total, statements_of
from alumnistats.remainders import forced_chance
from alumnistats.rounding import RoundingRule, full_scale, round_share
from alumnistats.survey import OVERALL, Group, Stratum, Survey


@dataclass(frozen=True, eq=False)
class Witness:
    """Sizes and counts that give everything a survey publishes.

    Attributes
    ----------
    convention : Convention
    sizes : dict
        Respondents of each group.
    counts : dict
        Respondents by ``(question, option, group)``.
    """

    convention: Convention
    sizes: Mapping[str, int]
    counts: Mapping[tuple[str, str, str], int]

    @property
    def total(self) -> int:
        """Number of respondents in all."""
        return sum(self.sizes.values())

    def asked(self, question: str, group: str) -> int:
        """Return how many of a group were asked a question."""
        base = self.convention.base(question)
        if base == "all":
            return self.sizes[group]
        earlier, _, options = base.partition(":")
        return sum(self.counts[earlier, option, group] for option in options.split("+"))

    def count(self, question: str, options: Sequence[str], group: str) -> int:
        """Return how many of a group gave any of several answers."""
        return sum(self.counts[question, option, group] for option in options)


def violations(
    survey: Survey, witness: Witness, items: Iterable[Item], *, shares: bool = True
) -> list[str | Statement]:
    """Return what of the published `items` a witness does not meet; nothing for a solution.

    Parameters
    ----------
    survey : Survey
    witness : Witness
    items : iterable of Item
    shares : bool
        Whether percentages say anything of counts.

    Returns
    -------
    list of str or Statement
        Statements, or what is wrong with the numbers themselves.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> from alumnistats.identification import feasible
    >>> from alumnistats.identification.published import items_of
    >>> from dataclasses import replace
    >>> found = feasible(survey)
    >>> violations(survey, found, items_of(survey))
    []
    >>> wrong = replace(found, sizes={"energy": 91, "retail": 200})
    >>> len(violations(survey, wrong, items_of(survey)))
    2
    """
    known = {id(item) for item in items}
    found: list[str | Statement] = [*_structure(survey, witness)]
    found += _sizes(survey, witness, items, known)
    statements = [s for s in statements_of(survey) if all(id(i) in known for i in s.items)]
    if not shares:
        statements = [s.without_share() for s in statements]
    found += [s for s in statements if not _holds(survey, witness, s, statements)]
    return found


def _structure(survey: Survey, witness: Witness) -> Iterator[str]:
    """Yield groups without respondents, and questions whose answers are not those of their base."""
    for group in survey.group_ids:
        if witness.sizes[group] < 1:
            yield f"{group} has no respondents"
        for question in survey.questions:
            counts = [witness.counts[question.id, o, group] for o in question.option_ids]
            asked = witness.asked(question.id, group)
            if min(counts) < 0 or max(counts) > asked:
                yield f"{question.id}, {group}: a count outside its base"
            if question.answers == "single" and sum(counts) > asked:
                yield f"{question.id}, {group}: more answers than respondents"
            if question.answers == "single" and question.complete and sum(counts) < asked:
                yield f"{question.id}, {group}: fewer answers than respondents"


def _sizes(
    survey: Survey, witness: Witness, items: Iterable[Item], known: set[int]
) -> Iterator[str]:
    for item in items:
        if isinstance(item, Total) and not item.low <= witness.total <= item.high:
            yield f"the total is {witness.total}, not {item.said}"
        if isinstance(item, Group) and witness.sizes[item.id] != item.n:
            yield f"{item.id}: the size is {witness.sizes[item.id]}, not {item.n}"
        if isinstance(item, Stratum) and id(item) in known:
            own = sum(witness.sizes[g.id] for g in survey.groups if g.stratum == item.id)
            if own != item.total:
                yield f"{item.id}: the total is {own}, not {item.total}"


def _holds(survey: Survey, witness: Witness, s: Statement, statements: Sequence[Statement]) -> bool:
    groups = survey.group_ids if s.group == OVERALL else (s.group,)
    parts = [sum(witness.count(s.question, (o,), g) for g in groups) for o in s.options]
    asked = sum(witness.asked(s.question, g) for g in groups)
    if s.count is not None and sum(parts) != s.count:
        return False
    if s.nobs is not None and asked != s.nobs:
        return False
    if s.low is None and s.high is None:
        return True
    if not asked:
        return False
    convention = witness.convention
    adds = convention.added(s.question) and len(s.options) > 1
    if s.group == OVERALL and convention.overall == "mean":
        return _between(s, _mean_units(survey, witness, s, adds=adds))
    whole = _in_full(survey, s, statements) if convention.adding_up == "forced" else None
    if whole is not None and len(s.options) == 1:
        counts = [sum(witness.count(s.question, (o,), g) for g in groups) for o in whole]
        return forced_chance(counts, list(whole.values()), s.digits) > 0
    if whole is not None and adds:
        digits = next(
            t.digits
            for t in statements
            if (t.question, t.group) == (s.question, s.group) and len(t.options) == 1 and t.printed
        )
        if digits == s.digits:
            return _between(s, sum(whole[o] for o in s.options))
    if adds and whole is None:
        shown = [int(round_share(k, asked, s.digits, convention.rounding)) for k in parts]
        return _between(s, sum(shown))
    return _between(s, int(round_share(sum(parts), asked, s.digits, convention.rounding)))


def _between(s: Statement, units: int) -> bool:
    return (s.low is None or s.low <= units) and (s.high is None or units <= s.high)


def _in_full(
    survey: Survey, s: Statement, statements: Sequence[Statement]
) -> dict[str, int] | None:
    """Return the printed units of every option, where a group prints them all alike."""
    question = survey.question(s.question)
    if question.answers != "single" or not question.complete or len(question.options) < 2:
        return None
    beside = [t for t in statements if (t.question, t.group) == (s.question, s.group)]
    shown = {t.options[0]: t for t in beside if len(t.options) == 1 and t.printed}
    if set(shown) != set(question.option_ids) or len({t.digits for t in shown.values()}) > 1:
        return None
    return {o: int(shown[o].low or 0) for o in question.option_ids}


def _mean_units(survey: Survey, witness: Witness, s: Statement, *, adds: bool) -> int:
    """Return the printed plain mean of the groups' shares, or the sum of the options' ones."""
    groups = [g for g in survey.group_ids if witness.asked(s.question, g)]
    sets = [(o,) for o in s.options] if adds else [s.options]
    units = 0
    for options in sets:
        mean = Fraction(0)
        for g in groups:
            share = Fraction(witness.count(s.question, options, g), witness.asked(s.question, g))
            mean += share / len(groups)
        units += rounded(full_scale(s.digits) * mean, witness.convention.rounding)
    return units


def rounded(value: Fraction, rule: RoundingRule) -> int:
    """Return a number of units rounded by a rule."""
    if rule == "truncate":
        return value.numerator // value.denominator
    if rule == "ceiling":
        return -(-value.numerator // value.denominator)
    if rule == "half-even":
        return round(value)  # Python's own rounding of fractions
    if rule == "double":
        return rounded(Fraction(rounded(10 * value, "half-up"), 10), "half-up")
    value += Fraction(1, 2)
    return value.numerator // value.denominator
