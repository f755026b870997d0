"""Whether claims hold in every solution, against the enumeration of all size vectors and counts."""

import itertools
import operator

import pytest
from brute_force import text

from alumnistats.errors import ArgumentError
from alumnistats.identification import claim_status
from alumnistats.rounding import round_share
from alumnistats.sources import load_survey
from alumnistats.survey import ExtremeSetClaim, RankingClaim, Survey, ThresholdClaim

TOTAL = 14


def survey_of(figures, overall=None):
    """Return a survey of groups that print a share of "yes" each, or nothing (None)."""
    groups = [f"g{i}" for i in range(len(figures))]
    printed = [
        {"of": "q:yes", "group": g, "percent": p, "at": "t"}
        for g, p in [*zip(groups, figures, strict=True), ("overall", overall)]
        if p is not None
    ]
    return Survey.model_validate(
        {
            "format": 1,
            "id": "tiny",
            "title": text("tiny"),
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "total": TOTAL,
            "groups": [{"id": g, "label": text(g)} for g in groups],
            "questions": [
                {
                    "id": "q",
                    "label": text("q"),
                    "answers": "multiple",
                    "options": [{"id": "yes", "label": text("yes")}],
                }
            ],
            "figures": printed,
        }
    )


def solutions(survey):
    """Yield sizes and counts that print the figures, halves up."""
    shown = {f.group: f.units for f in survey.figures}
    groups = survey.group_ids
    for sizes in itertools.product(range(1, TOTAL), repeat=len(groups)):
        if sum(sizes) != TOTAL:
            continue
        every = [
            [k for k in range(n + 1) if shown.get(g) in (None, int(round_share(k, n, 0)))]
            for g, n in zip(groups, sizes, strict=True)
        ]
        for counts in itertools.product(*every):
            whole = int(round_share(sum(counts), TOTAL, 0))
            if shown.get("overall") in (None, whole):
                yield sizes, counts


def expected(survey, holds):
    truth = {holds(sizes, counts) for sizes, counts in solutions(survey)}
    return {(True,): "every", (False,): "no", (False, True): "some"}[tuple(sorted(truth))]


RELATIONS = {
    "at-least": operator.ge, "above": operator.gt, "at-most": operator.le, "below": operator.lt,
}  # fmt: skip
SAID = {"id": "c", "text": text("c"), "at": "t"}
FIRST = ExtremeSetClaim.model_validate(
    SAID | {"kind": "extreme-set", "of": "q:yes", "from": "highest", "members": ["g0"]}
)
ORDER = RankingClaim.model_validate(
    SAID | {"kind": "ranking", "of": "q:yes", "from": "lowest", "places": [["g2"], ["g1"]]}
)
HALF = ThresholdClaim.model_validate(
    SAID
    | {"kind": "threshold", "of": "q:yes", "group": "g1", "relation": "at-least", "percent": "50"}
)


@pytest.mark.parametrize(
    ("figures", "overall"),
    [
        (("67", "50", "33"), None),
        (("67", None, "33"), None),
        (("50", "50", "25"), None),
        (("40", "41", "20"), None),
        (("67", None, None), "50"),
        (("60", None, "0"), "29"),
        (("75", None, "0"), "29"),
    ],
)
def test_orders_and_thresholds_are_those_of_the_enumeration(figures, overall):
    survey = survey_of(figures, overall)
    if not list(solutions(survey)):
        figures = [f for f in survey.figures if f.group != "g1"]
        survey = survey.model_copy(update={"figures": tuple(figures)})

    def exceeds(sizes, counts, a, b):
        return counts[a] * sizes[b] > counts[b] * sizes[a]

    halves_up = {"rounding": ["half-up"]}
    assert claim_status(survey, FIRST, **halves_up) == expected(
        survey, lambda n, k: exceeds(n, k, 0, 1) and exceeds(n, k, 0, 2)
    )
    assert claim_status(survey, ORDER, **halves_up) == expected(
        survey, lambda n, k: exceeds(n, k, 1, 2) and exceeds(n, k, 0, 1)
    )
    for relation, holds in RELATIONS.items():
        half = HALF.model_copy(update={"relation": relation})
        assert claim_status(survey, half, **halves_up) == expected(
            survey, lambda n, k, holds=holds: holds(2 * k[1], n[1])
        )


def with_sizes(survey, *sizes):
    groups = tuple(g.model_copy(update={"n": n}) for g, n in zip(survey.groups, sizes, strict=True))
    return survey.model_copy(update={"groups": groups})


def test_groups_of_unlike_sizes_are_compared():
    """None, one or both of 2 against 9 of 12."""
    survey = with_sizes(survey_of((None, "75")), 2, 12)
    for first, status in (("g0", "some"), ("g1", "some")):
        claim = FIRST.model_copy(update={"members": (first,)})
        assert claim_status(survey, claim, rounding=["half-up"]) == status


def test_a_printed_mean_says_nothing_of_all_together():
    """2 of 10 and 24 of 30: a mean of 50%, and 65% of all."""
    survey = with_sizes(survey_of(("20", "80"), "50"), 10, 30)
    survey = survey.model_copy(update={"total": 40, "overall_share": ("mean",)})
    claim = HALF.model_copy(update={"group": "overall", "percent": "60"})
    assert claim_status(survey, claim, rounding=["half-up"]) == "every"


def test_a_share_that_was_forced_may_be_farther_off_than_its_last_digit():
    """42, 42 and 41 of 125 are 33.6, 33.6 and 32.8%: forced to sum to 100, one 33.6 prints 33."""
    options = [{"id": o, "label": text(o)} for o in "abc"]
    survey = Survey.model_validate({
        "format": 1, "id": "forced", "title": text("forced"), "adding_up": ["forced"],
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": "g1", "label": text("g1"), "n": 125}],
        "questions": [{"id": "q", "label": text("q"), "answers": "single", "complete": True,
                       "options": options}],
        "figures": [{"of": f"q:{o}", "group": "g1", "percent": percent}
                    for o, percent in zip("abc", ("34", "33", "33"), strict=True)],
    })  # fmt: skip
    for percent, status in (("33.5", "some"), ("34", "no")):
        claim = HALF.model_copy(update={"of": "q:b", "percent": percent})
        assert claim_status(survey, claim, rounding=["half-up"]) == status


def test_a_sum_of_rounded_parts_may_be_a_unit_off():
    """Of 30 only 20 answers in two parts print 66: two thirds, such as 33 and 33."""
    options = [{"id": o, "label": text(o)} for o in "abc"]
    survey = Survey.model_validate({
        "format": 1, "id": "sum", "title": text("sum"),
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": "g1", "label": text("g1"), "n": 30}],
        "questions": [{"id": "q", "label": text("q"), "answers": "single", "complete": True,
                       "options": options}],
        "measures": [{"id": "ab", "question": "q", "options": ["a", "b"], "label": text("ab")}],
        "figures": [{"of": "ab", "group": "g1", "percent": "66"}],
    })  # fmt: skip
    claim = HALF.model_copy(update={"of": "ab", "percent": "66.6"})
    how = {"rounding": ["half-up"], "subtotals": ["sum-of-rounded"]}
    assert claim_status(survey, claim, **how) == "every"


def test_claims_of_the_release_that_its_figures_decide():
    survey = load_survey()
    assert claim_status(survey, survey.claim("any-contact-half")) == "every"
    assert claim_status(survey, survey.claim("important-at-least-70")) == "every"
    assert claim_status(survey, survey.claim("would-use-answer-above-half")) == "no"
    assert claim_status(survey, survey.claim("hurdles-mode-energy")) == "every"


def test_a_statement_is_no_matter_of_arithmetic():
    survey = load_survey()
    claim = next(c for c in survey.claims if c.kind == "homogeneity")
    with pytest.raises(ArgumentError, match="ranking, extreme-set, threshold or mode"):
        claim_status(survey, claim)
