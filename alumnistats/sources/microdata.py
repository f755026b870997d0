"""`Microdata`: respondents as `read_microdata` reads them, and as a survey."""

from __future__ import annotations

from alumnistats.sources.answers import Respondents
from alumnistats.sources.notices import tell
from alumnistats.sources.tabulate import survey_of
from alumnistats.survey import Survey


class Microdata(Respondents):
    """Respondents of a survey, as `read_microdata` reads them.

    Attributes
    ----------
    path, sha256 : str
    group_labels : tuple of str
    group : ndarray of int, shape (respondents,)
        Index of each respondent's group.
    questions : dict of Answers
        By name.
    weight : ndarray, shape (respondents,), or None
        Positive; None where all count alike.
    stratum, cluster : ndarray of int, shape (respondents,), or None
        Of the sampling design.
    replicates : ndarray, shape (replicates, respondents), or None
        Replicate weights.
    stratum_labels : tuple of str
    stratum_population : ndarray, shape (respondents,), or None
        How many of the units that were sampled first (clusters, or people) the stratum of each
        respondent has in all.
    group_population : ndarray, shape (groups,), or None
        How many people each group has in all, where groups were sampled one by one.
    """

    @property
    def survey(self) -> Survey:
        """The respondents as a survey with sizes and counts, for `reconstruct` and `analyze`.

        Weighted respondents enter by Kish's effective sizes, rounded to whole numbers: an
        approximation, of which a notice tells. `weighted_shares` has the variances of the design.

        Warns
        -----
        InputNotice
            If respondents are weighted.
        """
        made, notes = survey_of(self)
        tell(self.path, notes)
        return made
