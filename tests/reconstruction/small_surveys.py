"""Random small surveys: respondents are drawn, asked, counted, rounded and printed.

So every survey has a solution, the truth. What a press office may do is drawn too: which groups it
prints, lists complete or not, overall figures of options and of measures, sums of rounded parts, a
second question asked of some only, a total or none, sizes of some groups, and the number of
decimals. Sizes are such that `exact_posterior` enumerates everything in about a second.
"""

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from documented_sizes import usual_sizes
from exact_scenarios import RULES
from exact_trees import printed_units

from alumnistats.errors import AlumniStatsError, ContradictionError, UndecidedError
from alumnistats.reconstruction import from_survey
from alumnistats.reconstruction.solutions import standard_error
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

PRIORS = ("quota", "free", "dirichlet", "shortfall", "mixture")
LARGEST_TRUE = {2: 20, 3: 8, 4: 5}  # respondents in a group, by the number of groups
LARGEST_WITHOUT_TOTAL = {2: 13, 3: 7, 4: 4}
ATTEMPTS = 200

# A z beyond 5 happens by chance in one of 1.7 million normal errors; about 50 are looked at in a
# survey. Log evidences have one error a survey.
SIGMAS, SIGMAS_OF_EVIDENCE = 5.0, 4.0
LOG_EVIDENCE = 0.01  # what a log evidence may be off beside its Monte Carlo error


@dataclass(frozen=True)
class SmallSurvey:
    """A survey with what is to be done with it, and how it came about.

    Attributes
    ----------
    survey : Survey
    prior : str
        On sizes.
    largest : int
        Largest size that a group may have: all that the total leaves room for, if there is one.
    sizes : tuple of int
        The true ones.
    conventions : dict
        The true ones.
    text : str
        The file.
    """

    survey: Survey
    prior: str
    largest: int
    sizes: tuple
    conventions: dict
    text: str


def small_survey(seed: int) -> Survey:
    """Return the survey of a seed."""
    return small_case(seed).survey


def small_case(seed: int) -> SmallSurvey:
    """Return the survey of a seed, with a prior and a limit."""
    rng = np.random.default_rng(seed)
    for _ in range(ATTEMPTS):  # releases that plain arithmetic refuses are drawn again
        draft = _Draft(rng, f"small-{seed}")
        try:
            survey = loaded(draft.text)
        except AlumniStatsError:
            continue
        groups = len(survey.groups)
        largest = draft.largest
        if survey.total is not None:
            largest = survey.total - groups + 1
        prior = str(rng.choice(PRIORS, p=[0.4, 0.2, 0.15, 0.1, 0.15]))
        return SmallSurvey(survey, prior, largest, draft.sizes, draft.conventions, draft.text)
    raise AssertionError(f"no survey of {ATTEMPTS} drawn with seed {seed} could be loaded")


def middling_case(seed: int) -> SmallSurvey:
    """Return a survey of 5 to 12 groups for `direct_convolution`, which has a total."""
    rng = np.random.default_rng(seed)
    for _ in range(ATTEMPTS):
        draft = _MiddlingDraft(rng, f"middling-{seed}")
        try:
            survey = loaded(draft.text)
        except AlumniStatsError:
            continue
        largest = max(usual_sizes(len(survey.groups), survey.total, survey.quota))
        if survey.rankings and max(draft.sizes) <= largest:
            return SmallSurvey(survey, "quota", largest, draft.sizes, draft.conventions, draft.text)
    raise AssertionError(f"no survey of {ATTEMPTS} drawn with seed {seed} could be loaded")


def loaded(text: str) -> Survey:
    """Return the survey of a file's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.toml"
        path.write_text(text, encoding="utf-8")
        return load_survey(path)


class _Draft:
    """One release: the respondents, how they are reported, and the file's text."""

    options = (0.1, 0.6, 0.3)  # how probable it is that the first question has 2, 3, 4 of them
    complete = 0.8  # and that they are all there are

    def __init__(self, rng, name):
        self.rng, self.name = rng, name
        self.groups = int(rng.choice([2, 3, 4], p=[0.4, 0.4, 0.2]))
        self.ids = [f"g{i}" for i in range(self.groups)]
        self.has_total = bool(rng.random() < 0.75)
        self.largest = LARGEST_WITHOUT_TOTAL[self.groups]
        self.sizes, self.quota = self._sizes()
        self.rule = str(rng.choice(list(RULES), p=[0.6, 0.1, 0.1, 0.1, 0.1]))
        self.added = bool(rng.random() < 0.4)
        self.digits = int(rng.choice([0, 1, 2], p=[0.35, 0.5, 0.15]))
        self.figures, self.lists = [], []
        self.blocks = []
        answers = self._first_question()
        if rng.random() < 0.7:
            self._second_question(answers)
        if rng.random() < 0.25:
            self._third_question()
        self.conventions = {
            "rounding": self.rule,
            "subtotals": "sum-of-rounded" if self.added else "rounded-sum",
        }
        self.text = self._text()

    def chance(self, p):
        return bool(self.rng.random() < p)

    def _sizes(self):
        rng, limit = self.rng, LARGEST_TRUE[self.groups]
        if not self.has_total:
            limit = self.largest
        quota = int(rng.integers(2, limit + 1))
        sizes = rng.integers(1, limit + 1, self.groups)
        if self.chance(0.5):
            sizes = np.where(rng.random(self.groups) < 0.75, quota, sizes)
        if sizes.sum() < 6:
            sizes = np.full(self.groups, limit)
        return tuple(sizes.tolist()), quota

    # Answers

    def _first_question(self):
        """Ask everybody for one answer, and return the groups' counts by option."""
        rng = self.rng
        options = ["x", "y", "z", "w"][: int(rng.choice([2, 3, 4], p=self.options))]
        complete = self.chance(self.complete)
        answered = rng.dirichlet([2.0] * (len(options) + (not complete)))
        concentration = float(rng.choice([2.0, 8.0, 40.0]))
        counts = {o: [] for o in options}
        for n in self.sizes:
            shares = rng.dirichlet(np.maximum(concentration * answered, 0.05))
            drawn = rng.multinomial(n, shares)
            for o, k in zip(options, drawn[: len(options)].tolist(), strict=True):
                counts[o].append(k)
        self.blocks.append(_question("q1", "single", options, complete=complete))
        self._print_options("q1", options, counts, self.sizes)
        if len(options) > 2:
            self._measure("m", "q1", ["x", "y"], counts, self.sizes)
        if len(options) > 3 and self.chance(0.4):
            self._measure("r", "q1", ["z", "w"], counts, self.sizes)
        return counts

    def _second_question(self, answers):
        """Ask those who gave some answer to the first question, or everybody, for several ones."""
        rng = self.rng
        some = "q1:x+y" if "z" in answers else "q1:x"
        asked = [sum(k) for k in zip(*(answers[o] for o in some[3:].split("+")), strict=True)]
        bases = [["all"], [some], [some, "all"], ["all", some]][
            int(rng.choice(4, p=[0.25, 0.25, 0.3, 0.2]))
        ]
        base = self.sizes if rng.choice(bases) == "all" else asked
        options = ["o", "p"]
        p = rng.beta(2, 2, size=2)
        counts = {
            o: [int(rng.binomial(n, share)) for n in base]
            for o, share in zip(options, p, strict=True)
        }
        self.blocks.append(_question("q2", "multiple", options, base=bases))
        self._print_options("q2", options, counts, base)

    def _third_question(self):
        rng = self.rng
        counts = {"yes": [int(rng.binomial(n, rng.beta(2, 2))) for n in self.sizes]}
        counts["no"] = [n - k for n, k in zip(self.sizes, counts["yes"], strict=True)]
        self.blocks.append(_question("q3", "single", ["yes", "no"], complete=True))
        self._print_options("q3", ["yes"], counts, self.sizes)

    # Print

    def _print_options(self, question, options, counts, base):
        """Print each option of all respondents, of groups, both or neither."""
        for o in options:
            of = f"{question}:{o}"
            parts = [counts[o]]
            if self.chance(0.55):
                self._overall(of, parts, base, added=False)
            if self.chance(0.3):
                self._by_group(of, parts, base, added=False)

    def _measure(self, name, question, options, counts, base):
        listed = ", ".join(f'"{o}"' for o in options)
        self.blocks.append(
            f'[[measures]]\nid = "{name}"\nquestion = "{question}"\noptions = [{listed}]\n'
            f"label = {_label(name)}\n"
        )
        parts = [counts[o] for o in options]
        if self.chance(0.8):
            self._by_group(name, parts, base, added=self.added)
        if self.chance(0.5):
            self._overall(name, parts, base, added=self.added)

    def _units(self, parts, n, *, added):
        if added:
            return sum(printed_units(k, n, self.digits, self.rule) for k in parts)
        return printed_units(sum(parts), n, self.digits, self.rule)

    def _overall(self, of, parts, base, *, added):
        n = sum(base)
        if n:
            units = self._units([sum(part) for part in parts], n, added=added)
            self.figures.append((of, "overall", units))

    def _by_group(self, of, parts, base, *, added):
        shown = {
            g: self._units([part[i] for part in parts], n, added=added)
            for i, (g, n) in enumerate(zip(self.ids, base, strict=True))
            if n
        }
        listed = self._listed(of, shown) if self.chance(0.6) else set()
        others = self.chance(0.4) and not listed
        for g, units in shown.items():
            if g in listed or others or (not listed and self.chance(0.5)):
                self.figures.append((of, g, units))

    def _listed(self, of, shown):
        """Publish the ends of a ranking, and return the groups that it lists."""
        values = sorted(set(shown.values()))
        listed = set()
        ends = [["highest"], ["lowest"], ["highest", "lowest"]][int(self.rng.integers(3))]
        for end in ends:
            order = values[::-1] if end == "highest" else values
            length = int(self.rng.integers(1, max(len(order) // len(ends), 1) + 1))
            places = [[g for g, u in shown.items() if u == value] for value in order[:length]]
            # A group of which nobody was asked has no share, and no place.
            complete = self.chance(0.75) and len(shown) == self.groups
            self.lists.append((of, end, places, complete))
            listed |= {g for place in places for g in place}
        return listed

    def _text(self):
        head = [
            "format = 1",
            f'id = "{self.name}"',
            *([f"total = {sum(self.sizes)}"] if self.has_total else []),
            *([f"quota = {self.quota}"] if self.chance(0.1) else []),
            f"title = {_label(self.name)}",
            'source = { publisher = "x", url = "https://example.org/x", cite = "x" }\n',
        ]
        some = self.chance(0.2)
        groups = [
            f'[[groups]]\nid = "{g}"\nlabel = {_label(g)}\n'
            + (f"n = {n}\n" if some and self.chance(0.4) else "")
            for g, n in zip(self.ids, self.sizes, strict=True)
        ]
        figures = [
            f'[[figures]]\nof = "{of}"\ngroup = "{g}"\npercent = "{_percent(u, self.digits)}"\n'
            'at = "p"\n'
            for of, g, u in self.figures
        ]
        lists = [
            f'[[rankings]]\nof = "{of}"\nfrom = "{end}"\nplaces = {_quoted(places)}\n'
            f'complete = {str(complete).lower()}\nat = "p"\n'
            for of, end, places, complete in self.lists
        ]
        blocks = sorted(self.blocks, key=lambda b: b.startswith("[[measures"))  # questions first
        return "\n".join([*head, *groups, *blocks, *figures, *lists])


class _MiddlingDraft(_Draft):
    """A release on more groups and respondents, with the ends of one ranking and one overall share.

    So only sizes and one count are tied, and most groups print alike.
    """

    options = (0.0, 1.0, 0.0)
    complete = 1.0

    def _sizes(self):
        rng = self.rng
        self.groups = int(rng.integers(5, 13))
        self.ids = [f"g{i}" for i in range(self.groups)]
        self.has_total = True
        quota = int(rng.integers(15, 50))
        sizes = np.where(rng.random(self.groups) < 0.7, quota, rng.integers(8, 60, self.groups))
        return tuple(sizes.tolist()), quota

    def _print_options(self, _question, _options, counts, base):
        self._overall("q1:z", [counts["z"]], base, added=False)

    def _by_group(self, of, parts, base, *, added):
        shown = {
            g: self._units([part[i] for part in parts], n, added=added)
            for i, (g, n) in enumerate(zip(self.ids, base, strict=True))
        }
        for end in ("highest", "lowest"):
            values = sorted(set(shown.values()), reverse=end == "highest")
            places = [[g for g, u in shown.items() if u == value] for value in values[:2]]
            self.lists.append((of, end, places, True))
        listed = {g for *_, places, _ in self.lists for place in places for g in place}
        self.figures += [(of, g, u) for g, u in shown.items() if g in listed]

    def _overall(self, of, parts, base, *, added):
        if of == "q1:z":  # the measure's own would be a second tie where parts are added
            super()._overall(of, parts, base, added=added)

    def _second_question(self, answers):
        """Ask nothing more."""

    def _third_question(self):
        """Ask nothing more."""


def _label(text):
    return f'{{ en = "{text}", ja = "{text}" }}'


def _quoted(places):
    return "[" + ", ".join("[" + ", ".join(f'"{g}"' for g in p) + "]" for p in places) + "]"


def _question(name, answers, options, *, complete=False, base=("all",)):
    listed = ", ".join(f'{{ id = "{o}", label = {_label(o)} }}' for o in options)
    text = f'[[questions]]\nid = "{name}"\nlabel = {_label(name)}\nanswers = "{answers}"\n'
    if answers == "single":
        text += f"complete = {str(complete).lower()}\n"
    bases = ", ".join(f'"{b}"' for b in base)
    return text + f"base = [{bases}]\noptions = [{listed}]\n"


def _percent(units, digits):
    scale = 10**digits
    return f"{units // scale}.{units % scale:0{digits}d}" if digits else str(units)


# The engine against the enumeration.


@dataclass(frozen=True)
class Comparison:
    """How far a reconstruction is from the exact posterior.

    Attributes
    ----------
    largest_z : float
        Of all probabilities of sizes, conventions and counts, by the effective draws.
    where : str
        Which probability that is, with both values.
    log_evidence : float
        Exact.
    gap : float
        Log evidence of the reconstruction minus the exact one; NaN if it is a contradiction.
    error : float
        Monte Carlo standard error of the log evidence.
    effective : float
        Effective draws.
    contradiction : bool
        Whether the reconstruction is one although there are solutions.
    """

    largest_z: float
    where: str
    log_evidence: float
    gap: float
    error: float
    effective: float
    contradiction: bool

    @property
    def agrees(self) -> bool:
        """Whether chance explains all of it: fewer than one survey in ten thousand is unlucky."""
        close = abs(self.gap) < LOG_EVIDENCE + SIGMAS_OF_EVIDENCE * self.error
        return not self.contradiction and close and self.largest_z < SIGMAS


def within_tables(survey, prior, largest, seed, **options):
    """Return the reconstruction with no size beyond `largest`; None if nothing is found.

    What lies beyond is missing from the enumeration, too, and so is no part of what is left out.
    """
    with patch.object(from_survey, "share_beyond", lambda *_: 0.0):
        try:
            return from_survey.reconstruct(
                survey, prior, largest=largest, seed=seed, explain=False, **options
            )
        except (ContradictionError, UndecidedError):
            return None


def compare(survey, exact, recon) -> Comparison:
    """Hold a reconstruction against the exact posterior; `recon` is None if nothing was found.

    A probability p has the standard error sqrt(p (1 - p) / n) with n effective draws, that which
    the reconstruction says where that is larger (few draws may stand for an improbable total), and
    no less than 1 / n: of what is improbable a single draw is no surprise.
    """
    nan, truth = math.nan, exact.log_evidence
    if recon is None:  # a prior may rule out what is true
        solved = math.isfinite(truth)
        return Comparison(0.0, "", truth, nan if solved else 0.0, 0.0, 0.0, solved)
    particles = recon.particles
    if not math.isfinite(truth):
        return Comparison(math.inf, "no solution", truth, math.inf, nan, particles.ess, False)
    n = particles.ess
    worst, where = 0.0, ""
    for name, found, told, p in _probabilities(survey, exact, recon):
        error = max(math.sqrt(max(p * (1 - p), 0.0) / n), told, 1 / n)
        z = max(abs(found - p) - recon.left_out - 1e-9, 0.0) / error
        if z > worst:
            worst, where = z, f"{name}: {found:.4f} for {p:.4f}"
    # Where nearly all draws are solutions the weights' own variation is the error, and that of how
    # many are; otherwise it is not known how many were drawn for those that are.
    kept = len(particles.weight)
    once = 0.9 * recon.draws < kept <= 1.1 * recon.draws
    drawn = max(kept, recon.draws) if once else math.inf
    error = math.sqrt(max(1 / n - 1 / drawn, 0.0))
    # Where sizes and counts are published nothing is drawn, and no evidence is reported.
    gap = particles.log_evidence - truth if recon.models else 0.0
    return Comparison(worst, where, truth, gap, error, n, False)


def _probabilities(survey, exact, recon):
    """Yield the name of a probability, the reconstruction's with its error, and the exact one."""
    particles, groups = recon.particles, survey.group_ids
    laws = [(f"n of {groups[g]}", particles.sizes[:, g], law) for g, law in enumerate(exact.sizes)]
    for (name, options, g), law in exact.counts.items():
        node = recon.trees[name].index(options)
        if (name, node) in particles.counts:
            counted = f"{name}:{'+'.join(sorted(options))} of {groups[g]}"
            laws.append((counted, particles.counts[name, node][:, g], law))
    for name, values, law in laws:
        for value in sorted({*law, *np.unique(values).tolist()}):
            found, told = float(particles.weight[values == value].sum()), 0.0
            if found > 0:
                told = standard_error(values == value, particles.weight)
            yield f"{name} = {value}", found, told, law.get(value, 0.0)
    table = recon.conventions.set_index(["dimension", "subject", "value"])
    for key, found, told in zip(table.index, table["probability"], table["error"], strict=True):
        yield "/".join(key), float(found), float(told), exact.conventions.get(key, 0.0)
