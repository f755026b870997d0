r"""The models of the shares as PyMC models, to sample, to read and to extend.

One function a model; `observe_counts` is what they share and what a model of one's own needs.

The likelihood is that of weighted solutions. What was published leaves sizes and unlisted groups'
counts unknown; a solution :math:`r` is one possibility :math:`(n^{(r)}, k^{(r)})`, with the weight
:math:`w_r` that the reconstruction gives it. That weight contains the reconstruction's own prior
:math:`\pi_0(k \mid n)`, which is divided out, and the solutions are summed over:

.. math:: p(\mathrm{published} \mid \theta) \propto \sum_r \frac{w_r}{\pi_0(k^{(r)} \mid n^{(r)})}
          \prod_g \mathrm{Bin}(k_g^{(r)} \mid n_g^{(r)}, \theta_g).

The sum is exact for the solutions that are kept (at most 200, drawn systematically by weight), so
that NUTS has only continuous variables, and it and the exact engine given the same solutions target
the same posterior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.errors import ArgumentError
from alumnistats.posterior.priors import BetaBinomialPrior, BetaPrior, LogitNormalPrior
from alumnistats.posterior.solution_draws import EDGE, solution_log_weights

if TYPE_CHECKING:
    from alumnistats.reconstruction import Solutions

SOLUTIONS = 200


def coordinates(solutions: Solutions) -> dict[str, list[str]]:
    """Return the coordinates that a model of one measure starts from.

    Parameters
    ----------
    solutions : Solutions

    Returns
    -------
    dict
        Ids of the groups, as ``group``.
    """
    return {"group": list(solutions.groups)}


def observe_counts(solutions: Solutions | Sequence[Solutions], logits: Any) -> None:
    """Add what was published to the model whose context is open.

    Parameters
    ----------
    solutions : Solutions or sequence of Solutions
        Of one measure; or of several, from the same reconstruction, row by row. More than 200 are
        thinned.
    logits : TensorVariable
        Logits of the shares, with the dimension group; for several measures question and group.

    Notes
    -----
    Adds the data ``n`` and ``k`` (dimensions solution, group or solution, question, group) and
    ``log_weight`` (dimension solution; with the binomial coefficients), and the potential
    ``counts``: see the module's text.
    """
    import pymc as pm
    import pytensor.tensor as pt

    # What has weights is one measure. The type checker cannot follow that, and `Solutions` is
    # imported for types only.
    several = not hasattr(solutions, "weight")
    kept = _thin(solutions if several else [solutions])  # type: ignore[list-item, arg-type]
    axis = 1 if several else None
    n, k = (_stack([getattr(s, name) for s in kept], axis) for name in ("n", "k"))
    dims = ("solution", "question", "group") if several else ("solution", "group")
    pm.modelcontext(None).add_coord("solution", np.arange(len(n)))
    pm.Data("n", n, dims=dims)
    pm.Data("k", k, dims=dims)
    log_weight = pm.Data("log_weight", solution_log_weights(kept), dims="solution")
    # log Bin(k | n, expit(phi)) up to its coefficient is k phi - n log(1 + exp(phi)). Sums, not
    # products of matrices, for which PyTensor from wheels has no BLAS.
    log_like = (k * logits - n * pt.softplus(logits)).reshape((len(n), -1)).sum(axis=1)
    pm.Potential("counts", pt.logsumexp(log_like + log_weight))


def _thin(solutions: Sequence[Solutions]) -> list[Solutions]:
    """Keep the same rows of every measure."""
    first = solutions[0]
    if len(first.weight) == 1:
        return list(solutions)
    # The same weights to the last bit: otherwise measures might keep different rows.
    return [replace(s, weight=first.weight).thin(SOLUTIONS) for s in solutions]


def _stack(arrays: Sequence[Any], axis: int | None) -> Any:
    floats = [np.asarray(a, dtype=float) for a in arrays]
    return floats[0] if axis is None else np.stack(floats, axis=axis)


def no_pooling_model(solutions: Solutions, prior: BetaPrior | None = None) -> Any:
    """Return independent shares as a `pymc.Model`: ``theta ~ Beta(a, b)`` in every group.

    Parameters
    ----------
    solutions : Solutions
    prior : BetaPrior, optional

    Returns
    -------
    pymc.Model
        Variable theta (dimension group).
    """
    import pymc as pm

    used = BetaPrior() if prior is None else prior
    with pm.Model(coords=coordinates(solutions)) as model:
        theta = pm.Beta("theta", used.a, used.b, dims="group")
        observe_counts(solutions, _logit(theta))
    return model


def complete_pooling_model(solutions: Solutions, prior: BetaPrior | None = None) -> Any:
    """Return one share of all groups as a `pymc.Model`: ``share ~ Beta(a, b)``.

    Parameters as for `no_pooling_model`; variables share, and theta (dimension group), which
    repeats it.
    """
    import pymc as pm
    import pytensor.tensor as pt

    used = BetaPrior() if prior is None else prior
    with pm.Model(coords=coordinates(solutions)) as model:
        share = pm.Beta("share", used.a, used.b)
        theta = pt.repeat(share[None], len(solutions.groups))
        pm.Deterministic("theta", theta, dims="group")
        observe_counts(solutions, _logit(theta))
    return model


def partial_pooling_model(solutions: Solutions, prior: LogitNormalPrior | None = None) -> Any:
    """Return the logit-normal hierarchy as a `pymc.Model`: ``logit theta = mu + sigma z``.

    Parameters as for `no_pooling_model`; variables mu, sigma, z and theta (dimension group),
    non-centred.
    """
    import pymc as pm

    used = LogitNormalPrior() if prior is None else prior
    with pm.Model(coords=coordinates(solutions)) as model:
        mu = pm.Normal("mu", used.mu_loc, used.mu_scale)
        sigma = pm.HalfNormal("sigma", used.sigma_scale)
        z = pm.Normal("z", dims="group")
        phi = mu + sigma * z
        pm.Deterministic("theta", pm.math.invlogit(phi), dims="group")
        observe_counts(solutions, phi)
    return model


def beta_binomial_model(solutions: Solutions, prior: BetaBinomialPrior | None = None) -> Any:
    """Return the Beta hierarchy as a `pymc.Model`: ``theta ~ Beta(kappa m, kappa (1 - m))``.

    Parameters as for `no_pooling_model`; variables m, log_excess, log_kappa, and theta (dimension
    group).

    Notes
    -----
    The logarithm of a Pareto variable above its least value is exponential:
    ``log_excess = log(kappa / kappa_least) ~ Exponential(kappa_shape)`` is the same prior, on a
    scale on which the posterior has no long tail.
    """
    import pymc as pm

    used = BetaBinomialPrior() if prior is None else prior
    with pm.Model(coords=coordinates(solutions)) as model:
        m = pm.Beta("m", used.mean_a, used.mean_b)
        excess = pm.Exponential("log_excess", used.kappa_shape)
        log_kappa = pm.Deterministic("log_kappa", np.log(used.kappa_least) + excess)
        kappa = pm.math.exp(log_kappa)
        theta = pm.Beta("theta", kappa * m, kappa * (1 - m), dims="group")
        observe_counts(solutions, _logit(theta))
    return model


def _logit(theta: Any) -> Any:
    import pymc as pm

    return pm.math.logit(pm.math.clip(theta, EDGE, 1 - EDGE))


def multi_question_model(
    solutions: Sequence[Solutions],
    prior: LogitNormalPrior | Sequence[LogitNormalPrior] | None = None,
    *,
    eta: float = 1.0,
) -> Any:
    r"""Return several measures of one survey, their groups' effects correlated, as a `pymc.Model`.

    .. math:: \mathrm{logit}\,\theta_{qg} = \mu_q + (L z_g)_q, \quad z_g \sim N(0, I), \quad
              L L^\top = \mathrm{diag}(\sigma)\, R\, \mathrm{diag}(\sigma), \quad
              R \sim \mathrm{LKJ}(\eta).

    Parameters
    ----------
    solutions : sequence of Solutions
        Two or more measures, from the same reconstruction: row r of each is the same particle.
        Its combined weight is that of the particle, freed of the priors on every measure's counts.
    prior : LogitNormalPrior or sequence of them, optional
        Of mu and sigma, for all measures or for each.
    eta : float
        Positive: 1 makes all correlation matrices equally probable, larger values favour none.

    Returns
    -------
    pymc.Model
        Variables mu and sigma (question), correlation (question, other), z and theta (question,
        group); non-centred.

    Raises
    ------
    ArgumentError
        For fewer than two measures, measures of different groups or weights, or a bad prior.
    """
    import pymc as pm

    _check_measures(solutions)
    priors = _priors(prior, len(solutions))
    if not eta > 0:
        raise ArgumentError("eta", eta, "a positive number")
    loc, scale, spread = np.array([(p.mu_loc, p.mu_scale, p.sigma_scale) for p in priors]).T
    names = [s.of for s in solutions]
    coords = coordinates(solutions[0]) | {"question": names, "other": names}
    with pm.Model(coords=coords) as model:
        mu = pm.Normal("mu", loc, scale, dims="question")
        chol, correlation, sigma = pm.LKJCholeskyCov(
            "chol",
            n=len(names),
            eta=eta,
            sd_dist=pm.HalfNormal.dist(spread, shape=len(names)),
            store_in_trace=False,
        )
        pm.Deterministic("sigma", sigma, dims="question")
        pm.Deterministic("correlation", correlation, dims=("question", "other"))
        z = pm.Normal("z", dims=("question", "group"))
        phi = mu[:, None] + (chol[:, :, None] * z).sum(axis=1)  # the matrix product L z
        pm.Deterministic("theta", pm.math.invlogit(phi), dims=("question", "group"))
        observe_counts(solutions, phi)
    return model


def _check_measures(solutions: Sequence[Solutions]) -> None:
    if len(solutions) < 2:
        raise ArgumentError("solutions", f"{len(solutions)} measures", "two or more")
    if len({s.of for s in solutions}) < len(solutions):
        raise ArgumentError("solutions", [s.of for s in solutions], "different measures")
    first = solutions[0]
    for s in solutions[1:]:
        same = s.groups == first.groups and s.weight.shape == first.weight.shape
        if not same or not np.allclose(s.weight, first.weight, rtol=1e-9):
            raise ArgumentError(
                "solutions", s.of, f"the groups and weights of {first.of}, row by row"
            )


def _priors(
    prior: LogitNormalPrior | Sequence[LogitNormalPrior] | None, questions: int
) -> list[LogitNormalPrior]:
    if prior is None or isinstance(prior, LogitNormalPrior):
        return [prior or LogitNormalPrior()] * questions
    if len(prior) != questions or not all(isinstance(p, LogitNormalPrior) for p in prior):
        raise ArgumentError("prior", prior, f"one LogitNormalPrior, or {questions} of them")
    return list(prior)
