"""Workbooks of every kind, and data frames: what is read is what they show."""

import io
import sys
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
import xlrd
from hypothesis import given, settings
from hypothesis import strategies as st

import alumnistats as al
from alumnistats.errors import ArgumentError, SurveyFileError
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.table_options import TableOptions

ODS = """\
<?xml version="1.0" encoding="UTF-8"?>
<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body>
</office:document-content>
"""
BLANK_ROWS = '<table:table-row table:number-rows-repeated="1048500"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'


def ods_cell(value, extra=""):
    """Return a cell as LibreOffice writes it; a pair is a value and what is shown."""
    if value is None:
        return "<table:table-cell/>"
    number, text = value if isinstance(value, tuple) else (None, value)
    kind = (
        f'office:value-type="float" office:value="{number}"'
        if number is not None
        else 'office:value-type="string"'
    )
    return f"<table:table-cell {kind} {extra}><text:p>{text}</text:p></table:table-cell>"


def ods_file(path, *sheets):
    """Write a minimal .ods file of named sheets, each a list of rows of XML cells."""
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
        + BLANK_ROWS
        + "</table:table>"
        for name, rows in sheets
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", ODS.format(sheets=tables))
    return path


def percents(survey):
    return {(f.group, f.of.partition(":")[2]): f.percent for f in survey.figures}


def test_ods_cells_are_read_as_shown(tmp_path):
    rows = [
        [ods_cell(t) for t in ("Trade", "n", "Yes", "No")],
        [
            ods_cell("A"),
            ods_cell((1200, "1,200")),
            ods_cell((0.478, "47.8%")),
            ods_cell((0.522, "52.2%")),
        ],
        [ods_cell("B"), ods_cell((90, "90")), ods_cell((0.4, "40.0%")), ods_cell((0.6, "60.0%"))],
    ]
    survey, _ = survey_of_table(ods_file(tmp_path / "t.ods", ("one", rows)), TableOptions())
    assert [g.n for g in survey.groups] == [1200, 90]
    assert percents(survey)["b", "yes"] == "40.0"


def test_ods_sheets_repeats_and_merges(tmp_path):
    header = [ods_cell("Trade"), ods_cell("Yes"), ods_cell("No")]
    row = [ods_cell("A"), ods_cell((50, "50.0"), 'table:number-columns-repeated="2"')]
    merged = [
        ods_cell("B"),
        ods_cell((50, "50.0"), 'table:number-columns-spanned="2"'),
        "<table:covered-table-cell/>",
    ]
    path = ods_file(tmp_path / "t.ods", ("first", [header, row]), ("second", [header, merged]))
    with pytest.raises(SurveyFileError, match="2 sheets that are not empty"):
        survey_of_table(path, TableOptions())
    survey, _ = survey_of_table(path, TableOptions(sheet="first"))
    assert percents(survey) == {("a", "yes"): "50.0", ("a", "no"): "50.0"}
    with pytest.raises(SurveyFileError, match="C2: found a merged cell"):
        survey_of_table(path, TableOptions(sheet="second"))


@pytest.mark.parametrize("content", [b"", b"<a", b"<a><b></a>", b"\xff\xfe"])
def test_ods_files_at_fault(tmp_path, content):
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content)
    with pytest.raises(SurveyFileError, match="not an OpenDocument sheet"):
        survey_of_table(path, TableOptions())


def test_old_excel_files_keep_the_digits_shown(gallery):
    survey, _ = survey_of_table(gallery / "09-old-excel.xls", TableOptions(sheet="Table"))
    assert percents(survey)["energy", "yes"] == "43.8"
    assert percents(survey)["retail", "yes"] == "30.0"
    assert [g.n for g in survey.groups] == [1200, 800, 1000]


def test_whatever_xlrd_stumbles_over_names_the_file(gallery, tmp_path):
    raw = (gallery / "09-old-excel.xls").read_bytes()
    path = tmp_path / "t.xls"
    rng = np.random.default_rng(1)
    refused = 0
    for _ in range(60):
        changed = bytearray(raw)
        for at in rng.integers(0, len(raw), 12):
            changed[at] = rng.integers(0, 256)
        path.write_bytes(changed)
        try:
            survey_of_table(path, TableOptions(sheet="Table"))
        except SurveyFileError as error:
            refused += str(error).startswith(str(path))
    assert refused > 0
    assert xlrd.__version__


@pytest.fixture
def workbook(tmp_path):
    """Return a function from rows and merged ranges to a saved workbook."""

    def make(rows, *ranges):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([None if value == "" else value for value in row])
        for merged in ranges:
            book.active.merge_cells(merged)
        path = tmp_path / "table.xlsx"
        book.save(path)
        return path

    return make


BANNER = [
    ["", "Total", "Gender", "", "Region", ""],
    ["", "", "Men", "Women", "North", "South"],
    ["Base", 300, 120, 180, 100, 200],
    ["Yes", "40%", "45%", "37%", "39%", "41%"],
    ["No", "60%", "55%", "63%", "61%", "59%"],
]


def test_merged_banners_name_what_is_below_them(workbook):
    path = workbook(BANNER, "B1:B2", "C1:D1", "E1:F1", "A1:A2")
    survey, _ = survey_of_table(path, TableOptions(groups="columns", section="Region"))
    assert [(g.label.en, g.n) for g in survey.groups] == [("North", 100), ("South", 200)]
    assert survey.total == 300


def test_a_merge_ends_where_it_ends(workbook):
    rows = [
        ["", "Total", "Gender", "", ""],
        ["", "", "Men", "Women", "North"],
        ["Yes", "41%", "40%", "45%", "37%"],
        ["No", "59%", "60%", "55%", "63%"],
    ]
    path = workbook(rows, "C1:D1")
    with pytest.raises(SurveyFileError, match=r'"Gender", "\(rows without a heading\)"'):
        survey_of_table(path, TableOptions(groups="columns"))


def test_a_number_of_two_groups_is_refused(workbook):
    path = workbook([["g", "n", "Yes", "No"], ["A", 90, 47.8, 52.2], ["B", 80, "", 60.0]], "C2:C3")
    with pytest.raises(SurveyFileError, match="C3: found a merged cell"):
        survey_of_table(path, TableOptions())


# Data frames.

FRAME = {
    "Industry": ["Energy", "Retail", "Total"],
    "n": [90, 200, 290],
    "Yes": [47.8, 44.5, 45.5],
    "No": [52.2, 55.5, 54.5],
}


def test_a_data_frame_is_read_as_its_table(tmp_path):
    path = tmp_path / "t.csv"
    pd.DataFrame(FRAME).to_csv(path, index=False)
    with pytest.warns(al.InputNotice):
        of_file = al.read_crosstab(path)
    for frame in (
        pd.DataFrame(FRAME),
        pd.DataFrame(FRAME).set_index("Industry"),
        pd.DataFrame(FRAME).sort_values("n")[::-1].iloc[[2, 1, 0]].sort_index(),
        pd.DataFrame(FRAME).convert_dtypes(),
        pd.DataFrame(FRAME).astype({"Industry": "category"}),
        pa.table(FRAME),
    ):
        with pytest.warns(al.InputNotice, match="data frame: rows sum to 100"):
            survey = al.read_crosstab(frame)
        assert survey.groups == of_file.groups
        assert survey.total == 290
        assert percents(survey) == percents(of_file)
        assert len(survey.sha256) == 64


def test_old_excel_without_its_reader_says_what_to_install(gallery, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlrd", None)
    with pytest.raises(SurveyFileError, match=r"pip install .*alumnistats\[xls\]"):
        survey_of_table(gallery / "09-old-excel.xls", TableOptions())


def test_zeros_that_floats_lost_are_told_of_and_put_back():
    frame = pd.DataFrame({"g": ["a", "b"], "yes": [47.8, 20.0], "no": [52.2, 80.0]})
    survey, notes = survey_of_table(frame, TableOptions())
    assert any("say digits 1 (--digits 1)" in note for note in notes)
    assert percents(survey)["b", "yes"] == "20"
    survey, _ = survey_of_table(frame, TableOptions(digits=1))
    assert percents(survey)["b", "yes"] == "20.0"


def test_levels_of_columns_are_rows_of_names():
    counts = pd.DataFrame(
        [[57, 47.5, 63, 52.5], [35, 43.8, 45, 56.3]],
        index=pd.Index(["A", "B"], name="Trade"),
        columns=pd.MultiIndex.from_product([["Yes", "No"], ["count", "%"]]),
    )
    counts.insert(0, ("n", ""), [120, 80])
    survey, _ = survey_of_table(counts, TableOptions())
    assert [(f.percent, f.count, f.n) for f in survey.figures][:2] == [
        ("47.5", 57, 120),
        ("52.5", 63, 120),
    ]
    years = pd.DataFrame({2023: ["40.0", "60.0"], 2024: ["45.0", "55.0"]}, index=["Yes", "No"])
    survey, _ = survey_of_table(years, TableOptions(groups="columns"))
    assert [g.label.en for g in survey.groups] == ["2023", "2024"]


def test_an_index_of_numbers_holds_labels_where_no_column_does():
    frame = pd.DataFrame({"yes": ["47.5", "40.2"], "no": ["52.5", "59.8"]}, index=[2023, 2024])
    with pytest.raises(SurveyFileError, match=r"index\[0\]: found \"2023\"; expected the label"):
        survey_of_table(frame, TableOptions())
    survey, _ = survey_of_table(frame.rename(index=str), TableOptions())
    assert [group.label.en for group in survey.groups] == ["2023", "2024"]


def test_short_floats_have_no_noise():
    frame = pd.DataFrame({"g": ["a", "b"], "yes": np.array([47.8, 43.8], dtype="float32")})
    survey, _ = survey_of_table(frame, TableOptions())
    assert [f.percent for f in survey.figures] == ["47.8", "43.8"]


def test_a_pandas_crosstab_of_counts():
    people = pd.DataFrame(
        {"trade": list("AABBBC"), "answer": ["no", "yes", "no", "no", "yes", "yes"]}
    )
    table = pd.crosstab(people["trade"], people["answer"], margins=True)
    survey, notes = survey_of_table(table, TableOptions(values="count"))
    assert any("read as sizes" in note for note in notes)
    assert survey.total == 6
    assert [g.n for g in survey.groups] == [2, 3, 1]
    shares = pd.crosstab(people["trade"], people["answer"], normalize="index")
    with pytest.raises(SurveyFileError, match="--values proportion"):
        al.read_crosstab(shares.round(3))


def test_what_is_missing_in_a_frame_is_unpublished():
    frame = pd.DataFrame({"g": ["a", "b"], "yes": [47.8, np.nan], "no": [None, 20.5]})
    survey, _ = survey_of_table(frame, TableOptions())
    assert len(survey.figures) == 2


def test_cells_of_a_frame_are_named_by_position():
    frame = pd.DataFrame({"g": ["a", "b"], "yes": ["47.8", "many"]})
    with pytest.raises(
        SurveyFileError, match=r'data frame: iloc\[1,1\] \("b", "yes"\): found "many"'
    ):
        al.read_crosstab(frame)


@pytest.mark.parametrize(
    "thing", [3, None, [[1, 2]], {"a": [1]}, np.zeros((2, 2)), io.StringIO("g,yes"), pd.Series([1])]
)
def test_whoever_passes_something_else_reads_what_was_expected(thing):
    with pytest.raises(
        ArgumentError, match=r"table: found .*; expected the path of a table, or a data frame"
    ):
        al.read_crosstab(thing)


def test_empty_frames_are_refused():
    for frame in (pd.DataFrame(), pd.DataFrame({"g": []}), pd.DataFrame({"g": ["a"]})):
        with pytest.raises(SurveyFileError):
            al.read_crosstab(frame)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 999), st.integers(0, 1000)), min_size=2, max_size=6))
def test_every_figure_of_a_frame_is_the_one_it_shows(rows):
    frame = pd.DataFrame(
        {
            "g": [f"group {i}" for i in range(len(rows))],
            "n": [n for n, _ in rows],
            "yes": [f"{u / 10:.1f}%" for _, u in rows],
        }
    )
    try:
        survey, _ = survey_of_table(frame, TableOptions(groups="rows", total="none"))
    except SurveyFileError:
        return
    assert [f.percent for f in survey.figures] == [f"{u / 10:.1f}" for _, u in rows]
    assert [g.n for g in survey.groups] == [n for n, _ in rows]


def test_a_survey_by_its_id_or_something_else():
    with pytest.raises(
        ArgumentError, match='survey: found "DataFrame"; expected a Survey, or the path or id'
    ):
        al.reconstruct(pd.DataFrame(FRAME))
    with pytest.raises(SurveyFileError, match="no such file"):
        al.reconstruct("hackazouk-2099")
    by_id = al.reconstruct("hackazouk-2025", draws=100)
    assert by_id.survey == al.load_survey()
