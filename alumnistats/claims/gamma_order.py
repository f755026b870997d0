"""The order of single answers: of independent gamma variables, by quadrature.

The shares of options that exclude each other are, under a Dirichlet law, gamma variables over their
sum (Devroye 1986, Non-Uniform Random Variate Generation, section XI.4), so their order is that of
the gamma variables, whatever else was answered.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaincinv, gammaln

from alumnistats.posterior.mixture import Mixture, proportion_grid
from alumnistats.ranking import p_order

OUTSIDE = 1e-12  # probability of each variable on either side of the grid
FINEST = 0.7  # panels as wide as so many of the smallest standard deviation of the logarithms
MOST_PANELS = 4000


def order_of_gammas(shapes: Sequence[Sequence[float]], margin: float = 0.0) -> float:
    """Return the probability that every variable of a tier exceeds every one of the next.

    Parameters
    ----------
    shapes : sequence of sequences of float
        Shape parameters by tier, the largest variables first; positive.
    margin : float
        By so much their logarithms must differ, at least 0.
    """
    flat = np.array([a for tier in shapes for a in tier])
    centre = float(np.log(flat.max()))
    low = np.log(np.maximum(gammaincinv(flat, OUTSIDE), 1e-300)).min()
    high = np.log(gammaincinv(flat, 1 - OUTSIDE)).max()
    low = max(low, high - 60.0)  # shapes near 0 reach far down, where they exceed nothing
    panels = min(int((high - low) * np.sqrt(flat.max()) / FINEST) + 4, MOST_PANELS)
    phi, theta, quad = proportion_grid(np.linspace(low, high, panels + 1) - centre)
    x = phi + centre  # the logarithm of the variable; the logit of a proportion less a constant
    log_density = flat[:, None] * x - np.exp(x) - gammaln(flat)[:, None]
    density = np.exp(log_density) / (theta * (1 - theta))
    density = density / (density * quad).sum(axis=1, keepdims=True)
    mixture = Mixture(np.ones(1), theta, quad, density[None])
    at, places = 0, []
    for tier in shapes:
        places.append(tuple(range(at, at + len(tier))))
        at += len(tier)
    return p_order(mixture, places, "highest", margin)
