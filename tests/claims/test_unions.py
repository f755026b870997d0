"""What the sum of several options can be, whose overlap is not published."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alumnistats.claims import Evidence, decide
from alumnistats.claims.outcome import NOTHING
from alumnistats.claims.shares import union_bounds
from alumnistats.survey import UnionClaim


def bounds_of(counts, size, percent="40", relation="at-least", **more):
    """Return grounds and bounds of "any of these options", each with one count in one base.

    `more`: how many `everybody` is, the `group` that is claimed of, what is `published`.
    """
    everybody, group = more.get("everybody", size), more.get("group", "overall")
    particles = SimpleNamespace(sizes=np.array([[everybody]]), weight=np.ones(1))

    class Told(Evidence):
        """Evidence of counts that are known."""

        def counts(self, of, group):
            del group
            return np.array([size]), np.array([counts[of]]), np.ones(1)

    recon = SimpleNamespace(
        survey=SimpleNamespace(
            overall=lambda of: of if of in more.get("published", counts) else None
        ),
        particles=particles,
    )
    text = {"en": "any", "ja": "any"}
    claim = UnionClaim.model_validate(
        {"id": "any", "kind": "union", "options": list(counts), "group": group,
         "relation": relation, "percent": percent, "text": text, "at": "t"}
    )  # fmt: skip
    return union_bounds(Told(recon, {}, 0.95), claim)


def test_a_union_is_at_most_everybody_who_was_asked():
    """70 and 50 of 100: at least 70 of them chose one, and no more than there are."""
    _, bounds = bounds_of({"q:a": 70, "q:b": 50}, 100, everybody=400)
    assert (bounds.low, bounds.high) == (0.7, 1.0)
    assert (bounds.low_of_all, bounds.high_of_all) == (0.175, 0.25)


@given(st.integers(1, 200), st.data())
def test_bounds_are_frechets(size, data):
    counts = data.draw(st.lists(st.integers(0, size), min_size=2, max_size=4))
    _, bounds = bounds_of({f"q:{i}": k for i, k in enumerate(counts)}, size)
    assert bounds.low == pytest.approx(max(counts) / size)
    assert bounds.high == pytest.approx(min(sum(counts), size) / size)


def test_each_direction_is_judged_at_its_worst_bound():
    counts = {"q:a": 300, "q:b": 250}
    grounds, _ = bounds_of(counts, 600)
    assert grounds.p.upper == pytest.approx(stats.binomtest(300, 600, 0.4, "greater").pvalue)
    low, _ = bounds_of(counts, 1000, percent="60", relation="at-most")
    assert low.p.upper == pytest.approx(stats.binomtest(550, 1000, 0.6, "less").pvalue)
    refuted, _ = bounds_of(counts, 1000, percent="60")
    assert refuted.refuted.lower == pytest.approx(stats.beta(550.5, 450.5).cdf(0.6))


def test_only_of_published_shares_of_all_respondents_there_are_bounds():
    counts = {"q:a": 70, "q:b": 50}
    assert bounds_of(counts, 100)[1] is not None
    assert bounds_of(counts, 100, group="one") == (NOTHING, None)
    assert bounds_of(counts, 100, published=["q:a"]) == (NOTHING, None)


def test_between_the_bounds_nothing_is_a_value():
    counts = {"q:a": 300, "q:b": 250}
    between, _ = bounds_of(counts, 1000)
    assert between.p_value is None
    assert between.probability is None
    assert (between.in_sample.lower, between.in_sample.upper) == (0.0, 1.0)
    best, worst = stats.beta(550.5, 450.5).sf(0.4), stats.beta(300.5, 700.5).sf(0.4)
    assert (between.posterior.lower, between.posterior.upper) == pytest.approx((worst, best))
    assert decide(between, 0.95) == "undetermined"
