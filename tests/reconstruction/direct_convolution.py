r"""The evidence of a middling survey by one convolution over groups, without drawing anything.

Groups are independent given the quota and the rate of departures, so the law of the sums (of sizes,
and of the counts that overall figures tie) is the convolution of the groups' laws; the evidence is
its value at the total, summed over the counts that the overall figures allow. Sums of counts are
taken by a discrete Fourier transform that is long enough that what is asked for has no alias, and
so are sums of sizes. The departures need no quadrature: with :math:`k` groups at the quota ``m``

.. math:: E[(1 - e)^k e^{G - k}]
          \sum_{|S| = k} \prod_{g \in S} K_{gm} [z^{N - km}] \prod_{g \notin S} B_g(z),

``K`` the transform of what a group prints with the size ``m``, ``B`` its generating function over
all sizes, each with its probability in a group that missed the quota. Groups that print alike are
counted, not repeated.

The probability of an alternative is a ratio of evidences: that of a size, with the size published;
that of a convention, with the others ruled out.
"""

import itertools
import math
from collections import defaultdict
from functools import reduce

import documented_sizes
import numpy as np
from exact_counts import Evaluator
from exact_posterior import limit_of
from exact_scenarios import equivalent_scenarios
from exact_trees import trees_of
from scipy.fft import fft, ifft, next_fast_len, rfftn

AT_ONCE = 400  # frequencies whose sums of sizes are in memory together
ACCURACY = 1e-4  # of the evidence
NOISE = 1e-15  # of a transform, relative to the sum of the moduli of its terms


def direct_convolution(survey, largest=None, *, prior="quota", rounding=None, subtotals=None):
    """Return the evidence of all that is printed, the total included, by scenario.

    Parameters
    ----------
    survey : Survey
        With a total; of every question everybody was asked, and at most two counts are tied by
        overall figures in all.
    largest : int, optional
        Largest size that is counted, instead of all that the total admits.
    prior : {"quota", "free"}
    rounding, subtotals : dict, optional
        Weights beforehand; a convention that is left out is ruled out.

    Returns
    -------
    dict
        Scenario -> probability of the scenario and of the published figures.
    """
    trees = trees_of(survey)
    largest = limit_of(survey, largest)
    masses, noise = {}, 0.0
    for equivalent in equivalent_scenarios(survey, trees, largest, rounding, subtotals):
        found, size = _evidence(survey, trees, equivalent[0], largest, prior)
        for scenario in equivalent:
            masses[scenario] = scenario.prior * found
            noise += scenario.prior * size * NOISE
    if math.fsum(masses.values()) < noise / ACCURACY:
        raise ArithmeticError("the evidence is lost in the noise of the transform")
    return masses


def _evidence(survey, trees, scenario, largest, prior):
    """Return the evidence under a scenario, and the sum of the moduli of its terms."""
    evaluator = Evaluator(trees, scenario, list(survey.group_ids))
    allowed = [_totals(evaluator, tree, survey.total) for tree in evaluator.roots]
    factor = math.prod(float(own) for own in allowed if own.ndim == 0)
    tied = [own for own in allowed if own.ndim > 0]
    assert sum(own.ndim for own in tied) <= 2, "at most two counts are tied here"
    if factor == 0 or not all(own.any() for own in tied):
        return 0.0, 0.0
    weight = np.ones(()) if not tied else tied[0]
    for own in tied[1:]:
        weight = np.multiply.outer(weight, own)
    lengths = _lengths(weight, [own.ndim for own in tied])
    kinds = defaultdict(list)
    for g, group in enumerate(survey.groups):
        prints = [
            sorted(((repr(v), b) for (v, h), b in tree.prints.items() if h == group.id), key=repr)
            for tree in evaluator.roots
        ]
        kinds[repr(prints), group.n].append(g)
    alone = [
        _transforms(evaluator, members[0], n, largest, lengths) for (_, n), members in kinds.items()
    ]
    times = [len(members) for members in kinds.values()]
    window = _transform_of_window(weight, lengths)
    quotas, law = _prior_of_sizes(survey, largest, prior)
    found, size = 0.0, 0.0
    for start in range(0, window.size, AT_ONCE):
        some = slice(start, start + AT_ONCE)
        part = [law[:, some] for law in alone]
        here = _sum_over_ways(part, times, survey.total, quotas, law)
        found += float((here * window[some]).real.sum())
        size += float(np.abs(here * window[some]).sum())
    return factor * found, factor * size


def _prior_of_sizes(survey, largest, prior):
    """Return quotas, none without any, and the law of the size of a group that has or keeps none.

    Shape (largest + 1,).
    """
    groups = len(survey.groups)
    (usual,) = documented_sizes.usual_sizes(groups, survey.total, survey.quota)
    highest = documented_sizes.highest_of(groups, survey.total)
    one = documented_sizes.free if prior == "free" else documented_sizes.missed
    law = np.array([one(n, usual, highest) for n in range(largest + 1)])
    if prior == "free":
        return [], law
    return [survey.quota] if survey.quota else range(1, min(usual, largest) + 1), law


def _totals(evaluator, tree, total):
    """Return the weight of each total of the counts of a tree that overall figures tie.

    A number if they tie none, else by the count of the root's left child, or by that and its left
    child's.
    """
    if tree.root not in tree.grouped:
        return evaluator.pooled(tree, tree.root, total)[total]
    left, right = tree.children[tree.root]
    assert right not in tree.children, "the root splits off one option here"
    if not tree.totals:
        return np.ones(())
    every = np.arange(total + 1)
    weight = evaluator.parts_of_total(tree, tree.root, total)[total]
    weight = weight * evaluator.total_allowed(tree, left, total)
    weight = weight * evaluator.total_allowed(tree, right, total)[total - every]
    if left not in tree.children:
        return weight
    if left not in tree.grouped:
        return weight * evaluator.pooled(tree, left, total)
    one, other = tree.children[left]
    parts = evaluator.parts_of_total(tree, left, total)
    own, rest = (evaluator.total_allowed(tree, v, total) for v in (one, other))
    c, l = np.indices(parts.shape)
    below = parts * own[l] * rest[np.where(l <= c, c - l, 0)]
    if not _tied_below(evaluator, tree, left):
        return weight
    return weight[:, None] * below


def _tied_below(evaluator, tree, left):
    """Return whether overall figures tie the counts below the root's left child."""
    added = evaluator.added and left in tree.measures and left in tree.totals
    return added or any(v in tree.totals for v in tree.children[left])


def _law(evaluator, tree, g, n):
    """Return the law of the tied counts of a group with what it prints of a tree."""
    law = evaluator.group_law(tree, tree.root, g, n)[n] if tree.root in tree.grouped else np.ones(1)
    left = tree.children[tree.root][0]
    if tree.root in tree.grouped and left in tree.grouped:
        below = evaluator.group_law(tree, left, g, n)
        if tree.totals and _tied_below(evaluator, tree, left):
            return law[:, None] * below
        law = law * below.sum(axis=1)
    return law if tree.totals and tree.root in tree.grouped else law.sum()


def _lengths(weight, dims):
    """Return lengths of transforms by which no count is taken for one that is allowed."""
    lengths = []
    axis = 0
    for of_tree in dims:
        most = weight.shape[axis] - 1  # no count is larger
        for _ in range(of_tree):
            others = tuple(i for i in range(weight.ndim) if i != axis)
            inside = np.flatnonzero(weight.any(axis=others))
            lengths.append(int(max(most - inside[0], inside[-1])) + 1)
            most = int(inside[-1])  # the next count is a part of this one
            axis += 1
    return lengths


def _transforms(evaluator, g, n, largest, lengths):
    """Return the transform of a group's law for each size, shape (sizes, frequencies)."""
    sizes = range(1, largest + 1) if n is None else [n]
    shape = math.prod([*lengths[:-1], *[v // 2 + 1 for v in lengths[-1:]]])
    out = np.zeros((largest + 1, shape), dtype=complex)
    for size in sizes:
        law = np.ones(())
        for tree in evaluator.roots:
            law = np.multiply.outer(law, _law(evaluator, tree, g, size))
        for axis, length in enumerate(lengths):
            law = _wrapped(law, axis, length)
        out[size] = rfftn(law).reshape(-1) if lengths else law
    return out


def _wrapped(law, axis, length):
    """Return a law of the rest that a count leaves when it is divided by `length`."""
    law = np.moveaxis(law, axis, -1)
    turns = -(-law.shape[-1] // length)
    room = [(0, 0)] * (law.ndim - 1) + [(0, turns * length - law.shape[-1])]
    law = np.pad(law, room).reshape(*law.shape[:-1], turns, length).sum(axis=-2)
    return np.moveaxis(law, -1, axis)


def _transform_of_window(weight, lengths):
    """Return what sums a transform to the weight of the allowed totals, (frequencies,)."""
    if not lengths:
        return weight.reshape(-1)
    for axis, length in enumerate(lengths):
        weight = _wrapped(weight, axis, length)
    out = rfftn(weight).conj() / math.prod(lengths)
    out[..., 1 : (lengths[-1] + 1) // 2] *= 2  # for the half that is its conjugate
    return out.reshape(-1)


def _moment(k, groups):
    """Return the mean of ``(1 - e)**k e**(groups - k)`` for e ~ Beta(1, 4)."""
    return 4 * math.gamma(1 + groups - k) * math.gamma(4 + k) / math.gamma(5 + groups)


def _powers(law, most):
    """Return the powers of a transform from 0 to `most`."""
    powers = [np.ones_like(law)]
    for _ in range(most):
        powers.append(powers[-1] * law)
    return powers


def _sum_over_ways(alone, times, total, quotas, law):
    """Return the sum over sizes with the total and quotas, (frequencies,)."""
    groups, largest = sum(times), len(alone[0]) - 1
    # What is asked for is the coefficient of the total or of a smaller sum, and sums beyond
    # groups * largest do not occur: so much is enough that nothing is taken for it.
    length = next_fast_len(max(groups * largest - total, total, largest) + 1)
    series = [
        _powers(fft(own * law[:, None], length, axis=0), t)
        for own, t in zip(alone, times, strict=True)
    ]
    out = np.zeros(alone[0].shape[1], dtype=complex)
    for at_quota in itertools.product(*[range(t + 1) for t in times]):
        k = sum(at_quota)
        if k and not quotas:
            continue
        ways = math.prod(math.comb(t, own) for t, own in zip(times, at_quota, strict=True))
        ways *= _moment(k, groups) if quotas else 1.0
        away = [powers[t - own] for powers, t, own in zip(series, times, at_quota, strict=True)]
        sums = ifft(reduce(np.multiply, away), axis=0)
        if k == 0:
            out += ways * sums[total]
            continue
        for m in quotas:
            rest = total - k * m
            if rest < 0:
                continue
            here = np.ones(out.shape, dtype=complex)
            for some, own in zip(alone, at_quota, strict=True):
                if own:
                    here = here * some[m] ** own
            if k == groups:
                out += ways / len(quotas) * here * (rest == 0)
            else:
                out += ways / len(quotas) * here * sums[rest]
    return out
