"""Tables as bands against squares, and whole reconstructions on them against enumeration."""

import importlib.util
import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from one_question import one_question

from alumnistats.reconstruction import reconstruct
from alumnistats.reconstruction.banded_tables import MANY_COUNTS, BandedTables
from alumnistats.reconstruction.count_prior import marginal_law, prior_of_counts, split_law
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.problem import tabulate
from alumnistats.reconstruction.rounded_parts import chance_of_two, floor_sum, law_of_sum
from alumnistats.rounding import ROUNDING_RULES, round_share
from alumnistats.simulation import Design, simulate
from alumnistats.survey import Survey

spec = importlib.util.spec_from_file_location(
    "tiny_surveys", Path(__file__).with_name("test_brute_force.py")
)
tiny = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tiny)

LAW = ((2.0, 1.0), (9.0, 30.0))
CLOSE = 1e-12  # relative: sums of a few hundred positive terms in another order
SMALL = "alumnistats.reconstruction.problem.SMALL"


def both(problem, scenario):
    """Return the tables of a problem as squares and as bands."""
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for small, cls in ((np.inf, Tables), (-1, BandedTables)):
            patch.setattr(SMALL, small)
            found.append(tabulate(replace(problem), scenario, {}))
            assert {type(table) for table in found[-1].values()} == {cls}
    return found


def spread(start, weight, width):
    """Return weights from 0 on, (cells, width)."""
    out = np.zeros((len(start), width))
    cell, column = np.nonzero(weight)
    out[cell, start[cell] + column] = weight[cell, column]
    return out


def many_figures(seed):
    """Return a survey of four options and a measure, of which groups print what they like."""
    rng = np.random.default_rng(seed)
    options, digits = list("abcd"), int(rng.integers(0, 2))
    k = rng.multinomial(rng.integers(5, 150, 3), rng.dirichlet([2, 3, 2, 4]))
    columns = {f"q:{o}": k[:, [i]] for i, o in enumerate(options)} | {"ab": k[:, :2]}
    figures = []
    for of, parts in columns.items():
        rows = [(f"g{g}", parts[g].sum(), k[g].sum()) for g in range(3) if rng.random() < 0.7]
        if rng.random() < 0.7:
            rows.append(("overall", parts.sum(), k.sum()))
        for group, count, size in rows:
            units = int(round_share(count, size, digits))
            percent = str(units) if digits == 0 else f"{units // 10}.{units % 10}"
            figures.append({"of": of, "group": group, "percent": percent, "at": "table"})
    groups = {f"g{g}": {} for g in range(3)}
    document = one_question(options, groups, figures)
    return Survey.model_validate(document | {"total": int(k.sum())})


def problem_of(seed):
    if seed % 2:
        return make_problem(many_figures(seed))
    problem = make_problem(tiny.random_survey(seed % 200)[0])
    problem = replace(problem, largest=min(problem.largest, 40))
    if seed % 3:
        return problem
    return replace(problem, laws={("q", problem.trees["q"].index(["a", "b"])): LAW})


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_bands_hold_what_squares_do(seed, which):
    problem = problem_of(seed)
    compare_tables(problem, problem.scenarios[which % len(problem.scenarios)])


def test_bands_hold_what_squares_do_where_most_is_printed():
    for seed in range(1, 120, 4):
        problem = problem_of(seed)
        compare_tables(problem, problem.scenarios[seed % len(problem.scenarios)])


@pytest.mark.parametrize("options", [["a", "b"], ["a", "b", "c"]])
@pytest.mark.parametrize("percent", ["0", "1", "41"])
def test_bands_hold_what_squares_do_of_sums_of_rounded_parts(options, percent):
    figures = [{"of": "ab", "group": "g0", "percent": percent}]
    document = one_question(list("abcd"), {"g0": {}, "g1": {}}, figures)
    document["measures"][0]["options"] = options
    problem = make_problem(Survey.model_validate(document | {"total": 150}))
    added = next(s for s in problem.scenarios if s.added("q") and s.rounding == "half-up")
    compare_tables(problem, added)


def compare_tables(problem, scenario):
    """Compare roots, and laws of left counts at counts that the group's figures leave possible."""
    squares, bands = both(problem, scenario)
    size = np.arange(problem.largest + 1)
    for name, tree in problem.trees.items():
        for group in problem.groups:
            root = squares[name].root(group)
            np.testing.assert_allclose(bands[name].root(group), root, rtol=CLOSE, atol=0)
            low, high = bands[name].windows(group)
            for v, at in enumerate(tree.nodes):
                above = (size >= low[v][:, None]) & (size <= high[v][:, None])
                square = squares[name].table(v, group)
                if square is not None:
                    band = bands[name].table(v, group)
                    np.testing.assert_allclose(band, square * above, rtol=CLOSE, atol=0)
                if at.left is None:
                    continue
                base, count = np.nonzero(above)
                if not base.size:
                    continue
                kind = np.zeros_like(base)
                start, weight = squares[name].laws_of_cells(v, {0: group}, kind, base, count)
                wanted = spread(start, weight, len(size))
                start, weight = bands[name].laws_of_cells(v, {0: group}, kind, base, count)
                found = spread(start, weight, len(size))
                # What bands leave out lies outside of a child's window: other figures exclude it.
                l, r = size[None, :], count[:, None] - size[None, :]
                inside = (low[at.left][base, None] <= l) & (l <= high[at.left][base, None])
                inside &= (low[at.right][base, None] <= r) & (r <= high[at.right][base, None])
                np.testing.assert_allclose(found, wanted * inside, rtol=CLOSE, atol=0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5), st.integers(0, 2), st.booleans())
def test_law_of_the_only_figure_is_that_of_squares(seed, groups, digits, everybody):
    design = Design(groups, 20 * groups, 0 if everybody else 1, digits)
    problem = make_problem(simulate(design, np.random.default_rng(seed)).survey)
    (tree,) = problem.trees.values()
    node = tree.index(["a", "b"])
    for scenario in problem.scenarios[::3]:
        squares, bands = (tables[tree.name] for tables in both(problem, scenario))
        sizes = np.flatnonzero(squares.root("g0"))
        law = squares.count_law(node, "g0", sizes)
        np.testing.assert_allclose(bands.count_law(node, "g0", sizes), law, rtol=1e-10, atol=1e-14)
        for of_squares, of_bands in zip(
            squares.moments(node, "g0"), bands.moments(node, "g0"), strict=True
        ):
            # Squares subtract the squared mean, of up to 2,500.
            np.testing.assert_allclose(of_bands[sizes], of_squares[sizes], rtol=1e-9, atol=1e-10)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 1), st.integers(400, 900))
def test_moments_of_some_sizes_are_near_those_of_all(seed, digits, largest):
    """By less than the width of a figure's window, and exact where windows are narrow."""
    design = Design(4, 1200, 2, digits)
    problem = replace(
        make_problem(simulate(design, np.random.default_rng(seed)).survey), largest=largest
    )
    (tree,) = problem.trees.values()
    for node in range(1, len(tree.nodes)):
        found = []
        for fine in (64, 10**6):  # some of them, and all
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(SMALL, -1)
                patch.setattr("alumnistats.reconstruction.banded_tables.FINE", fine)
                table = tabulate(problem, problem.scenarios[0], {})[tree.name]
                assert isinstance(table, BandedTables)
                found.append(table.moments(node, "g0"))
        sizes = np.flatnonzero(table.root("g0"))
        low, high = (ends[node][sizes] for ends in table.windows("g0"))
        (mean, variance), (exact, spread) = ([x[sizes] for x in moments] for moments in found)
        np.testing.assert_array_equal(mean[sizes < 64], exact[sizes < 64])
        narrow = high - low + 1 < MANY_COUNTS
        np.testing.assert_array_equal(mean[narrow], exact[narrow])
        np.testing.assert_allclose(mean, exact, rtol=0.01, atol=1.5)
        np.testing.assert_allclose(variance, spread, rtol=0.3, atol=2.0)


def test_whole_reconstructions_against_enumeration(monkeypatch):
    monkeypatch.setattr(SMALL, -1)
    for seed in range(400, 410):
        worst = tiny.compare(seed, monkeypatch, LAW if seed % 5 == 0 else None)
        assert worst < tiny.SIGMAS, (seed, worst)


def test_the_same_draws_with_either_tables(monkeypatch):
    survey = simulate(Design(6, 900), np.random.default_rng(3)).survey
    found = []
    for small in (np.inf, -1):
        monkeypatch.setattr(SMALL, small)
        found.append(reconstruct(survey, seed=5))
    a, b = (recon.particles for recon in found)
    assert a.log_evidence == pytest.approx(b.log_evidence, rel=1e-10)
    np.testing.assert_array_equal(a.sizes, b.sizes)
    for key, counts in a.counts.items():
        np.testing.assert_array_equal(counts, b.counts[key])
    of = found[0].recovered[0]
    laws = [recon.solutions_of(of).log_prior for recon in found]
    monkeypatch.setattr("alumnistats.reconstruction.count_prior.SQUARE", 0)
    np.testing.assert_allclose(found[1].solutions_of(of).log_prior, laws[0], rtol=1e-10)


def test_sizes_of_simulated_releases_are_covered(monkeypatch):
    """Twelve releases: 72 sizes, of which 95% sets may miss a few."""
    monkeypatch.setattr(SMALL, -1)
    rng, missed = np.random.default_rng(8), 0
    for _ in range(12):
        release = simulate(Design(6, 300, 2), rng)
        table = reconstruct(release.survey, seed=rng, explain=False).sample_sizes
        missed += int(((release.n < table["lower"]) | (release.n > table["upper"])).sum())
    assert missed <= 9  # of 72; Binomial(72, 0.05) exceeds 9 in one case of 200


@given(st.integers(0, 60), st.integers(1, 200), st.integers(0, 10**4), st.integers(0, 10**4))
def test_floor_sums(terms, divisor, slope, start):
    expected = sum((slope * i + start) // divisor for i in range(terms))
    found = floor_sum(*(np.array([x]) for x in (terms, divisor, slope, start)))
    assert found.tolist() == [expected]


@given(
    st.integers(1, 400), st.data(), st.integers(0, 2), st.sampled_from(ROUNDING_RULES),
)  # fmt: skip
def test_two_rounded_parts_by_counting(base, data, digits, rule):
    count = data.draw(st.integers(0, base))
    parts = np.arange(count + 1)
    shown = round_share(parts, base, digits, rule) + round_share(count - parts, base, digits, rule)
    low = data.draw(st.integers(int(shown.min()) - 2, int(shown.max()) + 2))
    high = low + data.draw(st.integers(0, 3))
    found = chance_of_two(np.array([base]), np.array([count]), low, high, digits, rule)
    assert found.tolist() == [((low <= shown) & (shown <= high)).mean()]


@pytest.mark.parametrize("rule", ROUNDING_RULES)
@pytest.mark.parametrize("digits", [0, 1])
def test_two_rounded_parts_of_every_small_base(digits, rule):
    """Ties are rare: bases that divide a power of ten and few counts below them have them all."""
    for base in (1, 2, 4, 5, 8, 16, 25, 32):
        for count in range(base + 1):
            parts = np.arange(count + 1)
            each = [round_share(x, base, digits, rule) for x in (parts, count - parts)]
            shown = each[0] + each[1]
            for units in range(int(shown.min()) - 1, int(shown.max()) + 2):
                found = chance_of_two(
                    np.array([base]), np.array([count]), units, units, digits, rule
                )
                assert found.tolist() == [(shown == units).mean()], (base, count, units)


@given(
    st.integers(1, 4), st.integers(1, 16), st.data(), st.integers(0, 2),
    st.sampled_from(ROUNDING_RULES),
)  # fmt: skip
def test_sums_of_rounded_parts_by_counting(parts, base, data, digits, rule):
    count = data.draw(st.integers(0, base))
    ends = itertools.combinations(range(count + parts - 1), parts - 1)
    ways = [np.diff([-1, *some, count + parts - 1]) - 1 for some in ends]
    shown = Counter(int(round_share(way, base, digits, rule).sum()) for way in ways)
    first, law = law_of_sum(parts, base, count, digits, rule)
    found = {first + i: p for i, p in enumerate(law.tolist()) if p}
    assert found == pytest.approx({s: n / len(ways) for s, n in shown.items()}, rel=1e-12)


def test_prior_of_counts_without_squares(monkeypatch):
    problem = make_problem(tiny.random_survey(7)[0])
    tree = problem.trees["q"]
    size, count = np.array([[30], [17]]), np.array([[0, 3, 17, 11]])
    for node in range(len(tree.nodes)):
        monkeypatch.setattr("alumnistats.reconstruction.count_prior.SQUARE", 0)
        found = prior_of_counts(tree, node, size, count)
        np.testing.assert_allclose(found, marginal_law(tree, node, 30)[count, size], rtol=CLOSE)
        found = prior_of_counts(tree, node, size, count, LAW)
        np.testing.assert_allclose(found, split_law(LAW, 30)[count, size], rtol=CLOSE)
