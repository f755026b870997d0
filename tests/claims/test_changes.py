"""Shares that changed since an earlier survey: against statsmodels' tests and integrals."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from statsmodels.stats.proportion import test_proportions_2indep as score_of_two

from alumnistats.analysis import Choices, analyze, plan
from alumnistats.claims import Evidence, judge, posterior_shares
from alumnistats.claims.changes import NowAndThen, OneShare, probability_above
from alumnistats.claims.rules import Rules
from alumnistats.claims.two_shares import Comparison
from alumnistats.comparisons import Difference
from alumnistats.errors import ContradictionError, SurveyFileError
from alumnistats.planning import PairBeyond
from alumnistats.reconstruction import reconstruct
from alumnistats.sensitivity.identity import survey_digest
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

SURVEY = """
format = 2
id = "{id}"
title = "Pay"
source = {{ publisher = "P", url = "u" }}
groups = [{{ label = "A"{a} }}, {{ label = "B"{b} }}]
[questions]
pay = {{ label = "Pay", options = ["Rises", "Falls"], complete = true }}
[measures]
{share} = {{ of = "pay:Rises", label = "Raises pay" }}
[figures.{share}]
{figures}
"""
NOW, THEN = {"A": (330, 600), "B": (200, 500)}, {"A": (240, 520), "B": (190, 480)}


def text(id, counts, share="raises"):
    sizes = [f", n = {n}" for _, n in counts.values()]
    figures = "\n".join(f"{g} = {{ count = {k} }}" for g, (k, _) in counts.items())
    return SURVEY.format(id=id, a=sizes[0], b=sizes[1], share=share, figures=figures)


def claim(id, **what):
    values = "\n".join(f"{k} = {v!r}" for k, v in what.items())
    return f"[[claims]]\nid = {id!r}\nkind = 'change'\nof = 'raises'\n{values}\n"


CLAIMS = {
    "rose": {"relation": "above"},
    "rose-a": {"relation": "above", "group": "A"},
    "three": {"relation": "at-least", "points": 3, "group": "A"},
    "fell": {"relation": "below", "group": "B"},
    "no-fall": {"relation": "at-least", "points": -8.5, "group": "B"},
    "little": {"relation": "below", "points": 12},
}


def folder(path):
    path.joinpath("then.toml").write_text(text("then", THEN, share="raised"), encoding="utf-8")
    said = "".join(claim(id, since="then.toml", was="raised", **c) for id, c in CLAIMS.items())
    path.joinpath("now.toml").write_text(text("now", NOW) + said, encoding="utf-8")
    return path / "now.toml"


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    return load_survey(folder(tmp_path_factory.mktemp("surveys")))


@pytest.fixture(scope="module")
def judged(survey):
    return {one.claim.id: one for one in analyze(survey, draws=100).judged}


def counts_of(name):
    group = CLAIMS[name].get("group")
    sums = [
        tables[group] if group else tuple(map(sum, zip(*tables.values(), strict=True)))
        for tables in (NOW, THEN)
    ]
    return (*sums[0], *sums[1])


def score_p(k1, n1, k2, n2, d):
    """Return the p-value of "at most d", with the likeliest shares that differ by d by search.

    Statsmodels has a wrong coefficient where d is not 0 (tests/comparisons/test_differences.py).
    """

    def unlikely(q):
        one, other = stats.binom.logpmf(k1, n1, q + d), stats.binom.logpmf(k2, n2, q)
        return -one - other

    ends = max(0.0, -d) + 1e-9, min(1.0, 1 - d) - 1e-9
    q = minimize_scalar(unlikely, bounds=ends, method="bounded", options={"xatol": 1e-12}).x
    variance = (q + d) * (1 - q - d) / n1 + q * (1 - q) / n2
    variance *= (n1 + n2) / (n1 + n2 - 1)
    return stats.norm.sf((k1 / n1 - k2 / n2 - d) / np.sqrt(variance))


def test_p_values_are_those_of_the_likeliest_shares(judged):
    for name, stated in CLAIMS.items():
        p = score_p(*counts_of(name), stated.get("points", 0) / 100)
        expected = p if stated["relation"] in ("above", "at-least") else 1 - p
        assert judged[name].grounds.p_value == pytest.approx(expected, abs=1e-6), name
    found = score_of_two(*counts_of("rose"), method="score", alternative="larger")
    assert judged["rose"].grounds.p_value == pytest.approx(found.pvalue, abs=1e-9)


def test_sentences_show_the_interval_that_the_test_inverts(judged):
    one = judged["three"].grounds
    ends = re.search(r"The change is (\S+) to (\S+) points \(95% interval\)\.", one.en).groups()
    assert f"変化の95%信頼区間は{ends[0]}から{ends[1]}ポイント。" in one.ja
    tails = [score_p(*counts_of("three"), float(end) / 100) for end in ends]
    assert tails == pytest.approx([0.025, 0.975], abs=0.003)  # of ends with one decimal


def exceeding(k1, n1, k2, n2, d):
    """Return P(first - second > d) of Jeffreys posteriors, by adaptive quadrature."""
    one, other = stats.beta(k1 + 0.5, n1 - k1 + 0.5), stats.beta(k2 + 0.5, n2 - k2 + 0.5)
    return quad(lambda x: other.pdf(x) * one.sf(x + d), 0, 1, points=[other.mean()], limit=200)[0]


def test_probabilities_are_those_of_independent_posteriors(judged):
    for name, stated in CLAIMS.items():
        above = exceeding(*counts_of(name), stated.get("points", 0) / 100)
        upward = stated["relation"] in ("above", "at-least")
        expected = above if upward else 1 - above
        assert judged[name].grounds.probability == pytest.approx(expected, abs=1e-5), name
        assert judged[name].grounds.refuted.value == pytest.approx(1 - expected, abs=1e-5)


def test_priors_are_those_of_arcsine_laws(judged):
    assert judged["rose"].grounds.prior == pytest.approx(0.5, abs=1e-9)
    rng = np.random.default_rng(1)
    gap = np.diff(rng.beta(0.5, 0.5, (400_000, 2)), axis=1)
    assert judged["three"].grounds.prior == pytest.approx((gap > 0.03).mean(), abs=0.004)


def test_verdicts(judged):
    assert {name: one.verdict for name, one in judged.items()} == {
        "rose": "supported", "rose-a": "supported", "three": "not supported",
        "fell": "contradicted", "no-fall": "supported", "little": "supported",
    }  # fmt: skip
    assert judged["three"].grounds.in_sample.value == 1.0
    assert judged["fell"].grounds.in_sample.value == 0.0


def test_pairs_of_solutions_are_as_probable_as_both():
    weights = np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.4])
    now = OneShare.of(np.array([20, 40, 20]), np.array([11, 21, 11]), weights[0])
    then = OneShare.of(np.array([30, 50]), np.array([12, 22]), weights[1])
    assert now.weight.tolist() == pytest.approx([0.3, 0.7])  # 11 of 20 twice, after 21 of 40
    claimed = Comparison(Difference(Fraction(5, 100)), upward=True, strict=False)
    both = NowAndThen(("x",), claimed, now, then, Rules())
    samples = both.samples()
    pairs = {(21, 40, 12, 30): 0.18, (21, 40, 22, 50): 0.12, (11, 20, 12, 30): 0.42,
             (11, 20, 22, 50): 0.28}  # fmt: skip
    found = dict(zip(zip(*(c.tolist() for c in samples.columns), strict=True),
                     samples.weight, strict=True))  # fmt: skip
    assert found == pytest.approx(pairs)
    assert both.probability() == pytest.approx(
        sum(w * exceeding(*counts, 0.05) for counts, w in pairs.items()), abs=1e-4
    )
    assert len(both.samples(4).weight) <= 4
    p = samples.weight @ claimed.p_value(samples)
    assert p == pytest.approx(sum(w * score_p(*c, 0.05) for c, w in pairs.items()), abs=1e-6)


@given(
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
    st.tuples(st.integers(0, 90), st.integers(0, 90)),
    st.integers(0, 60),
)
@settings(max_examples=50, deadline=None)
def test_turned_round_in_time_a_rise_is_a_fall(now, then, points):
    one, two = (OneShare(np.array([sum(c)]), np.array([c[0]]), np.ones(1)) for c in (now, then))
    d = Fraction(points, 100)
    rise = probability_above(one, two, Difference(d))
    fall = probability_above(two, one, Difference(-d))
    assert rise == pytest.approx(1 - fall, abs=1e-6)


def test_probabilities_are_calibrated():
    """Among pairs of surveys whose shares are drawn from the prior, x% of what has x% is true."""
    rng = np.random.default_rng(8)
    theta = rng.beta(0.5, 0.5, (1500, 2))
    n = np.array([40, 60])
    k = rng.binomial(n, theta)
    contrast, weight = Difference(Fraction(1, 10)), np.ones(1)
    claimed = np.array([
        probability_above(*(OneShare(n[[i]], row[[i]], weight) for i in (0, 1)), contrast)
        for row in k
    ])  # fmt: skip
    true = theta[:, 0] - theta[:, 1] > 0.1
    for low, high in ((0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        inside = (claimed >= low) & (claimed < high)
        error = np.sqrt((claimed[inside] * (1 - claimed[inside])).sum())
        assert abs(true[inside].sum() - claimed[inside].sum()) <= 4 * error + 1


def test_no_change_is_seldom_found():
    one = PairBeyond(np.array([0.4, 0.4]), Difference(Fraction(0)), level=0.975)
    assert (one.power(np.array([50, 400])) <= 0.027).all()


def test_needed_sizes_and_a_plan(survey, judged):
    needed = judged["three"].grounds.needed
    assert needed.unit == "per survey"
    assert "respondents in each of both surveys" in judged["three"].grounds.en
    assert "両調査とも" in judged["three"].grounds.ja
    assert np.isinf(judged["fell"].grounds.needed_n)
    table = plan(survey).plan.set_index("id")
    row = table.loc["three"]
    assert row["needed_total"] == row["needed_n"]  # of one survey
    assert row["needed_n"] == needed.size.median
    one = PairBeyond(np.array([330 / 600, 240 / 520]), Difference(Fraction(3, 100)), level=0.975)
    assert row["power"] == pytest.approx(one.power_at(600, 520))
    evidence = Evidence(reconstruct(survey, draws=100), {}, 0.95)
    draws = posterior_shares(evidence, survey.claim("three"), 4000)
    assert draws.mean(axis=0) == pytest.approx([330 / 600, 240 / 520], abs=0.004)


def test_clusters_and_biases(survey, judged):
    clustered = analyze(survey, draws=100, choices=Choices(design_effect=2.0)).judged
    biased = analyze(survey, draws=100, choices=Choices(bias=0.1)).judged
    for one, other in zip(clustered, biased, strict=True):
        plain = judged[one.claim.id].grounds
        assert one.grounds.p_value > plain.p_value or plain.p_value > 0.5
        assert other.grounds.p is None
        assert other.grounds.in_sample == plain.in_sample


def test_a_survey_made_without_its_earlier_one_decides_nothing(survey):
    alone = survey.model_copy(update={"earlier": ()})
    one = judge(Evidence(reconstruct(alone, draws=100), {}, 0.95), alone.claims[0])
    assert one.verdict == "undetermined"
    assert survey_digest(alone) != survey_digest(survey)


def test_sentences_of_a_file(survey):
    said = {c.id: (c.text.en, c.text.ja) for c in survey.claims}
    assert said["rose"] == (
        '"Raises pay" rose since the earlier survey.',
        "「Raises pay」の割合は前回の調査から上昇した。",
    )
    assert said["three"] == (
        '"Raises pay" in A rose by at least 3 points since the earlier survey.',
        "Aでは、「Raises pay」の割合の前回の調査からの上昇は3ポイント以上である。",
    )
    assert (
        said["no-fall"][0]
        == '"Raises pay" in B fell by at most 8.5 points since the earlier survey.'
    )
    assert said["little"][0] == '"Raises pay" rose by less than 12 points since the earlier survey.'


def test_an_embedded_survey_may_be_the_earlier_one(tmp_path):
    path = tmp_path / "now.toml"
    said = claim("c", since="hackazouk-2025", was="official_contact", relation="above")
    path.write_text(text("now", NOW) + said, encoding="utf-8")
    assert load_survey(path).before("hackazouk-2025").id == "hackazouk-2025"


@pytest.mark.parametrize(
    ("changes", "key", "word"),
    [
        ({"since": "gone.toml"}, "since", "no such file"),
        ({"since": "now.toml"}, "since", "does not name this one"),
        ({"since": "broken.toml"}, "since", r"and \d more"),
        ({"was": "raises"}, "was", "a share of then"),
        ({"was": None}, "of", "say so with was"),
        (
            {"since": "hackazouk-2025", "was": "official_contact", "group": "A"},
            "group",
            "a group of hackazouk-2025",
        ),
        ({"points": 100}, "points", "between -100 and 100"),
    ],
)
def test_files_that_are_wrong(tmp_path, changes, key, word):
    folder(tmp_path)
    tmp_path.joinpath("broken.toml").write_text("format = 2\nid = 1\n", encoding="utf-8")
    what = {"since": "then.toml", "was": "raised", "relation": "above"} | changes
    said = claim("c", **{k: v for k, v in what.items() if v is not None})
    path = tmp_path / "now.toml"
    path.write_text(text("now", NOW) + said, encoding="utf-8")
    with pytest.raises(SurveyFileError, match=word) as error:
        load_survey(path)
    assert any(problem.key.endswith(f".{key}") for problem in error.value.problems)


def test_two_files_that_name_each_other(tmp_path):
    said = claim("c", since="then.toml", was="raised", relation="above")
    tmp_path.joinpath("now.toml").write_text(text("now", NOW) + said, encoding="utf-8")
    back = claim("c", since="now.toml", relation="above").replace("'raises'", "'raised'")
    tmp_path.joinpath("then.toml").write_text(
        text("then", THEN, share="raised") + back, encoding="utf-8"
    )
    with pytest.raises(SurveyFileError, match="does not name this one in turn"):
        load_survey(tmp_path / "now.toml")


def test_a_change_among_everybody():
    """Of those asked half said so both times, but twice as many were asked."""

    def one(id, asked, more=()):
        words = {"en": "c", "ja": "c"}
        question = {"label": words, "answers": "single", "complete": True,
                    "options": [{"id": o, "label": words} for o in ("yes", "no")]}  # fmt: skip
        return Survey.model_validate({
            "format": 1, "id": id, "title": words,
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "groups": [{"id": "a", "label": words, "n": 200}],
            "questions": [{"id": "q", **question}, {"id": "r", "base": ["q:yes"], **question}],
            "figures": [{"of": "q:yes", "group": "a", "count": asked},
                        {"of": "r:yes", "group": "a", "count": asked // 2, "n": asked}],
            "claims": [{"id": f"c{int(of_all)}", "kind": "change", "since": "then", "of": "r:yes",
                        "group": "a", "relation": "above", "of_all": of_all, "text": words}
                       for of_all in more],
        })  # fmt: skip

    now = one("now", 120, (False, True))
    now = now.model_copy(update={"earlier": (("then", one("then", 60)),)})
    evidence = Evidence(reconstruct(now, draws=100), {}, 0.95)
    plain, of_all = (judge(evidence, c) for c in now.claims)
    assert plain.grounds.p_value == pytest.approx(0.5)
    assert plain.grounds.probability == pytest.approx(0.5, abs=1e-3)
    assert of_all.grounds.p_value == pytest.approx(score_p(60, 200, 30, 200, 0), abs=1e-6)
    assert of_all.grounds.probability == pytest.approx(exceeding(60, 200, 30, 200, 0), abs=1e-5)
    assert (plain.base, of_all.base) == ("q:yes", "all")
    assert of_all.verdict == "supported"


def test_an_earlier_survey_that_contradicts_itself_is_named(tmp_path):
    path = tmp_path / "then.toml"
    then = text("then", {"A": (1, 3), "B": (2, 3)}, share="raised")
    path.write_text(then.replace("{ count = 1 }", '"40.0"'), encoding="utf-8")
    said = claim("c", since="then.toml", was="raised", relation="above")
    tmp_path.joinpath("now.toml").write_text(text("now", NOW) + said, encoding="utf-8")
    with pytest.raises(ContradictionError, match=r"^then: "):
        analyze(tmp_path / "now.toml", draws=100)
