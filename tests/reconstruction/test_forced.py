"""Distributions forced to sum to 100: enumeration, what is refused, calibration."""

import itertools
import math
from collections import defaultdict

import brute_force
import numpy as np
import pytest
from forced_cases import BOTH, hamilton, near, printed, published, shares

from alumnistats.errors import ArgumentError, ContradictionError
from alumnistats.reconstruction import overall_counts, reconstruct
from alumnistats.reconstruction.agreement import size_agreement
from alumnistats.reconstruction.conventions import ADDING_UP_PRIOR
from alumnistats.rounding import round_share
from alumnistats.survey import Survey

DRAWS = 1500
SIGMAS = 5.0  # with about 1,500 comparisons one beyond it happens in one run of 1,000


def in_full(survey, rng, truth, way, digits, groups):
    """Return the survey with distributions of q in full, of some groups and of the whole."""
    figures = [f for f in survey.figures if f.group != "overall" or not f.of.startswith("q:")]
    every = {g: [t[o] for o in "abc"] for g, t in zip(survey.group_ids, truth, strict=True)}
    had = len(figures) < len(survey.figures)
    every = {g: every[g] for g in groups} | (
        {"overall": [sum(t[o] for t in truth) for o in "abc"]} if had else {}
    )
    for group, counts in every.items():
        for o, units in zip("abc", shares(rng, counts, digits, way), strict=True):
            more = {"of": f"q:{o}", "group": group, "percent": printed(units, digits)}
            figures.append(survey.figures[0].model_copy(update=more))
    return survey.model_copy(update={"figures": tuple(figures), "adding_up": BOTH})


def random_survey(seed):
    rng = np.random.default_rng(seed)
    groups = int(rng.integers(2, 4))
    bases = [None, ("all",), ("q:a+b", "all")][seed % 3] if groups == 2 else None
    truth = []
    while not truth or (bases is not None and truth[0]["a"] + truth[0]["b"] == 0):
        truth = []
        for _ in range(groups):
            n = int(rng.integers(2, (12 if groups == 2 else 7) if bases is None else 6))
            a, b, c = (int(x) for x in rng.multinomial(n, rng.dirichlet([3, 2, 3])))
            asked = n if bases in (None, ("all",)) else a + b
            truth.append({"n": n, "a": a, "b": b, "c": c, "x": int(rng.binomial(asked, 0.4))})
    digits = int(rng.integers(0, 2))
    survey = brute_force.make_survey(
        truth, bases=bases, rankings=bool(rng.random() < 0.3), digits=digits,
        overall=seed % 4 != 3,
    )  # fmt: skip
    whole = [g for g in survey.group_ids if rng.random() < 0.6][: groups - (seed % 2)]
    way = str(rng.choice(BOTH, p=[0.3, 0.7]))
    survey = in_full(survey, rng, truth, way, digits, whole)
    # A measure beside its own distribution is its sum, or the rounded share of the sum.
    added = rng.random() < 0.5
    figures = []
    for f in survey.figures:
        if f.of == "ab" and f.group in whole and added:
            parts = {(p.of, p.group): p for p in survey.figures}
            units = sum(parts[f"q:{o}", f.group].units for o in "ab")
            f = f.model_copy(update={"percent": printed(units, digits)})
        figures.append(f)
    if len({f.percent for f in figures if f.of == "ab"}) < 3 and survey.rankings:
        survey = survey.model_copy(update={"rankings": ()})
    return survey.model_copy(update={"figures": tuple(figures), "rankings": ()})


class Forced(brute_force.Enumeration):
    """Complete enumeration of sizes, counts of every group, and whether shares are forced."""

    way = "rounded"

    def whole(self, group):
        found = [self.figures.get((f"q:{o}", group)) for o in "abc"]
        return None if None in found else found

    def chance(self, group, counts, rule):
        """The probability of the figures of q of a group, or of the whole."""
        whole = self.whole(group)
        if whole is None:
            return float(
                all(
                    self.prints(f"q:{o}", group, k, sum(counts), rule)
                    for o, k in zip("abc", counts, strict=True)
                )
            )
        if sum(counts) == 0:
            return 0.0
        units = tuple(f.units for f in whole)
        if self.way == "forced":
            return hamilton(tuple(counts), whole[0].digits).get(units, 0.0)
        found = [int(round_share(k, sum(counts), whole[0].digits, rule)) for k in counts]
        return float(tuple(found) == units)

    def measure_fits(self, group, a, b, n, rule, subtotals):
        whole, own = self.whole(group), self.figures.get(("ab", group))
        if self.way == "rounded" or whole is None or own is None or subtotals == "rounded-sum":
            return super().measure_fits(group, a, b, n, rule, subtotals)
        return whole[0].units + whole[1].units == own.units

    def states(self, group, n, rule, subtotals, base):
        weighed = {}
        for (a, b, asked, x), weight in super().states(group, n, rule, subtotals, base).items():
            chance = self.chance(group, (a, b, n - a - b), rule)
            if chance:
                weighed[a, b, asked, x] = weight * chance
        return weighed

    def totals_fit(self, totals, n, rule):
        a, b, asked, x = totals
        if not self.prints("m:x", "overall", x, asked, rule):
            return 0.0
        return self.chance("overall", (a, b, n - a - b), rule)

    def posterior(self):
        """Return evidence and mass of sizes, of counts of the answer a, and of conventions."""
        masses = [defaultdict(float) for _ in range(3)]
        priors = {s: self.size_prior(s, self.survey.total) for s in self.size_vectors()}
        for (rule, subtotals, base, prior), way in itertools.product(self.scenarios(), BOTH):
            self.way, cache = way, {}
            for sizes, size_mass in priors.items():
                weight = prior * size_mass * ADDING_UP_PRIOR[way]
                if weight == 0:
                    continue
                for group, n in zip(self.groups, sizes, strict=True):
                    if (group, n) not in cache:
                        cache[group, n] = self.states(group, n, rule, subtotals, base)
                each = [cache[g, n].items() for g, n in zip(self.groups, sizes, strict=True)]
                for combo in itertools.product(*each):
                    states = [s for s, _ in combo]
                    totals = [sum(x) for x in zip(*states, strict=True)]
                    mass = weight * math.prod(p for _, p in combo)
                    mass *= self.totals_fit(totals, sum(sizes), rule)
                    if mass:
                        masses[0][sizes] += mass
                        masses[1][tuple(s[0] for s in states)] += mass
                        for key in (rule, subtotals, base, way):
                            masses[2][key] += mass
        return brute_force.given_evidence(masses)


@pytest.mark.parametrize("block", range(3))
def test_sizes_counts_and_conventions_by_enumeration(block):
    seen = []
    for seed in range(8 * block, 8 * block + 8):
        survey = random_survey(seed)
        exact = Forced(survey).posterior()
        largest = brute_force.sizes_up_to(survey)
        recon = reconstruct(survey, "quota", draws=DRAWS, seed=seed, largest=largest)
        brute_force.check_solutions(recon, exact, "value", DRAWS, SIGMAS, seed)
        seen.append(exact[1][2].get("forced", 0.0))
    assert max(seen) > 0.3  # forcing matters in some survey of each block
    assert min(seen) < 0.1


HALF_UP = {"rounding": {"half-up": 1.0}, "subtotals": {"rounded-sum": 1.0}}


class HalfUp(Forced):
    """Under one rounding rule: large groups take their time."""

    def scenarios(self):
        yield "half-up", "rounded-sum", "all", 1.0


def test_wide_windows_of_groups_and_of_the_whole_by_enumeration():
    rng = np.random.default_rng(3)
    truth = [
        {"n": 230, "a": 95, "b": 66, "c": 69, "x": 0},
        {"n": 170, "a": 100, "b": 21, "c": 49, "x": 0},
    ]
    for whole, digits in (["g0", "g1"], 0), (["g1"], 0):
        survey = brute_force.make_survey(
            truth, bases=None, rankings=False, digits=digits, sizes=("g0", "g1")
        )
        survey = in_full(survey, rng, truth, "forced", digits, whole)
        _, (_, counts, conventions) = HalfUp(survey, "free", 230).posterior()
        recon = reconstruct(survey, "free", draws=DRAWS, **HALF_UP)
        particles = recon.particles
        a = particles.counts["q", recon.trees["q"].index(["a"])]
        mean = sum(np.array(key) * p for key, p in counts.items())
        square = sum(np.square(key) * p for key, p in counts.items())
        error = np.sqrt((square - mean**2) / particles.ess)
        assert np.abs(particles.weight @ a - mean).max() < SIGMAS * error.max()
        forced = recon.conventions.set_index("value")["probability"]["forced"]
        exact = conventions["forced"]
        assert 0.02 < exact < 0.98
        assert len(counts) > 3
        assert abs(forced - exact) < SIGMAS * np.sqrt(exact * (1 - exact) / particles.ess) + 1e-3


def test_totals_below_what_groups_print_by_enumeration():
    """Two options by group in a measure, the others of all respondents only."""
    groups, text = np.array([[5, 7, 60, 48], [8, 3, 50, 49]]), brute_force.text
    survey = published(
        groups, sizes=("g0", "g1"),
        measures=[{"id": "m", "question": "q", "label": text("m"), "options": ["o0", "o1"]}],
    )  # fmt: skip
    figures = [f for f in survey.figures if f.group == "overall"]
    for g, row in enumerate(groups.tolist()):
        share = str(int(round_share(sum(row[:2]), sum(row), 0)))
        figures.append(
            figures[0].model_copy(update={"of": "m", "group": f"g{g}", "percent": share})
        )
    survey = survey.model_copy(update={"figures": tuple(figures)})
    sizes = groups.sum(axis=1).tolist()
    units = tuple(survey.overall(f"q:o{i}").units for i in range(4))
    p = [u / 100 for u in units]
    mass, third = defaultdict(float), defaultdict(float)
    measure = [
        {m for m in range(n + 1) if str(int(round_share(m, n, 0))) == figures[4 + g].percent}
        for g, n in enumerate(sizes)
    ]
    for m in itertools.product(*measure):
        for first in itertools.product(*(range(k + 1) for k in m)):
            chance = math.prod(
                brute_force.split(k, n, (p[0] + p[1], p[2] + p[3]))
                for k, n in zip(m, sizes, strict=True)
            ) * math.prod(brute_force.split(a, k, p[:2]) for a, k in zip(first, m, strict=True))
            k0, k01, rest = sum(first), sum(m), sum(sizes) - sum(m)
            for k2 in range(rest + 1):
                vector = (k0, k01 - k0, k2, rest - k2)
                if not near(vector, units):
                    continue
                hit = hamilton(vector, 0).get(units, 0.0) * ADDING_UP_PRIOR["forced"]
                plain = tuple(int(round_share(k, sum(sizes), 0)) for k in vector) == units
                for way, weight in (("forced", hit), ("rounded", 0.9 * plain)):
                    mass[way] += chance * weight / (rest + 1)
                    third[k2] += chance * weight / (rest + 1)
    recon = reconstruct(survey, "free", draws=4000, **HALF_UP)
    ess = recon.particles.ess
    whole = sum(mass.values())
    found = recon.conventions.set_index("value")["probability"]["forced"]
    exact = mass["forced"] / whole
    assert abs(found - exact) < SIGMAS * np.sqrt(exact * (1 - exact) / ess) + 1e-3
    assert 0.02 < exact < 0.98
    _, count, weight = overall_counts(recon, "q:o2")
    for k, share in zip(count.tolist(), weight.tolist(), strict=True):
        q = third[k] / whole
        assert abs(share - q) < SIGMAS * np.sqrt(q * (1 - q) / ess) + 1e-3
    assert len(third) > 2


def test_probability_of_forcing_is_calibrated_and_the_truth_is_possible():
    """Of surveys drawn from the prior, as many are forced as the probabilities say."""
    rng = np.random.default_rng(7)
    chance, truth = [], []
    for i in range(60):
        sizes = rng.integers(6, 40, size=3)
        counts = np.stack([rng.multinomial(n, rng.dirichlet(np.ones(3))) for n in sizes])
        way = str(rng.choice(BOTH, p=[ADDING_UP_PRIOR[w] for w in BOTH]))
        survey = published(counts, 0, way, seed=i)
        recon = reconstruct(survey, "free", draws=200, rounding={"half-up": 1.0})
        particles = recon.particles
        assert (particles.sizes == sizes).all(axis=1) @ particles.weight > 0
        chance.append(recon.conventions.set_index("value")["probability"]["forced"])
        truth.append(way == "forced")
    chance, truth = np.array(chance), np.array(truth)
    spread = np.sqrt((chance * (1 - chance)).sum())
    assert abs((chance - truth).sum()) < 3 * spread + 0.5
    assert chance[truth].mean() > chance[~truth].mean() + 0.3
    score = ((chance - truth) ** 2).mean()
    assert score < 0.7 * math.prod(ADDING_UP_PRIOR.values())  # that of not looking


# Three branches of a shop, 97 customers: no row sums to 100 if its shares are rounded.
SHOP = [[8, 13, 6], [10, 23, 10], [12, 9, 6]]


def test_a_release_without_any_rounding_rule_is_possible_if_its_shares_were_forced():
    survey = published(SHOP, 1)
    thirds = survey.model_copy(update={"adding_up": ("rounded",)})
    with pytest.raises(ContradictionError, match=r'adding_up = \["rounded", "forced"\]'):
        reconstruct(thirds, draws=200)
    recon = reconstruct(survey, draws=200)
    table = recon.conventions.set_index(["dimension", "value"])["probability"]
    assert table["adding_up", "forced"] == pytest.approx(1.0)
    sizes = np.array(SHOP).sum(axis=1)
    assert (recon.particles.sizes == sizes).all(axis=1) @ recon.particles.weight > 0.1


def test_every_figure_agrees_with_the_size_that_it_was_forced_from():
    recon = reconstruct(published(SHOP, 1), draws=200)
    table = size_agreement(recon, ["half-up"]).set_index(["group", "n"])
    for g, row in enumerate(SHOP):
        assert table.loc[(f"g{g}", sum(row)), "agreeing"] == 3
    assert table.loc[("g0", 28), "agreeing"] == sum(
        any(abs(1000 * k - 28 * units) < 28 for k in range(29)) for units in (296, 482, 222)
    )


def test_published_sizes_and_counts_tell_whether_shares_were_forced():
    for way in BOTH:
        survey = published(SHOP, 1, way, sizes=("g0", "g1", "g2"))
        figures = tuple(
            f if f.group == "overall"
            else f.model_copy(update={"count": SHOP[int(f.group[1])][int(f.of[-1])]})
            for f in survey.figures
        )  # fmt: skip
        survey = survey.model_copy(update={"figures": figures})
        recon = reconstruct(survey)
        assert not recon.models  # nothing was drawn
        table = recon.conventions.set_index("value")["probability"]
        assert table[way] == pytest.approx(1.0)
        other = tuple(w for w in BOTH if w != way)
        with pytest.raises(ContradictionError, match="do not follow"):
            reconstruct(survey.model_copy(update={"adding_up": other}))


def test_a_distribution_that_does_not_sum_to_100_rules_forcing_out():
    survey = published(SHOP, 1, "rounded")
    assert any(
        sum(survey.figures_of(f"q:o{i}")[g].units for i in range(3)) != 1000
        for g in (*survey.group_ids, "overall")
    )
    recon = reconstruct(survey, draws=200)
    assert recon.conventions.set_index("value")["probability"]["forced"] == 0
    with pytest.raises(ContradictionError):
        reconstruct(survey.model_copy(update={"adding_up": ("forced",)}), draws=200, explain=False)


def test_without_a_distribution_in_full_there_is_nothing_to_force():
    survey = published(SHOP, 1, "rounded")
    some = tuple(f for f in survey.figures if f.of != "q:o1")
    found = [
        reconstruct(survey.model_copy(update={"figures": some, "adding_up": ways}), draws=200)
        for ways in (BOTH, ("rounded",))
    ]
    assert "adding_up" not in set(found[0].conventions["dimension"])
    assert found[0].particles.weight.tobytes() == found[1].particles.weight.tobytes()


def test_without_the_key_nothing_changes():
    survey = published(SHOP, 1, "rounded").model_copy(update={"adding_up": ("rounded",)})
    without = Survey.model_validate(
        survey.model_dump(by_alias=True, exclude_none=True, exclude={"adding_up"})
    )
    found = [reconstruct(s, draws=200) for s in (survey, without)]
    assert found[0].particles.sizes.tobytes() == found[1].particles.sizes.tobytes()
    assert found[0].particles.weight.tobytes() == found[1].particles.weight.tobytes()
    assert "adding_up" not in set(found[0].conventions["dimension"])


def test_misprints_do_not_go_with_forcing():
    with pytest.raises(ArgumentError, match="forced to sum to 100"):
        reconstruct(published(SHOP), misprints=0.005)
