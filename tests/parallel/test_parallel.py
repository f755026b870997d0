"""One function over many tasks: the same outcomes wherever they run, and what a death costs.

The tasks are expressions for `eval`, which every process can import.
"""

import os
import subprocess
import sys
from collections import deque
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError, UnreachableError
from alumnistats.parallel import LOST, _until_broken, map_unordered

DIE = "__import__('os').kill(__import__('os').getpid(), 9)"


def once(path):
    """Return an expression that kills its process the first time it is evaluated."""
    return (
        f"__import__('os').path.exists({str(path)!r}) or (open({str(path)!r}, 'w').close(), {DIE})"
    )


def collect(tasks, **place):
    return sorted((o.index, o.value, o.error) for o in map_unordered(eval, tasks, **place))


@given(st.lists(st.integers(), max_size=20))
@settings(max_examples=20)
def test_every_task_has_one_outcome(numbers):
    found = collect([str(number) for number in numbers])
    assert found == [(i, number, "") for i, number in enumerate(numbers)]


def test_processes_compute_what_this_process_computes():
    tasks = [f"{i} ** 2" for i in range(9)]
    assert collect(tasks, jobs=2) == collect(tasks)
    pids = {o.value for o in map_unordered(eval, ["__import__('os').getpid()"] * 4, jobs=2)}
    assert os.getpid() not in pids


def test_linear_algebra_of_a_process_keeps_to_one_thread():
    threads = "{one['num_threads'] for one in __import__('threadpoolctl').threadpool_info()}"
    assert [o.value for o in map_unordered(eval, [threads] * 3, jobs=2)] == [{1}] * 3


def test_a_killed_process_is_repeated_and_costs_nothing(tmp_path):
    tasks = ["1", once(tmp_path / "died"), "3", "4", "5", "6"]
    values = [value for _, value, _ in collect(tasks, jobs=2)]
    assert values == [1, True, 3, 4, 5, 6]


def test_a_task_that_kills_twice_is_an_error_and_the_others_finish():
    found = collect(["1", "2", DIE, "4", "5", "6", "7"], jobs=2)
    assert [value for _, value, _ in found] == [1, 2, None, 4, 5, 6, 7]
    assert [error for _, _, error in found if error] == [LOST]


def test_what_the_function_raises_is_raised():
    for jobs in (1, 2):
        with pytest.raises(ZeroDivisionError):
            collect(["1", "1 / 0", "3"], jobs=jobs)


def test_closing_ends_the_processes():
    tasks = ["__import__('os').getpid()", *["__import__('time').sleep(60)"] * 3]
    with closing(map_unordered(eval, tasks, jobs=2)) as outcomes:
        pid = next(outcomes).value
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_script_without_guard_is_told_so(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from alumnistats.parallel import map_unordered\n"
        "print(list(map_unordered(eval, ['1', '2'], jobs=2)))\n"
    )
    done = subprocess.run(
        [sys.executable, script], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "ArgumentError: jobs: found 2" in done.stderr
    assert '__name__ == "__main__"' in done.stderr


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"jobs": 0}, "at least 1"),
        ({"jobs": 2, "scheduler": "tcp://127.0.0.1:1"}, "its workers are the processes"),
    ],
)
def test_bad_places_are_named(place, words):
    with pytest.raises(ArgumentError, match=words):
        collect(["1", "2"], **place)


def test_a_cluster_computes_what_this_process_computes(cluster):
    tasks = [f"{i} ** 2" for i in range(9)]
    assert collect(tasks, scheduler=cluster.scheduler_address) == collect(tasks)


def test_a_killed_worker_costs_nothing(cluster, tmp_path):
    tasks = ["1", once(tmp_path / "died"), "3", "4"]
    found = collect(tasks, scheduler=cluster.scheduler_address)
    assert [value for _, value, _ in found] == [1, True, 3, 4]


def test_a_task_that_kills_workers_is_an_error(impatient_cluster):
    found = collect(["1", DIE, "3"], scheduler=impatient_cluster.scheduler_address)
    assert found == [(0, 1, ""), (1, None, LOST), (2, 3, "")]


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
def test_no_scheduler_there(monkeypatch, address):
    monkeypatch.setattr("alumnistats.parallel.SECONDS_TO_CONNECT", 1)
    with pytest.raises(UnreachableError, match="running Dask scheduler"):
        collect(["1", "2"], scheduler=address)


def test_workers_with_another_version_are_refused(cluster, monkeypatch):
    monkeypatch.setattr("alumnistats.parallel.__version__", "0.0.0")
    with pytest.raises(ArgumentError, match=r"all have alumnistats 0\.0\.0"):
        collect(["1", "2"], scheduler=cluster.scheduler_address)


def test_a_pool_that_breaks_while_it_is_given_work_yields_nothing_twice():
    """What was done before is not a suspect: in one run of twenty it was run and yielded again."""

    class Pool:
        def __init__(self):
            self.given = 0

        def submit(self, function, task):
            self.given += 1
            if self.given > 2:
                raise BrokenProcessPool
            future = Future()
            if self.given == 1:
                future.set_result(function(task))
            else:
                future.set_exception(BrokenProcessPool())
            return future

    left = deque(range(4))
    found = _until_broken(Pool(), eval, ["1", "2", "3", "4"], left, 2)
    outcomes = []
    try:
        while True:
            outcomes.append(next(found))
    except StopIteration as end:
        suspects = end.value
    assert [(o.index, o.value) for o in outcomes] == [(0, 1)]
    assert suspects == [1]
    assert list(left) == [2, 3]
