"""Figures: axes back, both languages, nothing outside the picture, equal bytes."""

import itertools

import pytest
from matplotlib.axes import Axes

from alumnistats.analysis import analyze
from alumnistats.figures import (
    all_figures,
    figure_bytes,
    plot_claims,
    plot_overview,
    plot_pairs,
    plot_proportions,
    plot_rank_intervals,
    plot_ranks,
    plot_sizes,
    save_figures,
)
from alumnistats.style import styled

OF = "official_contact"
PLOTS = {
    "sizes": plot_sizes,
    "claims": plot_claims,
    "proportions": lambda a, **k: plot_proportions(a, OF, **k),
    "ranks": lambda a, **k: plot_ranks(a, OF, **k),
    "rank intervals": lambda a, **k: plot_rank_intervals(a, OF, **k),
    "pairs": lambda a, **k: plot_pairs(a, OF, **k),
}


@pytest.fixture(scope="module")
def analysis():
    return analyze(draws=150)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", PLOTS)
def test_labels_lie_inside_the_picture(analysis, name, lang):
    ax = PLOTS[name](analysis, lang=lang)
    assert isinstance(ax, Axes)
    assert ax.get_title(loc="left")
    with styled(lang):
        ax.figure.canvas.draw()  # a missing glyph is a warning, and warnings are errors
        picture = ax.figure.bbox
        low, high = sorted(ax.get_xlim())
        ticks = [t for t in ax.get_xticklabels() if low <= t.get_position()[0] <= high]
        for label in [*ax.get_yticklabels(), *ticks, ax.xaxis.label]:
            if label.get_text():
                box = label.get_window_extent()
                assert box.x0 >= picture.x0 - 1, label.get_text()
                assert box.y0 >= picture.y0 - 1, label.get_text()
                assert box.x1 <= picture.x1 + 1, label.get_text()


def test_rows_do_not_overlap(analysis):
    ax = plot_claims(analysis, lang="en")
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.get_yticklabels()]
    assert all(a.y1 <= b.y0 + 1 for a, b in itertools.pairwise(boxes))


def test_given_axes_are_used(analysis):
    ax = plot_sizes(analysis)
    assert plot_sizes(analysis, ax=ax) is ax


def test_equal_figures_are_equal_files(analysis, tmp_path):
    first = save_figures(analysis, tmp_path / "a")
    second = save_figures(analysis, tmp_path / "b")
    assert len(first) == 2 + 4 * len(analysis.ranked)
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes(), a.name


def test_forest_plot_of_a_fit(analysis):
    ax = analysis.pooled[OF].plot_forest(ax=plot_sizes(analysis), lang="en")
    assert isinstance(ax, Axes)


def test_overview_and_names(analysis):
    assert figure_bytes(plot_overview(analysis, "ja"), "ja", "png").startswith(b"\x89PNG")
    assert all(":" not in name for name, _ in all_figures(analysis, "en"))
