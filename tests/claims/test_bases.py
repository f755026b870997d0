"""Of whom a claim speaks: its base, and the same claim of everybody."""

import numpy as np
import pytest

from alumnistats.analysis import analyze
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
        ],
    })  # fmt: skip


@pytest.fixture(scope="module")
def judged():
    return {one.claim.id: one for one in analyze(survey()).judged}


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


def test_the_solver_agrees(judged):
    for claim in survey().claims:
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
