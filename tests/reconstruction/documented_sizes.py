"""The priors on sizes by their documentation, which shares nothing with the engine."""

import math

# Sizes that groups rarely exceed, each as likely as any other, where nothing is known of them.
WITHOUT_TOTAL = (25, 50, 100, 200, 400, 800, 1600)
CONCENTRATIONS = tuple(2.0**k for k in range(-2, 9))  # of Dirichlet-multinomial sizes


def usual_sizes(groups, total, quota):
    """Return the size that groups rarely exceed, 2.5 times the mean, or all that it may be."""
    if total is not None:
        return (min(total - groups + 1, math.ceil(2.5 * total / groups)),)
    return WITHOUT_TOTAL if quota is None else (math.ceil(2.5 * quota),)


def highest_of(groups, total):
    """Return the largest size that the total leaves; infinite without one."""
    return math.inf if total is None else total - groups + 1


def missed(n, usual, highest):
    """Return the probability of a size of a group that missed its quota.

    Two in a hundred have one beyond the usual sizes, if there are such, as ``1 / (n (n - 1))``.
    Those terms are ``1 / (n - 1) - 1 / n``, so that their sum is the first less the last.
    """
    if not 1 <= n <= highest:
        return 0.0
    beyond = 0.02 if highest > usual else 0.0
    if n <= usual:
        return (1 - beyond) / usual
    return beyond / (n * (n - 1)) / (1 / usual - 1 / highest)


def free(n, usual, highest):
    """Return the probability of a size of a group without a quota."""
    if highest == math.inf:
        return missed(n, usual, highest)
    return 1 / highest if 1 <= n <= highest else 0.0


def dirichlet(n, mean, concentration):
    """Return the probability of a size, of which a Dirichlet-multinomial one given the total."""
    a, p = concentration, mean / (mean + concentration)
    log_law = math.lgamma(n + a) - math.lgamma(n + 1) - math.lgamma(a) + n * math.log(p)
    return math.exp(log_law + a * math.log1p(-p)) / -math.expm1(a * math.log1p(-p))


def quota(sizes, quotas, law, ways):
    """Return the probability of sizes, each quota alike, and misses at a rate of Beta(1, 4).

    `ways` is the number of all quotas that there may be, and `law(n, m)` is that of the size of a
    group that misses the quota m. The mean of ``e**j (1 - e)**i`` is
    ``4 j! (i + 3)! / (i + j + 4)!``.
    """

    def moment(i, j):
        return 4 * math.gamma(1 + j) * math.gamma(4 + i) / math.gamma(5 + i + j)

    groups, found = len(sizes), 0.0
    for m in quotas:
        others = math.prod(law(n, m) for n in sizes if n != m)
        there, at = sum(n == m for n in sizes), law(m, m)
        found += others * sum(
            math.comb(there, hit) * at ** (there - hit) * moment(hit, groups - hit)
            for hit in range(there + 1)
        )
    return found / ways


def short(n, m):
    """Return the probability of the size of a group that fell short of a quota."""
    return 1 / m if n <= m else 0.0
