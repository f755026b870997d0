"""Of whom a claim speaks: its base, and the same claim of everybody."""

import numpy as np
import pytest

from alumnistats.analysis import analyze
from alumnistats.claims import Evidence, decision_of, posterior_shares, sizes_of
from alumnistats.comparisons import koopman, ratio_test, score_test
from alumnistats.identification import claim_status
from alumnistats.posterior import estimate, of_everybody
from alumnistats.reconstruction import Solutions
from alumnistats.survey import Survey

TEXT = {"en": "c", "ja": "c"}
SIZES = {"a": 100, "b": 100}
CONTACT = {"a": 40, "b": 80}
NETWORK = {"a": 20, "b": 32}  # half of those in contact against two fifths; of all 20% against 32%


def survey():
    """Return a survey whose second question was asked of those in contact only."""
    figures = [{"of": "contact:yes", "group": g, "count": k, "at": "t"} for g, k in CONTACT.items()]
    figures += [
        {"of": "form:network", "group": g, "count": k, "n": CONTACT[g], "at": "t"}
        for g, k in NETWORK.items()
    ]
    order = {"kind": "ranking", "of": "form:network", "from": "highest", "text": TEXT, "at": "t",
             "places": [["a"], ["b"]]}  # fmt: skip
    share = {"kind": "threshold", "of": "form:network", "group": "a", "relation": "at-least",
             "percent": "30", "text": TEXT, "at": "t"}  # fmt: skip
    gap = {"kind": "difference", "of": "form:network", "group": "a", "than": "b", "points": 5.0,
           "relation": "at-least", "text": TEXT, "at": "t"}  # fmt: skip
    times = {"kind": "ratio", "of": "form:network", "group": "b", "than": "a", "times": 1.25,
             "relation": "at-least", "text": TEXT, "at": "t"}  # fmt: skip
    return Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "total": 200,
        "groups": [{"id": g, "label": TEXT, "n": n} for g, n in SIZES.items()],
        "questions": [
            {"id": "contact", "label": TEXT, "answers": "single", "complete": True,
             "options": [{"id": o, "label": {"en": o, "ja": o}} for o in ("yes", "no")]},
            {"id": "form", "label": TEXT, "answers": "multiple", "base": ["contact:yes"],
             "options": [{"id": o, "label": TEXT} for o in ("network", "other")]},
        ],
        "figures": figures,
        "claims": [
            order | {"id": "order"}, order | {"id": "order-all", "of_all": True},
            share | {"id": "share"}, share | {"id": "share-all", "of_all": True},
            share | {"id": "everywhere-all", "of_all": True, "group": "every"},
            share | {"id": "together-all", "of_all": True, "group": "overall", "percent": "26"},
            gap | {"id": "gap"}, gap | {"id": "gap-all", "of_all": True},
            times | {"id": "times"}, times | {"id": "times-all", "of_all": True},
        ],
    })  # fmt: skip


@pytest.fixture(scope="module")
def analysis():
    return analyze(survey(), draws=100)


def test_the_base_decides_which_order_holds(judged):
    assert judged["order"].grounds.in_sample.value == 1.0
    assert judged["order-all"].grounds.in_sample.value == 0.0
    assert judged["order-all"].verdict == "contradicted"


def test_thresholds_of_everybody(judged):
    assert judged["share"].grounds.in_sample.value == 1.0
    assert judged["share-all"].grounds.in_sample.value == 0.0
    assert judged["everywhere-all"].grounds.in_sample.value == 0.0
    assert judged["together-all"].grounds.in_sample.value == 1.0  # 52 of 200


def test_each_claim_names_its_base(judged):
    assert judged["order"].base == "contact:yes"
    assert judged["order-all"].base == "all"
    assert judged["order"].grounds.en.startswith('Of those who answered "yes"')
    assert judged["order"].grounds.ja.startswith("「yes」の回答者について")


def test_differences_and_ratios_of_everybody(judged):
    """Of those in contact 50% against 40%, of all 20% against 32%: 1.6 times as many."""
    a, b = ((NETWORK[g], CONTACT[g]) for g in "ab")
    everybody = [(NETWORK[g], SIZES[g]) for g in "ab"]
    expected = {
        "gap": score_test(*a, *b, "greater", difference=0.05),
        "gap-all": score_test(*everybody[0], *everybody[1], "greater", difference=0.05),
        "times": ratio_test(*b, *a, "greater", ratio=1.25),
        "times-all": ratio_test(*everybody[1], *everybody[0], "greater", ratio=1.25),
    }
    for name, p in expected.items():
        assert judged[name].grounds.p_value == pytest.approx(float(p), abs=1e-12), name
        assert judged[name].base == ("all" if name.endswith("-all") else "contact:yes")
    held = {name: judged[name].grounds.in_sample.value for name in expected}
    assert held == {"gap": 1.0, "gap-all": 0.0, "times": 0.0, "times-all": 1.0}
    assert judged["gap-all"].verdict == judged["times"].verdict == "contradicted"
    low, high = koopman(*everybody[1], *everybody[0])
    assert f"The ratio is {low:.2f} to {high:.2f} (95% interval)." in judged["times-all"].grounds.en


def test_their_probabilities_and_plans_are_those_of_everybody(analysis, judged):
    evidence = Evidence(analysis.reconstruction, analysis.pooled, 0.95)
    draws = of_everybody(analysis.pooled["form:network"]).draws(40_000, 1)
    first, second = draws.T
    for name, true in (("gap-all", first - second > 0.05), ("times-all", second > 1.25 * first)):
        assert judged[name].grounds.probability == pytest.approx(true.mean(), abs=0.012)
    claim = analysis.survey.claim("times-all")
    assert sizes_of(evidence, claim).tolist() == [SIZES["b"], SIZES["a"]]
    assert decision_of(evidence, claim).shares.tolist() == [0.32, 0.2]
    assert posterior_shares(evidence, claim, 20_000).mean(axis=0) == pytest.approx(
        [second.mean(), first.mean()], abs=0.005
    )


def test_the_solver_agrees(judged):
    for claim in survey().claims:
        if claim.kind in ("difference", "ratio"):  # not for the solver
            continue
        expected = {1.0: "every", 0.0: "no"}[judged[claim.id].grounds.in_sample.value]
        assert claim_status(survey(), claim) == expected


def test_shares_of_everybody_are_those_of_the_larger_base():
    groups, n, k = ("a", "b", "c"), [40, 30, 50], [20, 10, 30]
    sizes = np.array([[100, 90, 110]])
    known = Solutions.known("m", groups, n, k)
    nested = Solutions(
        "m", groups, known.n, known.k, known.weight, known.log_prior, everybody=sizes
    )
    of_all = of_everybody(estimate(nested)).summary()
    plain = estimate(Solutions.known("m", groups, sizes[0], k)).summary()
    assert of_all["median"].to_numpy() == pytest.approx(plain["median"].to_numpy(), abs=1e-6)
