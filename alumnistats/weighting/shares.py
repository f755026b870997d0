"""Weighted shares of an answer by group, with what each estimator of the package needs of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from alumnistats.arguments import checked, instance, optional, text, text_or_texts
from alumnistats.arrays import BoolArray, FloatArray, IntArray, check_level
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError, closest, listed
from alumnistats.reconstruction import Solutions
from alumnistats.sources.answers import Answers
from alumnistats.sources.microdata import Microdata
from alumnistats.sources.tabulate import kish_sizes
from alumnistats.weighting.variances import (
    ReplicateMethod,
    design_degrees,
    linearized_covariance,
    replicate_covariance,
    replicate_degrees,
    shares,
    unknown,
)

if TYPE_CHECKING:
    import pandas as pd

Variance = Literal["linearized", "replicate"]
VARIANCES: tuple[Variance, ...] = get_args(Variance)
Covariance = Callable[[Microdata, BoolArray, FloatArray], tuple[FloatArray, IntArray]]

LEVEL = 0.95  # of the intervals in a table
ALIKE = "all gave the same answer: the variance of the design is 0, which says nothing"
LONE_CLUSTER = "in one cluster of each stratum: nothing says how far its share may err"
LONE_PERSON = "one respondent in each stratum: nothing says how far its share may err"
LONE_COPIES = "no replicate changes its share: nothing says how far it may err"


@dataclass(frozen=True, eq=False)
class WeightedShares:
    """Weighted shares of one answer (or of several together) in every group.

    Attributes
    ----------
    of : str
        ``question:answer``, answers joined by +.
    groups : tuple of str
    n : ndarray of int, shape (groups,)
        Respondents asked.
    estimate : ndarray, shape (groups,)
        Weighted shares, in [0, 1].
    covariance : ndarray, shape (groups, groups)
        Of the estimates, by the design; for `rank` and others that take a covariance. Not a number
        where it is not known, for which `reasons` are given.
    kish : ndarray, shape (groups,)
        Effective sizes by the weights alone.
    n_eff : ndarray, shape (groups,)
        Size of a simple random sample with the same variance, ``p (1 - p) / variance``, but no more
        than `n`; Kish's where a share is 0 or 1, since the variance is 0 there. It is `n` where
        respondents count alike and no design is given, and not a number where a variance is not
        known. With a finite population it may be larger than `n`.
    df : ndarray of int, shape (groups,)
        Degrees of freedom of each variance: of a group, its clusters less their strata.
    reasons : tuple of str
        Why a group's variance is not known; empty where it is.
    """

    __repr__ = short_repr

    of: str
    groups: tuple[str, ...]
    n: IntArray
    estimate: FloatArray
    covariance: FloatArray
    kish: FloatArray
    n_eff: FloatArray
    df: IntArray
    reasons: tuple[str, ...]

    def interval(self, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
        """Return Korn and Graubard's intervals.

        Clopper and Pearson's of effective counts, whose size is made smaller where few clusters
        tell of the variance: ``n_eff (t(n - 1) / t(df))²``, with t the quantiles of Student's law.
        For a simple random sample it is Clopper and Pearson's itself.

        Parameters
        ----------
        level : float
            In (0, 1).

        Returns
        -------
        lower, upper : ndarray, shape (groups,)
            Proportions in [0, 1]; not numbers where a variance is not known.

        References
        ----------
        E. L. Korn and B. I. Graubard (1998), Survey Methodology 24, 193-201.
        """
        from scipy.special import betaincinv, stdtrit

        check_level(level)
        tail = (1 - level) / 2
        few = np.where(self.df > 0, self.df, np.nan)
        ratio = stdtrit(np.maximum(self.n - 1, few), 1 - tail) / stdtrit(few, 1 - tail)
        size = self.n_eff * ratio**2
        k = np.clip(self.estimate, 0.0, 1.0) * size
        inner = np.clip(k, 1e-300, None), np.clip(size - k, 1e-300, None)
        lower = np.where(k > 0, betaincinv(inner[0], size - k + 1, tail), 0.0)
        upper = np.where(size - k > 0, betaincinv(k + 1, inner[1], 1 - tail), 1.0)
        complete = np.diag(self.covariance) == 0  # every one of the population was asked
        missing = np.isnan(size)
        lower, upper = (
            np.where(missing, np.nan, np.where(complete, self.estimate, end))
            for end in (lower, upper)
        )
        return lower, upper

    @property
    def table(self) -> pd.DataFrame:
        """Everything by group.

        group, n, estimate, se, df, lower, upper (95%, as `interval`), n_eff, k_eff (before they are
        rounded), kish, deff, reason (why a variance is not known).
        """
        import pandas as pd

        lower, upper = self.interval()
        return pd.DataFrame(
            {
                "group": self.groups,
                "n": self.n,
                "estimate": self.estimate,
                "se": np.sqrt(np.diag(self.covariance)),
                "df": self.df,
                "lower": lower,
                "upper": upper,
                "n_eff": self.n_eff,
                "k_eff": self.n_eff * self.estimate,
                "kish": self.kish,
                "deff": self.n / self.n_eff,
                "reason": self.reasons,
            }
        )

    @property
    def solutions(self) -> Solutions:
        """Effective counts out of effective sizes, in whole numbers, for `estimate` and `rank`.

        An approximation (Korn and Graubard 1998; Chen, Wakefield and Lumley 2014): the likelihood
        is that of a simple random sample as informative as this one. Rounding moves a share by
        at most ``0.5 / n_eff``, and covariances between groups are left out.

        Raises
        ------
        ArgumentError
            If the variance of a group is not known, and so its effective size.
        """
        if np.isnan(self.n_eff).any():
            at = int(np.argmax(np.isnan(self.n_eff)))
            found = f"{self.groups[at]}: {self.reasons[at]}"
            raise ArgumentError("groups", found, "groups with a variance; leave it out, or join it")
        n = np.maximum(np.rint(self.n_eff), 1).astype(np.int64)
        k = np.rint(self.estimate * n).astype(np.int64)
        return Solutions.known(self.of, self.groups, n, k)


@checked(
    {
        "data": instance(Microdata),
        "answers": text_or_texts,
        "variance": optional(text),
    }
)
def weighted_shares(
    data: Microdata,
    question: str,
    answers: str | Sequence[str],
    *,
    variance: Variance | None = None,
    replicate_method: ReplicateMethod = "bootstrap",
    rho: float = 0.5,
) -> WeightedShares:
    """Estimate the weighted share of an answer in every group.

    Parameters
    ----------
    data : Microdata
        Without weights all respondents count alike.
    question : str
    answers : str or sequence of str
        As the file has them; several of a question with one answer are taken together.
    variance : {"linearized", "replicate"}, optional
        By default from replicate weights where there are some.
    replicate_method : ReplicateMethod
        How replicate weights were made; see `replicate_covariance`.
    rho : float
        Of Fay's method.

    Returns
    -------
    WeightedShares

    Raises
    ------
    ArgumentError
        For an unknown question, answer or method, a group that nobody of was asked, or a design
        that gives no variance.

    References
    ----------
    E. L. Korn and B. I. Graubard (1998), Survey Methodology 24, 193-201: effective counts.
    C. Chen, J. Wakefield and T. Lumley (2014), Spatial and Spatio-temporal Epidemiology 11, 33-43.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> people = pd.DataFrame({"branch": ["a", "a", "a", "b", "b", "b"], "ill": list("ynynny")})
    >>> people["weight"] = [1, 2, 1, 1, 1, 2]
    >>> data = al.read_microdata(people, group="branch", questions=["ill"], weight="weight")
    >>> found = al.weighted_shares(data, "ill", "y")
    >>> found.estimate.tolist(), found.n_eff.round(2).tolist()
    ([0.5, 0.5], [2.22, 2.22])
    """
    if question not in data.questions:
        known = list(data.questions)
        expected = f"{listed(known)}. {closest(question, known)}".strip()
        raise ArgumentError("question", question, expected)
    found = data.questions[question]
    names = (answers,) if isinstance(answers, str) else tuple(answers)
    chosen = _chosen(found, names)
    groups = len(data.group_labels)
    n = np.bincount(data.group, found.asked, minlength=groups).astype(np.int64)
    if (n == 0).any():
        empty = data.group_labels[int(np.argmin(n))]
        raise ArgumentError("question", question, f"an answer of somebody in {empty}")
    weight = (np.ones(len(data.group)) if data.weight is None else data.weight) * found.asked
    kind = variance or ("linearized" if data.replicates is None else "replicate")
    if kind not in VARIANCES:
        raise ArgumentError("variance", kind, "one of " + ", ".join(VARIANCES))
    make = _linearized if kind == "linearized" else _replicated(replicate_method, rho)
    covariance, df = make(data, chosen, weight)
    p = shares(chosen, data.group, weight, groups)
    alike = (np.diag(covariance) == 0) & ((p == 0) | (p == 1)) & ~_complete(data)
    lone = LONE_PERSON if data.cluster is None else LONE_CLUSTER
    lone = lone if kind == "linearized" else LONE_COPIES
    reasons = tuple(
        (lone if few else ALIKE if same else "") for few, same in zip(df < 1, alike, strict=True)
    )
    kish = kish_sizes(weight, data.group, groups)
    designed = (data.weight, data.stratum, data.cluster, data.replicates)
    finite = data.stratum_population is not None or data.group_population is not None
    n_eff = n.astype(float)
    if finite or any(part is not None for part in designed):
        n_eff = _effective(p, np.diag(covariance), kish, np.inf if finite else n)
    n_eff = np.where((df < 1) & (n > 1), np.nan, n_eff)
    of = f"{question}:{'+'.join(names)}"
    return WeightedShares(
        of, data.group_labels, n, p, unknown(covariance, alike), kish, n_eff, df, reasons
    )


def _linearized(
    data: Microdata, chosen: BoolArray, weight: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Return the linearized covariance with its degrees of freedom."""
    groups, design = len(data.group_labels), (data.stratum, data.cluster)
    covariance = linearized_covariance(
        chosen, data.group, weight, groups, *design,
        population=data.stratum_population, names=data.stratum_labels,
    )  # fmt: skip
    if data.group_population is not None:
        asked = np.bincount(data.group, minlength=groups)
        left = np.sqrt(1 - asked / data.group_population)
        covariance = covariance * left[:, None] * left
    return covariance, design_degrees(data.group, weight, groups, *design)


def _replicated(method: ReplicateMethod, rho: float) -> Covariance:
    """Return what gives the covariance by replicate weights, with its degrees of freedom."""

    def make(data: Microdata, chosen: BoolArray, weight: FloatArray) -> tuple[FloatArray, IntArray]:
        if data.replicates is None:
            found = "linearized: the data have no replicate weights"
            raise ArgumentError("variance", "replicate", found)
        if data.stratum_population is not None or data.group_population is not None:
            expected = "none: replicate weights carry the correction if they were made with it"
            raise ArgumentError("population_size", "a finite population", expected)
        groups = len(data.group_labels)
        copies = data.replicates * (weight > 0)
        covariance = replicate_covariance(chosen, data.group, weight, groups, copies, method, rho)
        df = replicate_degrees(data.group, weight, groups, copies)
        return unknown(covariance, df < 1), df

    return make


def _complete(data: Microdata) -> BoolArray:
    """Return the groups of which everybody was asked: their variance is 0 and known to be."""
    groups = len(data.group_labels)
    if data.group_population is None:
        return np.zeros(groups, dtype=bool)
    return np.asarray(np.bincount(data.group, minlength=groups) == data.group_population)


def _chosen(found: Answers, names: Sequence[str]) -> BoolArray:
    for name in names:
        if name not in found.options:
            expected = f"{listed(found.options)}. {closest(name, found.options)}".strip()
            raise ArgumentError("answers", name, expected)
    if not names or (len(names) > 1 and not found.single):
        raise ArgumentError(
            "answers", names, "one answer; several only of a single-answer question"
        )
    rows = [found.options.index(name) for name in names]
    return np.asarray(found.chosen[rows].any(axis=0))


def _effective(
    p: FloatArray, variance: FloatArray, kish: FloatArray, most: IntArray | float
) -> FloatArray:
    inside = (p > 0) & (p < 1) & (variance > 0)
    by_design = np.divide(p * (1 - p), variance, out=kish.copy(), where=inside)
    return np.minimum(by_design, most)
