"""Claims about all where only bounds of the groups' parts of the population are known."""

from dataclasses import replace

import numpy as np
import pytest

from alumnistats.analysis import Choices, analyze
from alumnistats.analysis.choices import fit, judge_survey, recover
from alumnistats.claims import Evidence
from alumnistats.claims.weighted import population_range
from alumnistats.errors import ArgumentError, SurveyFileError
from alumnistats.report import render_html
from alumnistats.sensitivity.dimensions import each_value
from alumnistats.sources import check_survey, load_survey
from alumnistats.survey import Survey

TEXT = {"en": "c", "ja": "c"}
SIZES, COUNTS = {"a": 400, "b": 300, "c": 500}, {"a": 280, "b": 165, "c": 210}


def claim(id, relation, percent, **more):
    return {"id": id, "kind": "threshold", "of": "q:yes", "group": "overall", "text": TEXT,
            "relation": relation, "percent": percent} | more  # fmt: skip


CLAIMS = [
    claim("forty", "above", "40"), claim("half", "above", "50"), claim("few", "below", "70"),
    claim("about", "about", "55", within=15), claim("ten", "below", "10"),
    claim("a", "above", "50", group="a"),
]  # fmt: skip


def survey(weight_at_most=0.5, weights=None, claims=CLAIMS):
    groups = [{"id": g, "label": TEXT, "n": n} for g, n in SIZES.items()]
    for group in groups:
        if weights and group["id"] in weights:
            group["weight"] = weights[group["id"]]
    document = {
        "format": 1, "id": "s", "title": TEXT, "groups": groups,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "questions": [{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in ("yes", "no")]}],
        "figures": [{"of": "q:yes", "group": g, "count": k} for g, k in COUNTS.items()],
        "claims": claims,
    }  # fmt: skip
    if weight_at_most is not None:
        document["weight_at_most"] = weight_at_most
    return Survey.model_validate(document)


@pytest.fixture(scope="module")
def analysis():
    return analyze(survey(), draws=100)


@pytest.fixture(scope="module")
def between(analysis):
    choices = Choices(weights="bounds")
    found = judge_survey(analysis.reconstruction, analysis.pooled, choices)
    return {one.claim.id: one for one in found}


def test_the_range_of_the_share(analysis):
    evidence = Evidence(analysis.reconstruction, analysis.pooled, 0.95)
    # Half of c's 42% and half of b's 55%; half of a's 70% and half of b's 55%.
    assert population_range(evidence, "q:yes") == pytest.approx((0.485, 0.625))


def test_sentences_say_the_range_and_whether_the_verdict_stands(analysis):
    said = {one.claim.id: (one.verdict, one.grounds.en, one.grounds.ja) for one in analysis.judged}
    assert said["forty"][0] == "supported"
    assert "the population's share is 48.5% to 62.5%: the verdict stands." in said["forty"][1]
    assert "48.5%から62.5%で、判定は変わらない。" in said["forty"][2]
    assert said["half"][0] == "supported"
    assert "48.5% to 62.5%: no verdict is that of all of them." in said["half"][1]
    assert "すべての重みに共通する判定はない。" in said["half"][2]
    assert "population's share" not in said["a"][1]


def test_verdicts_are_what_all_weightings_share(between):
    assert {name: one.verdict for name, one in between.items()} == {
        "forty": "supported", "half": "undetermined", "few": "supported", "about": "supported",
        "ten": "contradicted", "a": "supported",
    }  # fmt: skip
    assert between["ten"].grounds.refuted.lower == pytest.approx(1.0)
    for one in between.values():
        assert one.grounds.p.lower <= one.grounds.p.upper
        assert one.grounds.posterior.lower <= one.grounds.posterior.upper


def test_every_weighting_lies_between_the_bounds(analysis, between):
    """Population sizes of which each is at most half: what they give is inside the range."""
    rng = np.random.default_rng(3)
    tried = 0
    while tried < 6:
        parts = rng.dirichlet(np.ones(3))
        if parts.max() > 0.5:
            continue
        tried += 1
        sizes = np.maximum(np.round(1e6 * parts), 1).astype(int).tolist()
        groups = tuple(
            g.model_copy(update={"population_size": size})
            for g, size in zip(analysis.survey.groups, sizes, strict=True)
        )
        recon = replace(
            analysis.reconstruction,
            survey=analysis.survey.model_copy(update={"groups": groups}),
        )
        for one in judge_survey(recon, analysis.pooled, Choices(weights="population")):
            bounds, grounds = between[one.claim.id].grounds, one.grounds
            if one.claim.id == "a":
                continue
            assert bounds.posterior.lower - 0.005 <= grounds.probability
            assert grounds.probability <= bounds.posterior.upper + 0.005
            assert bounds.p.lower - 1e-3 <= grounds.p_value <= bounds.p.upper + 1e-3


def test_bounds_without_room_are_weights():
    """With one weighting between the bounds the verdict is that of population sizes."""
    parts = {"a": [0.2, 0.2], "b": [0.3, 0.3], "c": [0.5, 0.5]}
    one = survey(None, parts)
    groups = tuple(
        g.model_copy(update={"population_size": round(1000 * g.weight[0])}) for g in one.groups
    )
    one = one.model_copy(update={"groups": groups})
    recon = recover(one, Choices(), draws=100)
    fits = fit(recon, Choices())
    by = {
        w: {j.claim.id: j.grounds for j in judge_survey(recon, fits, Choices(weights=w))}
        for w in ("bounds", "population")
    }
    for name in ("forty", "half", "few", "about"):
        exact, found = by["population"][name], by["bounds"][name]
        assert found.p.value == pytest.approx(exact.p_value, abs=1e-9)
        assert found.posterior.lower == pytest.approx(exact.probability, abs=0.005)
        assert found.posterior.lower == pytest.approx(found.posterior.upper, abs=1e-9)


def test_a_bias_only_takes_away(analysis, between):
    biased = judge_survey(
        analysis.reconstruction, analysis.pooled, Choices(weights="bounds", bias=0.1)
    )
    for one in biased:
        plain = between[one.claim.id].grounds
        assert one.grounds.posterior.lower <= plain.posterior.lower + 1e-12
        assert one.grounds.refuted.lower <= plain.refuted.lower + 1e-12
        assert one.grounds.p.upper >= plain.p.upper - 1e-12


def test_the_page_says_it_where_it_warns(analysis):
    page = render_html(analysis)
    assert "then the population&#39;s shares are" in page
    assert "48.5%–62.5%" in page


def test_without_bounds_nothing_is_said():
    plain = survey(None, claims=CLAIMS[:1])
    found = analyze(plain, draws=100)
    assert "bounds" not in found.judged[0].grounds.en
    with pytest.raises(ArgumentError, match="weight_at_most"):
        judge_survey(found.reconstruction, found.pooled, Choices(weights="bounds"))
    assert each_value("weights", plain) == ("none",)
    assert each_value("weights", survey()) == ("none", "bounds")


@pytest.mark.parametrize(
    ("stated", "word"),
    [
        ({"weight_at_most": 0.3}, "greatest parts that sum to 0.9"),
        ({"weights": {"a": [0.6, 0.7], "b": [0.5, 0.6]}}, "least parts that sum to 1.1"),
        ({"weights": {"a": [0.6, 0.5]}}, "the least part first"),
    ],
)
def test_bounds_that_cannot_be(stated, word):
    problems = check_survey(survey(**stated))
    assert any(word in f"{p.found} {p.expected}" for p in problems)


def test_bounds_of_a_file(tmp_path):
    path = tmp_path / "s.toml"
    text = """
format = 2
id = "s"
title = "t"
source = { publisher = "p", url = "u" }
weight_at_most = 0.6
groups = [{ label = "A", weight = [0.1, 0.9] }, "B"]
[questions.pay]
options = ["Rises", "Falls"]
complete = true
[figures.pay]
A = { Rises = "30.1" }
"""
    path.write_text(text, encoding="utf-8")
    assert load_survey(path).weight_bounds == ((0.1, 0.9), (0.0, 0.6))
    path.write_text(text.replace("0.6", "1.6"), encoding="utf-8")
    with pytest.raises(SurveyFileError, match="weight_at_most"):
        load_survey(path)
