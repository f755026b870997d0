"""Priors of the groups' shares, with the defaults that the package documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from alumnistats.arguments import number, positive


@dataclass(frozen=True, slots=True)
class BetaPrior:
    """Each share is Beta(a, b): independently (no pooling), or one share for all (complete).

    The default is Jeffreys' prior.
    """

    a: float = 0.5
    b: float = 0.5

    def __post_init__(self) -> None:
        positive("a", self.a)
        positive("b", self.b)


@dataclass(frozen=True, slots=True)
class LogitNormalPrior:
    """Logits of the shares are Normal(mu, sigma), with mu and sigma unknown (partial pooling).

    ``mu ~ Normal(mu_loc, mu_scale)`` and ``sigma ~ HalfNormal(sigma_scale)``. With the defaults
    the typical share lies between 5% and 95% with a probability of 95%, and shares of one survey
    differ by a factor of up to about seven in odds, one standard deviation either way.
    """

    mu_loc: float = 0.0
    mu_scale: float = 1.5
    sigma_scale: float = 1.0

    def __post_init__(self) -> None:
        number(float("-inf"))("mu_loc", self.mu_loc)
        positive("mu_scale", self.mu_scale)
        positive("sigma_scale", self.sigma_scale)


@dataclass(frozen=True, slots=True)
class BetaBinomialPrior:
    """Each share is Beta(kappa m, kappa (1 - m)), with m and kappa unknown (partial pooling).

    ``m ~ Beta(mean_a, mean_b)`` and ``kappa ~ Pareto(kappa_least, kappa_shape)``: the density of
    kappa is proportional to ``kappa ** -(kappa_shape + 1)`` above `kappa_least`. The defaults are
    those of Carpenter's study of pooling (2016, Stan case study): a uniform mean, and a
    concentration that may be anything from 1 upwards.
    """

    mean_a: float = 1.0
    mean_b: float = 1.0
    kappa_least: float = 1.0
    kappa_shape: float = 1.5

    def __post_init__(self) -> None:
        for name in self.__slots__:
            positive(name, getattr(self, name))


Prior = BetaPrior | LogitNormalPrior | BetaBinomialPrior

PriorWidth = Literal["default", "wider", "narrower"]
PRIOR_WIDTHS: tuple[PriorWidth, ...] = get_args(PriorWidth)
