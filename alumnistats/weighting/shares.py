"""Weighted shares of an answer by group, with what each estimator of the package needs of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError, closest, listed
from alumnistats.reconstruction import Solutions
from alumnistats.sources.microdata import Answers, Microdata
from alumnistats.sources.tabulate import kish_sizes
from alumnistats.weighting.variances import (
    FloatArray,
    ReplicateMethod,
    linearized_covariance,
    replicate_covariance,
    shares,
)

if TYPE_CHECKING:
    import pandas as pd

Variance = Literal["linearized", "replicate"]
VARIANCES: tuple[Variance, ...] = get_args(Variance)


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
        Of the estimates, by the design; for `rank` and others that take a covariance.
    kish : ndarray, shape (groups,)
        Effective sizes by the weights alone.
    n_eff : ndarray, shape (groups,)
        Size of a simple random sample with the same variance, ``p (1 - p) / variance``, but no more
        than `n`; Kish's where a share is 0 or 1, since the variance is 0 there. It is `n` where
        respondents count alike and no design is given.
    """

    of: str
    groups: tuple[str, ...]
    n: npt.NDArray[np.int64]
    estimate: FloatArray
    covariance: FloatArray
    kish: FloatArray
    n_eff: FloatArray

    @property
    def table(self) -> pd.DataFrame:
        """Group, n, estimate, se, n_eff, k_eff (before they are rounded), kish, deff."""
        import pandas as pd

        return pd.DataFrame(
            {
                "group": self.groups,
                "n": self.n,
                "estimate": self.estimate,
                "se": np.sqrt(np.diag(self.covariance)),
                "n_eff": self.n_eff,
                "k_eff": self.n_eff * self.estimate,
                "kish": self.kish,
                "deff": self.n / self.n_eff,
            }
        )

    @property
    def solutions(self) -> Solutions:
        """Effective counts out of effective sizes, in whole numbers, for `estimate` and `rank`.

        An approximation (Korn and Graubard 1998; Chen, Wakefield and Lumley 2014): the likelihood
        is that of a simple random sample as informative as this one. Rounding moves a share by
        at most ``0.5 / n_eff``, and covariances between groups are left out.
        """
        n = np.maximum(np.rint(self.n_eff), 1).astype(np.int64)
        k = np.rint(self.estimate * n).astype(np.int64)
        return Solutions.known(self.of, self.groups, n, k)


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
    if kind == "linearized":
        covariance = linearized_covariance(
            chosen, data.group, weight, groups, data.stratum, data.cluster
        )
    elif data.replicates is None:
        raise ArgumentError("variance", kind, "linearized: the data have no replicate weights")
    else:
        copies = data.replicates * found.asked
        covariance = replicate_covariance(
            chosen, data.group, weight, groups, copies, replicate_method, rho
        )
    p = shares(chosen, data.group, weight, groups)
    kish = kish_sizes(weight, data.group, groups)
    plain = all(part is None for part in (data.weight, data.stratum, data.cluster, data.replicates))
    n_eff = n.astype(float) if plain else _effective(p, np.diag(covariance), kish, n)
    of = f"{question}:{'+'.join(names)}"
    return WeightedShares(of, data.group_labels, n, p, covariance, kish, n_eff)


def _chosen(found: Answers, names: Sequence[str]) -> npt.NDArray[np.bool_]:
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
    p: FloatArray, variance: FloatArray, kish: FloatArray, n: npt.NDArray[np.int64]
) -> FloatArray:
    inside = (p > 0) & (p < 1) & (variance > 0)
    by_design = np.divide(p * (1 - p), variance, out=kish.copy(), where=inside)
    return np.minimum(by_design, n)
