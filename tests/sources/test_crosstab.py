"""Tables as surveys: what is read, from text of several encodings and from Excel."""

import contextlib
import datetime
import re
import tomllib
import warnings
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError, SurveyFileError
from alumnistats.reconstruction import reconstruct
from alumnistats.sources import InputNotice, load_survey, read_crosstab, read_microdata
from alumnistats.sources.cells import Cell, CellError, address, plain, read_people, read_percentage
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.encodings import is_shift_jis
from alumnistats.sources.ids import ids_of, slug
from alumnistats.sources.number_formats import displayed
from alumnistats.sources.short_form import expand
from alumnistats.sources.start import start_survey
from alumnistats.sources.table_options import TableOptions
from alumnistats.sources.toml_writer import survey_file
from alumnistats.sources.words import split_name
from alumnistats.survey import Survey

PLAIN = """\
Industry,n,Yes,No
Manufacturing,90,47.8,52.2
Energy,200,44.5,55.5
Retail,,-,…
Total,300,46,54.0
"""


@pytest.fixture
def read(tmp_path):
    """Return a function from a table's text to its survey and notes."""

    def run(text, saved_as="utf-8", **options):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(saved_as))
        return survey_of_table(path, TableOptions(**options))

    return run


@pytest.fixture
def workbook(tmp_path):
    """Return a function from rows of values, or (value, format), to a saved workbook."""

    def make(rows, name="table.xlsx"):
        book = openpyxl.Workbook()
        sheet = book.active
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                cell = sheet.cell(r, c)
                if isinstance(value, tuple):
                    cell.value, cell.number_format = value
                else:
                    cell.value = value
        path = tmp_path / name
        book.save(path)
        return path

    return make


def percents(survey):
    return {(f.of.partition(":")[2], f.group): f.percent for f in survey.figures}


def test_everything_of_a_plain_table(read):
    survey, notes = read(PLAIN)
    assert survey.total == 300
    assert [(g.id, g.n) for g in survey.groups] == [
        ("manufacturing", 90), ("energy", 200), ("retail", None),
    ]  # fmt: skip
    assert percents(survey) == {
        ("yes", "manufacturing"): "47.8", ("no", "manufacturing"): "52.2",
        ("yes", "energy"): "44.5", ("no", "energy"): "55.5",
        ("yes", "overall"): "46", ("no", "overall"): "54.0",
    }  # fmt: skip
    (question,) = survey.questions
    assert (question.answers, question.complete) == ("single", True)
    assert survey.figures[0].at == "C2"
    assert any(note.startswith("rows sum to 100") for note in notes)
    assert any("0 and 1 decimals are taken as printed" in note for note in notes)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "-",
        "\u2013",
        "\u2014",
        "\u2212",
        "\u2026",
        "...",
        "n/a",
        "N/A",
        "\uff0d",
        "\u30fc",
        " - ",
    ],
)
def test_ways_to_say_unpublished(read, word):
    survey, _ = read(f"g,yes,no\na,50.0,\nb,{word},20.0\n")
    assert percents(survey) == {("yes", "a"): "50.0", ("no", "b"): "20.0"}
    assert survey.group_ids == ("a", "b")


def test_a_label_and_nothing_else_is_no_group(read):
    survey, notes = read("g,yes\na,50.0\nb,40.0\nBase: all adults,\n")
    assert survey.group_ids == ("a", "b")
    assert any("A4: left out as a note" in note for note in notes)


@pytest.mark.parametrize("word", ["Total", "ALL", "Overall", "計", "全体", "合計", "合　計"])
def test_ways_to_call_the_total(read, word):
    assert percents(read(f"g,yes\na,50.0\n{word},40.0\n")[0])["yes", "overall"] == "40.0"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_encodings_that_are_certain(read, encoding):
    text = '業界,回答者数,はい\n製造業,９０,４７．８％\n小売業,"1,200",44.5\n全体,1290,44.7\n'
    survey, notes = read(text, encoding)
    assert [g.label.ja for g in survey.groups] == ["製造業", "小売業"]
    assert survey.group_ids == ("製造業", "小売業")
    assert [g.n for g in survey.groups] == [90, 1200]
    assert survey.figures[0].percent == "47.8"
    assert survey.title.ja == "業界"
    assert any("Shift_JIS" in note for note in notes) == (encoding == "cp932")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("g,yes\nMás,50.0\n", "cp1252"),  # as cp932 a kanji
        ("g,yes\nÉnergie,50.0\n", "cp1252"),
        ("業界,はい\n製造,50.0\n", "euc_jp"),
        ("業界,はい\n製造,50.0\n", "utf-16-le"),
    ],
)
def test_encodings_that_are_not_are_asked_for(read, text, encoding):
    with pytest.raises(SurveyFileError, match="encoding"):
        read(text, encoding)
    assert read(text, encoding, encoding=encoding)[0].groups[0].label.en in text


EUROPE = [
    "été", "élève", "Málaga", "MÁLAGA", "España", "Peña", "naïve", "Zürich", "ZÜRICH", "Øre",
    "Ålborg", "garçon", "GARÇON", "élévé", "réélu", "coöperatie", "Göteborg", "IT’S", "don’t",
    "“quoted”", "São Paulo", "Åse", "Malmö", "crème brûlée", "façade", "Ångström", "À", "É",
    "Í", "Curaçao", "Łódź", "déjà vu", "hétérogénéité", "RÉÉLECTION", "N°1", "§ 4", "50 €",
    "±2", "µm", "½", "Ñandú", "ÑANDÚ", "Müller",
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp850", "mac_roman", "cp1250", "cp437"])
@pytest.mark.parametrize("word", EUROPE)
def test_latin_letters_are_never_japanese(word, encoding):
    try:
        raw = word.encode(encoding)
    except UnicodeEncodeError:
        return
    for text in (raw, b"g,yes\n" + raw + b",50.0\n", b"A" + raw + b" 2\n", raw + b"\t1\n"):
        assert not is_shift_jis(text) or text.isascii()


@pytest.mark.parametrize(
    "encoding", ["euc_kr", "gbk", "big5", "euc_jp", "koi8-r", "cp1251", "cp874"]
)
def test_other_scripts_are_never_japanese(encoding):
    words = ["한국어 조사 제조업", "制造业 调查 零售", "製造業 調查 零售", "製造業、小売業"]
    for word in [*words, "Производство да нет", "การผลิต"]:
        with contextlib.suppress(UnicodeEncodeError):
            assert not is_shift_jis(f"g,yes\n{word},50.0\n".encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        "id,性別,年代\n1,男,20代\n2,女,30代\n",
        "性,答\n男,はい\n女,いいえ\n",
        "業種,はい\nIT業界,50.0\nｻｰﾋﾞｽ業,40.0\n",
        "企業,はい\neスポーツ,50.0\n㈱山田,40.0\n",
        "地域,評価\n東,○\n西,×\n",
    ],
)
def test_japanese_of_short_words_is_recognised(text):
    assert is_shift_jis(text.encode("cp932"))


def test_respondents_in_shift_jis_are_read(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes("性別,答\n男,はい\n女,いいえ\n男,いいえ\n".encode("cp932"))
    with pytest.warns(InputNotice, match="Shift_JIS"):
        data = read_microdata(path, group="性別", questions=["答"])
    assert list(data.group_labels) == ["男", "女"]


def test_semicolons_with_decimal_commas(read):
    text = "g;n;yes;no\na;1.200;47,8;52,2\nb;90;44,5;55,5\n"
    survey, _ = read(text, decimal=",")
    assert survey.groups[0].n == 1200
    assert percents(survey)["yes", "a"] == "47.8"
    with pytest.raises(SurveyFileError) as caught:
        read(text)
    assert 'C2 ("a", "yes"): found "47,8"; expected a percentage' in str(caught.value)
    assert 'say decimal (--decimal ",")' in str(caught.value)
    assert 'B2 ("a", n): found "1.200"' in str(caught.value)


def test_counts_beside_percentages_and_own_bases(read):
    survey, _ = read("g,n,yes,yes count,yes n,no (件数)\na,90,47.8,43,90,47\nb,100,44.0,22,50,78\n")
    figures = {(f.of, f.group): (f.percent, f.count, f.n) for f in survey.figures}
    # Who was asked is a question of its own, so that half of a group is no contradiction.
    assert figures["question_yes:yes", "b"] == ("44.0", 22, 50)
    assert figures["question_yes_asked:no_answer", "b"] == (None, 50, 100)
    assert figures["question:no", "a"] == (None, 47, 90)
    counts = reconstruct(survey).counts.set_index(["of", "group"])["mode"]
    assert counts["question_yes:yes", "b"] == 22


def test_counts_alone(read):
    text = "g,n,yes,no\na,90,43,47\nb,60,20,40\n"
    survey, _ = read(text, values="count")
    assert [(f.count, f.n) for f in survey.figures] == [(43, 90), (47, 90), (20, 60), (40, 60)]
    assert survey.questions[0].complete
    assert read("g,n,yes,count\na,90,47.8,43\n")[0].figures[0].count == 43


def test_options_that_do_not_sum_are_taken_one_by_one(read):
    question = read("g,x,y\na,50.0,70.0\nb,20.0,30.0\n")[0].questions[0]
    assert (question.answers, question.complete) == ("multiple", False)
    single = read("g,x,y\na,50.0,20.0\nb,20.0,30.0\n", answers="single")[0].questions[0]
    assert (single.answers, single.complete) == ("single", False)
    assert read("g,x,y\na,50.0,50.0\n")[0].questions[0].answers == "multiple"  # one row, by chance


def test_titles_footnotes_blank_rows_and_a_column_of_hundreds(read):
    text = (
        "Contact with alumni,,,\n,,,\nIndustry,yes,no,Total\nA,47.8,52.2,100.0\n,,,\n"
        "B,44.5,55.5,100.0\n※ weighted,,,\nNote: x,,,\n"
    )
    survey, notes = read(text)
    assert survey.title.en == "Contact with alumni"
    assert [g.label.en for g in survey.groups] == ["A", "B"]
    assert sum("left out" in note for note in notes) == 3


def test_dropped_zeros_are_put_back_on_demand(read):
    assert percents(read("g,yes\na,20\nb,47.8\n", digits=1)[0])["yes", "a"] == "20.0"


def test_a_table_by_its_public_name(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(PLAIN.replace("46,", "46.0,"), encoding="utf-8")
    with pytest.warns(InputNotice, match="rows sum to 100"):
        survey = read_crosstab(path)
    assert len(survey.sha256) == 64
    with pytest.raises(ArgumentError, match="values: found"):
        read_crosstab(path, values="counts")
    with pytest.raises(ArgumentError, match="digits: found 9"):
        read_crosstab(path, digits=9)


def test_excel_percent_cells_keep_the_digits_shown(workbook):
    path = workbook(
        [
            ["Industry", "n", "Yes", "No"],
            ["A", ("1234", "@"), (0.478, "0.0%"), (0.522, "0.0%")],
            ["B", (1200, "#,##0"), (0.4, "0.0%"), (0.6, "0.00%")],
            ["C", 90, (47.8, "0.0"), (52.2000001, "0.0_ ")],
            ["D", 90, (20, "0.0"), (80.0, '0.0"%"')],
            ["E", 90, 20, 80],
        ]
    )
    survey, notes = survey_of_table(path, TableOptions())
    assert list(percents(survey).values()) == [
        "47.8", "52.2", "40.0", "60.00", "47.8", "52.2", "20.0", "80.0", "20", "80",
    ]  # fmt: skip
    assert [g.n for g in survey.groups] == [1234, 1200, 90, 90, 90]
    assert any("2 cells have no number format" in note for note in notes)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.478, "0.0%", "47.8%"),
        (0.4785, "0.0%", "47.9%"),  # Excel rounds halves away from zero
        (0.285, "0%", "29%"),  # 28.499999999999996 in binary
        (0.1 + 0.2, "General", "0.3"),
        (48.0, "General", "48"),
        (47.80, "0.00", "47.80"),
        (47.8, "0.##", "47.8"),
        (47.0, "0.0#", "47.0"),
        (1234.0, "#,##0", "1234"),
        (47.8, "0.0_);[Red](0.0)", "47.8"),
        (1e-7, "General", "0.0000001"),
    ],
)
def test_numbers_as_excel_shows_them(value, code, shown):
    assert displayed(value, code)[0] == shown


def test_a_sheet_is_named_where_there_are_several(tmp_path):
    book = openpyxl.Workbook()
    for title in ("first", "second"):
        sheet = book.create_sheet(title)
        sheet.append(["g", "yes"])
        sheet.append([title, "50.0"])
    path = tmp_path / "t.xlsx"
    book.save(path)
    with pytest.raises(SurveyFileError, match="2 sheets that are not empty"):
        survey_of_table(path, TableOptions())
    assert survey_of_table(path, TableOptions(sheet="second"))[0].group_ids == ("second",)
    with pytest.raises(SurveyFileError, match='Did you mean "second"'):
        survey_of_table(path, TableOptions(sheet="secnd"))


def test_excel_cells_that_say_something_else(workbook):
    path = workbook(
        [
            ["g", "a", "b", "c", "d"],
            ["x", (datetime.datetime(2025, 10, 12), "yyyy-mm-dd"), "=1/0", True, "#N/A"],
        ]
    )
    with pytest.raises(SurveyFileError) as caught:
        survey_of_table(path, TableOptions())
    lines = str(caught.value).replace(f"{path}: ", "").split("\n")
    assert lines[0].startswith('B2 ("x", "a"): found the date 2025-10-12; expected a percentage')
    assert "Excel turns entries such as 10-12 into dates" in lines[0]
    assert 'found the formula "=1/0" without a stored value' in lines[1]
    assert 'D2 ("x", "c"): found TRUE' in lines[2]
    assert "found Excel's error #N/A" in lines[3]


def test_ids_of_labels():
    assert slug("Élan vital (EU)") == "elan_vital_eu"
    assert (slug("製造業"), slug("IT業界"), slug("***")) == ("製造業", "it業界", "")
    assert ids_of(["A b", "a-b", "**", "All"], "group") == ["a_b", "a_b_2", "group_3", "group_all"]
    assert split_name("Yes (n)") == ("Yes", "n")
    assert split_name("Yes %") == split_name("Yes（％）") == ("Yes", "percent")
    assert split_name("Vitamin") == ("Vitamin", "")
    assert [address(0, c) for c in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]


WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12
).filter(lambda s: plain(s) and "\u2028" not in s)


@settings(max_examples=60)
@given(st.data())
def test_a_survey_file_gives_back_the_survey(data):
    """Writing and reading loses nothing, whatever labels a table has."""
    text = {"en": data.draw(WORD), "ja": data.draw(WORD)}
    percent = data.draw(st.decimals(0, 100, places=data.draw(st.integers(0, 3))))
    option = {"id": "o", "label": text}
    document = {
        "format": 1, "id": "t", "title": text,
        "source": {"publisher": data.draw(WORD), "url": "u", "cite": "c"},
        "groups": [{"id": "g", "label": text, "n": data.draw(st.integers(1, 10**6))}],
        "questions": [{"id": "q", "label": text, "answers": "multiple", "options": [option]}],
        "figures": [{"of": "q:o", "group": "g", "percent": f"{Decimal(percent):f}", "at": "x"}],
    }  # fmt: skip
    survey = Survey.model_validate(document)
    written = survey_file(survey, ["a note\nof two lines"])
    again = Survey.model_validate(expand(tomllib.loads(written)).document)
    assert again == survey


@settings(max_examples=200)
@given(st.integers(0, 1000), st.sampled_from(["", "%", "％", " %"]), st.booleans(), st.booleans())
def test_a_percentage_is_read_as_printed_or_not_at_all(units, sign, wide, comma):
    printed = f"{units / 10:.1f}"
    text = printed.replace(".", "," if comma else ".") + sign
    if wide:
        text = "".join(chr(ord(c) + 0xFEE0) if c in "0123456789.," else c for c in text)
    assert read_percentage(Cell(text, "A1"), "A1", "," if comma else ".") == printed
    with pytest.raises(CellError):
        read_percentage(Cell(text, "A1"), "A1", "." if comma else ",")


@settings(max_examples=300)
@given(st.text(max_size=8))
def test_any_text_is_a_percentage_nothing_or_an_error(text):
    for read in (read_percentage, lambda c, k: read_people(c, k, "a number")):
        try:
            value = read(Cell(text, "A1"), "A1")
        except CellError:
            continue
        if value is not None:  # its digits are those that were there, in their order
            digits = re.sub(r"\D", "", plain(text))
            assert re.sub(r"\D", "", str(value)).lstrip("0") == digits.lstrip("0")


def test_init_writes_a_file_that_validates(tmp_path, workbook):
    path, notes = start_survey(tmp_path / "mine", workbook([["g", "yes"], ["製造業", "47.8"]]))
    assert path.name == "mine.toml"
    assert notes == ()
    survey = load_survey(path)
    assert survey.id == "mine"
    assert survey.groups[0].label.ja == "製造業"
    with pytest.raises(SurveyFileError, match="a file that is there already"):
        start_survey(path)
    named, _ = start_survey(tmp_path / "調査", workbook([["g", "yes"], ["製造業", "47.8"]]))
    assert load_survey(named).id == "調査"
    with pytest.raises(ArgumentError, match="a letter or digit"):
        start_survey(tmp_path / "***")


def test_the_empty_file_says_what_to_fill_in(tmp_path):
    path, _ = start_survey(tmp_path / "new")
    with pytest.raises(SurveyFileError) as caught:
        load_survey(path)
    assert len(caught.value.problems) == 2  # the two percentages
    filled = path.read_text(encoding="utf-8")
    filled = re.sub(r'(?m)^(overall|"Group 1") = "..."', r'\1 = "47.8"', filled)
    path.write_text(filled, encoding="utf-8")
    assert load_survey(path).id == "new"
    # What is commented out is right as well.
    active = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", filled).replace(
        "answered = { of", "both = { of"
    )
    path.write_text(active, encoding="utf-8")
    survey = load_survey(path)
    assert (len(survey.questions), len(survey.measures), len(survey.rankings)) == (2, 1, 1)
    assert len(survey.claims) == 4  # three lines, and who is first


def test_notices_are_warnings(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(PLAIN, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputNotice)
        read_crosstab(path)


def test_weighted_percentages_enter_by_effective_counts(read):
    text = "g,n,yes,no\na,90,47.83,52.17\nb,300,40.1,59.9\nTotal,390,44.0,56.0\n"
    survey, notes = read(text, design_effect=1.5)
    assert [(g.n, f.count) for g, f in zip(survey.groups, survey.figures[::2], strict=True)] == [
        (60, 29), (200, 80),
    ]  # fmt: skip
    assert survey.total is None
    assert all(f.percent is None and f.group != "overall" for f in survey.figures)
    assert any("no rounding is tested" in note for note in notes)
    assert not any("sum to 100" in note for note in notes)
    recon = reconstruct(survey)
    assert recon.models == []
    with pytest.raises(SurveyFileError, match='n of "b": found nothing; expected a size'):
        read(text.replace("300", "").replace("390", ""), design_effect=1.5)
    with pytest.raises(ArgumentError, match=r"design_effect: found 0\.5; expected at least 1"):
        read(text, design_effect=0.5)
