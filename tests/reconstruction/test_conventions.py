"""Prior probabilities of the conventions, as docs/decisions.md gives them."""

import numpy as np
import pytest

from alumnistats.reconstruction.conventions import scenarios
from alumnistats.sources import load_survey


@pytest.fixture(scope="module")
def survey():
    return load_survey()


def share(found, **what):
    mine = [s for s in found if all(getattr(s, key) == value for key, value in what.items())]
    return float(np.exp([s.log_prior for s in mine]).sum())


def test_overall_figures_are_pooled_four_times_in_five(survey):
    found = scenarios(survey.model_copy(update={"overall_share": ("pooled", "mean")}))
    assert share(found) == pytest.approx(1.0)
    assert share(found, overall="pooled") == pytest.approx(0.8)
    assert share(found, overall="mean") == pytest.approx(0.2)
    # Whatever the rounding rule is.
    assert share(found, overall="mean", rounding="double") == pytest.approx(0.2 * 0.05)


@pytest.mark.parametrize("only", ["pooled", "mean"])
def test_a_convention_that_is_known_is_certain(survey, only):
    found = scenarios(survey.model_copy(update={"overall_share": (only,)}))
    assert share(found, overall=only) == pytest.approx(1.0)


def test_rules_of_rounding_and_of_subtotals(survey):
    found = scenarios(survey)
    prior = {"half_up": 0.75, "half_even": 0.12, "double": 0.05, "truncate": 0.05, "ceiling": 0.03}
    assert {rule: share(found, rounding=rule) for rule in prior} == pytest.approx(prior)
    ways = {way for s in found for _, way in s.subtotals}
    assert ways == {"rounded_sum", "sum_of_rounded"}
    rounded = [s for s in found if dict(s.subtotals).get("contact") == "rounded_sum"]
    assert float(np.exp([s.log_prior for s in rounded]).sum()) == pytest.approx(0.8)
