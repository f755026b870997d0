"""`rank`: everything said of the groups' ranks, in one table; the door to the methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from alumnistats.arguments import RULES, checked, optional, text_or_texts
from alumnistats.arrays import BoolArray, FloatArray, whole_numbers
from alumnistats.brief import short_repr
from alumnistats.comparisons import fisher_mid_p
from alumnistats.comparisons.counts import check_counts
from alumnistats.errors import ArgumentError
from alumnistats.posterior import Fit, estimate
from alumnistats.ranking.comparison_intervals import Family
from alumnistats.ranking.given_estimates import (
    aligned,
    around_the_unknown,
    names_of,
    widened,
)
from alumnistats.ranking.grades import grades
from alumnistats.ranking.posterior_ranks import PosteriorRanks, pairwise, posterior_ranks
from alumnistats.ranking.rank_methods import (
    METHODS,
    RANK_METHODS,
    SIGNIFICANT,
    Given,
    RankMethod,
    given_counts,
    over_solutions,
)
from alumnistats.ranking.reference_table import reference_table
from alumnistats.ranking.selection import winner_share
from alumnistats.ranking.tiers import separated, tiers
from alumnistats.reconstruction import Solutions
from alumnistats.weighting import WeightedShares

if TYPE_CHECKING:
    import pandas as pd

SOLUTIONS_TRIED = 20  # solutions, drawn by weight, over which frequentist results are taken
OF_A_FIT: tuple[RankMethod, ...] = ("marginal", "simultaneous", "posterior")
CREDIBLE = "holds each group's rank with probability {level:g} under the model, prior included"
A_SOURCE = "a fit, weighted shares, count= with nobs=, or estimates= with variance="
OF_ESTIMATES: tuple[RankMethod, ...] = ("marginal", "simultaneous")


@dataclass(frozen=True, eq=False)
class RankTable:
    """Ranks of groups, from estimates.

    Attributes
    ----------
    groups : tuple of str
    level : float
    table : DataFrame
        group, method, lower, upper, lower_min, upper_max, lower_mean, upper_mean, expected,
        p_first, guarantee; rank 1 is the largest. Over the solutions of a reconstruction a rank is
        outside of `lower` to `upper` if it is outside of the sets of 95% of them; `lower_min` and
        `upper_max` are the extremes, the means weighted averages. expected and p_first are
        posterior, and missing without one.
    """

    __repr__ = short_repr

    groups: tuple[str, ...]
    level: float
    table: pd.DataFrame

    def about(self, lang: str = "en") -> dict[str, str]:  # noqa: ARG002  nothing is said
        """Return what the ranks are of, by name; nothing where only estimates were given."""
        return {}

    def labels(self, lang: str) -> dict[str, str]:  # noqa: ARG002  names are all there is
        """Return the text of each group: its name."""
        return {group: group for group in self.groups}


@dataclass(frozen=True, eq=False)
class Ranks(RankTable):
    """Ranks of groups, from counts.

    Attributes
    ----------
    groups, level, table
        As in `RankTable`.
    fit : Fit
    posterior : PosteriorRanks
    """

    __repr__ = short_repr

    fit: Fit
    posterior: PosteriorRanks

    def about(self, lang: str = "en") -> dict[str, str]:
        """Return the measure and the model, by name."""
        return {"of": self.fit.solutions.label(self.fit.of, lang), "model": self.fit.model}

    def labels(self, lang: str) -> dict[str, str]:
        """Return what the survey calls each group; its id where there is no survey."""
        return {group: self.fit.solutions.label(group, lang) for group in self.groups}

    def compare_with(self, reference: str, family: Family = "reference") -> pd.DataFrame:
        """Return which groups lie surely above or below one of them.

        Parameters
        ----------
        reference : str
        family : {"reference", "all-pairs", "region"}
            Of the decisions that hold together, as in `alumnistats.ranking.compare_with`.

        Returns
        -------
        DataFrame
            group, share, lower, upper (comparison interval: two that do not overlap differ, at the
            level on average over pairs; averages over the solutions), position ("above",
            "undecided" or "below": decided in at least 95% of the solutions).
        """
        return reference_table(
            self._solutions(), self.groups, reference, self.level, family, SIGNIFICANT - 1e-9
        )

    def pairwise(self) -> pd.DataFrame:
        """Return P(share of the row's group > share of the column's group)."""
        import pandas as pd

        matrix = pairwise(self.fit.mixture)
        return pd.DataFrame(matrix, index=self.groups, columns=list(self.groups))

    def winners(self, top: int = 1) -> pd.DataFrame:
        """Return the shares of the groups in the first places, allowing for how they got there.

        Parameters
        ----------
        top : int
            Number of places.

        Returns
        -------
        DataFrame
            group, share (as observed), estimate, lower, upper (hybrid: median-unbiased and with
            its level given the place), lower_naive, upper_naive; proportions, averaged over the
            solutions in which the group holds such a place, whose probability is the last column.
            lower_min and upper_max are the extreme ends of the hybrid interval over them.
        """
        import pandas as pd

        rows = []
        for n, k, weight in self._solutions():
            found = winner_share(k, n, top, level=self.level)
            rows.append(
                pd.DataFrame(
                    {
                        "group": [self.groups[g] for g in found.group],
                        "share": found.naive.estimate,
                        "estimate": found.hybrid.estimate,
                        "lower": found.hybrid.lower,
                        "upper": found.hybrid.upper,
                        "lower_naive": found.naive.lower,
                        "upper_naive": found.naive.upper,
                        "probability": weight,
                    }
                )
            )
        table = pd.concat(rows)
        values = table.columns[1:-1]
        table[values] = table[values].mul(table["probability"], axis=0)
        total = table.groupby("group", sort=False).sum()
        total[values] = total[values].div(total["probability"], axis=0)
        ends = pd.concat(rows).groupby("group", sort=False)
        total.insert(4, "lower_min", ends["lower"].min())
        total.insert(5, "upper_max", ends["upper"].max())
        return total.reset_index().sort_values("share", ascending=False, ignore_index=True)

    def tiers(self) -> pd.DataFrame:
        """Return groups in tiers that the data separate.

        Fisher's mid-P test of every pair with Holm's adjustment; a pair counts as separated if it
        is in at least 95% of the solutions.

        Returns
        -------
        DataFrame
            group, tier (1 is the top one), first, last (places that the tier takes up), letters
            (groups that share one are not separated).
        """
        import pandas as pd

        found = tiers(self.separated())
        return pd.DataFrame(
            {
                "group": self.groups,
                "tier": found.tier,
                "first": found.first,
                "last": found.last,
                "letters": list(found.letters),
            }
        ).sort_values(["tier", "letters"], kind="stable", ignore_index=True)

    def grades(self, trade_off: float = 0.25) -> pd.DataFrame:
        """Return the grades of Kline, Rose and Walters: group and grade (1 is the top one).

        Parameters
        ----------
        trade_off : float
            In [0, 1]: 0 puts all groups into one grade, 1 ranks every group.
        """
        import pandas as pd

        above = pairwise(self.fit.mixture)
        ties = 1 - above - above.T  # count half for either group
        found = grades(above + ties / 2, trade_off)
        table = pd.DataFrame({"group": self.groups, "grade": found.grade})
        return table.sort_values("grade", kind="stable", ignore_index=True)

    def separated(self) -> BoolArray:
        """Return whether the row's group is significantly above the column's, as in `tiers`."""
        often = np.zeros((len(self.groups), len(self.groups)))
        for n, k, weight in self._solutions():
            p = fisher_mid_p(k[:, None], n[:, None], k, n)
            often += weight * separated(k / n, p, self.level)
        return often >= SIGNIFICANT - 1e-9

    def _solutions(self) -> Iterator[tuple[Any, Any, float]]:
        """Return sizes, counts and probability of representative solutions."""
        thin = self.fit.solutions.thin(SOLUTIONS_TRIED)
        for n, k, weight in zip(thin.n, thin.k, thin.weight.tolist(), strict=True):
            yield np.maximum(n, 1), k, weight


@overload
def rank(
    fit: Fit | None = None,
    method: RankMethod | Sequence[RankMethod] | None = None,
    *,
    count: npt.ArrayLike | None = None,
    nobs: npt.ArrayLike | None = None,
    groups: Sequence[str] | None = None,
    level: float | None = None,
) -> Ranks: ...


@overload
def rank(
    fit: None = None,
    method: RankMethod | Sequence[RankMethod] | None = None,
    *,
    estimates: npt.ArrayLike,
    variance: npt.ArrayLike,
    df: npt.ArrayLike | None = None,
    groups: Sequence[str] | None = None,
    level: float | None = None,
) -> RankTable: ...


@overload
def rank(
    fit: WeightedShares,
    method: RankMethod | Sequence[RankMethod] | None = None,
    *,
    level: float | None = None,
) -> RankTable: ...


@checked({"method": optional(text_or_texts), "level": optional(RULES["level"])})
def rank(
    fit: Fit | WeightedShares | None = None,
    method: RankMethod | Sequence[RankMethod] | None = None,
    *,
    count: npt.ArrayLike | None = None,
    nobs: npt.ArrayLike | None = None,
    estimates: npt.ArrayLike | None = None,
    variance: npt.ArrayLike | None = None,
    df: npt.ArrayLike | None = None,
    groups: Sequence[str] | None = None,
    level: float | None = None,
) -> RankTable:
    """Rank groups, from a fit, from counts, or from estimates.

    Parameters
    ----------
    fit : Fit or WeightedShares, optional
        A fit by any model (with complete pooling all groups share the first rank, as far as the
        posterior goes); or weighted shares, whose estimates, covariance and degrees of freedom are
        taken.
    method : str or sequence of str, optional
        "marginal" and "simultaneous" (confidence sets for each rank and for all at once: exact
        where a group has fewer than ten successes or failures, else normal), "normal-..." or
        "exact-..." to insist, "single-step" (simultaneous without stepdown), "joint-region",
        "multinomial-..." (groups are options of one sample), "posterior" (equal-tailed credible
        sets). By default marginal, simultaneous and, where there are counts, posterior.
    count, nobs : array_like of int, shape (groups,), optional
        Instead of a fit: partial pooling of these counts gives the posterior. For options of one
        sample `nobs` is that sample's size, repeated. Counts are whole to 1e-9, or refused.
    estimates : array_like, shape (groups,), optional
        Instead of counts, with `variance`.
    variance : array_like, shape (groups,) or (groups, groups), optional
        Variances of independent estimates, or a covariance matrix. A group whose variance is not a
        number may have any rank.
    df : array_like, shape () or (groups,), optional
        Degrees of freedom of the variances, such as clusters less strata: few make sets wider.
    groups : sequence of str, optional
        Names; by default the index of a pandas Series of counts or estimates, or "1", "2", ...
    level : float, optional
        Of all sets; the fit's level, or 0.95.

    Returns
    -------
    Ranks, or RankTable for estimates

    Raises
    ------
    ArgumentError
        For no source or more than one; for an unknown method, or one that the source does not
        allow.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.Series({"Energy": 80, "Retail": 100})
    >>> yes = pd.Series({"Energy": 60, "Retail": 30})
    >>> rank(method="simultaneous", count=yes, nobs=asked).table["group"].tolist()
    ['Energy', 'Retail']
    """
    if isinstance(fit, WeightedShares) and estimates is None:
        estimates, variance, df = fit.estimate, fit.covariance, fit.df
        groups = fit.groups if groups is None else groups
        fit = None
    elif fit is not None and not isinstance(fit, Fit):
        raise ArgumentError("fit", type(fit).__name__, A_SOURCE)
    if sum(source is not None for source in (fit, count, estimates)) != 1:
        raise ArgumentError("fit", "none or several sources", "one of fit, count or estimates")
    if estimates is not None:
        used = 0.95 if level is None else level
        return _of_estimates(estimates, variance, df, groups, method, used)
    if fit is None:
        fit = estimate(_counted(count, nobs, groups))
    thin = fit.solutions.thin(SOLUTIONS_TRIED)
    used = fit.level if level is None else level
    names = _check_methods(OF_A_FIT if method is None else method)
    posterior = posterior_ranks(fit.mixture, used)
    given = given_counts(thin.k, thin.n)
    table = _table(fit.groups, names, given, thin.weight, used, posterior)
    return Ranks(fit.groups, used, table, fit, posterior)


def _counted(
    count: npt.ArrayLike | None, nobs: npt.ArrayLike | None, groups: Sequence[str] | None
) -> Solutions:
    """Return counts as the one solution of a survey, by the names that they have."""
    if nobs is None:
        raise ArgumentError("nobs", nobs, "the size of each group")
    k = np.atleast_1d(whole_numbers(count if count is not None else ()))
    n = np.atleast_1d(whole_numbers(aligned(nobs, count, "nobs"), "nobs"))
    if k.ndim != 1 or n.shape not in (k.shape, (1,)):
        raise ArgumentError("nobs", n.shape, f"one size for each of the {len(k)} counts")
    check_counts(k, n, smallest=0)
    names = _names(names_of(count, groups), len(k))
    return Solutions.known("share", names, np.broadcast_to(n, k.shape), k)


def _of_estimates(
    estimates: npt.ArrayLike,
    variance: npt.ArrayLike | None,
    df: npt.ArrayLike | None,
    groups: Sequence[str] | None,
    method: RankMethod | Sequence[RankMethod] | None,
    level: float,
) -> RankTable:
    x = np.atleast_1d(np.asarray(estimates, dtype=float))
    v = np.asarray(aligned(variance, estimates, "variance"), dtype=float)
    if x.ndim != 1 or v.shape not in (x.shape, x.shape * 2):
        raise ArgumentError("variance", v.shape, "one variance for each estimate, or a covariance")
    names = _check_methods(OF_ESTIMATES if method is None else method)
    if "posterior" in names:
        raise ArgumentError("method", "posterior", "a method for estimates: this one needs counts")
    labels = _names(names_of(estimates, groups), len(x))
    v = v if v.ndim == 2 else np.diag(v)
    if df is not None:
        v = widened(v, aligned(df, estimates, "df"), level)

    def table(some: BoolArray) -> pd.DataFrame:
        given = Given(x[None, some], covariance=v[np.ix_(some, some)])
        kept = tuple(label for label, is_in in zip(labels, some, strict=True) if is_in)
        return _table(kept, names, given, np.ones(1), level, None)

    return RankTable(labels, level, around_the_unknown(table, labels, ~np.isnan(np.diag(v))))


def _names(groups: Sequence[str] | None, size: int) -> tuple[str, ...]:
    names = tuple(str(i + 1) for i in range(size)) if groups is None else tuple(groups)
    if len(names) != size:
        raise ArgumentError("groups", len(names), f"{size} names, one for each group")
    return names


def _check_methods(method: RankMethod | Sequence[RankMethod]) -> tuple[RankMethod, ...]:
    names: Sequence[RankMethod] = (method,) if isinstance(method, str) else method
    for name in names:
        if name not in RANK_METHODS:
            raise ArgumentError("method", name, "one of " + ", ".join(RANK_METHODS))
    return tuple(names)


def _table(
    groups: tuple[str, ...],
    methods: tuple[RankMethod, ...],
    given: Given,
    weight: FloatArray,
    level: float,
    posterior: PosteriorRanks | None,
) -> pd.DataFrame:
    import pandas as pd

    frames = []
    for name in methods:
        if name == "posterior" and posterior is not None:
            lower, upper = posterior.lower[None], posterior.upper[None]
            share, guarantee = np.ones(1), CREDIBLE.format(level=level)
        else:
            sets = METHODS[name](given, level, name)
            lower, upper = np.atleast_2d(sets.lower), np.atleast_2d(sets.upper)
            share, guarantee = weight, sets.guarantee
        columns = {
            "group": groups, "method": name, **over_solutions(lower, upper, share),
            "expected": np.nan if posterior is None else posterior.expected,
            "p_first": np.nan if posterior is None else posterior.distribution[:, 0],
            "guarantee": guarantee,
        }  # fmt: skip
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)
