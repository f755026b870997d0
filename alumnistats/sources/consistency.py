"""Whether the numbers of a survey file can all be true, as far as plain arithmetic tells.

Integers and fractions only, never floating point. A check refuses what no rounding rule could
have produced, so a printed percentage stands for anything less than one unit of its last digit
away: truncation and rounding up reach that far, rounding to the nearest reaches half as far.
Finer conflicts, which take sample sizes to see, are for the reconstruction to find.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from alumnistats.errors import Problem
from alumnistats.sources.shape import Draft
from alumnistats.survey import MAX_DECIMALS, OVERALL, Figure, Question, Ranking, percent_units

Problems = Iterator[Problem]
Located = Mapping[tuple[str, str], tuple[int, Figure]]

Percentages = Literal["right", "doubtful"]

HUNDRED = 100 * 10**MAX_DECIMALS
"""100% in the finest unit a percentage may be printed in; every percentage is a multiple of it."""


def find_contradictions(draft: Draft, percentages: Percentages = "right") -> list[Problem]:
    """Return the problems of numbers that cannot all be true.

    Parameters
    ----------
    draft : Draft
        Figures whose share or group is unknown are left out.
    percentages : {"right", "doubtful"}
        Whether percentages may be misprinted; then only lists are checked against them.

    Returns
    -------
    list of Problem
    """
    figures: dict[tuple[str, str], tuple[int, Figure]] = {}
    for index, figure in draft.entries("figures"):
        if draft.parts(figure.of) is not None:
            figures.setdefault((figure.of, figure.group), (index, figure))
    sure = percentages == "right" and not draft.survey.weighted
    checks = _CHECKS if sure else (_places,)
    return [problem for check in checks for problem in check(draft, figures)]


def _finest(percent: str) -> tuple[int, int]:
    """Return a percentage and the unit of its last digit, both in the finest unit."""
    units, digits = percent_units(percent)
    step = 10 ** (MAX_DECIMALS - digits)
    return units * step, step


def _written(value: int, step: int) -> str:
    """Write `value` finest units with the decimals that the unit `step` needs."""
    decimals = MAX_DECIMALS - (len(str(step)) - 1)
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value, 10**MAX_DECIMALS)
    return f"{sign}{whole}" + (f".{rest:0{MAX_DECIMALS}d}"[: decimals + 1] if decimals else "")


def _total(draft: Draft, figures: Located) -> Problems:
    key, total = _most(draft)
    if total is None:
        return
    groups = {group.id: group.n or 1 for _, group in draft.entries("groups")}
    if total < len(groups):
        expected = f"{len(groups)} or more, since there are {len(groups)} groups"
        yield Problem(key, _said(draft, key), expected)
        return
    sized = {group.id for _, group in draft.entries("groups") if group.n is not None}
    for (_, name), (_, figure) in figures.items():
        if name in groups and name not in sized:
            groups[name] = max(groups[name], _smallest_size(draft, figure))
    if sum(groups.values()) > total:
        worst = sorted(groups, key=lambda g: -groups[g])[:3]
        need = ", ".join(f"{g} {groups[g]}" for g in worst)
        expected = f"{sum(groups.values())} or more, which the groups' sizes and percentages need"
        yield Problem(key, _said(draft, key), expected, f"The largest needs: {need}.")


def _most(draft: Draft) -> tuple[str, int | None]:
    """Return the most respondents that a file allows, and which key says so."""
    survey = draft.survey
    vague = ("total_about", "total_at_most") if survey.total is None else ()
    key = next((key for key in vague if getattr(survey, key) is not None), "total")
    return key, survey.total_bounds[1]


def _said(draft: Draft, key: str) -> str:
    return str(getattr(draft.survey, key))


def _smallest_size(draft: Draft, figure: Figure) -> int:
    """Return the fewest respondents a group can have had, by one of its figures."""
    size = max(figure.n or 1, figure.count or 1)
    if figure.percent is None:
        return size
    value, step = _finest(figure.percent)
    slack = step * _terms(draft, figure.of)
    between = _simplest(Fraction(value - slack, HUNDRED), Fraction(value + slack, HUNDRED))
    return max(size, between.denominator)


def _terms(draft: Draft, of: str) -> int:
    """Return how many rounded parts a printed percentage may be the sum of."""
    parts = draft.parts(of)
    return len(parts[1]) if parts else 1


def _simplest(low: Fraction, high: Fraction | None) -> Fraction:
    """Return the fraction of smallest denominator strictly between `low` and `high`.

    A walk down the Stern-Brocot tree by continued fractions; `high` None means no upper end.
    """
    whole = low.numerator // low.denominator
    if high is None or whole + 1 < high:
        return Fraction(whole + 1)
    low, high = low - whole, high - whole
    return whole + 1 / _simplest(1 / high, 1 / low if low else None)


def _sizes(draft: Draft, figures: Located) -> Problems:
    total = draft.survey.total
    sizes = {group.id: group.n for _, group in draft.entries("groups")}
    for index, figure in figures.values():
        size = total if figure.group == OVERALL else sizes.get(figure.group)
        limits = [x for x in (size, total) if x is not None]
        most, whole = (min(limits), "the respondents of the group") if limits else (None, "")
        if figure.n is not None and most is not None and figure.n > most:
            key = draft.key("figures", index, "n")
            yield Problem(key, str(figure.n), f"at most {most}, {whole}")
        if figure.n is not None:
            most, whole = figure.n, "the respondents asked"
        if figure.count is not None and most is not None and figure.count > most:
            key = draft.key("figures", index, "count")
            yield Problem(key, str(figure.count), f"at most {most}, {whole}")
        else:
            yield from _share_of_count(draft, index, figure)


def _share_of_count(draft: Draft, index: int, figure: Figure) -> Problems:
    if figure.percent is None or figure.count is None or figure.n is None:
        return
    value, step = _finest(figure.percent)
    share = Fraction(HUNDRED * figure.count, figure.n)
    if abs(share - value) >= step * _terms(draft, figure.of):
        found = f'"{figure.percent}", though {figure.count} of {figure.n} answered so'
        low = int(share // step) * step
        expected = f"about {_written(low, step)}"
        yield Problem(draft.key("figures", index, "percent"), found, expected)


def _sums(draft: Draft, figures: Located) -> Problems:
    """Add up the parts of one base: 100 if they are all there, and no more if not."""
    for _, question in draft.entries("questions"):
        if question.answers == "multiple":
            continue
        for group, found in _by_group(question, figures).items():
            whole = question.complete and len(found) == len(question.options)
            parts = [(draft.position("figures", index), percent) for index, percent in found]
            yield from _sum(question, group, parts, whole=whole)


def _by_group(question: Question, figures: Located) -> dict[str, list[tuple[int, str]]]:
    found = defaultdict(list)
    options = [f"{question.id}:{option}" for option in question.option_ids]
    for (of, group), (index, figure) in figures.items():
        if of in options and figure.percent is not None:
            found[group].append((index, figure.percent))
    return found


def _sum(question: Question, group: str, parts: list[tuple[str, str]], *, whole: bool) -> Problems:
    values = [_finest(percent) for _, percent in parts]
    total, finest = sum(v for v, _ in values), min(step for _, step in values)
    slack = sum(step for _, step in values) - finest
    most = _written(HUNDRED + slack, finest)
    if total > HUNDRED + slack or (whole and total < HUNDRED - slack):
        key = ", ".join(place for place, _ in parts) + f" ({question.id}, {group})"
        expected = f"at most {most}, since each respondent gave one answer"
        if whole:
            least = _written(HUNDRED - slack, finest)
            expected = f"100 within rounding, from {least} to {most}: {question.id} is complete"
        yield Problem(key, f"percentages that sum to {_written(total, finest)}", expected)


def _measures(draft: Draft, figures: Located) -> Problems:
    """Compare a measure with the answers it is made of, where one group has both."""
    for (of, group), (index, figure) in figures.items():
        resolved = draft.parts(of)
        if ":" in of or resolved is None or figure.percent is None:
            continue
        question, options = resolved
        found = [figures.get((f"{question.id}:{option}", group)) for option in options]
        percents = [f[1].percent for f in found if f is not None and f[1].percent is not None]
        values = [_finest(percent) for percent in percents]
        value, step = _finest(figure.percent)
        total, finest = sum(v for v, _ in values), min([step, *(s for _, s in values)])
        slack = sum(s for _, s in values) + step - finest
        low, high = total - slack, total + slack
        complete = len(values) == len(options)
        if values and (value < low or (complete and value > high)):
            upto = f" and at most {_written(high, finest)}" if complete else ""
            parts = " + ".join(percents)
            expected = f"at least {_written(low, finest)}{upto}, by its parts {parts}"
            yield Problem(draft.key("figures", index, "percent"), f'"{figure.percent}"', expected)


def _places(draft: Draft, figures: Located) -> Problems:
    for index, ranking in draft.entries("rankings"):
        members = [member for place in ranking.places for member in place]
        if len(set(members)) < len(members):
            continue
        key = draft.key("rankings", index, "places")
        shares = _shares_ranked(draft, ranking, figures)
        listed = [[m for m in place if m in shares] for place in ranking.places]
        for place in listed:
            yield from _tie(key, [(m, shares[m]) for m in place])
        beyond = _beyond(ranking.from_)
        for before, after in pairwise([place for place in listed if place]):
            for a, b in ((a, b) for a in before for b in after):
                if beyond(shares[b], shares[a]):
                    found = f'{a} ("{shares[a]}") before {b} ("{shares[b]}")'
                    yield Problem(
                        key, found, f"{b} first, since the list is from the {ranking.from_}"
                    )
        if ranking.complete:
            yield from _unlisted(key, ranking, shares)


def _shares_ranked(draft: Draft, ranking: Ranking, figures: Located) -> dict[str, str]:
    """Return the published percentage of each group, or of each option, that is ranked."""
    question = next((q for _, q in draft.entries("questions") if q.id == ranking.of), None)
    if question is None:
        groups = [group.id for _, group in draft.entries("groups")]
        keys = {group: (ranking.of, group) for group in groups}
    else:
        whose = ranking.group or OVERALL
        keys = {option: (f"{question.id}:{option}", whose) for option in question.option_ids}
    found = {member: figures[key][1].percent for member, key in keys.items() if key in figures}
    return {member: percent for member, percent in found.items() if percent is not None}


def _beyond(end: str) -> Callable[[str, str], bool]:
    """Return whether a percentage is certainly nearer to the `end` of a list than another."""

    def beyond(a: str, b: str) -> bool:
        (value_a, step_a), (value_b, step_b) = _finest(a), _finest(b)
        ahead = value_a - value_b if end == "highest" else value_b - value_a
        # Rounding keeps order, so equally many decimals compare as printed.
        return ahead > 0 if step_a == step_b else ahead >= step_a + step_b

    return beyond


def _tie(key: str, members: Iterable[tuple[str, str]]) -> Problems:
    for (a, share_a), (b, share_b) in pairwise(members):
        if _beyond("highest")(share_a, share_b) or _beyond("lowest")(share_a, share_b):
            found = f'{a} ("{share_a}") and {b} ("{share_b}") in one place'
            yield Problem(key, found, "a place of its own for each, since a place means a tie")


def _unlisted(key: str, ranking: Ranking, shares: Mapping[str, str]) -> Problems:
    listed = {member for place in ranking.places for member in place}
    beyond = _beyond(ranking.from_)
    known = [member for place in ranking.places for member in place if member in shares]
    if not known:
        return
    last = known[-1]
    for member in (m for m in shares if m not in listed):
        same_precision = _finest(shares[member])[1] == _finest(shares[last])[1]
        tied = same_precision and shares[member] == shares[last]
        if tied or beyond(shares[member], shares[last]):
            found = f'{member} ("{shares[member]}") left out, after {last} ("{shares[last]}")'
            hint = "List it, or write complete = false."
            yield Problem(key, found, "whatever is left out beyond the last place", hint)


_CHECKS: tuple[Callable[[Draft, Located], Problems], ...] = (
    _total,
    _sizes,
    _sums,
    _measures,
    _places,
)
