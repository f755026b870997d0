r"""How to divide respondents over groups so that as few as possible settle a claim.

Of two groups the sizes go with the standard deviations (Neyman 1934, Journal of the Royal
Statistical Society 97, 558-625). Of several comparisons, with variances :math:`v_g = p_g (1 - p_g)`
of one respondent and :math:`z_{ab} = (p_a - p_b) / \sqrt{v_a / n_a + v_b / n_b}`, two criteria:

"closest"
    the fewest respondents with which the smallest :math:`z_{ab}` has a given value. In the
    logarithms of the sizes this is a geometric program, so convex: what is found is the optimum.
    It makes as many comparisons as it can equally hard, which is not what all together need.
"all"
    the fewest with which :math:`\prod \Phi(z_{ab} - z_{level})`, the power of all together if they
    were independent, reaches its target. It starts from the other one.

Both are optima of normal approximations, so neither promises the fewest possible; the number of
respondents is then that which all comparisons together need, dependent as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from scipy.special import log_ndtr, ndtri

from alumnistats.arrays import FloatArray, IntArray, check_level
from alumnistats.errors import ArgumentError
from alumnistats.planning.decisions import GroupOrder
from alumnistats.planning.normal import EQUAL, POWER, tiers_size
from alumnistats.planning.sample_size import needed_size

Criterion = Literal["all", "closest"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)

DRAWS = 10_000  # the power at the sizes has a standard error of 0.004
VARIANCE = 1e-3  # smallest p (1 - p) allowed for: nobody plans with a group that always agrees
LOG_SQRT_TAU = 0.5 * np.log(2 * np.pi)
Slack = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


def _fewest(slack: Slack, start: FloatArray) -> FloatArray:
    """Return the logarithms of sizes with the smallest sum of sizes whose slack is not negative.

    `slack` returns values, shape (constraints,), and their slopes, shape (constraints, groups).
    """
    from scipy.optimize import minimize

    scale = np.exp(start).sum()
    found = minimize(
        lambda u: np.exp(u).sum() / scale, start, jac=lambda u: np.exp(u) / scale,
        constraints={"type": "ineq", "fun": lambda u: slack(u)[0], "jac": lambda u: slack(u)[1]},
        method="SLSQP", options={"maxiter": 500, "ftol": 1e-10},
    )  # fmt: skip
    return np.asarray(found.x)


def best_fractions(
    order: GroupOrder, power: float = POWER, criterion: Criterion = "all"
) -> FloatArray:
    """Return the fractions of all respondents with which the fewest settle a claim.

    Parameters
    ----------
    order : GroupOrder
        With every comparison in the claimed order.
    power : float
        In (0, 1); only the criterion "all" depends on it.
    criterion : {"all", "closest"}
        The power of all comparisons as if independent, or the smallest standardised difference.

    Returns
    -------
    ndarray, shape (groups,)
        They sum to 1. Groups that are in no tier get none.

    Raises
    ------
    ArgumentError
        If a comparison is tied or in the wrong order, or for an unknown criterion.

    Examples
    --------
    >>> import numpy as np
    >>> from alumnistats.planning import GroupOrder
    >>> order = GroupOrder(np.array([0.6, 0.5, 0.2]), ((0,), (1,), (2,)))
    >>> best_fractions(order).round(2).tolist()
    [0.46, 0.48, 0.06]
    """
    check_level(power, "power")
    if criterion not in CRITERIA:
        raise ArgumentError("criterion", criterion, "one of " + ", ".join(CRITERIA))
    above, below = np.array(order.pairs).T
    gap = order.shares[above] - order.shares[below]
    if (gap <= EQUAL).any():
        raise ArgumentError("order", "a tie, or shares in the wrong order", "shares in the order")
    members = np.unique([above, below])
    a, b = np.searchsorted(members, above), np.searchsorted(members, below)
    share = order.shares[members]
    variance = np.maximum(share * (1 - share), VARIANCE)
    z_level = ndtri(order.level)
    row = np.arange(len(gap))

    def standardised(u: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return log z of every comparison, and its slopes."""
        each = variance * np.exp(-u)
        total = each[a] + each[b]
        slope = np.zeros((len(gap), len(members)))
        slope[row, a], slope[row, b] = each[a] / total / 2, each[b] / total / 2
        return np.log(gap) - np.log(total) / 2, slope

    def closest(u: FloatArray) -> tuple[FloatArray, FloatArray]:
        value, slope = standardised(u)
        return value - np.log(max(z_level + ndtri(power), 0.1)), slope

    def product(u: FloatArray) -> tuple[FloatArray, FloatArray]:
        log_z, slope = standardised(u)
        x = np.exp(log_z) - z_level
        mills = np.exp(-(x**2) / 2 - LOG_SQRT_TAU - log_ndtr(x))
        value = log_ndtr(x).sum() - np.log(power)
        return np.array([value]), ((mills * np.exp(log_z)) @ slope)[None]

    start = np.zeros(len(members))
    start -= 2 * closest(start)[0].min()  # equal sizes that are just enough
    u = _fewest(closest, start)
    if criterion == "all":
        u = _fewest(product, u)
    fraction = np.zeros(len(order.shares))
    fraction[members] = np.exp(u - u.max())
    return fraction / fraction.sum()


def best_sizes(
    order: GroupOrder,
    power: float = POWER,
    criterion: Criterion = "all",
    *,
    equal: float | None = None,
) -> IntArray | None:
    """Return the sizes of the groups, in the best fractions, that settle a claim.

    Both divisions are optima of approximations: where they would take more respondents than equal
    sizes, which are exact, equal sizes are the best that is known.

    Parameters
    ----------
    order : GroupOrder
    power : float
        Of all comparisons together, by normal approximation.
    criterion : {"all", "closest"}
        As in `best_fractions`.
    equal : float, optional
        Respondents of every group that settle the claim (`needed_size`), if that is known already.

    Returns
    -------
    ndarray of int, shape (groups,), or None
        None if a comparison is tied or in the wrong order: then no sizes settle it.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> import numpy as np
    >>> from alumnistats.planning import GroupOrder
    >>> order = GroupOrder(np.array([0.6, 0.4, 0.2]), ((0,), (1,), (2,)))
    >>> best_sizes(order).tolist()
    [89, 123, 70]
    """
    above, below = np.array(order.pairs).T
    if (order.shares[above] - order.shares[below] <= EQUAL).any():
        return None
    fraction = best_fractions(order, power, criterion)
    total = tiers_size(order.shares, order.pairs, order.level, power, fraction, DRAWS)
    sizes = np.asarray(np.ceil(total * fraction)).astype(np.int64)
    members = np.unique([above, below])
    same = needed_size(order, power) if equal is None else equal
    if same * len(members) <= np.maximum(sizes[members], 1).sum():
        sizes[members] = int(same)
    return sizes
