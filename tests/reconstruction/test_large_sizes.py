"""Sizes beyond two and a half times the mean: improbable beforehand, found where figures need them.

The inputs are small ones that were handed over; their sizes are known by hand or from microdata.
"""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from exact_posterior import exact_posterior
from hypothesis import given, settings
from hypothesis import strategies as st
from small_surveys import compare, small_case

from alumnistats.reconstruction import reconstruct
from alumnistats.reconstruction.size_priors import highest_size, size_limits
from alumnistats.rounding import round_share
from alumnistats.sources import load_survey, read_crosstab

CASES = Path(__file__).parent / "cases"


def test_a_trade_with_more_than_half_of_all():
    """72.7% of n and 74.2% of those: 93 of 128 and 69 of 93, or more respondents still."""
    recon = reconstruct(load_survey(CASES / "wage_227.toml"), draws=400)
    table = recon.sample_sizes.set_index("group").loc["construction"]
    assert table["mode"] == 128 > size_limits(recon.survey)[1]
    assert table["probability"] > 0.7
    assert recon.left_out < 0.02


def test_shares_of_a_thousandth():
    """0.1% is one of 667 at the least, or one of 501 by another rule: more than 400."""
    with pytest.warns(match="read as a question with one answer"):
        survey = read_crosstab(CASES / "limit400.csv")
    recon = reconstruct(survey, draws=200)
    assert recon.particles.sizes[:, 0].min() > 500
    table = recon.sample_sizes.set_index("group")
    assert table["lower"]["north"] > 500
    assert table["lower"]["south"] < 100  # nothing asks for more of the other


def test_one_of_five_groups_has_nearly_all():
    with pytest.warns(match="read as a question with one answer"):
        survey = read_crosstab(CASES / "uneven_groups.csv")
    recon = reconstruct(survey.model_copy(update={"total": 1615}), draws=200)
    assert recon.sample_sizes["mode"].tolist() == [52, 111, 13, 31, 1408]
    assert recon.sample_sizes["probability"].min() > 0.99
    assert recon.sample_sizes["mode"].max() > size_limits(recon.survey)[1]


@pytest.mark.parametrize("seed", [2, 3, 14, 21, 33])
def test_tables_leave_out_no_more_than_they_say(seed):
    """Tables that grow by themselves against the enumeration of all sizes that the total admits."""
    case = small_case(seed)
    assert case.survey.total is not None
    exact = exact_posterior(case.survey, case.prior)
    recon = reconstruct(case.survey, case.prior, seed=seed)
    assert recon.left_out < 0.05
    found = compare(case.survey, exact, recon)
    assert found.largest_z < 5.0, found
    low = exact.log_evidence + np.log1p(-recon.left_out)
    noise = 4 * found.error + 0.01
    assert low - noise < recon.particles.log_evidence < exact.log_evidence + noise


def crosstab(text):
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how the table was read is no matter here
        path = Path(folder) / "table.csv"
        path.write_text(text, encoding="utf-8")
        return read_crosstab(path)


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 4), st.floats(0.7, 0.95), st.integers(0, 10**6))
def test_true_sizes_are_never_a_contradiction(groups, share, seed):
    """One group has most of all respondents, every share printed to two decimals."""
    rng = np.random.default_rng(seed)
    others = rng.integers(5, 15, groups - 1)
    sizes = np.r_[int(others.sum() * share / (1 - share)), others]
    counts = rng.binomial(sizes, rng.uniform(0.2, 0.8, groups))
    whole = [round_share(k, sizes, 2) for k in (counts, sizes - counts)]  # a half goes up in both
    rows = ["Group,Yes,No"]
    rows += [
        f"g{g},{y / 100:.2f},{n / 100:.2f}" for g, (y, n) in enumerate(zip(*whole, strict=True))
    ]
    survey = crosstab("\n".join(rows)).model_copy(update={"total": int(sizes.sum())})
    recon = reconstruct(survey, draws=100, rounding={"half-up": 1.0}, explain=False)
    assert recon.particles.sizes[:, 0].max() <= highest_size(survey)
    assert (recon.particles.sizes.sum(axis=1) == sizes.sum()).all()
