"""How sure numbers say they are, and what is withheld where they are not."""

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.brief import probability_text
from alumnistats.claims import Evidence, judge_all
from alumnistats.errors import NotRecoveredError
from alumnistats.reconstruction import overall_counts, reconstruct
from alumnistats.reconstruction.engine import ENOUGH_EFFECTIVE, SMALL_ERROR, largest_error
from alumnistats.reconstruction.information import withheld_sentence
from alumnistats.reconstruction.solutions import Particles, pool, standard_error
from alumnistats.survey import Survey
from alumnistats.tables import csv_files, document, to_json

SEEDS = 30


def survey(total, overall=None, groups=("40.0", "33.3", ""), **more):
    """Return a yes/no survey; a group without a share prints nothing."""
    label = {"en": "q", "ja": "q"}
    options = [{"id": o, "label": {"en": o, "ja": o}} for o in ("y", "n")]
    ids = [f"g{i}" for i in range(len(groups))]
    figures = [
        {"of": "q:y", "group": g, "percent": p, "at": "1"}
        for g, p in zip(ids, groups, strict=True)
        if p
    ]
    figures += [{"of": "q:y", "group": "overall", "percent": overall, "at": "1"}] if overall else []
    return Survey.model_validate(
        {
            "format": 1, "id": "small", "title": label, "total": total,
            "source": {"publisher": "p", "url": "https://example.org", "cite": "c"},
            "groups": [{"id": g, "label": {"en": g, "ja": g}} for g in ids],
            "questions": [
                {"id": "q", "label": label, "answers": "single", "complete": True,
                 "options": options}
            ],
            "figures": figures, **more,
        }
    )  # fmt: skip


def few(recon):
    """Return a reconstruction of which one solution has nearly all of the weight."""
    weight = np.r_[1.0, np.full(len(recon.particles.weight) - 1, 1e-9)]
    return replace(recon, particles=replace(recon.particles, weight=weight / weight.sum()))


@pytest.mark.parametrize("given", [survey(60), survey(70, "35.7")])
def test_errors_are_the_spread_over_seeds(given):
    """The formula leaves out that size vectors keep exact probabilities: it may be larger."""
    sure = reconstruct(given, "free", draws=4000).sample_sizes
    rows, errors = [], []
    for seed in range(SEEDS):
        particles = reconstruct(given, "free", draws=200, seed=seed).particles
        shown = [own == mode for own, mode in zip(particles.sizes.T, sure["mode"], strict=True)]
        rows.append([particles.weight @ x for x in shown])
        errors.append([standard_error(x, particles.weight) for x in shown])
    spread, error = np.std(rows, axis=0, ddof=1), np.mean(errors, axis=0)
    # The spread of 30 has itself an error of 13%; three of them are allowed.
    assert (spread < 1.4 * error).all(), (spread, error)
    assert (np.abs(np.mean(rows, axis=0) - sure["probability"]) < 4 * error).all()


def test_errors_of_independent_draws_are_binomial():
    rng = np.random.default_rng(0)
    shown = rng.random(1000) < 0.3
    p = shown.mean()
    expected = np.sqrt(p * (1 - p) / 1000)
    assert standard_error(shown, np.full(1000, 1e-3)) == pytest.approx(expected)
    assert standard_error(np.ones(1000), np.full(1000, 1e-3)) == pytest.approx(1e-3)


def test_tables_carry_their_errors_and_draws_are_added_until_they_are_small():
    recon = reconstruct(survey(60), draws=100)
    assert recon.particles.ess >= ENOUGH_EFFECTIVE
    assert largest_error(recon.particles, recon.scenarios) <= SMALL_ERROR
    for table in (recon.sample_sizes, recon.conventions, recon.counts):
        found = table["error"].dropna()
        assert len(found)
        assert found.between(0, SMALL_ERROR).all()
    assert recon.particles.weight.sum() == pytest.approx(1)


def test_rounds_are_pooled_by_their_draws():
    one = Particles(np.zeros(2, int), np.array([[1], [2]]), {}, np.array([0.5, 0.5]), np.log(0.2))
    two = Particles(np.zeros(1, int), np.array([[3]]), {}, np.ones(1), np.log(0.4))
    found = pool([(one, 100), (two, 300), (None, 100)])
    # Evidence: (100 * 0.2 + 300 * 0.4 + 100 * 0) / 500.
    assert found.log_evidence == pytest.approx(np.log(0.28))
    assert found.weight == pytest.approx([0.02 / 0.28, 0.02 / 0.28, 0.24 / 0.28])
    assert pool([(None, 100), (None, 100)]) is None
    assert pool([(one, 100)]) is one


@given(st.floats(0, 1), st.floats(0, 0.5))
def test_no_more_digits_are_printed_than_the_error_supports(value, error):
    text = probability_text(value, error)
    number = float(text.strip("<>"))
    decimals = len(text.partition(".")[2])
    assert 1 <= decimals <= 3
    assert decimals == 1 or 10.0**-decimals >= error
    if text[0] == "<":
        assert value < 0.5
        assert number >= min(value, 0.5)
    elif text[0] == ">":
        assert value >= 0.5
        assert number <= value
    else:
        assert abs(number - value) <= 0.5001 * 10.0**-decimals
        assert 0 < number < 1


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [(0.508, 0.03, "0.5"), (0.508, 0.003, "0.51"), (0.508, 0, "0.508"), (1, 0.002, ">0.99"),
     (0, 0.0001, "<0.001"), (0.0004, 0, "<0.001"), (0.08, 0.03, "0.1"), (0.004, 0.008, "<0.02")],
)  # fmt: skip
def test_printed_probabilities(value, error, text):
    assert probability_text(value, error) == text


def test_too_few_effective_draws_tell_nothing():
    claim = {
        "id": "c", "kind": "threshold", "of": "q:y", "group": "g0", "relation": "at-least",
        "percent": "10", "text": {"en": "c", "ja": "c"}, "at": ["1"],
    }  # fmt: skip
    document_ = survey(60, claims=[claim]).model_dump(mode="json", by_alias=True)
    document_["groups"][2]["n"] = 20
    recon = few(reconstruct(Survey.model_validate(document_), "free", draws=200))
    assert not recon.recovered_sizes
    sizes = recon.sample_sizes.set_index("group")
    assert sizes.loc[["g0", "g1"]].isna().all(axis=None)
    assert sizes.loc["g2", "mode"] == 20  # published
    assert sizes.loc["g2", "error"] == 0
    assert recon.counts[["mode", "probability", "mean", "lower", "upper"]].isna().all(axis=None)
    assert recon.conventions["probability"].isna().all()
    for door in (lambda: recon.solutions_of("q:y"), lambda: overall_counts(recon, "q:y")):
        with pytest.raises(NotRecoveredError, match="1 effective"):
            door()
    (judged,) = judge_all(Evidence(recon, {}, 0.95))
    assert judged.verdict == "undetermined"
    assert judged.grounds.en == withheld_sentence(recon, "en")
    assert "not recovered" in judged.grounds.en
    assert "復元できなかった" in judged.grounds.ja
    assert "not recovered" in recon._repr_html_()
    read = pd.read_csv(io.BytesIO(csv_files({"s": recon.sample_sizes})["s.csv"]))
    assert read["mode"].isna().tolist() == [True, True, False]
    tables = json.loads(to_json(document(recon.survey, {"s": recon.sample_sizes})))["tables"]
    assert [row["mode"] for row in tables["s"]] == [None, None, 20]


def test_a_count_that_nothing_tells_has_no_most_probable_value():
    recon = reconstruct(survey(60), "free", draws=200)
    table = recon.counts.set_index("group")
    assert table["rests_on"].tolist() == ["figure", "figure", "nothing"]
    assert table["mode"].isna().tolist() == [False, False, True]
    assert np.isnan(table["probability"]["g2"])
    assert table["upper"]["g2"] > table["lower"]["g2"]


def test_a_count_that_other_figures_tell_keeps_its_value():
    given = survey(60, groups=("40.0", "33.3", "25.0")).model_dump(mode="json", by_alias=True)
    given["figures"][0] |= {"of": "q:n", "percent": "60.0"}
    table = reconstruct(Survey.model_validate(given), "free", draws=200).counts
    own = table.set_index(["of", "group"])
    assert own.loc[("q:y", "g0"), "rests_on"] == "other figures"
    assert table["mode"].notna().all()
