"""The pipeline: everything that is computed from one survey."""

from alumnistats.analysis.estimates import estimate
from alumnistats.analysis.pipeline import Analysis, analyze
from alumnistats.analysis.plans import Plan, plan

__all__ = ["Analysis", "Plan", "analyze", "estimate", "plan"]
