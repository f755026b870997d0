"""How sure the sizes are under other priors: one reconstruction for each prior that applies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.errors import ArgumentError, ContradictionError, UndecidedError
from alumnistats.reconstruction.from_survey import reconstruct
from alumnistats.reconstruction.size_priors import RIVAL_PRIORS

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.survey import Survey


def compare_priors(survey: Survey, **options: Any) -> pd.DataFrame:
    """Reconstruct a survey under every prior on sample sizes but the mixture of some of them.

    Parameters
    ----------
    survey : Survey
    **options
        Of `reconstruct`.

    Returns
    -------
    DataFrame
        sizes, log_evidence (of the figures given the published total), probability (of the prior,
        all being equally likely beforehand), group, mode, mode_probability, lower, upper. A prior
        that allows no solution has probability 0 and no rows by group; one that needs what the
        survey does not publish is left out.
    """
    import pandas as pd

    frames, evidence = [], {}
    for prior in RIVAL_PRIORS:
        try:
            recon = reconstruct(survey, prior, **{"explain": False, **options})
        except ArgumentError as error:
            if error.parameter != "sizes":
                raise
            continue
        except (ContradictionError, UndecidedError):
            evidence[prior] = -np.inf
            frames.append(pd.DataFrame({"sizes": [prior]}))
            continue
        evidence[prior] = recon.log_evidence
        table = recon.sample_sizes.rename(columns={"probability": "mode_probability"})
        frames.append(table.drop(columns="mean").assign(sizes=prior))
    total = np.logaddexp.reduce(list(evidence.values()))
    result = pd.concat(frames, ignore_index=True)
    result["log_evidence"] = result["sizes"].map(evidence)
    result["probability"] = np.exp(result["log_evidence"] - total)
    columns = ["sizes", "log_evidence", "probability", "group", "mode", "mode_probability"]
    return result[[*columns, "lower", "upper"]]
