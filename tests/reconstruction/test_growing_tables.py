"""Tables of sizes grow where the prior has larger sizes to offer, and nowhere else."""

from pathlib import Path
from unittest.mock import patch

import pytest

from alumnistats.errors import ContradictionError
from alumnistats.reconstruction import from_survey, reconstruct
from alumnistats.sources import load_survey

SMALL = Path(__file__).parents[1] / "sensitivity" / "small.toml"


def tables_made(survey, prior):
    """Return the largest sizes of the tables that were made until nothing was found."""
    made = []

    def passes(problem, *arguments):
        made.append(problem.largest)
        return real(problem, *arguments)

    real = from_survey.size_passes
    with (
        patch.object(from_survey, "size_passes", passes),
        pytest.raises(ContradictionError),
    ):
        reconstruct(survey, prior, draws=100, explain=False)
    return made


def test_a_prior_that_has_no_larger_sizes_is_not_looked_into_further():
    survey = load_survey(SMALL)
    figures = tuple(
        f.model_copy(update={"percent": "0.5"}) if f.group == "north" else f for f in survey.figures
    )
    impossible = survey.model_copy(update={"figures": figures})  # of no size up to the total
    assert len(tables_made(impossible, "equal")) == 1
    assert tables_made(impossible, "free")[-1] > tables_made(impossible, "equal")[0]
