"""Surveys that publish sizes and counts: one solution, the same as inference finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from one_question import one_question, text

from alumnistats.analysis import analyze, estimate
from alumnistats.errors import ContradictionError
from alumnistats.reconstruction import Solutions, overall_counts, reconstruct
from alumnistats.reconstruction.engine import infer
from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.published_counts import known_particles
from alumnistats.reconstruction.size_mixture import negligible
from alumnistats.reconstruction.size_priors import size_limits, size_models
from alumnistats.rounding import round_share
from alumnistats.survey import Survey

OPTIONS = ("a", "b", "c")


def survey(sizes, counts, digits=None, **changes):
    """Return a survey of one complete question; `counts` has a row a group."""
    figures = []
    for g, row in enumerate(counts):
        for option, k in zip(OPTIONS, row, strict=True):
            figure = {"of": f"q:{option}", "group": f"g{g}", "count": k, "at": "t"}
            if digits is not None:
                units = int(round_share(k, sizes[g], digits))
                figure["percent"] = f"{units / 10**digits:.{digits}f}"
            figures.append(figure)
    groups = {f"g{g}": {"n": n} for g, n in enumerate(sizes)}
    return Survey.model_validate(one_question(OPTIONS, groups, figures) | changes)


SIZES, COUNTS = (30, 41, 23), ((5, 9, 16), (20, 0, 21), (7, 7, 9))


def without(figures, *keys):
    return [
        {k: v for k, v in f.model_dump(exclude_none=True).items() if k not in keys} for f in figures
    ]


@pytest.mark.parametrize("digits", [None, 0, 1])
def test_inference_finds_the_same(digits):
    given_survey = survey(SIZES, COUNTS, digits, total=sum(SIZES))
    problem = make_problem(given_survey)
    known = known_particles(problem)
    models = size_models(given_survey, "quota", size_limits(given_survey)[1])
    found, left_out = infer(problem, models, 200, np.random.default_rng(0))
    assert left_out < 2 * negligible(200)  # whole quotas, and single rates of others
    assert (found.sizes == known.sizes[0]).all()
    for key, counts in found.counts.items():
        assert (counts == known.counts[key][0]).all(), key
    mass = [np.bincount(p.scenario, p.weight, minlength=5) for p in (known, found)]
    np.testing.assert_allclose(*mass, atol=left_out / (1 - left_out))


@pytest.mark.parametrize("missing", OPTIONS)
def test_counts_that_follow_are_known_too(missing):
    """One option of three without a figure, and percentages that only one count can print."""
    whole = survey(SIZES, COUNTS, 1)
    figures = without([f for f in whole.figures if f.of != f"q:{missing}"], "count")
    known = known_particles(make_problem(survey(SIZES, COUNTS, figures=figures)))
    counts = known_particles(make_problem(whole)).counts
    assert all((known.counts[key][0] == row[0]).all() for key, row in counts.items())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"total": 100}, id="respondents of no group"),
        pytest.param({"figures": without(survey(SIZES, COUNTS).figures[2:])}, id="no figure"),
        pytest.param(
            {"groups": [{"id": f"g{g}", "label": text("g")} for g in range(3)]}, id="no sizes"
        ),
    ],
)
def test_anything_unknown_is_left_to_inference(changes):
    assert known_particles(make_problem(survey(SIZES, COUNTS, **changes))) is None


def test_more_than_one_count_is_left_to_inference():
    """48% of 300 may be 143, 144 or 145."""
    whole = survey((300, 300, 300), ((144, 100, 56),) * 3, 0)
    assert known_particles(make_problem(whole)) is not None
    vague = survey((300,) * 3, ((144, 100, 56),) * 3, figures=without(whole.figures, "count"))
    assert known_particles(make_problem(vague)) is None


@pytest.mark.parametrize(("size", "known"), [(250, False), (25, True)])
def test_several_counts_of_one_convention_are_left_to_inference(size, known):
    """12% rounded down are 30, 31 or 32 of 250, but 3 only of 25."""
    counts = tuple(size * share // 100 for share in (12, 40, 48))
    figures = without(survey((size,) * 3, (counts,) * 3, 0).figures, "count")
    vague = survey((size,) * 3, (counts,) * 3, figures=figures)
    problem = make_problem(vague, rounding={"truncate": 1.0})
    assert (known_particles(problem) is not None) == known


def test_percentages_that_do_not_follow_from_the_counts():
    figures = without(survey(SIZES, COUNTS, 1).figures)
    figures[0]["percent"] = "16.5"  # 5 of 30 are 16.66...%
    with pytest.raises(ContradictionError, match=r"do not follow from them.*weighted") as caught:
        reconstruct(survey(SIZES, COUNTS, figures=figures))
    assert caught.value.conflict == ("a of q, g0: 16.5%, which 5 of 30 do not give",)


def test_overall_figures_count_as_well():
    overall = {"of": "q:a", "group": "overall", "percent": "34.0", "at": "t"}  # 32 of 94
    figures = [*without(survey(SIZES, COUNTS).figures), overall]
    assert known_particles(make_problem(survey(SIZES, COUNTS, figures=figures))) is not None
    figures[-1] = {**overall, "percent": "34.5"}
    with pytest.raises(ContradictionError) as caught:
        reconstruct(survey(SIZES, COUNTS, figures=figures))
    said = "a of q, all respondents: 34.5%, which 32 of 94 do not give"
    assert caught.value.conflict == (said,)


def test_sums_of_rounded_parts_rule_out_rounded_sums():
    """1 of 6 and 1 of 6: 16.7 and 16.7, together 33.3 by counts and 33.4 by rounded parts."""
    figures = without(survey((6, 6, 6), ((1, 1, 4),) * 3).figures)
    figures += [{"of": "ab", "group": "g0", "percent": "33.4", "at": "t"}]
    recon = reconstruct(survey((6, 6, 6), ((1, 1, 4),) * 3, figures=figures))
    table = recon.conventions[recon.conventions["dimension"] == "subtotals"]
    # Ceiling makes 33.4 of the sum too: then both are possible.
    by_value = table.set_index("value")["probability"]
    sums, parts = 0.8 * 0.03, 0.2 * (0.75 + 0.12 + 0.05 + 0.03)
    assert by_value["sum-of-rounded"] == pytest.approx(parts / (parts + sums))


def test_the_same_functions_work_on_it_whatever_the_sizes():
    counts = ((5000, 9000, 16_000), (20_000, 0, 21_000), (7, 7, 22_986))
    big = survey((30_000, 41_000, 23_000), counts)
    recon = reconstruct(big)
    assert recon.sample_sizes["mode"].tolist() == [30_000, 41_000, 23_000]
    fit = estimate(recon, "q:a", model="no-pooling")
    mean = [5000.5 / 30_001, 20_000.5 / 41_001, 7.5 / 23_001]  # Jeffreys
    np.testing.assert_allclose(fit.summary()["mean"], mean, rtol=1e-3)
    assert recon.redrawn("q:a", ((1.0, 1.0),)) is recon
    assert recon.log_evidence == pytest.approx(0.0)
    n, k, weight = overall_counts(recon, "q:a")
    assert (n.tolist(), k.tolist(), weight.tolist()) == ([94_000], [25_007], [1.0])


def test_an_analysis_without_claims_and_rankings():
    tables = analyze(survey(SIZES, COUNTS)).tables()
    assert len(tables["claims"]) == 0
    assert "verdict" in tables["claims"].columns
    assert set(tables["ranks"]["of"]) == {"q:a", "q:b", "q:c"}


@settings(max_examples=40)
@given(st.data())
def test_whatever_is_published_comes_back(data):
    sizes = data.draw(st.lists(st.integers(1, 5000), min_size=2, max_size=5))
    counts = []
    for n in sizes:
        a = data.draw(st.integers(0, n))
        b = data.draw(st.integers(0, n - a))
        counts.append((a, b, n - a - b))
    digits = data.draw(st.sampled_from([None, 0, 1, 2]))
    recon = reconstruct(survey(sizes, counts, digits))
    for o, option in enumerate(OPTIONS):
        solutions = recon.solutions_of(f"q:{option}")
        assert isinstance(solutions, Solutions)
        assert solutions.n.tolist() == [sizes]
        assert solutions.k.tolist() == [[row[o] for row in counts]]
