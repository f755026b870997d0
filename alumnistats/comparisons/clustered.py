"""P-values of samples whose respondents are alike within clusters, such as colleagues of one firm.

A sample of n with a design effect d says as much as n / d independent respondents. Rao and Scott
(1992, Biometrics 48, 577-585) put such effective counts into the usual formulas; a chi-squared
statistic is then divided by d, the normal deviate that has the same p-value by its root. The same
is done here with every test, whatever its own law is, through that deviate: exact for the z test
and the likelihood ratio, an approximation for the others, which are exact for independent
respondents only.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from alumnistats.arrays import FloatArray
from alumnistats.comparisons.counts import Alternative, check_alternative
from alumnistats.errors import ArgumentError


def deflate(
    p: npt.ArrayLike, design_effect: float, alternative: Alternative = "greater"
) -> FloatArray:
    """Return p-values with the design effect taken into account.

    Parameters
    ----------
    p : array_like
        P-values as of independent respondents.
    design_effect : float
        At least 1; the same in both samples.
    alternative : {"two-sided", "greater", "less"}
        Of the test that gave `p`.

    Returns
    -------
    ndarray
        Nearer to 1/2, or to 1 for a two-sided test.

    Raises
    ------
    ArgumentError
        For a design effect below 1 or an unknown alternative.

    Examples
    --------
    >>> import numpy as np
    >>> deflate(np.array([0.01, 0.04]), 2.0).round(3).tolist()
    [0.05, 0.108]
    """
    if not design_effect >= 1:
        raise ArgumentError("design_effect", design_effect, "a number of at least 1")
    check_alternative(alternative)
    value = np.asarray(p, dtype=float)
    if design_effect == 1:
        return value
    tails = 2 if alternative == "two-sided" else 1
    return np.asarray(tails * ndtr(ndtri(np.minimum(value / tails, 1.0)) / np.sqrt(design_effect)))
