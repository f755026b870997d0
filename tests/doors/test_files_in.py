"""Files that hang, exhaust or break a reader: each is an error that names the file, soon."""

import io
import os
import time
import zipfile

import attacks
import numpy as np
import openpyxl
import pandas as pd
import pytest

from alumnistats import (
    load_scenarios,
    load_survey,
    read_crosstab,
    read_microdata,
    weighted_shares,
)
from alumnistats.errors import ScenarioFileError, SurveyFileError
from alumnistats.sensitivity.scenarios import place
from alumnistats.sources.ids import ids_of

SOON = 20  # seconds, on a machine that does much else


@pytest.fixture(autouse=True)
def _is_soon():
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < SOON


@pytest.mark.parametrize("read", [load_survey, read_crosstab, load_scenarios])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "large"])
def test_only_regular_files_of_bearable_size_are_opened(tmp_path, read, kind):
    path = tmp_path / ("x.csv" if read is read_crosstab else "x.toml")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as file:  # sparse: takes no room
            file.truncate(400_000_000)
    expected = {"pipe": "a pipe", "device": "a device", "folder": "a directory",
                "large": "a file of 400,000,000 bytes"}  # fmt: skip
    with pytest.raises((SurveyFileError, ScenarioFileError), match=expected[kind]) as caught:
        read(path)
    assert str(path) in str(caught.value)


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def edited(data, name, change):
    """Return an archive in which one entry is another."""
    source, file = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry)
            target.writestr(entry, change(content) if entry == name else content)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HUGE = {
    "far cell": lambda text: text.replace(b'r="A2"', b'r="XFD1048576"'),
    "many rows": lambda text: text.replace(
        b"</sheetData>", b"<row/>" * 3_000_000 + b"</sheetData>"
    ),
    "merged": lambda text: text.replace(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
}


@pytest.mark.parametrize("how", HUGE)
def test_sheets_too_large_are_refused_before_they_are_made(tmp_path, how):
    path = tmp_path / "huge.xlsx"
    path.write_bytes(edited(attacks.workbook(), SHEET, HUGE[how]))
    for read in (read_crosstab, lambda p: read_microdata(p, group="Yes", questions=["No"])):
        with pytest.raises(SurveyFileError, match=r"huge\.xlsx.*(cells|rows|ranges|empty)"):
            read(path)


def test_the_value_at_fault_is_told_with_sheet_and_cell(tmp_path, monkeypatch):
    from alumnistats.sources import workbooks

    def stumbling(*_):
        raise KeyError("odd format")

    monkeypatch.setattr(workbooks, "displayed", stumbling)
    path = tmp_path / "t.xlsx"
    path.write_bytes(attacks.workbook())
    with pytest.raises(SurveyFileError, match=r"t\.xlsx: Sheet!B2: found a value that cannot be"):
        read_crosstab(path)


def test_chart_sheets_are_no_tables(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(attacks.workbook()))
    book.create_chartsheet("chart", 0)
    path = tmp_path / "t.xlsx"
    path.write_bytes(saved(book))
    with pytest.raises(SurveyFileError, match="chart"):
        read_crosstab(path, sheet="chart")


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="s"><table:table-row><table:table-cell {}>'
    "<text:p>50%</text:p></table:table-cell><table:table-cell/></table:table-row></table:table>"
    "</office:spreadsheet></office:body></office:document-content>"
)


@pytest.mark.parametrize(
    "attribute",
    ['table:number-columns-repeated="1000000000"', 'table:number-columns-spanned="1000000000"',
     'table:number-rows-spanned="1000000000"', 'table:number-columns-repeated="x"'],
)  # fmt: skip
def test_repeated_cells_are_counted_before_they_are_made(tmp_path, attribute):
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", ODS.format(attribute))
    with pytest.raises(SurveyFileError, match=r"t\.ods"):
        read_crosstab(path)


def test_mutants_of_a_workbook_are_read_or_refused(tmp_path):
    rng, data = np.random.default_rng(19), attacks.workbook()
    done = [attacks.file_in(tmp_path / "m.xlsx", data, rng) for _ in range(30)]
    assert set(done) == {"accepted", "refused"}


@pytest.mark.parametrize("suffix", [".xls", ".ods", ".parquet", ".sav"])
def test_other_bytes_under_a_name_are_refused(tmp_path, suffix):
    rng = np.random.default_rng(19)
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1", b"$FL2"):
        path = tmp_path / f"x{suffix}"
        path.write_bytes(start + rng.bytes(300))
        with pytest.raises(SurveyFileError):
            read_microdata(path, group="g", questions=["q"])


@pytest.mark.parametrize("weight", [1e200, 1e308, 1e-320, 5e-324, float("inf")])
def test_weights_whose_squares_are_no_numbers_are_refused(weight):
    frame = pd.DataFrame({"g": ["A", "B"] * 20, "q": ["x", "y", "y", "x"] * 10, "w": [1.0] * 40})
    frame.loc[3, "w"] = weight
    with pytest.raises(SurveyFileError, match=r'row 3, "w".*from 1e-100 to 1e100'):
        read_microdata(frame, group="g", questions=["q"], weight="w")


@pytest.mark.parametrize("weight", [1e100, 1e-100])
def test_the_largest_and_smallest_weights_give_shares(weight):
    frame = pd.DataFrame({"g": ["A", "B"] * 20, "q": ["x", "y", "y", "x"] * 10, "w": [1.0] * 40})
    frame.loc[3, "w"] = weight
    data = read_microdata(frame, group="g", questions=["q"], weight="w")
    table = weighted_shares(data, "q", "x").table
    assert table["estimate"].between(0, 1).all()


def test_ids_of_many_labels_take_linear_time():
    assert len(set(ids_of(["same"] * 50_000, "group"))) == 50_000


@pytest.mark.parametrize(
    ("design", "expected"),
    [({"kind": "grid", "dimensions": {"replicate": list(range(1000)), "seed": [1]}}, "unknown"),
     ({"kind": "sobol", "n": 2**31, "dimensions": {"replicate": [0, 1]}}, "a whole number from 2"),
     ({"kind": "grid", "dimensions": "LARGE"}, "1,000,000,000 scenarios")],
)  # fmt: skip
def test_scenarios_are_counted_before_they_are_made(design, expected):
    if design["dimensions"] == "LARGE":
        levels = [round(0.5 + i / 4000, 6) for i in range(1000)]
        efs = [1 + i / 1000 for i in range(1000)]
        design = design | {
            "dimensions": {
                "replicate": list(range(1000)), "level": levels, "design_effect": efs,
            }
        }  # fmt: skip
    with pytest.raises(ScenarioFileError, match=expected):
        place(load_scenarios({"format": 1, "designs": [design]}), load_survey(), 0)
