"""How probable a claim was before the data, under the priors that its posterior has.

An order of things that the prior tells nothing apart (exchangeable) is as probable as any other
order: 1 in 12 x 11 x 10 for a top three of twelve in order, 1 in 495 for a top four in any order.
A threshold is as probable as the prior of the shares says. Posterior odds over prior odds are the
Bayes factor (Kass and Raftery 1995, Journal of the American Statistical Association 90, 773-795).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import betainc

from alumnistats.claims.evidence import JEFFREYS


def order_prior(sizes: Sequence[int]) -> float:
    """Return the prior probability that exchangeable things are in tiers of these sizes.

    Parameters
    ----------
    sizes : sequence of int
        Of all tiers, those left out of a claim's list included.
    """
    orders = math.factorial(sum(sizes))
    return math.prod(math.factorial(size) for size in sizes) / orders


def share_prior(low: float, high: float) -> float:
    """Return the probability, under Jeffreys' prior, of one share between two values."""
    below = betainc(JEFFREYS, JEFFREYS, [low, high])
    return max(float(below[1] - below[0]), 0.0)
