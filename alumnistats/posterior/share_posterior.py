"""The posterior of the groups' shares of one measure, whichever engine it is from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from alumnistats.arrays import FloatArray
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError
from alumnistats.posterior.logit_normal import Grid
from alumnistats.posterior.mixture import Mixture, cumulate
from alumnistats.posterior.pooling import Model
from alumnistats.posterior.priors import Prior

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.reconstruction import Solutions

Engine = Literal["exact", "pymc"]
ENGINES: tuple[Engine, ...] = get_args(Engine)


@dataclass(frozen=True, eq=False)
class SharePosterior:
    """The posterior of a `Fit`, by which models are compared; `Fit` says what each attribute is."""

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
