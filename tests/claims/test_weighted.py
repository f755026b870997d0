"""The share of a population of which groups are known parts, by the formulas of the method."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import betainc, expit, logit

from alumnistats.analysis import Choices
from alumnistats.analysis.choices import judge_survey
from alumnistats.claims import Evidence
from alumnistats.claims.weighted import has_weighted_share
from alumnistats.posterior import estimate
from alumnistats.reconstruction import reconstruct
from alumnistats.survey import Survey

TEXT = {"en": "c", "ja": "c"}
SIZES, COUNTS = np.array([400, 300, 500]), np.array([280, 165, 210])
PARTS = (2, 1, 1)


def survey(parts, percent="50", relation="above"):
    return Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": f"g{i}", "label": TEXT, "n": int(n), "population_size": part}
                   for i, (n, part) in enumerate(zip(SIZES, parts, strict=True))],
        "questions": [{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in ("yes", "no")]},
                      {"id": "why", "label": TEXT, "answers": "multiple", "base": ["q:yes"],
                       "options": [{"id": "x", "label": TEXT}]}],
        "figures": [{"of": "q:yes", "group": f"g{i}", "count": int(k)}
                    for i, k in enumerate(COUNTS)]
                   + [{"of": "why:x", "group": f"g{i}", "count": int(k) // 2}
                      for i, k in enumerate(COUNTS)],
        "claims": [{"id": "c", "kind": "threshold", "of": "q:yes", "group": "overall",
                    "relation": relation, "percent": percent, "text": TEXT}],
    })  # fmt: skip


def judged(data, **choices):
    recon = reconstruct(data, draws=100)
    fits = {"q:yes": estimate(recon.solutions_of("q:yes"), "no-pooling")}
    (one,) = judge_survey(recon, fits, Choices(weights="population", **choices))
    return one.grounds


@pytest.mark.parametrize(("design_effect", "bias"), [(1.0, 0.0), (1.5, 0.0), (1.5, 0.1)])
@pytest.mark.parametrize("relation", ["above", "below"])
def test_p_values_of_an_effective_size(relation, design_effect, bias):
    """Cochran's variance (5.3), and the size of a simple random sample with it."""
    weight, share = np.array(PARTS) / 4, (COUNTS + 0.5) / (SIZES + 1)
    away = -bias if relation == "above" else bias

    def moved(p):
        return expit(logit(p) + away)

    slope = (moved(share + 1e-6) - moved(share - 1e-6)) / 2e-6
    variance = (weight**2 * slope**2 * share * (1 - share) / SIZES).sum() * design_effect
    estimate = weight @ moved(share)
    size = estimate * (1 - estimate) / variance
    count = size * (weight @ (moved(share) if bias else COUNTS / SIZES))
    percent = 57  # between the estimates of both directions
    expected = betainc(count, size - count + 1, percent / 100)
    if relation == "below":
        expected = betainc(size - count, count + 1, 1 - percent / 100)
    found = judged(survey(PARTS, str(percent), relation), design_effect=design_effect, bias=bias)
    assert found.p_value == pytest.approx(expected, rel=1e-6)


def test_one_group_that_is_nearly_everybody():
    """Its own Beta posterior, and the opposite."""
    law = stats.beta(280.5, 120.5)
    found = judged(survey((10**11, 1, 1), "69"))
    assert found.probability == pytest.approx(law.sf(0.69), abs=1e-5)
    assert found.refuted.value == pytest.approx(law.cdf(0.69), abs=1e-5)
    shifted = judged(survey((10**11, 1, 1), "69"), bias=0.1)
    assert shifted.probability == pytest.approx(law.sf(expit(logit(0.69) + 0.1)), abs=1e-3)
    assert shifted.refuted.value == pytest.approx(law.cdf(expit(logit(0.69) - 0.1)), abs=1e-3)


def test_the_posterior_of_a_sum_against_draws():
    rng = np.random.default_rng(1)
    theta = rng.beta(COUNTS + 0.5, SIZES - COUNTS + 0.5, (400_000, 3))
    share = (theta @ np.array(PARTS) / 4 > 0.6).mean()
    assert judged(survey(PARTS, "60")).probability == pytest.approx(share, abs=0.004)


def test_a_share_of_those_who_were_asked_cannot_be_weighted():
    recon = reconstruct(survey(PARTS), draws=100)
    fits = {of: estimate(recon.solutions_of(of), "no-pooling") for of in ("q:yes", "why:x")}
    evidence = Evidence(recon, fits, 0.95)
    assert has_weighted_share(evidence, "q:yes")
    assert not has_weighted_share(evidence, "why:x")
    assert not has_weighted_share(Evidence(recon, {}, 0.95), "q:yes")
