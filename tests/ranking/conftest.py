"""The worked example of twelve groups."""

from pathlib import Path

import pandas as pd
import pytest

TABLE = Path(__file__).parents[1] / "reference" / "input_k12.csv"


@pytest.fixture(scope="session")
def k12():
    """Shares and their variances."""
    table = pd.read_csv(TABLE)
    return table["phat"].to_numpy(), table["var"].to_numpy()


@pytest.fixture(scope="session")
def k12_counts():
    """Counts and sizes."""
    table = pd.read_csv(TABLE)
    return table["x"].to_numpy(float), table["n"].to_numpy(float)
