"""Verdicts that stay and flip, against plain loops over the table."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from alumnistats.claims import VERDICT_LABELS
from alumnistats.errors import ArgumentError
from alumnistats.figures import figure_bytes, plot_tornado
from alumnistats.sensitivity.dimensions import dimension_names

CLAIMS = ("north-first", "half-everywhere", "half", "nice")


def verdicts(result, claim):
    """Return the settings and verdict of every scenario that has one."""
    table = result.table[result.table["claim"] == claim]
    names = dimension_names()
    settings = [tuple(row) for row in table[list(names)].itertuples(index=False)]
    return names, list(zip(settings, table["verdict"], strict=True))


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_verdict_depends_on_what_flips_it_alone(result, claim):
    names, found = verdicts(result, claim)
    hinges = set()
    for (a, one), (b, two) in itertools.combinations(found, 2):
        differ = [n for n, x, y in zip(names, a, b, strict=True) if x != y]
        if len(differ) == 1 and one != two:
            hinges.add(differ[0])
    row = result.summary().set_index("claim").loc[claim]
    assert {name for name in row["depends_on"].split(", ") if name} == hinges
    flips = result.flips()
    assert set(flips[flips["claim"] == claim]["dimension"]) == hinges


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_summary_counts_the_table(result, claim):
    _, found = verdicts(result, claim)
    row = result.summary().set_index("claim").loc[claim]
    assert row["base_verdict"] == found[0][1]
    assert row["scenarios"] == len(found)
    assert row["stays"] == sum(verdict == found[0][1] for _, verdict in found)
    for verdict in VERDICT_LABELS:
        share = np.mean([v == verdict for _, v in found])
        assert row[verdict.replace(" ", "_")] == pytest.approx(share)


def test_flips_count_the_table(result):
    for row in result.flips().to_dict("records"):
        names, found = verdicts(result, row["claim"])
        at = names.index(row["dimension"])
        there = [(s, v) for s, v in found if s[at] == row["value"]]
        assert row["scenarios"] == len(there)
        assert row["keep"] == sum(v == row["base_verdict"] for _, v in there)
        base = found[0][0]
        only = [v for s, v in there if s[:at] + s[at + 1 :] == base[:at] + base[at + 1 :]]
        assert row["verdict_alone"] == only[0]


def test_tipping_points_lie_between_scenarios_and_agree_with_bisection(result):
    points = result.tipping_points()
    bias = points[(points["claim"] == "half") & (points["dimension"] == "bias")].iloc[0]
    assert (bias["above"], bias["below"]) == (0.4, 1.6)
    assert (bias["verdict_below"], bias["verdict_above"]) == ("supported", "not supported")
    exact = result.biases().set_index("claim")
    assert 0.4 < exact.loc["half", "bias"] <= 1.6
    assert exact.loc["half", "odds_ratio"] == pytest.approx(np.exp(exact.loc["half", "bias"]))
    assert np.isinf(exact.loc["nice", "bias"])


def test_one_sentence_a_claim_in_both_languages(result):
    english, japanese = result.sentences("en"), result.sentences("ja")
    assert tuple(english) == tuple(japanese) == CLAIMS
    row = result.summary().set_index("claim").loc["half"]
    assert (
        english["half"]
        == (
            f'"More than half of the north visit" stays supported in {row["stays"]} of '
            f"{row['scenarios']} scenarios; it depends on figure left out and non-response bias."
        )
        or "non-response bias and figure left out" in english["half"]
    )
    assert english["nice"] == (
        f'"It is nice there" stays undetermined in all {row["scenarios"]} scenarios.'
    )
    assert (
        f"{row['scenarios']}通りの分析のうち{row['stays']}通りで「支持される」" in japanese["half"]
    )
    assert japanese["nice"].endswith("「判定できない」のままである。")
    with pytest.raises(ArgumentError, match="lang"):
        result.sentences("fr")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_figures_draw_every_scenario_and_every_choice(result, lang):
    claim = "north-first"
    known = result.table[(result.table["claim"] == claim) & result.table["probability"].notna()]
    ax = result.plot_specification_curve(claim, lang=lang)
    upper, lower = ax.child_axes
    drawn = sum(len(c.get_offsets()) for c in upper.collections)
    assert drawn == len(known) + 1  # and the ring around the base
    varied = [n for n in dimension_names() if result.scenarios[n].nunique() > 1]
    assert len(lower.collections) >= 2 * len(varied)
    assert figure_bytes(ax.figure, lang)[:5] == b"<?xml"
    bars = result.plot_tornado(claim, lang=lang)
    ranges = result.ranges()
    mine = ranges[(ranges["claim"] == claim) & (ranges["outcome"] == "probability")]
    wide = mine[mine["high"] - mine["low"] > 1e-3]
    assert len(bars.get_yticks()) == len(wide)
    assert figure_bytes(bars.figure, lang, "png")[1:4] == b"PNG"
    plt.close("all")


def test_figures_need_a_claim_with_a_probability(result):
    assert result.varying_claims() == CLAIMS[:3]
    for claim, words in (("nice", "a claim"), ("nicer", "one of north-first")):
        for plot in (result.plot_specification_curve, result.plot_tornado):
            with pytest.raises(ArgumentError, match=words):
                plot(claim)
    with pytest.raises(ArgumentError, match="outcome"):
        plot_tornado(result, "half", outcome="verdict")
