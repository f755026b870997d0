"""One function over many tasks: here, in several processes, or on a Dask cluster.

Results come as they finish, each with the number of its task, so that a caller can keep what is
done when it is interrupted. What a task computes must depend on the task alone; then the place and
the order in which it ran leave no trace.

Processes are spawned, not forked: a fork copies locks that threads of a numerical library may hold,
and exists on some systems only.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from alumnistats.errors import ArgumentError, UnreachableError
from alumnistats.version import __version__

T = TypeVar("T")
R = TypeVar("R")

LOST = "the process that computed this died, and died again when it was repeated"
IN_FLIGHT = 2  # tasks handed out for each process: one to work on, one to go on with
SECONDS_TO_CONNECT = 10
DASK_LOGS = ("distributed", "distributed.client")  # the latter prints by itself

NO_SCHEDULER = "no running Dask scheduler there; expected an address such as tcp://10.0.0.1:8786"
GONE = "the scheduler is gone; what was finished is kept: start it and run the command again"
GUARD = 'processes that can start; a script calls this below `if __name__ == "__main__":`'
DISTRIBUTED = "None, or an installed Dask: pip install 'alumnistats[distributed]'"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """What came of one task.

    Attributes
    ----------
    index : int
        Position of the task.
    value : object
        What the function returned; None if its process died.
    error : str
        Why there is no value; empty if there is one.
    """

    index: int
    value: R | None
    error: str = ""


def map_unordered(
    function: Callable[[T], R],
    tasks: Sequence[T],
    *,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Generator[Outcome[R], None, None]:
    """Apply a function to every task and yield outcomes as they finish.

    Parameters
    ----------
    function : callable
        Of one task. Beyond this process it is found by name, so it must be one of a module.
    tasks : sequence
    jobs : int
        Processes; 1 stays in this one.
    scheduler : str, optional
        Address of a Dask scheduler, such as ``"tcp://10.0.0.1:8786"``, instead of `jobs`.

    Yields
    ------
    Outcome
        A task whose process was killed is run once more, alone, and yields an outcome with an
        error if that fails too. On a cluster that begins when as many workers died with it as the
        scheduler's ``allowed-failures``; before, other workers take it up.

    Raises
    ------
    ArgumentError
        For fewer than one job, both of `jobs` and `scheduler`, other code at the workers of a
        cluster, or processes that cannot start.
    UnreachableError
        If there is no scheduler at the address, or it goes away.
    Exception
        Whatever `function` raises; tasks not yet begun are then dropped. So they are when the
        iterator is closed.
    """
    if jobs < 1:
        raise ArgumentError("jobs", jobs, "at least 1")
    if scheduler is not None and jobs > 1:
        raise ArgumentError("jobs", jobs, "1, or no scheduler: its workers are the processes")
    if scheduler is not None:
        return _on_cluster(function, tasks, scheduler)
    if jobs > 1 and len(tasks) > 1:
        return _in_processes(function, tasks, jobs)
    return (Outcome(i, one_thread()(function)(task)) for i, task in enumerate(tasks))


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra to one thread, in a ``with`` or as a decorator.

    Several threads add numbers in another order, and so give other last digits: results would
    depend on the number of cores.
    """
    with _limited():
        yield


def _limited() -> AbstractContextManager[Any]:
    """Limit linear algebra to one thread from now on; left as a context, no longer."""
    import scipy.linalg  # noqa: F401  # brings both libraries of linear algebra, to be limited
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def _begin_work() -> None:
    """Prepare a worker.

    It ends with its parent, however that ended: nobody would take its results. Ctrl-C ends it
    without a traceback: its parent reports. Linear algebra keeps to one thread: the processes
    share the cores already, and threads beyond them only wait for each other.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limited()


def _end_with_parent() -> None:
    """Wait until the parent is gone, in a thread of its own, and end this process then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Start processes; if the work is broken off, end them instead of waiting for them."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_work)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
            process.join()
        raise
    else:
        pool.shutdown()


def _in_processes(
    function: Callable[[T], R], tasks: Sequence[T], jobs: int
) -> Generator[Outcome[R], None, None]:
    left = deque(range(len(tasks)))
    while left:
        with _pool(min(jobs, len(left))) as pool:
            _start(pool, jobs)
            suspects = yield from _until_broken(pool, function, tasks, left, jobs)
        for index in suspects:
            yield _alone(function, tasks[index], index)


def _start(pool: ProcessPoolExecutor, jobs: int) -> None:
    """Fail at once where no process can start, rather than for every task."""
    try:
        pool.submit(int).result()
    except BrokenProcessPool as error:
        raise ArgumentError("jobs", jobs, GUARD) from error


def _until_broken(
    pool: ProcessPoolExecutor,
    function: Callable[[T], R],
    tasks: Sequence[T],
    left: deque[int],
    jobs: int,
) -> Generator[Outcome[R], None, list[int]]:
    """Yield outcomes until all are done or a process dies; return the tasks then in flight."""
    running: dict[Future[R], int] = {}
    suspects: list[int] = []
    broken = False
    while (left and not broken) or running:
        try:
            while left and not broken and len(running) < IN_FLIGHT * jobs:
                running[pool.submit(function, tasks[left[0]])] = left[0]
                left.popleft()
        except BrokenProcessPool:
            broken = True  # of the tasks in flight some may be done; the others will say so
        if not running:
            break
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            index = running.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                suspects.append(index)
                broken = True
            else:
                yield Outcome(index, future.result())
    return sorted(suspects)


def _alone(function: Callable[[T], R], task: T, index: int) -> Outcome[R]:
    """Run a task that may have killed its process where it can harm no other."""
    try:
        with _pool(1) as pool:
            return Outcome(index, pool.submit(function, task).result())
    except BrokenProcessPool:
        return Outcome(index, None, LOST)


def _with_version(task: T, function: Callable[[T], R], version: str) -> R:
    """Refuse to compute on a worker whose package is another: its numbers may be others."""
    if __version__ != version:
        found = __version__
        raise ArgumentError("scheduler", found, f"workers that all have alumnistats {version}")
    return function(task)


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """Connect to a cluster that has a worker."""
    try:
        from distributed import Client
    except ImportError as error:
        raise ArgumentError("scheduler", scheduler, DISTRIBUTED) from error
    with _quiet_log():
        _knock(scheduler)
        try:
            client = Client(scheduler, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UnreachableError(scheduler, NO_SCHEDULER) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
            except TimeoutError as error:
                raise UnreachableError(scheduler, "it has no workers") from error
            yield client


def _knock(scheduler: str) -> None:
    """Find out whether a scheduler answers at an address of TCP: Dask would wait for a minute.

    A scheduler speaks first, unless the connection is to be encrypted.
    """
    kind, separator, place = scheduler.rpartition("://")
    host, colon, port = place.rpartition(":")
    if separator and kind not in ("tcp", "tls"):
        return  # Dask knows whether there is such a kind
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise UnreachableError(scheduler, f"{NO_SCHEDULER}: no such address")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_CONNECT) as there:
            answers = kind == "tls" or there.recv(1)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(scheduler, NO_SCHEDULER) from error
    if not answers:
        raise UnreachableError(scheduler, NO_SCHEDULER)


@contextmanager
def _quiet_log() -> Iterator[None]:
    """Keep Dask from printing tracebacks of what is told in one line here."""
    logs = [logging.getLogger(name) for name in DASK_LOGS]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)


def _on_cluster(
    function: Callable[[T], R], tasks: Sequence[T], scheduler: str
) -> Generator[Outcome[R], None, None]:
    with _client(scheduler) as client:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker, as_completed
        from distributed.comm import CommClosedError

        run = partial(_with_version, function=function, version=__version__)
        futures: list[Any] = []
        suspects: list[int] = []
        try:
            futures = client.map(run, tasks, pure=False)
            index = {future.key: i for i, future in enumerate(futures)}
            for future in as_completed(futures, loop=client.loop):
                if isinstance(future.exception(), KilledWorker):
                    suspects.append(index[future.key])
                else:
                    yield Outcome(index[future.key], future.result())
                future.release()
            for i in sorted(suspects):  # it may be another's fault: each once more, by itself
                future = client.submit(run, tasks[i], pure=False)
                lost = isinstance(future.exception(), KilledWorker)
                yield Outcome(i, None, LOST) if lost else Outcome(i, future.result())
        except (CancelledError, CommClosedError) as error:
            raise UnreachableError(scheduler, GONE) from error
        finally:
            with suppress(CancelledError, CommClosedError, OSError):
                client.cancel([future for future in futures if not future.done()])
