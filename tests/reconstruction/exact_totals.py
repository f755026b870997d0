"""The posterior of a total that is not published, by enumeration of every total."""

import math

import numpy as np
from exact_posterior import exact_posterior

from alumnistats.reconstruction.total_prior import prior_of_total


def exact_totals(survey, most, prior="free"):
    """Return the posterior of the total by enumeration for every total up to `most`."""
    log_mass = {}
    law = prior_of_total(survey)
    for total, log_prior in zip(law.totals.tolist(), law.log_prior.tolist(), strict=True):
        if total > most:
            break
        update = {"total": total, "total_at_most": None, "total_about": None}
        exact = exact_posterior(survey.model_copy(update=update), prior, total)
        log_mass[total] = log_prior + exact.log_evidence - exact.log_total
    whole = np.logaddexp.reduce(list(log_mass.values()))
    return {t: math.exp(m - whole) for t, m in log_mass.items() if np.isfinite(m)}, whole
