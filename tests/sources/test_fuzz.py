"""Survey files changed at random: every one is read rightly or refused in the package's words.

Two properties are held against each other. A changed file never ends in anything but a
`SurveyFileError` whose lines name the file; and one that is accepted is a file in which everything
holds: it passes the schema, it says what it says when it is written and read again, and no figure
in it differs from the text.
"""

import copy
import datetime
import json
import re
import tomllib
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alumnistats.cli.help import text_of as help_text
from alumnistats.errors import SurveyFileError
from alumnistats.sources import check_survey, read_survey
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.short_form import expand
from alumnistats.sources.table_options import TableOptions
from alumnistats.sources.toml_writer import survey_file

HELP = help_text("file-format", "en")
FAST = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

WORDS = ["", " ", "overall", "every", "all", "north", "colour", "colour:red", "why:warm+calm", "50",
         "0", "100", "100.0", "100.1", "-1", "1e5", "nan", "４７．８", "47,8", "\u202e", "a\u0301",
         "\U0001f600", "'", '"', "\\", "\n", "\x7f", "x" * 5000, "\ufeff", "ﬁ", "١"]  # fmt: skip
NUMBERS = [0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 10**30, 0.5, 1e308, True, False]
SCALARS = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(NUMBERS), st.text(max_size=6), st.integers(),
    st.just(datetime.date(2025, 1, 1)), st.just([]), st.just({}), st.just([[]]),
)  # fmt: skip


def paths(value, path=()):
    """Return the paths of everything in a document, itself left out."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, part in inside:
        found.append((*path, key))
        if isinstance(part, dict | list):
            found += paths(part, (*path, key))
    return found


def toml(value):
    """Write anything as TOML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(k))} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=True) if isinstance(value, str) else json.dumps(value)


def text_of(document):
    return "".join(f"{toml(str(key))} = {toml(value)}\n" for key, value in document.items())


def change(document, data):
    """Change one place of a document."""
    *way, last = data.draw(st.sampled_from(paths(document)))
    where = document
    for step in way:
        where = where[step]
    kind = data.draw(st.sampled_from(["delete", "replace", "double", "swap", "add", "near"]))
    if kind == "delete":
        del where[last]
    elif kind == "replace":
        where[last] = copy.deepcopy(data.draw(SCALARS))
    elif kind == "double" and isinstance(where, list):
        where.insert(last, copy.deepcopy(where[last]))
    elif kind == "swap":
        *other, end = data.draw(st.sampled_from(paths(document)))
        there = document
        for step in other:
            there = there[step]
        where[last] = copy.deepcopy(there[end])
    elif kind == "add" and isinstance(where, dict):
        where[data.draw(st.sampled_from(["n", "count", "total", "group", "labels", "", "é"]))] = (
            copy.deepcopy(data.draw(SCALARS))
        )
    elif isinstance(where[last], int) and not isinstance(where[last], bool):
        where[last] += data.draw(st.integers(-100, 100))
    elif isinstance(where[last], str):
        at = data.draw(st.integers(0, len(where[last])))
        where[last] = where[last][:at] + data.draw(st.sampled_from(WORDS)) + where[last][at:]


def judged(path, data):
    """Return the survey of a file, or None where it was refused in the package's words."""
    path.write_bytes(data)
    try:
        return read_survey(path)
    except SurveyFileError as error:
        lines = str(error).split("\n")
    for line in lines:
        assert line.startswith(f"{path}: "), line
        assert "found " in line, line
        assert "; expected " in line, line
    return None


def holds(survey, document, schema_faults):
    """Check that an accepted survey is the document, and nothing in it is out of order."""
    assert schema_faults(document) == []
    assert check_survey(survey) == ()
    document = expand(document).document
    for figure, printed in zip(survey.figures, document["figures"], strict=True):
        for key in ("of", "group", "percent", "count", "n"):
            assert getattr(figure, key) == printed.get(key)
    assert [g.n for g in survey.groups] == [g.get("n") for g in document["groups"]]
    again = expand(tomllib.loads(survey_file(survey))).document
    assert type(survey).model_validate(again) == survey.model_copy(
        update={"path": "", "sha256": ""}
    )


def check_changed(document, data, path, schema_faults):
    """Change a document here and there, and check what is made of it."""
    for _ in range(data.draw(st.integers(1, 4))):
        if document:
            change(document, data)
    survey = judged(path, text_of(document).encode())
    if survey is not None:
        holds(survey, document, schema_faults)


@FAST
@given(st.data())
def test_changed_documents(tmp_path, small, schema_faults, data):
    check_changed(tomllib.loads(small), data, tmp_path / "s.toml", schema_faults)


@settings(FAST, max_examples=300)
@given(st.data())
def test_changed_documents_in_the_short_form(tmp_path, schema_faults, data):
    document = tomllib.loads(re.search(r"```toml\n(.*?)```", HELP, re.DOTALL)[1])
    check_changed(document, data, tmp_path / "s.toml", schema_faults)


@FAST
@given(st.data())
def test_changed_text(tmp_path, small, schema_faults, data):
    """Bytes cut, doubled or replaced: whatever is still TOML is judged as the document it is."""
    raw = small.encode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        stop = min(start + data.draw(st.integers(0, 40)), len(raw))
        new = data.draw(st.one_of(st.binary(max_size=6), st.just(raw[start:stop] * 2)))
        raw = raw[:start] + new + raw[stop:]
    survey = judged(tmp_path / "s.toml", raw)
    if survey is not None:
        holds(survey, tomllib.loads(raw.decode("utf-8-sig")), schema_faults)


@FAST
@given(st.binary(max_size=60))
def test_any_bytes(tmp_path, raw):
    assert judged(tmp_path / "s.toml", raw) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp932", "euc_jp"])
def test_other_encodings_are_refused_not_misread(tmp_path, small, encoding):
    assert judged(tmp_path / "s.toml", small.encode(encoding)) is None


TABLE = "Industry,n,Yes,No,Yes count\nMaking,90,47.8,52.2,43\n小売,60,40.0,60.0,24\nTotal,150,44.7,55.3,67\n"


@FAST
@given(st.data())
def test_changed_tables(tmp_path, data):
    """A number of an accepted table is one that its cell shows."""
    rows = [line.split(",") for line in TABLE.strip().split("\n")]
    for _ in range(data.draw(st.integers(1, 4))):
        r = data.draw(st.integers(0, len(rows) - 1))
        c = data.draw(st.integers(0, len(rows[r]) - 1))
        word = data.draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)))
        rows[r][c] = word.replace(",", "").replace('"', "").replace("\n", "").replace("\r", "")
    path = tmp_path / "t.csv"
    path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    survey, lines = None, []
    try:
        survey, _ = survey_of_table(path, TableOptions())
    except SurveyFileError as error:
        lines = str(error).split("\n")
    assert all(line.startswith(f"{path}: ") for line in lines)
    if survey is None:
        return
    assert check_survey(survey) == ()
    for figure in survey.figures:
        column, row = ord(figure.at[0]) - 65, int(figure.at[1:]) - 1
        shown = unicodedata.normalize("NFKC", rows[row][column])
        if figure.percent is not None:
            assert float(shown.strip().rstrip("% ")) == float(figure.percent)


@FAST
@given(st.binary(max_size=80), st.sampled_from(["t.csv", "t.xlsx", "t.tsv"]))
def test_any_bytes_as_tables(tmp_path, raw, name):
    path = tmp_path / name
    path.write_bytes(raw)
    try:
        survey, _ = survey_of_table(path, TableOptions())
    except SurveyFileError:
        return
    assert check_survey(survey) == ()
