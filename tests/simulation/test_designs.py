"""The factorial of designs: it goes on where it stopped, keeps to its limits, and adds up."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"


@pytest.fixture
def designs(monkeypatch):
    path = ROOT / "benchmarks" / "designs.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, path.stem, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def small(designs, monkeypatch):
    one = {"groups": (3,), "mean": (20,), "digits": (1,), "listed": ("all",)}
    monkeypatch.setattr(designs, "FACTORS", designs.FACTORS | one)
    return designs


def test_a_second_call_goes_on_where_the_first_stopped(small, tmp_path):
    path = tmp_path / "designs.csv"
    small.main(["--runs", "1", "--out", str(tmp_path)])
    first = path.read_text()
    small.main(["--runs", "1", "--out", str(tmp_path)])
    assert path.read_text() == first
    small.main(["--runs", "2", "--out", str(tmp_path)])
    rows = pd.read_csv(path)
    assert sorted(rows["run"]) == [0, 0, 0, 1, 1, 1]
    assert (rows["status"] == "done").all()
    cells = pd.read_csv(tmp_path / "designs_cells.csv")
    assert cells["sizes_asked"].tolist() == [6, 6, 6]


@pytest.mark.parametrize("limit", ["--seconds", "--wall"])
def test_a_design_that_takes_too_long_is_left(small, tmp_path, monkeypatch, limit):
    monkeypatch.setitem(small.FACTORS, "mean", (600,))  # takes seconds
    for _ in range(2):
        small.main(["--runs", "2", limit, "0.05", "--out", str(tmp_path)])
        rows = pd.read_csv(tmp_path / "designs.csv")
        assert rows["status"].tolist() == ["time"] * 3
        assert rows["run"].tolist() == [0] * 3


def test_a_limit_of_memory_is_lifted_again(designs):
    task = designs.Task(3, 20, 1, "all", "quota", 0)
    large = designs.Task(5, 1000, 1, "few", "quota", 0)
    before = designs.resource.getrlimit(designs.resource.RLIMIT_AS)
    assert designs.attempt(large, 60, 600, 0.001)["status"] == "memory"
    assert designs.resource.getrlimit(designs.resource.RLIMIT_AS) == before
    assert designs.attempt(task, 60, 600, 64)["status"] == "done"


def test_the_committed_summaries_are_those_of_the_committed_releases(designs):
    rows = pd.read_csv(RESULTS / "designs.csv")
    for name, fresh in zip(("cells", "levels"), designs.summaries(rows), strict=True):
        text = (RESULTS / f"designs_{name}.csv").read_text(encoding="utf-8")
        assert fresh.to_csv(index=False, lineterminator="\n") == text
    done = rows[rows["status"] == "done"]
    for column in ("exact", "covered", "certain"):
        assert (done[column] <= done["told"]).all()
    assert (done["wrong"] <= done["certain"]).all()


def test_the_page_says_what_came_out():
    page = " ".join((ROOT / "docs" / "surveys.md").read_text(encoding="utf-8").split())
    rows = pd.read_csv(RESULTS / "designs.csv")
    done = rows[rows["status"] == "done"]
    certain, wrong, due = (done[column].sum() for column in ("certain", "wrong", "due"))
    assert f"{len(done)} of {len(rows)}." in page
    assert f"{wrong:.0f} certain size" in page
    assert f"wrong, of {certain:,.0f}**; the probabilities promised {due:.1f}." in page
    limit = stats.beta.ppf(0.95, wrong + 1, certain - wrong)  # Clopper and Pearson
    assert f"upper limit is {limit:.1%}" in page
    # No more than chance makes of what the probabilities promise.
    assert stats.poisson.sf(wrong - 1, due) > 0.01

    def share(column, law=None):
        part = done if law is None else done[done["sizes"] == law]
        return part[column].sum() / part["told"].sum()

    hit, told = share("covered"), done["told"]
    error = np.sqrt(((done["covered"] - hit * told) ** 2).sum()) / told.sum()
    said = f"hold {hit:.1%} of the sizes** that are told (standard error {error:.1%}, by releases)"
    assert said in page
    assert abs(hit - 0.95) < 3 * error
    covered = [share("covered", law) for law in ("quota", "dirichlet", "free")]
    assert "{:.1%} (quotas), {:.1%} (Dirichlet) and {:.1%} (free)".format(*covered) in page
    beyond = rows[rows["status"] != "done"]
    large = (beyond["mean"] == 1000) & (beyond["groups"] > 5)
    whole = (beyond["groups"] == 50) & (beyond["mean"] == 300) & (beyond["digits"] == 0)
    assert (large | (whole & (beyond["listed"] == "all"))).all()
    exact = [share("exact", law) for law in ("quota", "dirichlet", "free")]
    assert (
        "{:.0%} of the sizes with quotas, {:.0%} of Dirichlet ones, {:.0%}".format(*exact) in page
    )
    assert f"withheld** in {(done['ess'] < 50).sum()} of {len(done)} releases" in page
    assert (done.loc[done["ess"] < 50, "told"] == 0).all()
