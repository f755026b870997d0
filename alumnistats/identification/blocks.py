"""A solution of the model as sizes and counts of every group and question.

Groups of which nothing is said by themselves are one block of the model. Its respondents can be
divided among them in any way; here every group but the first has one respondent. Each question's
respondents stand in a row, and answers are handed out along it from its end, so that it is enough
to follow the respondents who leave the block.
"""

from __future__ import annotations

from collections.abc import Sequence

from alumnistats.identification.compiled import Compiled
from alumnistats.identification.witness import Witness
from alumnistats.survey import Question

Counts = dict[tuple[str, str, str], int]


def divided(made: Compiled, values: Sequence[int]) -> Witness:
    """Return the witness that a solution of a compiled survey is.

    Parameters
    ----------
    made : Compiled
    values : sequence of int
        Of all variables of its model.
    """
    sizes: dict[str, int] = {}
    counts: Counts = {}
    for name, members in made.blocks.items():
        whole = values[made.sizes[name]]
        sizes |= dict.fromkeys(members, 1) | {name: whole - len(members) + 1}
        for question in made.survey.questions:
            for option in question.option_ids:
                counts |= {(question.id, option, g): 0 for g in members}
                known = made.counts.get((question.id, option, name))
                if known is not None:
                    counts[question.id, option, name] = values[known]
            if question.complete and (question.id, name) not in made.bases:
                counts[question.id, question.option_ids[0], name] = _asked(
                    made, counts, question, name, whole
                )
        _leave(made, members, counts)
    by_strata = {group: sizes[group] for group in made.survey.group_ids}
    return Witness(made.convention, by_strata, counts)


def _asked(made: Compiled, counts: Counts, question: Question, group: str, whole: int) -> int:
    base = made.convention.base(question.id)
    if base == "all":
        return whole
    earlier, _, options = base.partition(":")
    return sum(counts[earlier, option, group] for option in options.split("+"))


def _leave(made: Compiled, members: Sequence[str], counts: Counts) -> None:
    """Move the answers of the last respondents of a block's first group to the other groups."""
    first, leavers = members[0], members[1:]
    answers: dict[tuple[str, str], set[str]] = {}  # options by question and leaver
    if not leavers:
        return
    for question in made.survey.questions:
        base = made.convention.base(question.id)
        asked = list(leavers)
        if base != "all":
            earlier, _, options = base.partition(":")
            wanted = set(options.split("+"))
            asked = [g for g in leavers if answers[earlier, g] & wanted]
        block = {o: counts[question.id, o, first] for o in question.option_ids}
        for g in leavers:
            answers[question.id, g] = set()
        for place, g in enumerate(asked):
            own = _answers(question, block, place)
            answers[question.id, g] = own
            for option in own:
                counts[question.id, option, g] += 1
                counts[question.id, option, first] -= 1


def _answers(question: Question, counts: dict[str, int], place: int) -> set[str]:
    """Return the answers of the respondent at a place from the end, given those of all."""
    if question.answers == "multiple":
        return {option for option, count in counts.items() if place < count}
    for option, count in counts.items():
        if place < count:
            return {option}
        place -= count
    return set()
