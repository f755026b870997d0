"""Another survey: read a survey file, analyze it, and see which choices its claims depend on.

The survey beside this script is invented. Copy it, put in what another release prints, and
`alumnistats validate` says what is wrong with it.
"""

import sys
from pathlib import Path

import alumnistats as al

SURVEY = Path(__file__).with_name("another_survey.toml")
DRAWS = int(sys.argv[1]) if len(sys.argv) > 1 else 400  # solutions of each reconstruction
SCENARIOS = {
    "format": 1,
    "draws": DRAWS,
    "designs": [
        {
            "kind": "grid",
            "dimensions": {
                "sizes": ["quota", "free"],
                "design_effect": [1.0, 2.0],
                "test": ["fisher-mid-p", "z"],
                "adjustment": ["none", "holm"],
                "level": [0.90, 0.95, 0.99],
            },
        },
        {"kind": "one-at-a-time", "dimensions": {"left_out": "each", "complete_lists": "each"}},
    ],
}

if __name__ == "__main__":
    survey = al.load_survey(SURVEY)
    analysis = al.analyze(survey, draws=DRAWS)
    print(analysis.sample_sizes.round(3).to_string(index=False))
    shown = ["id", "verdict", "p_value", "probability"]
    print(analysis.claims[shown].round(4).to_string(index=False))
    result = al.sensitivity(survey, SCENARIOS)
    print(*result.sentences().values(), sep="\n")
