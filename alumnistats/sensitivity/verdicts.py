"""How often verdicts stay what they are under the base, and which choices change them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.claims import Verdict
from alumnistats.errors import ArgumentError, listed
from alumnistats.sensitivity.dimensions import dimension_names

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.sensitivity.outcomes import ScenarioOutcomes

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
SUMMARY = [
    "claim", "base_verdict", "scenarios", "stays", "share",
    *(verdict.replace(" ", "_") for verdict in VERDICTS),
    "lowest_probability", "highest_probability", "depends_on",
]  # fmt: skip
FLIPS = [
    "claim", "dimension", "base_value", "value", "scenarios", "keep", "share_kept",
    "base_verdict", "verdict_alone",
]  # fmt: skip
SAME = 1e-3  # probabilities within this of each other are printed alike
NOBODY = -1  # the code of a scenario without a verdict, because it failed


def claim_ids(result: ScenarioOutcomes) -> tuple[str, ...]:
    """Return the claims in the order of the survey."""
    return tuple(claim.id for claim in result.survey.claims)


def check_claim(result: ScenarioOutcomes, claim: str) -> None:
    """Raise ArgumentError if the survey has no such claim."""
    if claim not in claim_ids(result):
        raise ArgumentError("claim", claim, listed(claim_ids(result)))


def outcomes(result: ScenarioOutcomes, name: str) -> npt.NDArray[Any]:
    """Return one outcome of every scenario and claim.

    Parameters
    ----------
    result : Sensitivity
    name : str
        "probability", "p_value" and so on, or "verdict".

    Returns
    -------
    array, shape (scenarios, claims)
        Numbers, NaN where there is none; verdicts as positions in `VERDICTS`, -1 where there is
        none.
    """
    position = {claim: i for i, claim in enumerate(claim_ids(result))}
    coded = name == "verdict"
    shape = (len(result.finished), len(position))
    found = np.full(shape, NOBODY) if coded else np.full(shape, np.nan)
    for index, scenario in enumerate(result.finished):
        for claim in scenario.claims:
            value = claim[name]
            if value is not None:
                found[index, position[claim["id"]]] = VERDICTS.index(value) if coded else value
    return found


def codes(result: ScenarioOutcomes) -> dict[str, IntArray]:
    """Return each dimension's values as numbers, in order of appearance; shape (scenarios,)."""
    found = {}
    settings = [scenario.settings() for scenario in result.plan.scenarios]
    for name in dimension_names():
        known: dict[Any, int] = {}
        found[name] = np.array([known.setdefault(s[name], len(known)) for s in settings])
    return found


def varied(result: ScenarioOutcomes) -> tuple[str, ...]:
    """Return the dimensions that have more than one value."""
    return tuple(name for name, code in codes(result).items() if code.max() > 0)


def twins(code: dict[str, IntArray], name: str) -> IntArray:
    """Return, for each scenario, the number of the set that differs in `name` only."""
    others = np.column_stack([values for other, values in code.items() if other != name])
    return np.unique(others, axis=0, return_inverse=True)[1].ravel()


def hinges(
    code: dict[str, IntArray], names: Sequence[str], verdict: IntArray
) -> dict[str, FloatArray]:
    """Return, by dimension, how often a change of it alone changes each claim's verdict.

    Parameters
    ----------
    code : dict of array, shape (scenarios,)
    names : sequence of str
    verdict : array, shape (scenarios, claims)
        -1 for none.

    Returns
    -------
    dict of array, shape (claims,)
        Of the sets of scenarios that differ in that dimension only, the share that holds more than
        one verdict; in [0, 1].
    """
    found = {}
    for name in names:
        sets = twins(code, name)
        shape = (sets.max() + 1, verdict.shape[1])
        low, high = np.full(shape, len(VERDICTS)), np.full(shape, NOBODY)
        np.minimum.at(low, sets, np.where(verdict == NOBODY, len(VERDICTS), verdict))
        np.maximum.at(high, sets, verdict)
        several = np.bincount(sets) > 1
        found[name] = (high > low)[several].mean(axis=0) if several.any() else np.zeros(shape[1])
    return found


def depends_on(result: ScenarioOutcomes) -> dict[str, tuple[str, ...]]:
    """Return, by claim, the choices of which a change alone ever changes the verdict.

    The one that does so most often comes first.
    """
    verdict = outcomes(result, "verdict")
    often = hinges(codes(result), varied(result), verdict)
    return {
        claim: tuple(sorted((n for n in often if often[n][j] > 0), key=lambda n: -often[n][j]))
        for j, claim in enumerate(claim_ids(result))
    }


def alone(code: dict[str, IntArray], name: str) -> IntArray:
    """Return the scenarios that differ from the base, the first, in `name` at most."""
    return np.flatnonzero(twins(code, name) == twins(code, name)[0])


def varying_claims(result: ScenarioOutcomes) -> tuple[str, ...]:
    """Return the claims to which the base gives a probability, and others another."""
    probability = outcomes(result, "probability")
    found = []
    for j, claim in enumerate(claim_ids(result)):
        known = probability[:, j][np.isfinite(probability[:, j])]
        if np.isfinite(probability[0, j]) and known.max() - known.min() > SAME:
            found.append(claim)
    return tuple(found)


def summary(result: ScenarioOutcomes) -> pd.DataFrame:
    """Return one row a claim.

    Columns: claim; base_verdict; scenarios (that did not fail); stays (those with the verdict of
    the base) and share; the share of each verdict; the lowest and highest probability; depends_on:
    the choices of which a change, all others being equal, ever changes the verdict, the one that
    does so most often first.
    """
    import pandas as pd

    verdict, probability = outcomes(result, "verdict"), outcomes(result, "probability")
    depending = depends_on(result)
    rows = []
    for j, claim in enumerate(claim_ids(result)):
        there = verdict[:, j][verdict[:, j] != NOBODY]
        base = verdict[0, j]
        shares = [float((there == v).mean()) if len(there) else np.nan for v in range(4)]
        stays = int((there == base).sum())
        known = probability[:, j][np.isfinite(probability[:, j])]
        ends = (known.min(), known.max()) if len(known) else (np.nan, np.nan)
        rows.append((
            claim, VERDICTS[base] if base != NOBODY else None, len(there), stays,
            stays / len(there) if len(there) else np.nan, *shares, *ends,
            ", ".join(depending[claim]),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=SUMMARY)


def flips(result: ScenarioOutcomes) -> pd.DataFrame:
    """Return one row for each value of each choice that a verdict depends on.

    Columns: claim, dimension, base_value, value; scenarios with that value that did not fail, how
    many of them keep the verdict of the base, and their share; base_verdict; verdict_alone, when
    nothing but this choice is changed from the base (missing where that was not run).
    """
    import pandas as pd

    code, verdict = codes(result), outcomes(result, "verdict")
    depending = depends_on(result)
    settings = [scenario.settings() for scenario in result.plan.scenarios]
    rows = []
    for j, claim in enumerate(claim_ids(result)):
        base = verdict[0, j]
        for name in depending[claim]:
            by_itself = alone(code, name)
            for value in range(code[name].max() + 1):
                there = (code[name] == value) & (verdict[:, j] != NOBODY)
                if not there.any():
                    continue
                keep = int((verdict[there, j] == base).sum())
                only = [i for i in by_itself if code[name][i] == value]
                rows.append((
                    claim, name, settings[0][name],
                    settings[int(np.flatnonzero(code[name] == value)[0])][name],
                    int(there.sum()), keep, keep / there.sum(), _name(base),
                    _name(verdict[only[0], j]) if only else None,
                ))  # fmt: skip
    return pd.DataFrame(rows, columns=FLIPS)


def _name(verdict: int) -> str | None:
    return None if verdict == NOBODY else VERDICTS[verdict]
