r"""Confidence sets for ranks of the shares of one multinomial sample, valid in samples of any size.

Of one sample's K categories, the count of i given the total of i and j is binomial with the share
:math:`\theta_i/(\theta_i+\theta_j)`, whatever the other categories are. So "i is at least j" is
tested by :math:`P(X \le k_i)` with X binomial, of :math:`k_i + k_j` and one half: exact given the
total, hence exact (Bazylik, Mogstad, Romano, Shaikh and Wilhelm 2024, arXiv 2402.00192).
`alumnistats.ranking.directed_pairs` turns p-values into sets.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from alumnistats.ranking.confidence_sets import SetKind
from alumnistats.ranking.directed_pairs import Correction, CountRankSets, rank_sets_of_p
from alumnistats.ranking.finite_sample import whole_counts
from alumnistats.ranking.marginal_sets import Tail


def multinomial_rank_sets(
    count: npt.ArrayLike,
    *,
    level: float = 0.95,
    kind: SetKind = "marginal",
    tail: Tail = "two-sided",
    correction: Correction = "shaffer",
) -> CountRankSets:
    """Return confidence sets for the ranks of one sample's shares, exact in any sample.

    Parameters
    ----------
    count : array_like of int, shape (..., categories)
        How many chose each category, everyone one of them. Problems along leading axes are
        separate.
    level : float
        Coverage in (0, 1).
    kind : {"marginal", "simultaneous"}
        Coverage of each rank by itself, or of all together.
    tail : {"two-sided", "lower", "upper"}
        Bound ranks from both sides, from below only, or from above only.
    correction : {"bonferroni", "holm", "shaffer"}
        "shaffer": Holm's procedure with the logical restrictions that weak orders obey.

    Returns
    -------
    CountRankSets

    Raises
    ------
    ArgumentError
        For counts that are not whole, a level outside (0, 1), or unknown names.

    Examples
    --------
    >>> sets = multinomial_rank_sets([60, 25, 15])
    >>> sets.lower.tolist(), sets.upper.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    k = whole_counts(count)
    own, other = k[..., :, None], k[..., None, :]
    p = np.where(own < other, bdtr(own.astype(float), own + other, 0.5), 1.0)
    return rank_sets_of_p(
        p,
        level=level,
        kind=kind,
        tail=tail,
        correction=correction,
        test="conditional binomial",
        condition="when the counts are one multinomial sample",
    )
