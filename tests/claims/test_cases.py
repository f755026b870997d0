"""The project's own small inputs, with what is right: cases/two_versions.toml.

Two versions of a page were shown to 1,020 and 998 people, of whom 12.4% and 15.6% clicked. Both
counts follow, so the chi-squared test of the table is known (0.034), and what is claimed of a
difference rests on it. The file was made for this project after public ones; it is nobody's data.
"""

from pathlib import Path

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportions_chisquare

from alumnistats.analysis import Choices, analyze

CASES = Path(__file__).with_name("cases")
COUNTS, SIZES = [126, 156], [1020, 998]


@pytest.fixture(scope="module")
def judged():
    choices = Choices(rounding="half-up")  # truncation would admit 127 and 155, too
    found = analyze(CASES / "two_versions.toml", choices=choices).judged
    return {one.claim.id: one for one in found}


def test_that_versions_differ_rests_on_the_test_of_the_table(judged):
    _, p, _ = proportions_chisquare(COUNTS, SIZES)
    assert p == pytest.approx(0.034, abs=5e-4)
    assert judged["differ"].grounds.p_value == pytest.approx(p)
    assert judged["differ"].grounds.significant.value == 1.0
    assert "Nothing is published" not in judged["differ"].grounds.en


def test_that_one_is_better_agrees_with_it(judged):
    better, differ = judged["b-better"].grounds, judged["differ"].grounds
    assert better.p_value == pytest.approx(differ.p_value / 2, abs=0.001)  # mid-P of the same table
    assert better.probability == pytest.approx(differ.probability, abs=1e-9)
    assert better.prior == 0.5


def test_thresholds_are_exact_binomial_tests(judged):
    p = stats.binom.sf(155, 998, 0.15)
    assert judged["b-15"].grounds.p_value == pytest.approx(p)
    everywhere = max(stats.binom.sf(k - 1, n, 0.1) for k, n in zip(COUNTS, SIZES, strict=True))
    assert judged["double"].grounds.p_value == pytest.approx(everywhere)


def test_verdicts(judged):
    assert {name: one.verdict for name, one in judged.items()} == {
        # The table's p is 0.034, but the posterior probability of the order is 0.965.
        "b-better": "not supported", "differ": "not supported", "b-15": "not supported",
        "same": "undetermined", "double": "supported",
    }  # fmt: skip
    assert all(one.grounds.in_sample is None or one.grounds.in_sample.value == 1.0
               for one in judged.values())  # fmt: skip


def test_every_case_is_tested():
    assert [path.name for path in CASES.iterdir()] == ["two_versions.toml"]
