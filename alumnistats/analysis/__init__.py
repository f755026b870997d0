"""The pipeline: everything that is computed from one survey."""

from alumnistats.analysis.estimates import estimate
from alumnistats.analysis.pipeline import Analysis, analyze

__all__ = ["Analysis", "analyze", "estimate"]
