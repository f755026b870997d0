"""What the values of the paper are taken from, each computed when it is first needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.analysis import Analysis, Plan, analyze, plan
from alumnistats.paper.results import PaperError
from alumnistats.reconstruction.from_survey import DEFAULT_DRAWS, compare_priors
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

SEED = 0
ALLOWED = 3.0  # standard errors of a drawn probability that are allowed for
LEAST = 1e-3  # of that allowance


def silent(_step: str) -> None:
    """Report nothing."""


def by_columns(frame: pd.DataFrame, *columns: str) -> dict[Any, dict[str, Any]]:
    """Return the rows of a table as dictionaries, by the value (or values) of some columns."""
    rows = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
    if len(columns) == 1:
        return {row[columns[0]]: row for row in rows}
    return {tuple(row[name] for name in columns): row for row in rows}


@dataclass(eq=False)
class Inputs:
    """Analysis, plan and committed tables.

    Attributes
    ----------
    tables : Path
        Folder of the committed tables: calibration, benchmarks, sensitivity.
    draws : int
        Solutions that the reconstructions keep.
    seed : int
    report : callable
        Called with the name of each step as it begins.
    """

    tables: Path
    draws: int = DEFAULT_DRAWS
    seed: int = SEED
    report: Callable[[str], None] = silent
    _read: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def analysis(self) -> Analysis:
        """The analysis of the embedded survey under the prior of quotas, which its text describes.

        The figures choose that prior from the mixture, which is the package's default.
        """
        return analyze(sizes="quota", draws=self.draws, seed=self.seed, report=self.report)

    @property
    def survey(self) -> Survey:
        """The embedded survey."""
        return self.analysis.survey

    @cached_property
    def plan(self) -> Plan:
        """What would settle its claims."""
        self.report("plan")
        return plan(self.analysis, seed=self.seed)

    @cached_property
    def priors(self) -> pd.DataFrame:
        """The reconstruction under every prior on sizes, as `compare_priors` returns it."""
        self.report("other priors on sizes")
        return compare_priors(self.survey, draws=self.draws, seed=self.seed)

    def table(self, name: str) -> pd.DataFrame:
        """Return a committed table, by its name without the suffix; its digest is remembered.

        Raises
        ------
        PaperError
            If there is none.
        """
        import pandas as pd

        path = self.tables / f"{name}.csv"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise PaperError(
                str(path), "there is no such table; expected the repository's benchmarks/results"
            ) from None
        self._read[path.name] = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
        return pd.read_csv(path)

    @property
    def tables_read(self) -> dict[str, str]:
        """SHA-256 of every table that was read so far, by file name."""
        return dict(self._read)

    def noise(self, probability: float | None, of: str | None = None) -> float:
        """Return the Monte Carlo allowance of a probability taken over the solutions.

        Parameters
        ----------
        probability : float or None
            In [0, 1].
        of : str, optional
            Measure under whose model the solutions are weighted; the reconstruction's own weights
            when omitted.

        Returns
        -------
        float
            Three binomial standard errors for the effective number of solutions, and 0.001.
        """
        if probability is None or not np.isfinite(probability):
            return LEAST
        pooled = self.analysis.pooled
        ess = pooled[of].ess if of in pooled else self.analysis.reconstruction.particles.ess
        p = float(np.clip(probability, 0.0, 1.0))
        return LEAST + ALLOWED * float(np.sqrt(p * (1 - p) / ess))
