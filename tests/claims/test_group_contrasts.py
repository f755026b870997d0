"""Claims that one group's share exceeds another's by points, or is some times as large."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.analysis import analyze
from alumnistats.claims import Evidence, decision_of, judge, posterior_shares, sizes_of
from alumnistats.claims.compared import compared
from alumnistats.claims.group_contrasts import probability_exceeding
from alumnistats.claims.multiplicity import adjusted
from alumnistats.comparisons import Difference, Ratio, koopman, ratio_test, score_test
from alumnistats.errors import SurveyFileError
from alumnistats.posterior import MODELS, estimate, estimate_measure
from alumnistats.ranking import pairwise
from alumnistats.reconstruction import Solutions, reconstruct
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

SIZES, COUNTS = {"a": 240, "b": 200, "c": 220}, {"a": 150, "b": 70, "c": 74}


def text(words):
    return {"en": words, "ja": words}


def claim(id, kind, **what):
    return {"id": id, "kind": kind, "of": "use:yes", "text": text(id), "at": "t", **what}


CLAIMS = [
    claim("ten", "difference", group="a", than="b", relation="at-least", points=10.0),
    claim("thirty", "difference", group="a", than="b", relation="above", points=30.0),
    claim("near", "difference", group="a", than="b", relation="below", points=60.0),
    claim("twice", "ratio", group="a", than="b", relation="at-least", times=2.0),
    claim("more", "ratio", group="a", than="c", relation="above", times=1.2),
    claim("less", "ratio", group="b", than="a", relation="at-most", times=0.75),
    claim("wrong", "difference", group="b", than="a", relation="at-least", points=5.0),
]  # fmt: skip


def survey(claims=CLAIMS):
    return Survey.model_validate({
        "format": 1, "id": "pairs", "title": text("Pairs"), "total": sum(SIZES.values()),
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": text(g), "n": n} for g, n in SIZES.items()],
        "questions": [{"id": "use", "label": text("use"), "answers": "single", "complete": True,
                       "options": [{"id": o, "label": text(o)} for o in ("yes", "no")]}],
        "figures": [{"of": "use:yes", "group": g, "at": "t",
                     "percent": f"{100 * COUNTS[g] / n:.1f}"} for g, n in SIZES.items()],
        "claims": claims,
    })  # fmt: skip


@pytest.fixture(scope="module")
def evidence():
    recon = reconstruct(survey(), draws=100)
    return Evidence(recon, {"use:yes": estimate_measure(recon, "use:yes")}, 0.95)


@pytest.fixture(scope="module")
def judged(evidence):
    return {c.id: judge(evidence, c) for c in evidence.survey.claims}


def test_p_values_are_those_of_the_score_tests(judged):
    a, b, c = ((COUNTS[g], SIZES[g]) for g in "abc")
    expected = {
        "ten": score_test(*a, *b, "greater", difference=0.1),
        "thirty": score_test(*a, *b, "greater", difference=0.3),
        "near": score_test(*a, *b, "less", difference=0.6),
        "twice": ratio_test(*a, *b, "greater", ratio=2.0),
        "more": ratio_test(*a, *c, "greater", ratio=1.2),
        "less": ratio_test(*b, *a, "less", ratio=0.75),
        "wrong": score_test(*b, *a, "greater", difference=0.05),
    }
    for name, p in expected.items():
        assert judged[name].grounds.p_value == pytest.approx(float(p), abs=1e-12), name


def test_verdicts(judged):
    verdicts = {name: one.verdict for name, one in judged.items()}
    assert verdicts == {
        "ten": "supported", "thirty": "contradicted", "near": "supported",
        "twice": "contradicted", "more": "supported", "less": "supported",
        "wrong": "contradicted",
    }  # fmt: skip


def test_a_verdict_and_its_interval_agree(evidence, judged):
    for one in judged.values():
        if one.verdict != "supported":
            continue
        shares = compared(evidence, one.claim)
        pair = shares.comparison
        low, high = pair.contrast.interval(*shares.samples(1).columns, 0.95)
        at = float(pair.contrast.value)
        assert low[0] > at if pair.upward else high[0] < at


def test_sentences_show_the_interval(judged):
    low, high = koopman(COUNTS["a"], SIZES["a"], COUNTS["b"], SIZES["b"])
    twice = judged["twice"].grounds
    assert f"The ratio is {low:.2f} to {high:.2f} (95% interval)." in twice.en
    assert f"比の95%信頼区間は{low:.2f}から{high:.2f}。" in twice.ja
    assert "points (95% interval)." in judged["ten"].grounds.en
    assert "ポイント。" in judged["ten"].grounds.ja


def test_probabilities_are_those_of_draws(evidence, judged):
    theta = evidence.fits["use:yes"].draws(40_000, 3)
    a, b, c = theta.T
    expected = {
        "ten": a - b > 0.1, "thirty": a - b > 0.3, "near": a - b < 0.6, "twice": a > 2 * b,
        "more": a > 1.2 * c, "less": b < 0.75 * a, "wrong": b - a > 0.05,
    }  # fmt: skip
    for name, true in expected.items():
        assert judged[name].grounds.probability == pytest.approx(true.mean(), abs=0.012), name
        prior = judged[name].grounds.prior
        assert 0 < prior < 1


@pytest.mark.parametrize("model", MODELS)
def test_at_nothing_it_is_the_probability_of_the_pair(model):
    solutions = Solutions.known("x", ("a", "b", "c"), [40, 60, 30], [10, 30, 12])
    mixture = estimate(solutions, model).mixture
    expected = pairwise(mixture)[1, 0]
    for contrast in (Difference(Fraction(0)), Ratio(Fraction(1))):
        assert probability_exceeding(mixture, 1, 0, contrast) == pytest.approx(expected, abs=2e-3)
    assert probability_exceeding(mixture, 1, 0, Difference(Fraction(-1, 2))) > 0.9


@settings(max_examples=20, deadline=None)
@given(
    st.fractions(Fraction(1, 100), Fraction(1, 2)), st.fractions(Fraction(1, 100), Fraction(1, 2))
)
def test_claiming_more_is_never_more_probable(one, other):
    mixture = estimate(Solutions.known("x", ("a", "b"), [40, 60], [25, 20]), "no-pooling").mixture
    low, high = sorted((one, other))
    for kind in (Difference, Ratio):
        values = [probability_exceeding(mixture, 0, 1, kind(v)) for v in (low, high)]
        assert values[0] >= values[1] - 1e-9


def test_needed_sizes_and_plans(evidence, judged):
    needed = judged["ten"].grounds.needed
    assert needed.unit == "per group"
    assert needed.size.low == needed.size.median == needed.size.high
    assert np.isinf(judged["thirty"].grounds.needed_n)
    assert 0.5 < needed.assurance <= 1
    one = evidence.survey.claim("ten")
    decision = decision_of(evidence, one)
    assert decision.power(np.array([int(needed.size.median)]))[0] >= 0.8
    assert sizes_of(evidence, one).tolist() == [SIZES["a"], SIZES["b"]]
    assert posterior_shares(evidence, one, 500).shape == (500, 2)


def test_under_a_bias_only_the_respondents_are_spoken_of(evidence):
    from alumnistats.claims import Rules

    biased = evidence.by(0.95, Rules(bias=0.2))
    one = judge(biased, evidence.survey.claim("ten"))
    assert one.verdict == "undetermined"
    assert one.grounds.in_sample.value == 1.0


def test_clusters_raise_p_values(evidence, judged):
    from alumnistats.claims import Rules

    one = judge(evidence.by(0.95, Rules(design_effect=3.0)), evidence.survey.claim("more"))
    assert one.grounds.p_value > judged["more"].grounds.p_value


def test_they_count_among_the_release_s_tests(judged):
    after = adjusted(list(judged.values()))
    for name, one in judged.items():
        assert after[name]["p_holm"].lower >= one.grounds.p.lower - 1e-12


def test_they_go_through_the_analysis():
    analysis = analyze(survey(), draws=100)
    table = analysis.claims.set_index("id")
    assert table.loc["ten", "verdict"] == "supported"
    assert table.loc["ten", "needed_unit"] == "per group"


FILE = """
format = 1
id = "x"
title = {{ en = "x", ja = "x" }}
source = {{ publisher = "p", url = "u", cite = "c" }}
[[groups]]
id = "a"
label = {{ en = "a", ja = "a" }}
[[groups]]
id = "b"
label = {{ en = "b", ja = "b" }}
[[questions]]
id = "use"
label = {{ en = "use", ja = "use" }}
answers = "single"
complete = true
options = [ {{ id = "yes", label = {{ en = "y", ja = "y" }} }},
            {{ id = "no", label = {{ en = "n", ja = "n" }} }} ]
[[figures]]
of = "use:yes"
group = "a"
percent = "50"
at = "t"
[[claims]]
id = "c"
text = {{ en = "c", ja = "c" }}
at = "t"
of = "use:yes"
{claim}
"""


@pytest.mark.parametrize(
    ("what", "word"),
    [
        ('kind = "difference"\ngroup = "a"\nthan = "a"\nrelation = "above"\npoints = 3.0', "than"),
        ('kind = "difference"\ngroup = "a"\nthan = "z"\nrelation = "above"\npoints = 3.0', "than"),
        (
            'kind = "difference"\ngroup = "a"\nthan = "b"\nrelation = "above"\npoints = 0.0',
            "points",
        ),
        ('kind = "ratio"\ngroup = "overall"\nthan = "b"\nrelation = "above"\ntimes = 2.0', "group"),
        ('kind = "ratio"\ngroup = "a"\nthan = "b"\nrelation = "above"\ntimes = -1.0', "times"),
    ],
)
def test_files_that_are_wrong(tmp_path, what, word):
    path = tmp_path / "x.toml"
    path.write_text(FILE.format(claim=what), encoding="utf-8")
    with pytest.raises(SurveyFileError, match=word):
        load_survey(path)


def test_whole_numbers_are_numbers(tmp_path):
    path = tmp_path / "x.toml"
    what = 'kind = "ratio"\ngroup = "a"\nthan = "b"\nrelation = "at-least"\ntimes = 2'
    path.write_text(FILE.format(claim=what), encoding="utf-8")
    assert load_survey(path).claims[0].times == 2
