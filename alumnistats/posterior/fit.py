"""`estimate`: posterior shares of every group from weighted solutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from alumnistats.errors import ArgumentError
from alumnistats.posterior import conjugate, logit_normal
from alumnistats.posterior.logit_normal import Grid
from alumnistats.posterior.mixture import FloatArray, Mixture, cumulate
from alumnistats.posterior.priors import BetaPrior, LogitNormalPrior, Prior

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.reconstruction import Solutions

Model = Literal["no-pooling", "complete-pooling", "partial-pooling"]
MODELS: tuple[Model, ...] = get_args(Model)
Engine = Literal["exact", "pymc"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

Parts = tuple[Mixture, Grid, FloatArray, dict[str, tuple[float, float]], float, float]

DEFAULT_COMPONENTS = 300
FEWEST_COMPONENTS = 50
NEGLIGIBLE = 1e-13  # posterior share of a (solution, node) pair below which it is dropped


@dataclass(frozen=True, eq=False)
class Fit:
    """Posterior of the groups' shares of one measure.

    Attributes
    ----------
    of : str
        Measure id or ``question:option``.
    groups : tuple of str
    model, engine : str
    prior : BetaPrior or LogitNormalPrior
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
        Log probability of the counts under the model, averaged over the solutions.
    ess : float
        Effective number of solutions after the model has reweighted them.
    solutions : Solutions
    """

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
    trace: Any = field(default=None, repr=False)

    def quantile(self, probability: npt.ArrayLike) -> FloatArray:
        """Return quantiles of each group's share, shape (groups, probabilities)."""
        p = np.atleast_1d(np.asarray(probability, dtype=float))
        cdf = cumulate(self.marginal * self.grid.quad)
        return np.stack([_invert(row, self.grid.phi, p) for row in cdf])

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
        if self.model == "complete-pooling":  # one share for all groups
            uniform = np.repeat(rng.random((size, 1)), len(self.groups), axis=1)
        else:
            uniform = rng.random((size, len(self.groups)))
        out = np.empty((size, len(self.groups)))
        for c in np.unique(component):
            mine = component == c
            for g in range(len(self.groups)):
                out[mine, g] = _invert(cdf[c, g], phi[c], uniform[mine, g])
        return out

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

    def _repr_html_(self) -> str:
        frame = self.summary().set_index("group")
        return f"<p><b>{self.of}</b>, {self.model}, {self.engine}</p>{frame.to_html()}"


def _invert(cdf: FloatArray, phi: FloatArray, p: FloatArray) -> FloatArray:
    """Return proportions at which a distribution function reaches `p`."""
    from scipy.interpolate import PchipInterpolator

    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(cdf)) > 1e-13])
    inside = (cdf > 1e-12) & (cdf < 1 - 1e-12) & rising
    # The logit of a posterior's distribution function is nearly linear in the share's logit.
    target = np.clip(p, cdf[inside][0], cdf[inside][-1])
    values = PchipInterpolator(logit(cdf[inside]), phi[inside])(logit(target))
    return np.asarray(1 / (1 + np.exp(-values)))


def reweight(solutions: Solutions, log_model: FloatArray) -> tuple[FloatArray, float, float]:
    """Return solution weights under a model, their effective number, and the log evidence.

    The reconstruction weighed its solutions with its own prior on counts; a model puts
    ``p(k | n)`` of its own in the place of it.
    """
    with np.errstate(divide="ignore"):
        log_weight = np.log(solutions.weight) + log_model - solutions.log_prior
    peak = log_weight.max()
    weight = np.exp(log_weight - peak)
    total = weight.sum()
    weight = weight / total
    return weight, float(1 / (weight**2).sum()), float(np.log(total) + peak)


def pick(joint: FloatArray, size: int) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Return indices and weights of at most `size` cells: all, or a systematic sample by weight."""
    kept = np.flatnonzero(joint > NEGLIGIBLE * joint.max())
    if len(kept) <= size:
        return kept, joint[kept] / joint[kept].sum()
    edges = np.cumsum(joint)
    points = (np.arange(size) + 0.5) / size * edges[-1]
    drawn, times = np.unique(np.searchsorted(edges, points), return_counts=True)
    return drawn, times / size


def _fit_separate(solutions: Solutions, prior: BetaPrior, components: int) -> Parts:
    weight, ess, log_evidence = reweight(
        solutions, conjugate.log_evidence_separate(solutions, prior)
    )
    grid = logit_normal.choose_grid(solutions.n, solutions.k)
    chosen, share = pick(weight, components)
    n, k = solutions.n[chosen].astype(float), solutions.k[chosen].astype(float)
    density = conjugate.beta_densities(n, k, prior, grid.theta, grid.quad)
    mixture = Mixture(share, grid.theta, grid.quad, density)
    marginal = _marginal_of_pairs(solutions, weight, prior, grid)
    return mixture, grid, marginal, {}, log_evidence, ess


def _marginal_of_pairs(
    solutions: Solutions, weight: FloatArray, prior: BetaPrior, grid: logit_normal.Grid
) -> FloatArray:
    out = []
    for g in range(len(solutions.groups)):
        pairs, row = np.unique(
            np.stack([solutions.n[:, g], solutions.k[:, g]]), axis=1, return_inverse=True
        )
        share = np.bincount(row.reshape(-1), weight)
        n, k = pairs.astype(float)
        out.append(share @ conjugate.beta_densities(n, k, prior, grid.theta, grid.quad))
    return np.stack(out)


def _fit_pooled(solutions: Solutions, prior: BetaPrior, components: int) -> Parts:
    weight, ess, log_evidence = reweight(solutions, conjugate.log_evidence_pooled(solutions, prior))
    n, k = solutions.n.sum(axis=1), solutions.k.sum(axis=1)
    grid = logit_normal.choose_grid(n, k)
    chosen, share = pick(weight, components)
    one = conjugate.beta_densities(
        n[chosen].astype(float), k[chosen].astype(float), prior, grid.theta, grid.quad
    )
    density = np.repeat(one[:, None, :], len(solutions.groups), axis=1)
    mixture = Mixture(share, grid.theta, grid.quad, density)
    marginal = np.tensordot(share, density, axes=1)
    return mixture, grid, marginal, {}, log_evidence, ess


def _fit_partial(
    solutions: Solutions, prior: LogitNormalPrior, components: int, fineness: int = 1
) -> Parts:
    grid = logit_normal.choose_grid(solutions.n, solutions.k, fineness=fineness)
    typical_n, typical_k = solutions.weight @ solutions.n, solutions.weight @ solutions.k
    nodes = logit_normal.hyper_nodes(typical_n, typical_k, prior, fineness=fineness)
    tables = logit_normal.tabulate(solutions, grid, nodes)
    log_joint = logit_normal.log_joint(tables, nodes)
    weight, ess, log_evidence = reweight(solutions, np.logaddexp.reduce(log_joint, axis=1))
    given = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    joint = weight[:, None] * given / given.sum(axis=1, keepdims=True)
    chosen, share = pick(joint.ravel(), components if len(weight) > 1 else joint.size)
    solution, node = np.divmod(chosen, joint.shape[1])
    mixture = logit_normal.component_mixture(solutions, nodes, solution, node, share)
    marginal = logit_normal.marginal_densities(tables, grid, joint)
    by_node = joint.sum(axis=0)
    hyper = {name: _moments(getattr(nodes, name), by_node) for name in ("mu", "sigma")}
    return mixture, grid, marginal, hyper, log_evidence, ess


def _moments(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    mean = float(values @ weight)
    return mean, float(np.sqrt(np.maximum((values - mean) ** 2 @ weight, 0.0)))


_MODELS: dict[str, tuple[type[Prior], Callable[..., Any]]] = {
    "no-pooling": (BetaPrior, _fit_separate),
    "complete-pooling": (BetaPrior, _fit_pooled),
    "partial-pooling": (LogitNormalPrior, _fit_partial),
}


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
    model : {"partial-pooling", "no-pooling", "complete-pooling"}
    engine : {"exact", "pymc"}
        Quadrature, or NUTS (partial pooling only).
    prior : BetaPrior or LogitNormalPrior, optional
        Beta for no and complete pooling, logit-normal for partial pooling.
    level : float
        Probability of the intervals of ``Fit.summary``, in (0, 1).
    components : int
        Most components of the mixture that ranks are computed from, at least 50.
    seed : int
        Of NUTS; the exact engine uses no randomness.
    **sampling
        For NUTS: draws, tune, chains, cores, progressbar.

    Returns
    -------
    Fit

    Raises
    ------
    ArgumentError
        For an unknown model or engine, or a prior of the wrong kind.
    """
    if model not in _MODELS:
        raise ArgumentError("model", model, "one of " + ", ".join(MODELS))
    if engine not in ENGINES:
        raise ArgumentError("engine", engine, "one of " + ", ".join(ENGINES))
    if not 0 < level < 1:
        raise ArgumentError("level", level, "a probability strictly between 0 and 1")
    if components < FEWEST_COMPONENTS:
        raise ArgumentError("components", components, f"at least {FEWEST_COMPONENTS}")
    kind, run = _MODELS[model]
    used: Prior = kind() if prior is None else prior
    if not isinstance(used, kind):
        raise ArgumentError("prior", used, f"a {kind.__name__} for {model}")
    mixture, grid, marginal, hyper, log_evidence, ess = run(solutions, used, components)
    fit = Fit(
        solutions.of, solutions.groups, model, "exact", used, level, mixture, grid, marginal, hyper,
        log_evidence, ess, solutions,
    )  # fmt: skip
    if engine == "exact":
        return fit
    from alumnistats.posterior.pymc_models import sample_fit

    return sample_fit(fit, seed=seed, **sampling)
