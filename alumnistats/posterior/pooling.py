"""What a pooling model is: all that is particular to one model, and asked of it by everything else.

A model says how the groups' true shares relate to each other. `estimate`, ranks, comparisons of
models, sensitivity, PyMC and predictive checks know a model only by the methods here, so that a new
one is one more class.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, get_args

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.errors import ArgumentError, listed
from alumnistats.posterior.exact_run import Posterior, RunSettings
from alumnistats.posterior.logit_normal import Grid
from alumnistats.posterior.mixture import Mixture
from alumnistats.posterior.priors import PRIOR_WIDTHS, Prior, PriorWidth

if TYPE_CHECKING:
    from alumnistats.reconstruction import Solutions
    from alumnistats.reconstruction.count_prior import CountLaw

Model = Literal["no-pooling", "complete-pooling", "partial-pooling", "beta-binomial"]
MODELS: tuple[Model, ...] = get_args(Model)

P = TypeVar("P", bound=Prior)


class PoolingModel(ABC, Generic[P]):
    """How the shares of the groups relate: the prior, and everything that is computed by it.

    Attributes
    ----------
    name : str
        As in ``estimate(..., model=name)``.
    priors : dict
        The default prior; one that lets groups differ more, or knows less of them ("wider"); and
        one that holds them closer together ("narrower").
    hyper : tuple of str
        Names of the hyperparameters, as in the PyMC model and in ``Fit.hyper``.
    one_share : bool
        Whether all groups have one share, so that none exceeds another. Else they are exchangeable:
        all orders are equally probable beforehand, and a given set of three out of twelve are the
        largest with probability 1/220.
    """

    name: ClassVar[Model]
    priors: ClassVar[dict[PriorWidth, Any]]
    hyper: ClassVar[tuple[str, ...]] = ()
    one_share: ClassVar[bool] = False

    def prior(self, given: Prior | None = None) -> P:
        """Return the prior that is given, or the default.

        Raises
        ------
        ArgumentError
            For a prior of the wrong kind.
        """
        default: P = self.priors["default"]
        if given is None:
            return default
        if not isinstance(given, type(default)):
            expected = f"a {type(default).__name__} for {self.name}"
            raise ArgumentError("prior", given, expected)
        return given

    def prior_of(self, width: PriorWidth) -> P:
        """Return a prior by its name.

        Raises
        ------
        ArgumentError
            For an unknown one.
        """
        if width not in PRIOR_WIDTHS:
            raise ArgumentError("prior", width, listed(PRIOR_WIDTHS))
        found: P = self.priors[width]
        return found

    @abstractmethod
    def run(self, solutions: Solutions, prior: P, settings: RunSettings) -> Posterior:
        """Return the posterior by the exact engine."""

    @abstractmethod
    def pymc(self, solutions: Solutions, prior: P) -> Any:
        """Return the model as a `pymc.Model`; see `pymc_models`."""

    @abstractmethod
    def given_draws(
        self,
        solutions: Solutions,
        prior: P,
        grid: Grid,
        hyper: list[FloatArray],
        solution: IntArray,
        /,
    ) -> tuple[Mixture, FloatArray]:
        """Return the groups' laws given draws of hyperparameters and solutions, averaged.

        Parameters
        ----------
        solutions : Solutions
        prior : Prior
        grid : Grid
            Of the densities returned.
        hyper : list of ndarray, shape (draws,)
            In the order of the attribute.
        solution : ndarray of int, shape (draws,)
            Rows of the solutions.

        Returns
        -------
        Mixture
        ndarray, shape (groups, nodes)
            Densities of the shares on `grid`.
        """

    @abstractmethod
    def prior_draws(self, prior: P, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
        """Return shares drawn before any count is seen, shape (draws, groups)."""

    @abstractmethod
    def count_law(self, prior: P, mean: float, variance: float, /) -> CountLaw:
        """Return beta-binomial laws near what the model says of the count of any one group.

        Parameters
        ----------
        prior : Prior
        mean, variance : float
            Of the groups' shares, over the posterior of a fit.
        """
