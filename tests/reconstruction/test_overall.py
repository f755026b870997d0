"""The count of all respondents of an option, where no group prints anything, by enumeration."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.reconstruction import overall_counts, reconstruct
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.overall import (
    best_division,
    law_of_totals,
    nested_in,
    possible_bases,
)
from alumnistats.reconstruction.published import Exact
from alumnistats.reconstruction.question_tree import build_trees
from alumnistats.survey import Survey

OPTIONS = "abcd"


def text(words):
    return {"en": words, "ja": words}


TOTAL = 45  # fewer than 100: a whole percentage belongs to one count


def release(**counts):
    """Return a survey of two groups that prints whole percentages of all respondents."""
    sizes = {"x": TOTAL // 3, "y": TOTAL - TOTAL // 3}
    return Survey.model_validate(
        {
            "format": 1, "id": "overall", "title": text("Overall"), "total": TOTAL,
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "groups": [{"id": g, "label": text(g), "n": n} for g, n in sizes.items()],
            "questions": [
                {"id": "q", "label": text("q"), "answers": "single", "complete": True,
                 "options": [{"id": o, "label": text(o)} for o in OPTIONS]}
            ],
            "measures": [{"id": "ab", "question": "q", "options": ["a", "b"], "label": text("ab")}],
            "figures": [
                {"of": of if len(of) > 1 else f"q:{of}", "group": "overall", "at": "t",
                 "percent": str((200 * count + TOTAL) // (2 * TOTAL))}
                for of, count in counts.items()
            ],
        }
    )  # fmt: skip


def enumerated(known, of):
    """Return the law of a count if every division of all respondents is equally likely."""
    law = defaultdict(float)
    for cut in itertools.combinations(range(TOTAL + 3), 3):  # bars between stars
        ends = (-1, *cut, TOTAL + 3)
        counts = {o: j - i - 1 for o, (i, j) in zip(OPTIONS, itertools.pairwise(ends), strict=True)}
        if all(sum(counts[x] for x in o) == k for o, k in known.items()):
            law[sum(counts[x] for x in of)] += 1.0
    norm = sum(law.values())
    return {k: p / norm for k, p in law.items()}


@pytest.mark.parametrize("of", ["q:a", "q:b", "q:c", "q:d", "ab"])
@pytest.mark.parametrize("misprints", [0.0, 1e-5])  # which counts are allowed, or how probable
@pytest.mark.parametrize(
    "known", [{"c": 15}, {"a": 9, "c": 15}, {"b": 9, "d": 4}, {"ab": 27, "d": 4}]
)
def test_the_other_side_of_a_split_has_its_say(known, of, misprints):
    """That 15 of 45 answered c leaves fewer for a and b than if nothing were known of c."""
    recon = reconstruct(
        release(**known), draws=100, rounding={"half-up": 1.0}, subtotals={"rounded-sum": 1.0},
        misprints=misprints,
    )  # fmt: skip
    nobs, count, weight = overall_counts(recon, of)
    assert set(nobs.tolist()) == {TOTAL}
    found = dict(zip(count.tolist(), weight.tolist(), strict=True))
    expected = enumerated(known, of.removeprefix("q:"))
    found = {k: p for k, p in found.items() if k in expected or p > 10 * misprints}
    assert found == pytest.approx(expected, abs=1e-9 + 100 * misprints)


WEIGHTS = st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=1, max_size=12)
ALLOWED = st.lists(st.booleans(), min_size=1, max_size=12)


@given(st.one_of(ALLOWED, WEIGHTS), st.one_of(ALLOWED, WEIGHTS), st.booleans())
def test_the_best_division_of_each_sum(left, right, filled):
    size = max(len(left), len(right))
    left, right = (np.array(x + [x[-1] * filled] * (size - len(x))) for x in (left, right))
    expected = [max(left[i] * right[c - i] for i in range(c + 1)) for c in range(size)]
    assert best_division(left, right).tolist() == expected


def trees_of(figures, *more):
    """Return the trees of a question of four options, and of further questions of two."""
    options = {"q": "abcd"} | {id: "xy" for id, _ in more}
    asked = [
        {"id": q, "label": text(q), "answers": "single", "complete": True,
         "options": [{"id": o, "label": text(o)} for o in options[q]]} | dict(more).get(q, {})
        for q in options
    ]  # fmt: skip
    return build_trees(Survey.model_validate({
        "format": 1, "id": "s", "title": text("s"), "groups": [{"id": "g", "label": text("g")}],
        "source": {"publisher": "p", "url": "u", "cite": "c"}, "questions": asked,
        "measures": [{"id": m, "question": "q", "options": list(m), "label": text(m)}
                     for m in ("ab", "abc")],
        "figures": [{"of": of, "group": "overall", "percent": p} for of, p in figures.items()],
    }))  # fmt: skip


@pytest.mark.parametrize("measure", ["ab", "abc"])
def test_parts_of_nobody_add_up_to_nothing(measure):
    tree, added = trees_of({measure: "0"})["q"], Scenario("half-up", (("q", "sum-of-rounded"),))
    law = law_of_totals(tree, 150, added, Exact())
    assert [law.weight(tree.index(measure), total) for total in (0, 1, 2)] == [1.0, 0.0, 0.0]


def test_parts_that_exceed_the_whole_have_no_base():
    bases, tree = np.arange(20, 300), trees_of({"q:a": "60", "q:b": "50"})["q"]
    assert not possible_bases(tree, bases, Scenario("half-up")).any()
    tree = trees_of({"q:a": "60", "q:b": "40"})["q"]
    assert possible_bases(tree, bases, Scenario("half-up")).any()


def test_only_questions_asked_of_a_tree_s_own_answers_are_nested_in_it():
    trees = trees_of({"q:a": "50", "r:x": "50"}, ("r", {"base": ["q:a"]}), ("s", {}))
    bases = (("r", "q:a"), ("q", "all"), ("s", "all"))
    scenario = Scenario("half-up", bases=bases)
    (found,) = nested_in(trees, "q", scenario, set())
    assert (found.node, found.tree.name) == (trees["q"].index("a"), "r")
    assert nested_in(trees, "s", scenario, set()) == ()
    assert nested_in(trees, "q", scenario, {("q", found.node)}) == ()
