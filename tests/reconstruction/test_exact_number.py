"""The exact number of solutions where several totals show the overall figure."""

import itertools

import pytest
from brute_force import text

from alumnistats.reconstruction import count_solutions
from alumnistats.rounding import round_share
from alumnistats.survey import Survey


@pytest.mark.parametrize("overall", ["28", "29", "30"])
def test_every_total_that_shows_the_overall_figure_counts(overall):
    sizes, shares = {"a": 370, "b": 630}, {"a": "20", "b": "35"}
    survey = Survey.model_validate({
        "format": 1, "id": "s", "title": text("s"), "total": sum(sizes.values()),
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": text(g), "n": n} for g, n in sizes.items()],
        "questions": [{
            "id": "q", "label": text("q"), "answers": "single", "complete": True,
            "options": [{"id": o, "label": text(o)} for o in ("yes", "no")],
        }],
        "figures": [
            {"of": "q:yes", "group": g, "percent": p, "at": "t"}
            for g, p in (shares | {"overall": overall}).items()
        ],
    })  # fmt: skip
    each = [
        [k for k in range(n + 1) if int(round_share(k, n, 0)) == int(shares[g])]
        for g, n in sizes.items()
    ]
    number = sum(
        int(round_share(sum(counts), 1000, 0)) == int(overall)
        for counts in itertools.product(*each)
    )
    assert count_solutions(survey, "q:yes") == number
