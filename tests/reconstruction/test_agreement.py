"""Which sizes can show a group's figures, against counting through every count."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.reconstruction import reconstruct, size_agreement
from alumnistats.rounding import ROUNDING_RULES
from alumnistats.survey import Survey

GROUPS = {"a": (17, 5), "b": (23, 11), "c": (9, 7)}  # size, count


def text(words):
    return {"en": words, "ja": words}


def printed(k, n, digits, rule):
    """Return a percentage as a text, by exact fractions and no code of the package."""
    x = Fraction(100 * k, n) * 10**digits
    if rule == "truncate":
        units = math.floor(x)
    elif rule == "ceiling":
        units = math.ceil(x)
    elif rule == "half-even":
        units = round(x)
    elif rule == "double":
        units = math.floor(Fraction(math.floor(10 * x + Fraction(1, 2)), 10) + Fraction(1, 2))
    else:
        units = math.floor(x + Fraction(1, 2))
    return f"{units / 10**digits:.{digits}f}"


def survey(groups, digits=1, rule="half-up", base=("all",), **extra):
    """Publish counts of one question by group, and how many of those chose an option of another."""
    figures = [
        {"of": "q:yes", "group": g, "percent": printed(k, n, digits, rule), "at": "t", **extra}
        for g, (n, k) in groups.items()
    ]
    first, (n, k) = next(iter(groups.items()))
    asked = n if base == ("all",) else max(k, 1)
    figures.append(
        {"of": "m:x", "group": first, "percent": printed(asked // 2, asked, digits, rule),
         "at": "t"}
    )  # fmt: skip
    return Survey.model_validate(
        {
            "format": 1, "id": "s", "title": text("s"),
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "total": sum(n for n, _ in groups.values()),
            "groups": [{"id": g, "label": text(g)} for g in groups],
            "questions": [
                {"id": "q", "label": text("q"), "answers": "single", "complete": True,
                 "options": [{"id": o, "label": text(o)} for o in ("yes", "no")]},
                {"id": "m", "label": text("m"), "answers": "multiple", "base": list(base),
                 "options": [{"id": o, "label": text(o)} for o in ("x", "y")]},
            ],
            "figures": figures,
        }
    )  # fmt: skip


def agreeing(data, group, n, rules):
    """Count through every base and count: the most figures that n shows under one rule."""
    best = 0
    for rule in rules:
        found = 0
        for figure in data.figures:
            if figure.group != group:
                continue
            everybody = data.question(figure.of.split(":")[0]).base == ("all",)
            bases = [n] if everybody else range(1, n + 1)
            found += any(
                printed(k, b, figure.digits, rule) == figure.percent
                for b in bases
                for k in range(b + 1)
            )
        best = max(best, found)
    return best


@pytest.mark.parametrize("base", [("all",), ("q:yes", "all")])
def test_agreement_is_what_counting_through_finds(base):
    data = survey(GROUPS, base=base)
    recon = reconstruct(data, draws=100)
    for rules in (("half-up",), ROUNDING_RULES):
        table = size_agreement(recon, rules)
        assert len(table) == len(GROUPS) * recon.problem.largest
        for row in table.to_dict("records"):
            assert row["agreeing"] == agreeing(data, row["group"], row["n"], rules), row
            assert row["figures"] == 1 + (row["group"] == "a")


def test_probabilities_are_those_of_the_sizes():
    recon = reconstruct(survey(GROUPS), draws=100)
    table = size_agreement(recon)
    for g, (_, part) in enumerate(table.groupby("group", sort=False)):
        assert part["probability"].sum() == pytest.approx(1)
        mean = (part["n"] * part["probability"]).sum()
        assert mean == pytest.approx(recon.sample_sizes["mean"][g])
        # What the posterior admits is what the figures admit, and more strictly.
        assert (part["agreeing"] == part["figures"])[part["probability"] > 0].all()


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.integers(3, 40), st.floats(0, 1)), min_size=2, max_size=3),
    st.sampled_from([0, 1]),
    st.sampled_from(ROUNDING_RULES[:2]),
)
def test_the_true_size_shows_every_figure(groups, digits, rule):
    truth = {f"g{i}": (n, round(p * n)) for i, (n, p) in enumerate(groups)}
    recon = reconstruct(survey(truth, digits, rule), draws=100)
    table = size_agreement(recon, (rule,)).set_index(["group", "n"])
    for group, (n, _) in truth.items():
        if n <= recon.problem.largest:
            row = table.loc[group, n]
            assert row["agreeing"] == row["figures"]


def test_published_counts_and_sizes_narrow_it_down():
    data = survey({"a": (17, 5), "b": (23, 11)}, n=17, count=5)
    record = data.figures[0]
    from alumnistats.reconstruction.agreement import shown_by

    assert np.flatnonzero(shown_by(record, 40, "half-up")).tolist() == [16]
    some = shown_by(record, 40, "half-up", asked="some")
    assert np.flatnonzero(some).tolist() == list(range(16, 40))
    without = record.model_copy(update={"n": None, "percent": None})
    assert np.flatnonzero(shown_by(without, 40, "half-up")).tolist() == list(range(4, 40))


def test_rules_are_checked():
    recon = reconstruct(survey(GROUPS), draws=100)
    with pytest.raises(ArgumentError, match="rule"):
        size_agreement(recon, ("nearest",))
    with pytest.raises(ArgumentError, match="rules"):
        size_agreement(recon, ())


@settings(max_examples=40)
@given(st.integers(0, 100), st.integers(0, 1), st.integers(2, 4), st.sampled_from(ROUNDING_RULES))
def test_sums_of_rounded_shares_against_all_counts(percent, digits, parts, rule):
    from alumnistats.reconstruction.sums_of_rounded import sizes_of_sum

    units, largest = percent * 10**digits + 3 * digits, 9
    found = sizes_of_sum(units, largest, digits, rule, parts)
    for n in range(1, largest + 1):
        shares = [round(float(printed(k, n, digits, rule)) * 10**digits) for k in range(n + 1)]
        ways = itertools.combinations_with_replacement(range(n + 1), parts)
        sums = {sum(shares[k] for k in ks) for ks in ways if sum(ks) <= n}
        assert found[n - 1] == (units in sums), n


def test_no_size_is_probable_that_cannot_show_the_figures():
    recon = reconstruct("hackazouk-2025", draws=100)
    table = size_agreement(recon)
    probable = table[table["probability"] > 0.01]
    # Manufacturing's figure is a sum of rounded shares: 110 shows it in no other way.
    assert (probable["agreeing"] == probable["figures"]).all()
