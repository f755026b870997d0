"""Figures: axes back, equal bytes, one registry, and a reason for each that is left out."""

import inspect
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import alumnistats.figures as package
from alumnistats.claims import range_text
from alumnistats.errors import ArgumentError
from alumnistats.figures import (
    FIGURES,
    FORMATS,
    Sources,
    all_figures,
    drawn,
    figure_bytes,
    missing,
    plot_agreement,
    plot_claims,
    plot_error_rates,
    plot_overview,
    plot_proportions,
    plot_sizes,
    plot_specification_curve,
    read_calibration,
    read_rates,
    save_figures,
)
from alumnistats.reconstruction import size_agreement
from alumnistats.style import VERDICTS, new_axes

OF_ONE_RESULT = {  # what methods of fits, ranks and sensitivity analyses draw
    package.plot_comparisons, package.plot_forest, package.plot_pairwise,
    package.plot_shrinkage, package.plot_tornado,
}  # fmt: skip


def test_every_function_is_in_the_registry():
    functions = {f for name, f in vars(package).items() if name.startswith("plot_")}
    functions -= {plot_overview}
    assert {kind.draw for kind in FIGURES.values()} == functions - OF_ONE_RESULT
    for function in functions:
        parameters = inspect.signature(function).parameters
        assert parameters["ax"].default is None
        assert parameters["lang"].default == "en"


@pytest.mark.parametrize("name", FIGURES)
def test_given_axes_are_used_and_new_ones_made(sources, name):
    kind = FIGURES[name]
    result = getattr(sources, kind.source)
    ax = new_axes(7, 4)
    assert kind.draw(result, ax=ax) is ax
    if name in ("agreement", "coverage"):
        assert isinstance(kind.draw(result, lang="ja"), Axes)


@pytest.mark.parametrize("form", FORMATS)
def test_equal_figures_are_equal_files(analysis, form):
    first, second = (
        figure_bytes(drawn("claims", analysis, None, "ja"), "ja", form) for _ in range(2)
    )
    assert first == second
    assert first.startswith({"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}[form])
    assert b"2026" not in first[-600:]


def test_files_have_the_names_of_the_registry(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr("alumnistats.figures.registry.FIGURES", some("sizes", "proportions"))
    paths = save_figures(analysis, tmp_path / "new", "ja", "pdf", "single")
    assert [p.name for p in paths] == ["sizes.pdf", "proportions-visits.pdf"]
    assert [name for name, _ in all_figures(analysis)] == ["sizes", "proportions-visits"]


def some(*names):
    return {name: FIGURES[name] for name in names}


def test_nothing_is_missing_where_everything_is_given(sources):
    assert missing(sources) == {}


def test_what_cannot_be_drawn_says_why(analysis, sources):
    alone = missing(Sources(analysis))
    assert set(alone) == {
        "specification-curve", "coverage", "calibration", "error-rates", "needed", "power"
    }  # fmt: skip
    assert "alumnistats sensitivity" in alone["specification-curve"]
    groups = tuple(g.model_copy(update={"n": 30}) for g in analysis.survey.groups)
    known = replace(analysis, survey=analysis.survey.model_copy(update={"groups": groups}))
    assert "publishes" in missing(Sources(known))["agreement"]
    bare = missing(Sources(replace(analysis, judged=[], ranked={})))
    assert "no claims" in bare["claims"]
    assert {"ranks", "pairs", "proportions", "rank-intervals"} <= set(bare)
    empty = replace(sources.plan, plan=sources.plan.plan.iloc[:0])
    assert {"needed", "power"} <= set(missing(replace(sources, plan=empty)))
    still = replace(sources.sensitivity, finished=sources.sensitivity.finished[:1] * 8)
    assert "varies" in missing(replace(sources, sensitivity=still))["specification-curve"]


def test_agreement_shows_the_table(analysis):
    ax = plot_agreement(analysis)
    table = size_agreement(analysis.reconstruction)
    for image, (_, group) in zip(ax.images, table.groupby("group", sort=False), strict=True):
        left, right, _, _ = image.get_extent()
        shown = group[group["n"].between(left, right)]
        dark = np.asarray(image.get_array())[0] < 0.5
        assert (dark == (shown["agreeing"] == shown["figures"]).to_numpy()).all()
    tallest = max(abs(p.get_height()) for p in ax.patches)
    assert tallest == pytest.approx(0.62)


def test_claims_show_verdicts_by_shape_and_probabilities_by_place(analysis):
    ax = plot_claims(analysis)
    points = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert len(points) == len(analysis.judged)
    lines = {line.get_ydata()[0]: line for line in ax.lines if line.get_marker() == "|"}
    by_row = {line.get_ydata()[0]: line for line in points}
    order = sorted(analysis.judged, key=lambda j: list(VERDICTS).index(j.verdict))
    for row, one in enumerate(order):
        assert by_row[row].get_marker() == VERDICTS[one.verdict][1]
        x, probability = by_row[row].get_xdata()[0], one.grounds.probability
        assert x == probability if probability is not None else x < 0
        bounds = one.grounds.posterior
        if row in lines:
            assert probability is None
            assert list(lines[row].get_xdata()) == [bounds.lower, bounds.upper]
        else:
            assert probability is not None or bounds is None or range_text(bounds) == ""


def test_proportions_show_raw_and_pooled(analysis):
    ax = plot_proportions(analysis, "visits")
    texts = " ".join(t.get_text() for t in ax.get_legend().get_texts())
    for words in ("no pooling, 95%", "partial pooling, 95%", "published"):
        assert words in texts
    with pytest.raises(ArgumentError, match="visits"):
        plot_proportions(analysis, "visit:no")
    with pytest.raises(ArgumentError, match="compares groups"):
        plot_proportions(replace(analysis, ranked={}))


def test_specification_needs_a_claim_that_varies(sources):
    still = replace(sources.sensitivity, finished=sources.sensitivity.finished[:1] * 8)
    with pytest.raises(ArgumentError, match="varies"):
        plot_specification_curve(still)


def test_calibration_tables_are_read_and_checked(sources, tmp_path):
    with pytest.raises(ArgumentError, match=r"coverage\.csv"):
        read_calibration(tmp_path)
    sources.coverage.to_csv(tmp_path / "coverage.csv", index=False)
    pd.DataFrame({"release": [1]}).to_csv(tmp_path / "values.csv", index=False)
    with pytest.raises(ArgumentError, match="quantity, groups, value"):
        read_calibration(tmp_path)
    sources.calibration.to_csv(tmp_path / "values.csv", index=False)
    coverage, values = read_calibration(tmp_path)
    pd.testing.assert_frame_equal(coverage, sources.coverage)
    assert len(values) == len(sources.calibration)


def test_error_rates_are_read_checked_and_drawn(sources, tmp_path):
    with pytest.raises(ArgumentError, match="false_supported"):
        read_rates(tmp_path / "none.csv")
    table = sources.rates
    ax = plot_error_rates(table)
    every = table[(table["factor"] == "all") & (table["claims"] - table["true"] >= 50)]
    shown = np.concatenate([line.get_xdata() for line in ax.lines if line.get_marker() in "osD"])
    assert sorted(shown) == sorted(every["false_supported"])
    assert len(ax.get_yticklabels()) == every["kind"].nunique()
    with pytest.raises(ArgumentError, match="simulate more releases"):
        plot_error_rates(table.assign(true=table["claims"]))  # none of them was false


def test_forest_and_overview(analysis):
    ax = analysis.pooled["visits"].plot_forest(ax=plot_sizes(analysis), lang="en")
    assert isinstance(ax, Axes)
    assert figure_bytes(plot_overview(analysis, "ja"), "ja", "png").startswith(b"\x89PNG")


SAID = {
    "ranks": ("each of the 3 groups", "3グループのどれもが"),
    "pairs": ("none of 3 pairs", "どれにも有意差はない"),
    "proportions": ("every interval", "どのグループの区間も"),
}


@pytest.mark.parametrize("name", SAID)
def test_titles_say_all_and_none_in_words(analysis, name):
    """Three groups that nothing tells apart: "3 of 3" is no sentence of a reader's language."""
    draw = {"ranks": package.plot_ranks, "pairs": package.plot_pairs}.get(
        name, package.plot_proportions
    )
    for lang, said in zip(("en", "ja"), SAID[name], strict=True):
        assert said in draw(analysis, lang=lang).get_title(loc="left").replace("\n", "")
