"""Misprints: against complete enumeration, as properties, calibrated on simulated releases."""

import itertools
import json
from collections import defaultdict
from functools import cache

import brute_force
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_misprints import draw_misprint, misprint_figures

from alumnistats.analysis import analyze
from alumnistats.cli import common, main
from alumnistats.errors import ArgumentError, ContradictionError
from alumnistats.reconstruction import misprints, reconstruct
from alumnistats.reconstruction.conventions import ROUNDING_PRIOR, SUBTOTALS_PRIOR
from alumnistats.reconstruction.misprinted import MISPRINT_PRIOR, Misprinted, misprinted_as
from alumnistats.reconstruction.misprints import _Verdict
from alumnistats.reconstruction.question_tree import Published
from alumnistats.rounding import round_share
from alumnistats.simulation.release import Design, simulate
from alumnistats.sources.toml_writer import survey_file
from alumnistats.survey import Survey, labelled

PRIOR = 0.05
DRAWS = 2000
SIGMAS = 5.0


def string(units, digits):
    return f"{units / 10**digits:.{digits}f}"


def misprint_law(right, digits):
    """The documented law of what is shown in the place of `right`, from strings of digits."""
    full = 100 * 10**digits
    valid = {string(u, digits): u for u in range(full + 1)}
    text = string(right, digits)
    plain = text.replace(".", "")

    def units_of(some):
        shown = some if digits == 0 else f"{some[:-digits]}.{some[-digits:]}"
        return valid.get(shown) if shown != text else None

    replaced = [
        units_of(plain[:i] + d + plain[i + 1 :]) for i in range(len(plain)) for d in "0123456789"
    ]
    exchanged = [
        units_of(plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :])
        for i in range(len(plain) - 1)
    ]
    law, left = defaultdict(float), 0.2
    for share, results in ((0.6, replaced), (0.2, exchanged)):
        results = [u for u in results if u is not None]
        for u in results:
            law[u] += share / len(results)
        left += 0.0 if results else share
    others = [u for u in range(full + 1) if u != right]
    for u in others:
        law[u] += left / len(others)
    return law


@cache
def chance_of_misprint(right, low, high, digits):
    return sum(w for u, w in misprint_law(right, digits).items() if low <= u <= high)


@cache
def split(l, c, p):
    return brute_force.split(l, c, p)


class Doubtful(brute_force.Enumeration):
    """Enumeration of surveys without question m in which figures other than `sure` may be wrong."""

    def __init__(self, survey, sure=None, tables=None, **options):
        super().__init__(survey, **options)
        self.sure = sure
        self.tables = {} if tables is None else tables

    def chance(self, right, low, high, digits, key):
        wrong = chance_of_misprint(right, low, high, digits)
        correct = (1 - PRIOR) * (low <= right <= high)
        return correct if key == self.sure else correct + PRIOR * wrong

    def table(self, group, n, rule, subtotals):
        """Return the probability of one group's answers (a, b) and print, shape (n + 1, n + 1)."""
        pa, pb, pc = self.share("q:a"), self.share("q:b"), self.share("q:c")
        out = np.zeros((n + 1, n + 1))
        bounds = self.bounds(group)
        for ab in range(n + 1):
            w_ab = (
                brute_force.beta_binomial(ab, n, 2.0, 1.0)
                if pa is None
                else split(ab, n, (pa + pb, pc))
            )
            for a in range(ab + 1):
                weight = w_ab * split(a, ab, None if pa is None else (pa, pb))
                if bounds is not None:
                    low, high, digits = bounds
                    parts = [ab] if subtotals == "rounded-sum" else [a, ab - a]
                    right = sum(int(round_share(k, n, digits, rule)) for k in parts)
                    weight *= self.chance(right, low, high, digits, ("ab", group))
                out[a, ab - a] = weight
        return out

    def overall(self, n, rule):
        """Return the probability of the overall figures by totals of a and b."""
        one = {}
        for o in "abc":
            figure = self.figures.get((f"q:{o}", "overall"))
            one[o] = np.ones(n + 1)
            if figure is not None:
                units = [int(round_share(k, n, figure.digits, rule)) for k in range(n + 1)]
                key = (f"q:{o}", "overall")
                one[o] = np.array(
                    [self.chance(u, figure.units, figure.units, figure.digits, key) for u in units]
                )
        a, b = np.arange(n + 1)[:, None], np.arange(n + 1)[None, :]
        return one["a"][a] * one["b"][b] * one["c"][np.maximum(n - a - b, 0)] * (a + b <= n)

    def mass(self):
        """Return size vector -> joint probability with everything printed."""
        found = defaultdict(float)
        for (rule, p), (subtotals, s) in itertools.product(
            ROUNDING_PRIOR.items(), SUBTOTALS_PRIOR.items()
        ):
            for sizes in self.size_vectors():
                weight = p * s * self.size_prior(sizes, self.survey.total)
                law = np.ones((1, 1))
                for group, n in zip(self.groups, sizes, strict=True):
                    what = (group, n, rule, subtotals)
                    key = (*what, self.sure == ("ab", group))
                    if key not in self.tables:
                        self.tables[key] = self.table(*what)
                    table = self.tables[key]
                    new = np.zeros((len(law) + n, len(law) + n))
                    for a, b in zip(*np.nonzero(table), strict=True):
                        new[a : a + len(law), b : b + len(law)] += table[a, b] * law
                    law = new
                key = (
                    sum(sizes),
                    rule,
                    self.sure if self.sure and self.sure[1] == "overall" else "",
                )
                if key not in self.tables:
                    self.tables[key] = self.overall(*key[:2])
                found[sizes] += weight * float((law * self.tables[key]).sum())
        return found


def truth(*groups):
    return [{"n": n, "a": a, "b": b, "c": n - a - b, "x": 0} for n, a, b in groups]


def printed_wrong(survey, of, group, percent):
    figures = [
        f.model_copy(update={"percent": percent}) if (f.of, f.group) == (of, group) else f
        for f in survey.figures
    ]
    return survey.model_copy(update={"figures": tuple(figures)})


TWO = brute_force.make_survey(truth((6, 3, 1), (5, 1, 1)), bases=None)
THREE = brute_force.make_survey(truth((3, 2, 0), (4, 2, 1), (3, 0, 1)), bases=None)
PARTS = {"bases": None, "subtotals": "sum-of-rounded", "overall": False}
WHOLE = {"bases": None, "digits": 0, "sizes": ("g0",), "overall": False}
CASES = {
    "a group wrong": printed_wrong(TWO, "ab", "g0", "76.7"),
    "an overall figure wrong": printed_wrong(TWO, "q:a", "overall", "34.6"),
    "a list": THREE,
    "a list, last place wrong": printed_wrong(THREE, "ab", "g2", "53.3"),
    "parts rounded": brute_force.make_survey(truth((7, 1, 2), (6, 1, 1)), **PARTS),
    "whole percent, a size known": brute_force.make_survey(truth((6, 2, 2), (9, 1, 1)), **WHOLE),
}


@pytest.mark.parametrize("name", CASES)
def test_probabilities_are_those_of_complete_enumeration(name):
    survey = CASES[name]
    largest = brute_force.sizes_up_to(survey)
    recon = reconstruct(survey, "quota", draws=DRAWS, misprints=PRIOR, seed=1, largest=largest)
    tables = {}
    mass = Doubtful(survey, tables=tables, largest=largest).mass()
    evidence = sum(mass.values())
    assert recon.particles.log_evidence == pytest.approx(np.log(evidence), abs=0.1)
    ess = recon.particles.ess
    for f, row in zip(survey.figures, misprints(recon).to_dict("records"), strict=True):
        sure = Doubtful(survey, (f.of, f.group), tables, largest=largest)
        right = sum(sure.mass().values())
        exact = 1 - right / evidence
        spread = np.sqrt(exact * (1 - exact) / ess)
        assert abs(row["probability"] - exact) < SIGMAS * spread + 2e-3, (f.of, f.group)
    for g in range(len(survey.groups)):
        law = np.zeros(largest + 1)
        for sizes, p in mass.items():
            law[sizes[g]] += p / evidence
        found = np.bincount(recon.particles.sizes[:, g], recon.particles.weight, largest + 1)
        assert np.all(np.abs(found - law) < SIGMAS * np.sqrt(law * (1 - law) / ess) + 2e-3)


def test_misprints_follow_the_documented_law():
    for digits, values in ((0, (0, 7, 33, 47, 100)), (1, (5, 78, 478, 555, 1000, 1001))):
        for right in values:
            law = misprint_law(right, digits)
            assert sum(law.values()) == pytest.approx(1)
            for low, high in ((0, 100 * 10**digits), (right, right), (40, 77), (74, 74)):
                exact = sum(w for u, w in law.items() if low <= u <= high)
                found = misprinted_as(np.array([right]), low, high, digits)
                assert found[0] == pytest.approx(exact)


@given(
    st.integers(0, 2),
    st.lists(st.integers(0, 100), min_size=1, max_size=5),
    st.tuples(st.integers(0, 100), st.integers(0, 100)),
)
def test_what_is_shown_is_a_law(digits, right, ends):
    values = np.array(right) * 10**digits
    low, high = ends[0] * 10**digits, ends[1] * 10**digits
    whole = misprinted_as(values, 0, 100 * 10**digits, digits)
    some = misprinted_as(values, low, high, digits)
    below = misprinted_as(values, 0, low - 1, digits)
    above = misprinted_as(values, high + 1, 100 * 10**digits, digits)
    assert whole == pytest.approx(1)
    assert np.all((some >= 0) & (some <= 1 + 1e-12))
    if low <= high:
        assert below + some + above == pytest.approx(whole)


@settings(max_examples=2)
@given(st.permutations(range(3)), st.integers(0, 2**16))
def test_relabelling_the_groups_relabels_the_probabilities(order, seed):
    groups = [(4, 2, 1), (5, 1, 1), (3, 0, 1)]
    survey = printed_wrong(
        brute_force.make_survey(truth(*groups), bases=None, rankings=False), "ab", "g1", "47.0"
    )
    permuted = survey.model_copy(
        update={"groups": tuple(survey.groups[i] for i in order), "figures": survey.figures[::-1]}
    )
    plain, other = (
        reconstruct(s, draws=1000, misprints=PRIOR, seed=seed) for s in (survey, permuted)
    )
    one = misprints(plain).set_index(["of", "group"])
    two = misprints(other).set_index(["of", "group"]).loc[one.index]
    assert np.all((one["probability"] >= 0) & (one["probability"] <= 1))
    error = np.hypot(one["error"], two["error"])
    assert np.all(np.abs(one["probability"] - two["probability"]) < 6 * error + 0.01)


def test_without_a_prior_nothing_changes():
    survey = CASES["a list"]
    plain, allowed = reconstruct(survey, draws=200), reconstruct(survey, draws=200, misprints=0)
    assert allowed.sample_sizes.equals(plain.sample_sizes)
    assert allowed.log_evidence == plain.log_evidence
    with pytest.raises(ArgumentError, match="allows misprints"):
        _ = misprints(allowed)
    with pytest.raises(ArgumentError, match="misprints"):
        reconstruct(survey, misprints=0.9)


def test_a_contradiction_becomes_the_probability_of_a_misprint():
    survey = brute_force.make_survey(
        truth((10, 4, 3), (10, 2, 2)), bases=None, sizes=("g0", "g1"), overall=False
    )
    survey = printed_wrong(survey, "ab", "g0", "71.0")  # of ten respondents, ought to be 70.0
    with pytest.raises(ContradictionError, match="--misprints"):
        reconstruct(survey)
    table = misprints(reconstruct(survey, misprints=0.005)).set_index("group")
    assert table.loc["g0", "probability"] == pytest.approx(1)
    assert table.loc["g0", "right_values"].startswith("70.0")
    assert table.loc["g1", "probability"] < 0.05


def test_known_counts_show_which_percentage_is_wrong():
    survey = brute_force.make_survey(
        truth((10, 4, 3), (8, 2, 2)), bases=None, sizes=("g0", "g1"), overall=False
    )
    counts = [
        {"of": f"q:{o}", "group": g, "count": k, "at": "t"}
        for g, answers in (("g0", (4, 3, 3)), ("g1", (2, 2, 4)))
        for o, k in zip("abc", answers, strict=True)
    ]
    figures = (*printed_wrong(survey, "ab", "g1", "55.0").figures,)
    survey = type(survey).model_validate(
        survey.model_dump(by_alias=True, exclude_none=True)
        | {"figures": [f.model_dump(exclude_none=True) for f in figures] + counts}
    )
    with pytest.raises(ContradictionError, match="--misprints"):
        reconstruct(survey)
    recon = reconstruct(survey, misprints=0.005)
    table = misprints(recon).set_index("group")["probability"]
    assert not recon.models  # nothing was inferred
    assert table["g1"] == pytest.approx(1)
    assert table["g0"] == pytest.approx(0)


def test_the_command_shows_them(tmp_path):
    path = tmp_path / "survey.toml"
    path.write_text(survey_file(CASES["a group wrong"]), encoding="utf-8")
    options = ["reconstruct", str(path), "--draws", "200", "--misprints"]
    assert CliRunner().invoke(main, options[:-1]).exit_code == 2  # the total is too small for it
    shown = CliRunner().invoke(main, options)
    assert shown.exit_code == 0, shown.stderr
    assert "most probably misprinted" in shown.stdout
    result = CliRunner().invoke(main, [*options, "--misprint-prior", "0.05", "--json"])
    document = json.loads(result.stdout)
    assert document["misprints"] == 0.05
    assert len(document["tables"]["misprints"]) == len(CASES["a group wrong"].figures)


def test_the_prior_of_the_command_is_that_of_the_method():
    assert common.MISPRINT_PRIOR == MISPRINT_PRIOR


def test_an_analysis_has_the_table():
    analysis = analyze(CASES["a group wrong"], misprints=PRIOR, draws=200)
    table = labelled(analysis.survey, misprints(analysis.reconstruction))
    assert analysis.tables()["misprints"].equals(table)
    assert "misprints" not in analyze(TWO, draws=200).tables()


def test_figures_of_all_respondents_alone():
    """A question without a group's figure: totals split as one count, and every division counts."""
    survey = brute_force.make_survey(truth((4, 2, 1), (3, 1, 1)), bases=None)
    survey = survey.model_copy(
        update={
            "figures": tuple(
                f.model_copy(update={"percent": "34.3"}) if f.of == "q:b" else f
                for f in survey.figures
                if f.group == "overall"
            ),
            "measures": (),
            "rankings": (),
        }
    )
    exact, evidence = defaultdict(float), 0.0
    for rule, p in ROUNDING_PRIOR.items():
        for a, b in itertools.product(range(8), range(8)):
            if a + b > 7:
                continue
            right = [int(round_share(k, 7, 1, rule)) for k in (a, b, 7 - a - b)]
            shown = [f.units for f in survey.figures]
            chance = [
                (1 - PRIOR) if u == v else PRIOR * misprint_law(u, 1)[v]
                for u, v in zip(right, shown, strict=True)
            ]
            mass = p * np.prod(chance)
            evidence += mass
            for i in range(3):
                exact[i] += mass * (right[i] != shown[i])
    table = misprints(reconstruct(survey, misprints=PRIOR))
    for i, row in enumerate(table.itertuples()):
        assert row.probability == pytest.approx(exact[i] / evidence, abs=0.01)


def test_simulated_misprints_have_the_documented_law():
    rng = np.random.default_rng(3)
    for right in (5, 478):
        shown = [draw_misprint(string(right, 1), rng) for _ in range(3000)]
        law = misprint_law(right, 1)
        likely = [u for u, p in law.items() if p > 0.01]
        for u in likely:
            share = shown.count(string(u, 1)) / 3000
            assert abs(share - law[u]) < 5 * np.sqrt(law[u] / 3000)
        assert string(right, 1) not in shown


def scores(releases, seed):
    """Return the probabilities of misprints in simulated releases, and which there are."""
    probability, wrong = [], []
    for release in range(releases):
        rng = np.random.default_rng([seed, release])
        survey = simulate(Design(groups=4, total=60, listed=0), rng).survey
        survey, missed = misprint_figures(survey, 0.1, rng)
        table = misprints(reconstruct(survey, draws=300, misprints=0.1, seed=rng))
        probability += table["probability"].tolist()
        wrong += missed
    return np.array(probability), np.array(wrong, dtype=float)


def test_probabilities_of_misprints_are_calibrated():
    p, y = scores(25, 11)
    variance = p * (1 - p)
    # In the large, and Spiegelhalter's test of the Brier score: both standard normal.
    assert abs((y - p).sum() / np.sqrt(variance.sum())) < 3
    tilt = 1 - 2 * p
    assert abs(((y - p) * tilt).sum() / np.sqrt((tilt**2 * variance).sum())) < 3
    assert np.square(y - p).mean() < 0.8 * np.square(y - 0.1).mean()  # sharper than the prior


def test_the_share_of_a_single_respondent_is_all_or_nothing():
    law = Misprinted(prior=0.01)
    one, no = np.array([1]), np.array([0])
    for count, shown, other in ((one, 100, 50), (no, 0, 50)):
        right = law.chance(Published(shown, shown), count, one, "half-up")
        wrong = law.chance(Published(other, other), count, one, "half-up")
        assert right[0] > 0.98
        assert wrong[0] < 0.01
    assert law.chance(Published(0, 0), no, no, "half-up").tolist() == [0.0]


def test_what_is_surely_wrong_has_no_error_and_names_what_is_right():
    sizes, percents = {"a": 90, "b": 20}, {"a": "47.8", "b": "44.5"}
    figures = [{"of": "q:yes", "group": g, "percent": p, "at": "t"} for g, p in percents.items()]
    survey = Survey.model_validate({
        "format": 1, "id": "s", "title": brute_force.text("s"),
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": brute_force.text(g), "n": n} for g, n in sizes.items()],
        "questions": [{
            "id": "q", "label": brute_force.text("q"), "answers": "single", "complete": True,
            "options": [{"id": o, "label": brute_force.text(o)} for o in ("yes", "no")],
        }],
        "figures": figures,
    })  # fmt: skip
    table = misprints(reconstruct(survey, misprints=0.01)).set_index("group")
    assert table.loc["b", "probability"] == pytest.approx(1.0)
    assert table.loc["b", "error"] == pytest.approx(0.0, abs=1e-9)
    named = table.loc["b", "right_values"].split(", ")
    # Of twenty respondents shares are multiples of 5.
    assert set(named) <= {f"{5 * k}.0" for k in range(21)}
    assert len(named) == 3
    assert 0 < table.loc["b", "right_probability"] <= 1
    assert table.loc["a", "probability"] < 0.05


def test_weights_of_right_values_add_up():
    verdict = _Verdict(np.zeros(2), {})
    verdict.add(np.array([455, 445, 455]), np.array([0.25, 0.0, 0.5]))
    verdict.add(np.array([455]), np.array([0.125]))
    assert verdict.values == {455: 0.875}
