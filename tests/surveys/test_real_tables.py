"""The real tables of benchmarks/real_tables: printed from the truth, which only tests may see."""

import importlib.util
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from alumnistats.reconstruction import reconstruct
from alumnistats.sources import available_surveys, check_survey, load_survey

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks" / "real_tables"
TRUTH = pd.read_csv(FOLDER / "truth.csv")
IDS = list(TRUTH["table"].unique())
QUICK = ("florida-lakes", "chapel-hill-1967")


def load(name):
    path = ROOT / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PRINTING = load("print_real_tables")
ENTRIES = {entry["id"]: entry for entry in PRINTING.entries()}


def truth_of(id):
    return TRUTH[TRUTH["table"] == id].drop(columns="table").reset_index(drop=True)


def sizes_of(id):
    return truth_of(id).groupby("group", sort=False)["n"].first()


@pytest.fixture(params=IDS)
def survey(request):
    return load_survey(FOLDER / f"{request.param}.toml")


def shares_of(survey):
    """Return the exact true percentages by share and group."""
    truth = truth_of(survey.id).set_index(["of", "group"])
    shares = {
        key: Fraction(100 * int(row["count"]), int(row["n"])) for key, row in truth.iterrows()
    }
    for of, part in truth.groupby(level="of"):
        shares[of, "overall"] = Fraction(100 * int(part["count"].sum()), int(part["n"].sum()))
    return shares


def test_the_tables_are_of_every_kind_and_none_is_embedded():
    assert list(ENTRIES) == IDS
    assert not set(IDS) & set(available_surveys())
    assert all(5 <= len(sizes_of(id)) <= 20 for id in IDS)
    entries = ENTRIES.values()
    assert {entry["digits"] for entry in entries} == {0, 1, 2}
    assert {entry["total"] for entry in entries} == {True, False}
    ends = {bool(question.get("ends")) for entry in entries for question in entry["questions"]}
    assert ends == {True, False}
    uneven = [id for id in IDS if sizes_of(id).max() > 2.5 * sizes_of(id).mean()]
    assert len(uneven) >= 5


def test_no_size_is_printed(survey):
    n = sizes_of(survey.id)
    assert list(survey.group_ids) == list(n.index)
    assert all(group.n is None for group in survey.groups)
    assert all(figure.n is None and figure.count is None for figure in survey.figures)
    assert survey.total in (None, n.sum())
    assert check_survey(survey) == ()


def test_the_truth_adds_up(survey):
    truth = truth_of(survey.id)
    for question in survey.questions:
        part = truth[truth["of"].str.startswith(f"{question.id}:")]
        assert set(part["of"]) == {f"{question.id}:{option.id}" for option in question.options}
        assert (part["count"] <= part["n"]).all()
        if question.complete:
            assert part.groupby("group", sort=False)["count"].sum().equals(sizes_of(survey.id))


def test_figures_are_the_true_shares_with_halves_up(survey):
    shares = shares_of(survey)
    for figure in survey.figures:
        printed, unit = Fraction(figure.percent), Fraction(1, 10**figure.digits)
        assert printed - unit / 2 <= shares[figure.of, figure.group] < printed + unit / 2, figure


def test_lists_leave_out_whoever_is_strictly_beyond(survey):
    shares = shares_of(survey)
    printed = {(figure.of, figure.group): Fraction(figure.percent) for figure in survey.figures}
    unit = Fraction(1, 10 ** survey.figures[0].digits)
    for ranking in survey.rankings:
        sign = 1 if ranking.from_ == "highest" else -1
        values = [{sign * printed[ranking.of, g] for g in place} for place in ranking.places]
        assert all(len(alike) == 1 for alike in values)
        order = [value for alike in values for value in alike]
        assert order == sorted(set(order), reverse=True)
        listed = {g for place in ranking.places for g in place}
        for g in set(survey.group_ids) - listed:
            if ranking.from_ == "highest":
                assert shares[ranking.of, g] < order[-1] - unit / 2
            else:
                assert shares[ranking.of, g] >= -order[-1] + unit / 2


def test_the_files_are_what_the_truth_prints(survey):
    text = (FOLDER / f"{survey.id}.toml").read_text(encoding="utf-8")
    assert text == PRINTING.printed(ENTRIES[survey.id], truth_of(survey.id))


def test_the_tabulation_reproduces_the_truth():
    fresh = PRINTING.tabulated(ENTRIES["redbook-1974"])
    pd.testing.assert_frame_equal(fresh, truth_of("redbook-1974"))


@pytest.mark.parametrize("id", QUICK)
def test_a_true_table_is_no_contradiction_and_nothing_certain_is_wrong(id):
    """Under the prior that is used when none is given; the benchmark runs all tables."""
    table = reconstruct(load_survey(FOLDER / f"{id}.toml")).sample_sizes.set_index("group")
    n = sizes_of(id)
    assert (table["mode"] == n)[table["probability"] > 0.95].all()
    covered = (table["lower"] <= n) & (n <= table["upper"])
    # Independent sets of 95% miss more than four of so few in one table of ten thousand.
    assert (~covered).sum() <= 4


@pytest.fixture(scope="module")
def harness():
    return load("real_tables")


def test_a_table_is_run_in_a_process_with_limits(harness):
    done = harness.attempt("florida-lakes", "free", seconds=60, gigabytes=2.5)
    assert done["status"] == "done"
    assert done["told"] == len(sizes_of("florida-lakes"))
    assert 0 < float(done["seconds"]) < 60
    assert 50 < done["peak_mb"] < 2560
    assert harness.attempt("bradford-1983", "quota", seconds=1, gigabytes=2.5)["status"] == "time"


def test_what_is_counted_of_a_reconstruction(harness):
    """Against a table written by hand: one size right and certain, one false, one untold."""

    class Recon:
        class particles:  # noqa: N801
            ess = 123.4

        sample_sizes = pd.DataFrame(
            [("a", 10, 0.999, 10, 10), ("b", 21, 0.96, 19, 21), ("c", 30, 0.995, 30, 30),
             ("d", None, None, None, None)],
            columns=["group", "mode", "probability", "lower", "upper"],
        )  # fmt: skip

    truth = pd.Series({"d": 40, "c": 31, "b": 20, "a": 10})
    assert harness.judged(Recon, truth) == {
        "told": 3, "covered": 2, "sure": 3, "right": 1, "certain": 2, "wrong": 1,
        "p_wrong": "0.995", "ess": 123,
    }  # fmt: skip


def test_the_summary_adds_up_over_tables(harness):
    rows = pd.DataFrame(
        {
            "engine": "now", "prior": "free", "status": ["done", "contradiction", "done"],
            "told": [5, None, 6], "covered": [4, None, 6], "sure": [1, None, 2],
            "right": [1, None, 1], "certain": [0, None, 1], "wrong": [0, None, 1],
            "ess": [30, None, 800], "seconds": [1.5, 0.5, 2.0], "peak_mb": [100, 90, 200],
        }
    )  # fmt: skip
    (row,) = harness.summary(rows).to_dict("records")
    assert (row["tables"], row["done"], row["contradiction"], row["time"], row["other"]) == (
        3, 2, 1, 0, 0,
    )  # fmt: skip
    assert (row["told"], row["covered"], row["sure"], row["right"]) == (11, 10, 3, 2)
    assert (row["few"], row["slowest"], row["seconds"], row["peak_mb"]) == (1, 2.0, 4.0, 200)


def test_the_committed_rows_are_of_every_table_and_add_up(harness):
    rows = pd.read_csv(harness.RESULTS)
    for _, part in rows.groupby(["engine", "prior"]):
        assert sorted(part["table"]) == sorted(IDS)
    assert list(rows.columns) == harness.COLUMNS
    done = rows[rows["status"] == "done"]
    for order in (("groups", "told", "covered"), ("told", "sure", "right"),
                  ("sure", "certain", "wrong")):  # fmt: skip
        assert all((done[a] >= done[b]).all() for a, b in pairwise(order))
    pd.testing.assert_frame_equal(pd.read_csv(harness.TOTALS), harness.summary(rows))
