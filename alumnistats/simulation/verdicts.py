"""How often is a verdict wrong? Claims of simulated releases, judged, beside the truth.

Each release makes its claims twice: of its own figures, as releases do, and of those of an earlier
survey of the same population (a pilot), so that the data which judge a claim did not choose it.
Tests promise that of claims of the second sort which are false at most alpha are supported; what
the choice by the same data adds is seen in the first.

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

Chosen = Literal["by its own figures", "by an earlier survey"]
CHOSEN: tuple[Chosen, ...] = get_args(Chosen)
PREFIXES: dict[Chosen, str] = {"by its own figures": "own", "by an earlier survey": "earlier"}

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


def _named(claims: Mapping[str, Record], prefix: str) -> list[Record]:
    text = {"en": "A claim.", "ja": "主張。"}
    return [
        record | {"id": f"{prefix}-{i}", "text": text} for i, record in enumerate(claims.values())
    ]


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
    made: dict[Chosen, dict[str, Record]] = {
        "by its own figures": claims_of(printed),
        "by an earlier survey": claims_of(print_shares(earlier, cell, rounding)),
    }
    records = [r for chosen, claims in made.items() for r in _named(claims, PREFIXES[chosen])]
    found = judge(survey_of(printed, own, cell, records), int(rng.integers(2**31)))
    rows = []
    for chosen, claims in made.items():
        for i, (kind, record) in enumerate(claims.items()):
            said = asdict(found[f"{PREFIXES[chosen]}-{i}"])
            held = holds(kind, record, own.shares)
            for name, shares in _estimands(kind, population, own, cell).items():
                true = holds(kind, record, shares)
                rows.append(
                    Verdict(
                        release, cell.truth, cell.sampling, cell.published, name, chosen,
                        true, held, **said,
                    )
                )  # fmt: skip
    return rows


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
        lower, upper = interval(k, n, "clopper_pearson", LEVEL) if n else (np.nan, np.nan)
        found |= {name: k / n if n else np.nan, f"{name}_lower": float(lower)}
        found[f"{name}_upper"] = float(upper)
    return found
