"""Split trees of questions: what is published at their nodes, and what follows from it."""

import pytest

from alumnistats.reconstruction.question_tree import (
    REST,
    Node,
    Published,
    build_trees,
    locate,
    overall_shares,
    rests_on,
)
from alumnistats.survey import Survey

TEXT = {"en": "s", "ja": "s"}
HEAD = {
    "format": 1, "id": "s", "title": TEXT, "source": {"publisher": "p", "url": "u", "cite": "c"},
}  # fmt: skip


def question(id, options, answers="single", **what):
    given = [{"id": o, "label": TEXT} for o in options]
    return {"id": id, "label": TEXT, "answers": answers, "options": given, **what}


def percent(of, group, text):
    return {"of": of, "group": group, "percent": text}


@pytest.fixture(scope="module")
def trees():
    return build_trees(survey())


def survey():
    """Return three questions: the second is asked of some answers to the first, or of all."""
    return Survey.model_validate(HEAD | {
        "groups": [{"id": g, "label": TEXT} for g in "gh"],
        "questions": [question("q", "abc", complete=True),
                      question("r", "xy", complete=True, base=["q:a+b", "all"]),
                      question("m", "uvw", answers="multiple")],
        "measures": [{"id": "ab", "question": "q", "options": ["a", "b"], "label": TEXT}],
        "figures": [percent("q:a", "g", "0.0"), percent("q:b", "g", "40.5"),
                    percent("q:c", "g", "59.5"), percent("ab", "overall", "62"),
                    percent("q:a", "overall", "25"), percent("q:a", "h", "33"),
                    percent("r:x", "g", "50"), percent("r:y", "g", "50.0"),
                    {"of": "r:x", "group": "h", "count": 7},
                    percent("m:u", "g", "30"), percent("m:v", "overall", "20")],
        "rankings": [{"of": "m", "from": "highest", "places": [["u"], ["v"]], "group": "g",
                      "complete": True}],
    })  # fmt: skip


def test_measures_are_inner_nodes_and_the_root_is_the_base(trees):
    tree = trees["q"]
    assert tree.nodes[0] == Node(frozenset("abc"), tree.index("ab"), tree.index("c"))
    assert tree.measures == {tree.index("ab")}
    assert tree.parts(0) == [frozenset("a"), frozenset("b"), frozenset("c")]
    assert tree.path(0, tree.index("b")) == [0, tree.index("ab"), tree.index("b")]
    base = trees["r"].bases[0]
    assert (base.tree, base.node) == ("q", tree.index("ab"))


def test_distributions_in_full_have_a_percentage_of_every_option_with_as_many_decimals(trees):
    whole = trees["q"].in_full
    assert set(whole) == {"g"}
    found = dict(zip(whole["g"].leaves, whole["g"].units, strict=True))
    assert found == {trees["q"].index(o): units for o, units in (("a", 0), ("b", 405), ("c", 595))}
    assert whole["g"].digits == 1
    assert trees["r"].in_full == {}  # 50 and 50.0, and of h a count alone
    assert set(two(("60", "40")).in_full) == {"g"}
    assert two(("60", "40"), complete=False).in_full == {}


def two(percents, **what):
    """Return the tree of a question of two options, of one group."""
    asked = question("q", "ab", **({"complete": True} | what))
    figures = [percent(f"q:{o}", "g", p) for o, p in zip("ab", percents, strict=True)]
    told = {"groups": [{"id": "g", "label": TEXT}], "questions": [asked], "figures": figures}
    return build_trees(Survey.model_validate(HEAD | told))["q"]


def test_counts_and_percentages_are_kept_as_published(trees):
    q, r = trees["q"], trees["r"]
    assert q.group_figures[q.index("b"), "g"] == Published(405, 405, 1)
    assert r.group_figures[r.index("x"), "h"] == Published(count=7)
    assert q.totals == {q.index("ab"): Published(62, 62), q.index("a"): Published(25, 25)}


def test_shares_of_all_follow_by_sums_and_differences(trees):
    q = trees["q"]
    shares = {"abc": 1.0, "ab": 0.62, "a": 0.25, "b": 0.37, "c": 0.38}
    assert q.shares == pytest.approx({q.index(o): share for o, share in shares.items()})
    assert overall_shares(q.nodes, {q.index("a"): Published(1, 50)}) == {0: 1.0}  # bounds only
    assert overall_shares(q.nodes, {q.index("a"): Published(count=3)}) == {0: 1.0}
    parts = {q.index("a"): Published(251, 251, 1), q.index("b"): Published(37, 37)}
    assert overall_shares(q.nodes, parts)[q.index("ab")] == pytest.approx(0.621)


def test_a_list_bounds_the_options_of_its_group_only(trees):
    node = trees["m:v"].index("v")
    found = trees["m:v"].group_figures
    assert {key: (p.low, p.high) for key, p in found.items()} == {(node, "g"): (0, 30)}
    assert trees["m:v"].totals == {node: Published(20, 20)}
    assert locate(survey(), trees, "m:v") == (trees["m:v"], node)
    assert trees["m:v"].nodes[0].options == {"v", REST}


def test_what_a_count_rests_on(trees):
    q, r = trees["q"], trees["r"]
    assert rests_on(trees, q, q.index("b"), "g") == "figure"
    assert rests_on(trees, q, q.index("ab"), "g") == "other figures"
    assert rests_on(trees, q, q.index("ab"), "h") == "nothing"  # b or c would tell
    assert rests_on(trees, r, r.index("x"), "h") == "figure"
    assert rests_on(trees, r, r.index("y"), "g") == "figure"
    assert rests_on(trees, trees["m:v"], trees["m:v"].index("v"), "g") == "list"
    # The rest of a base that is told; of h it is not known how many gave the answers asked of.
    assert rests_on(trees, r, r.index("y"), "h") == "nothing"
    assert rests_on(trees, two(("60", "40")), 0, "g") == "other figures"
