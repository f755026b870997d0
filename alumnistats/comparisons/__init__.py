"""Frequentist comparisons: tests of pairs and of all groups, differences, adjustments."""

from alumnistats.comparisons.adjust import ADJUSTMENTS, Adjustment, adjust, shaffer
from alumnistats.comparisons.asymptotic import likelihood_ratio, z_test
from alumnistats.comparisons.clustered import deflate
from alumnistats.comparisons.conditional import fisher_exact, fisher_mid_p
from alumnistats.comparisons.contrasts import Contrast, Difference, Ratio
from alumnistats.comparisons.counts import ALTERNATIVES, Alternative
from alumnistats.comparisons.dependent import (
    DEPENDENT_METHODS,
    DependentMethod,
    DependentTest,
    NestedMethod,
    dependent_bounds,
    dependent_interval,
    dependent_test,
    mcnemar_bounds,
    multinomial_covariance,
    nested_interval,
)
from alumnistats.comparisons.differences import (
    DIFFERENCE_METHODS,
    DifferenceMethod,
    agresti_caffo,
    difference_interval,
    newcombe,
    wald,
)
from alumnistats.comparisons.odds import odds_ratio_test
from alumnistats.comparisons.omnibus import OmnibusTest, omnibus
from alumnistats.comparisons.pairs import EXACT_TESTS, PAIR_TESTS, PairTest, pair_test
from alumnistats.comparisons.ratio import koopman, ratio_test
from alumnistats.comparisons.score import mee, miettinen_nurminen, score_test
from alumnistats.comparisons.simultaneous import MaxT, max_t, max_t_pairs, tukey, tukey_critical
from alumnistats.comparisons.unconditional import barnard, boschloo
from alumnistats.comparisons.variances import SHARE_VARIANCES, ShareVariance, share_variance

__all__ = [
    "ADJUSTMENTS",
    "ALTERNATIVES",
    "DEPENDENT_METHODS",
    "DIFFERENCE_METHODS",
    "EXACT_TESTS",
    "PAIR_TESTS",
    "SHARE_VARIANCES",
    "Adjustment",
    "Alternative",
    "Contrast",
    "DependentMethod",
    "DependentTest",
    "Difference",
    "DifferenceMethod",
    "MaxT",
    "NestedMethod",
    "OmnibusTest",
    "PairTest",
    "Ratio",
    "ShareVariance",
    "adjust",
    "agresti_caffo",
    "barnard",
    "boschloo",
    "deflate",
    "dependent_bounds",
    "dependent_interval",
    "dependent_test",
    "difference_interval",
    "fisher_exact",
    "fisher_mid_p",
    "koopman",
    "likelihood_ratio",
    "max_t",
    "max_t_pairs",
    "mcnemar_bounds",
    "mee",
    "miettinen_nurminen",
    "multinomial_covariance",
    "nested_interval",
    "newcombe",
    "odds_ratio_test",
    "omnibus",
    "pair_test",
    "ratio_test",
    "score_test",
    "shaffer",
    "share_variance",
    "tukey",
    "tukey_critical",
    "wald",
    "z_test",
]
