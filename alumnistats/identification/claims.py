"""Whether a claim holds among the respondents in every solution, in none, or in some.

A claim is a conjunction of atoms, each a comparison of two shares, two counts, or a share with a
value. It holds in every solution if there is none in which any atom fails, and in none if there is
none in which all atoms hold: two questions to the solver under each convention. Most comparisons of
shares follow from what is printed of either; the others are products of variables.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, Unpack

from alumnistats.errors import ArgumentError
from alumnistats.identification.compiled import EDGES, Compiled
from alumnistats.identification.explained import TIME_LIMIT, Options, search
from alumnistats.identification.feasibility import any_solution
from alumnistats.identification.linear import Expression, Product, added, minus, times
from alumnistats.identification.published import Statement, statements_of
from alumnistats.rounding import full_scale
from alumnistats.survey import (
    EVERY,
    OVERALL,
    Claim,
    ExtremeSetClaim,
    ModeClaim,
    RankingClaim,
    Survey,
    ThresholdClaim,
)

ClaimStatus = Literal["every", "no", "some", "unknown"]
Ties = Literal["strict", "weak"]
Shares = Sequence[tuple[tuple[str, ...], str]]


@dataclass(frozen=True, slots=True)
class Atom:
    """``first`` exceeds ``second``, or a threshold.

    Attributes
    ----------
    question : str
    first : tuple of (tuple of str, str)
        Options and group of a share.
    second : tuple of (tuple of str, str), optional
        Of another share of the same question; a threshold when omitted.
    value : Fraction
        The threshold.
    relation : str
        "above", "at-least", "below" or "at-most".
    of_all : bool
        Whether shares are of all respondents, not of those who were asked.
    """

    question: str
    first: tuple[tuple[str, ...], str]
    second: tuple[tuple[str, ...], str] | None = None
    value: Fraction = Fraction(0)
    relation: str = "above"
    of_all: bool = False


def claim_status(
    survey: Survey,
    claim: Claim,
    time_limit: float = TIME_LIMIT,
    *,
    ties: Ties = "strict",
    **options: Unpack[Options],
) -> ClaimStatus:
    """Return whether a claim holds among the respondents in every solution, in none, or in some.

    Parameters
    ----------
    survey : Survey
    claim : Claim
        Of the kinds ranking, extreme-set, threshold or mode.
    time_limit : float
        Seconds.
    ties : {"strict", "weak"}
        Whether what is placed higher must exceed what is placed lower, or may equal it.
    **options
        As of `identification.feasible`.

    Returns
    -------
    {"every", "no", "some", "unknown"}
        "unknown" where time ended, or a plain mean over groups could not be decided.

    Raises
    ------
    ArgumentError
        For another kind of claim.

    Notes
    -----
    Of a survey without a solution the answer is "every": nothing contradicts the claim.

    Examples
    --------
    >>> import alumnistats as al
    >>> survey = al.load_survey("america-1969")
    >>> claim_status(survey, survey.claims[0])
    'every'
    """
    of_all = bool(getattr(claim, "of_all", False))
    atoms = [replace(atom, of_all=of_all) for atom in _atoms(survey, claim, ties)]
    task = search(survey, time_limit, **options)
    groups = [g for atom in atoms for _, g in (atom.first, atom.second or atom.first)]
    task = replace(
        task,
        setting=replace(
            task.setting,
            separate=tuple({g for g in groups if g != OVERALL}),
            asked=tuple({atom.question for atom in atoms}),
        ),
    )
    statements = statements_of(survey) if task.setting.shares else ()

    def fails(made: Compiled) -> None:
        _add_any_failure(made, atoms, statements)

    def holds(made: Compiled) -> None:
        for atom in atoms:
            _add_atom(made, atom, statements)

    failing = any_solution(task.setting, task.conventions, task.clock, fails, task.told).status
    if failing == "impossible":
        return "every"
    holding = any_solution(task.setting, task.conventions, task.clock, holds, task.told).status
    if holding == "impossible":
        return "no"
    return "some" if (failing, holding) == ("found", "found") else "unknown"


def _atoms(survey: Survey, claim: Claim, ties: Ties) -> Iterator[Atom]:
    above = "above" if ties == "strict" else "at-least"
    match claim:
        case ThresholdClaim():
            question, options = survey.resolve(claim.of)
            low, high = claim.ends
            relations = {"at-least": low, "at-most": high}
            if claim.within is None:
                relations = {claim.relation: low}
            for group in survey.group_ids if claim.group == EVERY else (claim.group,):
                first = options, group
                for relation, value in relations.items():
                    yield Atom(question.id, first, value=value, relation=relation)
        case ModeClaim():
            question = survey.question(claim.question)
            for option in question.option_ids:
                if option != claim.option:
                    shares = (((claim.option,), claim.group), ((option,), claim.group))
                    yield Atom(question.id, *shares, relation=above)
        case RankingClaim() if any(q.id == claim.of for q in survey.questions):
            group = claim.group or OVERALL
            steps: list[Shares] = [[((o,), group) for o in place] for place in claim.places]
            yield from _in_order(claim.of, steps, claim.from_, above)
        case RankingClaim() | ExtremeSetClaim():
            question, options = survey.resolve(claim.of)
            places = claim.places if isinstance(claim, RankingClaim) else (claim.members,)
            listed = {g for place in places for g in place}
            rest = tuple(g for g in survey.group_ids if g not in listed)
            steps = [[(options, g) for g in place] for place in (*places, rest)]
            yield from _in_order(question.id, steps, claim.from_, above)
        case _:
            expected = "a claim of the kind ranking, extreme-set, threshold or mode"
            raise ArgumentError("claim", claim.kind, expected)


def _in_order(question: str, steps: Sequence[Shares], end: str, above: str) -> Iterator[Atom]:
    for upper, lower in itertools.pairwise(steps):
        for first, second in itertools.product(upper, lower):
            pair = (first, second) if end == "highest" else (second, first)
            yield Atom(question, *pair, relation=above)


# Comparisons in the model.


def _negated(atom: Atom) -> Atom:
    opposite = {"above": "at-most", "at-least": "below", "below": "at-least", "at-most": "above"}
    return replace(atom, relation=opposite[atom.relation])


def _add_any_failure(
    made: Compiled, atoms: Sequence[Atom], statements: Sequence[Statement]
) -> None:
    """Add that at least one atom does not hold."""
    failures = []
    for atom in atoms:
        wrong = _negated(atom)
        decided = _decided(made, wrong, statements)
        if decided is False:
            continue
        if decided is True:
            return
        gap, least = _gap(made, wrong)
        fails = made.model.variable(0, 1, "")
        slack = least - made.model.ends(gap)[0]
        made.model.add(added(gap, {fails: -slack}), least - slack, None)
        failures.append({fails: 1})
    made.model.add(added(*failures), 1, None)


def _add_atom(made: Compiled, atom: Atom, statements: Sequence[Statement]) -> None:
    decided = _decided(made, atom, statements)
    if decided is False:
        made.model.add({}, 1, None)  # never
    elif decided is None:
        gap, least = _gap(made, atom)
        made.model.add(gap, least, None)


def _gap(made: Compiled, atom: Atom) -> tuple[Expression, int]:
    """Return an expression, and what it reaches just where an atom holds."""
    options, group = atom.first
    count, base = made.count(atom.question, options, group), _base(made, atom, group)
    if atom.second is None:
        gap = minus(times(atom.value.denominator, count), times(atom.value.numerator, base))
    elif atom.second[1] == group:
        gap = minus(count, made.count(atom.question, *atom.second))
    else:
        other = made.count(atom.question, *atom.second)
        other_base = _base(made, atom, atom.second[1])
        gap = minus(_product(made, count, other_base), _product(made, other, base))
    if atom.relation in ("below", "at-most"):
        gap = times(-1, gap)
    return gap, int(atom.relation in ("above", "below"))


def _base(made: Compiled, atom: Atom, group: str) -> Expression:
    """Return the number of whom an atom's share of a group is one."""
    if not atom.of_all:
        return made.base(atom.question, group)
    return made.total() if group == OVERALL else {made.sizes[group]: 1}


def _product(made: Compiled, first: Expression, second: Expression) -> Expression:
    model, factors = made.model, []
    for expression in (first, second):
        if len(expression) == 1 and set(expression.values()) == {1}:
            factors.append(next(iter(expression)))
            continue
        whole = model.variable(*model.ends(expression), "")
        model.add(minus(expression, {whole: 1}), 0, 0)
        factors.append(whole)
    most = model.upper[factors[0]] * model.upper[factors[1]]
    result = model.variable(0, most, "")
    model.products.append(Product(result, factors[0], factors[1]))
    return {result: 1}


Window = tuple[Fraction, bool, Fraction, bool]
"""Least and greatest share, each with whether it is itself possible."""


def _window(
    made: Compiled, question: str, share: tuple[tuple[str, ...], str], told: Sequence[Statement]
) -> Window:
    """Return where a share lies by what is printed of it alone."""
    options, group = share
    low, low_in, high, high_in = Fraction(0), True, Fraction(1), True
    pooled = group != OVERALL or made.convention.overall == "pooled"
    if made.convention.adding_up == "forced" or not pooled:
        return low, low_in, high, high_in
    added_up = made.convention.added(question) and len(options) > 1
    more = len(options) - 1 if added_up else 0  # parts, each as far off as a share by itself
    for s in told:
        if (s.question, set(s.options), s.group) != (question, set(options), group):
            continue
        scale = EDGES * full_scale(s.digits)
        if s.low is not None:
            start, included = made.start(s.low)
            start += more * made.start(0)[0]
            low, low_in = max((low, low_in), (Fraction(start, scale), included), key=_strictest)
        if s.high is not None:
            end, excluded = made.end(s.high)
            end_at = Fraction(end + more * made.end(0)[0], scale)
            if end_at < high or (end_at == high and excluded):
                high, high_in = end_at, not excluded
    return low, low_in, high, high_in


def _strictest(end: tuple[Fraction, bool]) -> tuple[Fraction, bool]:
    return end[0], not end[1]


def _decided(made: Compiled, atom: Atom, told: Sequence[Statement]) -> bool | None:
    """Return whether an atom holds, or fails, by what is printed alone; None if that is open."""
    if atom.of_all:  # what is printed are shares of those who were asked
        return None
    low, low_in, high, high_in = _window(made, atom.question, atom.first, told)
    other: Window = atom.value, True, atom.value, True
    if atom.second is not None:
        other = _window(made, atom.question, atom.second, told)
    least, least_in, most, most_in = other
    above = low > most or (low == most and not (low_in and most_in))
    below = high < least or (high == least and not (high_in and least_in))
    if atom.relation in ("above", "at-least"):
        above = above or (low >= most and atom.relation == "at-least")
        below = below or (high <= least and atom.relation == "above")
        return True if above else False if below else None
    below = below or (high <= least and atom.relation == "at-most")
    above = above or (low >= most and atom.relation == "below")
    return True if below else False if above else None
