r"""The posterior of ranks, by quadrature.

Within a component of a `Mixture` the groups are independent. Given that group g's share is x, the
number of groups above it is a sum of independent Bernoulli variables with success probabilities
:math:`1 - F_h(x)`, so its rank follows a Poisson-binomial law; the law without group g is the law
of all groups with one factor left out, obtained for every g at once from prefix and suffix products
of the generating polynomials. Integrating over x and averaging over components gives the exact
rank distribution: no draws, no ties.

Rank 1 is the largest share. Source of the recursion: Barlow and Heidtmann (1984, IEEE Transactions
on Reliability 33, 322-323); of the decision rules: Laird and Louis (1989, Journal of Educational
Statistics 14, 29-46).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError
from alumnistats.posterior.mixture import Mixture, cumulate
from alumnistats.posterior.moves import move_by
from alumnistats.ranking.draws import draw_shares, rank_distribution_from_draws
from alumnistats.ranking.ends import End, split_members
from alumnistats.ranking.poisson_binomial import pieces, rank_law, split

MANY = 80  # groups from which components are taken one by one, on nodes made finer
FEW = 24  # the same where components are few: one alone errs by up to 1e-3 at 71 groups otherwise
AFFORDABLE = 3e9  # components x groups squared x nodes beyond which ranks are drawn: a few seconds
RANK_DRAWS = 40_000
DRAWN = 2**22  # shares drawn at a time
CHUNK = 64  # components at a time: keeps the polynomials of one chunk in the cache


def _above(mixture: Mixture, end: End, rows: slice) -> tuple[FloatArray, FloatArray]:
    """Return quadrature masses and the probabilities of beating a value, for some components."""
    mass, cdf = mixture.mass[rows], mixture.cdf[rows]
    if end == "highest":
        return mass, 1.0 - cdf
    if end == "lowest":
        return mass, cdf
    raise ArgumentError("from_", end, '"highest" or "lowest"')


def _times(poly: FloatArray, p: FloatArray) -> FloatArray:
    """Multiply generating polynomials (first axis: degree) by ``1 - p + p z``."""
    out = np.empty((len(poly) + 1, *poly.shape[1:]))
    out[0] = poly[0] * (1 - p)
    out[1:-1] = poly[1:] * (1 - p) + poly[:-1] * p
    out[-1] = poly[-1] * p
    return out


def _rank_law(mass: FloatArray, above: FloatArray) -> FloatArray:
    """Return rank probabilities of each component, shape (components, groups, groups)."""
    components, groups, nodes = mass.shape
    one = np.ones((1, components, nodes))
    prefix = [one]
    for g in range(groups - 1):
        prefix.append(_times(prefix[-1], above[:, g]))
    law = np.zeros((components, groups, groups))
    suffix = one
    for g in range(groups - 1, -1, -1):
        left = (prefix[g] * mass[:, g]).transpose(1, 0, 2)
        # Integrals over x of every product of two coefficients, then sums by degree.
        products = np.matmul(left, suffix.transpose(1, 2, 0))
        for i in range(products.shape[1]):
            law[:, g, i : i + products.shape[2]] += products[:, i]
        suffix = _times(suffix, above[:, g])
    return law


def rank_distribution(mixture: Mixture) -> FloatArray:
    """Return P(group g has rank r), shape (groups, groups); rows and columns sum to 1.

    Where all groups have one share, all share the first rank.

    Exact by quadrature, where that takes no more than about 20 s: a thousand groups with
    independent posteriors take one to three. The nodes are made fine enough for the number of
    groups; columns, which nothing forces to do so, sum to 1 within about 1e-7. (With 25 to 80
    groups and more than `CHUNK` components the components' own nodes serve: within about 1e-6.)

    Beyond (many groups and many components) from `RANK_DRAWS` draws of all shares with a fixed
    seed: the standard error of a probability p is ``sqrt(p (1 - p) / RANK_DRAWS)``, at most 0.0025.

    Parameters
    ----------
    mixture : Mixture
        Of the groups' shares, as a fit has.

    Returns
    -------
    ndarray, shape (groups, groups)
        Rows are groups, columns are ranks.

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> rank_distribution(posterior).round(3).tolist()
    [[0.665, 0.331, 0.004], [0.334, 0.653, 0.013], [0.001, 0.016, 0.983]]
    """
    if mixture.one_share:
        return _all_first(mixture.groups)
    groups, components = mixture.groups, len(mixture.weight)
    if groups > MANY or (groups > FEW and components <= CHUNK):
        cost = components * groups**2 * mixture.grid.shape[1]
        return _drawn_distribution(mixture) if cost > AFFORDABLE else _many_groups(mixture)
    law = np.zeros((groups, groups))
    for first in range(0, components, CHUNK):
        rows = slice(first, first + CHUNK)
        mass, above = _above(mixture, "highest", rows)
        law += np.tensordot(mixture.weight[rows], _rank_law(mass, above), axes=1)
    return law / law.sum(axis=1, keepdims=True)


def _all_first(groups: int) -> FloatArray:
    law = np.zeros((groups, groups))
    law[:, 0] = 1.0
    return law


def _many_groups(mixture: Mixture) -> FloatArray:
    law = np.zeros((mixture.groups, mixture.groups))
    for weight, mass, cdf in zip(mixture.weight, mixture.mass, mixture.cdf, strict=True):
        finer = split(mass, pieces(1.0 - cdf))
        law += weight * rank_law(finer, 1.0 - cumulate(finer))
    return law / law.sum(axis=1, keepdims=True)


def _drawn_distribution(mixture: Mixture) -> FloatArray:
    rng = np.random.default_rng(0)
    size = max(DRAWN // mixture.groups, 1)
    law = np.zeros((mixture.groups, mixture.groups))
    for first in range(0, RANK_DRAWS, size):
        draws = min(size, RANK_DRAWS - first)
        some = rank_distribution_from_draws(draw_shares(mixture, draws, rng), ties="shared")
        law += some.value * (draws / RANK_DRAWS)
    return law


def expected_ranks(mixture: Mixture) -> tuple[FloatArray, FloatArray]:
    """Return the mean and the standard deviation of every rank, shape (groups,) each.

    The expected rank is one plus the sum of the probabilities of being below each other group;
    given the group's share the variance is that of a sum of independent indicators. No rank
    distribution is computed: the cost is that of groups times nodes, seconds for 100,000 groups.

    Parameters
    ----------
    mixture : Mixture

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> mean, spread = expected_ranks(posterior)
    >>> mean.round(2).tolist(), spread.round(2).tolist()
    ([1.34, 1.68, 2.98], [0.48, 0.49, 0.14])
    """
    if mixture.one_share:
        return np.ones(mixture.groups), np.zeros(mixture.groups)
    mean, square = np.zeros(mixture.groups), np.zeros(mixture.groups)
    for weight, mass, cdf in zip(mixture.weight, mixture.mass, mixture.cdf, strict=True):
        above = 1.0 - cdf
        own = above * cdf
        number = 1.0 + above.sum(axis=0) - above
        spread = own.sum(axis=0) - own
        total = mass.sum(axis=1)
        mean += weight * (mass * number).sum(axis=1) / total
        square += weight * (mass * (number**2 + spread)).sum(axis=1) / total
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def pairwise(mixture: Mixture) -> FloatArray:
    """Return P(share of group a > share of group b), shape (groups, groups); diagonal 1/2.

    Where all groups have one share, 0 beside the diagonal.

    Parameters
    ----------
    mixture : Mixture

    Returns
    -------
    ndarray, shape (groups, groups)
        Opposite cells sum to 1 unless all groups have one share.

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> pairwise(posterior).round(3).tolist()
    [[0.5, 0.665, 0.996], [0.335, 0.5, 0.986], [0.004, 0.014, 0.5]]
    """
    out = np.zeros((mixture.groups, mixture.groups))
    if mixture.one_share:
        np.fill_diagonal(out, 0.5)
        return out
    for first in range(0, len(mixture.weight), CHUNK):
        rows = slice(first, first + CHUNK)
        mass, above = _above(mixture, "highest", rows)
        below = 1.0 - above
        values = np.matmul(mass, below.transpose(0, 2, 1))  # P(a > b): a at x, b below it
        out += np.tensordot(mixture.weight[rows], values, axes=1)
    out = (out + 1.0 - out.T) / 2
    np.fill_diagonal(out, 0.5)
    return out


def p_first(mixture: Mixture) -> FloatArray:
    """Return P(group g has the largest share), shape (groups,).

    Parameters
    ----------
    mixture : Mixture

    Returns
    -------
    ndarray, shape (groups,)
        Sums to 1, unless all groups have one share: then each is first.

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> p_first(posterior).round(3).tolist()
    [0.665, 0.334, 0.001]
    """
    return rank_distribution(mixture)[:, 0]


def p_top_set(
    mixture: Mixture, members: Sequence[int], from_: End = "highest", margin: float = 0.0
) -> float:
    """Return the probability that `members` are the extremes, in whatever order.

    The smallest member must exceed the largest of the others: the integral, over the largest of
    the others, of the members' probability to lie above it.

    Parameters
    ----------
    mixture : Mixture
    members : sequence of int
        Indices of groups, without repetition.
    from_ : {"highest", "lowest"}
    margin : float
        In log odds, at least 0: by so much every member must exceed all others (or fall short of
        them).

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> round(p_top_set(posterior, [0, 1]), 3)
    0.983
    """
    inside, outside = split_members(mixture.groups, members)
    if not outside:
        return 1.0
    if mixture.one_share:
        return 0.0
    total = 0.0
    for first in range(0, len(mixture.weight), CHUNK):
        rows = slice(first, first + CHUNK)
        mass, beats = _above(mixture, from_, rows)
        behind = 1.0 - beats[:, outside]
        # The last of the others at x, the rest of them behind x, all members ahead of it.
        rest = others_product(behind)
        ahead = beats[:, inside]
        if margin > 0:
            ahead = move_by(mixture.grid[rows], margin if from_ == "lowest" else -margin)(ahead)
        last = (mass[:, outside] * rest).sum(axis=1) * ahead.prod(axis=1)
        total += float(mixture.weight[rows] @ last.sum(axis=1))
    return float(np.clip(total, 0.0, 1.0))


def others_product(values: FloatArray) -> FloatArray:
    """Return, for each place of axis 1, the product of the values at all other places."""
    out = np.ones_like(values)
    np.cumprod(values[:, :-1], axis=1, out=out[:, 1:])
    after = np.ones_like(values[:, 0])
    for i in range(values.shape[1] - 2, -1, -1):
        after = after * values[:, i + 1]
        out[:, i] *= after
    return out


def p_order(
    mixture: Mixture,
    places: Sequence[Sequence[int]],
    from_: End = "highest",
    margin: float = 0.0,
) -> float:
    """Return the probability that the published order is the true one.

    Every group of a place exceeds every group of the next one, and those of the last place exceed
    all groups not listed; groups that share a place may be in either order.

    Parameters
    ----------
    mixture : Mixture
    places : sequence of sequences of int
        Indices of groups, most extreme first.
    from_ : {"highest", "lowest"}
    margin : float
        In log odds, at least 0: by so much each place must exceed the next one (or fall short of
        it).

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> round(p_order(posterior, [[0], [1]]), 3)
    0.652
    """
    listed = [g for place in places for g in place]
    _, rest = split_members(mixture.groups, listed)
    if mixture.one_share:
        return 0.0 if rest or len(places) > 1 else 1.0
    total = 0.0
    for first in range(0, len(mixture.weight), CHUNK):
        rows = slice(first, first + CHUNK)
        mass, beats = _above(mixture, from_, rows)
        if from_ == "lowest":  # read the axis backwards: "behind" then accumulates upwards
            mass, beats = mass[..., ::-1], beats[..., ::-1]
        behind = (1.0 - beats[:, rest]).prod(axis=1)  # P(all unlisted are behind x)
        farther = _farther_behind(mixture.grid[rows], margin, from_)
        for i, place in enumerate(reversed(places)):
            if rest or i > 0:
                behind = farther(behind)
            behind = _place_ahead(mass, behind, place, reverse=from_ == "lowest")
        total += float(mixture.weight[rows] @ behind[:, -1])
    return float(np.clip(total, 0.0, 1.0))


def _farther_behind(
    grid: FloatArray, margin: float, from_: End
) -> Callable[[FloatArray], FloatArray]:
    """Return what makes P(behind x) at every node, in the order of use, P(behind x by a margin)."""
    if margin == 0:
        return lambda behind: behind
    if from_ == "highest":
        return move_by(grid, margin)
    upwards = move_by(grid, -margin)  # stored backwards
    return lambda behind: upwards(np.ascontiguousarray(behind[:, ::-1]))[:, ::-1]


def _place_ahead(
    mass: FloatArray, behind: FloatArray, place: Sequence[int], *, reverse: bool
) -> FloatArray:
    """Return P(place behind x, everything after it behind the place), at every node x.

    `behind` is the same for what comes after the place. For tied groups the density of the
    hindmost of them is that of one times the probability that the others lie between it and x.
    """
    accumulate = _cumulate_reversed if reverse else cumulate
    cdf = [accumulate(mass[:, g]) for g in place]
    if len(place) == 1:
        return accumulate(mass[:, place[0]] * behind)
    # P(all of the place in (y, x)) = prod (F(x) - F(y)); expand over subsets via inclusion.
    total = np.zeros_like(behind)
    for subset in range(1 << len(place)):
        chosen = [i for i in range(len(place)) if subset >> i & 1]
        free = [i for i in range(len(place)) if not subset >> i & 1]
        if not chosen:
            continue
        # The hindmost member i has mass[i]; the others contribute F(x) or -F(y).
        for i in chosen:
            later = [j for j in chosen if j != i]
            inner = mass[:, place[i]] * behind
            for j in later:
                inner = inner * -cdf[j]
            outer = np.ones_like(behind)
            for j in free:
                outer = outer * cdf[j]
            total += outer * _cumulate_signed(inner, reverse=reverse)
    return np.clip(total, 0.0, 1.0)


def _cumulate_signed(values: FloatArray, *, reverse: bool) -> FloatArray:
    sign = -1.0 if (values < 0).any() else 1.0
    return sign * (_cumulate_reversed if reverse else cumulate)(sign * values)


def _cumulate_reversed(values: FloatArray) -> FloatArray:
    """Return integrals from the upper end of the grid, for arrays stored backwards."""
    forward = values[..., ::-1]
    total = forward.sum(axis=-1, keepdims=True)
    return np.clip(total - cumulate(np.ascontiguousarray(forward)), 0.0, 1.0)[..., ::-1]


@dataclass(frozen=True, eq=False)
class PosteriorRanks:
    """Summary of a rank distribution.

    Attributes
    ----------
    distribution : ndarray, shape (groups, groups)
        P(group g has rank r), r = 1, 2, ... along the last axis.
    expected : ndarray, shape (groups,)
    lower, upper : ndarray of int, shape (groups,)
        Equal-tailed credible sets.
    level : float
    """

    __repr__ = short_repr

    distribution: FloatArray
    expected: FloatArray
    lower: IntArray
    upper: IntArray
    level: float


def posterior_ranks(mixture: Mixture, level: float = 0.95) -> PosteriorRanks:
    """Return expected ranks and equal-tailed credible sets.

    Parameters
    ----------
    mixture : Mixture
    level : float
        At least this probability lies in each set.

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> found = posterior_ranks(posterior)
    >>> found.lower.tolist(), found.upper.tolist(), found.expected.round(2).tolist()
    ([1, 1, 3], [2, 2, 3], [1.34, 1.68, 2.98])
    """
    law = rank_distribution(mixture)
    ranks = np.arange(1, mixture.groups + 1)
    edges = np.cumsum(law, axis=1)
    tail = (1 - level) / 2
    lower = ranks[np.argmax(edges > tail, axis=1)]
    upper = ranks[np.argmax(edges >= 1 - tail - 1e-12, axis=1)]
    return PosteriorRanks(law, law @ ranks, lower, upper, level)
