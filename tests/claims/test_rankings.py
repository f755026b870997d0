"""Orders and extremes of groups: against single tests, draws of beta variables and counting."""

import numpy as np
import pytest

from alumnistats.claims import Evidence, Rules, judge
from alumnistats.claims.rankings import holds_in_sample, pairs_of_order, pairs_of_set, tiers_of
from alumnistats.comparisons import fisher_mid_p, odds_ratio_test
from alumnistats.posterior import estimate_measure
from alumnistats.reconstruction import reconstruct
from alumnistats.survey import Survey

TEXT = {"en": "c", "ja": "c"}
COUNTS = {"a": (31, 50), "b": (10, 40), "c": (15, 60), "d": (4, 45)}
CLAIMS = {
    "first": {"kind": "ranking", "from": "highest", "places": [["a"], ["b", "c"]]},
    "tie": {"kind": "ranking", "from": "highest", "places": [["a"], ["b"], ["c"]]},
    "last": {"kind": "ranking", "from": "lowest", "places": [["d"], ["c"]]},
    "top": {"kind": "extreme-set", "from": "highest", "members": ["a", "b"]},
    "bottom": {"kind": "extreme-set", "from": "lowest", "members": ["d"]},
}


@pytest.fixture(scope="module")
def recon():
    return reconstruct(Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": TEXT, "n": n} for g, (_, n) in COUNTS.items()],
        "questions": [{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in ("yes", "no")]}],
        "figures": [{"of": "q:yes", "group": g, "count": k} for g, (k, _) in COUNTS.items()],
        "claims": [{"id": name, "of": "q:yes", "text": TEXT, **c} for name, c in CLAIMS.items()],
    }), draws=100)  # fmt: skip


def grounds(recon, model="no-pooling", **rules):
    evidence = Evidence(
        recon, {"q:yes": estimate_measure(recon, "q:yes", model=model)}, 0.95, Rules(**rules)
    )
    return {name: judge(evidence, recon.survey.claim(name)).grounds for name in CLAIMS}


@pytest.fixture(scope="module")
def usual(recon):
    return grounds(recon)


PAIRS = {"first": ["ab", "ac", "bd", "cd"], "tie": ["ab", "bc", "cd"], "last": ["cd", "ac", "bc"],
         "top": ["ac", "ad", "bc", "bd"], "bottom": ["ad", "bd", "cd"]}  # fmt: skip


def test_p_values_are_the_largest_of_their_pairs(recon, usual):
    biased = grounds(recon, bias=0.1)
    for name, pairs in PAIRS.items():
        tables = [(*COUNTS[one], *COUNTS[other]) for one, other in pairs]
        p = max(float(fisher_mid_p(*table, "greater")) for table in tables)
        assert usual[name].p_value == pytest.approx(p), name
        p = max(float(odds_ratio_test(*table, np.exp(0.2), "fisher-mid-p")) for table in tables)
        assert biased[name].p_value == pytest.approx(p), name


@pytest.mark.parametrize("bias", [0.0, 0.1])
def test_probabilities_are_those_of_independent_betas(recon, usual, bias):
    found = grounds(recon, bias=bias) if bias else usual
    k, n = np.array(list(COUNTS.values())).T
    theta = np.random.default_rng(1).beta(k + 0.5, n - k + 0.5, (200_000, 4))
    share = dict(zip("abcd", np.log(theta / (1 - theta)).T, strict=True))
    for name, pairs in PAIRS.items():
        held = np.all([share[one] > share[other] + 2 * bias for one, other in pairs], axis=0)
        assert found[name].probability == pytest.approx(held.mean(), abs=0.005), name
        assert (found[name].prior is None) == bool(bias)


def test_priors_count_orders(usual):
    priors = {"first": 1 / 12, "tie": 1 / 24, "last": 1 / 12, "top": 1 / 6, "bottom": 1 / 4}
    assert {name: one.prior for name, one in usual.items()} == pytest.approx(priors)


def test_of_groups_that_are_equal_none_is_first(recon):
    assert {
        (one.probability, one.prior) for one in grounds(recon, "complete-pooling").values()
    } == {(0.0, None)}


def test_equal_shares_are_in_order_only_by_the_weak_rule(recon, usual):
    held = {"first": 1.0, "tie": 0.0, "last": 0.0, "top": 0.0, "bottom": 1.0}
    assert {name: one.in_sample.value for name, one in usual.items()} == held
    weak = grounds(recon, ties="weak")
    assert {name: one.in_sample.value for name, one in weak.items()} == dict.fromkeys(held, 1.0)


@pytest.mark.parametrize(("ties", "held"), [("strict", [1, 0, 0]), ("weak", [1, 1, 0])])
def test_shares_are_compared_exactly(ties, held):
    n, k = np.array([[10, 20]] * 3), np.array([[6, 11], [5, 10], [5, 11]])
    assert holds_in_sample(n, k, [(0, 1)], 1, ties).tolist() == held
    assert holds_in_sample(n, k, [(1, 0)], -1, ties).tolist() == held


def test_places_pairs_and_tiers():
    assert pairs_of_order([[3], [0, 2]], 4) == [(3, 0), (3, 2), (0, 1), (2, 1)]
    assert pairs_of_set([3], 4) == [(3, 0), (3, 1), (3, 2)]
    assert tiers_of([[3], [0]], 4, 1) == ((3,), (0,), (1, 2))
    assert tiers_of([[3], [0]], 4, -1) == ((1, 2), (0,), (3,))
    assert tiers_of([[1], [0]], 2, 1) == ((1,), (0,))
