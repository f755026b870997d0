"""A survey of four groups with known counts, small enough to be analyzed in a moment."""

import pytest

from alumnistats.survey import Survey

GROUPS = {"a": (60, 42), "b": (50, 28), "c": (55, 26), "d": (70, 25)}  # size, count
POPULATION = {"a": 1000, "b": 4000, "c": 2000, "d": 3000}


def text(words):
    return {"en": words, "ja": words}


def figure(of, group, percent):
    return {"of": of, "group": group, "percent": percent, "at": "table 1"}


def claim(id, kind, **what):
    return {"id": id, "kind": kind, "text": text(id), "at": "table 1", **what}


def percent(k, n):
    return f"{int(1000 * k / n + 0.5) / 10:.1f}"


CLAIMS = [
    claim("order", "ranking", of="use:yes", **{"from": "highest"}, places=[["a"], ["b"]]),
    claim("pair", "ranking", of="use:yes", **{"from": "highest"}, places=[["a"], ["b", "c"]]),
    claim("lowest", "extreme-set", of="use:yes", **{"from": "lowest"}, members=["d"]),
    claim("half", "threshold", of="use:yes", group="overall", relation="above", percent="40"),
    claim("a-half", "threshold", of="use:yes", group="a", relation="at-least", percent="50"),
    claim("few", "threshold", of="use:yes", group="overall", relation="below", percent="30"),
    claim("all", "threshold", of="use:yes", group="every", relation="above", percent="20"),
    claim("forms", "ranking", of="form", **{"from": "highest"}, places=[["mail"], ["chat"]]),
    claim("mode", "mode", question="form", group="overall", option="mail"),
    claim("differ", "homogeneity", question="use", differ=True),
    claim("either", "union", options=["form:mail", "form:chat"], group="overall",
          relation="at-least", percent="40"),
]  # fmt: skip


def build(**changes):
    """Return the survey; keywords replace its parts."""
    total = sum(n for n, _ in GROUPS.values())
    count = sum(k for _, k in GROUPS.values())
    document = {
        "format": 1,
        "id": "small",
        "title": text("Small"),
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "total": total,
        "groups": [
            {"id": g, "label": text(g), "n": n, "population_size": POPULATION[g]}
            for g, (n, _) in GROUPS.items()
        ],
        "questions": [
            {"id": "use", "label": text("use"), "answers": "single", "complete": True,
             "options": [{"id": o, "label": text(o)} for o in ("yes", "no")]},
            {"id": "form", "label": text("form"), "answers": "multiple",
             "base": ["use:yes", "all"],
             "options": [{"id": o, "label": text(o)} for o in ("mail", "chat", "post")]},
        ],
        "figures": [
            *(figure("use:yes", g, percent(k, n)) for g, (n, k) in GROUPS.items()),
            figure("use:yes", "overall", percent(count, total)),
            figure("form:mail", "overall", "54.5"),
            figure("form:chat", "overall", "33.1"),
        ],
        "rankings": [
            {"of": "use:yes", "from": "highest", "places": [["a"], ["b"], ["c"], ["d"]],
             "complete": True, "at": "table 1"},
            {"of": "form", "from": "highest", "places": [["mail"], ["chat"]],
             "complete": True, "at": "table 1"},
        ],
        "claims": CLAIMS,
    }  # fmt: skip
    return Survey.model_validate(document | changes)


@pytest.fixture(scope="session")
def small_survey():
    """Return the function that builds the survey."""
    return build
