"""The analysis over every defensible choice, and which choices its verdicts depend on."""

import sys
from types import ModuleType
from typing import Any

from alumnistats.sensitivity.result import Sensitivity
from alumnistats.sensitivity.runner import sensitivity
from alumnistats.sensitivity.scenario_file import ScenarioFile, load_scenarios

__all__ = ["ScenarioFile", "Sensitivity", "load_scenarios", "sensitivity"]


class _Callable(ModuleType):
    """The package, when it is called.

    `al.sensitivity` is the function until Python, importing this package, puts the package there
    under the same name. Either way it can be called.
    """

    def __call__(self, *args: Any, **options: Any) -> Sensitivity:
        return sensitivity(*args, **options)


sys.modules[__name__].__class__ = _Callable
