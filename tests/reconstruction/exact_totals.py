"""The posterior of a survey whose total is not published, by enumeration of every total."""

import math

import numpy as np
from exact_posterior import Exact, exact_posterior, summed

from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.total_prior import prior_of_total
from alumnistats.reconstruction.unknown_total import is_unknown

SPARE = 5  # respondents more than the truth that a total may be, where none is published


def enumerated(case):
    """Return the survey, its exact posterior, and the largest size in it.

    Where the total is an unknown the survey says that it is at most the true one and a few more.
    """
    survey = case.survey
    if not is_unknown(survey, make_problem(survey)):
        return survey, exact_posterior(survey, case.prior, case.largest), case.largest
    most = sum(case.sizes) + SPARE
    survey = survey.model_copy(update={"total_at_most": most})
    return survey, exact_totals(survey, most, case.prior)[0], most


def exact_totals(survey, most, prior="free"):
    """Return the posterior by enumeration for every total up to `most`, and that of the total.

    Returns
    -------
    Exact
        Of sizes, counts and conventions over all totals; its log evidence is that of all that is
        printed, as `recon.log_evidence`.
    dict
        total -> probability.
    """
    given, log_mass = {}, {}
    law = prior_of_total(survey)
    for total, log_prior in zip(law.totals.tolist(), law.log_prior.tolist(), strict=True):
        if total > most:
            break
        update = {"total": total, "total_at_most": None, "total_about": None}
        exact = exact_posterior(survey.model_copy(update=update), prior, total)
        if math.isfinite(exact.log_evidence):
            given[total] = exact
            log_mass[total] = log_prior + exact.log_evidence - exact.log_total
    if not given:  # a prior may rule out what is true
        return Exact(-math.inf, 0.0, {}, [], {}, {}, 0), {}
    whole = float(np.logaddexp.reduce(list(log_mass.values())))
    share = {total: math.exp(mass - whole) for total, mass in log_mass.items()}
    return mixed(given, share, whole), share


def mixed(given, share, log_evidence):
    """Return the mean of posteriors given each total, weighted by the totals' probabilities."""

    def mean(of):
        return summed((key, share[t] * p) for t, one in given.items() for key, p in of(one).items())

    groups = range(len(next(iter(given.values())).sizes))
    sizes = [mean(lambda one, g=g: one.sizes[g]) for g in groups]
    laws = {place for one in given.values() for place in one.counts}
    counts = {place: mean(lambda one, at=place: one.counts.get(at, {})) for place in laws}
    solutions = sum(one.solutions for one in given.values())
    vectors, conventions = mean(lambda one: one.vectors), mean(lambda one: one.conventions)
    return Exact(log_evidence, 0.0, vectors, sizes, conventions, counts, solutions)
