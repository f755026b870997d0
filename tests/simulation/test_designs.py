"""The factorial of designs: it goes on where it stopped, keeps to its limits, and adds up."""

import importlib.util
from pathlib import Path

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
    own, other = (rows[rows["sizes"] == s] for s in ("free", "free read as quota"))
    assert own["shares_listed"].tolist() == other["shares_listed"].tolist()  # the same releases
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
        assert (done[column] <= done["groups"]).all()
    assert (done["wrong"] <= done["certain"]).all()


def test_the_page_says_what_came_out():
    page = " ".join((ROOT / "docs" / "surveys.md").read_text(encoding="utf-8").split())
    rows = pd.read_csv(RESULTS / "designs.csv")
    done = rows[rows["status"] == "done"]
    own = done[~done["sizes"].str.contains("read as")]
    other = done.drop(own.index)
    certain, right = done["certain"].sum(), own["certain"].sum()
    wrong, own_wrong = done["wrong"].sum(), own["wrong"].sum()
    limit = stats.beta.ppf(0.95, own_wrong + 1, right - own_wrong)  # Clopper and Pearson
    assert f"{wrong:.0f} certain size of {certain:,.0f} was wrong" in page
    assert f"that is {own_wrong:.0f} of {right:,.0f}:" in page
    assert f"upper limit {limit:.1%}" in page
    # No more than chance makes of what the probabilities promise.
    assert stats.poisson.sf(own_wrong - 1, own["due"].sum()) > 0.01
    assert f"promised {own['due'].sum():.1f} wrong" in page
    assert f"wrong, of {other['certain'].sum():.0f};" in page

    def share(part, column):
        return part[column].sum() / part["groups"].sum()

    assert f"hold {share(own, 'covered'):.1%} of the sizes" in page
    whole = other[other["digits"] == 0]
    assert f"hold {share(other, 'covered'):.1%}, and {share(whole, 'covered'):.1%}" in page
    exact = [share(own[own["sizes"] == sizes], "exact") for sizes in ("quota", "free")]
    assert f"{exact[0]:.0%} of the sizes with quotas, {exact[1]:.0%} of free ones" in page
    assert f"{done['seconds'].isna().sum()} releases, made when" in page
    few = done[done["ess"] < 60]
    assert few["sizes"].str.contains("read as").sum() == 7
    assert f"collapse**: {len(few)} releases leave" in page
    worst = done.loc[done["ess"].idxmin()]
    assert (
        f"one of them leaves {worst['ess']:.0f}, whose sets hold {worst['covered']:.0f} size of"
        in page
    )
