"""What a sensitivity analysis found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alumnistats.display import card, frame_table, short_repr
from alumnistats.sensitivity.dimensions import dimension_names
from alumnistats.sensitivity.scenarios import Plan
from alumnistats.sensitivity.units import MEASURED, Finished
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Sensitivity:
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

    __repr__ = short_repr

    survey: Survey
    plan: Plan
    digests: tuple[str, ...]
    finished: tuple[Finished, ...]
    draws: int
    seed: int

    @cached_property
    def scenarios(self) -> pd.DataFrame:
        """One row a scenario: scenario, every choice, replicate, digest, designs, ess, error.

        ``designs`` are the numbers of the designs that hold it, in the order of the file; the base
        may be in none. ``ess`` is the smallest effective number of solutions behind its estimates.
        """
        import pandas as pd

        member: dict[int, list[str]] = {}
        for number, design in enumerate(self.plan.designs):
            for index in sorted(set(design.members)):
                member.setdefault(index, []).append(str(number))
        rows = [
            {"scenario": index}
            | scenario.settings()
            | {
                "digest": self.digests[index],
                "designs": " ".join(member.get(index, [])),
                "ess": self.finished[index].ess,
                "error": self.finished[index].error,
            }
            for index, scenario in enumerate(self.plan.scenarios)
        ]
        return pd.DataFrame(rows).astype({"ess": float})

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a scenario and claim.

        Columns: scenario, every choice, replicate, claim, verdict, p_value, probability (both also
        with _lower and _upper: where only bounds are known the number itself is missing),
        in_sample, significant, needed_n (by the normal approximation), error. A scenario that
        failed has one row, with its error and without claim.
        """
        import pandas as pd

        settings = [scenario.settings() for scenario in self.plan.scenarios]
        rows: list[dict[str, Any]] = []
        for index, result in enumerate(self.finished):
            where = {"scenario": index} | settings[index]
            if result.error:
                rows.append(where | {"claim": None, "error": result.error})
            for claim in result.claims:
                values = {"claim": claim["id"], "verdict": claim["verdict"], "error": ""}
                rows.append(where | values | {name: claim[name] for name in MEASURED})
        columns = ["scenario", *dimension_names(), "claim", "verdict", *MEASURED, "error"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype(dict.fromkeys(MEASURED, float))

    @property
    def failures(self) -> pd.DataFrame:
        """The scenarios that failed, with their errors."""
        return self.scenarios[self.scenarios["error"] != ""]

    def summary(self) -> pd.DataFrame:
        """Return how often each claim keeps the verdict of the base; see `verdicts.summary`."""
        from alumnistats.sensitivity.verdicts import summary

        return summary(self)

    def flips(self) -> pd.DataFrame:
        """Return the choices that each verdict hangs on; see `verdicts.flips`."""
        from alumnistats.sensitivity.verdicts import flips

        return flips(self)

    def variance_shares(self) -> pd.DataFrame:
        """Return how much of each outcome's variance each choice makes; see `variance`."""
        return self._shares.copy()

    @cached_property
    def _shares(self) -> pd.DataFrame:
        from alumnistats.sensitivity.variance import variance_shares

        return variance_shares(self)

    def ranges(self) -> pd.DataFrame:
        """Return how far each choice, alone, moves each outcome; see `variance.ranges`."""
        return self._ranges.copy()

    @cached_property
    def _ranges(self) -> pd.DataFrame:
        from alumnistats.sensitivity.variance import ranges

        return ranges(self)

    def tipping_points(self) -> pd.DataFrame:
        """Return where verdicts flip along each number; see `tipping.tipping_points`."""
        from alumnistats.sensitivity.tipping import tipping_points

        return tipping_points(self)

    def tilts(self) -> pd.DataFrame:
        """Return the tilt at which each verdict of the base flips; see `tipping.tilts`."""
        from alumnistats.sensitivity.tipping import tilts

        return tilts(self)

    def sentences(self, lang: str = "en") -> dict[str, str]:
        """Return one sentence for each claim, by its id; `lang` is "en" or "ja"."""
        from alumnistats.sensitivity.sentences import sentences

        return sentences(self, lang)

    def varying_claims(self) -> tuple[str, ...]:
        """Return the claims that both figures can show: of varying probability, also in the base.

        A probability that stays within 0.001 does not count as varying.
        """
        from alumnistats.sensitivity.verdicts import varying_claims

        return varying_claims(self)

    def plot_specification_curve(self, claim: str, ax: Any = None, lang: str = "en") -> Any:
        """Draw every scenario's probability of a claim, sorted, above the choices made."""
        from alumnistats.sensitivity.specification_curve import plot_specification_curve

        return plot_specification_curve(self, claim, ax, lang)

    def plot_tornado(self, claim: str, ax: Any = None, lang: str = "en") -> Any:
        """Draw how far each choice, alone, moves the probability of a claim."""
        from alumnistats.sensitivity.tornado import plot_tornado

        return plot_tornado(self, claim, ax, lang)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        import pandas as pd

        words = {lang: self.sentences(lang) for lang in ("en", "ja")}
        rows = [(claim, words["en"][claim], words["ja"][claim]) for claim in words["en"]]
        return {
            "sensitivity": self.table,
            "scenarios": self.scenarios,
            "summary": self.summary(),
            "flips": self.flips(),
            "variance_shares": self.variance_shares(),
            "ranges": self.ranges(),
            "tipping_points": self.tipping_points(),
            "tilts": self.tilts(),
            "sentences": pd.DataFrame(rows, columns=["claim", "text_en", "text_ja"]),
        }

    def _repr_html_(self) -> str:
        table = self.summary()
        columns = ["claim", "base_verdict", "share", "lowest_probability"]
        columns += ["highest_probability", "hangs_on"]
        facts = {"scenarios": len(self.finished), "failed": len(self.failures), "seed": self.seed}
        caption = "share: of the scenarios that keep the verdict; sensitivity.summary()"
        title = f"Sensitivity: {self.survey.title.en}"
        return card(title, facts, frame_table(table[columns], caption))
