"""What lies beyond tables is bounded, and not by too much: against wide tables that hold it."""

from dataclasses import replace

import numpy as np
import pytest

from alumnistats.reconstruction import reconstruct
from alumnistats.reconstruction.beyond_tables import share_beyond
from alumnistats.reconstruction.engine import size_passes
from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.size_priors import in_wider_tables, size_models
from alumnistats.survey import Survey

LABEL = {"en": "x", "ja": "x"}
HALF_UP = {"half-up": 1.0}
LARGEST = 57  # that the total leaves to a group
LOOSE = 25  # times what is beyond: the bound is a generous one


def survey(*, strata, known):
    """Return four groups of 60 respondents in all, by turns in two strata, one of a known size."""
    groups = [{"id": f"g{i}", "label": LABEL} for i in range(4)]
    if known:
        groups[3]["n"] = 9
    if strata:
        groups = [group | {"stratum": f"s{i % 2}"} for i, group in enumerate(groups)]
    return Survey.model_validate({
        "format": 1, "id": "s", "title": LABEL, "total": 60, "groups": groups,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "strata": [{"id": f"s{i}", "label": LABEL} for i in range(2)] if strata else [],
        "questions": [{"id": "q", "label": LABEL, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": LABEL} for o in "ab"]}],
        "figures": [{"of": "q:a", "group": f"g{i}", "percent": p}
                    for i, p in enumerate(("40", "25", "33", "56"))],
    })  # fmt: skip


@pytest.mark.parametrize("strata", [False, True])
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("prior", ["quota", "dirichlet"])
def test_the_bound_is_above_what_wide_tables_hold_beyond(strata, known, prior):
    told = survey(strata=strata, known=known)
    wide = reconstruct(told, prior, draws=2000, largest=LARGEST, rounding=HALF_UP).particles
    for largest in (25, 30):
        beyond = float(wide.weight[(wide.sizes > largest).any(axis=1)].sum())
        problem = replace(make_problem(told, HALF_UP), largest=largest)
        models = size_models(told, prior, largest)
        passes, _ = size_passes(problem, models, 200, np.random.default_rng(0))
        wider = in_wider_tables(models, told, prior, LARGEST)
        odds, bound = beyond / (1 - beyond), share_beyond(problem, passes, wider)
        assert odds < bound < LOOSE * odds


def test_where_nothing_was_found_everything_may_be_beyond():
    problem = make_problem(survey(strata=False, known=False))
    assert share_beyond(problem, [], []) == np.inf
