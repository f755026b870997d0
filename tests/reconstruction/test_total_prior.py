"""What is known of the total before anything published is looked at, and at a first look."""

import itertools
from math import comb

import numpy as np
import pytest

from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.total_prior import (
    SMALLEST,
    THINNED,
    TotalLaw,
    _log_coefficients,
    _log_groups,
    fewest,
    prior_of_total,
    thinned,
)
from alumnistats.survey import Survey

TEXT = {"en": "x", "ja": "x"}


def survey(**head):
    """Return three groups, of which one has a known size and one a known count."""
    return Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": "a", "label": TEXT, "n": 9}, *({"id": g, "label": TEXT} for g in "bc")],
        "questions": [{"id": "q", "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in ("yes", "no")]}],
        "figures": [{"of": "q:yes", "group": "b", "count": 4}],
    } | head)  # fmt: skip


def test_every_order_of_magnitude_is_as_likely():
    assert fewest(survey()) == 9 + 4 + 1
    law = prior_of_total(survey(total_at_most=100))
    assert law.totals.tolist() == list(range(14, 101))
    weight = 1 / np.arange(14, 101)
    np.testing.assert_allclose(np.exp(law.log_prior), weight / weight.sum())


def test_about_is_a_normal_law_of_a_twentieth():
    law = prior_of_total(survey(total_about=100))
    weight = np.exp(-0.5 * ((law.totals - 100) / 5) ** 2)
    np.testing.assert_allclose(np.exp(law.log_prior), weight / weight.sum())


@pytest.mark.parametrize("number", [SMALLEST + THINNED, SMALLEST + THINNED + 1, 1000])
def test_large_totals_stand_for_their_neighbours(number):
    totals = np.arange(14, 14 + number)
    weight = 1 / totals
    law = TotalLaw(totals, np.log(weight / weight.sum()))
    found = thinned(law, make_problem(survey()), np.random.default_rng(0))
    assert found.complete == (number <= SMALLEST + THINNED)
    assert np.exp(found.log_prior).sum() == pytest.approx(1.0)
    assert (np.diff(found.totals) > 0).all()
    np.testing.assert_array_equal(found.totals[:SMALLEST], totals[:SMALLEST])
    assert len(found.totals) <= SMALLEST + THINNED


def test_coefficients_are_those_of_the_product_of_polynomials():
    rows = np.random.default_rng(1).random((4, 6)) * [[1e-3], [1.0], [50.0], [7.0]]
    expected = np.ones(1)
    for row in rows:
        expected = np.convolve(expected, row)
    np.testing.assert_allclose(np.exp(_log_coefficients(rows, 25))[:21], expected, rtol=1e-12)
    assert (_log_coefficients(rows, 25)[21:] == -np.inf).all()
    assert (_log_coefficients(rows * [[1], [1], [0], [1]], 25) == -np.inf).all()


def test_groups_say_of_a_total_what_its_divisions_do():
    """Sizes are Dirichlet-multinomial with concentrations of 1 and of 4, none of them 0."""
    likelihood = np.random.default_rng(2).random((3, 8))
    found = _log_groups(likelihood, np.arange(3, 22))
    for total in range(3, 22):
        ways = [n for n in itertools.product(range(1, 8), repeat=3) if sum(n) == total]
        shares = []
        for a in (1, 4):
            weight = np.array([np.prod([comb(n + a - 1, n) for n in way]) for way in ways])
            like = np.array([likelihood[np.arange(3), way].prod() for way in ways])
            shares.append(weight @ like / weight.sum())
        assert np.exp(found[total - 3]) == pytest.approx(np.mean(shares))
