"""`Sensitivity`: what the scenarios came to, and every answer to what verdicts depend on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from alumnistats.sensitivity.outcomes import ScenarioOutcomes
from alumnistats.sensitivity.sentences import sentences
from alumnistats.sensitivity.tipping import biases, tipping_points
from alumnistats.sensitivity.variance import ranges, variance_shares
from alumnistats.sensitivity.verdicts import flips, summary, varying_claims

if TYPE_CHECKING:
    import pandas as pd


class Sensitivity(ScenarioOutcomes):
    """Result of `sensitivity`.

    Attributes
    ----------
    survey : Survey
    plan : Plan
        The scenarios, the base first, and the designs they come from.
    digests : tuple of str
        Of each scenario: what its result is kept under.
    finished : tuple of Finished
        Of each scenario.
    seed : int
    """

    def summary(self) -> pd.DataFrame:
        """Return how often each claim keeps the verdict of the base; see `verdicts.summary`."""
        return summary(self)

    def flips(self) -> pd.DataFrame:
        """Return the choices that each verdict depends on; see `verdicts.flips`."""
        return flips(self)

    def variance_shares(self) -> pd.DataFrame:
        """Return how much of each outcome's variance each choice makes; see `variance`."""
        return self._shares.copy()

    @cached_property
    def _shares(self) -> pd.DataFrame:
        return variance_shares(self)

    def ranges(self) -> pd.DataFrame:
        """Return how far each choice, alone, moves each outcome; see `variance.ranges`."""
        return self._ranges.copy()

    @cached_property
    def _ranges(self) -> pd.DataFrame:
        return ranges(self)

    def tipping_points(self) -> pd.DataFrame:
        """Return where verdicts flip along each number; see `tipping.tipping_points`."""
        return tipping_points(self)

    def biases(self) -> pd.DataFrame:
        """Return the bias at which each verdict of the base flips; see `tipping.biases`."""
        return biases(self)

    def sentences(self, lang: str = "en") -> dict[str, str]:
        """Return one sentence for each claim, by its id; `lang` is "en" or "ja"."""
        return sentences(self, lang)

    def varying_claims(self) -> tuple[str, ...]:
        """Return the claims that both figures can show: of varying probability, also in the base.

        A probability that stays within 0.001 does not count as varying.
        """
        return varying_claims(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        import pandas as pd

        said = {lang: self.sentences(lang) for lang in ("en", "ja")}
        rows = [(claim, said["en"][claim], said["ja"][claim]) for claim in said["en"]]
        return {
            "sensitivity": self.table,
            "scenarios": self.scenarios,
            "summary": self.summary(),
            "flips": self.flips(),
            "variance_shares": self.variance_shares(),
            "ranges": self.ranges(),
            "tipping_points": self.tipping_points(),
            "biases": self.biases(),
            "sentences": pd.DataFrame(rows, columns=["claim", "text_en", "text_ja"]),
        }
