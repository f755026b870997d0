import re

import pytest

from alumnistats.paper import lint, read_results

RESULTS = {"values": {"total": {"text": "12"}, "sizes": {"columns": [], "text": []}}}
CLEAN = """// A comment may say 12.
#n("total") and @key2020, as in <eq-12>, of $2 M k < x_1^2 + #n("total")$ and #const("95%").
#figure(figure-of("sizes2", alt: "no number"), caption: [None.])
"""
TABLES = '#let a = table(columns: (1fr, 12pt), [Head])\n#t("sizes")\n'


@pytest.fixture
def checked(tmp_path):
    def run(text=CLEAN, tables=TABLES, constants='"95%" = "nominal level"', results=RESULTS):
        (tmp_path / "paper.typ").write_text(text, encoding="utf-8")
        (tmp_path / "tables.typ").write_text(tables, encoding="utf-8")
        (tmp_path / "constants.toml").write_text(constants, encoding="utf-8")
        return lint(tmp_path, results)

    return run


def test_nothing_is_wrong_with_a_clean_text(checked):
    assert checked() == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("Of 12 industries", "12"),
        ("a share of 0.95", "0.95"),
        ("1,233 respondents", "1,233"),
        ("one digit: 7", "7"),
        ("$n = 12$", "12"),
        ("$p = 0.5$", "0.5"),
        ("twelve industries", "twelve"),
        ("Seven of them", "Seven"),
        ("@key[p. 3]", "3"),
    ],
)
def test_a_typed_number_is_found_in_its_line(checked, typed, number):
    (problem,) = checked(CLEAN + "\n" + typed)
    assert problem.startswith(f"paper.typ:5: {number!r} is typed")


@pytest.mark.parametrize("fine", ["one or two of three", "$2 P - 1$", "the first", "weighted"])
def test_what_is_no_typed_number_passes(checked, fine):
    assert checked(CLEAN + fine) == []


def test_of_layout_only_what_is_printed_is_looked_at(checked):
    assert checked(tables=TABLES + "#let b = 12pt") == []
    assert checked(tables=TABLES + "#let b = [12 groups]")[0].startswith("tables.typ:3: '12'")


def test_keys_are_used_and_exist(checked):
    assert checked(CLEAN + '#n("totla")') == ["key 'totla' is used, but not in the results"]
    more = {"values": RESULTS["values"] | {"left": {"text": "1"}}}
    assert checked(results=more) == ["key 'left' is in the results, but not used"]


def test_constants_are_listed_with_a_reason_and_used(checked):
    assert checked(CLEAN + '#const("5%")') == ["constant '5%' is not listed in constants.toml"]
    unused = '"95%" = "nominal level"\n"5%" = "x"'
    assert checked(constants=unused) == ["constant '5%' is listed, but not used"]
    assert checked(constants='"95%" = " "') == ["constant '95%' has no reason"]


def test_premises_hold(checked):
    assert checked(CLEAN + '#premise("total", "12")') == []
    assert checked(CLEAN + '#premise("total", "13")') == [
        "the text relies on 'total' being '13', not '12'"
    ]
    assert "not None" in checked(CLEAN + '#premise("unknown", "13")')[0]


def test_a_semicolon_that_would_not_be_printed_is_found(checked):
    assert checked(CLEAN + '#n("total")\\; so') == []
    assert "semicolon" in checked(CLEAN + '#n("total"); so')[0]


def test_the_paper_is_clean(paper_folder):
    assert lint(paper_folder, read_results(paper_folder)) == []


def test_the_paper_with_a_number_typed_is_not(paper_folder):
    path = paper_folder / "paper.typ"
    text = path.read_text(encoding="utf-8")
    typed = text.replace('#n("total") respondents', "1,233 respondents", 1)
    assert typed != text
    path.write_text(typed, encoding="utf-8")
    (problem,) = lint(paper_folder, read_results(paper_folder))
    assert re.fullmatch(r"paper\.typ:\d+: '1,233' is typed; .*", problem)
