"""Estimates from a reconstruction whose solutions follow the model, where its own hardly do.

The reconstruction draws its solutions under a vague prior of counts, and a model reweighs them. If
few of them then carry the weight, they are drawn anew under a law of counts that the fit suggests
(adaptive importance sampling; Cappé, Guillin, Marin and Robert 2004, Journal of Computational and
Graphical Statistics 13, 907-929). The law decides how noisy the result is, not what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.errors import ArgumentError, NotRecoveredError, UndecidedError
from alumnistats.posterior.fit import (
    DEFAULT_COMPONENTS,
    FEWEST_COMPONENTS,
    Fit,
    clustered,
    exact_fit,
    finish,
)
from alumnistats.posterior.models import pooling_model
from alumnistats.posterior.share_posterior import ENGINES, Engine

if TYPE_CHECKING:
    from alumnistats.reconstruction import Reconstruction
    from alumnistats.reconstruction.count_prior import CountLaw

EXACT_OPTIONS = ("model", "prior", "level", "components")
ENOUGH = 100  # effective solutions, or
ENOUGH_SHARE = 0.5  # this share of them, with which nothing is drawn anew
ROUNDS = 3  # of drawing anew
SMALLEST_SHARE = 1e-4  # keeps the law proper where all shares are near 0 or 1


def estimate_measure(
    recon: Reconstruction,
    of: str,
    engine: Engine = "exact",
    *,
    design_effect: float = 1.0,
    seed: int = 0,
    **options: Any,
) -> Fit:
    """Estimate the groups' shares of one measure; see `estimate` for the options.

    Parameters
    ----------
    recon : Reconstruction
    of : str
        Measure id or ``question:option`` with a group's figure.
    engine : {"exact", "pymc"}
    design_effect : float
        At least 1: see `clustered`; with the exact engine only.
    seed : int
        Of NUTS, and of solutions that are drawn anew.
    **options
        model, prior, level, components, and those of sampling.

    Returns
    -------
    Fit

    Raises
    ------
    ArgumentError
        If nothing is published of `of` by group, or for bad options.

    Warns
    -----
    FewSolutionsWarning
        If the weight rests on few solutions, also after drawing anew.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> fit = estimate_measure(al.reconstruct(survey), "question:yes")
    >>> fit.summary()["median"].round(3).tolist()
    [0.468, 0.449]
    """
    if engine not in ENGINES:
        raise ArgumentError("engine", engine, "one of " + ", ".join(ENGINES))
    exact = {name: options.pop(name) for name in EXACT_OPTIONS if name in options}
    components = exact.get("components", DEFAULT_COMPONENTS)
    if design_effect != 1:  # only its weights of the solutions are used
        exact["components"] = FEWEST_COMPONENTS
    fit = exact_fit(recon.solutions_of(of), **exact)
    for attempt in range(ROUNDS):
        if fit.ess >= min(ENOUGH, ENOUGH_SHARE * len(fit.weight)):
            break
        rng = np.random.default_rng([seed, attempt])
        try:
            other = exact_fit(recon.redrawn(of, count_law(fit), rng).solutions_of(of), **exact)
        except (NotRecoveredError, UndecidedError):
            break  # few draws suit the law, or none: those before stand
        if other.ess <= fit.ess:
            break  # the law is as near to the model's as it gets
        fit = other
    if design_effect == 1:
        return finish(fit, engine, seed, **options)
    fit = finish(fit, "exact")
    if engine != "exact":
        raise ArgumentError("engine", engine, "exact, with a design effect")
    return clustered(fit, design_effect, components)


def count_law(fit: Fit) -> CountLaw:
    """Return beta-binomial laws near what a fit says of the count of any one group.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    tuple of (float, float)
        Without pooling the prior itself; else Beta laws of the moments of all groups' shares,
        narrower and wider.
    """
    mass = fit.marginal * fit.grid.quad
    mean = float(np.clip((mass @ fit.grid.theta).mean(), SMALLEST_SHARE, 1 - SMALLEST_SHARE))
    variance = float((mass @ (fit.grid.theta - mean) ** 2).mean())
    return pooling_model(fit.model).count_law(fit.prior, mean, variance)
