"""What one more figure would tell of a size: against entropies, and against printing it."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from scipy import stats

from alumnistats.display.reconstruction import reconstruction_card
from alumnistats.errors import ContradictionError
from alumnistats.reconstruction import informative_figures, reconstruct
from alumnistats.reconstruction.information import (
    beyond_sentence,
    entropy,
    information_in_figure,
    mutual_information,
    pinning_sentence,
    unpinned,
    withheld_sentence,
)
from alumnistats.rounding import round_share
from alumnistats.survey import Survey
from alumnistats.tables.reconstruction import print_reconstruction

DRAWS = 3000
BITS = 0.05  # several times the noise of an entropy from 3,000 solutions


def text(word):
    return {"en": word, "ja": word}


def survey(total=19, **shares):
    """Return two groups and a question of two options; shares of "q:a" as printed."""
    figures = [{"of": "q:a", "group": g, "percent": p, "at": "t"} for g, p in shares.items()]
    return Survey.model_validate(
        {
            "format": 1,
            "id": "two",
            "title": text("Two groups"),
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "total": total,
            "groups": [{"id": g, "label": text(g)} for g in ("g0", "g1")],
            "questions": [
                {"id": "q", "label": text("q"), "answers": "single", "complete": True,
                 "options": [{"id": o, "label": text(o)} for o in "ab"]}
            ],
            "figures": figures,
        }
    )  # fmt: skip


def solved(sizes="free", **shares):
    half_up = {"half-up": 1.0}
    return reconstruct(survey(**shares), sizes, draws=DRAWS, seed=1, rounding=half_up)


def said(recon, lang):
    return pinning_sentence(recon, informative_figures(recon), lang)


def size_law(recon, g):
    return np.bincount(recon.particles.sizes[:, g], recon.particles.weight, minlength=20)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 5))
def test_information_is_what_entropies_leave(seed, rows, columns):
    joint = np.random.default_rng(seed).dirichlet(np.ones(rows * columns)).reshape(rows, columns)
    joint[joint < 0.05] = 0.0
    if not joint.any():
        joint[0, 0] = 1.0
    joint /= joint.sum()
    apart = [stats.entropy(joint.sum(axis=i), base=2) for i in (0, 1)]
    expected = sum(apart) - stats.entropy(joint.ravel(), base=2)
    assert mutual_information(joint) == pytest.approx(expected, abs=1e-12)
    assert entropy(joint.ravel()) == pytest.approx(stats.entropy(joint.ravel(), base=2), abs=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_a_decimal_more_tells_more_and_never_all(seed, digits):
    rng = np.random.default_rng(seed)
    sizes = np.sort(rng.choice(np.arange(1, 40), 8, replace=False))
    mass = rng.dirichlet(np.ones(8))
    law = np.array([stats.betabinom.pmf(np.arange(40), n, *rng.uniform(0.5, 5, 2)) for n in sizes])
    # Cutting off nests the prints of fewer decimals in those of more; rounding does so nearly.
    less, more = (
        information_in_figure(sizes, mass, law, d, "truncate") for d in (digits, digits + 1)
    )
    assert 0 <= less <= more + 1e-12
    assert more <= entropy(mass) + 1e-12


def test_a_share_tells_what_printing_it_tells():
    """Every percentage that g0 could print is printed in turn, and the size inferred anew."""
    plain = solved(g1="40.0")
    table = informative_figures(plain).set_index(["group", "figure"])
    law = size_law(plain, 0)
    # With equally likely counts a figure's probability is summed over counts by hand.
    prints = {}
    for n in np.flatnonzero(law):
        for k in range(n + 1):
            unit = int(round_share(k, n, 1))
            prints[unit] = prints.get(unit, 0.0) + law[n] / (n + 1)
    assert sum(prints.values()) == pytest.approx(1)
    left = sum(
        probability * entropy(size_law(solved(g0=f"{unit / 10:.1f}", g1="40.0"), 0))
        for unit, probability in prints.items()
        if probability > 0.002
    )
    row = table.loc[("g0", "share")]
    assert row["left"] == pytest.approx(entropy(law), abs=1e-12)
    assert row["left"] - row["bits"] == pytest.approx(left, abs=BITS)
    assert table.loc[("g0", "size"), "bits"] == row["left"]


def test_the_table_offers_what_is_not_printed():
    table = informative_figures(solved(g0="33.3", g1="40.0"))
    assert set(table["figure"]) <= {"size", "decimal"}
    decimals = table[table["figure"] == "decimal"]
    assert (decimals["digits"] == 2).all()
    assert (table["bits"] <= table["left"] + 1e-12).all()
    assert table["bits"].is_monotonic_decreasing


def test_no_figure_is_asked_for_with_more_decimals_than_a_file_may_hold():
    for percent, asked in (("33.33333", [6]), ("33.333333", [])):
        table = informative_figures(solved(g0=percent))
        assert table.loc[table["figure"] == "decimal", "digits"].tolist() == asked


def test_the_sentence_says_what_is_open_and_what_would_help():
    open_ = solved(g1="40.0")
    assert unpinned(open_) == ("g0", "g1")
    assert "2 of 2 groups" in said(open_, "en")
    assert "a of g0 (" in said(open_, "en")
    assert "2グループのうち2グループ" in said(open_, "ja")


def test_where_sizes_are_known_nothing_is_left_to_tell():
    document = survey(g0="50.0", g1="40.0").model_dump(mode="json", by_alias=True)
    document["groups"][0]["n"], document["groups"][1]["n"] = 4, 15
    known = reconstruct(Survey.model_validate(document), draws=DRAWS)
    assert informative_figures(known).empty
    assert said(known, "en") == "The figures pin every group's size."


def test_few_effective_solutions_are_said():
    recon = solved(g0="33.3", g1="40.0")
    assert withheld_sentence(recon, "en") == ""
    weight = np.r_[1.0, np.full(len(recon.particles.weight) - 1, 1e-9)]
    narrow = replace(recon, particles=replace(recon.particles, weight=weight / weight.sum()))
    assert "of 3,000 solutions drawn 1 are effective" in withheld_sentence(narrow, "en")
    assert "実効1個" in withheld_sentence(narrow, "ja")


def test_sizes_that_were_not_looked_at_are_said():
    recon = solved(g0="33.3", g1="40.0")
    assert beyond_sentence(replace(recon, left_out=0.05), "en") == ""
    far = replace(recon, left_out=0.301)
    largest = far.problem.largest
    assert f"above {largest} were not looked at, and up to 31%" in beyond_sentence(far, "en")
    assert f"{largest}人を超える" in beyond_sentence(far, "ja")
    for lang, word in (("en", "31%"), ("ja", "31%")):
        assert word in reconstruction_card(far, lang)
        console = Console(width=80, record=True, file=io.StringIO())
        print_reconstruction(far, console, lang)
        assert word in console.export_text()


def test_figures_that_may_be_misprinted_leave_something_to_tell():
    """No sizes with this total show both: plain tables would leave no count at all."""
    contradiction = survey(total=5, g0="33.4", g1="49.9")
    with pytest.raises(ContradictionError):
        reconstruct(contradiction, "free", draws=200, seed=1, explain=False)
    doubtful = reconstruct(contradiction, "free", draws=200, seed=1, misprints=0.1)
    table = informative_figures(doubtful)
    assert len(table) > 0
    assert np.isfinite(table["bits"]).all()
    assert (table["bits"] <= table["left"] + 1e-12).all()
