"""Counts of all respondents where no group prints anything, of bases that nobody divides either."""

import numpy as np
import pytest

from alumnistats.reconstruction import overall_counts, reconstruct
from alumnistats.survey import Survey

TEXT = {"en": "x", "ja": "x"}


def question(id, options, **what):
    given = [{"id": o, "label": TEXT} for o in options]
    return {"id": id, "label": TEXT, "answers": "single", "complete": True, "options": given} | what


def solved(total, **figures):
    """Return a release of two groups; "r" was asked of those who said "a", and "s" of all."""
    return reconstruct(Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT, "total": total,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": TEXT} for g in ("g", "h")],
        "questions": [question("q", "ab"), question("r", "xy", base=["q:a"]), question("s", "vw")],
        "figures": [{"of": f"{o[0]}:{o[1]}", "group": "overall", "percent": p}
                    for o, p in figures.items()],
    }), "free", draws=200)  # fmt: skip


def test_shares_of_a_base_that_only_the_whole_publishes():
    recon = solved(40, qa="50", rx="25", sv="10")
    for of, counts in (("q:a", (40, 20)), ("r:x", (20, 5)), ("r:y", (20, 15)), ("s:w", (40, 36))):
        (nobs,), (count,), weight = overall_counts(recon, of)
        assert (nobs, count) == counts
        assert weight.tolist() == pytest.approx([1.0])


def test_shares_are_within_a_point_of_what_is_printed_by_whatever_rule():
    recon = solved(300, qa="50", rx="10")
    nobs, count, weight = overall_counts(recon, "r:x")
    assert (np.abs(100 * nobs / 300 - 50) < 1).all()
    assert (np.abs(100 * count / nobs - 10) < 1).all()
    assert len(set(nobs.tolist())) > 1
    assert weight.sum() == pytest.approx(1.0)


def test_within_a_measure_that_groups_publish_shares_are_still_those_of_the_whole_base():
    """Of 100 respondents 60 said "a" or "b", and 30% said "a": 30, not 30% of 60."""
    recon = reconstruct(Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": TEXT, "n": n} for g, n in (("g", 60), ("h", 40))],
        "questions": [question("q", "abc")],
        "measures": [{"id": "ab", "question": "q", "options": ["a", "b"], "label": TEXT}],
        "figures": [{"of": "ab", "group": "g", "count": 40},
                    {"of": "ab", "group": "h", "count": 20},
                    {"of": "q:a", "group": "overall", "percent": "30"}],
    }), "free", draws=200)  # fmt: skip
    for of, expected in (("ab", 60), ("q:a", 30), ("q:b", 30)):
        (nobs,), (count,), _ = overall_counts(recon, of)
        assert (nobs, count) == (100, expected)
