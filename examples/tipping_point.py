"""How biased would the sample have to be? The tipping point of each verdict.

A bias of delta lets the share of every group be off by up to delta in log odds: those who answered
need not be like those who did not. The smallest delta that changes a verdict says what the verdict
is worth; as an odds ratio it can be held against what is known of the panel.
"""

import sys

import numpy as np

import alumnistats as al

DRAWS = int(sys.argv[1]) if len(sys.argv) > 1 else 800  # solutions of the reconstruction
SURVEY = sys.argv[2] if len(sys.argv) > 2 else None  # the embedded one
DESIGN_EFFECTS = [1.0, 2.0]  # several respondents from one company
STRONG = 1.2  # an odds ratio that would be a considerable bias of a panel

if __name__ == "__main__":
    for design_effect in DESIGN_EFFECTS:
        scenarios = {
            "format": 1,
            "draws": DRAWS,
            "base": {"design_effect": design_effect},
            "designs": [{"kind": "one-at-a-time", "dimensions": {"bias": [np.log(STRONG)]}}],
        }
        result = al.sensitivity(SURVEY, scenarios)
        biases = result.biases()
        tips = biases[np.isfinite(biases["bias"])].sort_values("bias")
        print(f"design effect {design_effect}: {len(tips)} of {len(biases)} verdicts can tip")
        print(tips.round(3).to_string(index=False))
        print(
            f"a bias of {STRONG} in odds leaves {(biases['odds_ratio'] > STRONG).sum()} standing\n"
        )
