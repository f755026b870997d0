"""The pipeline: everything that is computed from one survey, and the choices that enter it."""

from alumnistats.analysis.choices import STEP_OF, STEPS, VALUES, Choices, Step, values_of
from alumnistats.analysis.estimates import estimate
from alumnistats.analysis.pipeline import Analysis, analyze

__all__ = [
    "STEPS",
    "STEP_OF",
    "VALUES",
    "Analysis",
    "Choices",
    "Step",
    "analyze",
    "estimate",
    "values_of",
]
