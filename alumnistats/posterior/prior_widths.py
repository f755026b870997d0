"""Wider and narrower priors beside the default of each model, for sensitivity analyses.

"wider" lets the groups' shares differ more than the default does, or knows less of them;
"narrower" holds them closer together.
"""

from __future__ import annotations

from typing import Literal, get_args

from alumnistats.errors import ArgumentError, listed
from alumnistats.posterior.models import MODELS, Model
from alumnistats.posterior.priors import BetaBinomialPrior, BetaPrior, LogitNormalPrior, Prior

PriorWidth = Literal["default", "wider", "narrower"]
PRIOR_WIDTHS: tuple[PriorWidth, ...] = get_args(PriorWidth)

# One Beta for each group, or for all: Jeffreys', nearly Haldane's (0, 0), which is improper and
# therefore useless for counts that may be 0, and the uniform one of Bayes and Laplace.
_BETA: dict[PriorWidth, Prior] = {
    "default": BetaPrior(0.5, 0.5),
    "wider": BetaPrior(0.1, 0.1),
    "narrower": BetaPrior(1.0, 1.0),
}
PRIORS: dict[Model, dict[PriorWidth, Prior]] = {
    "no-pooling": _BETA,
    "complete-pooling": _BETA,
    # Twice and half the scale of the standard deviation between groups, in logits.
    "partial-pooling": {
        "default": LogitNormalPrior(),
        "wider": LogitNormalPrior(sigma_scale=2.0),
        "narrower": LogitNormalPrior(sigma_scale=0.5),
    },
    # Medians of the concentration: 1.6 respondents' worth, 1.3, and 2.5 with a long tail.
    "beta-binomial": {
        "default": BetaBinomialPrior(),
        "wider": BetaBinomialPrior(kappa_shape=3.0),
        "narrower": BetaBinomialPrior(kappa_shape=0.75),
    },
}


def prior_of(model: Model, width: PriorWidth = "default") -> Prior:
    """Return the prior of a model by its name.

    Raises
    ------
    ArgumentError
        For an unknown model or width.
    """
    if model not in PRIORS:
        raise ArgumentError("model", model, listed(MODELS))
    if width not in PRIOR_WIDTHS:
        raise ArgumentError("prior", width, listed(PRIOR_WIDTHS))
    return PRIORS[model][width]
