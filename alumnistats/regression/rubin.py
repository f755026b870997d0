r"""Rubin's rules: one inference from many completed data sets.

With estimates :math:`\hat Q_r` and covariances :math:`U_r` of :math:`M` imputations,

.. math:: \bar Q = \frac1M \sum_r \hat Q_r, \quad \bar U = \frac1M \sum_r U_r, \quad
          B = \frac{1}{M - 1} \sum_r (\hat Q_r - \bar Q)(\hat Q_r - \bar Q)^\top, \quad
          T = \bar U + (1 + 1/M)\, B .

A parameter is compared with Student's law of :math:`(M - 1) / \lambda^2` degrees of freedom,
:math:`\lambda = (1 + 1/M) B / T` (Rubin 1987, Multiple Imputation for Nonresponse in Surveys,
section 3.3), corrected where the complete data have few themselves (Barnard and Rubin 1999,
Biometrika 86, 948-955).

Several parameters at once, as in "all groups are equal": with :math:`T` itself, which needs many
more imputations than parameters ("wald"); or with :math:`\bar U` made larger by the average
increase, as if every parameter missed the same part of its information ("d1": Li, Raghunathan and
Rubin 1991, Journal of the American Statistical Association 86, 1065-1073). Where a release prints
some groups and leaves others out they miss very different parts: the first is then the stronger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError, listed

JointMethod = Literal["wald", "d1"]
JOINT_METHODS: tuple[JointMethod, ...] = get_args(JointMethod)


@dataclass(frozen=True, eq=False)
class Combined:
    """What Rubin's rules make of the imputations.

    Attributes
    ----------
    estimate : ndarray, shape (parameters,)
    within, between, covariance : ndarray, shape (parameters, parameters)
        Average covariance of the completed data, covariance of the estimates, and T.
    df : ndarray, shape (parameters,)
        Degrees of freedom; infinite where nothing is missing.
    missing : ndarray, shape (parameters,)
        Fraction of missing information, in [0, 1].
    imputations : int
    """

    estimate: FloatArray
    within: FloatArray
    between: FloatArray
    covariance: FloatArray
    df: FloatArray
    missing: FloatArray
    imputations: int

    def __post_init__(self) -> None:
        for name in ("estimate", "within", "between", "covariance", "df", "missing"):
            getattr(self, name).setflags(write=False)

    @property
    def error(self) -> FloatArray:
        """Standard errors, shape (parameters,)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance)))


@dataclass(frozen=True, slots=True)
class JointTest:
    """A test of several linear hypotheses at once.

    Attributes
    ----------
    statistic : float
        F.
    df, df_denominator : float
        Of F; with an infinite denominator `df` times F is chi-square.
    p_value : float
    method : str
    """

    statistic: float
    df: float
    df_denominator: float
    p_value: float
    method: JointMethod


def combine(
    estimates: npt.ArrayLike,
    covariances: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    imputations: int | None = None,
    df_complete: float = np.inf,
) -> Combined:
    """Combine estimates of completed data sets.

    Parameters
    ----------
    estimates : array_like, shape (rows, parameters)
    covariances : array_like, shape (rows, parameters, parameters)
    weight : array_like, shape (rows,), optional
        Parts of the imputations that each row stands for; equal when omitted.
    imputations : int, optional
        How many draws the rows stand for; as many as rows when omitted.
    df_complete : float
        Degrees of freedom that the estimates would have with nothing missing.

    Returns
    -------
    Combined

    Raises
    ------
    ArgumentError
        For arrays that do not fit each other.

    Examples
    --------
    >>> found = combine([[0.1], [0.3]], [[[0.04]], [[0.04]]])
    >>> found.estimate.round(3).tolist(), found.error.round(3).tolist()
    ([0.2], [0.265])
    """
    q, u = np.asarray(estimates, dtype=float), np.asarray(covariances, dtype=float)
    if q.ndim != 2 or u.shape != (*q.shape, q.shape[1]):
        raise ArgumentError("covariances", u.shape, f"a square matrix for each row of {q.shape}")
    w = np.full(len(q), 1 / len(q)) if weight is None else np.asarray(weight, dtype=float)
    if w.shape != (len(q),) or (w < 0).any() or not np.isclose(w.sum(), 1.0):
        raise ArgumentError("weight", w.shape, f"{len(q)} parts that add to 1")
    m = len(q) if imputations is None else imputations
    mean, within = w @ q, np.tensordot(w, u, axes=1)
    gap = q - mean
    # One row, drawn however often, is one completed data set: nothing is missing.
    between = (gap * w[:, None]).T @ gap * (m / (m - 1) if m > 1 else 0.0)
    total = within + (1 + 1 / m) * between
    variance, own = np.diagonal(total), np.diagonal(within)
    part = np.divide((1 + 1 / m) * np.diagonal(between), variance, where=variance > 0,
                     out=np.zeros(len(mean)))  # fmt: skip
    df = degrees_of_freedom(part, m, df_complete)
    increase = np.divide(variance - own, own, where=own > 0, out=np.zeros(len(mean)))
    missing = np.where(increase > 0, (increase + 2 / (df + 3)) / (increase + 1), 0.0)
    return Combined(mean, within, between, total, df, missing, m)


def degrees_of_freedom(part: npt.ArrayLike, imputations: int, df_complete: float) -> FloatArray:
    """Return Rubin's degrees of freedom, with the correction of Barnard and Rubin.

    Parameters
    ----------
    part : array_like
        Share of the variance that is between the imputations, in [0, 1].
    imputations : int
    df_complete : float
    """
    share = np.asarray(part, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        old = (imputations - 1) / share**2
    if np.isinf(df_complete):
        return np.where(share > 0, old, np.inf)
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    return np.where(share > 0, 1 / (1 / np.maximum(old, 1e-300) + 1 / observed), df_complete)


@dataclass(frozen=True, eq=False)
class _Moved:
    """Covariances of linear functions of the parameters, each of shape (functions, functions)."""

    within: FloatArray
    between: FloatArray
    total: FloatArray
    imputations: int


def _wald(q: FloatArray, one: _Moved, df_complete: float) -> tuple[float, float]:
    """Return F and its denominator degrees of freedom, of Hotelling's law."""
    k, m = len(q), one.imputations
    inverse = np.linalg.inv(one.total)
    part = float(np.trace((1 + 1 / m) * one.between @ inverse)) / k
    df = float(degrees_of_freedom(part, m, df_complete))
    if part > 0 and min(m - 1, df) <= k:  # as many parameters as imputations: T says nothing
        raise ArgumentError("imputations", m, f"more imputations for a test of {k} parameters")
    scale = 1.0 if np.isinf(df) else (df - k + 1) / df
    return scale * float(q @ inverse @ q) / k, df - k + 1


def _d1(q: FloatArray, one: _Moved, df_complete: float) -> tuple[float, float]:
    """Return F and its denominator degrees of freedom of Li, Raghunathan and Rubin."""
    k, m = len(q), one.imputations
    inverse = np.linalg.inv(one.within)
    increase = (1 + 1 / m) * float(np.trace(one.between @ inverse)) / k
    statistic = float(q @ inverse @ q) / (k * (1 + increase))
    if increase <= 0:
        return statistic, df_complete
    t = k * (m - 1)
    if t > 4:
        df = 4 + (t - 4) * (1 + (1 - 2 / t) / increase) ** 2
    else:
        df = t * (1 + 1 / k) * (1 + 1 / increase) ** 2 / 2
    return statistic, min(df, df_complete)


_JOINT: dict[JointMethod, Callable[[FloatArray, _Moved, float], tuple[float, float]]] = {
    "wald": _wald,
    "d1": _d1,
}


def joint_test(
    combined: Combined,
    matrix: npt.ArrayLike,
    *,
    method: JointMethod = "wald",
    df_complete: float = np.inf,
) -> JointTest:
    """Test that linear functions of the parameters are all 0.

    Parameters
    ----------
    combined : Combined
    matrix : array_like, shape (hypotheses, parameters)
        Of full row rank.
    method : {"wald", "d1"}
        See the module's text.
    df_complete : float
        As in `combine`.

    Returns
    -------
    JointTest

    Raises
    ------
    ArgumentError
        For an unknown method, a matrix that does not fit, or too few imputations.

    Examples
    --------
    >>> found = combine([[0.1], [0.3], [0.2]], [[[0.04]], [[0.04]], [[0.04]]])
    >>> test = joint_test(found, [[1.0]])
    >>> round(test.p_value, 3)
    0.393
    """
    from scipy.special import chdtrc, fdtrc

    c = np.atleast_2d(np.asarray(matrix, dtype=float))
    parameters = len(combined.estimate)
    if c.shape[1] != parameters or np.linalg.matrix_rank(c) < len(c):
        raise ArgumentError("matrix", c.shape, f"independent rows of {parameters} numbers")
    if method not in _JOINT:
        raise ArgumentError("method", method, listed(JOINT_METHODS))
    within, between, total = (
        c @ matrix @ c.T for matrix in (combined.within, combined.between, combined.covariance)
    )
    statistic, df = _JOINT[method](
        c @ combined.estimate, _Moved(within, between, total, combined.imputations), df_complete
    )
    k = float(len(c))
    p = chdtrc(k, k * statistic) if np.isinf(df) else fdtrc(k, df, statistic)
    return JointTest(statistic, k, df, float(p), method)
