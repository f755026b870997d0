"""Entries that do not fit together."""

import pytest

from alumnistats.sources import check_survey, load_survey

GROUPS = "a group: one of north, south, east"
COLOURS = "an option of colour: one of red, green, blue"

CASES = {
    "unknown group": (
        ('group = "north"', 'group = "nroth"'),
        (
            f'figures[4] (warmish, nroth).group: found "nroth"; expected {GROUPS}, or "overall". '
            'Did you mean "north"?'
        ),
    ),
    "a figure of every group": (
        ('of = "warmish"\ngroup = "north"', 'of = "warmish"\ngroup = "every"'),
        f'figures[4] (warmish, every).group: found "every"; expected {GROUPS}, or "overall"',
    ),
    "unknown measure": (
        ('of = "warmish"\ngroup = "south"', 'of = "warmsh"\ngroup = "south"'),
        (
            'figures[5] (warmsh, south).of: found "warmsh"; expected a measure (warmish) or '
            '"question:option". Did you mean "warmish"?'
        ),
    ),
    "unknown question": (
        ('of = "why:warm"', 'of = "how:warm"'),
        (
            'figures[6] (how:warm, east).of: found "how:warm"; expected "question:option" of a '
            "question that exists: one of colour, why"
        ),
    ),
    "unknown option": (
        ('of = "colour:green"', 'of = "colour:gren"'),
        (
            f'figures[1] (colour:gren, overall).of: found "colour:gren"; expected {COLOURS}. '
            'Did you mean "green"?'
        ),
    ),
    "a question where a share belongs": (
        ('of = "why:warm"', 'of = "why"'),
        (
            'figures[6] (why, east).of: found "why"; expected a measure (warmish) or '
            '"question:option". To name one of its answers write "why:warm".'
        ),
    ),
    "a quota beyond what the total leaves": (
        ("total = 300\n", "total = 300\nquota = 299\n"),
        "quota: found 299; expected 298 or less, which the total leaves to a group at most",
    ),
    "duplicate figure": (
        ('of = "warmish"\ngroup = "south"', 'of = "warmish"\ngroup = "north"'),
        (
            "figures[5] (warmish, north): found a second figure of one share and group, "
            "after figures[4]; expected each only once"
        ),
    ),
    "duplicate group": (
        ('id = "east"', 'id = "south"'),
        (
            "groups[2] (south).id: found a second id of a group, after groups[1]; "
            "expected each only once"
        ),
    ),
    "duplicate claim": (
        ('id = "set"', 'id = "order"'),
        (
            "claims[1] (order).id: found a second id of a claim, after claims[0]; "
            "expected each only once"
        ),
    ),
    "duplicate option": (
        ('{ id = "calm"', '{ id = "warm"'),
        'questions[1] (why).options: found 2 options with the id "warm"; expected each id once',
    ),
    "duplicate ranking": (
        (
            'of = "why"\nfrom = "highest"\ngroup = "east"\nplaces = [["warm"]]',
            'of = "warmish"\nfrom = "highest"\nplaces = [["north"]]',
        ),
        (
            "rankings[1] (warmish, highest): found a second ranking of one thing from one end, "
            "after rankings[0]; expected each only once"
        ),
    ),
    "measure named like a question": (
        ('id = "warmish"', 'id = "why"'),
        (
            'measures[0] (why).id: found "why", the id of questions[1] (why); expected '
            "an id of its own"
        ),
    ),
    "reserved group": (
        ('id = "east"', 'id = "overall"'),
        (
            'groups[2] (overall).id: found "overall"; expected another id: this word has its own '
            "meaning"
        ),
    ),
    "measure of an unknown question": (
        ('question = "colour"\noptions', 'question = "color"\noptions'),
        (
            'measures[0] (warmish).question: found "color"; expected a question: one of '
            "colour, why. "
            'Did you mean "colour"?'
        ),
    ),
    "measure of several answers": (
        (
            'question = "colour"\noptions = ["red", "green"]',
            'question = "why"\noptions = ["warm", "calm"]',
        ),
        (
            'measures[0] (warmish).question: found "why"; expected a single-answer question: '
            "shares of answers given together do not add up"
        ),
    ),
    "measure with an option twice": (
        ('options = ["red", "green"]', 'options = ["red", "green", "red"]'),
        'measures[0] (warmish).options: found "red" 2 times; expected each only once',
    ),
    "measure with an unknown option": (
        ('options = ["red", "green"]', 'options = ["red", "gren"]'),
        f'measures[0] (warmish).options: found "gren"; expected {COLOURS}. Did you mean "green"?',
    ),
    "base of an unknown option": (
        ('"colour:red+green"', '"colour:red+gren"'),
        (
            f'questions[1] (why).base[0]: found "colour:red+gren"; expected {COLOURS}. '
            'Did you mean "green"?'
        ),
    ),
    "base of a later question": (
        ('base = ["colour:red+green", "all"]', 'base = ["why:warm", "all"]'),
        (
            'questions[1] (why).base[0]: found "why:warm"; expected "all", or answers of a '
            "single-answer question before this one: colour"
        ),
    ),
    "base twice": (
        ('"all"]', '"all", "all"]'),
        'questions[1] (why).base: found "all" 2 times; expected each only once',
    ),
    "partition by several answers": (
        ('base = ["colour:red+green", "all"]', "complete = true"),
        (
            "questions[1] (why).complete: found true for a multiple-answer question; "
            "expected false: options that may be chosen together do not partition the base"
        ),
    ),
    "listed twice": (
        (
            'places = [["north"], ["south"]]\ncomplete',
            'places = [["north"], ["south", "north"]]\ncomplete',
        ),
        'rankings[0] (warmish, highest).places: found "north" 2 times; expected each only once',
    ),
    "option in a ranking of groups": (
        (
            'places = [["north"], ["south"]]\ncomplete',
            'places = [["north"], ["south"], ["red"]]\ncomplete',
        ),
        f'rankings[0] (warmish, highest).places: found "red"; expected {GROUPS}',
    ),
    "group in a ranking of options": (
        ('places = [["warm"]]', 'places = [["warm"], ["north"]]'),
        (
            'rankings[1] (why, highest).places: found "north"; expected an option of why: '
            "one of warm, calm"
        ),
    ),
    "group of a ranking of groups": (
        ('complete = true\nat = "page 2"', 'group = "north"\nat = "page 2"'),
        (
            'rankings[0] (warmish, highest).group: found "north"; '
            "expected no group: places of warmish are groups themselves"
        ),
    ),
    "ranking of nothing": (
        ('of = "why"\nfrom', 'of = "whi"\nfrom'),
        (
            'rankings[1] (whi, highest).of: found "whi"; expected a measure (warmish), a question '
            'or "question:option". Did you mean "why"?'
        ),
    ),
    "claim on an unknown group": (
        ('question = "why"\ngroup = "east"', 'question = "why"\ngroup = "west"'),
        (
            f'claims[3] (mode).group: found "west"; expected {GROUPS}, or "overall". '
            'Did you mean "east"?'
        ),
    ),
    "claim on an unknown option": (
        ('option = "warm"', 'option = "warmth"'),
        (
            'claims[3] (mode).option: found "warmth"; expected an option of why: one of '
            "warm, calm. "
            'Did you mean "warm"?'
        ),
    ),
    "claim on an unknown question": (
        ('kind = "homogeneity"\nquestion = "colour"', 'kind = "homogeneity"\nquestion = "warmish"'),
        'claims[4] (alike).question: found "warmish"; expected a question: one of colour, why',
    ),
    "set of an unknown group": (
        ('members = ["north", "south"]', 'members = ["north", "overall"]'),
        f'claims[1] (set).members: found "overall"; expected {GROUPS}',
    ),
    "threshold of an unknown share": (
        ('of = "warmish"\ngroup = "every"', 'of = "warm"\ngroup = "every"'),
        (
            'claims[2] (half).of: found "warm"; expected a measure (warmish) or "question:option". '
            'Did you mean "warmish"?'
        ),
    ),
    "claimed order of an unknown group": (
        ('places = [["north"], ["south"]]\ntext', 'places = [["north"], ["soth"]]\ntext'),
        f'claims[0] (order).places: found "soth"; expected {GROUPS}. Did you mean "south"?',
    ),
    "union across questions": (
        ('["why:warm", "why:calm"]', '["why:warm", "colour:red"]'),
        (
            'claims[5] (either).options: found ["why:warm", "colour:red"]; '
            'expected two or more "question:option" of one multiple-answer question'
        ),
    ),
    "union of exclusive answers": (
        ('["why:warm", "why:calm"]', '["colour:green", "colour:red"]'),
        (
            'claims[5] (either).options: found ["colour:green", "colour:red"]; '
            'expected two or more "question:option" of one multiple-answer question'
        ),
    ),
    "union with a measure": (
        ('["why:warm", "why:calm"]', '["why:warm", "warmish"]'),
        (
            'claims[5] (either).options: found ["why:warm", "warmish"]; '
            'expected two or more "question:option" of one multiple-answer question'
        ),
    ),
    "union of an unknown option": (
        ('["why:warm", "why:calm"]', '["why:warm", "why:clam"]'),
        (
            'claims[5] (either).options: found "why:clam"; expected an option of why: '
            'one of warm, calm. Did you mean "calm"?'
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_message(problems_after, case):
    change, message = CASES[case]
    found = problems_after(change)
    assert message in found
    # A changed id leaves references behind; nothing else may have a second problem.
    if not case.startswith(("duplicate", "reserved", "measure named")):
        assert found == [message]


def test_a_claim_may_be_false(problems_after):
    """Whether a claim holds is for the verdicts; a file with a false one is a good file."""
    assert (
        problems_after(
            ('places = [["north"], ["south"]]\ntext', 'places = [["south"], ["east"]]\ntext')
        )
        == []
    )


def test_a_survey_put_together_in_python_is_checked_alike():
    survey = load_survey()
    assert check_survey(survey) == ()
    broken = survey.model_copy(update={"total": 11, "groups": survey.groups[1:]})
    messages = [str(problem) for problem in check_survey(broken)]
    assert any(m.startswith("figures[5] (official_contact, manufacturing).group") for m in messages)
    assert "total: found 11" not in messages[0]
