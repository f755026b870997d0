"""Independent posteriors of any shape as a `Mixture`, for the exact probabilities of ranks.

Two ways in: densities on any increasing grid, and Beta posteriors by their parameters. The result
goes into `rank_distribution`, `pairwise`, `p_top_set`, `p_order` and whatever else takes a mixture.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln, expit, log_expit, polygamma, psi

from alumnistats.arrays import FloatArray, gauss_legendre
from alumnistats.errors import ArgumentError
from alumnistats.posterior.mixture import ORDER, Mixture, cumulate, panel_grid
from alumnistats.ranking.poisson_binomial import pieces

Interpolation = Literal["linear", "cubic"]
INTERPOLATIONS: tuple[Interpolation, ...] = ("linear", "cubic")

REACH = 9.0  # standard deviations of a logit that the nodes cover on either side
TAIL = 40.0  # powers of e that they go down where the tail is exponential
LARGEST_LOGIT = 600.0  # expit and its complement are still positive there
PANEL_WIDTH = 2.0  # of `ORDER` nodes, in standard deviations of the narrowest group nearby
BEND = 5.0  # logits beyond which a share is as good as its odds


def mixture_on_grid(
    grid: npt.ArrayLike, density: npt.ArrayLike, *, interpolation: Interpolation = "linear"
) -> Mixture:
    """Return independent posteriors, given as densities on a grid, as a mixture of one component.

    Between two nodes the density is interpolated, and what follows is exact for the interpolated
    density: `ORDER` Gauss-Legendre nodes are put between any two of the grid.

    Parameters
    ----------
    grid : array_like, shape (nodes,)
        Strictly increasing values of the parameter; any scale and any spacing. At least two.
    density : array_like, shape (groups, nodes)
        Not negative, at a common scale of each row or not: every row is divided by its integral.
    interpolation : {"linear", "cubic"}
        "linear" suits any shape, jumps too; for a smooth density its error falls with the square
        of the spacing. "cubic" is the monotone cubic of Fritsch and Carlson (1980, SIAM Journal on
        Numerical Analysis 17, 238-246), never negative, whose error falls faster.

    Returns
    -------
    Mixture
        Its `grid` holds values of the parameter, in whatever unit `grid` has.

    Raises
    ------
    ArgumentError
        For a grid that does not increase, shapes that do not match, values that are missing or
        negative, a row without mass, or an unknown interpolation.

    Examples
    --------
    >>> import numpy as np
    >>> from alumnistats.ranking import p_first
    >>> grid = np.linspace(0, 1, 201)
    >>> density = [grid**30 * (1 - grid) ** 30, grid**25 * (1 - grid) ** 35]
    >>> p_first(mixture_on_grid(grid, density)).round(3).tolist()
    [0.818, 0.182]
    """
    edges, values = np.asarray(grid, dtype=float), np.asarray(density, dtype=float)
    _check_grid(edges, values)
    nodes, quad = panel_grid(_closed(edges))
    within = slice(ORDER, -ORDER)
    inside = np.zeros((len(values), len(nodes)))
    if interpolation == "linear":
        inside[:, within] = [np.interp(nodes[within], edges, row) for row in values]
    elif interpolation == "cubic":
        from scipy.interpolate import PchipInterpolator

        smooth = PchipInterpolator(edges, values, axis=1)(nodes[within])
        inside[:, within] = np.maximum(smooth, 0.0)
    else:
        raise ArgumentError("interpolation", interpolation, " or ".join(INTERPOLATIONS))
    inside /= inside @ quad[:, None]
    return Mixture(np.ones(1), nodes, quad, inside[None])


def _closed(edges: FloatArray) -> FloatArray:
    """Put an empty panel at either end: integrals to the last node are then over everything."""
    before, after = edges[1] - edges[0], edges[-1] - edges[-2]
    return np.concatenate([[edges[0] - before], edges, [edges[-1] + after]])


def _check_grid(grid: FloatArray, density: FloatArray) -> None:
    if grid.ndim != 1 or len(grid) < 2 or not np.isfinite(grid).all():
        raise ArgumentError("grid", grid.shape, "finite values, shape (nodes,), two or more")
    if not (np.diff(grid) > 0).all():
        raise ArgumentError("grid", "a node not above its predecessor", "increasing values")
    if density.ndim != 2 or density.shape[1] != len(grid) or not len(density):
        raise ArgumentError("density", density.shape, f"shape (groups, {len(grid)})")
    if not np.isfinite(density).all() or (density < 0).any():
        raise ArgumentError("density", "a negative or missing value", "finite, not negative")
    empty = np.flatnonzero(~(density > 0).any(axis=1))
    if len(empty):
        raise ArgumentError("density", f"no mass in row {empty[0]}", "a positive integral")


def mixture_of_betas(a: npt.ArrayLike, b: npt.ArrayLike) -> Mixture:
    """Return independent Beta(a, b) posteriors as a mixture of one component.

    The posterior of k successes in n under a Beta(a0, b0) prior has ``a = a0 + k`` and
    ``b = b0 + n - k``. Nodes are Gauss-Legendre panels on the logit scale, each about two standard
    deviations of the narrowest posterior that reaches there, so groups of very different sizes
    cost little, and narrower where the number of groups demands it.

    Parameters
    ----------
    a, b : array_like, shape (groups,)
        Positive.

    Returns
    -------
    Mixture

    Raises
    ------
    ArgumentError
        For parameters that are not positive, or shapes that do not match.

    Notes
    -----
    What lies beyond the outermost logits (a share within e**-600 of 0 or 1, which only parameters
    below about 0.05 can have) is spread over the outermost panel.

    Examples
    --------
    >>> from alumnistats.ranking import p_first
    >>> p_first(mixture_of_betas([31, 26], [31, 36])).round(3).tolist()
    [0.818, 0.182]
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or not len(a):
        raise ArgumentError("b", b.shape, "as many as a, shape (groups,), one or more")
    if not (np.isfinite(a) & np.isfinite(b) & (a > 0) & (b > 0)).all():
        raise ArgumentError("a, b", "a value that is missing or not positive", "positive numbers")
    edges = _beta_edges(a, b)
    _, _, mass = _beta_masses(a, b, edges)
    cuts = pieces(1.0 - cumulate(mass))
    if (cuts > 1).any():
        parts = [np.arange(count) / count for count in cuts]
        starts = np.repeat(edges[:-1], cuts) + np.repeat(np.diff(edges), cuts) * np.hstack(parts)
        edges = np.append(starts, edges[-1])
    phi, weight, mass = _beta_masses(a, b, edges)
    quad = weight * expit(phi) * expit(-phi)
    return Mixture(np.ones(1), expit(phi), quad, (mass / quad)[None])


def _beta_masses(
    a: FloatArray, b: FloatArray, edges: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return logits, their quadrature weights, and every group's mass at them."""
    phi, weight = panel_grid(edges)
    shape_a, shape_b = a[:, None], b[:, None]
    log_density = shape_a * log_expit(phi) + shape_b * log_expit(-phi) - betaln(shape_a, shape_b)
    mass = np.exp(log_density) * weight
    _spread_beyond(mass, betainc(a, b, expit(phi[0])), betainc(b, a, expit(-phi[-1])))
    return phi, weight, mass / mass.sum(axis=1, keepdims=True)


def _spread_beyond(mass: FloatArray, low: FloatArray, high: FloatArray) -> None:
    """Add the mass beyond either end to the outermost panel, in place: ordered at random there."""
    _, weight = gauss_legendre(ORDER)
    mass[:, :ORDER] += low[:, None] * weight / 2
    mass[:, -ORDER:] += high[:, None] * weight / 2


def _beta_edges(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return panel edges, in logits."""
    centre, sd = psi(a) - psi(b), np.sqrt(polygamma(1, a) + polygamma(1, b))
    # A Beta variable's logit has exponential tails, of rates a and b.
    low = np.maximum(centre - np.maximum(REACH * sd, TAIL / a), -LARGEST_LOGIT)
    high = np.minimum(centre + np.maximum(REACH * sd, TAIL / b), LARGEST_LOGIT)
    # A posterior makes panels narrow where it bends; far down an exponential tail it does not.
    # Around even odds any logit density bends, that of a share near 0 or 1 into its other tail.
    left, right = np.append(centre - REACH * sd, -BEND), np.append(centre + REACH * sd, BEND)
    width = np.append(PANEL_WIDTH * sd, BEND / 2)
    edges, last = [float(low.min())], float(high.max())
    while edges[-1] < last:
        at = edges[-1]
        distance = np.maximum(np.maximum(left - at, at - right), 0.0)
        edges.append(min(at + float(np.maximum(width, distance / 2).min()), last))
    return np.asarray(edges)
