"""What tests share: how hypothesis searches, no window for a figure, a cluster on this machine."""

import os

import pytest
from hypothesis import settings

# The machine that judges a change tries the same examples each time; a developer's tries new ones.
# Neither has a deadline: a first call pays for imports.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture(scope="session")
def cluster():
    """A Dask cluster of two processes on this machine."""
    distributed = pytest.importorskip(
        "distributed", reason="the extra alumnistats[distributed] is not installed"
    )
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True}
    with distributed.LocalCluster(**options, host="127.0.0.1", dashboard_address=":0") as started:
        yield started
