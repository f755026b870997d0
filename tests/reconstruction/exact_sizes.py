"""Every vector of sizes that a survey may have, and its probability beforehand."""

import itertools
import math


def departures(k, groups, u):
    """Return the mean over e ~ Beta(1, 4) of ``(1 - e + e u)**k (e u)**(groups - k)``."""

    def moment(i, j):  # of e**j (1 - e)**i
        return 4 * math.gamma(1 + j) * math.gamma(4 + i) / math.gamma(5 + i + j)

    return sum(math.comb(k, i) * u ** (groups - i) * moment(i, groups - i) for i in range(k + 1))


def prior_of_sizes(survey, sizes, largest):
    """Return a function from a vector of sizes to its probability, before the total is known."""
    groups = len(survey.groups)

    def quota(vector):
        quotas = range(1, largest + 1) if survey.quota is None else [survey.quota]
        ways = [departures(k, groups, 1 / largest) for k in range(groups + 1)]
        return sum(ways[vector.count(m)] for m in quotas) / len(quotas)

    def shortfall(vector):
        quotas = range(1, largest + 1) if survey.quota is None else [survey.quota]
        fits = [m for m in quotas if m >= max(vector)]
        return sum(departures(vector.count(m), groups, 1 / m) for m in fits) / len(quotas)

    def free(_):
        return float(largest) ** -groups

    mean = (survey.total or groups * largest / 2) / groups
    laws = []
    for a in (2.0**k for k in range(9)):
        law = [0.0] + [
            math.exp(
                math.lgamma(n + a) - math.lgamma(n + 1) - math.lgamma(a)
                + n * math.log(mean / (mean + a)) + a * math.log(a / (mean + a))
            )
            for n in range(1, largest + 1)
        ]  # fmt: skip
        laws.append([p / sum(law) for p in law])

    def dirichlet(vector):
        return sum(math.prod(law[n] for n in vector) for law in laws) / len(laws)

    def equal(vector):
        fits = {survey.total // groups, -(-survey.total // groups)}
        return float(set(vector) <= fits) / len(fits) ** groups

    laws_by_name = {
        "quota": quota, "shortfall": shortfall, "free": free, "dirichlet": dirichlet,
        "equal": equal,
    }  # fmt: skip
    return laws_by_name[sizes]


MIXED = ("quota", "dirichlet", "free")


def parts_of_prior(survey, sizes, largest):
    """Return each part of a prior as a dict: vector of sizes -> probability.

    The parts of a mixture are equally likely given the total, if they can have it; another prior is
    its only part.
    """
    every = list(vectors(len(survey.groups), survey.total, largest))
    names = MIXED if sizes == "mixture" else (sizes,)
    laws = {name: prior_of_sizes(survey, name, largest) for name in names}
    parts = {name: {v: law(v) for v in every} for name, law in laws.items()}
    if sizes != "mixture":
        return parts
    norms = {
        name: 1.0 if survey.total is None else math.fsum(part.values())
        for name, part in parts.items()
    }
    possible = [name for name in parts if norms[name] > 0]
    return {
        name: {v: p / norms[name] / len(possible) for v, p in parts[name].items()}
        for name in possible
    }


def vectors(groups, total, largest):
    """Yield all vectors of sizes from 1 to `largest`, with the total if there is one."""
    if total is None:
        yield from itertools.product(range(1, largest + 1), repeat=groups)
    elif groups == 1:
        if 1 <= total <= largest:
            yield (total,)
    else:
        for n in range(1, min(largest, total - groups + 1) + 1):
            for others in vectors(groups - 1, total - n, largest):
                yield (n, *others)


def usual_limit(survey):
    """Return the largest size by the documented rule."""
    groups, known = len(survey.groups), [g.n for g in survey.groups if g.n is not None]
    if survey.total is not None:
        rule = min(survey.total - groups + 1, math.ceil(2.5 * survey.total / groups))
    elif survey.quota is not None:
        rule = math.ceil(2.5 * survey.quota)
    else:
        rule = 400
    return max([rule, *known, survey.quota or 0])
