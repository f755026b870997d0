"""One solution, fitted by statsmodels."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np

from alumnistats.arrays import FloatArray

Covariance = Literal["model", "cluster"]

TOLERANCE = 1e-12  # of the deviance: statsmodels' own leaves the sixth digit of an error open


def fit_solution(
    k: FloatArray,
    n: FloatArray,
    design: FloatArray,
    dispersion: float | Literal["pearson"],
    covariance: Covariance,
) -> Any:
    """Return statsmodels' results for one solution."""
    import statsmodels.api as sm

    family = sm.families.Binomial()
    if covariance == "cluster":
        model = sm.GLM(np.column_stack([k, n - k]), design, family=family)
        robust = {"cov_type": "cluster", "cov_kwds": {"groups": np.arange(len(n))}}
    else:
        # Shares with sizes as weights: of counts Pearson's statistic would lack the sizes.
        model, robust = sm.GLM(k / n, design, family=family, var_weights=n), {}
    scale = "X2" if dispersion == "pearson" else float(dispersion)
    # A term of one group is fitted perfectly, and so it should be: no residual is left, whose
    # variance statsmodels' weighted least squares computes all the same, and nothing uses.
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.filterwarnings("ignore", message="Perfect")
        return model.fit(scale=scale, tol=TOLERANCE, **robust)
