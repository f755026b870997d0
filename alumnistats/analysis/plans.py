"""`plan`: how many respondents would settle each claim, and what this survey could have found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.analysis.choices import Choices
from alumnistats.analysis.detectable import detectable_table, effective_size
from alumnistats.analysis.estimates import ranked_measures
from alumnistats.analysis.pipeline import Analysis, Report, silent
from alumnistats.arguments import RULES, checked, optional
from alumnistats.arrays import FloatArray, IntArray, check_level
from alumnistats.brief import short_repr
from alumnistats.claims import Evidence, decisions_of, posterior_shares, sizes_of, unit_of
from alumnistats.claims.outcome import Unit
from alumnistats.errors import ArgumentError, closest, listed
from alumnistats.parallel import one_thread
from alumnistats.planning import (
    POWER,
    Assurance,
    Decision,
    DecisionRange,
    GroupOrder,
    NeededSize,
    OptionOrder,
    PairBeyond,
    ShareBeyond,
    ShareWithin,
    assurance,
    best_sizes,
    needed_sizes,
    simulate_counts,
)
from alumnistats.posterior import estimate_measure
from alumnistats.reconstruction import reconstruct
from alumnistats.sources import load_survey
from alumnistats.survey import Claim, Survey, labelled

if TYPE_CHECKING:
    import pandas as pd

SAMPLES = 10_000  # simulated surveys: a standard error of at most 0.005
DRAWS = 4_000  # of the posterior, for assurance: a standard error of at most 0.008
POINTS = 20  # of a curve over sizes
SMALLEST, LARGEST = 10, 10_000  # of a curve, if no size is enough
FROM, TO = 0.05, 2.0  # times the needed size: where a curve begins and ends
ASSURED = np.unique(np.geomspace(10, 1e5, 31).astype(np.int64))  # sizes tried for assurance
HOPELESS = 10_000  # the largest of them if no size is enough: the curve is nearly at its limit


@dataclass(frozen=True, eq=False)
class PlannedClaim:
    """A claim, what would establish it, and how many respondents it had.

    Attributes
    ----------
    claim : Claim
    decision : Decision
        Of the solution with the median of `needed`.
    sizes : ndarray of int, shape (groups,)
        Effective respondents of every share of the decision: divided by the design effect.
    needed : NeededSize
        Respondents of every group (or in all), over the solutions, not divided.
    unit : {"per group", "in all", "per survey"}
    asked : float
        Share of all respondents who were asked the claim's question, in (0, 1].
    assured : Assurance or None
        Over effective respondents.
    """

    __repr__ = short_repr

    claim: Claim
    decision: Decision
    sizes: IntArray
    needed: NeededSize
    unit: Unit
    asked: float
    assured: Assurance | None = None

    @property
    def members(self) -> IntArray:
        """Groups that the claim is about: places in `sizes`; of both surveys this one."""
        if self.unit == "per survey":
            return np.array([0])
        if isinstance(self.decision, GroupOrder):
            return np.unique(self.decision.pairs)
        return np.arange(len(self.sizes))

    def effective(self, design_effect: float) -> float:
        """Return the median of `needed` in independent respondents."""
        return float(np.floor(self.needed.median / design_effect))

    @property
    def method(self) -> str:
        """How the power with equal sizes is had: "exact", or a "lower bound"."""
        several = isinstance(self.decision, OptionOrder) and len(self.decision.only) > 1
        return "lower bound" if several else "exact"


@dataclass(frozen=True, eq=False)
class Plan:
    """What would settle the claims of a survey; each table is a data frame.

    Attributes
    ----------
    survey : Survey
    claims : list of PlannedClaim
        Those that some number of respondents could settle, if the shares are as claimed.
    plan : DataFrame
        One row a claim: id, kind, comparisons (how many must all be significant), power (of the
        survey as it was), error (standard error where simulated), method, power_low, power_high
        (bounds from each comparison alone), needed_n (respondents with which the power stays at its
        target: the median over the solutions), needed_low, needed_high (the middle 80% of them),
        needed_unit ("per group", "in all" or, of a change, "per survey"), groups (that the claim is
        about), survey_total (respondents that they had, together), needed_total (of all
        groups together), needed_asked
        (respondents of the survey, if as many as here are asked the question), allocated_total
        (in all, if divided best; for claims about groups), allocated_power and its
        allocated_error, assurance (of a
        survey with the needed_n), assured_n (with which the assurance reaches the target; infinite
        if none up to 100,000 does),
        assured_limit (which no size exceeds), claim_en, claim_ja. The assurance columns are empty
        unless asked for.
    allocation : DataFrame
        id, group, share, survey_n, equal_n, best_n.
    power_curves : DataFrame
        id, n, power, error, method ("exact", "lower bound", "assurance").
    detectable : DataFrame
        of, group_a (larger share), group_b, n_a, n_b, base (share of group_b), observed
        (difference), one_sided (smallest difference found with the target power by one test),
        all_pairs (the same two-sided, with all pairs tested). Groups are empty in the row of two
        typical groups, of median size and share.
    power, level, design_effect, seed
        As asked for.
    """

    __repr__ = short_repr

    survey: Survey
    claims: list[PlannedClaim]
    plan: pd.DataFrame
    allocation: pd.DataFrame
    power_curves: pd.DataFrame
    detectable: pd.DataFrame
    power: float
    level: float
    design_effect: float
    seed: int

    @one_thread()
    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name, with labels beside ids."""
        names = ("plan", "allocation", "power_curves", "detectable")
        return {name: labelled(self.survey, getattr(self, name)) for name in names}


def _power_as_it_was(one: PlannedClaim, seed: int) -> tuple[float, float, str]:
    """Return the power with the survey's own sizes, its standard error, and how it was had."""
    decision, sizes = one.decision, one.sizes
    if isinstance(decision, ShareBeyond | ShareWithin):
        return float(decision.power_of(sizes).prod()), 0.0, "exact"
    if isinstance(decision, PairBeyond):
        return decision.power_at(int(sizes[0]), int(sizes[1])), 0.0, "exact"
    if isinstance(decision, OptionOrder) or len(np.unique(sizes[one.members])) == 1:
        return float(decision.power(sizes[one.members][:1])[0]), 0.0, one.method
    return (*_simulated(decision, sizes, seed), "simulated")


def _simulated(decision: GroupOrder, sizes: IntArray, seed: int) -> tuple[float, float]:
    counts = simulate_counts(decision.shares, sizes[None], SAMPLES, seed)[0]
    power = float(decision.decided(counts, sizes).mean())
    return power, float(np.sqrt(power * (1 - power) / SAMPLES))


def _claim_row(one: PlannedClaim, power: float, design_effect: float, seed: int) -> dict[str, Any]:
    decision, claim, needed = one.decision, one.claim, one.needed.median
    now, error, method = _power_as_it_was(one, seed)
    bounds = decision.bounds(one.sizes)
    row = {
        "id": claim.id, "kind": claim.kind, "comparisons": decision.comparisons, "power": now,
        "error": error, "method": method, "power_low": bounds.low, "power_high": bounds.high,
        "needed_n": needed, "needed_low": one.needed.low, "needed_high": one.needed.high,
        "needed_unit": one.unit, "groups": len(one.members),
        "survey_total": float(one.sizes[one.members].sum() * design_effect),
        "needed_total": needed * len(one.members),
        # A quotient that is whole up to errors of floats is whole.
        "needed_asked": np.ceil(np.round(needed * len(one.members) / one.asked, 6)),
    }  # fmt: skip
    best = None
    if isinstance(decision, GroupOrder):
        best = best_sizes(decision, power, equal=one.effective(design_effect))
    if best is not None and isinstance(decision, GroupOrder):
        best = np.maximum(best, 1)
        row["allocated_total"] = float(np.ceil(best[one.members] * design_effect).sum())
        row["allocated_power"], row["allocated_error"] = _simulated(decision, best, seed)
    elif isinstance(decision, GroupOrder):
        row["allocated_total"] = float("inf")
    if one.assured is not None:
        effective = needed / design_effect
        at = np.interp(np.log(effective), np.log(one.assured.n), one.assured.value)
        row["assurance"] = one.assured.limit if np.isinf(effective) else float(at)
        row["assured_n"] = np.ceil(one.assured.size(power) * design_effect)
        row["assured_limit"] = one.assured.limit
    return row | {"claim_en": claim.text.en, "claim_ja": claim.text.ja}


def _allocation_rows(
    one: PlannedClaim, survey: Survey, power: float, design_effect: float
) -> list[dict[str, Any]]:
    if not isinstance(one.decision, GroupOrder):
        return []
    best = best_sizes(one.decision, power, equal=one.effective(design_effect))
    return [
        {
            "id": one.claim.id, "group": survey.group_ids[g], "share": one.decision.shares[g],
            "survey_n": round(float(one.sizes[g] * design_effect)), "equal_n": one.needed.median,
            "best_n": np.inf if best is None else np.ceil(max(best[g], 1) * design_effect),
        }
        for g in one.members
    ]  # fmt: skip


def _curve_rows(one: PlannedClaim, design_effect: float) -> list[dict[str, Any]]:
    needed = one.needed.median
    first, last = (FROM * needed, TO * needed) if np.isfinite(needed) else (SMALLEST, LARGEST)
    n = np.unique(np.geomspace(max(first, 1), max(last, 2), POINTS).astype(np.int64))
    power = one.decision.power(effective_size(n, design_effect))
    rows = [
        {"id": one.claim.id, "n": int(m), "power": value, "error": 0.0, "method": one.method}
        for m, value in zip(n, power, strict=True)
    ]
    if one.assured is None:
        return rows
    found = one.assured
    return rows + [
        {
            "id": one.claim.id, "n": int(np.ceil(m * design_effect)), "power": value,
            "error": error, "method": "assurance",
        }
        for m, value, error in zip(found.n, found.value, found.error, strict=True)
    ]  # fmt: skip


def _evidence(
    subject: Analysis | Survey | str | Path | None, level: float, seed: int, report: Report,
    **options: Any,
) -> Evidence:  # fmt: skip
    if isinstance(subject, Analysis):
        if options:
            raise ArgumentError(
                "options", sorted(options), "none: the analysis has its reconstruction"
            )
        return Evidence(subject.reconstruction, subject.pooled, level)
    data = subject if isinstance(subject, Survey) else load_survey(subject)
    report("reconstruction")
    return Evidence(reconstruct(data, seed=seed, level=level, **options), {}, level)


def _with_fits(evidence: Evidence, claims: Sequence[Claim], seed: int, report: Report) -> Evidence:
    """Return the evidence with a fit of every measure that a claim compares groups by."""
    fits = dict(evidence.fits)
    for claim in claims:
        of = getattr(claim, "of", None)
        if of in fits or of not in ranked_measures(evidence.recon):
            continue
        report(f"estimates of {of}")
        fits[of] = estimate_measure(
            evidence.recon, of, model=Choices().model, level=evidence.level, seed=seed
        )
    return Evidence(evidence.recon, fits, evidence.level)


def _chosen(survey: Survey, ids: Sequence[str] | None) -> list[Claim]:
    if ids is None:
        return list(survey.claims)
    known = {claim.id: claim for claim in survey.claims}
    for name in ids:
        if name not in known:
            hint = closest(name, known) or listed(known)
            raise ArgumentError("claim", name, f"the id of a claim of the survey. {hint}")
    return [known[name] for name in ids]


@checked({"level": optional(RULES["level"])})
@one_thread()
def plan(
    subject: Analysis | Survey | str | Path | None = None,
    *,
    power: float = POWER,
    level: float | None = None,
    assured: bool = False,
    design_effect: float = 1.0,
    claims: Sequence[str] | None = None,
    seed: int = 0,
    report: Report = silent,
    **options: Any,
) -> Plan:
    """Plan the survey that would settle each claim of a release.

    Parameters
    ----------
    subject : Analysis, Survey, path or id, optional
        The embedded survey when omitted.
    power : float
        Probability, in (0, 1), with which a claim's test is to reject if the shares are as
        reconstructed, on average.
    level : float, optional
        Of the tests; the analysis' own, or 0.95, when omitted.
    assured : bool
        Also average over the posterior of the shares (`planning.assurance`).
    design_effect : float
        Respondents that count as one independent respondent, at least 1; above 1 when several
        come from one firm.
    claims : sequence of str, optional
        Ids; all claims when omitted.
    seed : int
        Of reconstruction and simulation.
    report : callable
        Called with the name of each step as it begins.
    **options
        Of `reconstruct`: sizes, draws.

    Returns
    -------
    Plan

    Raises
    ------
    SurveyFileError, ContradictionError, ArgumentError
    NotRecoveredError
        If too few draws carry the weight of the reconstruction.

    Examples
    --------
    >>> found = plan("america-1969", claims=["quarter"])
    >>> found.plan.columns[:4].tolist()
    ['id', 'kind', 'comparisons', 'power']
    """
    import pandas as pd

    check_level(power, "power")
    if not 1 <= design_effect < np.inf:
        raise ArgumentError("design_effect", design_effect, "a number of at least 1")
    used = level if level is not None else getattr(subject, "level", 0.95)
    check_level(used)
    evidence = _evidence(subject, used, seed, report, **options)
    evidence.recon.check_recovered()
    chosen = _chosen(evidence.survey, claims)
    if assured:
        evidence = _with_fits(evidence, chosen, seed, report)
    planned, rows, shares, curves = [], [], [], []
    for claim in chosen:
        decisions = decisions_of(evidence, claim)
        if decisions is None:
            continue
        report(claim.id)
        one = _planned(evidence, claim, decisions, power, design_effect, seed, assured=assured)
        planned.append(one)
        rows.append(_claim_row(one, power, design_effect, seed))
        shares += _allocation_rows(one, evidence.survey, power, design_effect)
        curves += _curve_rows(one, design_effect)
    report("detectable differences")
    measures = ranked_measures(evidence.recon)
    return Plan(
        evidence.survey,
        planned,
        pd.DataFrame(rows).reindex(columns=PLAN_COLUMNS),
        pd.DataFrame(shares, columns=ALLOCATION_COLUMNS),
        pd.DataFrame(curves, columns=CURVE_COLUMNS),
        detectable_table(evidence, measures, power, design_effect),
        power, used, design_effect, seed,
    )  # fmt: skip


PLAN_COLUMNS = [
    "id", "kind", "comparisons", "power", "error", "method", "power_low", "power_high", "needed_n",
    "needed_low", "needed_high", "needed_unit", "groups", "survey_total", "needed_total",
    "needed_asked", "allocated_total", "allocated_power", "allocated_error", "assurance",
    "assured_n", "assured_limit", "claim_en", "claim_ja",
]  # fmt: skip
ALLOCATION_COLUMNS = ["id", "group", "share", "survey_n", "equal_n", "best_n"]
CURVE_COLUMNS = ["id", "n", "power", "error", "method"]


def _planned(
    evidence: Evidence, claim: Claim, decisions: DecisionRange[Any], power: float,
    design_effect: float, seed: int, *, assured: bool,
) -> PlannedClaim:  # fmt: skip
    sizes = sizes_of(evidence, claim)
    everybody = evidence.recon.particles.sizes.T @ evidence.recon.particles.weight
    group = getattr(claim, "group", None)
    if group in evidence.survey.group_ids:
        everybody = everybody[[evidence.survey.group_ids.index(group)]]
    unit = unit_of(evidence, claim)
    here = sizes[:1] if unit == "per survey" else sizes
    asked = min(float(here.sum() / everybody.sum()), 1.0)
    sizes = effective_size(sizes, design_effect)
    decision, sizing = decisions.median, needed_sizes(decisions, power)
    needed = NeededSize(
        *(float(np.ceil(n * design_effect)) for n in (sizing.median, sizing.low, sizing.high))
    )
    found = None
    if assured:
        theta: FloatArray = posterior_shares(evidence, claim, DRAWS, seed)
        enough = assurance(decision, theta, ASSURED[:1], seed).limit >= power
        tried = ASSURED if enough else ASSURED[ASSURED <= HOPELESS]
        found = assurance(decision, theta, tried, seed)
    return PlannedClaim(claim, decision, sizes, needed, unit, asked, found)
