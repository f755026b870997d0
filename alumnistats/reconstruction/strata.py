"""Strata of a survey: which groups they hold, and what is published of each.

Every stratum has its own quota and departure rate; strata are tied by the total alone, and a
stratum whose total is published not even by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.survey import Survey

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StratumGroups:
    """The groups of one stratum.

    Attributes
    ----------
    members : ndarray of int, shape (groups of the stratum,)
        Places of its groups in the survey.
    total : int or None
        Of its sizes: published, or what the others leave of the survey's total.
    quota : int or None
        Published.
    """

    members: IntArray
    total: int | None
    quota: int | None


def strata_of(survey: Survey) -> tuple[StratumGroups, ...]:
    """Return the strata, those with a known total first; a survey that has none is one."""
    if not survey.strata:
        every = np.arange(len(survey.groups))
        return (StratumGroups(every, survey.total, survey.quota),)
    found = []
    for stratum in survey.strata:
        members = [i for i, group in enumerate(survey.groups) if group.stratum == stratum.id]
        found.append(StratumGroups(np.array(members), stratum.total, stratum.quota))
    full = _with_last_total(found, survey.total)
    return tuple(sorted(full, key=lambda stratum: stratum.total is None))


def _with_last_total(
    strata: Sequence[StratumGroups], total: int | None
) -> tuple[StratumGroups, ...]:
    """Fill in the total of a stratum that is the only one without."""
    open_ones = [i for i, one in enumerate(strata) if one.total is None]
    if total is None or len(open_ones) != 1:
        return tuple(strata)
    rest = total - sum(one.total or 0 for one in strata)
    return tuple(
        StratumGroups(one.members, rest, one.quota) if one.total is None else one for one in strata
    )


def part_of_survey(survey: Survey, stratum: StratumGroups) -> Survey:
    """Return the survey of one stratum's groups, as far as priors on sizes look at it."""
    groups = tuple(survey.groups[i] for i in stratum.members)
    update = {"groups": groups, "total": stratum.total, "quota": stratum.quota, "strata": ()}
    return survey.model_copy(update=update)


def without_strata(survey: Survey) -> Survey:
    """Return the survey as if all groups had been filled alike."""
    groups = tuple(group.model_copy(update={"stratum": None}) for group in survey.groups)
    return survey.model_copy(update={"groups": groups, "strata": ()})
