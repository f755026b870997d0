"""The analysis over every defensible choice, and which choices its verdicts hang on."""

from alumnistats.sensitivity.result import Sensitivity
from alumnistats.sensitivity.runner import sensitivity
from alumnistats.sensitivity.scenario_file import ScenarioFile, load_scenarios

__all__ = ["ScenarioFile", "Sensitivity", "load_scenarios", "sensitivity"]
