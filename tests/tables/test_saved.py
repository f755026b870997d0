"""What was saved comes back; what was not is refused."""

import json
from pathlib import Path

import pandas as pd
import pytest

import alumnistats as al
from alumnistats.errors import SurveyFileError
from alumnistats.report.folder import analysis_document
from alumnistats.tables import to_json

SMALL = Path(__file__).parents[1] / "sensitivity" / "small.toml"


@pytest.fixture(scope="module")
def analysis():
    return al.analyze(SMALL, draws=100, seed=3)


@pytest.fixture
def folder(analysis, tmp_path):
    (tmp_path / "analysis.json").write_text(to_json(analysis_document(analysis)), "utf-8")
    return tmp_path


def test_tables_come_back(analysis, folder):
    saved = al.load(folder)
    assert saved.settings["seed"] == 3
    assert saved.survey["id"] == "small"
    tables = analysis.tables()
    assert list(saved.tables) == list(tables)
    for name, table in tables.items():
        found = saved.tables[name]
        assert list(found.columns) == list(table.columns)
        for column in table.columns:
            pd.testing.assert_series_equal(
                found[column].astype(object).where(found[column].notna(), None),
                table[column].astype(object).where(table[column].notna(), None),
                check_dtype=False,
            )


def damaged(change):
    def write(path):
        document = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(change(document)), "utf-8")

    return write


DAMAGES = {
    "no file": lambda path: path.unlink(),
    "cut": lambda path: path.write_text(path.read_text("utf-8")[:-20], "utf-8"),
    "bytes": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "nested": lambda path: path.write_text("[" * 100_000, "utf-8"),
    "list": damaged(lambda document: [document]),
    "no tables": damaged(lambda document: document | {"tables": None}),
    "rows": damaged(lambda document: document | {"tables": {"claims": 3}}),
    "other schema": damaged(lambda document: document | {"schema": 99}),
    "another document": lambda path: path.write_text('{"schema": 1, "sizes": {}}', "utf-8"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_saved_analysis_is_refused_by_name(folder, damage):
    DAMAGES[damage](folder / "analysis.json")
    with pytest.raises(SurveyFileError, match=r"analysis\.json"):
        al.load(folder)
