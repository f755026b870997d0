"""Estimates whose variances are known from few clusters only, or not at all, and ranks of these.

Few clusters: each standard error is multiplied by the ratio of the quantile of Student's law to
that of the normal one, at the level that Bonferroni's correction gives each pair of groups. The
ratio is the larger the farther out it is taken, and critical values of rank sets lie nearer, so
that sets are on the safe side.

Not at all: nothing is known of such a group's rank, and each other one may be below it. Sets of
the other groups hold among themselves; with m groups unknown they end m ranks later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, FloatArray, check_level
from alumnistats.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd


NOT_KNOWN = "; the variance of {names} is not known: any rank"


def names_of(values: Any, groups: Sequence[str] | None) -> Sequence[str] | None:
    """Return the groups that are given, or else the index of a Series if it names some.

    Raises
    ------
    ArgumentError
        If the index has a name twice.
    """
    import pandas as pd

    if groups is not None or not isinstance(values, pd.Series):
        return groups
    if isinstance(values.index, pd.RangeIndex):  # numbers that nobody gave
        return None
    names = [" / ".join(map(str, i)) if isinstance(i, tuple) else str(i) for i in values.index]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ArgumentError("groups", f"{twice} twice in the index", "each group once")
    return names


def aligned(other: Any, values: Any, parameter: str) -> Any:
    """Return a Series or a square DataFrame in the order of the index of another Series.

    Raises
    ------
    ArgumentError
        If it is about other groups.
    """
    import pandas as pd

    if not isinstance(values, pd.Series) or not isinstance(other, pd.Series | pd.DataFrame):
        return other
    axes = [other.index] if isinstance(other, pd.Series) else [other.index, other.columns]
    for axis in axes:
        if axis.has_duplicates or set(axis) != set(values.index):
            found = ", ".join(map(str, axis[:12]))
            expected = "the groups of the other argument: " + ", ".join(map(str, values.index[:12]))
            raise ArgumentError(parameter, found, expected)
    return other.loc[values.index] if len(axes) == 1 else other.loc[values.index, values.index]


def widened(covariance: FloatArray, df: npt.ArrayLike, level: float) -> FloatArray:
    """Return a covariance with standard errors as few degrees of freedom need them.

    Parameters
    ----------
    covariance : ndarray, shape (groups, groups)
    df : array_like, shape () or (groups,)
        Degrees of freedom, above 0; less is not known.
    level : float

    Returns
    -------
    ndarray, shape (groups, groups)
    """
    from scipy.special import ndtri, stdtrit

    size = len(covariance)
    degrees = np.asarray(df, dtype=float)
    if degrees.ndim > 1 or degrees.shape not in ((), (size,)):
        raise ArgumentError("df", degrees.shape, "one number, or one for each group")
    check_level(level)
    degrees = np.broadcast_to(np.where(degrees > 0, degrees, np.nan), (size,))
    q = 1 - (1 - level) / max(size * (size - 1), 2)
    ratio = stdtrit(degrees, q) / ndtri(q)
    return np.asarray(covariance * ratio[:, None] * ratio)


def around_the_unknown(
    table: Callable[[BoolArray], pd.DataFrame], groups: tuple[str, ...], known: BoolArray
) -> pd.DataFrame:
    """Return the table of the known groups with the other ones among them; see the module's text.

    Parameters
    ----------
    table : callable
        Makes the table of some of the groups, as `rank` has it.
    groups : tuple of str
    known : ndarray of bool, shape (groups,)
        Whose variance is known.
    """
    import pandas as pd

    if known.all():
        return table(known)
    if not known.any():
        expected = "the variance of one group or more"
        raise ArgumentError("variance", "no variance that is known", expected)
    found, size = table(known), len(groups)
    others = [group for group, is_known in zip(groups, known, strict=True) if not is_known]
    for column in ("upper", "upper_max", "upper_mean"):
        found[column] += len(others)
    guarantees = found.groupby("method", sort=False)["guarantee"].first()
    added = pd.DataFrame(
        [
            {
                "group": group, "method": method, "guarantee": guarantee,
                **dict.fromkeys(("lower", "lower_min"), 1), "lower_mean": 1.0,
                **dict.fromkeys(("upper", "upper_max"), size), "upper_mean": float(size),
                "expected": np.nan, "p_first": np.nan,
            }
            for method, guarantee in guarantees.items()
            for group in others
        ]
    )[list(found.columns)]  # fmt: skip
    both = pd.concat([found, added], ignore_index=True)
    both["guarantee"] += NOT_KNOWN.format(names=", ".join(others))
    places = {m: i for i, m in enumerate(guarantees.index)}
    order = np.lexsort((both["group"].map(groups.index), both["method"].map(places)))
    return both.iloc[order].reset_index(drop=True)
