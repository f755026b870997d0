"""What holds of every kind of claim: groups' names do not matter, nor does a wider margin hurt."""

import numpy as np
import pytest

from alumnistats.claims import Evidence, judge, judge_all
from alumnistats.posterior import estimate_measure
from alumnistats.reconstruction import reconstruct
from alumnistats.survey import HomogeneityClaim, Survey

TEXT = {"en": "c", "ja": "c"}
GROUPS = {"a": (150, 240), "b": (70, 200), "c": (74, 220)}


def claims(name):
    """Return one claim of each kind that names groups, with what groups are called."""
    a, b, c = (name[g] for g in "abc")
    said = [
        {"kind": "ranking", "from": "highest", "places": [[a], [c]]},
        {"kind": "extreme-set", "from": "lowest", "members": [b, c]},
        {"kind": "threshold", "group": a, "relation": "above", "percent": "55"},
        {"kind": "threshold", "group": "every", "relation": "above", "percent": "25"},
        {"kind": "threshold", "group": "overall", "relation": "about", "percent": "45",
         "within": 5},
        {"kind": "difference", "group": a, "than": c, "relation": "at-least", "points": 20},
        {"kind": "ratio", "group": a, "than": b, "relation": "above", "times": 1.5},
    ]  # fmt: skip
    made = [{"of": "q:yes", **one} for one in said]
    made += [{"kind": "homogeneity", "question": "q", "differ": True},
             {"kind": "homogeneity", "question": "q", "within": 30}]  # fmt: skip
    return [{"id": f"c{i}", "text": TEXT, **one} for i, one in enumerate(made)]


def evidence_of(order):
    """Return evidence of the groups in another order and under other names."""
    name = {g: f"g{place}" for place, g in enumerate(order)}
    survey = Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": name[g], "label": TEXT, "n": GROUPS[g][1]} for g in order],
        "questions": [{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in ("yes", "no")]}],
        "figures": [{"of": "q:yes", "group": name[g], "count": GROUPS[g][0]} for g in order],
        "weight_at_most": 0.6,
        "claims": claims(name),
    })  # fmt: skip
    recon = reconstruct(survey, draws=100)
    return Evidence(recon, {"q:yes": estimate_measure(recon, "q:yes")}, 0.95, sizing="normal")


@pytest.fixture(scope="module")
def usual():
    return evidence_of("abc")


@pytest.mark.parametrize("order", ["cab", "bca"])
def test_relabelling_groups_changes_nothing(usual, order):
    for one, other in zip(judge_all(usual), judge_all(evidence_of(order)), strict=True):
        assert one.verdict == other.verdict
        first, second = one.grounds, other.grounds
        assert first.en == second.en
        for name in ("in_sample", "p", "posterior"):
            ends = [[getattr(g, name).lower, getattr(g, name).upper] for g in (first, second)]
            assert ends[0] == pytest.approx(ends[1], abs=1e-6), (one.claim.kind, name)
        if first.prior is not None:
            assert first.prior == pytest.approx(second.prior, abs=1e-9)


def test_a_wider_margin_never_hurts(usual):
    found = [
        judge(usual, HomogeneityClaim(
            id=f"w{within}", kind="homogeneity", question="q", within=within, text=TEXT,
        )).grounds
        for within in (3, 15, 29, 35, 60)
    ]  # fmt: skip
    p, probability, held = (
        np.array([getattr(grounds, name).value for grounds in found])
        for name in ("p", "posterior", "in_sample")
    )
    assert (np.diff(p) <= 1e-12).all()
    assert (np.diff(probability) >= -1e-9).all()
    assert held.tolist() == [0, 0, 1, 1, 1]  # a has 62.5%, c 33.6%, b 35%
