"""What is printed, on broken pipes, full disks, closed streams and terminals of other encodings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")
CHECK = ["check", "47.8", "--n", "90"]


def run(arguments, redirect="", **settings):
    """Run the command under a shell that redirects its streams."""
    command = [sys.executable, "-m", "alumnistats", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    line = " ".join(f"'{part}'" for part in command)
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line} {redirect}"],
        capture_output=True, env=environment, timeout=120, check=False,
    )  # fmt: skip


def test_a_reader_that_leaves_is_no_error():
    done = run(["schema"], "| head -1")
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    assert run(["check", "47.8", "--n", "7"], "| true").returncode == 1  # of the work: it cannot


def test_closed_streams_are_no_error():
    for redirect in (">&-", ">&- 2>&-"):
        assert run(CHECK, redirect).returncode == 0
    assert run(["check", "147.8", "--n", "90"], "2>&-").returncode == 2


@pytest.mark.skipif(not FULL.exists(), reason="no full disk to write to")
@pytest.mark.parametrize("arguments", [["schema"], ["--help"], CHECK])
def test_a_full_disk_is_one_line(arguments):
    done = run(arguments, "> /dev/full", PYTHONUNBUFFERED="")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["alumnistats: No space left on device"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp932", "utf-8"])
def test_any_encoding_of_the_terminal_gets_its_json(encoding):
    done = run(["bounds", "america-1969", "--json"], PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout.decode(encoding))
    assert shown["survey"]["title"]["ja"].isascii() is False


def test_letters_that_are_missing_are_escapes_and_told_once():
    done = run(["bounds", "america-1969", "--lang", "ja"], PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr
    assert b"\\u" in done.stdout
    assert done.stderr.decode().count("PYTHONUTF8=1") == 1


def test_a_wrong_backend_of_matplotlib_stops_nothing():
    script = (
        "from alumnistats.cli import main\n"
        "main(['check', '47.8', '--n', '90'], standalone_mode=False)\n"
        "import matplotlib; print(matplotlib.get_backend())"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "nonsense"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
