r"""Two measures of one survey estimated together: their groups' effects are correlated.

.. math:: \mathrm{logit}\,\theta_{gq} = \mu_q + \sigma_q z_{gq}, \quad
          (z_{g1}, z_{g2}) \sim N_2(0, 1; \rho), \quad
          \mu_q \sim N(m, s^2), \quad \sigma_q \sim N^+(0, t^2), \quad
          k_{gq} \sim \mathrm{Bin}(n_{gq}, \theta_{gq}),

with density of rho proportional to :math:`(1 - \rho^2)^{\eta - 1}`, which is LKJ(eta) for a pair
(Lewandowski, Kurowicka and Joe 2009, Journal of Multivariate Analysis 100, 1989-2001). What a
group's count of one measure says about the group then also tells of its other share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv

from alumnistats.arguments import checked, instance, optional, positive, texts
from alumnistats.arrays import FloatArray
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError
from alumnistats.posterior import multi_question_posterior as posterior
from alumnistats.posterior.fit import FEWEST_COMPONENTS, Fit
from alumnistats.posterior.multi_question_tables import Rule
from alumnistats.posterior.priors import LogitNormalPrior
from alumnistats.reconstruction import Reconstruction

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from alumnistats.reconstruction import Solutions

DEFAULT_SOLUTIONS = 200
DEFAULT_COMPONENTS = 600
DRAWS = 4000
CDF_POINTS = 2001
ONE_SOLUTION = Rule(11, 20, 26)
SEVERAL_SOLUTIONS = Rule(7, 12, 16)  # its errors are far below those of thinning

Priors = LogitNormalPrior | tuple[LogitNormalPrior, LogitNormalPrior]


@dataclass(frozen=True, eq=False)
class Correlation:
    """Posterior of the correlation of the groups' effects.

    Attributes
    ----------
    nodes, weight : ndarray, shape (nodes,)
        Gauss nodes in (-1, 1) and their posterior probabilities.
    prior_weight : ndarray, shape (nodes,)
        Their prior probabilities.
    eta : float
        Of the LKJ prior.
    """

    nodes: FloatArray
    weight: FloatArray
    prior_weight: FloatArray
    eta: float

    @property
    def mean(self) -> float:
        """Posterior mean."""
        return float(self.weight @ self.nodes)

    @property
    def sd(self) -> float:
        """Posterior standard deviation."""
        return float(np.sqrt(self.weight @ (self.nodes - self.mean) ** 2))

    @property
    def p_positive(self) -> float:
        """Posterior probability that the correlation is positive."""
        return float(1.0 - self.cdf(0.0)[0])

    @cached_property
    def _curve(self) -> tuple[FloatArray, FloatArray]:
        """Prior probabilities below equidistant points, and posterior ones."""
        from scipy.interpolate import barycentric_interpolate

        u = np.linspace(0, 1, CDF_POINTS)
        ratio = self.weight / self.prior_weight
        # The ratio of posterior to prior is a smooth function of rho: the polynomial through it.
        curve = barycentric_interpolate(
            self.nodes, ratio, 2 * betaincinv(self.eta, self.eta, u) - 1
        )
        curve = np.maximum(curve, 0.0)
        cdf = np.concatenate([[0.0], np.cumsum((curve[1:] + curve[:-1]) / 2)])
        return u, cdf / cdf[-1]

    def cdf(self, rho: npt.ArrayLike) -> FloatArray:
        """Return the posterior probability of a correlation of at most `rho`."""
        x = np.clip(np.atleast_1d(np.asarray(rho, dtype=float)), -1, 1)
        return np.interp(betainc(self.eta, self.eta, (1 + x) / 2), *self._curve)

    def quantile(self, probability: npt.ArrayLike) -> FloatArray:
        """Return posterior quantiles."""
        u, cdf = self._curve
        below = np.interp(np.atleast_1d(np.asarray(probability, dtype=float)), cdf, u)
        return np.asarray(2 * betaincinv(self.eta, self.eta, below) - 1)


@dataclass(frozen=True, eq=False)
class JointFit:
    """Joint posterior of the groups' shares of two measures.

    Attributes
    ----------
    fits : dict of Fit
        By measure: the posterior of its shares given the counts of both. ``loo`` is nan: a group
        has no log probability of its own for one measure alone.
    correlation : Correlation
    level : float
        Probability of the intervals.
    hyper : dict
        Posterior mean and standard deviation of ``rho`` and of ``mu`` and ``sigma`` of each
        measure, as ``mu[official_contact]``.
    log_evidence : float
        Log probability of both measures' counts, averaged over the solutions.
    ess : float
        Effective number of solutions.
    solutions : int
        Number of solutions that were used.
    components : Components
        The mixture that `draws` samples from.
    """

    __repr__ = short_repr

    fits: Mapping[str, Fit]
    correlation: Correlation
    level: float
    hyper: Mapping[str, tuple[float, float]]
    log_evidence: float
    ess: float
    solutions: int
    components: posterior.Components

    @property
    def of(self) -> tuple[str, ...]:
        """Both measures."""
        return tuple(self.fits)

    @property
    def groups(self) -> tuple[str, ...]:
        """Ids of the groups."""
        return next(iter(self.fits.values())).groups

    def draws(self, size: int, seed: int | np.random.Generator = 0) -> FloatArray:
        """Return independent joint draws of the shares, shape (size, question, group)."""
        if size < 1:
            raise ArgumentError("size", size, "a whole number of at least 1")
        mixtures = [fit.mixture for fit in self.fits.values()]
        return posterior.draw(self.components, mixtures[0], size, np.random.default_rng(seed))

    def summary(self) -> pd.DataFrame:
        """Return question, group and the columns of ``Fit.summary``."""
        import pandas as pd

        frames = []
        for of, fit in self.fits.items():
            frame = fit.summary()
            frame.insert(0, "question", of)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def correlation_summary(self) -> pd.DataFrame:
        """Return one row: mean, sd, median, lower, upper, p_positive, level."""
        import pandas as pd

        rho, tail = self.correlation, (1 - self.level) / 2
        lower, median, upper = rho.quantile([tail, 0.5, 1 - tail])
        row = {"mean": rho.mean, "sd": rho.sd, "median": median, "lower": lower, "upper": upper,
               "p_positive": rho.p_positive, "level": self.level}  # fmt: skip
        return pd.DataFrame([row])

    @cached_property
    def idata(self) -> xr.Dataset:
        """Data set with 4,000 draws: theta (chain, draw, question, group), mean counts, rho."""
        import xarray as xr

        coords = {"question": list(self.of), "group": list(self.groups)}
        table = ("question", "group")
        means = {
            name: np.stack([f.weight @ getattr(f.solutions, name) for f in self.fits.values()])
            for name in ("n", "k")
        }
        return xr.Dataset(
            {
                "theta": (("chain", "draw", *table), self.draws(DRAWS)[None]),
                "n": (table, means["n"]),
                "k": (table, means["k"]),
                "rho_probability": (("rho",), self.correlation.weight),
            },
            coords | {"chain": [0], "draw": np.arange(DRAWS), "rho": self.correlation.nodes},
            {"log_evidence": self.log_evidence, "ess": self.ess},
        )


@checked({"source": instance(Reconstruction, Sequence), "of": optional(texts), "eta": positive})
def estimate_jointly(
    source: Reconstruction | Sequence[Solutions],
    of: Sequence[str] | None = None,
    prior: Priors | None = None,
    *,
    level: float = 0.95,
    eta: float = 1.0,
    solutions: int = DEFAULT_SOLUTIONS,
    components: int = DEFAULT_COMPONENTS,
) -> JointFit:
    """Estimate the groups' shares of two measures whose group effects are correlated.

    Parameters
    ----------
    source : Reconstruction or pair of Solutions
        The pair must come from one reconstruction, or be known counts of one survey.
    of : sequence of str, optional
        Two measures or options of different questions, or two options of a question with several
        answers. Needed with a reconstruction.
    prior : LogitNormalPrior or pair of them, optional
        Of mu and sigma of each measure.
    level : float
        Probability of the intervals, in (0, 1).
    eta : float
        LKJ prior of the correlation, positive: 1 is uniform, larger values favour 0.
    solutions : int
        Most solutions; more are thinned systematically by their approximate posterior weight.
    components : int
        Most components of the mixtures that ranks and draws are computed from, at least 50.

    Returns
    -------
    JointFit

    Raises
    ------
    ArgumentError
        If the measures overlap, are nested or belong to one question with one answer, if their
        solutions do not correspond, or for another bad argument.

    Examples
    --------
    >>> import alumnistats as al
    >>> groups, sizes = ("a", "b", "c"), [40, 60, 50]
    >>> one = al.Solutions.known("contact", groups, sizes, [10, 30, 20])
    >>> other = al.Solutions.known("offer", groups, sizes, [5, 16, 12])
    >>> fit = estimate_jointly((one, other))
    >>> fit.fits["offer"].summary()["median"].round(2).tolist()
    [0.17, 0.25, 0.23]
    """
    if components < FEWEST_COMPONENTS:
        raise ArgumentError("components", components, f"at least {FEWEST_COMPONENTS}")
    pair = _pair(source, of)
    priors = _priors(prior)
    rule = ONE_SOLUTION if len(pair[0].weight) == 1 else SEVERAL_SOLUTIONS
    got = posterior.run(pair, priors, eta, rule, solutions, components)
    return _joint_fit(got, priors, level, eta)


def _joint_fit(
    got: posterior.Posterior,
    priors: tuple[LogitNormalPrior, LogitNormalPrior],
    level: float,
    eta: float,
) -> JointFit:
    fits, hyper = {}, {"rho": posterior.moments(got.rho, got.rho_weight)}
    log_evidence = got.log_evidence + got.measures[0].solutions.log_evidence
    for one, prior in zip(got.measures, priors, strict=True):
        of = one.solutions.of
        hyper |= {f"{name}[{of}]": value for name, value in one.hyper.items()}
        fits[of] = Fit(
            of, one.solutions.groups, "partial-pooling", "exact", prior, level, one.mixture,
            one.grid, one.marginal, one.hyper, log_evidence, got.ess, one.solutions,
            got.weight, partial(np.full, len(one.solutions.groups), np.nan),
        )  # fmt: skip
    correlation = Correlation(got.rho, got.rho_weight, got.rho_prior, eta)
    return JointFit(
        fits, correlation, level, hyper, log_evidence, got.ess, len(got.weight), got.components
    )


def _priors(prior: Priors | None) -> tuple[LogitNormalPrior, LogitNormalPrior]:
    if prior is None:
        prior = LogitNormalPrior()
    given: tuple[object, ...] = prior if isinstance(prior, tuple) else (prior, prior)
    match given:
        case (LogitNormalPrior() as first, LogitNormalPrior() as second):
            return first, second
    raise ArgumentError("prior", prior, "a LogitNormalPrior, or a pair of them")


def _pair(
    source: Reconstruction | Sequence[Solutions], of: Sequence[str] | None
) -> tuple[Solutions, Solutions]:
    """Return the two measures' solutions, checked to correspond."""
    if isinstance(source, Sequence):
        pair = list(source)
    else:
        pair = [source.solutions_of(name) for name in _check_questions(source, of)]
    if len(pair) != 2:
        raise ArgumentError("source", f"{len(pair)} measures", "two measures")
    one, two = pair
    if of is not None and tuple(of) != (one.of, two.of):
        raise ArgumentError("of", list(of), f"{one.of} and {two.of}, as the solutions")
    if one.of == two.of:
        raise ArgumentError("of", one.of, "two different measures")
    same = one.groups == two.groups and one.weight.shape == two.weight.shape
    if not same or not np.allclose(one.weight, two.weight, rtol=1e-9):
        raise ArgumentError(
            "source", "other groups or weights", "solutions of one reconstruction, row by row"
        )
    return one, two


def _check_questions(recon: Reconstruction, of: Sequence[str] | None) -> tuple[str, ...]:
    """Return the measures, checked to belong to questions for which the model is meant."""
    if of is None or isinstance(of, str) or len(of) != 2:
        raise ArgumentError("of", of, "two measures or options")
    recovered = recon.recovered
    for name in of:
        if name not in recovered:
            raise ArgumentError("of", name, "one of " + ", ".join(recovered))
    (question, first), (other, second) = (recon.survey.resolve(name) for name in of)
    if question.id == other.id and (question.answers == "single" or set(first) & set(second)):
        raise ArgumentError(
            "of",
            list(of),
            "measures of different questions: within one, their counts exclude or contain each "
            "other, and the model does not apply",
        )
    return tuple(of)
