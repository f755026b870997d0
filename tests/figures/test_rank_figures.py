"""Pictures of ranks: legible with few and many groups, in both languages; places where published.

What every figure of an analysis has to do is tested in `test_figures`.
"""

import io
import itertools
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.image import imread

from alumnistats.errors import ArgumentError
from alumnistats.figures import figure_bytes, plot_comparisons, plot_pairwise
from alumnistats.figures.rank_sets import published_order, published_ranks
from alumnistats.ranking import rank
from alumnistats.style import label_rows, new_axes, rank_ticks, styled

PLACES = {"highest": {"g3": 1, "g1": 2, "g5": 2}, "lowest": {"g8": 1, "g0": 2, "g9": 2}}
PLOTS = {
    "ranks": lambda r, **k: r.plot(**k),
    "intervals": lambda r, **k: r.plot_intervals(PLACES, **k),
    "pairwise": lambda r, **k: r.plot_pairwise(**k),
    "comparisons": lambda r, **k: r.plot_comparisons(["g0", "g4", "g9"], **k),
}


def drawn(groups):
    rng = np.random.default_rng(3)
    n = rng.integers(60, 400, groups)
    count = rng.binomial(n, rng.beta(6, 12, groups))
    return rank(count=count, nobs=n, groups=[f"g{i}" for i in range(groups)])


@pytest.fixture(scope="module")
def few():
    return drawn(10)


@pytest.fixture(scope="module")
def many():
    return drawn(47)


@pytest.fixture(autouse=True)
def close():
    import matplotlib.pyplot as plt

    mpl.use("agg")
    yield
    plt.close("all")


def labels_of(ranks, lang):
    word = {"en": "Prefecture no.", "ja": "都道府県第"}[lang]
    return {g: f"{word} {g[1:]}" for g in ranks.groups}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("size", ["few", "many"])
@pytest.mark.parametrize("name", PLOTS)
def test_nothing_is_cut_and_no_rows_overlap(request, name, size, lang):
    ranks = request.getfixturevalue(size)
    ax = PLOTS[name](ranks, lang=lang, labels=labels_of(ranks, lang))
    assert isinstance(ax, Axes)
    with styled(lang):
        ax.figure.canvas.draw()  # a missing glyph is a warning, and warnings are errors
        picture = ax.figure.bbox
        whole = ax.figure.get_tightbbox().transformed(ax.figure.dpi_scale_trans)
        assert whole.x0 >= picture.x0 - 1
        assert whole.y0 >= picture.y0 - 1
        assert whole.x1 <= picture.x1 + 1
        assert whole.y1 <= picture.y1 + 1
        rows = sorted((t.get_window_extent() for t in ax.get_yticklabels()), key=lambda b: b.y0)
        assert len(rows) == len(ranks.groups)
        assert all(a.y1 <= b.y0 + 1 for a, b in itertools.pairwise(rows))
        if name != "pairwise":  # whose labels are slanted
            ticks = [t.get_window_extent() for t in ax.get_xticklabels()]
            assert all(
                a.x1 < b.x0 for a, b in itertools.pairwise(sorted(ticks, key=lambda b: b.x0))
            )
        if ax.get_legend() is not None:
            legend = ax.get_legend().get_window_extent()
            assert legend.y1 <= ax.xaxis.label.get_window_extent().y0 + 1


@pytest.mark.parametrize("name", PLOTS)
def test_given_axes_are_used_and_equal_figures_are_equal_files(few, name):
    files = []
    for _ in range(2):
        ax = new_axes(6, 4)
        assert PLOTS[name](few, ax=ax) is ax
        engine = ax.figure.get_layout_engine()
        files.append(figure_bytes(ax.figure, "en"))
        assert ax.figure.get_layout_engine() is engine
    assert files[0] == files[1]


def test_rows_of_short_axes_are_thinned():
    ax = new_axes(4, 2)
    ax.set_ylim(46.5, -0.5)
    label_rows(ax, range(47), [f"g{i}" for i in range(47)])
    ax.figure.canvas.draw()
    rows = [t.get_window_extent() for t in ax.get_yticklabels()]
    assert 10 < len(rows) < 47
    assert all(b.y1 <= a.y0 + 1 for a, b in itertools.pairwise(rows))


def test_rank_ticks_are_round_and_few():
    assert rank_ticks(12) == list(range(1, 13))
    assert rank_ticks(47) == [1, 5, 10, 15, 20, 25, 30, 35, 40, 45]
    for groups in (1, 20, 21, 100, 999, 10_000):
        ticks = rank_ticks(groups)
        assert len(ticks) <= 21
        assert ticks == sorted(set(ticks))
        assert ticks[-1] <= groups


def test_places_become_ranks():
    assert published_ranks(10, PLACES["highest"], "highest") == {"g3": 1, "g1": 2, "g5": 2}
    # g8 is last; two share the place before: seven groups are above each of them.
    assert published_ranks(10, PLACES["lowest"], "lowest") == {"g8": 10, "g0": 8, "g9": 8}


def test_listed_groups_come_in_published_order_and_the_others_by_expected_rank(few):
    listed, rest = published_order(few, PLACES)
    assert listed[0] == "g3"
    assert set(listed[1:3]) == {"g1", "g5"}
    assert set(listed[3:5]) == {"g0", "g9"}
    assert listed[5] == "g8"
    expected = dict(zip(few.groups, few.posterior.expected, strict=True))
    assert rest == sorted(set(few.groups) - set(listed), key=expected.get)
    assert published_order(few, {}) == ([], sorted(few.groups, key=expected.get))
    with pytest.raises(ArgumentError, match="published"):
        published_order(few, {"highest": {"nobody": 1}})


def test_rounding_errors_do_not_decide_the_order(few):
    table = few.table.copy()
    table.loc[table["group"] == "g1", "expected"] = 4.0 + 1e-14
    table.loc[table["group"] == "g5", "expected"] = 4.0
    same = replace(few, table=table)
    listed, _ = published_order(same, PLACES)
    assert listed[1:3] == ["g1", "g5"]  # as the list has them
    _, rest = published_order(same, {})
    assert rest.index("g1") + 1 == rest.index("g5")


def test_intervals_show_the_table_and_the_published_places(few):
    ax = few.plot_intervals(PLACES)
    lines = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert len(lines) == 3
    table = few.table.set_index("method")
    for method, shown in zip(("simultaneous", "marginal", "posterior"), lines, strict=True):
        ends = [segment[:, 0].tolist() for segment in shown.get_segments()]
        assert ends == table.loc[method, ["lower", "upper"]].to_numpy().tolist()
    diamonds = [line for line in ax.lines if line.get_marker() == "D"]
    assert [sorted(d.get_xdata().tolist()) for d in diamonds] == [[1, 2, 2], [8, 8, 10]]
    rows = ax.get_yticks()
    assert np.diff(rows)[5] > 1.5  # the listed groups stand apart
    assert np.allclose(np.delete(np.diff(rows), 5), 1)


def test_intervals_of_estimates_without_a_posterior():
    ranks = rank(estimates=[0.1, 0.5, 0.3], variance=[1e-4] * 3, groups=["a", "b", "c"])
    ax = ranks.plot_intervals()
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b", "c", "a"]


def test_pairs_are_ordered_annotated_and_marked(few, many):
    ax = few.plot_pairwise()
    shown = ax.images[0].get_array()
    order = np.argsort(few.posterior.expected)
    names = [t.get_text() for t in ax.get_yticklabels()]
    assert names == [few.groups[g] for g in order]
    matrix = few.pairwise().to_numpy()[np.ix_(order, order)]
    off = ~np.eye(10, dtype=bool)
    np.testing.assert_allclose(shown[off], matrix[off])
    numbers = [t.get_text() for t in ax.texts]
    assert len(numbers) == 90
    assert not {"0.00", "1.00"} & set(numbers)
    assert not many.plot_pairwise().texts
    apart = few.tiers().set_index("group")["letters"]
    middles = [path.vertices[:4].mean(axis=0) for path in ax.collections[-1].get_paths()]
    dots = {tuple(np.round(xy).astype(int)) for xy in middles}
    expected = {
        (j, i)
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if not set(apart[a]) & set(apart[b])
    }
    assert dots == expected


def test_columns_show_the_positions(few):
    colours = {"above": "#0072B2", "below": "#E69F00", "undecided": "0.93"}
    for groups, family in ((["g0"], "reference"), (["g0", "g4"], "all-pairs")):
        ax = few.plot_comparisons(groups)
        cells = [p for p in ax.patches if not p.get_clip_on()]
        names = [t.get_text() for t in ax.get_yticklabels()]
        position = [
            few.compare_with(group, family).set_index("group").loc[name, "position"]
            for group in groups
            for name in names
        ]
        expected = [mpl.colors.to_rgba(colours[side]) for side in position]
        assert [cell.get_facecolor() for cell in cells] == expected


def test_bad_arguments_are_named():
    with pytest.raises(ArgumentError, match="probability"):
        plot_pairwise(np.ones((2, 3)), ["a", "b"])
    with pytest.raises(ArgumentError, match="significant"):
        plot_pairwise(np.ones((2, 2)), ["a", "b"], [[True]])
    with pytest.raises(ArgumentError, match="estimate"):
        plot_comparisons([1, 2], [0, 1], [2, 3, 4], ["a", "b"])
    with pytest.raises(ArgumentError, match="position"):
        plot_comparisons([1, 2], [0, 1], [2, 3], ["a", "b"], [[0, 1]])


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_picture_of_few_dots_cuts_no_legend(lang):
    share = np.linspace(0.2, 0.5, 12)
    names = [f"Group {i}" for i in range(12)]
    side = np.zeros((2, 12), int)
    ax = plot_comparisons(share, share - 0.05, share + 0.05, names, side, [0, 1], lang=lang)
    for dots in (60, 80, 100, 300):
        dpi = ax.figure.dpi
        image = imread(io.BytesIO(figure_bytes(ax.figure, lang, "png", dots=dots)))
        assert ax.figure.dpi == dpi
        lines = (image[:, :, :3] < 0.9).any(axis=(1, 2))
        assert not lines[0]
        assert not lines[-1]


SMALL = [(6.6, 3, (1, 1)), (6.6, 2.2, (1, 1)), (6, 9, (3, 1)), (9, 6, (2, 2)), (3.3, 2, (1, 1))]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("width", "height", "grid"), SMALL)
def test_pairs_of_low_axes_leave_numbers_out(few, problems, lang, width, height, grid):
    import matplotlib.pyplot as plt

    with styled(lang):
        figure, panels = plt.subplots(*grid, figsize=(width, height), layout="constrained")
        ax = np.ravel(panels)[0]
        few.plot_pairwise(ax=ax, lang=lang, labels=labels_of(few, lang))
        assert not ax.texts
        assert len(ax.collections[0].get_offsets())  # what is significant has a dot
        assert not problems(figure)
        plt.close(figure)


@pytest.mark.parametrize("height", [3.0, 3.6, 4.2, 4.8, 5.6])
def test_numbers_of_pairs_lie_in_their_cells_at_every_height(few, height):
    ax = new_axes(6.6, height)
    few.plot_pairwise(ax=ax, labels=labels_of(few, "en"))
    ax.figure.canvas.draw()
    (left, _), (right, _) = ax.transData.transform([(0, 0), (1, 0)])
    widest = max((text.get_window_extent().width for text in ax.texts), default=0)
    assert widest < right - left
    assert bool(ax.texts) == (height > 4.5)
