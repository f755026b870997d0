import hashlib
import random
import re
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.errors import SurveyFileError
from alumnistats.sources import available_surveys, load_survey, read_survey
from alumnistats.survey import Survey

EMBEDDED = resources.files("alumnistats").joinpath("surveys", "hackazouk_2025.toml").read_bytes()


def message(call, *args):
    with pytest.raises(SurveyFileError) as caught:
        call(*args)
    return str(caught.value)


def written(tmp_path, data):
    path = tmp_path / "survey.toml"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_embedded_surveys():
    assert "hackazouk-2025" in available_surveys()
    assert all(load_survey(id).id == id for id in available_surveys())
    survey = load_survey()
    assert survey.id == "hackazouk-2025"
    assert load_survey("hackazouk-2025") == load_survey("hackazouk_2025") == survey
    assert survey.sha256 == hashlib.sha256(EMBEDDED).hexdigest()


def test_path_of_an_embedded_survey_does_not_depend_on_the_installation():
    assert load_survey().path == "alumnistats/surveys/hackazouk_2025.toml"


def test_a_path_as_text_or_path(tmp_path, small):
    path = written(tmp_path, small)
    survey = load_survey(str(path))
    assert survey == load_survey(path) == read_survey(path)
    assert survey.path == str(path)
    assert survey.sha256 == hashlib.sha256(small.encode()).hexdigest()


def test_a_file_without_suffix(tmp_path, small, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine").write_text(small, encoding="utf-8")
    assert load_survey("mine").id == "small"
    Path("hackazouk-2025").write_text(small, encoding="utf-8")
    assert load_survey("hackazouk-2025").id == "hackazouk-2025"
    assert load_survey("./hackazouk-2025").id == "small"


def test_no_such_id():
    known = ", ".join(available_surveys())
    assert message(load_survey, "hackazook-2025") == (
        "hackazook-2025: found no such file; expected the path of a survey file, or the id of an "
        f'embedded survey (one of {known}). Did you mean "hackazouk-2025"?'
    )


def test_no_such_file(tmp_path):
    path = tmp_path / "none.toml"
    assert (
        message(read_survey, path) == f"{path}: found no such file; expected a survey file (TOML)"
    )


def test_directory(tmp_path):
    assert message(load_survey, tmp_path) == (
        f"{tmp_path}: found a directory; expected a survey file (TOML)"
    )


def test_unreadable_file(tmp_path, small, monkeypatch):
    path = written(tmp_path, small)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert message(read_survey, path) == (
        f"{path}: found a file that may not be read; expected a survey file (TOML)"
    )


def test_a_file_as_a_folder(tmp_path, small):
    path = written(tmp_path, small) / "inside.toml"
    assert message(read_survey, path) == (
        f"{path}: found a path that cannot be opened (Not a directory); "
        "expected a survey file (TOML)"
    )


def test_impossible_path():
    assert "found a path that cannot be opened" in message(load_survey, "a\0b.toml")


AGAIN = "Save it again as UTF-8."


@pytest.mark.parametrize(
    ("encoding", "hint"),
    [
        (
            "shift_jis",
            (
                'As Shift_JIS the line reads "title = { en = \\"Small\\", ja = \\"小さい\\" }". '
                f"{AGAIN}"
            ),
        ),
        ("euc_jp", "If the file was saved as Shift_JIS or UTF-16, save it again as UTF-8."),
    ],
)
def test_other_encodings(tmp_path, small, encoding, hint):
    path = written(tmp_path, small.replace("小", "小さい").encode(encoding))
    found = message(read_survey, path)
    (byte,) = re.findall(r"the byte 0x(\w\w)", found)
    assert found == (
        f"{path}: line 3: found the byte 0x{byte}, which is not UTF-8; expected text encoded "
        f"as UTF-8. {hint}"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_named(tmp_path, small, encoding):
    mark = "" if encoding == "utf-16" else "\ufeff"
    path = written(tmp_path, (mark + small).encode(encoding))
    assert message(read_survey, path) == f"{path}: found text in UTF-16; expected UTF-8. {AGAIN}"


def test_byte_order_mark_is_no_obstacle(tmp_path, small):
    assert read_survey(written(tmp_path, small.encode("utf-8-sig"))).id == "small"


def test_windows_line_ends(tmp_path, small):
    assert read_survey(written(tmp_path, small.replace("\n", "\r\n"))).total == 300


SYNTAX = {
    "no equals sign": (
        ("total = 300", "total 300"),
        (
            'line 5, column 7: found "total 300"; '
            "expected TOML, but there: expected '=' after a key in a key/value pair"
        ),
    ),
    "curly quotes": (
        ('id = "small"', "id = \u201csmall\u201d"),
        (
            'line 2, column 6: found "id = \u201csmall\u201d"; expected TOML, but there: invalid '
            "value. Quotes, brackets, commas and = of TOML are the half-width ones."
        ),
    ),
    "full-width equals sign": (
        ("total = 300", "total \uff1d 300"),
        (
            "line 5, column 7: found \"total \uff1d 300\"; expected TOML, but there: expected '=' "
            "after a key in a key/value pair. "
            "Quotes, brackets, commas and = of TOML are the half-width ones."
        ),
    ),
    "key twice": (
        ("total = 300", "total = 300\ntotal = 301"),
        (
            'line 6, column 12: found "total = 301"; expected TOML, but there: cannot '
            "overwrite a value"
        ),
    ),
}


@pytest.mark.parametrize("case", SYNTAX)
def test_syntax(problems_after, case):
    change, expected = SYNTAX[case]
    assert problems_after(change) == [expected]


def test_syntax_error_at_the_end(problems_of):
    (found,) = problems_of('format = 1\ntitle = "')
    assert found.startswith("line 2: found the end of the file; expected TOML, but there: ")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = " + "[" * 20000, "tables or lists nested too deeply"),
        ("total = " + "1" * 5000, "a number of thousands of digits"),
    ],
)
def test_texts_that_break_a_parser(problems_of, text, found):
    assert problems_of(text) == [f"found {found}; expected a survey file (TOML)"]


def mutations(rng, text):
    """Return `text` after one to four random edits of the kinds that hands and editors make."""
    for _ in range(rng.randint(1, 4)):
        lines = text.split("\n")
        i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
        edit = rng.randrange(8)
        if edit == 0:
            del lines[i]
        elif edit == 1:
            lines.insert(j, lines[i])
        elif edit == 2:
            lines[i], lines[j] = lines[j], lines[i]
        elif edit == 3:
            key = lines[i].partition("=")[0]
            value = rng.choice(
                [
                    "3",
                    "-1",
                    "4.5",
                    '""',
                    '"x"',
                    '"overall"',
                    "[]",
                    "[[]]",
                    "{}",
                    "true",
                    "nan",
                    "2025-01-01",
                    "1979-05-27T07:32:00Z",
                    '["a"]',
                    '"100"',
                    '"99.99"',
                    "07:32:00",
                ]
            )
            lines[i] = f"{key}= {value}"
        elif edit == 4 and "=" in lines[i] and "=" in lines[j]:
            lines[i] = lines[i].partition("=")[0] + "=" + lines[j].partition("=")[2]
        elif edit == 5:
            lines[i] = re.sub(r"\d", lambda _: str(rng.randrange(10)), lines[i])
        elif edit == 6:
            at = rng.randrange(len(lines[i]) + 1)
            lines[i] = lines[i][:at] + rng.choice("\"'[]{}=,.:+-0a\u3042\uff11\x00") + lines[i][at:]
        else:
            lines[i] = lines[i].replace("[[", "[").replace("]]", "]")
        text = "\n".join(lines)
    return text


@given(seed=st.integers(0, 2**32))
def test_any_edit_gives_a_survey_or_a_survey_file_error(tmp_path_factory, seed):
    text = mutations(random.Random(seed), EMBEDDED.decode())
    path = tmp_path_factory.mktemp("edited") / "survey.toml"
    path.write_bytes(text.encode())
    problems = ()
    try:
        survey = read_survey(path)
    except SurveyFileError as error:
        survey, problems = None, error.problems
    assert isinstance(survey, Survey) or problems
    assert all(problem.found and problem.expected for problem in problems)


@given(data=st.binary(max_size=200))
def test_any_bytes_give_a_survey_file_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "survey.toml"
    path.write_bytes(data)
    with pytest.raises(SurveyFileError):
        read_survey(path)


@pytest.mark.parametrize(
    ("suffix", "way"),
    [(".csv", "alumnistats init NAME --from"), (".XLSX", "read_crosstab"), (".sav", "microdata")],
)
def test_a_table_in_place_of_a_survey_file_says_how_to_make_one(tmp_path, suffix, way):
    path = tmp_path / f"table{suffix}"
    path.write_text("Group,Yes\nA,10.0\n")
    said = message(load_survey, path)
    assert f"found a {suffix.lower()} file; expected a survey file (TOML)" in said
    assert way in said
