"""Prior probabilities of the conventions, as docs/decisions.md gives them."""

import numpy as np
import pytest

from alumnistats.errors import SurveyFileError
from alumnistats.reconstruction.conventions import (
    SUBTOTALS_PRIOR,
    forcing_hint,
    may_be_forced,
    scenarios,
)
from alumnistats.reconstruction.question_tree import build_trees
from alumnistats.sources import load_survey, read_survey
from alumnistats.survey import Survey

TEXT = {"en": "s", "ja": "s"}


@pytest.fixture(scope="module")
def survey():
    return load_survey()


def share(found, **what):
    mine = [s for s in found if all(getattr(s, key) == value for key, value in what.items())]
    return float(np.exp([s.log_prior for s in mine]).sum())


def test_overall_figures_are_pooled_four_times_in_five(survey):
    found = scenarios(survey.model_copy(update={"overall_share": ("pooled", "mean")}))
    assert share(found) == pytest.approx(1.0)
    assert share(found, overall="pooled") == pytest.approx(0.8)
    assert share(found, overall="mean") == pytest.approx(0.2)
    # Whatever the rounding rule is.
    assert share(found, overall="mean", rounding="double") == pytest.approx(0.2 * 0.05)


@pytest.mark.parametrize("only", ["pooled", "mean"])
def test_a_convention_that_is_known_is_certain(survey, only):
    found = scenarios(survey.model_copy(update={"overall_share": (only,)}))
    assert share(found, overall=only) == pytest.approx(1.0)


def test_rules_of_rounding_and_of_subtotals(survey):
    found = scenarios(survey)
    prior = {"half-up": 0.75, "half-even": 0.12, "double": 0.05, "truncate": 0.05, "ceiling": 0.03}
    assert {rule: share(found, rounding=rule) for rule in prior} == pytest.approx(prior)
    ways = {way for s in found for _, way in s.subtotals}
    assert ways == {"rounded-sum", "sum-of-rounded"}
    rounded = [s for s in found if dict(s.subtotals).get("contact") == "rounded-sum"]
    assert float(np.exp([s.log_prior for s in rounded]).sum()) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('adding_up = ["sometimes"]', '"rounded" or "forced"'),
        ("adding_up = []", '"rounded" or "forced"'),
        ('adding_up = ["forced", "forced"]', "each only once"),
        ('weighted = true\nadding_up = ["forced"]', "weighted survey"),
        ('overall_share = ["mean"]\nadding_up = ["forced"]', "overall_share"),
        ('total = "many"\nweighted = true\nadding_up = ["forced"]', "weighted survey"),
        ('overall_share = ["median"]', '"pooled" or "mean"'),
        ("overall_share = []", '"pooled" or "mean"'),
        ('overall_share = ["mean", "mean"]', "each only once"),
        ('weighted = true\noverall_share = ["mean"]', "weighted survey"),
        ('total = "many"\nweighted = true\noverall_share = ["mean"]', "weighted survey"),
    ],
)
def test_the_file_says_what_is_wrong(keys, message, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(
        f"""format = 1
id = "s"
title = {{ en = "s", ja = "s" }}
{keys}
source = {{ publisher = "p", url = "https://example.org", cite = "c" }}
groups = [{{ id = "g", label = {{ en = "g", ja = "g" }} }}]
figures = [{{ of = "m:x", group = "g", percent = "50", at = "f" }}]
[[questions]]
id = "m"
label = {{ en = "m", ja = "m" }}
answers = "multiple"
options = [{{ id = "x", label = {{ en = "x", ja = "x" }} }}]
""",
        encoding="utf-8",
    )
    with pytest.raises(SurveyFileError, match=message):
        read_survey(path)


def two_questions(*percents):
    """Return a survey of two questions, each with a measure; one group prints all of the first."""
    return Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": "g", "label": TEXT}],
        "questions": [{"id": q, "label": TEXT, "answers": "single", "complete": True,
                       "options": [{"id": o, "label": TEXT} for o in "abc"]} for q in "qr"],
        "measures": [{"id": f"{q}m", "question": q, "options": ["a", "b"], "label": TEXT}
                     for q in "qr"],
        "figures": [{"of": f"q:{o}", "group": "g", "percent": percent}
                    for o, percent in zip("abc", percents, strict=True)]
                   + [{"of": f"{q}m", "group": "g", "percent": "60"} for q in "qr"],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("percents", "hinted"), [(("30", "30", "40"), True), (("30", "31", "40"), False)]
)
def test_forcing_is_hinted_at_where_all_distributions_sum_to_100(percents, hinted):
    trees = build_trees(two_questions(*percents))
    assert may_be_forced(trees)
    assert bool(forcing_hint(trees, ["rounded"])) == hinted
    assert not forcing_hint(trees, ["rounded", "forced"])


def test_without_a_whole_distribution_nothing_is_hinted_at():
    part = two_questions("30", "30", "40")
    part = part.model_copy(update={"figures": part.figures[1:]})
    trees = build_trees(part)
    assert not may_be_forced(trees)
    assert not forcing_hint(trees, ["rounded"])


def test_one_question_or_none_with_measures():
    both = two_questions("30", "30", "40")
    for left, ways in (("q", 2), ("", 1)):
        some = both.model_copy(update={
            "measures": tuple(m for m in both.measures if m.question == left),
            "figures": tuple(f for f in both.figures if f.of.startswith(f"{left}:")
                             or f.of == f"{left}m" or (not left and f.of.startswith("q:"))),
        })  # fmt: skip
        found = scenarios(some, {"half-up": 1.0})
        assert len(found) == ways
        assert share(found) == pytest.approx(1.0)


def test_forced_sums_come_last():
    some = two_questions("30", "30", "40").model_copy(update={"adding_up": ("rounded", "forced")})
    found = [s.adding_up for s in scenarios(some, {"half-up": 1.0}, {"rounded-sum": 1.0})]
    assert found == ["rounded", "forced"]


def test_questions_that_add_up_by_themselves_do_so_independently():
    found = scenarios(two_questions("30", "30", "40"), subtotals_by="question")
    assert share(found) == pytest.approx(1.0)
    for first, p in SUBTOTALS_PRIOR.items():
        for second, q in SUBTOTALS_PRIOR.items():
            ways = (("q", first), ("r", second))
            assert share(found, subtotals=ways) == pytest.approx(p * q)
    together = scenarios(two_questions("30", "30", "40"))
    for way, p in SUBTOTALS_PRIOR.items():
        assert share(together, subtotals=(("q", way), ("r", way))) == pytest.approx(p)
