"""Weighted percentages: no contradiction, nothing about sizes, the design effect's variance."""

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from alumnistats.analysis import analyze
from alumnistats.cli import main
from alumnistats.errors import ArgumentError, ContradictionError, SurveyFileError
from alumnistats.reconstruction import overall_counts, reconstruct, size_agreement
from alumnistats.reconstruction.question_tree import Published
from alumnistats.reconstruction.weighted import Weighted
from alumnistats.simulation.release import Design, simulate
from alumnistats.sources import check_survey, load_survey
from alumnistats.sources.toml_writer import survey_file

GROUPS, TOTAL = 4, 120


@pytest.fixture(scope="module")
def release():
    return simulate(Design(groups=GROUPS, total=TOTAL, listed=0), np.random.default_rng(5)).survey


def weighted(survey, percents=None, **keys):
    figures = survey.figures
    if percents:
        figures = tuple(
            f.model_copy(update={"percent": p}) for f, p in zip(figures, percents, strict=True)
        )
    update = {"weighted": True, "figures": figures, **keys}
    return survey.model_copy(update=update)


def test_no_print_is_impossible_and_sizes_stay_open(release):
    percents = ["33.3", "71.9", "12.4", "50.1", "90.0"]  # the whole is beyond every group
    survey = weighted(release, percents)
    with pytest.raises(ContradictionError):
        reconstruct(survey.model_copy(update={"weighted": None}), explain=False, draws=200)
    recon = reconstruct(survey, "quota", draws=200)
    assert recon.conventions.empty
    table = size_agreement(recon)
    assert (table["agreeing"] == table["figures"]).all()
    assert recon.sample_sizes["mean"].sum() == pytest.approx(TOTAL)
    # Sizes are those of the prior: alike in all groups, but for the blur.
    assert np.ptp(recon.sample_sizes["mean"]) < 0.25 * TOTAL / GROUPS
    counts = recon.counts.set_index("group")["mean"] / recon.sample_sizes.set_index("group")["mean"]
    printed = [float(p) / 100 for p in percents[:GROUPS]]
    assert counts.to_numpy() == pytest.approx(printed, abs=0.12)
    nobs, count, mass = overall_counts(recon, "ab")
    assert mass @ (count / nobs) == pytest.approx(0.9, abs=0.05)


@given(
    st.integers(1, 60), st.integers(0, 60), st.floats(1, 4), st.integers(0, 1), st.integers(0, 99)
)
def test_prints_are_a_law_given_the_count(size, count, effect, digits, split):
    size = np.array([size])
    count = np.minimum(np.array([count]), size)
    full = 100 * 10**digits
    weighting = Weighted(effect)
    parts = [
        weighting.chance(Published(low, high, digits), count, size)[0]
        for low, high in ((0, split), (split + 1, full))
    ]
    assert min(parts) > 0
    assert sum(parts) == pytest.approx(1)


def test_count_and_blur_have_the_variance_of_the_design_effect():
    """Respondents with random weights, independent of the answer: the weighted share's variance."""
    rng = np.random.default_rng(1)
    n, p, draws = 200, 0.3, 4000
    weights = rng.exponential(size=(draws, n)) + 1.0
    answers = rng.random((draws, n)) < p
    share = (weights * answers).sum(axis=1) / weights.sum(axis=1)
    effect = float(np.mean(n * (weights**2).sum(axis=1) / weights.sum(axis=1) ** 2))
    gap = share - answers.mean(axis=1)
    # What the likelihood says of the same gap, at the mean count.
    edges = np.arange(0, 1001)
    law = np.array(
        [
            Weighted(effect).chance(Published(int(u), int(u), 1), np.array([60]), np.array([n]))[0]
            for u in edges
        ]
    )
    near = np.abs(edges / 1000 - 0.3) < 0.2
    law = np.where(near, law, 0.0) / law[near].sum()
    variance = float(law @ (edges / 1000 - 0.3) ** 2)
    assert variance == pytest.approx(gap.var(), rel=0.15)


def test_the_file_says_so(release, tmp_path):
    path = tmp_path / "weighted.toml"
    path.write_text(survey_file(weighted(release, design_effect=1.3)), encoding="utf-8")
    survey = load_survey(path)
    assert survey.weighted
    assert reconstruct(survey, draws=100).problem.figures == Weighted(1.3)
    path.write_text(path.read_text().replace("weighted = true", "weighted = false"))
    with pytest.raises(SurveyFileError, match="design_effect"):
        load_survey(path)
    assert not check_survey(weighted(release))
    assert "weighted = true" in str(check_survey(release.model_copy(update={"design_effect": 2.0})))
    with pytest.raises(ArgumentError, match="weighted"):
        reconstruct(survey, misprints=0.01)


def test_a_whole_analysis_says_what_sizes_rest_on(release, tmp_path):
    analysis = analyze(weighted(release, design_effect=2.0), draws=200)
    shares = analysis.estimates.query("method == 'partial-pooling' or method == 'wilson'")
    assert len(shares)
    path = tmp_path / "weighted.toml"
    path.write_text(survey_file(analysis.survey), encoding="utf-8")
    for lang, words in (("en", "rounding is not tested"), ("ja", "丸め方の検査は行わない")):
        shown = CliRunner().invoke(
            main, ["reconstruct", str(path), "--draws", "100", "--lang", lang]
        )
        assert shown.exit_code == 0, shown.stderr
        assert words in shown.stdout.replace("\n", "" if lang == "ja" else " ")


def test_a_share_spreads_by_the_variance_of_one_answer_added_on_either_side():
    law, digits = Weighted(design_effect=3.0), 0
    for count, size in ((0, 40), (7, 40), (40, 40)):
        share = (count + 1) / (size + 2)
        deviation = np.sqrt(max(2 * share * (1 - share) * size, 0.25)) / size
        edges = np.clip((np.arange(102) - 0.5) / 100, 0.0, 1.0)
        below = ndtr((edges - count / size) / deviation)
        inside = np.diff(below) / (below[-1] - below[0])
        expected = (1 - 1e-6) * inside + 1e-6 * np.diff(edges)
        found = [
            law.chance(Published(u, u, digits), np.array([count]), np.array([size]))[0]
            for u in range(101)
        ]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)


def test_nobody_has_no_weighted_share():
    law = Weighted()
    assert law.chance(Published(50, 50), np.array([0]), np.array([0])).tolist() == [0.0]
