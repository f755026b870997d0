"""Recover what a published ranking rests on, and judge what it can support.

The names below are imported when they are first used: `import alumnistats` itself loads nothing
heavy. The modules are listed in the order of the method in CONTRIBUTING.md.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from alumnistats.version import __version__ as __version__

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis, Plan, analyze, estimate, plan
    from alumnistats.errors import (
        AlumniStatsError,
        ArgumentError,
        ContradictionError,
        ScenarioFileError,
        SurveyFileError,
        TooLargeError,
        UndecidedError,
        UnreachableError,
    )
    from alumnistats.identification import bounds
    from alumnistats.posterior import (
        BetaBinomialPrior,
        BetaPrior,
        LogitNormalPrior,
        estimate_jointly,
    )
    from alumnistats.ranking import rank, rank_sets
    from alumnistats.reconstruction import Solutions, count_solutions, reconstruct
    from alumnistats.regression.fitting import glm
    from alumnistats.rounding import check_percent, possible_sizes
    from alumnistats.sensitivity import Sensitivity, load_scenarios, sensitivity
    from alumnistats.simulation import Design, calibrate, simulate
    from alumnistats.sources import (
        InputNotice,
        Microdata,
        available_surveys,
        load_survey,
        read_crosstab,
        read_microdata,
    )
    from alumnistats.tables.saved import Saved, load
    from alumnistats.weighting import WeightedShares, weighted_shares

_HOMES = {
    "AlumniStatsError": "errors",
    "Analysis": "analysis",
    "ArgumentError": "errors",
    "BetaBinomialPrior": "posterior",
    "BetaPrior": "posterior",
    "ContradictionError": "errors",
    "TooLargeError": "errors",
    "UndecidedError": "errors",
    "UnreachableError": "errors",
    "Design": "simulation",
    "InputNotice": "sources",
    "LogitNormalPrior": "posterior",
    "Plan": "analysis",
    "Sensitivity": "sensitivity",
    "Microdata": "sources",
    "Solutions": "reconstruction",
    "ScenarioFileError": "errors",
    "SurveyFileError": "errors",
    "WeightedShares": "weighting",
    "analyze": "analysis",
    "available_surveys": "sources",
    "bounds": "identification",
    "calibrate": "simulation",
    "check_percent": "rounding",
    "count_solutions": "reconstruction",
    "estimate": "analysis",
    "estimate_jointly": "posterior",
    "glm": "regression",
    "plan": "analysis",
    "Saved": "tables",
    "load": "tables",
    "load_scenarios": "sensitivity",
    "load_survey": "sources",
    "possible_sizes": "rounding",
    "rank": "ranking",
    "rank_sets": "ranking",
    "read_crosstab": "sources",
    "read_microdata": "sources",
    "reconstruct": "reconstruction",
    "sensitivity": "sensitivity",
    "simulate": "simulation",
    "weighted_shares": "weighting",
}

__all__ = [
    "AlumniStatsError",
    "Analysis",
    "ArgumentError",
    "BetaBinomialPrior",
    "BetaPrior",
    "ContradictionError",
    "Design",
    "InputNotice",
    "LogitNormalPrior",
    "Microdata",
    "Plan",
    "Saved",
    "ScenarioFileError",
    "Sensitivity",
    "Solutions",
    "SurveyFileError",
    "TooLargeError",
    "UndecidedError",
    "UnreachableError",
    "WeightedShares",
    "analyze",
    "available_surveys",
    "bounds",
    "calibrate",
    "check_percent",
    "count_solutions",
    "estimate",
    "estimate_jointly",
    "glm",
    "load",
    "load_scenarios",
    "load_survey",
    "plan",
    "possible_sizes",
    "rank",
    "rank_sets",
    "read_crosstab",
    "read_microdata",
    "reconstruct",
    "sensitivity",
    "simulate",
    "weighted_shares",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The package, whose results can do in a notebook what `accessors` has for them.

    Python sets every module of a package as an attribute of it once the module is imported, however
    that came about: then the module's classes, and no others, are given their conveniences.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if isinstance(value, ModuleType):
            importlib.import_module(f"{__name__}.accessors").bind(name, value)


sys.modules[__name__].__class__ = _Package
