"""An independent posterior of tiny surveys, by enumerating everything.

Written from the documented model, sharing with the package only the survey records and the
rounding of a count. Sizes, scenarios and every group's answers are enumerated; groups are combined
through a dictionary of totals.
"""

import itertools
import math
from collections import defaultdict
from fractions import Fraction

import documented_sizes
import numpy as np

from alumnistats.reconstruction.conventions import ROUNDING_PRIOR, SUBTOTALS_PRIOR
from alumnistats.rounding import round_share
from alumnistats.survey import Survey

CONCENTRATIONS = (1.0, 4.0, 16.0, 64.0)
RULES = tuple(ROUNDING_PRIOR)


def text(x):
    return {"en": x, "ja": x}


def make_survey(
    truth,
    *,
    total=True,
    sizes=(),
    rankings=True,
    bases=("all",),
    overall=True,
    extra=False,
    rule="half-up",
    subtotals="rounded-sum",
    digits=1,
):
    """Publish a truth as a press office does.

    `truth` is a list of groups: dict with n, a, b, c (answers of question q), x (of those in the
    base of question m that chose x). The measure ab is published by group: the highest group and
    the lowest one when `rankings`, else all; so is m:x for the first group.
    """
    groups = [f"g{i}" for i in range(len(truth))]

    def percent(k, n):
        units = int(round_share(k, n, digits, rule))
        return units_text(units)

    def units_text(units):
        return (
            str(units) if digits == 0 else f"{units // 10**digits}.{units % 10**digits:0{digits}d}"
        )

    def measure(t):
        if subtotals == "rounded-sum":
            return percent(t["a"] + t["b"], t["n"])
        parts = [int(round_share(t[o], t["n"], digits, rule)) for o in "ab"]
        return units_text(sum(parts))

    shown = {g: measure(t) for g, t in zip(groups, truth, strict=True)}
    figures, ranks = [], []
    order = sorted(groups, key=lambda g: -float(shown[g]))
    listed = groups
    strict = len({shown[order[0]], shown[order[-1]], *(shown[g] for g in order[1:-1])}) > 2 and all(
        float(shown[order[0]]) > float(shown[g]) > float(shown[order[-1]]) for g in order[1:-1]
    )
    if rankings and len(groups) > 2 and strict:
        listed = [order[0], order[-1]]
        ranks = [
            {"of": "ab", "from": "highest", "places": [[order[0]]], "complete": True, "at": "r"},
            {"of": "ab", "from": "lowest", "places": [[order[-1]]], "complete": True, "at": "r"},
        ]
    figures += [{"of": "ab", "group": g, "percent": shown[g], "at": "f"} for g in listed]
    everybody = sum(t["n"] for t in truth)
    if overall:
        figures += [
            {
                "of": f"q:{o}",
                "group": "overall",
                "percent": percent(sum(t[o] for t in truth), everybody),
                "at": "o",
            }
            for o in "abc"
        ]
    questions = [
        {
            "id": "q",
            "label": text("q"),
            "answers": "single",
            "complete": True,
            "options": [{"id": o, "label": text(o)} for o in "abc"],
        },
    ]
    if bases is not None:
        asked = [t["a"] + t["b"] if bases[0] != "all" else t["n"] for t in truth]
        questions.append(
            {
                "id": "m",
                "label": text("m"),
                "answers": "multiple",
                "base": list(bases),
                "options": [{"id": o, "label": text(o)} for o in ("x", "y")],
            }
        )
        figures.append(
            {"of": "m:x", "group": "g0", "percent": percent(truth[0]["x"], asked[0]), "at": "m"}
        )
        chosen = [t["x"] for t in truth]
        for of, count, said in (("m:x", sum(chosen), overall), ("m:y", min(chosen), extra)):
            share = {"of": of, "group": "overall", "at": "m", "percent": percent(count, sum(asked))}
            figures += [share] if said else []
    return Survey.model_validate(
        {
            "format": 1,
            "id": "tiny",
            "title": text("tiny"),
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            **({"total": everybody} if total else {}),
            "groups": [
                {"id": g, "label": text(g), **({"n": t["n"]} if g in sizes else {})}
                for g, t in zip(groups, truth, strict=True)
            ],
            "questions": questions,
            "measures": [{"id": "ab", "question": "q", "options": ["a", "b"], "label": text("ab")}],
            "figures": figures,
            "rankings": ranks,
        }
    )


def beta_binomial(l, c, left, right):
    def log_beta(x, y):
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    return math.comb(c, l) * math.exp(log_beta(l + left, c - l + right) - log_beta(left, right))


def split(l, c, p):
    """Law of a split with overall shares p = (left, right), or None when nothing says them."""
    if p is None:
        return beta_binomial(l, c, 1.0, 1.0)
    left, right = max(p[0], 0.002), max(p[1], 0.002)  # a share printed as 0% is not impossible
    p = left / (left + right)
    return sum(beta_binomial(l, c, k * p, k * (1 - p)) for k in CONCENTRATIONS) / len(
        CONCENTRATIONS
    )


def sizes_up_to(survey):
    """Return the largest size to enumerate: all that the total admits, or the usual without one."""
    groups = len(survey.groups)
    if survey.total is not None:
        return documented_sizes.highest_of(groups, survey.total)
    known = [g.n for g in survey.groups if g.n is not None]
    return max(*documented_sizes.usual_sizes(groups, None, survey.quota), *known, 0)


class Enumeration:
    """Everything the brute-force posterior knows of one survey."""

    def __init__(self, survey, prior="quota", largest=None, law=None):
        self.survey = survey
        self.law = law  # Beta parameters of the measure's count, instead of the usual prior
        self.prior = prior
        self.groups = survey.group_ids
        self.largest = largest or sizes_up_to(survey)
        known = len(self.groups), survey.total
        self.scales = documented_sizes.usual_sizes(*known, survey.quota)
        self.highest = documented_sizes.highest_of(*known)
        self.figures = {(f.of, f.group): f for f in survey.figures}

    def share(self, of):
        figure = self.figures.get((of, "overall"))
        return None if figure is None else float(Fraction(figure.units, 100 * 10**figure.digits))

    def bounds(self, group):
        """Published units of the measure allowed for a group: (low, high), or None."""
        own = self.figures.get(("ab", group))
        if own is not None:
            return own.units, own.units, own.digits
        if not self.survey.rankings:
            return None
        high = self.figures["ab", self.survey.rankings[0].places[0][0]]
        low = self.figures["ab", self.survey.rankings[1].places[0][0]]
        return low.units + 1, high.units - 1, high.digits

    def measure_fits(self, group, a, b, n, rule, subtotals):
        bounds = self.bounds(group)
        if bounds is None:
            return True
        low, high, digits = bounds
        if n == 0:
            return False
        if subtotals == "rounded-sum":
            shown = int(round_share(a + b, n, digits, rule))
        else:
            shown = int(round_share(a, n, digits, rule)) + int(round_share(b, n, digits, rule))
        return low <= shown <= high

    def prints(self, of, group, k, n, rule):
        figure = self.figures.get((of, group))
        if figure is None:
            return True
        return n > 0 and int(round_share(k, n, figure.digits, rule)) == figure.units

    def states(self, group, n, rule, subtotals, base):
        """Return totals (a, b, base, x) of one group with their probabilities."""
        pa, pb, pc = self.share("q:a"), self.share("q:b"), self.share("q:c")
        px = self.share("m:x")
        p_ab = None if pa is None else (pa + pb, pc)
        p_a = None if pa is None else (pa, pb)
        p_x = None if px is None else (px, 1 - px)
        out = defaultdict(float)
        for ab in range(n + 1):
            # With no overall figures the three options are equally likely: Beta(2, 1).
            w_ab = beta_binomial(ab, n, 2.0, 1.0) if p_ab is None else split(ab, n, p_ab)
            if self.law is not None:
                w_ab = sum(beta_binomial(ab, n, *one) for one in self.law) / len(self.law)
            for a in range(ab + 1):
                if not self.measure_fits(group, a, ab - a, n, rule, subtotals):
                    continue
                weight = w_ab * split(a, ab, p_a)
                asked = n if base == "all" else ab
                if not self.has_m:
                    out[a, ab - a, asked, 0] += weight
                    continue
                for x in range(asked + 1):
                    if self.prints("m:x", group, x, asked, rule):
                        out[a, ab - a, asked, x] += weight * split(x, asked, p_x)
        return out

    @property
    def has_m(self):
        return any(q.id == "m" for q in self.survey.questions)

    def totals_fit(self, totals, n, rule):
        a, b, asked, x = totals
        checks = [("q:a", a, n), ("q:b", b, n), ("q:c", n - a - b, n)]
        if self.has_m:
            checks.append(("m:x", x, asked))
        if not all(self.prints(of, "overall", k, base, rule) for of, k, base in checks):
            return 0.0
        if ("m:y", "overall") in self.figures:  # nothing by group: the total splits as one count
            hits = sum(self.prints("m:y", "overall", y, asked, rule) for y in range(asked + 1))
            return hits / (asked + 1)
        return 1.0

    def size_prior(self, sizes, total):
        """Return the prior probability of a size vector (before the total is known)."""
        if any(not 1 <= n <= self.largest for n in sizes):
            return 0.0
        ways = [self.size_prior_of(sizes, total, usual) for usual in self.scales]
        return math.fsum(ways) / len(ways)

    def size_prior_of(self, sizes, total, usual):
        """Return it where `usual` is the size that groups rarely exceed."""
        groups, own_quota, highest = len(sizes), self.survey.quota, self.highest
        if self.prior == "free":
            return math.prod(documented_sizes.free(n, usual, highest) for n in sizes)
        if self.prior == "equal":
            options = {total // groups, -(-total // groups)}
            return float(all(n in options for n in sizes)) / len(options) ** groups
        quotas, of = [own_quota], 1
        if own_quota is None:
            quotas, of = range(1, min(usual, self.largest) + 1), usual
        if self.prior == "shortfall":
            return documented_sizes.quota(sizes, quotas, documented_sizes.short, of)
        return documented_sizes.quota(
            sizes, quotas, lambda n, _: documented_sizes.missed(n, usual, highest), of
        )

    def size_vectors(self):
        total, groups = self.survey.total, len(self.groups)
        known = [g.n for g in self.survey.groups]
        ranges = [[k] if k is not None else range(1, self.largest + 1) for k in known]
        if total is None:
            yield from itertools.product(*ranges)
            return
        for sizes in itertools.product(*ranges[: groups - 1]):
            last = total - sum(sizes)
            if last >= 1 and (known[-1] is None or known[-1] == last):
                yield (*sizes, last)

    def scenarios(self):
        bases = self.survey.question("m").base if self.has_m else ("all",)
        norm = len(bases) * sum(ROUNDING_PRIOR.values()) * sum(SUBTOTALS_PRIOR.values())
        for (rule, p), (subtotals, s), base in itertools.product(
            ROUNDING_PRIOR.items(), SUBTOTALS_PRIOR.items(), bases
        ):
            yield rule, subtotals, base, p * s / norm

    def posterior(self):
        """Return evidence, sizes -> probability, and conventions -> probability."""
        sizes_mass, conventions = defaultdict(float), defaultdict(float)
        counts = defaultdict(float)
        for rule, subtotals, base, prior in self.scenarios():
            cache = {}
            for sizes in self.size_vectors():
                weight = prior * self.size_prior(sizes, self.survey.total)
                if weight == 0:
                    continue
                law = {(0, 0, 0, 0): 1.0}
                for group, n in zip(self.groups, sizes, strict=True):
                    if (group, n) not in cache:
                        cache[group, n] = self.states(group, n, rule, subtotals, base)
                    new = defaultdict(float)
                    for (t, p), (s, w) in itertools.product(law.items(), cache[group, n].items()):
                        new[tuple(i + j for i, j in zip(t, s, strict=True))] += p * w
                    law = new
                n = sum(sizes)
                mass = weight * sum(p * self.totals_fit(t, n, rule) for t, p in law.items())
                sizes_mass[sizes] += mass
                conventions["rounding", rule] += mass
                conventions["subtotals", subtotals] += mass
                conventions["base", base] += mass
        evidence = sum(sizes_mass.values())
        for table in (sizes_mass, conventions, counts):
            for key in table:
                table[key] /= evidence if evidence else 1.0
        return evidence, dict(sizes_mass), dict(conventions)


def given_evidence(masses):
    """Return the evidence, and the masses as probabilities; the first ones are of all that fits."""
    evidence = sum(masses[0].values())
    return evidence, [{k: v / evidence for k, v in m.items()} for m in masses]


def check_solutions(recon, exact, conventions_by, draws, sigmas, seed):
    """Hold a reconstruction against the posterior of an enumeration.

    `exact` is the evidence, and the probabilities of vectors of sizes, of vectors of counts of the
    answer a, and of conventions by `conventions_by`, columns of the table.
    """
    evidence, (sizes, counts, conventions) = exact
    particles = recon.particles
    noise = np.sqrt(max(1 / particles.ess - 1 / draws, 0.0)) + 0.25 / np.sqrt(draws)
    slack = recon.left_out + 1e-9
    gap = abs(particles.log_evidence - np.log(evidence)) - slack
    assert gap < sigmas * noise, (seed, particles.log_evidence, np.log(evidence))

    def close(found, exact):
        se = np.sqrt(max(exact * (1 - exact), 0.0) / particles.ess) + 1e-3
        assert abs(float(found) - exact) < sigmas * se + slack, (seed, found, exact)

    a = particles.counts["q", recon.trees["q"].index(["a"])]
    for g in range(len(recon.survey.groups)):
        for values, table in ((particles.sizes[:, g], sizes), (a[:, g], counts)):
            for value in {key[g] for key in table}:
                mass = sum(p for key, p in table.items() if key[g] == value)
                close(particles.weight[values == value].sum(), mass)
    table = recon.conventions.set_index(conventions_by)["probability"]
    for key in table.index.intersection(list(conventions)):
        close(table[key], conventions[key])
