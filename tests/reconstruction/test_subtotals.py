"""Subtotals in one way throughout, or each question's in its own, against enumeration."""

import functools
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.reconstruction import reconstruct
from alumnistats.reconstruction.conventions import ROUNDING_PRIOR, SUBTOTALS_PRIOR
from alumnistats.rounding import SUBTOTALS, round_share
from alumnistats.survey import Survey

QUESTIONS = ("q", "r")


def text(value):
    return {"en": value, "ja": value}


def shown(a, b, n, rule, way):
    """Return the printed tenths of a percent of two answers together."""
    if way == "rounded-sum":
        return int(round_share(a + b, n, 1, rule))
    return int(round_share(a, n, 1, rule)) + int(round_share(b, n, 1, rule))


def publish(sizes, counts, ways):
    """Print the first two of three answers together, for every group and question."""
    groups = [f"g{i}" for i in range(len(sizes))]
    figures = []
    for question in QUESTIONS:
        for group, n, (a, b) in zip(groups, sizes, counts[question], strict=True):
            units = shown(a, b, n, "half-up", ways[question])
            percent = f"{units // 10}.{units % 10}"
            figures.append({"of": f"{question}ab", "group": group, "percent": percent, "at": "t"})
    return Survey.model_validate(
        {
            "format": 1, "id": "two", "title": text("two"),
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "total": sum(sizes),
            "groups": [{"id": g, "label": text(g)} for g in groups],
            "questions": [
                {
                    "id": q, "label": text(q), "answers": "single", "complete": True,
                    "options": [{"id": o, "label": text(o)} for o in "abc"],
                }
                for q in QUESTIONS
            ],
            "measures": [
                {"id": f"{q}ab", "question": q, "options": ["a", "b"], "label": text(q)}
                for q in QUESTIONS
            ],
            "figures": figures,
        }
    )  # fmt: skip


@functools.cache
def prints(n, rule, way):
    """Return what is printed for every pair of counts, which are equally likely."""
    return np.array([shown(a, b, n, rule, way) for a in range(n + 1) for b in range(n + 1 - a)])


def enumerated(survey):
    """Return the evidence, and the mass of each (way of q, way of r), by complete enumeration."""
    largest = survey.total - len(survey.groups) + 1
    figures = {(f.of, f.group): f.units for f in survey.figures}

    def likelihood(question, group, n, rule, way):
        return float((prints(n, rule, way) == figures[f"{question}ab", group]).mean())

    mass = dict.fromkeys(itertools.product(SUBTOTALS, repeat=2), 0.0)
    for rule, ways in itertools.product(ROUNDING_PRIOR, mass):
        laws = np.zeros((len(survey.groups), largest + 1))
        for (g, group), n in itertools.product(enumerate(survey.group_ids), range(1, largest + 1)):
            asked = zip(QUESTIONS, ways, strict=True)
            laws[g, n] = math.prod(likelihood(q, group, n, rule, way) for q, way in asked)
        together = laws[0]
        for law in laws[1:]:
            together = np.convolve(together, law)
        prior = ROUNDING_PRIOR[rule] * math.prod(SUBTOTALS_PRIOR[w] for w in ways)
        mass[ways] += prior * together[survey.total] / largest ** len(laws)
    evidence = sum(mass.values())
    return evidence, {ways: one / evidence for ways, one in mass.items()}


@st.composite
def releases(draw):
    sizes = draw(st.lists(st.integers(3, 14), min_size=2, max_size=3))
    counts = {}
    for question in QUESTIONS:
        first = [draw(st.integers(0, n)) for n in sizes]
        counts[question] = [
            (a, draw(st.integers(0, n - a))) for a, n in zip(first, sizes, strict=True)
        ]
    ways = {question: draw(st.sampled_from(SUBTOTALS)) for question in QUESTIONS}
    return publish(sizes, counts, ways)


@settings(max_examples=25, deadline=None)
@given(survey=releases())
def test_each_question_by_itself_against_enumeration(survey):
    evidence, mass = enumerated(survey)
    recon = reconstruct(survey, "free", draws=2000, subtotals_by="question", largest=survey.total)
    # Without overall figures every step is exact, but for what is left out.
    assert abs(recon.particles.log_evidence - math.log(evidence)) < recon.left_out + 1e-7
    table = recon.conventions
    table = table[table["dimension"] == "subtotals"].set_index(["subject", "value"])["probability"]
    for i, question in enumerate(QUESTIONS):
        for way in SUBTOTALS:
            exact = sum(p for ways, p in mass.items() if ways[i] == way)
            error = 5 * math.sqrt(exact * (1 - exact) / recon.particles.ess) + recon.left_out
            assert abs(table.get((question, way), 0.0) - exact) < error + 2e-3


def thirds(ways):
    """Publish groups whose thirds are 33.3 and 33.3 apart, and 66.7 together."""
    counts = {"q": [(11, 11), (7, 7), (9, 9)], "r": [(11, 11), (7, 7), (9, 9)]}
    return publish((33, 21, 27), counts, ways)


def test_questions_may_differ():
    survey = thirds({"q": "rounded-sum", "r": "sum-of-rounded"})
    free = reconstruct(survey, draws=400, subtotals_by="question").conventions
    one = reconstruct(survey, draws=400).conventions
    subjects = [set(t[t["dimension"] == "subtotals"]["subject"]) for t in (free, one)]
    assert subjects == [set(QUESTIONS), {"release"}]
    best = free[free["dimension"] == "subtotals"].sort_values("probability").groupby("subject")
    assert best.tail(1).set_index("subject")["value"].to_dict() == {
        "q": "rounded-sum",
        "r": "sum-of-rounded",
    }


def test_one_way_throughout_is_a_special_case():
    # The evidence of each question by itself is the mean over the ways, of which two are the same.
    survey = thirds(dict.fromkeys(QUESTIONS, "rounded-sum"))
    evidence, mass = enumerated(survey)
    for way in SUBTOTALS:
        recon = reconstruct(survey, "free", draws=400, subtotals={way: 1.0}, largest=survey.total)
        alone = math.exp(recon.particles.log_evidence)
        assert alone * SUBTOTALS_PRIOR[way] ** 2 == pytest.approx(
            evidence * mass[way, way], rel=2 * recon.left_out + 1e-7, abs=1e-300
        )


def test_another_value_is_refused():
    survey = thirds(dict.fromkeys(QUESTIONS, "rounded-sum"))
    with pytest.raises(ArgumentError, match="subtotals_by"):
        reconstruct(survey, subtotals_by="table")
