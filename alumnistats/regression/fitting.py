"""`glm`: a binomial generalized linear model by group, over the solutions of a reconstruction.

The solutions are multiple imputations of the counts that a release does not print. The model is
fitted to each by statsmodels and the results are combined by `rubin`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from alumnistats.arguments import (
    MOST_DRAWS,
    checked,
    one_of,
    optional,
    positive,
    text,
    texts_by_text,
    whole,
)
from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError, closest, listed
from alumnistats.reconstruction import Reconstruction, Solutions
from alumnistats.regression.result import GLMFit
from alumnistats.regression.solution import Covariance, fit_solution

Estimator = Literal["ml", "firth"]
ESTIMATORS: tuple[Estimator, ...] = get_args(Estimator)
COVARIANCES: tuple[Covariance, ...] = get_args(Covariance)

IMPUTATIONS = 200  # solutions drawn by weight: T needs several times as many as there are groups
FIRTH = 0.5  # added to successes and failures of each term


def _dispersion(name: str, value: object) -> None:
    if not isinstance(value, str) or value != "pearson":
        positive(name, value)


@checked(
    {
        "of": optional(text),
        "by": optional(texts_by_text),
        "dispersion": _dispersion,
        "covariance": one_of(*COVARIANCES),
        "estimator": one_of(*ESTIMATORS),
        "imputations": whole(2, MOST_DRAWS),
    }
)
def glm(
    source: Reconstruction | Solutions,
    of: str | None = None,
    *,
    by: Mapping[str, str] | None = None,
    dispersion: float | Literal["pearson"] = 1.0,
    covariance: Covariance = "model",
    estimator: Estimator = "ml",
    imputations: int = IMPUTATIONS,
    level: float = 0.95,
) -> GLMFit:
    r"""Fit a binomial GLM by group to every solution and combine the fits by Rubin's rules.

    .. math:: k_g \sim \mathrm{Bin}(n_g, \theta_g), \qquad \mathrm{logit}\,\theta_g = \beta_{b(g)}

    with one parameter for each term: each group, or each class of groups.

    Parameters
    ----------
    source : Reconstruction or Solutions
    of : str, optional
        Measure id or ``question:option``; of solutions their own.
    by : mapping of str to str, optional
        The class of each group; each group by itself when omitted. With classes the groups inside
        of one are replicates, from which over-dispersion and the effect of clusters can be told.
    dispersion : float or "pearson"
        Scale of the variance, at least 0. A number is taken as known, such as a design effect;
        "pearson" estimates it (quasi-binomial: Pearson's statistic over its degrees of freedom),
        which needs classes.
    covariance : {"model", "cluster"}
        "cluster" takes groups as clusters: the sandwich estimator, which holds however respondents
        of one group depend on each other. It needs classes too.
    estimator : {"ml", "firth"}
        Maximum likelihood, which is infinite for a term in which none or all answered so; or
        Firth's penalised likelihood (1993, Biometrika 80, 27-38), which for this model is maximum
        likelihood with half a success and half a failure added to each term.
    imputations : int
        Solutions drawn by weight, at least 2.
    level : float
        Of the intervals of ``GLMFit.summary``, in (0, 1).

    Returns
    -------
    GLMFit

    Raises
    ------
    ArgumentError
        For a term without respondents or, by maximum likelihood, with a count of none or all in a
        solution; for dispersion or clusters without replicates; or for a bad argument.

    Examples
    --------
    >>> import alumnistats as al
    >>> known = al.Solutions.known("yes", ("a", "b"), [40, 60], [10, 30])
    >>> fit = al.glm(known)
    >>> fit.params.round(3).to_dict()
    {'a': -1.099, 'b': 0.0}
    >>> round(fit.test().p_value, 4)
    0.014
    """
    solutions = _solutions(source, of)
    if covariance == "cluster" and dispersion != 1:
        raise ArgumentError("dispersion", dispersion, "1 with clusters, whose variance is robust")
    names, design = _design(solutions.groups, by)
    rows, terms = design.shape
    if rows == terms and (dispersion == "pearson" or covariance == "cluster"):
        name, value = (
            ("covariance", covariance) if dispersion != "pearson" else ("dispersion", dispersion)
        )
        raise ArgumentError(
            name, value, "classes of groups (by=): one group a term has no replicates"
        )
    thin = solutions.thin(imputations)
    n, k = thin.n.astype(float), thin.k.astype(float)
    _check_counts(names, n @ design, k @ design, estimator)
    if estimator == "firth":  # half for each term, divided as its respondents are
        part = n / (n @ design)[:, design.argmax(axis=1)]
        n, k = n + 2 * FIRTH * part, k + FIRTH * part
    fitted = [fit_solution(a, b, design, dispersion, covariance) for a, b in zip(k, n, strict=True)]
    free = rows - terms if dispersion == "pearson" or covariance == "cluster" else np.inf
    return GLMFit(
        of=solutions.of,
        terms=names,
        level=level,
        estimates=np.array([one.params for one in fitted]),
        covariances=np.array([one.cov_params() for one in fitted]),
        weight=thin.weight,
        imputations=1 if len(thin.weight) == 1 else imputations,
        df_complete=float(free),
        sizes=thin.weight @ (thin.n @ design),
        scale=float(thin.weight @ np.array([one.scale for one in fitted])),
        counts=k,
        nobs=n,
        design=design,
        dispersion=dispersion,
        cov_type=covariance,
    )


def _solutions(source: Reconstruction | Solutions, of: str | None) -> Solutions:
    if isinstance(source, Solutions):
        if of not in (None, source.of):
            raise ArgumentError("of", of, f"{source.of}, which the solutions are of")
        return source
    if not isinstance(source, Reconstruction):
        raise ArgumentError("source", type(source).__name__, "a Reconstruction or Solutions")
    if of is None:
        raise ArgumentError("of", of, "the id of a measure, or question:option")
    source.check_recovered()
    return source.solutions_of(of)


def _design(
    groups: tuple[str, ...], by: Mapping[str, str] | None
) -> tuple[tuple[str, ...], FloatArray]:
    """Return the terms and which of them each group belongs to, shape (groups, terms)."""
    if by is None:
        return groups, np.eye(len(groups))
    for name in by:
        if name not in groups:
            hint = closest(name, groups)
            expected = f"groups of the survey: {listed(groups)}"
            raise ArgumentError("by", name, f"{expected}. {hint}" if hint else expected)
    missing = [g for g in groups if g not in by]
    if missing:
        raise ArgumentError("by", f"no class for {', '.join(missing)}", "a class for every group")
    terms = tuple(dict.fromkeys(by[g] for g in groups))
    at = [terms.index(by[g]) for g in groups]
    return terms, np.eye(len(terms))[at]


def _check_counts(
    terms: tuple[str, ...], n: FloatArray, k: FloatArray, estimator: Estimator
) -> None:
    nobody = [t for t, size in zip(terms, n.min(axis=0), strict=True) if size == 0]
    if nobody:
        raise ArgumentError(
            "of", f"{', '.join(nobody)} may have no respondents", "a base with respondents in each"
        )
    extreme = ((k == 0) | (k == n)).any(axis=0)
    ends = [t for t, end in zip(terms, extreme, strict=True) if end]
    if ends and estimator == "ml":
        raise ArgumentError(
            "estimator",
            f"ml, with a count of none or all in {', '.join(ends)}",
            'estimator="firth", which stays finite',
        )
