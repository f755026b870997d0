# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Gallery
#
# Every picture, made by the code above it when these pages are built. Each function takes `ax=`
# and returns it, and labels in English or Japanese (`lang="ja"`). `alumnistats figures --out
# figures` writes all of a survey as files ([how to read them](figures.md)).

# %%
import matplotlib.pyplot as plt

import alumnistats as al
from alumnistats.figures import (
    plot_agreement,
    plot_calibration,
    plot_claims,
    plot_coverage,
    plot_error_rates,
    plot_needed,
    plot_overview,
    plot_pairs,
    plot_power,
    plot_proportions,
    plot_rank_intervals,
    plot_ranks,
    plot_sizes,
    plot_specification_curve,
    read_calibration,
    read_rates,
)

plt.close(plt.figure())  # the first figure tells a notebook how figures are shown


def shown(ax):
    plt.close(ax.figure)  # what pyplot knows of would be shown twice
    return ax.figure


analysis = al.analyze(draws=400)
OF = "official_contact"
fit = analysis.pooled[OF]
ranks = analysis.ranked[OF]
label = {group: analysis.survey.label(group) for group in analysis.survey.group_ids}

# %% [markdown]
# ## Sample sizes

# %%
shown(plot_sizes(analysis))

# %%
shown(plot_agreement(analysis))

# %% [markdown]
# ## Shares

# %%
shown(plot_proportions(analysis, OF))

# %%
shown(fit.plot_forest(labels=label))

# %%
shown(fit.plot_shrinkage(labels=label))

# %% [markdown]
# ## Ranks

# %%
shown(plot_ranks(analysis, OF))

# %%
shown(plot_rank_intervals(analysis, OF))

# %%
shown(plot_pairs(analysis, OF))

# %%
shown(ranks.plot_pairwise(labels=label))

# %%
shown(ranks.plot_comparisons(["manufacturing", "retail"], labels=label))

# %% [markdown]
# ## Claims

# %%
shown(plot_claims(analysis))

# %% [markdown]
# ## Everything at a glance

# %%
plot_overview(analysis)

# %% [markdown]
# ## Planning

# %%
plan = al.plan(analysis.survey, claims=["official-contact-top3-set", "important-at-least-70"])
shown(plot_needed(plan))

# %%
shown(plot_power(plan))

# %% [markdown]
# ## Sensitivity

# %%
scenarios = {
    "format": 1,
    "draws": 100,
    "designs": [
        {
            "kind": "grid",
            "dimensions": {"level": [0.9, 0.95, 0.99], "design_effect": [1.0, 1.5, 2.0]},
        },
        {"kind": "one-at-a-time", "dimensions": {"bias": [0.05, 0.1, 0.2]}},
    ],
}
sensitivity = al.sensitivity(analysis.survey, scenarios)
shown(plot_specification_curve(sensitivity, "important-at-least-70"))

# %%
shown(sensitivity.plot_tornado("important-at-least-70"))

# %% [markdown]
# ## How often it is right
#
# From the simulated releases whose results are committed ([calibration](methods/calibration.md)).

# %%
coverage, values = read_calibration("../benchmarks/results")
shown(plot_calibration(values))

# %%
shown(plot_coverage(coverage))

# %% [markdown]
# How often verdicts are wrong ([error rates](methods/error-rates.md)):

# %%
shown(plot_error_rates(read_rates("../benchmarks/results/verdicts.csv")))

# %% [markdown]
# ## In Japanese

# %%
shown(plot_ranks(analysis, OF, lang="ja"))
