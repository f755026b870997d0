"""The pooling models by name."""

from __future__ import annotations

from typing import Any

from alumnistats.errors import ArgumentError, listed
from alumnistats.posterior.conjugate_models import CompletePooling, NoPooling
from alumnistats.posterior.hierarchies import BetaBinomial, PartialPooling
from alumnistats.posterior.pooling import MODELS, Model, PoolingModel
from alumnistats.posterior.priors import Prior, PriorWidth

_BY_NAME: dict[Model, PoolingModel[Any]] = {
    model.name: model
    for model in (NoPooling(), CompletePooling(), PartialPooling(), BetaBinomial())
}


def pooling_model(name: Model) -> PoolingModel[Any]:
    """Return a model by its name.

    Parameters
    ----------
    name : {"partial-pooling", "beta-binomial", "no-pooling", "complete-pooling"}

    Returns
    -------
    PoolingModel

    Raises
    ------
    ArgumentError
        For an unknown name.

    Examples
    --------
    >>> model = pooling_model("no-pooling")
    >>> model.name, model.one_share
    ('no-pooling', False)
    """
    if name not in _BY_NAME:
        raise ArgumentError("model", name, listed(MODELS))
    return _BY_NAME[name]


def prior_of(model: Model, width: PriorWidth = "default") -> Prior:
    """Return the prior of a model by its name: the default, a wider or a narrower one.

    Raises
    ------
    ArgumentError
        For an unknown model or width.

    Examples
    --------
    >>> prior_of("no-pooling")
    BetaPrior(a=0.5, b=0.5)
    """
    found: Prior = pooling_model(model).prior_of(width)
    return found
