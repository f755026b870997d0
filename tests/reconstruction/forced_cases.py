"""The largest-remainder method written with fractions, and surveys that publish by it."""

import functools
import itertools
import math
from fractions import Fraction

import brute_force
import numpy as np

from alumnistats.rounding import round_share
from alumnistats.survey import Survey

BOTH = ("rounded", "forced")


@functools.cache
def hamilton(counts, digits):
    """Every print of the counts by the largest-remainder method, with its probability."""
    whole = 100 * 10**digits
    quotas = [Fraction(whole * k, sum(counts)) for k in counts]
    down = [math.floor(q) for q in quotas]
    left = [q - f for q, f in zip(quotas, down, strict=True)]
    options = range(len(counts))
    ways = [
        up
        for up in itertools.combinations(options, whole - sum(down))
        if all(left[i] >= left[j] for i in up for j in options if j not in up)
    ]
    return {tuple(f + (i in up) for i, f in enumerate(down)): 1 / len(ways) for up in ways}


def printed(units, digits):
    return f"{units / 10**digits:.{digits}f}"


def shares(rng, counts, digits, way):
    """Print a distribution, ties at random."""
    if way == "rounded":
        return [int(round_share(k, sum(counts), digits)) for k in counts]
    prints = hamilton(tuple(counts), digits)
    return list(list(prints)[rng.integers(len(prints))])


def published(counts, digits=0, way="forced", *, seed=0, sizes=(), overall=True, **more):
    """Publish counts, shape (groups, options), in full; `sizes` are groups that print theirs."""
    rng, counts = np.random.default_rng(seed), np.asarray(counts)
    options = [f"o{i}" for i in range(counts.shape[1])]
    groups = [f"g{i}" for i in range(len(counts))]
    rows = dict(zip(groups, counts.tolist(), strict=True))
    rows |= {"overall": counts.sum(axis=0).tolist()} if overall else {}
    text = brute_force.text
    return Survey.model_validate({
        "format": 1, "id": "full", "title": text("full"), "total": int(counts.sum()),
        "source": {"publisher": "p", "url": "u", "cite": "c"}, "adding_up": BOTH,
        "groups": [
            {"id": g, "label": text(g), "n": sum(rows[g]) if g in sizes else None} for g in groups
        ],
        "questions": [{
            "id": "q", "label": text("q"), "answers": "single", "complete": True,
            "options": [{"id": o, "label": text(o)} for o in options],
        }],
        "figures": [
            {"of": f"q:{o}", "group": g, "percent": printed(units, digits), "at": "f"}
            for g, row in rows.items()
            for o, units in zip(options, shares(rng, row, digits, way), strict=True)
        ],
        **more,
    })  # fmt: skip


def compositions(n, parts):
    """Every vector of counts that sums to n."""
    if parts == 1:
        yield (n,)
        return
    for k in range(n + 1):
        for rest in compositions(n - k, parts - 1):
            yield (k, *rest)


def near(counts, units):
    """Whether every share is less than a unit away: no other counts need be tried."""
    n = sum(counts)
    return all(abs(100 * k - n * p) < n for k, p in zip(counts, units, strict=True))
