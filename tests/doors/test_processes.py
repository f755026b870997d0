"""Processes that end, stores that are damaged, clusters that are not there: nothing is lost."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path

import attacks
import numpy as np
import pytest
from click.testing import CliRunner

from alumnistats.cli import main
from alumnistats.errors import UnreachableError
from alumnistats.outputs import LIST
from alumnistats.parallel import map_unordered
from alumnistats.sensitivity.store import DAMAGED, Store
from alumnistats.sensitivity.units import Finished
from alumnistats.sources import InputNotice

ROOT = Path(__file__).parents[2]
SURVEY = str(ROOT / "tests" / "sensitivity" / "small.toml")
CLAIM = {"id": "a", "verdict": "supported", "p_value": 0.5, "probability": None}
RESULTS = {"1" * 32: Finished((CLAIM,), 12.5), "2" * 32: Finished(error="no solution")}


def write(folder, change):
    """Save two results, and change the text of their file."""
    store = Store(folder)
    store.save(RESULTS)
    (path,) = folder.glob("*.json")
    change(path)
    return store


def as_json(change):
    def edit(path):
        content = json.loads(path.read_text())
        path.write_text(json.dumps(change(content)))

    return edit


def linked(path):
    path.unlink()
    path.symlink_to(path.parent / "nowhere.json")


def foldered(path):
    path.unlink()
    path.mkdir()


DAMAGES = {
    "cut": lambda path: path.write_text(path.read_text()[:-20]),
    "null": lambda path: path.write_text("null"),
    "list": as_json(lambda content: [content]),
    "number": lambda path: path.write_text("3"),
    "nested": lambda path: path.write_text("[" * 100_000),
    "bytes": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "link": linked,
    "folder": foldered,
    "list for scenarios": as_json(lambda content: content | {"scenarios": [1]}),
    "other ids": as_json(
        lambda content: content | {"scenarios": {"3" * 32: content["scenarios"]["1" * 32]}}
    ),
    "emptied claims": as_json(
        lambda content: (
            content
            | {"scenarios": {k: v | {"claims": []} for k, v in content["scenarios"].items()}}
        )
    ),
    "other verdict": lambda path: path.write_text(
        path.read_text().replace("supported", "undetermined")
    ),
    "other schema": as_json(lambda content: content | {"schema": 1}),
}


def test_a_store_gives_back_what_was_saved(tmp_path):
    store = write(tmp_path, Path.touch)
    assert store.load() == RESULTS
    store.save({"3" * 32: Finished(error="a defect", lasting=False)})
    assert store.load() == RESULTS


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_results_are_not_believed_and_told(tmp_path, damage):
    store = write(tmp_path, DAMAGES[damage])
    with pytest.warns(InputNotice, match=DAMAGED):
        assert store.load() == {}
    store.save(RESULTS)  # beside what is in the way
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputNotice)
        assert store.load() == RESULTS


SCRIPT = """
import os, sys, time
from alumnistats.parallel import map_unordered
def work(folder):
    open(os.path.join(folder, str(os.getpid())), "w").close()
    time.sleep(120)
if __name__ == "__main__":
    list(map_unordered(work, [sys.argv[1]] * 4, jobs=2))
"""


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent(tmp_path, how):
    script, marks = tmp_path / "script.py", tmp_path / "marks"
    script.write_text(SCRIPT)
    marks.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, str(script), str(marks)], env=environment)
    deadline = time.monotonic() + 60
    while len(list(marks.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    workers = [int(path.name) for path in marks.iterdir()]
    assert len(workers) == 2
    parent.send_signal(how)
    parent.wait(timeout=30)
    deadline = time.monotonic() + 15
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(is_alive, workers))


def tables(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "finished" not in path.parts and path.name != LIST
    }


def test_two_kills_and_a_resume_are_an_uninterrupted_run(tmp_path):
    scenarios = tmp_path / "scenarios.toml"
    scenarios.write_text(
        'format = 1\ndraws = 100\n[[designs]]\nkind = "grid"\n'
        f"[designs.dimensions]\nreplicate = {list(range(8))}\n"
    )
    command = [sys.executable, "-m", "alumnistats", "sensitivity", SURVEY]
    arguments = [*command, "--scenarios", str(scenarios)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    kept = tmp_path / "resumed" / "finished"
    command = [*arguments, "--out", str(tmp_path / "resumed"), "--jobs", "2"]
    for how in (signal.SIGKILL, signal.SIGTERM):
        before = len(list(kept.glob("*.json")))
        run = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while run.poll() is None and time.monotonic() < deadline:
            if len(list(kept.glob("*.json"))) > before:
                run.send_signal(how)
            time.sleep(0.05)
        run.wait(timeout=30)
        time.sleep(0.5)  # workers notice that it is gone
    command = [*arguments, "--out", str(tmp_path / "resumed")]
    resumed = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert resumed.returncode in (0, 4), resumed.stderr
    whole = [*arguments, "--out", str(tmp_path / "whole")]
    assert subprocess.run(whole, env=environment, check=False).returncode == resumed.returncode
    assert tables(tmp_path / "resumed") == tables(tmp_path / "whole")


ON_CLUSTER = """
import json, sys, time
from alumnistats.errors import UnreachableError
from alumnistats.parallel import map_unordered
def work(task):
    import time
    time.sleep(0.2)
    return task
if __name__ == "__main__":
    try:
        for outcome in map_unordered(work, list(range(100)), scheduler=sys.argv[1]):
            print(outcome.index, flush=True)
    except UnreachableError as error:
        print(error)
"""


@pytest.fixture
def separate_cluster(tmp_path):
    """A scheduler and a worker, each a process of its own: the scheduler, and its address."""
    pytest.importorskip("distributed")
    place = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}

    def start(*arguments):
        command = [sys.executable, "-m", *arguments]
        return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)

    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    scheduler = start("distributed.cli.dask_scheduler", *options, "--scheduler-file", str(place))
    deadline = time.monotonic() + 60
    while not (place.exists() and place.read_text().endswith("}")) and time.monotonic() < deadline:
        time.sleep(0.1)
    address = json.loads(place.read_text())["address"]
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "5")
    worker = start("distributed.cli.dask_worker", address, *options)
    yield scheduler, address, environment
    for process in (scheduler, worker):
        process.kill()
        process.wait(timeout=30)


def test_a_scheduler_killed_in_the_middle_is_one_line(separate_cluster, tmp_path):
    scheduler, address, environment = separate_cluster
    script = tmp_path / "on_cluster.py"
    script.write_text(ON_CLUSTER)
    command = [sys.executable, str(script), address]
    run = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    first = run.stdout.readline()
    scheduler.kill()
    rest, errors = run.communicate(timeout=60)
    assert first.strip().isdecimal()
    assert rest.splitlines()[-1].startswith(f"scheduler {address}: the scheduler is gone")
    assert errors == ""


def identity(task):
    return task


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:1", "tcp://127.0.0.1:1", "tcp://nowhere.invalid:8786", "tcp://127.0.0.1:99999",
     "", "x", "tcp://", "nonsense://127.0.0.1:8786", "http://[::1", "tcp://127.0.0.1"],
)  # fmt: skip
def test_no_cluster_is_told_within_seconds(address):
    pytest.importorskip("distributed")
    began = time.monotonic()
    with pytest.raises(UnreachableError, match="scheduler"):
        list(map_unordered(identity, [1, 2], scheduler=address))
    assert time.monotonic() - began < 12


def test_a_port_where_nobody_answers_is_told_within_seconds():
    pytest.importorskip("distributed")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="running Dask scheduler"):
            list(map_unordered(identity, [1], scheduler=address))
        assert time.monotonic() - began < 15


def test_the_command_says_it_in_one_line(tmp_path):
    pytest.importorskip("distributed")
    result = CliRunner().invoke(
        main,
        ["sensitivity", SURVEY, "--out", str(tmp_path / "x"), "--scheduler", "tcp://127.0.0.1:1"],
    )
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1, result.stderr


def test_threads_of_linear_algebra_change_no_byte():
    found = []
    for threads in ("1", "2"):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": threads}
        script = (
            "import sys; from alumnistats import analyze\n"
            "from alumnistats.tables import csv_files\n"
            f"tables = csv_files(analyze({SURVEY!r}, draws=100).tables())\n"
            "sys.stdout.buffer.write(b''.join(tables[name] for name in sorted(tables)))"
        )
        command = [sys.executable, "-c", script]
        found.append(
            subprocess.run(command, env=environment, capture_output=True, check=True).stdout
        )
    assert found[0] == found[1]


def test_fuzz_of_the_store(tmp_path):
    rng = np.random.default_rng(19)
    assert "refused" in {attacks.store_in(tmp_path, rng) for _ in range(200)}
