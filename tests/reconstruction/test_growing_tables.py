"""Tables of sizes grow where the prior has larger sizes to offer, and nowhere else."""

from pathlib import Path
from unittest.mock import patch

import pytest

from alumnistats.errors import ContradictionError, UndecidedError
from alumnistats.reconstruction import from_survey, reconstruct
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

LABEL = {"en": "x", "ja": "x"}
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


def test_tables_do_not_grow_once_a_solver_proves_that_there_is_no_solution():
    survey = load_survey(SMALL)
    figures = tuple(
        f.model_copy(update={"percent": "0.5"}) if f.group == "north" else f for f in survey.figures
    )
    impossible = survey.model_copy(update={"figures": figures})  # of no size up to the total
    assert len(tables_made(impossible, "equal")) == 1
    assert tables_made(impossible, "free") == tables_made(impossible, "equal")


@pytest.mark.parametrize("explain", [True, False])
def test_what_was_not_drawn_may_be_possible_and_no_wider_tables_are_made_for_it(explain):
    """Only a solver calls figures contradictory, whether conflicts are asked for or not."""
    survey, made = load_survey(SMALL), []

    def nothing(problem, *_):
        made.append(problem.largest)

    with (
        patch.object(from_survey, "draw_solutions", nothing),
        pytest.raises(UndecidedError, match="its figures can all be right"),
    ):
        reconstruct(survey, "free", draws=100, explain=explain)
    assert len(made) == 1


ASKED = 700
COUNTS = [(131, 236, 333), (187, 221, 292)]


def without_total():
    """Return a survey of two groups that prints shares of three answers, and nobody's number."""
    figures = [
        {"of": f"q:{o}", "group": f"g{g}", "at": "t", "percent": f"{100 * k / ASKED:.1f}"}
        for g, row in enumerate(COUNTS) for o, k in zip("abc", row, strict=True)
    ]  # fmt: skip
    return Survey.model_validate(
        {
            "format": 1, "id": "nobody", "title": LABEL, "figures": figures,
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "groups": [{"id": f"g{g}", "label": LABEL} for g in range(2)],
            "questions": [
                {"id": "q", "label": LABEL, "answers": "single", "complete": True,
                 "options": [{"id": o, "label": LABEL} for o in "abc"]}
            ],
        }
    )  # fmt: skip


@pytest.mark.parametrize("prior", ["quota", "free", "dirichlet"])
def test_what_narrow_tables_leave_out_is_what_wide_ones_hold(prior):
    """Nothing tells the number: what is beyond is told, not hidden."""
    survey = without_total()
    wide = reconstruct(survey, prior, draws=400, largest=2000)
    for largest in (400, 800):
        beyond = float(wide.particles.weight[(wide.particles.sizes > largest).any(axis=1)].sum())
        told = reconstruct(survey, prior, draws=400, largest=largest).left_out
        odds = beyond / (1 - beyond)
        assert min(odds, 1.0) / 3 < told <= 1.0, (largest, beyond, told)


def test_tables_grow_where_nothing_tells_the_number():
    survey = without_total()
    recon = reconstruct(survey, "free", draws=400)
    assert recon.problem.largest >= 1600
    assert recon.left_out < 0.05
    assert (recon.sample_sizes["lower"] <= ASKED).all()
    assert (recon.sample_sizes["upper"] >= ASKED).all()
