"""`estimate`: posterior shares of every group from weighted solutions."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from alumnistats.display import card, frame_table, short_repr
from alumnistats.errors import ArgumentError
from alumnistats.posterior.exact_run import Powers
from alumnistats.posterior.logit_normal import Grid
from alumnistats.posterior.mixture import FloatArray, Mixture, cumulate
from alumnistats.posterior.models import pooling_model
from alumnistats.posterior.pooling import Model
from alumnistats.posterior.priors import Prior

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.reconstruction import Solutions

Engine = Literal["exact", "pymc"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

DEFAULT_COMPONENTS = 600
FEWEST_COMPONENTS = 50
FEW_SOLUTIONS = 50  # effective number below which a warning says that the weight rests on few


class FewSolutionsWarning(UserWarning):
    """A model puts most of the weight on few of the reconstruction's solutions."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Posterior of the groups' shares of one measure.

    Attributes
    ----------
    of : str
        Measure id or ``question:option``.
    groups : tuple of str
    model, engine : str
    prior : BetaPrior, LogitNormalPrior or BetaBinomialPrior
    level : float
        Probability of the intervals of `summary`.
    mixture : Mixture
        Joint posterior, for ranks.
    grid : Grid
        Common grid of the marginal densities.
    marginal : ndarray, shape (groups, nodes)
        Posterior density of each group's share on `grid`.
    hyper : dict
        Posterior mean and standard deviation of hyperparameters, by name.
    log_evidence : float
        Log probability under the model of everything published; of the counts, where they are.
    ess : float
        Effective number of solutions after the model has reweighted them.
    solutions : Solutions
    weight : ndarray, shape (solutions,)
        Probabilities of the solutions under the model.
    left_out : callable
        Computes `loo`.
    """

    __repr__ = short_repr

    of: str
    groups: tuple[str, ...]
    model: Model
    engine: Engine
    prior: Prior
    level: float
    mixture: Mixture
    grid: Grid
    marginal: FloatArray
    hyper: dict[str, tuple[float, float]]
    log_evidence: float
    ess: float
    solutions: Solutions
    weight: FloatArray
    left_out: Callable[[], FloatArray] = field(repr=False)
    trace: Any = field(default=None, repr=False)

    @cached_property
    def loo(self) -> FloatArray:
        """Log probability of each group's count given those of all other groups, (groups,)."""
        return self.left_out()

    def quantile(self, probability: npt.ArrayLike) -> FloatArray:
        """Return quantiles of each group's share, shape (groups, probabilities)."""
        p = np.atleast_1d(np.asarray(probability, dtype=float))
        cdf = cumulate(self.marginal * self.grid.quad)
        return np.stack([_invert(row, self.grid.phi, p) for row in cdf])

    def cdf(self, value: npt.ArrayLike) -> FloatArray:
        """Return P(share <= value) for each group, shape (groups, values) or (groups,)."""
        x = np.asarray(value, dtype=float)
        if (x <= 0).any() or (x >= 1).any():
            raise ArgumentError("value", value, "proportions strictly between 0 and 1")
        at = logit(np.broadcast_to(np.atleast_2d(x), (len(self.groups), x.size)))
        cdf = cumulate(self.marginal * self.grid.quad)
        out = [_evaluate(row, self.grid.phi, t) for row, t in zip(cdf, at, strict=True)]
        return np.stack(out).reshape(len(self.groups), *x.shape)

    def summary(self) -> pd.DataFrame:
        """Return group, mean, sd, median, equal-tailed and highest-density interval.

        Columns: group, mean, sd, median, lower, upper (equal-tailed), hdi_lower, hdi_upper,
        level; all shares are proportions.
        """
        import pandas as pd

        grid, mass = self.grid.theta, self.marginal * self.grid.quad
        mean = mass @ grid
        sd = np.sqrt(np.maximum((mass * (grid - mean[:, None]) ** 2).sum(axis=1), 0.0))
        tail = (1 - self.level) / 2
        lower, median, upper = self.quantile([tail, 0.5, 1 - tail]).T
        hdi = self._hdi()
        return pd.DataFrame(
            {
                "group": self.groups,
                "mean": mean,
                "sd": sd,
                "median": median,
                "lower": lower,
                "upper": upper,
                "hdi_lower": hdi[:, 0],
                "hdi_upper": hdi[:, 1],
                "level": self.level,
            }
        )

    def _hdi(self) -> FloatArray:
        """Return the shortest intervals, shape (groups, 2): the best of a fine grid of tails."""
        tails = np.linspace(0.0, 1 - self.level, 401)
        tails = np.clip(tails, 1e-9, 1 - self.level - 1e-9)
        q = self.quantile(np.concatenate([tails, tails + self.level]))
        low, high = q[:, : len(tails)], q[:, len(tails) :]
        best = np.argmin(high - low, axis=1)
        rows = np.arange(len(low))
        return np.stack([low[rows, best], high[rows, best]], axis=1)

    def draws(self, size: int, seed: int | np.random.Generator = 0) -> FloatArray:
        """Return independent joint draws of the shares, shape (size, groups)."""
        if size < 1:
            raise ArgumentError("size", size, "a whole number of at least 1")
        rng = np.random.default_rng(seed)
        mixture = self.mixture
        component = rng.choice(len(mixture.weight), size=size, p=mixture.weight)
        cdf = mixture.cdf
        phi = logit(mixture.grid)
        if mixture.one_share:
            uniform = np.repeat(rng.random((size, 1)), len(self.groups), axis=1)
        else:
            uniform = rng.random((size, len(self.groups)))
        out = np.empty((size, len(self.groups)))
        for c in np.unique(component):
            mine = component == c
            for g in range(len(self.groups)):
                # Linear between nodes on scales on which the function is nearly a line.
                level, share = _smooth(cdf[c, g], phi[c])
                out[mine, g] = expit(np.interp(logit(uniform[mine, g]), level, share))
        return out

    def counts(self) -> pd.DataFrame:
        """Return what the model says of each group's size and count, published or not.

        Columns: group, n (mean size), mean, lower, upper (of the count, equal-tailed), level. A
        group whose figure is not published has the predictive distribution of its count, given
        everything that is published.
        """
        import pandas as pd

        tail = (1 - self.level) / 2
        rows = []
        for k in self.solutions.k.T:
            order = np.argsort(k, kind="stable")
            mass = np.cumsum(self.weight[order])
            at = np.searchsorted(mass, [tail, 1 - tail]).clip(max=len(k) - 1)
            rows.append((self.weight @ k, *k[order][at]))
        table = pd.DataFrame(rows, columns=["mean", "lower", "upper"])
        table.insert(0, "group", list(self.groups))
        table.insert(1, "n", self.weight @ self.solutions.n)
        return table.assign(level=self.level)

    def compare(self, *others: Fit) -> pd.DataFrame:
        """Compare this model with others of the same counts; see `posterior.compare.compare`."""
        from alumnistats.posterior.compare import compare

        return compare([self, *others])

    def sensitivity(self) -> pd.DataFrame:
        """Return how far the posterior hangs on prior and likelihood; see `power_sensitivity`."""
        from alumnistats.posterior.compare import power_sensitivity

        return power_sensitivity(self)

    @cached_property
    def idata(self) -> Any:
        """ArviZ data of the posterior and of the counts, with the dimension ``group``.

        From the exact engine 4,000 independent draws (one chain, seed 0); from NUTS its own.
        """
        from alumnistats.posterior.arviz_data import to_arviz

        return self.trace if self.trace is not None else to_arviz(self)

    def plot_forest(self, ax: Any = None, lang: str = "en", labels: Any = None) -> Any:
        """Draw medians and intervals of the groups, largest first; return the axes."""
        from alumnistats.posterior.forest import plot_forest

        return plot_forest(self, ax=ax, lang=lang, labels=labels)

    def plot_shrinkage(self, ax: Any = None, lang: str = "en", labels: Any = None) -> Any:
        """Draw raw shares, pooled shares and what lies between them; return the axes."""
        from alumnistats.posterior.shrinkage import plot_shrinkage

        return plot_shrinkage(self, ax=ax, lang=lang, labels=labels)

    def _repr_html_(self) -> str:
        facts = {"model": self.model, "engine": self.engine, "level": self.level}
        facts |= {"effective solutions": self.ess, "log evidence": self.log_evidence}
        table = self.summary().drop(columns="level").sort_values("median", ascending=False)
        return card(f"Shares: {self.of}", facts, frame_table(table, "fit.summary()"))


def _smooth(cdf: FloatArray, phi: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return logits of a distribution function and of shares: nearly a line, both increasing."""
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(cdf)) > 1e-13])
    inside = (cdf > 1e-12) & (cdf < 1 - 1e-12) & rising
    return logit(cdf[inside]), phi[inside]


def _invert(cdf: FloatArray, phi: FloatArray, p: FloatArray) -> FloatArray:
    """Return proportions at which a distribution function reaches `p`."""
    from scipy.interpolate import PchipInterpolator

    level, share = _smooth(cdf, phi)
    return np.asarray(expit(PchipInterpolator(level, share)(np.clip(logit(p), *level[[0, -1]]))))


def _evaluate(cdf: FloatArray, phi: FloatArray, at: FloatArray) -> FloatArray:
    """Return a distribution function at logits of shares."""
    from scipy.interpolate import PchipInterpolator

    level, share = _smooth(cdf, phi)
    inside = expit(PchipInterpolator(share, level)(np.clip(at, *share[[0, -1]])))
    return np.asarray(np.where(at < share[0], 0.0, np.where(at > share[-1], 1.0, inside)))


def estimate(
    solutions: Solutions,
    model: Model = "partial-pooling",
    engine: Engine = "exact",
    prior: Prior | None = None,
    *,
    level: float = 0.95,
    components: int = DEFAULT_COMPONENTS,
    seed: int = 0,
    **sampling: Any,
) -> Fit:
    """Estimate every group's share from weighted solutions.

    Parameters
    ----------
    solutions : Solutions
        Sizes and counts, as from ``Reconstruction.solutions_of`` or ``Solutions.known``.
    model : {"partial-pooling", "beta-binomial", "no-pooling", "complete-pooling"}
        Partial pooling is logit-normal; the beta-binomial hierarchy pools partially too.
    engine : {"exact", "pymc"}
        Quadrature, or NUTS.
    prior : BetaPrior, LogitNormalPrior or BetaBinomialPrior, optional
        Beta for no and complete pooling, else that of the hierarchy.
    level : float
        Probability of the intervals of ``Fit.summary``, in (0, 1).
    components : int
        Most components of the mixture that ranks are computed from, at least 50.
    seed : int
        Of NUTS; the exact engine uses no randomness.
    **sampling
        For NUTS, those of `pymc_sampling.sample`: sampler, draws, tune, chains, cores,
        target_accept, progressbar.

    Returns
    -------
    Fit

    Raises
    ------
    ArgumentError
        For an unknown model or engine, or a prior of the wrong kind.

    Warns
    -----
    FewSolutionsWarning
        If the effective number of solutions under the model is below 50.
    """
    if engine not in ENGINES:
        raise ArgumentError("engine", engine, "one of " + ", ".join(ENGINES))
    fit = exact_fit(solutions, model, prior, level=level, components=components)
    return finish(fit, engine, seed, **sampling)


def exact_fit(
    solutions: Solutions,
    model: Model = "partial-pooling",
    prior: Prior | None = None,
    *,
    level: float = 0.95,
    components: int = DEFAULT_COMPONENTS,
) -> Fit:
    """Return the fit of the exact engine, without a word on how many solutions it rests on."""
    pooling = pooling_model(model)
    if not 0 < level < 1:
        raise ArgumentError("level", level, "a probability strictly between 0 and 1")
    if components < FEWEST_COMPONENTS:
        raise ArgumentError("components", components, f"at least {FEWEST_COMPONENTS}")
    used = pooling.prior(prior)
    got = pooling.run(solutions, used, components)
    return Fit(
        solutions.of, solutions.groups, model, "exact", used, level, got.mixture, got.grid,
        got.marginal, got.hyper, got.log_evidence, got.ess, solutions, got.weight,
        got.left_out,
    )  # fmt: skip


def clustered(fit: Fit, design_effect: float, components: int = DEFAULT_COMPONENTS) -> Fit:
    """Return a fit of the exact engine as of respondents who are alike within clusters.

    Given a solution, its respondents say as much of the population as so many fewer independent
    ones: the likelihood is raised to the power ``1 / design_effect`` (a pseudo-likelihood: Rao and
    Wu 2010, Journal of the Royal Statistical Society B 72, 533-544). How probable the solutions
    are, which is a matter of what was printed, stays as it was.

    Parameters
    ----------
    fit : Fit
    design_effect : float
        At least 1; at 1 the fit itself is returned.
    components : int

    Returns
    -------
    Fit
        Its log evidence is not defined, and NaN.

    Raises
    ------
    ArgumentError
        For a design effect below 1, or a fit by NUTS.
    """
    if not 1 <= design_effect < np.inf:
        raise ArgumentError("design_effect", design_effect, "a number of at least 1")
    if design_effect == 1:
        return fit
    if fit.engine != "exact":
        raise ArgumentError("design_effect", design_effect, "1, for fits by NUTS")
    got = pooling_model(fit.model).run(
        fit.solutions, fit.prior, components, powers=Powers(likelihood=1 / design_effect),
        given=fit.weight,
    )  # fmt: skip
    return replace(
        fit, mixture=got.mixture, grid=got.grid, marginal=got.marginal, hyper=got.hyper,
        log_evidence=got.log_evidence, left_out=got.left_out,
    )  # fmt: skip


def of_everybody(fit: Fit, design_effect: float = 1.0) -> Fit:
    """Return the fit of the same counts as shares of all respondents of each group.

    How probable the solutions are, which is a matter of what was printed of the base, stays as it
    was; what each says of the shares is computed by the exact engine.

    Parameters
    ----------
    fit : Fit
        Of solutions that know the groups' respondents.
    design_effect : float
        As in `clustered`.
    """
    solutions = fit.solutions.of_everybody()
    got = pooling_model(fit.model).run(
        solutions, fit.prior, DEFAULT_COMPONENTS, powers=Powers(likelihood=1 / design_effect),
        given=fit.weight,
    )  # fmt: skip
    return replace(
        fit, mixture=got.mixture, grid=got.grid, marginal=got.marginal, hyper=got.hyper,
        log_evidence=got.log_evidence, left_out=got.left_out, solutions=solutions,
    )  # fmt: skip


def finish(fit: Fit, engine: Engine, seed: int = 0, **sampling: Any) -> Fit:
    """Warn if a fit rests on few solutions, and sample it with NUTS if that is asked for."""
    if fit.ess < FEW_SOLUTIONS < len(fit.weight):
        warnings.warn(
            f"{fit.of}, {fit.model}: {len(fit.weight)} solutions count as {fit.ess:.0f} "
            "under this model; reconstruct with more draws for results that are less noisy",
            FewSolutionsWarning,
            stacklevel=3,
        )
    if engine == "exact":
        return fit
    from alumnistats.posterior.pymc_sampling import sample_fit

    return sample_fit(fit, seed=seed, **sampling)
