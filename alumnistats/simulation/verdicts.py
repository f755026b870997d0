"""How often is a verdict wrong? Claims of simulated releases, judged, beside the truth.

Each release is judged on three sorts of claims: on those of its own figures, as releases make them;
on those that an earlier survey of the same population would have made, which the data that judge
them did not choose; and on those that miss the truth by least. Tests promise that of false claims
which the data did not choose at most alpha are supported, and come near it in the third sort only;
what the choice by the same data adds is seen in the first.

The judge is an argument: what judges claims lies above this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from alumnistats.intervals import interval
from alumnistats.simulation.claims_made import KINDS, Record, claims_of, holds
from alumnistats.simulation.populations import (
    FACTORS,
    PUBLISHED,
    SAMPLINGS,
    TRUTHS,
    Cell,
    Population,
    Respondents,
    Shares,
    draw_population,
    draw_respondents,
    draw_rounding,
    print_shares,
    survey_of,
)
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

Chosen = Literal["by its own figures", "by an earlier survey", "just beyond the truth"]
CHOSEN: tuple[Chosen, ...] = get_args(Chosen)
Made = list[tuple[Chosen, str, Record, bool]]
"""Claims: by what they were chosen, their kind, the record, and whether they are true."""

OVERALL_KIND = "threshold, all"
UNEQUAL_KIND = "threshold, all (groups unequal)"
"""The same claim, said of a population whose groups are not as large as their quotas."""

ALL_KINDS = tuple(
    name for kind in KINDS for name in ((kind, UNEQUAL_KIND) if kind == OVERALL_KIND else (kind,))
)
LEVEL = 0.95  # of the intervals for rates


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one claim.

    Attributes
    ----------
    verdict : str
    test, posterior : bool
        Whether the test alone, and the posterior probability alone, would establish the claim.
    fails : bool
        Whether it is said to fail among the respondents, whatever the solution.
    """

    verdict: str
    test: bool
    posterior: bool
    fails: bool


Judge = Callable[[Survey, int], Mapping[str, Judgement]]
"""Given a survey and a seed, what is said of each of its claims, by id."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim, what is said of it, and the truth.

    Attributes
    ----------
    release : int
    truth, sampling, published : str
        The cell.
    kind : str
    chosen : str
        By which figures the claim was chosen.
    true, held : bool
        Whether it is true of the population, and of the respondents.
    verdict, test, posterior, fails
        As in `Judgement`.
    """

    release: int
    truth: str
    sampling: str
    published: str
    kind: str
    chosen: str
    true: bool
    held: bool
    verdict: str
    test: bool
    posterior: bool
    fails: bool


def cells(groups: int = 7, total: int = 630) -> tuple[Cell, ...]:
    """Return every cell of the design: the truth, the sampling, and what is published."""
    return tuple(
        Cell(truth, sampling, published, groups, total)
        for truth in TRUTHS
        for sampling in SAMPLINGS
        for published in PUBLISHED
    )


def _estimands(
    kind: str, population: Population, respondents: Respondents, cell: Cell
) -> dict[str, Shares]:
    """Return, by the name of the kind, the shares that a claim may be said of.

    With quotas the share of all is that of the groups as they were sampled; said of the population
    it is another, which is a kind of its own.
    """
    if cell.sampling == "proportional" or kind != OVERALL_KIND:
        return {kind: population.shares()}
    sampled = population.shares(respondents.n.astype(float))
    return {kind: sampled, UNEQUAL_KIND: population.shares()}


def judge_release(release: int, cell: Cell, judge: Judge, seed: int = 0) -> list[Verdict]:
    """Simulate one release with its claims, and judge them.

    Parameters
    ----------
    release : int
        Which release of the run; it, the cell and the seed decide everything.
    cell : Cell
    judge : callable
        As `Judge`; what it raises is the caller's.
    seed : int

    Returns
    -------
    list of Verdict
        A row a claim.
    """
    at = [list(values).index(getattr(cell, factor)) for factor, values in FACTORS.items()]
    rng = np.random.default_rng([seed, *at, release])
    population = draw_population(cell, rng)
    rounding = draw_rounding(rng)
    earlier, own = (draw_respondents(population, cell, rng) for _ in range(2))
    printed = print_shares(own, cell, rounding)
    made: Made = []
    for chosen, figures in zip(
        CHOSEN[:2], (printed, print_shares(earlier, cell, rounding)), strict=True
    ):
        for kind, record in claims_of(figures).items():
            for name, shares in _estimands(kind, population, own, cell).items():
                made.append((chosen, name, record, holds(kind, record, shares)))
    for kind in KINDS:
        for name, shares in _estimands(kind, population, own, cell).items():
            missed = KINDS[kind].miss(shares)
            if missed is not None:
                made.append((CHOSEN[-1], name, missed, holds(kind, missed, shares)))
    text = {"en": "A claim.", "ja": "主張。"}
    records = [one[2] | {"id": f"claim-{i}", "text": text} for i, one in enumerate(made)]
    found = judge(survey_of(printed, own, cell, records), int(rng.integers(2**31)))
    return [
        Verdict(
            release, cell.truth, cell.sampling, cell.published, kind, chosen, true,
            held=holds(_of_kind(kind), record, own.shares), **asdict(found[f"claim-{i}"]),
        )
        for i, (chosen, kind, record, true) in enumerate(made)
    ]  # fmt: skip


def _of_kind(name: str) -> str:
    """Return the kind in `KINDS` that a name of a table belongs to."""
    return OVERALL_KIND if name == UNEQUAL_KIND else name


RATES: dict[str, tuple[str, str]] = {
    "false_supported": ("supported", "false"),
    "wrong_of_supported": ("false", "supported"),
    "true_supported": ("supported", "true"),
    "true_contradicted": ("contradicted", "true"),
    "false_by_test": ("test", "false"),
    "false_by_posterior": ("posterior", "false"),
}
"""Rates by name: how many are the one, of those that are the other."""

COUNTED = ("true", "supported", "not supported", "contradicted", "undetermined")
ALL = "all"


def error_rates(verdicts: Iterable[Verdict] | pd.DataFrame) -> pd.DataFrame:
    """Return how often verdicts are wrong, by kind of claim and by level of each factor.

    Parameters
    ----------
    verdicts : iterable of Verdict, or DataFrame with its attributes as columns

    Returns
    -------
    DataFrame
        kind, chosen, factor and level ("all" and "all" for every cell together); counts of claims:
        claims, true, supported, not_supported, contradicted, undetermined, held_contradicted (said
        to fail among the respondents, and do not); then of each of `RATES` the rate with the ends
        of its Clopper-Pearson interval (name, name_lower, name_upper; missing where there is no
        such claim). One claim of a kind a release, so that claims are independent.

    Examples
    --------
    >>> from alumnistats.simulation.verdicts import Verdict, error_rates
    >>> cell = ("close", "quotas", "shares")
    >>> said = ("by its own figures", False, True, "supported", True, True, False)
    >>> row = Verdict(0, *cell, "first", *said)
    >>> rates = error_rates([row])
    >>> int(rates.loc[0, "supported"]), float(rates.loc[0, "false_supported"])
    (1, 1.0)
    """
    import pandas as pd

    table = verdicts if isinstance(verdicts, pd.DataFrame) else pd.DataFrame(map(asdict, verdicts))
    parts = [(ALL, ALL, table)]
    for factor, levels in FACTORS.items():
        parts += [(factor, level, table[table[factor] == level]) for level in levels]
    rows = []
    for kind, chosen, (factor, level, part) in product(ALL_KINDS, CHOSEN, parts):
        some = part[(part["kind"] == kind) & (part["chosen"] == chosen)]
        if len(some):
            which = {"kind": kind, "chosen": chosen, "factor": factor, "level": level}
            rows.append(which | _counted(some))
    return pd.DataFrame(rows)


def _counted(table: pd.DataFrame) -> dict[str, Any]:
    """Return counts and rates of claims of one kind."""
    marks = {name: table[name].to_numpy(dtype=bool) for name in ("true", "test", "posterior")}
    marks["false"] = ~marks["true"]
    marks |= {name: (table["verdict"] == name).to_numpy() for name in COUNTED[1:]}
    found: dict[str, Any] = {"claims": len(table)}
    found |= {name.replace(" ", "_"): int(marks[name].sum()) for name in COUNTED}
    found["held_contradicted"] = int((table["fails"] & table["held"]).sum())
    for name, (event, of) in RATES.items():
        k, n = int((marks[event] & marks[of]).sum()), int(marks[of].sum())
        lower, upper = interval(k, n, "clopper-pearson", LEVEL) if n else (np.nan, np.nan)
        found |= {name: k / n if n else np.nan, f"{name}_lower": float(lower)}
        found[f"{name}_upper"] = float(upper)
    return found
