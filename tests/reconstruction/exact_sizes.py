"""Every vector of sizes that a survey may have, and its probability beforehand."""

import itertools
import math

import documented_sizes


def prior_of_sizes(survey, sizes, largest):
    """Return a function from a vector of sizes to its probability, before the total is known."""
    scales = documented_sizes.usual_sizes(len(survey.groups), survey.total, survey.quota)
    laws = [_prior_of_scale(survey, sizes, largest, usual) for usual in scales]
    return lambda v: math.fsum(law(v) for law in laws) / len(laws)


def _prior_of_scale(survey, sizes, largest, usual):
    groups = len(survey.groups)
    highest = documented_sizes.highest_of(groups, survey.total)
    quotas, of = [survey.quota], 1
    if survey.quota is None:
        quotas, of = range(1, min(usual, largest) + 1), usual
    mean = (survey.total or groups * usual / 2) / groups
    ways = documented_sizes.CONCENTRATIONS
    span = range(max(largest, survey.quota or 0) + 1)
    missed, free = (
        [law(n, usual, highest) for n in span]
        for law in (documented_sizes.missed, documented_sizes.free)
    )
    many = [[0.0, *(documented_sizes.dirichlet(n, mean, a) for n in span[1:])] for a in ways]
    fits = set() if survey.total is None else {survey.total // groups, -(-survey.total // groups)}
    laws = {
        "quota": lambda v: documented_sizes.quota(v, quotas, lambda n, _: missed[n], of),
        "shortfall": lambda v: documented_sizes.quota(v, quotas, documented_sizes.short, of),
        "free": lambda v: math.prod(free[n] for n in v),
        "dirichlet": lambda v: sum(math.prod(law[n] for n in v) for law in many) / len(ways),
        "equal": lambda v: float(set(v) <= fits) / len(fits) ** groups,
    }
    return laws[sizes]


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
