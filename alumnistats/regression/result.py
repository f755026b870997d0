"""What `glm` returns: the combined model, with the names that a user of statsmodels knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from alumnistats.arrays import FloatArray, check_level
from alumnistats.errors import ArgumentError, closest, listed
from alumnistats.regression.rubin import Combined, JointMethod, JointTest, combine, joint_test
from alumnistats.regression.solution import Covariance, fit_solution

if TYPE_CHECKING:
    import pandas as pd

Scale = Literal["log-odds", "share"]
SCALES: tuple[Scale, ...] = get_args(Scale)
# Our names of the adjustments that statsmodels' multipletests has.
ADJUSTMENTS = {"none": None, "holm": "holm", "hochberg": "simes-hochberg",
               "bonferroni": "bonferroni", "bh": "fdr_bh", "by": "fdr_by"}  # fmt: skip


@dataclass(frozen=True, eq=False)
class GLMFit:
    """A binomial GLM over the solutions, combined by Rubin's rules.

    Attributes
    ----------
    of : str
        Measure id or ``question:option``.
    terms : tuple of str
        Groups, or classes of groups.
    level : float
        Of the intervals.
    estimates : ndarray, shape (solutions, terms)
        Log odds by solution.
    covariances : ndarray, shape (solutions, terms, terms)
    weight : ndarray, shape (solutions,)
        Parts of the imputations.
    imputations : int
    df_complete : float
        Degrees of freedom with nothing missing: infinite where the dispersion is known.
    sizes : ndarray, shape (terms,)
        Respondents, averaged over the solutions.
    scale : float
        Dispersion, averaged over the solutions.
    counts, nobs : ndarray, shape (solutions, groups)
        What was fitted.
    design : ndarray, shape (groups, terms)
    dispersion : float or "pearson"
    cov_type : {"model", "cluster"}
    """

    of: str
    terms: tuple[str, ...]
    level: float
    estimates: FloatArray = field(repr=False)
    covariances: FloatArray = field(repr=False)
    weight: FloatArray = field(repr=False)
    imputations: int
    df_complete: float
    sizes: FloatArray
    scale: float
    counts: FloatArray = field(repr=False)
    nobs: FloatArray = field(repr=False)
    design: FloatArray = field(repr=False)
    dispersion: float | Literal["pearson"] = 1.0
    cov_type: Covariance = "model"

    def __post_init__(self) -> None:
        names = ("estimates", "covariances", "weight", "sizes", "counts", "nobs", "design")
        for name in names:
            array = np.array(getattr(self, name), dtype=float)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @cached_property
    def combined(self) -> Combined:
        """Log odds, combined."""
        return self._combined(self.estimates, self.covariances)

    def _combined(self, estimates: FloatArray, covariances: FloatArray) -> Combined:
        return combine(
            estimates, covariances, self.weight, imputations=self.imputations,
            df_complete=self.df_complete,
        )  # fmt: skip

    @property
    def params(self) -> pd.Series[float]:
        """Log odds of each term."""
        return self._series(self.combined.estimate)

    @property
    def bse(self) -> pd.Series[float]:
        """Standard errors of the log odds."""
        return self._series(self.combined.error)

    @property
    def df(self) -> pd.Series[float]:
        """Degrees of freedom of each term."""
        return self._series(self.combined.df)

    def _series(self, values: FloatArray) -> pd.Series[float]:
        import pandas as pd

        return pd.Series(values.copy(), index=list(self.terms))

    def cov_params(self) -> pd.DataFrame:
        """Return the covariance matrix of the log odds."""
        import pandas as pd

        names = list(self.terms)
        return pd.DataFrame(self.combined.covariance.copy(), index=names, columns=names)

    def conf_int(self, alpha: float | None = None) -> pd.DataFrame:
        """Return limits of the log odds: columns lower, upper.

        Parameters
        ----------
        alpha : float, optional
            One minus the level; that of the fit when omitted.
        """
        import pandas as pd

        one = self.combined
        reach = _quantile(1 - (self._alpha(alpha) / 2), one.df) * one.error
        limits = {"lower": one.estimate - reach, "upper": one.estimate + reach}
        return pd.DataFrame(limits, index=list(self.terms))

    def _alpha(self, alpha: float | None) -> float:
        used = 1 - self.level if alpha is None else alpha
        check_level(used, "alpha")
        return used

    def summary(self) -> pd.DataFrame:
        """Return the terms, one a row.

        Columns: term, n (respondents, mean over solutions), estimate, lower, upper (share: those of
        the log odds, transformed), log_odds, error, df, missing (fraction of missing information),
        level.
        """
        import pandas as pd

        one, limits = self.combined, self.conf_int()
        return pd.DataFrame(
            {
                "term": self.terms,
                "n": self.sizes,
                "estimate": expit(one.estimate),
                "lower": expit(limits["lower"].to_numpy()),
                "upper": expit(limits["upper"].to_numpy()),
                "log_odds": one.estimate,
                "error": one.error,
                "df": one.df,
                "missing": one.missing,
                "level": self.level,
            }
        )

    def t_test(self, matrix: npt.ArrayLike, scale: Scale = "log-odds") -> pd.DataFrame:
        """Return linear functions of the terms, each with its own test that it is 0.

        Parameters
        ----------
        matrix : array_like, shape (functions, terms)
        scale : {"log-odds", "share"}
            Of the terms. Shares are combined as shares: their variance in each solution is that of
            the log odds times the square of the slope.

        Returns
        -------
        DataFrame
            estimate, error, df, lower, upper, statistic, p_value (two-sided), missing.

        Raises
        ------
        ArgumentError
            For a matrix that does not fit, or an unknown scale.
        """
        import pandas as pd
        from scipy.stats import t as student

        c = np.atleast_2d(np.asarray(matrix, dtype=float))
        if c.ndim != 2 or c.shape[1] != len(self.terms):
            raise ArgumentError("matrix", c.shape, f"rows of {len(self.terms)} numbers")
        values, spread = self._on(scale)
        found = self._combined(values @ c.T, c @ spread @ c.T)
        with np.errstate(invalid="ignore", divide="ignore"):
            statistic = found.estimate / found.error
        reach = _quantile((1 + self.level) / 2, found.df) * found.error
        return pd.DataFrame(
            {
                "estimate": found.estimate,
                "error": found.error,
                "df": found.df,
                "lower": found.estimate - reach,
                "upper": found.estimate + reach,
                "statistic": statistic,
                "p_value": 2 * student.sf(np.abs(statistic), found.df),
                "missing": found.missing,
            }
        )

    def _on(self, scale: Scale) -> tuple[FloatArray, FloatArray]:
        if scale not in SCALES:
            raise ArgumentError("scale", scale, listed(SCALES))
        if scale == "log-odds":
            return self.estimates, self.covariances
        share = expit(self.estimates)
        slope = share * (1 - share)
        return share, slope[:, :, None] * self.covariances * slope[:, None, :]

    def contrasts(
        self,
        reference: str | None = None,
        *,
        scale: Scale = "log-odds",
        adjustment: str = "holm",
    ) -> pd.DataFrame:
        """Return differences of terms with adjusted p-values.

        Parameters
        ----------
        reference : str, optional
            A term that all others are compared with; all pairs when omitted.
        scale : {"log-odds", "share"}
            Differences of log odds (and odds ratios), or of shares.
        adjustment : {"holm", "hochberg", "bonferroni", "bh", "by", "none"}
            Over the rows, by statsmodels' ``multipletests``.

        Returns
        -------
        DataFrame
            term_a, term_b, then the columns of `t_test` of a minus b, odds_ratio (on the scale of
            log odds), adjustment, p_adjusted.

        Raises
        ------
        ArgumentError
            For an unknown term, scale or adjustment, or a single term.
        """
        if adjustment not in ADJUSTMENTS:
            raise ArgumentError("adjustment", adjustment, listed(ADJUSTMENTS))
        terms = len(self.terms)
        if terms < 2:
            raise ArgumentError("terms", terms, "two or more to compare")
        if reference is None:
            pairs = list(combinations(range(terms), 2))
        else:
            at = self._index(reference)
            pairs = [(i, at) for i in range(terms) if i != at]
        rows = np.eye(terms)
        table = self.t_test([rows[a] - rows[b] for a, b in pairs], scale)
        if scale == "log-odds":
            table.insert(1, "odds_ratio", np.exp(table["estimate"]))
        table.insert(0, "term_a", [self.terms[a] for a, _ in pairs])
        table.insert(1, "term_b", [self.terms[b] for _, b in pairs])
        table["adjustment"] = adjustment
        method = ADJUSTMENTS[adjustment]
        if method is None:
            return table.assign(p_adjusted=table["p_value"])
        from statsmodels.stats.multitest import multipletests

        return table.assign(p_adjusted=multipletests(table["p_value"], method=method)[1])

    def _index(self, term: str) -> int:
        if term not in self.terms:
            hint = closest(term, self.terms) or listed(self.terms)
            raise ArgumentError("reference", term, f"a term of the model. {hint}")
        return self.terms.index(term)

    def test(self, matrix: npt.ArrayLike | None = None, method: JointMethod = "wald") -> JointTest:
        """Test that all terms are equal, or any other linear hypotheses.

        Parameters
        ----------
        matrix : array_like, shape (hypotheses, terms), optional
            Functions that are all 0 under the hypothesis; each term less the first when omitted.
        method : {"wald", "d1"}
            See `rubin`.

        Returns
        -------
        JointTest
        """
        terms = len(self.terms)
        if matrix is None:
            if terms < 2:
                raise ArgumentError("terms", terms, "two or more to compare")
            matrix = np.hstack([-np.ones((terms - 1, 1)), np.eye(terms - 1)])
        return joint_test(self.combined, matrix, method=method, df_complete=self.df_complete)

    def solution(self, row: int | None = None) -> Any:
        """Return statsmodels' own results of one solution, for everything that they offer.

        Parameters
        ----------
        row : int, optional
            The most probable one when omitted.
        """
        at = int(np.argmax(self.weight)) if row is None else row
        return fit_solution(
            self.counts[at], self.nobs[at], self.design, self.dispersion, self.cov_type
        )


def _quantile(p: float, df: FloatArray) -> FloatArray:
    from scipy.stats import t as student

    return np.asarray(student.ppf(p, df))
