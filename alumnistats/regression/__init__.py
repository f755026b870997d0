"""The frequentist model: a binomial regression over the solutions, combined by Rubin's rules."""

from alumnistats.regression.fitting import glm
from alumnistats.regression.result import GLMFit
from alumnistats.regression.rubin import Combined, JointTest, combine, joint_test

__all__ = ["Combined", "GLMFit", "JointTest", "combine", "glm", "joint_test"]
