"""Tables and totals of distributions forced to sum to 100, by enumeration of all counts."""

from collections import defaultdict

import brute_force
import numpy as np
import pytest
from forced_cases import compositions, hamilton, near, published, shares
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.reconstruction import overall_counts, reconstruct
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_prior import marginal_law
from alumnistats.reconstruction.forced_sums import ForcedTables, total_boxes
from alumnistats.reconstruction.question_tree import build_trees
from alumnistats.rounding import round_share

SHAPES = {3: [("o1", "o2")], 4: [("o0", "o2"), ("o0", "o1", "o2")]}


def tables_of(counts, measures=(), printed_measure=None, seed=0):
    """Return the forced tables of one group's distribution, with measures as inner nodes."""
    options = [f"o{i}" for i in range(len(counts))]
    text = brute_force.text
    survey = published(
        [counts], overall=False, seed=seed,
        measures=[
            {"id": f"m{i}", "question": "q", "label": text("m"), "options": list(some)}
            for i, some in enumerate(measures)
        ],
    )  # fmt: skip
    if printed_measure is not None:
        more = {"of": "m0", "percent": str(printed_measure)}
        figures = (*survey.figures, survey.figures[0].model_copy(update=more))
        survey = survey.model_copy(update={"figures": figures})
    tree = build_trees(survey)["q"]
    scenario = Scenario("half-up", (), (("q", "all"),), adding_up="forced")
    units = [survey.figures_of(f"q:{o}")["g0"].units for o in options]
    return ForcedTables(tree, scenario, sum(counts)), tuple(units)


def law_of_counts(tables, counts):
    """Prior probability of a vector of counts, by the splits of the tree."""
    tree, chance = tables.tree, 1.0
    at = {f"o{i}": k for i, k in enumerate(counts)}
    total = [sum(at[o] for o in node.options) for node in tree.nodes]
    for v, node in enumerate(tree.nodes):
        if node.left is not None:
            chance *= tables.law(v)[total[node.left], total[v]]
    return chance, total


@pytest.mark.parametrize("counts", [(61, 40, 59), (100, 100, 0), (73, 73, 75), (9, 12, 10, 15)])
def test_tables_of_wide_windows_by_enumeration(counts):
    n, options = sum(counts), len(counts)
    within = round(100 * sum(counts[int(o[1])] for o in SHAPES[options][0]) / n)
    for measure in (None, within):
        tables, units = tables_of(counts, SHAPES[options], measure)
        tree = tables.tree
        exact, joint, pairs = 0.0, np.zeros((len(tree.nodes), n + 1)), defaultdict(float)
        top = tree.nodes[0]
        for k in compositions(n, options):
            hit = hamilton(k, 0).get(units, 0.0) if near(k, units) else 0.0
            if not hit:
                continue
            chance, total = law_of_counts(tables, k)
            if measure is not None:
                of = sum(k[int(o[1])] for o in SHAPES[options][0])
                chance *= int(round_share(of, n, 0)) == measure
            exact += hit * chance
            for v, c in enumerate(total):
                joint[v, c] += hit * chance
            inner = top.left if tree.nodes[top.left].left is not None else top.right
            pairs[total[top.left], total[inner], total[tree.nodes[inner].left]] += hit * chance
        assert exact > 0
        assert tables.root("g0")[n] == pytest.approx(exact, rel=1e-12)
        for v in range(1, len(tree.nodes)):
            found = tables.table(v, "g0")[n] * marginal_law(tree, v, n)[:, n]
            assert found == pytest.approx(joint[v], rel=1e-10, abs=1e-15 * exact)
            law = tables.count_law(v, "g0", np.array([n, n]))
            assert law[1] == pytest.approx(joint[v] / exact, rel=1e-9, abs=1e-15)
            mean, variance = (x[n] for x in tables.moments(v, "g0"))
            assert mean == pytest.approx(np.arange(n + 1) @ joint[v] / exact)
            square = np.arange(n + 1) ** 2 @ joint[v] / exact
            assert variance == pytest.approx(square - mean**2, abs=1e-8 * square)
        base = np.array([n])
        first = weights_of(tables, 0, base, {0: base})
        assert first == pytest.approx(joint[top.left], rel=1e-10, abs=1e-15 * exact)
        l = int(first.argmax())
        known = {top.left: np.array([l]), top.right: np.array([n - l])}
        second = weights_of(tables, inner, base, known)
        wanted = np.zeros(n + 1)
        for (left, _, below), mass in pairs.items():
            wanted[below] += mass * (left == l)
        assert second / second.sum() == pytest.approx(wanted / wanted.sum(), rel=1e-9, abs=1e-12)


def weights_of(tables, node, base, known):
    """The weights of all left counts of one row."""
    start, weight = tables.split_given(node, "g0", base, known)
    out = np.zeros(base[0] + 1)
    some = weight[0, : len(out) - start[0]]
    out[start[0] : start[0] + len(some)] = some
    return out


@given(st.lists(st.integers(0, 60), min_size=2, max_size=5).filter(any), st.integers(0, 50))
@settings(max_examples=60)
def test_the_size_behind_a_print_is_possible_whatever_the_counts(counts, seed):
    tables, _ = tables_of(counts, seed=seed)
    n = sum(counts)
    chance = tables.root("g0")
    assert 0 < chance[n] <= 1 + 1e-12
    assert chance[0] == 0
    for v, options in enumerate(tables.tree.nodes):
        if v > 0:
            own = sum(counts[int(o[1])] for o in options.options)
            assert tables.count_law(v, "g0", np.array([n]))[0, own] > 0


@pytest.mark.parametrize("n", [3, 6, 8])
def test_probabilities_of_all_prints_sum_to_one(n):
    every = {}
    for counts in compositions(n, 3):
        for units in hamilton(counts, 0):
            every[units] = counts
    whole = 0.0
    for units, counts in every.items():
        seed = next(
            s
            for s in range(60)
            if tuple(shares(np.random.default_rng(s), counts, 0, "forced")) == units
        )
        tables, found = tables_of(counts, seed=seed)
        assert found == units
        whole += tables.root("g0")[n]
    assert whole == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("counts", [(61, 40, 59), (100, 100, 0), (7, 5, 9), (120, 180, 100, 100)])
def test_boxes_of_totals_share_out_each_vector_of_totals(counts):
    n, survey = sum(counts), published([counts])
    tree = build_trees(survey)["q"]
    scenario = Scenario("half-up", (), (("q", "all"),), adding_up="forced")
    totals = total_boxes(tree, n, scenario)
    units = tuple(survey.overall(f"q:o{i}").units for i in range(len(counts)))
    leaves = [tree.index([f"o{i}"]) for i in range(len(counts))]
    every = np.arange(len(totals.found.nobs))
    outcomes = [(totals.sets(box), chance) for box, chance in totals.outcomes(every)]
    rng = np.random.default_rng(0)
    near_truth = {tuple(counts)}
    for _ in range(300):
        moved = np.array(counts) + rng.integers(-2, 3, len(counts))
        moved[-1] += n - moved.sum()
        near_truth |= {tuple(moved.tolist())} if moved.min() >= 0 else set()
    hits = 0
    if len(counts) == 3:  # few enough to try all
        below = [i for i, v in enumerate(leaves) if v in tree.below(tree.nodes[0].left)]
        every_vector = [v for v in compositions(n, 3) if near(v, units)]
        possible = {sum(v[i] for i in below) for v in every_vector if units in hamilton(v, 0)}
        assert set(np.flatnonzero(totals.left_totals(0, {0: n})).tolist()) == possible
    for vector in near_truth:
        found = sum(
            p
            for sets, p in outcomes
            if all(sets[v][k] for v, k in zip(leaves, vector, strict=True))
        )
        exact = hamilton(vector, 0).get(units, 0.0)
        assert found == pytest.approx(exact)
        assert totals.chance_given(dict(zip(leaves, vector, strict=True))) == pytest.approx(exact)
        hits += exact > 0
    assert hits


@pytest.mark.parametrize("counts", [(61, 40, 59), (7, 5, 9), (100, 100, 0)])
def test_counts_behind_an_overall_distribution_by_enumeration(counts):
    """Where no group prints anything every vector of totals is as likely."""
    survey = published([counts])
    overall = tuple(f for f in survey.figures if f.group == "overall")
    survey = survey.model_copy(update={"figures": overall, "adding_up": ("forced",)})
    units = tuple(survey.overall(f"q:o{i}").units for i in range(3))
    recon = reconstruct(survey, draws=100)
    exact = [defaultdict(float) for _ in range(3)]
    for vector in compositions(sum(counts), 3):
        if near(vector, units):
            for law, k in zip(exact, vector, strict=True):
                law[k] += hamilton(vector, 0).get(units, 0.0)
    for i, law in enumerate(exact):
        _, count, weight = overall_counts(recon, f"q:o{i}")
        found = dict(zip(count.tolist(), weight.tolist(), strict=True))
        norm = sum(law.values())
        assert {k: pytest.approx(p / norm) for k, p in law.items() if p} == found
