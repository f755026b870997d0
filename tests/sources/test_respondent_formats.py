"""Respondents from SPSS, Excel, Parquet and data frames: order, labels, sets, only what is used."""

import contextlib
import datetime
import struct
import warnings

import numpy as np
import pandas as pd
import pytest
from test_respondent_files import read, summary

from alumnistats.errors import AlumniStatsError, ArgumentError, SurveyFileError
from alumnistats.sources import InputNotice, read_microdata

PEOPLE = pd.DataFrame(
    {
        "region": [2.0, 1.0, 2.0, 1.0, 3.0],
        "q": [1.0, 2.0, 9.0, 1.0, 2.0],
        "m1": [1.0, 0.0, 0.0, 1.0, 0.0],
        "m2": [1.0, 1.0, 0.0, 0.0, 0.0],
        "first": [1.0, 2.0, np.nan, 3.0, 2.0],
        "second": [2.0, np.nan, np.nan, 1.0, 3.0],
    }
)
VALUES = {
    "region": {1.0: "North", 2.0: "South", 3.0: "East", 4.0: "West"},
    "q": {2.0: "Yes", 1.0: "No", 9.0: "Refused"},
    "first": {1.0: "Mail", 2.0: "Phone", 3.0: "Visit"},
    "second": {1.0: "Mail", 2.0: "Phone", 3.0: "Visit"},
}
LABELS = {"m1": "By radio", "m2": "By TV", "q": "Do you keep in touch?"}
SETS = b"$media=D1 1 5 Media M1 m2\n$named=C 8 Channels first second\n"


def save(path, frame=PEOPLE, values=VALUES, sets=b"", **options):
    """Write an SPSS file; multiple-response sets are a record before the end of its dictionary."""
    pyreadstat = pytest.importorskip("pyreadstat")
    labels = {name: LABELS[name] for name in LABELS if name in frame}
    pyreadstat.write_sav(
        frame, str(path), variable_value_labels=values, column_labels=labels, **options
    )
    if sets:
        data = path.read_bytes()
        end = data.index(struct.pack("<2i", 999, 0))
        record = struct.pack("<4i", 7, 7, 1, len(sets)) + sets
        path.write_bytes(data[:end] + record + data[end:])


def test_value_labels_give_the_order_and_the_names(tmp_path):
    save(tmp_path / "p.sav")
    data, told = read(tmp_path / "p.sav", {"group": "region", "questions": ["q"]})
    assert data.group_labels == ("North", "South", "East")
    assert data.group.tolist() == [1, 0, 1, 0, 2]
    assert data.questions["q"].options == ("Yes", "No", "Refused")
    assert data.questions["q"].label == "Do you keep in touch?"
    assert data.questions["q"].nonresponse == ("Refused",)
    (note,) = told
    assert note.startswith('q: "Refused" stays in the base and is not ranked; missing takes it')


@pytest.mark.parametrize("word", ["Refused", "9"])
def test_a_code_or_its_label_may_mean_nothing(tmp_path, word):
    save(tmp_path / "p.sav")
    how = {"group": "region", "questions": ["q"], "missing": [word]}
    data, _ = read(tmp_path / "p.sav", how)
    assert data.questions["q"].options == ("Yes", "No")
    assert data.questions["q"].asked.sum() == 4


@pytest.mark.parametrize("name", ["media", "$media"])
def test_sets_of_spss(tmp_path, name):
    save(tmp_path / "p.sav", sets=SETS)
    data, told = read(tmp_path / "p.sav", {"group": "region", "questions": [name]})
    assert summary(data) == {name: {"By radio": 2, "By TV": 2}}
    assert data.questions[name].asked.all()
    assert not told
    how = {"group": "region", "multiple": {"how": "$named"}}
    data, told = read(tmp_path / "p.sav", how)
    assert summary(data) == {"how": {"Mail": 2, "Phone": 3, "Visit": 2}}
    assert data.questions["how"].asked.sum() == 4
    assert told == ["how: 1 rows without an answer are not in its base"]


def test_a_set_counts_the_value_that_the_file_names(tmp_path):
    frame = PEOPLE.assign(m1=[1.0, 2.0, 2.0, 1.0, 2.0], m2=[1.0, 1.0, 2.0, 2.0, 2.0])
    values = {**VALUES, "m1": {1.0: "No", 2.0: "Yes"}, "m2": {1.0: "No", 2.0: "Yes"}}
    save(tmp_path / "p.sav", frame, values, b"$m=D1 2 1 M m1 m2\n")
    data, told = read(tmp_path / "p.sav", {"group": "region", "questions": ["m"]})
    assert summary(data) == {"m": {"By radio": 3, "By TV": 3}}
    assert not told


def test_a_set_that_is_not_there(tmp_path):
    save(tmp_path / "p.sav", sets=SETS)
    with pytest.raises(ArgumentError, match="or a set of the file \\(one of media, named\\)"):
        read_microdata(tmp_path / "p.sav", group="region", multiple={"m": "$medium"})


def test_codes_with_the_same_label_are_refused_with_both(tmp_path):
    values = {**VALUES, "region": {1.0: "North", 2.0: "North ", 3.0: "East"}}
    save(tmp_path / "p.sav", values=values)
    with pytest.raises(
        SurveyFileError, match=r'"region": found codes 1, 2 with the same label "North"'
    ):
        read_microdata(tmp_path / "p.sav", group="region", questions=["q"])


def test_a_code_without_a_label_that_looks_like_one(tmp_path):
    save(tmp_path / "p.sav", values={"region": {1.0: "2"}, "q": VALUES["q"]})
    with pytest.raises(SurveyFileError, match=r'codes 1, 2 with the same label "2"'):
        read_microdata(tmp_path / "p.sav", group="region", questions=["q"])


def test_one_label_of_two_codes_of_which_one_is_in_use(tmp_path):
    save(tmp_path / "p.sav", values={**VALUES, "region": {1.0: "North", 7.0: "North", 2.0: " "}})
    data, _ = read(tmp_path / "p.sav", {"group": "region", "questions": ["q"]})
    assert data.group_labels == ("North", "2", "3")


def out_of_range(path):
    """Write a file with a date in the year 30,000, which no datetime of Python holds."""
    frame = PEOPLE.assign(day=[datetime.date(2025, 1, 1)] * len(PEOPLE))
    save(path, frame)
    seconds = (datetime.date(2025, 1, 1) - datetime.date(1582, 10, 14)).days * 86400.0
    data, far = path.read_bytes(), struct.pack("<d", 28_000 * 365.25 * 86400)
    assert struct.pack("<d", seconds) in data
    path.write_bytes(data.replace(struct.pack("<d", seconds), far))


def test_a_date_out_of_range_that_is_not_used(tmp_path):
    out_of_range(tmp_path / "p.sav")
    pyreadstat = pytest.importorskip("pyreadstat")
    with pytest.raises(OverflowError):  # what the reader does with the whole file
        pyreadstat.read_sav(str(tmp_path / "p.sav"))
    data, _ = read(tmp_path / "p.sav", {"group": "region", "questions": ["q"]})
    assert len(data.group) == len(PEOPLE)


def test_a_date_out_of_range_that_is_used(tmp_path):
    out_of_range(tmp_path / "p.sav")
    with pytest.raises(SurveyFileError, match=r'"day": found values that cannot be read'):
        read_microdata(tmp_path / "p.sav", group="day", questions=["q"])


@pytest.mark.filterwarnings("ignore::alumnistats.sources.notices.InputNotice")
def test_damaged_files_are_refused_by_name(tmp_path):
    """Whatever bytes are cut or changed: data, or an error of the package.

    (Of SPSS files with bytes changed at random one in fifty ends pyreadstat 1.3 and the process
    with it, which nothing in the process can prevent; they are cut only.)
    """
    save(tmp_path / "p.sav", sets=SETS)
    PEOPLE.to_parquet(tmp_path / "p.parquet")
    rng = np.random.default_rng(1)
    for kind in ("sav", "parquet"):
        whole = (tmp_path / f"p.{kind}").read_bytes()
        for trial in range(60):
            cut = kind == "sav" or trial % 3 == 0
            data = bytearray(whole[: rng.integers(0, len(whole))] if cut else whole)
            for at in rng.integers(0, max(len(data), 1), 0 if cut else 8):
                data[at] = rng.integers(0, 256)
            path = tmp_path / f"x.{kind}"
            path.write_bytes(bytes(data))
            with contextlib.suppress(AlumniStatsError):
                read_microdata(path, group="region", questions=["q"])


def test_excel_reads_numbers_behind_their_format(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["g", "q", "w", "unused"], ["a", "x", 1.37, 1], ["b", "y", 0.41, 1]):
        sheet.append(row)
    sheet["C2"].number_format = sheet["C3"].number_format = "0"
    sheet["D2"] = "=1/0"
    book.save(tmp_path / "p.xlsx")
    data = read_microdata(tmp_path / "p.xlsx", group="g", questions=["q"], weight="w")
    assert data.weight.tolist() == [1.37, 0.41]
    with pytest.raises(SurveyFileError, match=r'D2, "unused": found "=1/0" \(formula\)'):
        read_microdata(tmp_path / "p.xlsx", group="unused", questions=["q"])


def test_parquet_keeps_categories_and_reads_what_is_used(tmp_path):
    order = pd.CategoricalDtype(["small", "middle", "large", "huge"])
    frame = pd.DataFrame(
        {
            "size": pd.Series(["large", "small", "middle", "large"], dtype=order),
            "q": [True, False, True, None],
            "tags": [["a"], [], ["a", "b"], None],
        }
    )
    frame.set_index("size").to_parquet(tmp_path / "index.parquet")
    frame.to_parquet(tmp_path / "p.parquet")
    for name in ("p", "index"):
        path = tmp_path / f"{name}.parquet"
        data, told = read(path, {"group": "size", "questions": ["q"]})
        assert data.group_labels == ("small", "middle", "large")
        assert summary(data) == {"q": {"False": 1, "True": 2}}
        assert told == ["q: 1 rows without an answer are not in its base"]
    with pytest.raises(SurveyFileError, match=r'row 1, "tags": found a (list|ndarray)'):
        read_microdata(tmp_path / "p.parquet", group="size", questions=["tags"])


def test_a_data_frame_reads_as_its_file(tmp_path):
    frame = pd.DataFrame(
        {"g": ["b", "a", "b", "NA"], "q": [1, 2, 1, 2], "w": [1.5, 1.0, 0.25, 2.0]}
    )
    frame.to_csv(tmp_path / "p.csv", index=False)
    how = {"group": "g", "questions": ["q"], "weight": "w"}
    of_file, told = read(tmp_path / "p.csv", how)
    of_frame, said = read(frame, how)
    assert of_frame.group_labels == of_file.group_labels == ("b", "a", "NA")
    assert summary(of_frame) == summary(of_file)
    np.testing.assert_array_equal(of_frame.weight, of_file.weight)
    assert [text.removeprefix("(data frame): ") for text in said] == told
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputNotice)
        assert [g.n for g in of_frame.survey.groups] == [g.n for g in of_file.survey.groups]
        assert of_frame.survey.id == "data_frame"
    assert len(of_frame.sha256) == 64
    assert of_frame.sha256 != read(frame.assign(q=1), how)[0].sha256


def test_frames_of_other_libraries_by_narwhals():
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"g": ["b", "a", "b"], "q": ["x", None, "y"]})
    data, told = read(table, {"group": "g", "questions": ["q"]})
    assert data.group_labels == ("b", "a")
    assert summary(data) == {"q": {"x": 1, "y": 1}}
    assert told == ["(data frame): q: 1 rows without an answer are not in its base"]


def test_frames_with_names_in_the_index_and_rows_of_headings():
    indexed = pd.DataFrame({"q": ["x", "y"]}, index=pd.Index(["b", "a"], name="g"))
    assert read(indexed, {"group": "g", "questions": ["q"]})[0].group_labels == ("b", "a")
    rows = [
        ["Which?", "Seen?"],
        ['{"ImportId":"Q1"}', '{"ImportId":"Q2"}'],
        ["a", "no"],
        ["b", "yes"],
    ]
    frame = pd.DataFrame(rows, columns=["Q1", "Q2"])
    data, told = read(frame, {"group": "Q1", "questions": ["Q2"]})
    assert data.group_labels == ("a", "b")
    assert data.questions["Q2"].label == "Seen?"
    assert len(told) == 1
    rows = [["Response", "Mail", "Phone"], ["a", "Mail", None], ["b", None, "Phone"]]
    frame = pd.DataFrame(rows, columns=["Branch", "How?", "Unnamed: 2"])
    data, _ = read(frame, {"group": "Branch", "questions": ["How?"]})
    assert summary(data) == {"How?": {"Mail": 1, "Phone": 1}}


@pytest.mark.parametrize("data", [None, 3, [1, 2], {"g": [1]}, np.zeros((2, 2)), pd.Series([1])])
def test_what_is_no_file_and_no_frame(data):
    with pytest.raises(ArgumentError, match="a path, or a data frame of pandas, polars"):
        read_microdata(data, group="g", questions=["q"])


BAD = {
    "group": ({"group": None}, "group: found None; expected"),
    "header": ({"header_rows": 0}, "header_rows: found 0; expected a whole number, 1 or more"),
    "headers": ({"header_rows": 9}, "header_rows: found 9; expected rows of respondents"),
    "split": ({"split": {"q": ""}}, 'split: found ""; expected what separates answers'),
    "columns": ({"multiple": {"m": []}}, "multiple: found"),
    "no columns": ({"multiple": {"m": None}}, "multiple: found None; expected a list of columns"),
    "a list of marks": ({"split": ["q"]}, 'split: found ["q"]; expected what separates answers'),
    "nonresponse": ({"nonresponse": ["nope"]}, 'nonresponse: found "nope"; expected one of x, y'),
    "multiple": ({"multiple": ["q"]}, "multiple: found"),
}


@pytest.mark.parametrize("case", BAD)
def test_arguments(case):
    changed, message = BAD[case]
    frame = pd.DataFrame({"g": ["a", "b"], "q": ["x", "y"]})
    with pytest.raises(ArgumentError) as caught:
        read_microdata(frame, **({"group": "g", "questions": ["q"]} | changed))
    assert message in str(caught.value)
