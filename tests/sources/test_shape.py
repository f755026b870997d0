"""One entry at fault: its key, what was found there, what was expected."""

import pytest

KEYS = (
    "one of format, id, title, source, total, total_about, total_at_most, quota, weighted, "
    "design_effect, overall_share, adding_up, population, weight_at_most, strata, groups, "
    "questions, measures, figures, rankings, claims"
)
KINDS = (
    "one of ranking, extreme-set, threshold, difference, ratio, change, mode, homogeneity, union, "
    "statement"
)
PLACE = 'the place in the source, such as "section 1, paragraph 2"'
BOTH = 'a text in both languages, as in { en = "...", ja = "..." }'
AN_ID = (
    "an id, made of letters of any script (Latin ones in lower case), digits, _ and -, "
    "starting with a letter or digit"
)

CASES = {
    "percent as a number": (
        ('percent = "70.1"', "percent = 70.1"),
        (
            "figures[4] (warmish, north).percent: found 70.1; expected a string such as "
            '"47.8", because the digits printed are data. '
            "Put it in quotes, with as many decimals as the source prints."
        ),
    ),
    "more than everybody": (
        ('percent = "70.1"', 'percent = "101"'),
        'figures[4] (warmish, north).percent: found "101"; expected a percentage between 0 and 100',
    ),
    "decimal comma": (
        ('percent = "70.1"', 'percent = "70,1"'),
        (
            'figures[4] (warmish, north).percent: found "70,1"; expected a string such as "47.8", '
            'between "0" and "100", of at most 6 decimals. Did you mean "70.1"?'
        ),
    ),
    "full-width digits": (
        ('percent = "70.1"', 'percent = "\uff17\uff10.\uff11"'),
        (
            'figures[4] (warmish, north).percent: found "\uff17\uff10.\uff11"; expected '
            "a string such "
            'as "47.8", between "0" and "100", of at most 6 decimals. Did you mean "70.1"?'
        ),
    ),
    "claim's percent": (
        ('percent = "50"\n', "percent = 50\n"),
        (
            "claims[2] (half).percent: found 50; expected a string such as "
            '"47.8", because the digits printed are data. '
            "Put it in quotes, with as many decimals as the source prints."
        ),
    ),
    "nothing published": (
        ('percent = "70.1"\n', ""),
        (
            "figures[4] (warmish, north): found neither percent nor count; "
            "expected percent, count, or both"
        ),
    ),
    "negative total": (
        ("total = 300", "total = -300"),
        "total: found -300; expected a whole number of respondents, 1 or more",
    ),
    "no respondents": (
        ("total = 300", "total = 0"),
        "total: found 0; expected a whole number of respondents, 1 or more",
    ),
    "total as text": (
        ("total = 300", 'total = "300"'),
        'total: found "300"; expected a whole number of respondents, 1 or more',
    ),
    "total as a fraction": (
        ("total = 300", "total = 300.5"),
        "total: found 300.5; expected a whole number of respondents, 1 or more",
    ),
    "more respondents than arithmetic holds": (
        ("total = 300", "total = 1000000000"),
        "total: found 1000000000; expected a whole number below 1,000,000,000",
    ),
    "unknown key": (
        ("total = 300", "totals = 300"),
        f'totals: found an unknown key; expected {KEYS}. Did you mean "total"?',
    ),
    "a key only the reader sets": (
        ("total = 300", 'total = 300\nsha256 = "0"'),
        f"sha256: found an unknown key; expected {KEYS}",
    ),
    "unknown key of a figure": (
        ('percent = "70.1"', 'percent = "70.1"\npercentage = "70.1"'),
        (
            "figures[4] (warmish, north).percentage: found an unknown key; "
            'expected one of of, group, percent, count, n, at. Did you mean "percent"?'
        ),
    ),
    "unknown key of a claim": (
        ('option = "warm"', 'option = "warm"\nanswer = "warm"'),
        (
            "claims[3] (mode).answer: found an unknown key; "
            "expected one of id, text, at, kind, question, group, option"
        ),
    ),
    "unknown key of an option": (
        ('{ id = "warm", ', '{ id = "warm", colour = "red", '),
        (
            "questions[1] (why).options[0] (warm).colour: found an unknown key; "
            "expected one of id, label, nonresponse"
        ),
    ),
    "text as one string": (
        ('label = { en = "North", ja = "北" }', 'label = "North"'),
        f'groups[0] (north).label: found "North"; expected {BOTH}',
    ),
    "one language": (
        ('label = { en = "North", ja = "北" }', 'label = { en = "North" }'),
        "groups[0] (north).label.ja: found nothing; expected the text in Japanese",
    ),
    "empty text": (
        ('en = "We hope."', 'en = " "'),
        'claims[6] (hope).text.en: found " "; expected the text in English',
    ),
    "third language": (
        ('en = "We hope."', 'en = "We hope.", fr = "x"'),
        "claims[6] (hope).text.fr: found an unknown key; expected one of en, ja",
    ),
    "id": (
        ('id = "hope"', 'id = "We hope"'),
        f'claims[6] (We hope).id: found "We hope"; expected {AN_ID}',
    ),
    "option's label": (
        (', label = { en = "Warm", ja = "暖" }', ""),
        f"questions[1] (why).options[0] (warm).label: found nothing; expected {BOTH}",
    ),
    "no options": (
        ('options = ["red", "green"]', "options = []"),
        (
            "measures[0] (warmish).options: found an empty list; "
            "expected a list of ids of options of the question, at least one"
        ),
    ),
    "empty place": (
        ('percent = "70.1"\nat = "page 2"', 'percent = "70.1"\nat = ""'),
        f'figures[4] (warmish, north).at: found ""; expected {PLACE}',
    ),
    "answers": (
        ('answers = "multiple"', 'answers = "multple"'),
        (
            'questions[1] (why).answers: found "multple"; expected "single" or "multiple". '
            'Did you mean "multiple"?'
        ),
    ),
    "boolean as text": (
        ("complete = true", 'complete = "yes"'),
        'questions[0] (colour).complete: found "yes"; expected true or false',
    ),
    "base": (
        ('"colour:red+green"', '"colour"'),
        (
            'questions[1] (why).base[0]: found "colour"; '
            'expected a list of candidates, each "all" or "question:option+option"'
        ),
    ),
    "end of a ranking": (
        ('from = "highest"', 'from = "top"'),
        'rankings[0] (warmish, top).from: found "top"; expected "highest" or "lowest"',
    ),
    "relation": (
        ('relation = "at-least"', 'relation = "at least"'),
        (
            'claims[2] (half).relation: found "at least"; '
            'expected "at-least", "above", "at-most", "below" or "about". Did you mean "at-least"?'
        ),
    ),
    "places without ties": (
        ('places = [["north"], ["south"]]', 'places = ["north"]'),
        (
            'rankings[0] (warmish, highest).places[0]: found "north"; '
            'expected a list of places, each a list of tied ids, as in [["a"], ["b", "c"]]'
        ),
    ),
    "union of one": (
        ('options = ["why:warm", "why:calm"]', 'options = ["why:warm"]'),
        (
            'claims[5] (either).options: found ["why:warm"]; '
            'expected a list of two or more "question:option" of one question'
        ),
    ),
    "kind": (
        ('kind = "threshold"', 'kind = "treshold"'),
        f'claims[2] (half).kind: found "treshold"; expected {KINDS}. Did you mean "threshold"?',
    ),
    "kind as a number": (
        ('kind = "threshold"', "kind = 3"),
        f"claims[2] (half).kind: found 3; expected {KINDS}",
    ),
    "no kind": (
        ('kind = "threshold"\n', ""),
        f"claims[2] (half).kind: found nothing; expected {KINDS}",
    ),
    "format": (
        ("format = 1", "format = 3"),
        "format: found 3; expected 1 or 2, the versions of the file format",
    ),
    "format as a boolean": (
        ("format = 1", "format = true"),
        "format: found true; expected 1 or 2, the versions of the file format",
    ),
    "days in the wrong order": (
        ('["2025-01-01", "2025-01-02"]', '["2025-01-02", "2025-01-01"]'),
        'source.fielded: found ["2025-01-02", "2025-01-01"]; expected the first day, then the last',
    ),
    "no such day": (
        ('"2025-01-01"', '"2025-02-30"'),
        'source.fielded[0]: found "2025-02-30"; expected a date such as "2025-08-26"',
    ),
    "one day": (
        ('["2025-01-01", "2025-01-02"]', '["2025-01-01"]'),
        (
            "source.fielded[1]: found nothing; "
            'expected the first and the last day, as in ["2025-08-26", "2025-09-03"]'
        ),
    ),
    "no citation": (
        (', cite = "c"', ""),
        "source.cite: found nothing; expected the citation that the publisher asks for",
    ),
}


def test_one_line_a_problem_whatever_the_key(problems_after):
    assert problems_after(
        ("total = 300", '"to\\ntal" = 300'), ('id = "hope"', 'id = "ho\\npe"')
    ) == [
        f'claims[6] (ho\\npe).id: found "ho\\npe"; expected {AN_ID}',
        f'"to\\ntal": found an unknown key; expected {KEYS}. Did you mean "total"?',
    ]


@pytest.mark.parametrize("case", CASES)
def test_message(problems_after, case):
    change, message = CASES[case]
    assert problems_after(change) == [message]


def test_the_small_survey_has_no_problem(problems_of, small):
    assert problems_of(small) == []


def test_no_figures(problems_of, small):
    head, _, rest = small.partition("[[figures]]")
    without = head + "[[rankings]]" + rest.partition("[[rankings]]")[2]
    assert problems_of(without) == ["figures: found nothing; expected at least one [[figures]]"]
    empty = "figures = []\n" + without
    assert problems_of(empty) == ["figures: found an empty list; expected at least one [[figures]]"]


def test_one_bracket_instead_of_two(problems_of, small):
    head, _, rest = small.partition("[[measures]]")
    measure, _, tail = rest.partition("[[figures]]")
    assert problems_of(f"{head}[measures]{measure}[[figures]]{tail}") == [
        (
            "measures: found a table with the keys id, question, options, label; "
            "expected tables headed [[measures]]. Head each entry with two brackets, [[measures]]."
        )
    ]


def test_entries_that_are_no_tables(problems_of, small):
    head = small.partition("[[claims]]")[0]
    assert problems_of('claims = ["x", 3]\n' + head) == [
        'claims[0]: found "x"; expected a table',
        "claims[1]: found 3; expected a table",
    ]
    before, _, after = small.partition("[[groups]]")
    groups = 'groups = ["north"]\n' + before + "[[questions]]" + after.partition("[[questions]]")[2]
    assert problems_of(groups) == ['groups[0]: found "north"; expected a table']


def test_places_may_be_left_out(problems_after):
    assert problems_after(('percent = "70.1"\nat = "page 2"', 'percent = "70.1"')) == []
    assert problems_after(('at = ["page 2", "headline"]', "")) == []


def test_what_format_one_holds_may_stand_in_format_two(problems_after):
    assert problems_after(("format = 1", "format = 2")) == []


def test_empty_file_names_every_key_it_needs(problems_of):
    assert [line.partition(":")[0] for line in problems_of("")] == [
        "format",
        "id",
        "title",
        "source",
        "groups",
        "questions",
        "figures",
    ]


def test_all_problems_come_at_once(problems_after):
    found = problems_after(
        ("total = 300", "total = -1"),
        ('percent = "70.1"', "percent = 70.1"),
        ('group = "south"', 'group = "sout"'),
        ('kind = "union"', 'kind = "unoin"'),
        ('question = "why"\ngroup = "east"', 'question = "wy"\ngroup = "east"'),
    )
    assert [line.partition(": found")[0] for line in found] == [
        "total",
        "figures[4] (warmish, north).percent",
        "claims[5] (either).kind",
        "figures[5] (warmish, sout).group",
        "claims[3] (mode).question",
    ]


@pytest.mark.parametrize(
    "change",
    [
        ('label = { en = "South", ja = "南" }', ""),
        ('label = { en = "Why", ja = "理由" }', ""),
        ('label = { en = "Calm", ja = "静" }', "label = 3"),
        ('label = { en = "Warmish", ja = "暖色" }', ""),
        ('id = "south"', ""),
        ('id = "warmish"', 'id = "Warmish!"'),
    ],
)
def test_one_broken_entry_is_one_problem(problems_after, change):
    """What refers to it is not reported again."""
    assert len(problems_after(change)) == 1
