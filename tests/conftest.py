"""What tests share: how hypothesis searches, no window, little garbage, a cluster here."""

import gc
import os
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

# The machine that judges a change tries the same examples each time; a developer's tries new ones.
# Neither has a deadline: a first call pays for imports.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

SLOW = Path(__file__).with_name("slow.txt")
SECONDS = 0.2  # from which a test, with all of its parameters, is slow

os.environ.setdefault("MPLBACKEND", "Agg")
# Pages in docs show the width of a pipe, whatever the terminal that started the tests has.
os.environ.pop("COLUMNS", None)
# Thousands of tests leave much behind that is not garbage: look through it less often.
gc.set_threshold(100_000, 50, 50)

WORKERS = 2  # of the cluster


def pytest_addoption(parser):
    parser.addoption(
        "--record-slow", action="store_true", help="write the names of slow tests to tests/slow.txt"
    )


def pytest_collection_modifyitems(items):
    """Mark what took longer than `SECONDS` when it was recorded: `make quick` leaves it out."""
    slow = set(SLOW.read_text(encoding="utf-8").split())
    for item in items:
        if item.nodeid.split("[")[0] in slow:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter, config):
    """Record what was slow, of a whole run."""
    if not config.getoption("--record-slow"):
        return
    spent = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration"):
                spent[report.nodeid.split("[")[0]] += report.duration
    names = sorted(name for name, seconds in spent.items() if seconds >= SECONDS)
    SLOW.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


@pytest.fixture(scope="module")
def quick_garbage():
    """Where statsmodels collects garbage at every call: what is there already is passed over."""
    gc.freeze()
    yield
    gc.unfreeze()


@contextmanager
def local_cluster(allowed_failures=3):
    """Start a Dask cluster of two processes on this machine."""
    distributed = pytest.importorskip(
        "distributed", reason="the extra alumnistats[distributed] is not installed"
    )
    import dask

    options = {"n_workers": WORKERS, "threads_per_worker": 1, "processes": True}
    # Port 0 is any free one: tests that run side by side have a cluster each.
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": allowed_failures}),
        distributed.LocalCluster(
            **options, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as started,
    ):
        yield started


@pytest.fixture(scope="session")
def started_cluster():
    with local_cluster() as started:
        yield started


@pytest.fixture
def cluster(started_cluster):
    """The cluster, all of its workers there, whatever a test before did to them."""
    from distributed import Client

    with Client(started_cluster, set_as_default=False) as client:
        client.wait_for_workers(WORKERS, timeout=60)
    return started_cluster


@pytest.fixture
def impatient_cluster():
    """A cluster of its own that gives a task up when the first worker dies with it."""
    with local_cluster(allowed_failures=0) as started:
        yield started
