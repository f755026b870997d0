"""A folder of results: all of a run or nothing of it, and nothing of anybody else's."""

import json
import subprocess
import sys
from pathlib import Path

import attacks
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.outputs import LIST, check_folder, write_file, write_folder, write_new_file

FIRST = {"a.csv": b"1", "figures/x.svg": b"2", "figures/y.svg": b"3"}
SECOND = {"a.csv": b"4", "b.csv": b"5"}


def content(folder):
    """Return the files of a folder, hidden ones left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def test_only_the_last_run_is_there(tmp_path):
    write_folder(tmp_path / "out", "analyze", FIRST)
    assert content(tmp_path / "out") == FIRST
    write_folder(tmp_path / "out", "analyze", SECOND)
    assert content(tmp_path / "out") == SECOND
    assert not (tmp_path / "out" / "figures").exists()


def test_commands_share_a_folder(tmp_path):
    write_folder(tmp_path, "analyze", FIRST)
    write_folder(tmp_path, "plan", {"plan.csv": b"p"})
    write_folder(tmp_path, "analyze", SECOND)
    assert content(tmp_path) == SECOND | {"plan.csv": b"p"}


def test_what_is_not_ours_is_refused_and_kept(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"mine")
    (tmp_path / "notes.txt").write_bytes(b"mine, too")
    with pytest.raises(ArgumentError, match=r"a\.csv"):
        check_folder(tmp_path, ["*.csv"])
    with pytest.raises(ArgumentError, match=r"a\.csv"):
        write_folder(tmp_path, "analyze", FIRST)
    assert content(tmp_path) == {"a.csv": b"mine", "notes.txt": b"mine, too"}


@pytest.mark.parametrize("kind", ["folder for a file", "file for a folder"])
def test_what_is_in_the_way_is_refused_beforehand(tmp_path, kind):
    if kind == "folder for a file":
        (tmp_path / "a.csv").mkdir()
    else:
        (tmp_path / "figures").write_text("")
    with pytest.raises(ArgumentError, match="move them away"):
        check_folder(tmp_path, ["a.csv", "figures/*.svg"])


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no file system that takes no files")
def test_a_file_system_that_takes_no_files_is_refused_beforehand():
    with pytest.raises(ArgumentError, match=r"--out: .*\(/proc cannot\)"):
        check_folder(Path("/proc/results"), FIRST)


def test_a_name_that_no_file_system_takes_is_refused_beforehand(tmp_path):
    with pytest.raises(ArgumentError, match=r"--out: .*a folder name that can be"):
        check_folder(tmp_path / ("x" * 300), FIRST)


def test_a_file_for_a_folder_and_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArgumentError, match="a folder, or a name"):
        check_folder(tmp_path / "file")
    with pytest.raises(ArgumentError, match="can be written"):
        check_folder(tmp_path / "file" / "below")


@pytest.mark.parametrize("when", range(6))
def test_a_failure_at_any_step_puts_everything_back(tmp_path, monkeypatch, when):
    """The file system refuses the n-th renaming."""
    from pathlib import Path

    write_folder(tmp_path, "analyze", FIRST)
    before = content(tmp_path)
    replace, calls = Path.replace, []

    def refusing(self, target):
        calls.append(target)
        if len(calls) == when + 1:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path, "analyze", SECOND)
    monkeypatch.undo()
    assert content(tmp_path) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".writing")]
    write_folder(tmp_path, "analyze", SECOND)
    assert content(tmp_path) == SECOND


def test_a_new_folder_does_not_stay_after_a_failure(tmp_path, monkeypatch):
    from pathlib import Path

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path / "new", "analyze", FIRST)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"files": 3}', '{"files": {"analyze": 3}}', "[" * 10**5, "\x00",
     '{"files": {"analyze": [null, 3, {}]}}'],
)  # fmt: skip
def test_a_damaged_list_owns_nothing(tmp_path, text):
    (tmp_path / LIST).write_text(text)
    (tmp_path / "a.csv").write_bytes(b"mine")
    with pytest.raises(ArgumentError):
        write_folder(tmp_path, "analyze", FIRST)
    assert (tmp_path / "a.csv").read_bytes() == b"mine"


def test_a_forged_list_removes_nothing_outside(tmp_path):
    precious, out = tmp_path / "precious.txt", tmp_path / "out"
    precious.write_text("kept")
    out.mkdir()
    names = ["../precious.txt", str(precious), "x/../../precious.txt", "", "."]
    (out / LIST).write_text(json.dumps({"format": 1, "files": {"analyze": names}}))
    write_folder(out, "analyze", FIRST)
    assert precious.read_text() == "kept"
    assert content(out) == FIRST


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["analyze", "plan"]),
            st.dictionaries(
                st.sampled_from(["a.csv", "b.csv", "figures/a.svg", "figures/b.svg"]),
                st.binary(max_size=3),
            ),
        ),
        max_size=6,
    )
)
def test_any_sequence_of_runs_leaves_the_last_of_each(tmp_path_factory, runs):
    folder, last = tmp_path_factory.mktemp("runs"), {}
    for command, files in runs:
        write_folder(folder, command, files)
        last = {c: {n: d for n, d in f.items() if n not in files} for c, f in last.items()}
        last[command] = files
    assert content(folder) == {n: d for files in last.values() for n, d in files.items()}


def test_single_files_are_whole_or_not_there(tmp_path):
    path = tmp_path / "page.html"
    write_file(path, b"old")
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from alumnistats.outputs import write_file, write_new_file\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "for write, name in ((write_file, 'page.html'), (write_new_file, 'new.toml')):\n"
        "    try: write(Path(sys.argv[1], name), b'x' * 5000)\n"
        "    except OSError: print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert done.stdout == "refused\nrefused\n", done.stderr
    assert content(tmp_path) == {"page.html": b"old"}
    with pytest.raises(FileExistsError):
        write_new_file(path, b"new")


def test_fuzz(tmp_path):
    (tmp_path / "notes.txt").write_bytes(b"of somebody else")
    rng = np.random.default_rng(19)
    assert {attacks.folder_out(tmp_path, rng) for _ in range(60)} == {"accepted", "refused"}
