"""Attacks on each door, drawn at random: the suite runs few of them, benchmarks/doors.py many.

An attack is a function of a generator of random numbers. It returns what the door did, "accepted"
or "refused", and raises whatever else happens: then the door does not hold.
"""

import csv
import io
import json
import tomllib
import zipfile
from xml.etree import ElementTree

import numpy as np
from pydantic import ValidationError

from alumnistats.errors import ArgumentError, SurveyFileError
from alumnistats.outputs import write_folder
from alumnistats.sources import read_crosstab, read_microdata
from alumnistats.survey.records import Text
from alumnistats.text import ALLOWED, csv_text, file_part, forbidden, from_csv_text, visible

PIECES = [
    "Retail", "製造業", "é", "[/]", "[/bold]", "[red]", "[", "]", "$", "$$", r"$\frac$", "\\",
    r"\$", "=1+1", "+", "-", "@SUM(A1)", "＝1", "'", '"', "<script>", "&amp;", "]]>", "<!--",
    ":smile:", "{x}", "{{ x }}", "#", "%s", "%", "_", "^", "~", "\t", "\n", "\u2028", "\u200f",
    "\U0001f600", "a\u0301", "\x00", "\x07", "\x1b[2J", "\x1b]0;x\x07", "\x7f", "\x85", "\x9b31m",
    "\r", "\u202e", "\u2066", "\ufffe", "\ufdd0", "\U0001ffff", "\ud800",
]  # fmt: skip
CLEAN = [piece for piece in PIECES if forbidden(piece) is None]


def hostile_text(rng, pieces=PIECES):
    """Return one to six pieces in a row."""
    return "".join(pieces[i] for i in rng.integers(len(pieces), size=rng.integers(1, 7)))


def text_in(rng):
    """A text enters a survey, or is refused with its place, and never quoted as it is."""
    text = hostile_text(rng)
    try:
        Text(en=text, ja=text)
    except ValidationError as error:
        found = forbidden(text)
        expected = [e.get("ctx", {}).get("expected") for e in error.errors()]
        empty = not text.strip() or "\ud800" in text  # nothing, or no text for pydantic either
        assert empty or (found and expected == [ALLOWED, ALLOWED])
        assert forbidden(visible(text)) is None
        return "refused"
    assert forbidden(text) is None
    return "accepted"


def text_out(rng):
    """A text of a survey comes out of every form as it went in."""
    text = hostile_text(rng, CLEAN)
    plain = csv_text(text)
    assert from_csv_text(plain) == text
    assert not plain.startswith(("=", "+", "-", "@", "\t", "\r"))
    written = io.StringIO()
    csv.writer(written).writerow([plain])
    (row,) = csv.reader(io.StringIO(written.getvalue(), newline=""))
    assert from_csv_text(row[0]) == text
    toml = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    assert tomllib.loads(f"x = {toml}")["x"] == text
    _in_terminal(text)
    return "accepted"


def _in_terminal(text):
    from rich.console import Console

    from alumnistats.tables.words import new_grid

    console = Console(file=io.StringIO(), width=400, markup=False, emoji=False)
    grid = new_grid(text, ["x"])
    grid.add_row(text)
    console.print(grid, text)
    assert all(word in console.file.getvalue() for word in text.split() if len(word) > 1)


def text_in_figure(rng):
    """A text of a survey is drawn as it is, and the drawing is XML."""
    import warnings

    from alumnistats.figures import figure_bytes
    from alumnistats.style import label_rows, legend_below, new_axes, styled, title

    text = hostile_text(rng, CLEAN)
    if not text.strip():
        return "refused"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the font has no emoji
        with styled("en"):
            ax = new_axes(3.4, 2.0)
            ax.plot([0, 1], [0, 1], label=text)
            ax.set_ylim(-0.5, 1.5)
            label_rows(ax, [0, 1], [text, text])
            title(ax, text)
            legend_below(ax, 1)
        drawn = figure_bytes(ax.figure, "en")
    ElementTree.fromstring(drawn)
    return "accepted"


def ids_as_files(rng):
    """Different ids are different files on any system, and names of bearable length."""
    letters = "abAB-_:é\u0301eÉ製造"
    names = {
        "".join(letters[i] for i in rng.integers(len(letters), size=rng.choice([1, 3, 90, 300])))
        for _ in range(20)
    }
    files = {file_part(name).casefold() for name in names}
    assert len(files) == len(names)
    assert all(len(file.encode()) <= 150 and "/" not in file and ":" not in file for file in files)
    return "accepted"


def workbook():
    """Return a small table as a workbook, and as respondents."""
    import openpyxl

    book = openpyxl.Workbook()
    rows = [["", "Yes", "No", "n"], ["North", 0.5, 0.5, 20], ["South", 0.25, 0.75, 40]]
    for row in [*rows, ["All", 0.333, 0.667, 60]]:
        book.active.append(row)
    for row in book.active.iter_rows(min_row=2, min_col=2, max_col=3):
        for cell in row:
            cell.number_format = "0.0%"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def mutant(data, rng):
    """Return a file with some bytes changed, cut, or an entry of its archive damaged."""
    found = bytearray(data)
    kind = rng.integers(3)
    if kind == 0 or not data.startswith(b"PK"):
        for place in rng.integers(len(found), size=rng.integers(1, 9)):
            found[place] = rng.integers(256)
        return bytes(found)
    if kind == 1:
        return bytes(found[: rng.integers(1, len(found))])
    return _changed_entry(data, rng)


STRANGE = [
    b'"0"',
    b'"99999999"',
    b'"-1"',
    b'""',
    b'"1e400"',
    b'"XFD1048576"',
    b'"\xff"',
    b"<",
    b">",
    b"&",
]


def _changed_entry(data, rng):
    """Return an archive in which one attribute, or some bytes, of one entry are others."""
    import re

    source = zipfile.ZipFile(io.BytesIO(data))
    names = source.namelist()
    chosen = names[rng.integers(len(names))]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name in names:
            content = source.read(name)
            if name == chosen and rng.random() < 0.1:
                continue
            if name == chosen:
                values = list(re.finditer(rb'"[^"]*"', content))
                where = values[rng.integers(len(values))] if values else None
                if where is not None:
                    new = STRANGE[rng.integers(len(STRANGE))]
                    content = content[: where.start()] + new + content[where.end() :]
            target.writestr(name, content)
    return file.getvalue()


def file_in(path, data, rng):
    """A damaged file is read, or refused in the package's words with its name."""
    import warnings

    path.write_bytes(mutant(data, rng))
    done = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for read in (read_crosstab, lambda p: read_microdata(p, group="Yes", questions=["No"])):
            try:
                read(path)
                done.append("accepted")
            except SurveyFileError:  # names the file
                done.append("refused")
    return "accepted" if "accepted" in done else "refused"


def argument_in(rng):
    """An argument of any type and size is used, or refused by its name."""
    from alumnistats.arguments import RULES

    names = list(RULES)
    name = names[rng.integers(len(names))]
    kinds = [
        None, True, [], {}, "x", b"x", object(), float("nan"), float("inf"), -1, 0, 1, 0.5, 10**400,
        np.float64(0.5), np.int64(3), complex(1), ["a"], [1], "exact", "en", print,
        int(rng.integers(-(2**62), 2**62)), float(rng.normal() * 10.0 ** rng.integers(-300, 300)),
    ]  # fmt: skip
    try:
        RULES[name](name, kinds[rng.integers(len(kinds))])
    except ArgumentError as error:
        return "refused" if error.parameter == name else _wrong_name(error)
    return "accepted"


def _wrong_name(error):
    raise AssertionError(f"another argument is named: {error}")


def folder_out(folder, rng):
    """Runs into a folder, some refused a renaming, leave it as the last whole run of each left it.

    Files of somebody else stay as they are.
    """
    from pathlib import Path

    names = ["a.csv", "b.csv", "figures/a.svg", "figures/b.svg"]
    command = ["analyze", "plan"][rng.integers(2)]
    files = {name: rng.bytes(3) for name in names if rng.random() < 0.5}
    before = _files(folder)
    replace, calls, refused = Path.replace, [], rng.integers(12)

    def refusing(self, target):
        calls.append(target)
        if len(calls) == refused:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    Path.replace = refusing
    try:
        write_folder(folder, command, files)
    except OSError:
        Path.replace = replace
        assert _files(folder) == before
        return "refused"
    finally:
        Path.replace = replace
    found = _files(folder)
    assert {name: found[name] for name in files} == files
    assert found["notes.txt"] == b"of somebody else"
    return "accepted"


def _files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def store_in(folder, rng):
    """A damaged file of finished scenarios is not believed, and told."""
    import warnings

    from alumnistats.sensitivity.store import Store
    from alumnistats.sensitivity.units import Finished

    for path in folder.glob("*"):
        path.unlink()
    store = Store(folder)
    claim = {"id": "a", "verdict": "supported", "p_value": float(rng.random()), "needed_n": None}
    saved = {"1" * 32: Finished((claim,), 12.5), "2" * 32: Finished(error="no solution")}
    store.save(saved)
    (path,) = folder.glob("*.json")
    path.write_bytes(mutant(path.read_bytes(), rng))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = store.load()
    assert found in (saved, {})  # white space may change without changing the content
    assert bool(told) == (found == {})
    return "accepted" if found else "refused"
