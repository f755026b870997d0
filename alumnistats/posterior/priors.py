"""Priors of the groups' shares, with the defaults that the package documents."""

from __future__ import annotations

from dataclasses import dataclass

from alumnistats.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class BetaPrior:
    """Each share is Beta(a, b): independently (no pooling), or one share for all (complete).

    The default is Jeffreys' prior.
    """

    a: float = 0.5
    b: float = 0.5

    def __post_init__(self) -> None:
        for name, value in (("a", self.a), ("b", self.b)):
            if not value > 0:
                raise ArgumentError(name, value, "a positive number")


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
        for name, value in (("mu_scale", self.mu_scale), ("sigma_scale", self.sigma_scale)):
            if not value > 0:
                raise ArgumentError(name, value, "a positive number")


Prior = BetaPrior | LogitNormalPrior
