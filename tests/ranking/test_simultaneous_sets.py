"""Simultaneous sets are those of Tukey's test of all pairs: ICRanks, the studentised range."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alumnistats.ranking import rank_sets

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.mark.parametrize(("stepdown", "method"), [(False, "Tukey"), (True, "SeqTukey")])
def test_equals_icranks(stepdown, method):
    data = pd.read_csv(REFERENCE / "input_k12.csv")
    table = pd.read_csv(REFERENCE / "icranks_k12.csv")
    rows = table[table["method"] == method]
    sets = rank_sets(data["phat"], data["var"], kind="simultaneous", stepdown=stepdown)
    assert sets.lower.tolist() == rows["L"].tolist()
    assert sets.upper.tolist() == rows["U"].tolist()


@pytest.mark.parametrize("groups", [3, 12])
def test_equal_variances_give_the_studentised_range(groups):
    from scipy.stats import studentized_range

    same = np.full(groups, 0.3)
    sets = rank_sets(np.zeros(groups), same, kind="simultaneous", stepdown=False)
    expected = studentized_range.ppf(0.95, groups, np.inf) / np.sqrt(2)
    assert sets.first_critical[0] == pytest.approx(expected, abs=0.01)  # 4 standard errors
