"""Variance shares against closed forms, and what must hold for any outcome."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from alumnistats.sensitivity import sensitivity
from alumnistats.sensitivity.designs import saltelli, sobol
from alumnistats.sensitivity.scenario_file import Range
from alumnistats.sensitivity.variance import (
    complete_part,
    grid_effects,
    saltelli_effects,
    sample_effects,
)

GRIDS = arrays.arrays(
    float,
    arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4),
    elements=st.floats(0, 1),
)
# Ishigami's function: variances in closed form (Saltelli and others 2008, section 4.6).
A, B = 7.0, 0.1
TERMS = {
    "x": 0.5 * (1 + B * np.pi**4 / 5) ** 2,
    "y": A**2 / 8,
    "xz": 8 * B**2 * np.pi**8 / 225,
}
VARIANCE = sum(TERMS.values())
MAIN = np.array([TERMS["x"], TERMS["y"], 0]) / VARIANCE
TOTAL = np.array([TERMS["x"] + TERMS["xz"], TERMS["y"], TERMS["xz"]]) / VARIANCE
ISHIGAMI = {name: Range(low=-np.pi, high=np.pi) for name in "xyz"}


def ishigami(points):
    x, y, z = (np.array([p[name] for p in points]) for name in "xyz")
    return np.sin(x) + A * np.sin(y) ** 2 + B * z**4 * np.sin(x)


def test_a_sum_has_no_interaction():
    a, b, c = np.array([0.0, 1]), np.array([0.0, 2, 4]), np.zeros(2)
    main, total = grid_effects(a[:, None, None] + b[None, :, None] + c)
    variances = np.array([a.var(), b.var(), 0])
    np.testing.assert_allclose(main, variances / variances.sum(), atol=1e-12)
    np.testing.assert_allclose(total, main, atol=1e-12)


def test_a_product_is_interaction_by_its_closed_form():
    a, b = np.array([1.0, 2, 4]), np.array([-1.0, 0, 3])
    main, total = grid_effects(a[:, None] * b)
    parts = np.array([a.var() * b.mean() ** 2, b.var() * a.mean() ** 2])
    both = a.var() * b.var()
    np.testing.assert_allclose(main, parts / (parts.sum() + both), rtol=1e-12)
    np.testing.assert_allclose(total, (parts + both) / (parts.sum() + both), rtol=1e-12)


@given(GRIDS)
def test_main_effects_never_exceed_total_ones_nor_sum_beyond_one(y):
    main, total = grid_effects(y)
    if np.isfinite(main).all():
        assert (main <= total + 1e-9).all()
        assert main.sum() <= 1 + 1e-9
        assert total.sum() >= 1 - 1e-9
    else:
        assert y.var() < 1e-20


@given(GRIDS, st.data())
def test_the_complete_part_has_everything_when_nothing_is_missing(y, data):
    np.testing.assert_array_equal(complete_part(y), y)
    holes = data.draw(arrays.arrays(bool, y.shape))
    part = complete_part(np.where(holes, np.nan, y))
    assert np.isfinite(part).all()
    if holes.all():
        assert not part.size


def test_a_value_that_never_has_an_outcome_is_left_out():
    y = np.arange(12.0).reshape(3, 4)
    y[1] = np.nan
    np.testing.assert_array_equal(complete_part(y), y[[0, 2]])


def test_saltelli_effects_of_ishigami():
    y = ishigami(saltelli(ISHIGAMI, 4096, 0)).reshape(5, -1)
    main, total = saltelli_effects(y)
    np.testing.assert_allclose(main, MAIN, atol=0.02)
    np.testing.assert_allclose(total, TOTAL, atol=0.02)


def test_saltelli_effects_are_those_of_scipy_on_the_same_points():
    """scipy's own estimators (the same two papers) on the same A, B and AB."""
    y = ishigami(saltelli(ISHIGAMI, 64, 1)).reshape(5, 64)
    theirs = stats.sobol_indices(
        func={"f_A": y[:1], "f_B": y[1:2], "f_AB": y[2:].reshape(3, 1, 64)}, n=64
    )
    main, total = saltelli_effects(y)
    np.testing.assert_allclose(main, np.clip(theirs.first_order.ravel(), 0, 1), rtol=1e-9)
    np.testing.assert_allclose(total, theirs.total_order.ravel(), rtol=1e-9)


def test_main_effects_from_a_plain_sample_of_ishigami():
    points = sobol(ISHIGAMI, 4096, 0)
    classes = [np.floor((np.array([p[n] for p in points]) / np.pi + 1) * 10) for n in "xyz"]
    found = sample_effects([np.clip(c, 0, 19).astype(int) for c in classes], ishigami(points))
    np.testing.assert_allclose(found, MAIN, atol=0.03)


def test_classes_that_mean_nothing_explain_nothing_on_average():
    rng = np.random.default_rng(0)
    y = rng.normal(size=(200, 60))
    found = [sample_effects([rng.integers(6, size=60)], row)[0] for row in y]
    # Without the correction the average would be 5/59 = 0.085; cut off at 0 it is about 0.02.
    assert np.mean(found) < 0.04


def test_shares_of_a_run_are_those_of_its_table(result):
    table = result.table
    shares = result.variance_shares()
    grid = shares[(shares["kind"] == "grid") & (shares["outcome"] == "probability")]
    members = set(result.plan.designs[0].members)
    mine = table[table["scenario"].isin(members) & (table["claim"] == "north-first")]
    for row in grid[grid["claim"] == "north-first"].to_dict("records"):
        means = mine.groupby(row["dimension"])["probability"].mean()
        assert row["main"] == pytest.approx(means.var(ddof=0) / mine["probability"].var(ddof=0))
        others = [n for n in result.plan.designs[0].dimensions if n != row["dimension"]]
        within = mine.groupby(others)["probability"].var(ddof=0).mean()
        assert row["total"] == pytest.approx(within / mine["probability"].var(ddof=0))
        assert row["scenarios"] == 24


def test_one_at_a_time_each_dimension_has_its_own_variance(result):
    shares = result.variance_shares()
    mine = shares[
        (shares["kind"] == "one-at-a-time")
        & (shares["outcome"] == "probability")
        & (shares["claim"] == "half")
    ].set_index("dimension")
    table = result.table[result.table["claim"] == "half"].set_index("scenario")["probability"]
    scenarios = result.scenarios.set_index("scenario")
    biases = [0, *scenarios.index[scenarios["bias"] > 0]]
    assert mine["main"].sum() == pytest.approx(1)
    expected = table[biases].var(ddof=0)
    assert mine["main"]["bias"] * mine["variance"]["bias"] == pytest.approx(expected)


def test_ranges_are_those_of_the_scenarios_next_to_the_base(result):
    table = result.table[result.table["claim"] == "half"]
    base = table.iloc[0]
    names = [*result.plan.designs[0].dimensions, "left_out", "misprint", "bias", "replicate"]
    for row in result.ranges().to_dict("records"):
        if row["claim"] != "half" or row["outcome"] != "p_value":
            continue
        others = [n for n in names if n != row["dimension"]]
        near = table[(table[others] == base[others]).all(axis=1)]
        assert (row["low"], row["high"]) == (near["p_value"].min(), near["p_value"].max())
        assert row["base"] == base["p_value"]


def test_rounding_errors_do_not_decide_where_an_outcome_is_extreme(result):
    rng = np.random.default_rng(4)

    def nudged(claim):
        p = claim["p_value"]
        return claim if p is None else claim | {"p_value": p * (1 + rng.choice([-1, 1]) * 1e-15)}

    finished = tuple(replace(f, claims=tuple(map(nudged, f.claims))) for f in result.finished)
    columns = ["claim", "outcome", "dimension", "low_value", "high_value"]
    nearly = replace(result, finished=finished).ranges()
    assert nearly[columns].equals(result.ranges()[columns])


def test_every_kind_of_design_has_its_shares(survey):
    dimensions = {"level": [0.9, 0.95], "design_effect": {"low": 1.0, "high": 3.0, "scale": "log"}}
    kinds = {"latin-hypercube": 8, "sobol": 8, "saltelli": 4}
    designs = [{"kind": k, "n": n, "dimensions": dimensions} for k, n in kinds.items()]
    found = sensitivity(survey, {"format": 1, "draws": 100, "designs": designs})
    assert [len(d.members) for d in found.plan.designs] == [8, 8, 16]
    table = found.variance_shares()
    chosen = (table["claim"] == "north-first") & (table["outcome"] == "probability")
    shares = table[chosen].set_index(["kind", "dimension"]).sort_index()
    for kind in kinds:
        assert shares["main"][kind, "design_effect"] > shares["main"][kind, "level"]
        total = shares["total"][kind]
        assert np.isfinite(total).all() == (kind == "saltelli")
