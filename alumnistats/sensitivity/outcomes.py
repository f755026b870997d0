"""What every scenario of a sensitivity analysis came to, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alumnistats.brief import short_repr
from alumnistats.sensitivity.dimensions import dimension_names
from alumnistats.sensitivity.identity import survey_digest
from alumnistats.sensitivity.scenarios import Plan
from alumnistats.sensitivity.units import MEASURED, Finished
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class ScenarioOutcomes:
    """What every scenario came to; `Sensitivity` says what each attribute is."""

    __repr__ = short_repr

    survey: Survey
    plan: Plan
    digests: tuple[str, ...]
    finished: tuple[Finished, ...]
    draws: int
    seed: int

    @cached_property
    def scenarios(self) -> pd.DataFrame:
        """One row a scenario: every choice, replicate, survey, digest, designs, ess, error.

        ``survey`` is a digest of what the survey file says; ``designs`` are the numbers of the
        designs that hold the scenario, in the order of the file; the base may be in none. ``ess``
        is the smallest effective number of solutions behind its estimates.
        """
        import pandas as pd

        survey, member = survey_digest(self.survey), dict[int, list[str]]()
        for number, design in enumerate(self.plan.designs):
            for index in sorted(set(design.members)):
                member.setdefault(index, []).append(str(number))
        rows = [
            {"scenario": index}
            | scenario.settings()
            | {
                "survey": survey,
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
