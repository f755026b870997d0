"""A survey as an integer model: its groups, its questions, then what is published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from alumnistats.identification.compiled import LARGEST, Compiled
from alumnistats.identification.conditions import Bracket, add_forced, add_statement
from alumnistats.identification.conventions import Convention
from alumnistats.identification.linear import added, minus
from alumnistats.identification.published import Item, Statement, Total, statements_of
from alumnistats.survey import OVERALL, Question, Survey


def compile_survey(
    survey: Survey,
    convention: Convention,
    items: Iterable[Item],
    *,
    largest: int | None = None,
    bracket: Bracket = "outer",
    shares: bool = True,
    refined: Collection[Statement] = (),
    separate: Collection[str] = (),
    asked: Collection[str] = (),
    loose: bool = False,
) -> Compiled:
    """Return the integer model of what `items` say.

    Parameters
    ----------
    survey : Survey
    convention : Convention
    items : iterable of Item
        The published data to be met, of the survey's own.
    largest : int, optional
        Most respondents in all, where none among the items says it.
    bracket : {"outer", "inner"}
        How plain means are bracketed.
    shares : bool
        Whether percentages say anything of counts; not where they are weighted, or misprints.
    refined : collection of Statement
        Sums of rounded parts that are modelled exactly; of the others what follows for the sum of
        the counts (bounds), or with both ends of the parts' ranges included (figures).
    separate : collection of str
        Groups that are to be blocks of their own.
    asked : collection of str
        Questions that matter though nothing may be said of them.
    loose : bool
        Whether to allow what any rounding rule, and any way of making subtotals, allows.
    """
    known = {id(item) for item in items}
    total = next((i for i in items if isinstance(i, Total)), None)
    made = Compiled(survey, convention, loose)
    statements = [s for s in statements_of(survey) if all(id(i) in known for i in s.items)]
    if not shares:
        statements = [s.without_share() for s in statements]
    published = _published_sizes(made, statements, known)
    largest_total = _most(total, largest)
    if total is None and len(published) == len(survey.groups):
        largest_total = sum(published.values())
    made.largest_total = largest_total
    made.blocks = _blocks(made, statements, published, separate)
    _add_sizes(made, largest_total, total, published, known)
    for question in _that_matter(made, statements, asked):
        _add_question(made, question)
    for statement in statements:
        add_statement(made, statement, statements, bracket, exact=statement in refined)
    if convention.adding_up == "forced":
        add_forced(made, statements)
    return made


def _most(total: Total | None, largest: int | None) -> int:
    limits = [] if largest is None else [largest]
    if total is not None:
        limits.append(total.high)
    return min(limits, default=LARGEST)


def _blocks(
    made: Compiled,
    statements: Sequence[Statement],
    published: Mapping[str, int],
    separate: Collection[str],
) -> dict[str, tuple[str, ...]]:
    """Return the groups by what is said of them: by itself each of which anything is."""
    told = {s.group for s in statements} | set(separate)
    means = made.convention.overall == "mean" and OVERALL in told
    blocks: dict[str, list[str]] = {}
    free: dict[str | None, str] = {}  # by stratum
    for group in made.survey.groups:
        if group.id in told or means or group.id in published:
            blocks[group.id] = [group.id]
        else:
            blocks.setdefault(free.setdefault(group.stratum, group.id), []).append(group.id)
    return {name: tuple(members) for name, members in blocks.items()}


def _that_matter(
    made: Compiled, statements: Sequence[Statement], asked: Collection[str]
) -> list[Question]:
    """Return the questions of which anything is said, and those that they depend on."""
    names = {s.question for s in statements} | set(asked)
    for question in reversed(made.survey.questions):  # what depends comes after what it depends on
        base = made.convention.base(question.id)
        if question.id in names and base != "all":
            names.add(base.partition(":")[0])
    return [question for question in made.survey.questions if question.id in names]


def _published_sizes(
    made: Compiled, statements: Sequence[Statement], known: set[int]
) -> dict[str, int]:
    """Return the sizes that are published, with groups or with figures of all of a group."""
    sizes = {
        s.group: s.nobs
        for s in statements
        if s.nobs is not None and s.group != OVERALL and made.convention.base(s.question) == "all"
    }
    return sizes | {g.id: g.n for g in made.survey.groups if id(g) in known and g.n is not None}


def _add_sizes(
    made: Compiled,
    largest_total: int,
    total: Total | None,
    published: Mapping[str, int],
    known: set[int],
) -> None:
    survey, model = made.survey, made.model
    for name, members in made.blocks.items():
        most = largest_total - len(survey.groups) + len(members)
        low, high = len(members), max(most, len(members))
        if name in published:
            low = high = published[name]
        made.sizes[name] = model.variable(low, high, f"n[{name}]")
    model.add(made.total(), total.low if total is not None else None, largest_total)
    strata = {group.id: group.stratum for group in survey.groups}
    for stratum in survey.strata:
        if id(stratum) in known and stratum.total is not None:
            own = added(*({v: 1} for g, v in made.sizes.items() if strata[g] == stratum.id))
            model.add(own, stratum.total, stratum.total)


def _add_question(made: Compiled, question: Question) -> None:
    model, base = made.model, made.convention.base(question.id)
    for group in made.blocks:
        most = model.upper[made.sizes[group]]
        if base == "all":
            asked = made.sizes[group]
        else:
            earlier, _, options = base.partition(":")
            asked = model.variable(0, most, f"b[{question.id},{group}]")
            model.add(minus(made.count(earlier, options.split("+"), group), {asked: 1}), 0, 0)
        made.bases[question.id, group] = asked
        chosen = []
        for option in question.option_ids:
            k = model.variable(0, most, f"k[{question.id}:{option},{group}]")
            made.counts[question.id, option, group] = k
            chosen.append(k)
            if question.answers == "multiple":
                model.add({k: 1, asked: -1}, None, 0)
        if question.answers == "single":
            rest = minus(added(*({k: 1} for k in chosen)), {asked: 1})
            model.add(rest, 0 if question.complete else None, 0)
