# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Sensitivity: what does a verdict depend on?
#
# Every verdict of the notebooks before rests on choices: how sizes are thought of, how industries
# inform each other, which test, which level. Another analyst would make others. A verdict that
# stays under all of them is worth more than one that needs a particular one. So run them all, and
# look.

# %%
import textwrap

import matplotlib.pyplot as plt

import alumnistats as al

survey = al.load_survey()

# %% [markdown]
# ## The choices to vary
#
# A grid takes every combination. `design_effect` is how much less than a random sample the panel
# is worth: with 2, two respondents say as much as one. `one-at-a-time` changes one thing only:
# here, the population's share may be a little off the panel's (`bias`, in log odds), industries
# learn nothing from each other, or sizes are thought of otherwise.
#
# (Few draws and few choices, so that this runs in seconds. `al.sensitivity()` without scenarios
# runs more than a thousand.)

# %%
scenarios = {
    "format": 1,
    "draws": 100,
    "designs": [
        {
            "kind": "grid",
            "dimensions": {
                "design_effect": [1.0, 2.0],
                "test": ["fisher-mid-p", "z"],
                "adjustment": ["none", "holm"],
                "level": [0.9, 0.95, 0.99],
            },
        },
        {
            "kind": "one-at-a-time",
            "dimensions": {
                "bias": [0.05, 0.1, 0.2],
                "model": ["no-pooling"],
                "sizes": ["shortfall"],
            },
        },
    ],
}
result = al.sensitivity(survey, scenarios)
print(f"{len(result.scenarios)} scenarios, {len(result.failures)} of them failed")

# %% [markdown]
# ## How often each verdict stays
#
# `stays` counts the scenarios with the verdict of the base (what `al.analyze` does). Those at the
# bottom are the ones to quote with care.

# %%
summary = result.summary()
sentence = {claim.id: claim.text.en for claim in survey.claims}
columns = ["claim", "base_verdict", "stays", "scenarios", "depends_on"]
by_stays = summary[columns].sort_values("stays", ascending=False)
by_stays.assign(claim=by_stays["claim"].map(sentence))

# %%
judged = summary[summary["base_verdict"] != "undetermined"]
firm = judged[judged["stays"] == judged["scenarios"]]
print(f"{len(firm)} of {len(judged)} verdicts are the same in every scenario.")
supported = judged[judged["base_verdict"] == "supported"]
always = supported[supported["stays"] == supported["scenarios"]]
print(f"Of the {len(supported)} supported claims {len(always)} are supported in every scenario.")
never = judged[judged["base_verdict"] == "not supported"]
print(
    f"Of the {len(never)} that are not supported {int((never['supported'] > 0).sum())} "
    f"are supported in some scenario."
)

# %%
_, ax = plt.subplots(figsize=(8, 0.36 * len(judged) + 0.9), layout="constrained")
ordered = judged.assign(share=judged["stays"] / judged["scenarios"]).sort_values("share")
colours = ordered["base_verdict"].map(
    {"supported": "#009E73", "not supported": "#999999", "contradicted": "#D55E00"}
)
ax.barh(range(len(ordered)), ordered["share"], color=colours)
lines = [textwrap.fill(sentence[claim], 62) for claim in ordered["claim"]]
ax.set_yticks(range(len(ordered)), lines, fontsize=7)
ax.set_xlabel(
    "share of scenarios with the same verdict\n"
    "(green: supported, grey: not supported, red: contradicted)"
)
ax.margins(y=0.01)

# %% [markdown]
# ## One claim, closely
#
# Take the supported claim that stays least often. In a sentence:

# %%
least = supported.sort_values("stays")["claim"].iloc[0]
print(result.sentences()[least])

# %% [markdown]
# All scenarios in the order of the claim's probability, coloured by verdict, with the choices
# below. If the verdicts split along one line of the lower panel, that choice decides.

# %%
ax = result.plot_specification_curve(least)

# %% [markdown]
# How far each choice alone moves the probability:

# %%
ax = result.plot_tornado(least)

# %%
flips = result.flips()
flips[flips["claim"] == least].drop(columns="claim")

# %% [markdown]
# ## How biased may the panel be?
#
# Nobody knows how those who answer differ from those who do not. But one can ask how large the
# difference would have to be to overturn a verdict. `tipping_points` says between which values
# that were run the verdict changes; an odds ratio of 11 to 10, for instance, means that those who
# say yes are a tenth more willing to answer.

# %%
points = result.tipping_points()
points = points[points["claim"].isin(supported["claim"])]
points.assign(claim=points["claim"].map(sentence)).head(12)

# %%
base = judged.set_index("claim")["base_verdict"]
biased = result.table[(result.table["bias"] > 0) & result.table["claim"].isin(base.index)]
stays = biased["verdict"] == biased["claim"].map(base)
by_bias = stays.groupby([biased["bias"], biased["claim"].map(base)]).agg(["sum", "size"])
by_bias.rename_axis(["bias (log odds)", "verdict"]).set_axis(["stay", "claims"], axis=1)

# %% [markdown]
# ## What cannot be concluded
#
# - The share of scenarios is no probability. It counts ways to analyze, and depends on which were
#   written down; other scenarios give other shares.
# - A verdict that always stays can be wrong for a reason that no scenario varies.
# - With so few draws a probability has an error of a few hundredths of its own: do not read
#   anything into a verdict that changes between two probabilities that are nearly the same.
#
# ## What to try next
#
# - Which single figure does a verdict need? Add `"left_out": "each"` to the dimensions of the
#   second design.
# - Add `"replicate": [1, 2, 3]`: other random numbers, nothing else. Bars of that length in the
#   tornado mean nothing.
# - `alumnistats sensitivity --out sensitivity --jobs 2` runs the file of more than a thousand
#   scenarios, and keeps what is finished. [The page on sensitivity](../docs/sensitivity.md) says
#   how to write your own.
