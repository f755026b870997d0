"""Simulated releases, bands for uniform values, and a short calibration of the whole package."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alumnistats.errors import ArgumentError
from alumnistats.figures import plot_calibration
from alumnistats.posterior import LogitNormalPrior
from alumnistats.reconstruction import reconstruct
from alumnistats.rounding import round_share
from alumnistats.simulation import Design, calibrate, ecdf_band, simulate
from alumnistats.simulation.bands import outside_band, stays_inside
from alumnistats.simulation.calibration import check_release
from alumnistats.simulation.release import MEASURE


def test_the_band_holds_as_often_as_it_says():
    size, runs = 80, 20_000
    z, low, high = ecdf_band(size, 0.9)
    values = np.random.default_rng(0).random((runs, size))
    curve = (values[:, :, None] <= z).mean(axis=1)
    inside = ((curve >= low) & (curve <= high)).all(axis=1).mean()
    exact = stays_inside(size, len(z) + 1, float(np.exp(-100)))
    assert exact == pytest.approx(1, abs=1e-9)
    # Four standard errors of 20,000 runs; the band may be wider than asked for, never narrower.
    assert 0.9 - 4 * 0.0021 < inside < 0.92


def test_the_probability_to_stay_inside_by_enumeration():
    """Three values, four cells: every placement of the values counted."""
    size, points, tail = 3, 4, 0.2
    z = np.arange(1, points) / points
    low = stats.binom.ppf(tail, size, z)
    high = stats.binom.ppf(1 - tail, size, z)
    inside = 0
    for cells in np.ndindex(*[points] * size):
        counts = np.array([(np.array(cells) < i).sum() for i in range(1, points)])
        inside += bool(((counts >= low) & (counts <= high)).all())
    assert stays_inside(size, points, tail) == pytest.approx(inside / points**size, abs=1e-12)


def test_curves_that_are_not_uniform_leave_the_band():
    rng = np.random.default_rng(1)
    assert outside_band(rng.random(400)) >= 1
    assert outside_band(rng.beta(1.4, 1.4, 400)) < 1
    assert outside_band(rng.random(400) ** 1.2) < 1


def test_bad_bands_are_named():
    for arguments, name in (((1,), "size"), ((10, 1.2), "level"), ((10, 0.9, 2), "points")):
        with pytest.raises(ArgumentError, match=name):
            ecdf_band(*arguments)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 2), st.integers(0, 3))
def test_what_is_published_follows_from_the_truth(seed, digits, listed):
    design = Design(6, 200, listed, digits, "free")
    release = simulate(design, np.random.default_rng(seed))
    assert release.n.sum() == 200
    assert ((release.k >= 0) & (release.k <= release.n)).all()
    figures = release.survey.figures_of(MEASURE)
    for g in range(6):
        figure = figures.get(f"g{g}")
        assert (figure is not None) == release.listed[g]
        if figure is not None and release.subtotals == "rounded-sum":
            shown = round_share(release.k[g], release.n[g], digits, release.rounding)
            assert figure.units == shown
    for ranking in release.survey.rankings:
        at = [figures[group].units for place in ranking.places for group in place]
        assert at == sorted(at, reverse=ranking.from_ == "highest")


def test_designs_that_cannot_be_are_named():
    for options, name in (
        ({"groups": 1}, "groups"), ({"total": 5}, "total"), ({"listed": -1}, "listed"),
        ({"digits": 3}, "digits"), ({"sizes": "equal"}, "sizes"),
        ({"total_about": 1200}, "total_about"), ({"total": None, "total_about": 5}, "total_about"),
    ):  # fmt: skip
        with pytest.raises(ArgumentError, match=name):
            Design(**options)
    with pytest.raises(ArgumentError, match="releases"):
        calibrate(releases=1)
    with pytest.raises(ArgumentError, match="jobs"):
        calibrate(jobs=0)


def test_totals_that_are_not_published_follow_their_law():
    """About 100 is normal with 5 in a hundred; without a word all orders of magnitude are alike."""
    rng = np.random.default_rng(11)
    about = Design(4, None, 0, sizes="free", total_about=100)
    drawn = np.array([simulate(about, rng).n.sum() for _ in range(400)])
    assert drawn.mean() == pytest.approx(100, abs=4 * 5 / 20)
    assert drawn.std() == pytest.approx(5, abs=4 * 5 / np.sqrt(2 * 400))
    release = simulate(about, rng)
    assert release.survey.total is None
    assert release.survey.total_about == 100
    untold = Design(4, None, 0, sizes="free")
    logs = np.log([simulate(untold, rng).n.sum() for _ in range(400)])
    half = np.log(4 * 5000) / 2  # from one respondent a group to the bound of the prior
    assert (logs < half).mean() == pytest.approx(0.5, abs=4 * 0.5 / 20 + 0.02)
    assert simulate(untold, rng).survey.total_bounds == (1, None)


def test_an_unknown_total_is_calibrated_as_all_else():
    design = Design(3, None, 0, sizes="free", total_about=30)
    found = calibrate(design, 24, draws=100, seed=1)
    table = found.uniformity(1 - 0.01 / 8).set_index(["quantity", "groups"])
    assert ("total", "any") in table.index
    assert table["inside"].all()
    assert np.isfinite(found.intervals["upper"]).all()


@pytest.fixture(scope="module")
def short():
    design = Design(5, 90, 2, prior=LogitNormalPrior(-0.5, 0.8, 0.6))
    return calibrate(design, 36, draws=100, seed=3)


def test_a_short_calibration_stays_inside_its_bands(short):
    """Three dozen releases, of which benchmarks/calibration.py runs a thousand; eleven curves."""
    table = short.uniformity(1 - 0.01 / 11)
    assert len(table) == 11
    assert table["inside"].all()
    assert len(short.failures) == 0


def test_intervals_cover_and_the_naive_winner_is_too_good(short):
    table = short.coverage().set_index(["method", "of"])
    ours = table.loc["alumnistats", "all"]
    assert abs(ours["coverage"] - 0.95) < 4 * ours["coverage_error"]
    assert abs(ours["mean_error"]) < 4 * ours["mean_error_se"]
    naive, winner = table.loc["naive", "winner"], table.loc["alumnistats", "winner"]
    assert naive["mean_error"] > 2 * naive["mean_error_se"]
    assert abs(winner["mean_error"]) < naive["mean_error"]


def test_the_picture_has_a_curve_for_every_quantity(short):
    for lang, word in (("en", "sample size"), ("ja", "標本サイズ")):
        ax = plot_calibration(short.values, lang=lang)
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        assert word in labels
        assert len(labels) == 10
        assert plot_calibration(short.values, ax=ax, lang=lang) is ax


def test_a_release_depends_on_seed_and_index_only(short):
    index, values, _, error = check_release(7, short.design, 100, 3)
    assert index == 7
    assert not error
    expected = short.values[short.values["release"] == 7]["value"].tolist()
    assert [row["value"] for row in values] == expected


def test_two_jobs_give_the_same_tables():
    design = Design(4, 61, 1, prior=LogitNormalPrior(0, 0.5, 0.5))
    one, two = (calibrate(design, 4, draws=100, jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.values, two.values)
    pd.testing.assert_frame_equal(one.intervals, two.intervals)


def test_a_cluster_gives_the_same_tables(cluster):
    design = Design(4, 61, 1, prior=LogitNormalPrior(0, 0.5, 0.5))
    here = calibrate(design, 4, draws=100)
    there = calibrate(design, 4, draws=100, scheduler=cluster.scheduler_address)
    pd.testing.assert_frame_equal(here.values, there.values)
    pd.testing.assert_frame_equal(here.intervals, there.intervals)


def test_an_interrupt_keeps_what_is_finished():
    def stop(done):
        if done == 3:
            raise KeyboardInterrupt

    design = Design(4, 61, 1)
    found = calibrate(design, 50, draws=100, report=stop)
    assert found.values["release"].nunique() == 3


def test_more_solutions_are_drawn_where_few_would_count():
    """A release whose overall figure most draws do not fit."""
    rng = np.random.default_rng([0, 24])
    release = simulate(Design(6, 311, 2), rng)
    particles = reconstruct(release.survey, draws=100, seed=rng).particles
    assert len(particles.weight) > 110
    assert particles.ess >= 40
