"""Overall figures that may be plain means over groups: enumeration, exact rounding, calibration."""

import functools
import itertools
import math
from collections import defaultdict

import brute_force
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.analysis import analyze
from alumnistats.errors import ArgumentError, ContradictionError
from alumnistats.reconstruction import has_overall_counts, overall_counts, reconstruct
from alumnistats.reconstruction.conventions import OVERALL_PRIOR
from alumnistats.reconstruction.means import mean_units
from alumnistats.rounding import ROUNDING_RULES, round_share
from alumnistats.sources import InputNotice
from alumnistats.survey import Survey

BOTH = ("pooled", "mean")
DRAWS = 1500
SIGMAS = 5.0  # with about 1,500 comparisons one beyond it happens in one run of 1,000


def over_groups(counts, sizes, digits, rule):
    return _over_groups(tuple(counts), tuple(sizes), digits, rule)


@functools.cache
def _over_groups(counts, sizes, digits, rule):
    """Round the plain mean written as one fraction; a group that nobody was asked of is out."""
    pairs = [(k, n) for k, n in zip(counts, sizes, strict=True) if n > 0]
    if not pairs:
        return None
    common = math.lcm(*(n for _, n in pairs))
    top = sum(k * (common // n) for k, n in pairs)
    return int(round_share(top, common * len(pairs), digits, rule))


@st.composite
def groups_with_counts(draw):
    sizes = draw(
        st.lists(st.sampled_from([0, 1, 2, 4, 5, 8, 25, 40, 49, 64]), min_size=1, max_size=5)
    )
    return [draw(st.integers(0, n)) for n in sizes], sizes


@given(groups_with_counts(), st.integers(0, 3), st.sampled_from(ROUNDING_RULES), st.randoms())
def test_means_are_rounded_as_one_fraction_whatever_the_order(pairs, digits, rule, random):
    counts, sizes = pairs
    wanted = over_groups(counts, sizes, digits, rule)
    order = random.sample(range(len(sizes)), len(sizes))
    for o in (list(range(len(sizes))), order):
        found = mean_units(np.array([counts])[:, o], np.array([sizes])[:, o], digits, rule)
        assert found.tolist() == [-1 if wanted is None else wanted]


@pytest.mark.parametrize(("rule", "units"), [("half-up", 13), ("half-even", 12), ("truncate", 12)])
def test_the_mean_of_one_group_at_a_tie_follows_the_rule(rule, units):
    found = mean_units(np.array([[1, 0], [0, 0]]), np.array([[8, 0], [0, 0]]), 0, rule)
    assert found.tolist() == [units, -1]


def test_ties_of_means_follow_the_rule():
    count, nobs = np.array([[1, 0], [3, 0]]), np.array([[8, 5], [8, 7]])  # 6.25% and 18.75%
    assert mean_units(count, nobs, 1, "half-up").tolist() == [63, 188]
    assert mean_units(count, nobs, 1, "half-even").tolist() == [62, 188]
    # 1/3 + 1/7 + 11/21 + 1/1000 of four is 25.025%: a tie that no float quotient hits.
    count, nobs = np.array([[1, 1, 11, 1]]), np.array([[3, 7, 21, 1000]])
    assert mean_units(count, nobs, 2, "half-up").tolist() == [2503]
    assert mean_units(count, nobs, 2, "half-even").tolist() == [2502]


def printed(units, digits):
    return f"{units / 10**digits:.{digits}f}"


def as_means(survey, truth, rule):
    """Return the survey with its overall figures printed as plain means."""
    base = survey.question("m").base[0] if any(q.id == "m" for q in survey.questions) else "all"
    figures = []
    for figure in survey.figures:
        if figure.group == "overall" and figure.of != "m:y":
            asked = [t["n"] for t in truth]
            if figure.of == "m:x" and base != "all":
                asked = [t["a"] + t["b"] for t in truth]
            counts = [t[figure.of[-1]] for t in truth]
            units = over_groups(counts, asked, figure.digits, rule)
            figure = figure.model_copy(update={"percent": printed(units, figure.digits)})
        figures.append(figure)
    return survey.model_copy(update={"figures": tuple(figures)})


def random_survey(seed):
    rng = np.random.default_rng(seed)
    groups = int(rng.integers(2, 4))
    bases = [None, None, ("all",), ("q:a+b", "all")][rng.integers(0, 4)] if groups == 2 else None
    truth = []
    while not truth or (bases is not None and truth[0]["a"] + truth[0]["b"] == 0):
        truth = []
        for _ in range(groups):
            n = int(rng.integers(2, (9 if groups == 2 else 6) if bases is None else 6))
            a, b, c = (int(x) for x in rng.multinomial(n, rng.dirichlet([3, 2, 3])))
            asked = n if bases in (None, ("all",)) else a + b
            truth.append({"n": n, "a": a, "b": b, "c": c, "x": int(rng.binomial(asked, 0.4))})
    rule = str(rng.choice(["half-up", "half-even", "truncate"]))
    survey = brute_force.make_survey(
        truth, bases=bases, rankings=bool(rng.random() < 0.5), rule=rule,
        digits=int(rng.choice([0, 1])),
        subtotals=str(rng.choice(["rounded-sum", "sum-of-rounded"])),
    )  # fmt: skip
    if rng.random() < 0.6:
        survey = as_means(survey, truth, rule)
    if rng.random() < 0.5:  # the whole of both answers too, as the sum of what is printed
        a, b = (survey.overall(f"q:{o}") for o in "ab")
        units = a.units + b.units
        if units <= 100 * 10**a.digits:
            whole = a.model_copy(update={"of": "ab", "percent": printed(units, a.digits)})
            survey = survey.model_copy(update={"figures": (*survey.figures, whole)})
    return survey.model_copy(update={"overall_share": BOTH})


class Means(brute_force.Enumeration):
    """Complete enumeration of sizes, counts of every group, and whether figures are means."""

    def whole_shown(self, states, sizes, rule, subtotals, overall):
        figure = self.figures.get(("ab", "overall"))
        if figure is None:
            return True
        parts = [[s[0] for s in states], [s[1] for s in states]]
        if subtotals == "rounded-sum":
            parts = [[a + b for a, b in zip(*parts, strict=True)]]
        if overall == "pooled":
            sizes, parts = [sum(sizes)], [[sum(p)] for p in parts]
        units = sum(over_groups(p, sizes, figure.digits, rule) for p in parts)
        return units == figure.units

    def shown(self, states, sizes, rule, overall):
        for of, position in (("q:a", 0), ("q:b", 1), ("q:c", None), ("m:x", 3)):
            figure = self.figures.get((of, "overall"))
            if figure is None:
                continue
            asked = [s[2] for s in states] if of == "m:x" else list(sizes)
            counts = [
                n - s[0] - s[1] if position is None else s[position]
                for s, n in zip(states, sizes, strict=True)
            ]
            if overall == "pooled":
                asked, counts = [sum(asked)], [sum(counts)]
            if over_groups(counts, asked, figure.digits, rule) != figure.units:
                return False
        return True

    def known_states(self, cache, group, n, *conventions):
        if (group, n) not in cache:
            cache[group, n] = [
                item for item in self.states(group, n, *conventions).items() if item[1] > 0
            ]
        return cache[group, n]

    def posterior(self):
        """Return evidence and mass of sizes, of counts of the answer a, and of conventions."""
        masses = [defaultdict(float) for _ in range(3)]
        priors = {s: self.size_prior(s, self.survey.total) for s in self.size_vectors()}
        for rule, subtotals, base, prior in self.scenarios():
            cache = {}
            for sizes, size_mass in priors.items():
                weight = prior * size_mass
                if weight == 0:
                    continue
                each = [
                    self.known_states(cache, g, n, rule, subtotals, base)
                    for g, n in zip(self.groups, sizes, strict=True)
                ]
                for combo in itertools.product(*each):
                    states = [s for s, _ in combo]
                    mass = weight * math.prod(p for _, p in combo)
                    for overall, share in OVERALL_PRIOR.items():
                        if self.whole_shown(states, sizes, rule, subtotals, overall) and self.shown(
                            states, sizes, rule, overall
                        ):
                            masses[0][sizes] += mass * share
                            masses[1][tuple(s[0] for s in states)] += mass * share
                            masses[2]["rounding", rule] += mass * share
                            masses[2]["overall", overall] += mass * share
                            masses[2]["subtotals", subtotals] += mass * share
                            masses[2]["base", base] += mass * share
        return brute_force.given_evidence(masses)


@pytest.mark.parametrize("block", range(2))
def test_sizes_counts_and_conventions_by_enumeration(block):
    seen = []
    for seed in range(5 * block, 5 * block + 5):
        survey = random_survey(seed)
        exact = Means(survey).posterior()
        largest = brute_force.sizes_up_to(survey)
        recon = reconstruct(survey, "quota", draws=DRAWS, seed=seed, largest=largest)
        brute_force.check_solutions(recon, exact, ["dimension", "value"], DRAWS, SIGMAS, seed)
        seen.append(exact[1][2].get(("overall", "mean"), 0.0))
    assert max(seen) > 0.3  # means matter in some survey of each block


def tiny(figures, groups, *, total=None, published=None, options=("x", "y", "z"), **more):
    """Return a survey of one question with multiple answers."""
    text = brute_force.text
    return Survey.model_validate({
        "format": 1, "id": "tiny", "title": text("tiny"), "total": total,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [
            {"id": f"g{i}", "label": text(f"g{i}"), "n": published and published[i]}
            for i in range(groups)
        ],
        "questions": [{
            "id": "m", "label": text("m"), "answers": "multiple",
            "options": [{"id": o, "label": text(o)} for o in options],
        }],
        "figures": [
            {"of": f"m:{o}", "group": g, "percent": p, "at": "f"} for (o, g), p in figures.items()
        ],
        **more,
    })  # fmt: skip


def released(counts, sizes, overall, digits=0, **more):
    """Publish counts, shape (options, groups), with overall figures of one kind."""
    figures = {}
    for o, row in zip("xyz", counts.tolist(), strict=False):
        for g, (k, n) in enumerate(zip(row, sizes.tolist(), strict=True)):
            figures[o, f"g{g}"] = printed(int(round_share(k, n, digits)), digits)
        whole = over_groups(row, sizes.tolist(), digits, "half-up")
        if overall == "pooled":
            whole = int(round_share(sum(row), sizes.sum(), digits))
        figures[o, "overall"] = printed(whole, digits)
    return tiny(figures, len(sizes), **more)


def test_without_the_key_or_with_pooled_only_nothing_changes():
    survey = random_survey(1).model_copy(update={"overall_share": ("pooled",)})
    without = Survey.model_validate(
        survey.model_dump(by_alias=True, exclude_none=True, exclude={"overall_share"})
    )
    found = [reconstruct(s, draws=200) for s in (survey, without)]
    for a, b in itertools.pairwise([r.particles for r in found]):
        assert a.sizes.tobytes() == b.sizes.tobytes()
        assert a.weight.tobytes() == b.weight.tobytes()
    assert "overall" not in set(found[0].conventions["dimension"])


def test_order_of_the_groups_does_not_matter():
    sizes = np.array([23, 41, 60, 37])
    counts = np.array([[5, 20, 44, 9], [11, 12, 13, 14]])
    chances = []
    for order in ([0, 1, 2, 3], [2, 0, 3, 1]):
        survey = released(counts[:, order], sizes[order], "mean", total=161, overall_share=BOTH)
        recon = reconstruct(survey, "free", draws=1000)
        table = recon.conventions.set_index("value")["probability"]
        chances.append((table["mean"], recon.particles.ess))
    (a, ess_a), (b, ess_b) = chances
    assert 0.02 < a < 0.98  # so that there is something to agree on
    assert abs(a - b) < 5 * np.sqrt(a * (1 - a) * (1 / ess_a + 1 / ess_b)) + 2e-3


def test_probability_of_means_is_calibrated():
    """Of surveys drawn from the prior, as many are means as the probabilities say."""
    rng = np.random.default_rng(5)
    chance, truth = [], []
    for _ in range(60):
        sizes = rng.integers(6, 40, size=3)
        counts = np.stack([rng.binomial(sizes, rng.beta(1, 1, size=3)) for _ in range(2)])
        overall = str(rng.choice(BOTH, p=[OVERALL_PRIOR[o] for o in BOTH]))
        survey = released(counts, sizes, overall, overall_share=BOTH, total=int(sizes.sum()))
        recon = reconstruct(survey, "free", draws=200, rounding={"half-up": 1.0})
        chance.append(recon.conventions.set_index("value")["probability"]["mean"])
        truth.append(overall == "mean")
    chance, truth = np.array(chance), np.array(truth)
    spread = np.sqrt((chance * (1 - chance)).sum())
    assert abs((chance - truth).sum()) < 3 * spread + 0.5
    assert chance[truth].mean() > 0.5 > chance[~truth].mean() + 0.2
    score = ((chance - truth) ** 2).mean()
    assert score < OVERALL_PRIOR["mean"] * OVERALL_PRIOR["pooled"] / 2  # half of not looking


def test_published_counts_tell_means_from_pooled_shares_at_once():
    sizes, counts = np.array([10, 100]), np.array([[9, 10]])
    for overall in BOTH:
        survey = released(counts, sizes, overall, digits=1, published=[10, 100], overall_share=BOTH)
        recon = reconstruct(survey)
        assert not recon.models  # nothing was drawn
        table = recon.conventions.set_index("value")["probability"]
        assert table[overall] == pytest.approx(1.0)
    wrong = survey.model_copy(update={"overall_share": ("pooled",)})
    with pytest.raises(ContradictionError):
        reconstruct(wrong)


def test_what_cannot_be_checked_is_left_out_with_a_notice():
    sizes, counts = np.array([20, 40, 60]), np.array([[4, 30, 25]])
    survey = released(counts, sizes, "mean", total=120, overall_share=BOTH)
    more = survey.figures[0].model_copy(update={"of": "m:y", "group": "overall", "percent": "37"})
    with pytest.warns(InputNotice, match="left out: m:y"):
        recon = reconstruct(
            survey.model_copy(update={"figures": (*survey.figures, more)}), draws=300
        )
    alone = reconstruct(survey, draws=300)
    assert recon.particles.weight.tobytes() == alone.particles.weight.tobytes()
    assert not has_overall_counts(recon, "m:y")
    with pytest.raises(ArgumentError, match="plain means"):
        overall_counts(recon, "m:y")
    nobs, count, weight = overall_counts(recon, "m:x")  # of the counts that were drawn
    solutions = recon.solutions_of("m:x")
    assert count @ weight == pytest.approx(solutions.k.sum(axis=1) @ solutions.weight)
    assert set(nobs.tolist()) == {120}


def test_claims_on_all_respondents_come_from_drawn_counts_or_stay_open():
    sizes, counts = np.array([20, 40, 60]), np.array([[4, 30, 55]])
    text = brute_force.text("t")
    claim = {
        "kind": "threshold",
        "relation": "above",
        "group": "overall",
        "text": text,
        "at": ["a"],
    }
    survey = released(
        counts, sizes, "mean", total=120, overall_share=["mean"],
        claims=[
            claim | {"id": "x", "of": "m:x", "percent": "50"},
            claim | {"id": "y", "of": "m:y", "percent": "50"},
        ],
    )  # fmt: skip
    more = survey.figures[0].model_copy(update={"of": "m:y", "group": "overall", "percent": "70"})
    survey = survey.model_copy(update={"figures": (*survey.figures, more)})
    assert float(survey.overall("m:x").percent) < 63  # pooled it is 74%
    with pytest.warns(InputNotice):
        analysis = analyze(survey, draws=200)
    table = analysis.claims.set_index("id")
    nobs, count, weight = overall_counts(analysis.reconstruction, "m:x")
    above = weight[2 * count > nobs].sum()
    assert above > 0.9
    assert table.loc["x", "in_sample"] == pytest.approx(above)
    assert table.loc["y", "in_sample"] != table.loc["y", "in_sample"]  # nan: undetermined
    overall = analysis.estimates.query("group == 'overall'")
    assert set(overall["of"]) == {"m:x"}
    share = pytest.approx((count / nobs) @ weight)
    assert overall.set_index("method").loc["clopper-pearson", "estimate"] == share


def test_overall_figures_that_are_neither_pooled_nor_means_are_a_contradiction():
    figures = {("x", f"g{g}"): "50" for g in range(3)} | {("x", "overall"): "10"}
    survey = tiny(figures, 3, total=60, overall_share=BOTH)
    with pytest.raises(ContradictionError, match=r"x, overall: 10%|m:x, overall: 10%"):
        reconstruct(survey, draws=100)
    with pytest.raises(ArgumentError, match="misprints"):
        reconstruct(survey, misprints=0.005)
