"""Whether the entries of a survey file fit together: ids declared once, references that exist."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain
from typing import Any

from alumnistats.errors import Problem, closest, listed, shown
from alumnistats.sources.consistency import Percentages, find_contradictions
from alumnistats.sources.shape import Draft, parse
from alumnistats.survey import (
    ALL,
    EVERY,
    OVERALL,
    ChangeClaim,
    Claim,
    DifferenceClaim,
    ExtremeSetClaim,
    Group,
    HomogeneityClaim,
    Measure,
    ModeClaim,
    Question,
    Ranking,
    RankingClaim,
    RatioClaim,
    Stratum,
    Survey,
    ThresholdClaim,
    UnionClaim,
)

Problems = Iterator[Problem]


def find_problems(draft: Draft, percentages: Percentages = "right") -> list[Problem]:
    """Return everything wrong between the entries of a draft.

    Parameters
    ----------
    draft : Draft
        Need not be whole; entries that did not parse are not reported again.
    percentages : {"right", "doubtful"}
        Whether they may be misprinted, so that they need not fit together.

    Returns
    -------
    list of Problem
        References first, then numbers that contradict each other.
    """
    references = chain.from_iterable(check(draft) for check in _CHECKS)
    return [*references, *find_contradictions(draft, percentages)]


def check_survey(survey: Survey) -> tuple[Problem, ...]:
    """Return everything wrong with a survey that was put together in Python.

    Parameters
    ----------
    survey : Survey

    Returns
    -------
    tuple of Problem
        Empty for a survey that a file could hold; what `read_survey` checks, without the file.

    Examples
    --------
    >>> import alumnistats as al
    >>> check_survey(al.load_survey("america-1969"))
    ()
    """
    draft, problems = parse(survey.model_dump(by_alias=True, exclude_none=True))
    return (*problems, *find_problems(draft))


def _duplicate_ids(draft: Draft) -> Problems:
    named = {"strata": "stratum", "groups": "group", "questions": "question", "claims": "claim"}
    for section, noun in named.items():
        yield from _repeated(draft, section, lambda record: record.id, f"id of a {noun}", "id")
    yield from _repeated(draft, "measures", lambda record: record.id, "id of a measure", "id")
    questions = {q.id: i for i, q in draft.entries("questions")}
    for index, measure in draft.entries("measures"):
        if measure.id in questions:
            other = draft.key("questions", questions[measure.id])
            found = f'"{measure.id}", the id of {other}'
            yield Problem(draft.key("measures", index, "id"), found, "an id of its own")
    for index, question in draft.entries("questions"):
        key = draft.key("questions", index, "options")
        for option, times in Counter(question.option_ids).items():
            if times > 1:
                yield Problem(key, f'{times} options with the id "{option}"', "each id once")


def _duplicate_figures(draft: Draft) -> Problems:
    yield from _repeated(
        draft, "figures", lambda f: (f.of, f.group), "figure of one share and group"
    )
    yield from _repeated(
        draft,
        "rankings",
        lambda r: (r.of, r.from_, r.group or OVERALL),
        "ranking of one thing from one end",
    )


def _repeated(
    draft: Draft, section: str, identify: Callable[[Any], object], noun: str, *rest: str
) -> Problems:
    first: dict[object, int] = {}
    for index, record in draft.entries(section):
        earlier = first.setdefault(identify(record), index)
        if earlier != index:
            key = draft.key(section, index, *rest)
            yield Problem(
                key, f"a second {noun}, after {draft.position(section, earlier)}", "each only once"
            )


def _reserved_ids(draft: Draft) -> Problems:
    reserved = {"groups": (OVERALL, EVERY), "questions": (ALL,), "measures": (ALL,)}
    for section, words in reserved.items():
        for index, record in draft.entries(section):
            if record.id in words:
                key = draft.key(section, index, "id")
                yield Problem(key, shown(record.id), "another id: this word has its own meaning")


def _questions(draft: Draft) -> Problems:
    earlier: dict[str, Question] = {}
    for index, question in draft.entries("questions"):
        if question.complete and question.answers == "multiple":
            key = draft.key("questions", index, "complete")
            expected = "false: options that may be chosen together do not partition the base"
            yield Problem(key, "true for a multiple-answer question", expected)
        for i, base in enumerate(question.base):
            key = draft.key("questions", index, "base", i)
            yield from _base(draft, key, base, earlier)
        key = draft.key("questions", index, "base")
        yield from _once(key, question.base)
        earlier[question.id] = question


def _base(draft: Draft, key: str, base: str, earlier: dict[str, Question]) -> Problems:
    name, _, options = base.partition(":")
    if base == ALL or draft.may_declare("questions", name):
        return
    single = [q.id for q in earlier.values() if q.answers == "single"]
    if name not in single:
        expected = (
            f'"all", or answers of a single-answer question before this one: {listed(single)}'
        )
        yield Problem(key, shown(base), expected, closest(name, single))
        return
    for option in options.split("+"):
        yield from _option(key, earlier[name], option, base)


def _measures(draft: Draft) -> Problems:
    for index, measure in draft.entries("measures"):
        yield from _measure(draft, index, measure)


def _measure(draft: Draft, index: int, measure: Measure) -> Problems:
    key = draft.key("measures", index, "question")
    problems = list(_question(draft, key, measure.question))
    yield from problems
    question = _find_question(draft, measure.question)
    if question is None:
        return
    if question.answers == "multiple":
        expected = "a single-answer question: shares of answers given together do not add up"
        yield Problem(key, shown(measure.question), expected)
    key = draft.key("measures", index, "options")
    yield from _once(key, measure.options)
    for option in measure.options:
        yield from _option(key, question, option)


def _figures(draft: Draft) -> Problems:
    # Keys take long to write, and of thousands of figures hardly any has something wrong with it.
    shares, groups = draft.shares, {*draft.groups, OVERALL}
    for index, figure in draft.entries("figures"):
        if figure.of not in shares:
            yield from _share(draft, draft.key("figures", index, "of"), figure.of)
        if figure.group not in groups:
            yield from _group(draft, draft.key("figures", index, "group"), figure.group)


def _rankings(draft: Draft) -> Problems:
    for index, ranking in draft.entries("rankings"):
        yield from _ranking(draft, "rankings", index, ranking)


def _claims(draft: Draft) -> Problems:
    for index, claim in draft.entries("claims"):
        yield from _claim(draft, index, claim)


def _claim(draft: Draft, index: int, claim: Claim) -> Problems:
    def key(field: str) -> str:
        return draft.key("claims", index, field)

    match claim:
        case RankingClaim():
            yield from _ranking(draft, "claims", index, claim)
        case ExtremeSetClaim():
            yield from _share(draft, key("of"), claim.of)
            yield from _once(key("members"), claim.members)
            for member in claim.members:
                yield from _group(draft, key("members"), member, ())
        case ThresholdClaim() | ChangeClaim():
            yield from _share(draft, key("of"), claim.of)
            words = (OVERALL, EVERY) if isinstance(claim, ThresholdClaim) else (OVERALL,)
            yield from _group(draft, key("group"), claim.group, words)
        case DifferenceClaim() | RatioClaim():
            yield from _share(draft, key("of"), claim.of)
            yield from _two_groups(draft, key, claim.group, claim.than)
        case HomogeneityClaim():
            yield from _question(draft, key("question"), claim.question)
        case ModeClaim():
            yield from _mode(draft, key, claim)
        case UnionClaim():
            yield from _union(draft, key("options"), claim.options)
            yield from _group(draft, key("group"), claim.group)


def _mode(draft: Draft, key: Callable[[str], str], claim: ModeClaim) -> Problems:
    yield from _question(draft, key("question"), claim.question)
    yield from _group(draft, key("group"), claim.group)
    question = _find_question(draft, claim.question)
    if question is not None:
        yield from _option(key("option"), question, claim.option)


def _two_groups(draft: Draft, key: Callable[[str], str], group: str, than: str) -> Problems:
    yield from _group(draft, key("group"), group, ())
    yield from _group(draft, key("than"), than, ())
    if than == group:
        yield Problem(key("than"), shown(than), "another group than that of the key group")


def _union(draft: Draft, key: str, options: tuple[str, ...]) -> Problems:
    yield from _once(key, options)
    expected = 'two or more "question:option" of one multiple-answer question'
    problems = [p for of in options for p in _share(draft, key, of)]
    yield from problems
    questions = {of.partition(":")[0] for of in options}
    parts = [draft.parts(of) for of in options]
    of_several = [p[0].id for p in parts if p is not None and p[0].answers == "single"]
    if not problems and (len(questions) > 1 or of_several or any(":" not in of for of in options)):
        yield Problem(key, shown(options), expected)


def _ranking(draft: Draft, section: str, index: int, record: Ranking | RankingClaim) -> Problems:
    question = _find_question(draft, record.of)
    members = [member for place in record.places for member in place]
    key = draft.key(section, index, "places")
    yield from _once(key, members)
    if question is not None:
        if record.group is not None:
            yield from _group(draft, draft.key(section, index, "group"), record.group)
        for option in members:
            yield from _option(key, question, option)
        return
    if draft.may_declare("questions", record.of):
        return
    problems = [*_share(draft, draft.key(section, index, "of"), record.of, or_question=True)]
    yield from problems
    if problems:
        return
    if record.group is not None:
        expected = f"no group: places of {record.of} are groups themselves"
        yield Problem(draft.key(section, index, "group"), shown(record.group), expected)
    for group in members:
        yield from _group(draft, key, group, ())


def _share(draft: Draft, key: str, of: str, *, or_question: bool = False) -> Problems:
    """Check that `of` is a measure or an option of a question."""
    name, colon, option = of.partition(":")
    questions, measures = draft.questions, draft.measures
    question = questions.get(name)
    if colon and question is not None:
        yield from _option(key, question, option, of)
    elif of in measures or draft.may_declare("questions" if colon else "measures", name):
        return
    elif colon:
        expected = f'"question:option" of a question that exists: {listed(questions)}'
        yield Problem(key, shown(of), expected, closest(name, questions))
    else:
        known = [*measures, *(questions if or_question else ())]
        hint = closest(of, known)
        if question is not None:
            hint = f'To name one of its answers write "{of}:{question.option_ids[0]}".'
        more = ", a question" if or_question else ""
        expected = f'a measure ({listed(measures)}){more} or "question:option"'
        yield Problem(key, shown(of), expected, hint)


def _option(key: str, question: Question, option: str, found: str | None = None) -> Problems:
    if option not in question.option_ids:
        expected = f"an option of {question.id}: {listed(question.option_ids)}"
        yield Problem(key, shown(found or option), expected, closest(option, question.option_ids))


def _question(draft: Draft, key: str, id: str) -> Problems:
    known = draft.questions
    if id not in known and not draft.may_declare("questions", id):
        yield Problem(key, shown(id), f"a question: {listed(known)}", closest(id, known))


def _group(draft: Draft, key: str, id: str, words: Iterable[str] = (OVERALL,)) -> Problems:
    known = draft.groups
    if id not in known and id not in words and not draft.may_declare("groups", id):
        also = "".join(f', or "{word}"' for word in words)
        hint = closest(id, (*known, *words))
        yield Problem(key, shown(id), f"a group: {listed(known)}{also}", hint)


def _once(key: str, names: Iterable[str]) -> Problems:
    for name, times in Counter(names).items():
        if times > 1:
            yield Problem(key, f'"{name}" {times} times', "each only once")


def _find_question(draft: Draft, id: str) -> Question | None:
    return draft.questions.get(id)


def _weights(draft: Draft) -> Problems:
    effect = draft.survey.design_effect
    if effect is not None and not draft.survey.weighted:
        expected = "weighted = true beside it, or no design_effect"
        yield Problem("design_effect", shown(effect), expected)
    shares = draft.survey.overall_share
    yield from _once("overall_share", shares)
    if draft.survey.weighted and "mean" in shares:
        expected = 'only "pooled" of a weighted survey, whose overall figures tie no counts'
        yield Problem("overall_share", shown(list(shares)), expected)


def _vague_total(draft: Draft) -> Problems:
    survey = draft.survey
    vague = {"total_about": survey.total_about, "total_at_most": survey.total_at_most}
    given = {key: value for key, value in vague.items() if value is not None}
    if survey.total is not None:
        for key, value in given.items():
            yield Problem(key, str(value), "none beside total, which is exact")
    elif len(given) == 2:
        expected = "total_about or total_at_most, not both"
        yield Problem("total_at_most", str(survey.total_at_most), expected)


def _quota(draft: Draft) -> Problems:
    quota, total = draft.survey.quota, draft.survey.total
    if quota is not None and draft.raw.get("strata"):
        expected = "none beside [[strata]], each of which may have a quota"
        yield Problem("quota", str(quota), expected)
    others = len(draft.positions["groups"]) - 1
    yield from _room_for_quota("quota", quota, total, others)


def _room_for_quota(key: str, quota: int | None, total: int | None, others: int) -> Problems:
    if quota is not None and total is not None and others < total < quota + others:
        expected = f"{total - others} or less, which the total leaves to a group at most"
        yield Problem(key, str(quota), expected)


def _population(draft: Draft) -> Problems:
    """Check that parts of the population can sum to 1 between their bounds."""
    bounds = draft.survey.weight_bounds
    if bounds is None or draft.unread["groups"] != frozenset():
        return
    turned = [
        (index, group) for index, group in draft.entries("groups")
        if group.weight is not None and group.weight[0] > group.weight[1]
    ]  # fmt: skip
    for index, group in turned:
        key = draft.key("groups", index, "weight")
        yield Problem(key, shown(list(group.weight)), "the least part first, then the greatest")
    low, high = (round(sum(ends), 9) for ends in zip(*bounds, strict=True))
    key = "groups" if draft.survey.weight_at_most is None else "weight_at_most"
    if not turned and low > 1:
        yield Problem(key, f"least parts that sum to {low:g}", "1 or less: parts of one whole")
    elif not turned and high < 1:
        yield Problem(key, f"greatest parts that sum to {high:g}", "1 or more: parts of one whole")


def _strata(draft: Draft) -> Problems:
    known = [stratum.id for _, stratum in draft.entries("strata")]
    problems = [p for i, g in draft.entries("groups") for p in _member(draft, i, g, known)]
    yield from problems
    if problems or any(unread is None or unread for unread in draft.unread.values()):
        return  # a group that could not be read may belong anywhere
    members = defaultdict(list)
    for _, group in draft.entries("groups"):
        members[group.stratum].append(group)
    for index, stratum in draft.entries("strata"):
        yield from _stratum(draft, index, stratum, members[stratum.id])
    yield from _totals_of_strata(draft)


def _member(draft: Draft, index: int, group: Group, known: Collection[str]) -> Problems:
    key, id = draft.key("groups", index, "stratum"), group.stratum
    if not draft.raw.get("strata"):
        if id is not None:
            yield Problem(key, shown(id), "none in a survey without [[strata]]")
    elif id is None:
        yield Problem(key, "nothing", f"a stratum: {listed(known)}")
    elif id not in known and not draft.may_declare("strata", id):
        yield Problem(key, shown(id), f"a stratum: {listed(known)}", closest(id, known))


def _stratum(draft: Draft, index: int, stratum: Stratum, members: list[Group]) -> Problems:
    if not members:
        yield Problem(draft.key("strata", index), "no groups", "a group with this stratum")
        return
    least = sum(group.n or 1 for group in members)
    if stratum.total is not None and stratum.total < least:
        expected = f"{least} or more, which its groups need"
        yield Problem(draft.key("strata", index, "total"), str(stratum.total), expected)
    key = draft.key("strata", index, "quota")
    yield from _room_for_quota(key, stratum.quota, stratum.total, len(members) - 1)


def _totals_of_strata(draft: Draft) -> Problems:
    """Check that the strata's totals, where published, fit the survey's."""
    strata = [stratum for _, stratum in draft.entries("strata")]
    known = [stratum.total for stratum in strata if stratum.total is not None]
    total, published = draft.survey.total, sum(known)
    if not known:
        return
    if total is None:
        whole = f"{published}, the sum of" if len(known) == len(strata) else "the total beside"
        yield Problem("total", "nothing", f"{whole} the strata's totals")
        return
    ids = {stratum.id for stratum in strata if stratum.total is None}
    groups = [group for _, group in draft.entries("groups") if group.stratum in ids]
    least = published + sum(group.n or 1 for group in groups)
    if not ids and total != published:
        yield Problem("total", str(total), f"{published}, the sum of the strata's totals")
    elif ids and total < least:
        expected = f"{least} or more, which the strata's totals and the other groups need"
        yield Problem("total", str(total), expected)


def _adding_up(draft: Draft) -> Problems:
    ways, survey = draft.survey.adding_up, draft.survey
    yield from _once("adding_up", ways)
    if "forced" in ways and (survey.weighted or "mean" in survey.overall_share):
        other = "a weighted survey" if survey.weighted else 'overall_share with "mean"'
        yield Problem("adding_up", shown(list(ways)), f'only "rounded" beside {other}')


_CHECKS: tuple[Callable[[Draft], Problems], ...] = (
    _vague_total,
    _quota,
    _population,
    _strata,
    _weights,
    _adding_up,
    _duplicate_ids,
    _reserved_ids,
    _questions,
    _measures,
    _figures,
    _duplicate_figures,
    _rankings,
    _claims,
)
