# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # The release and its hidden sample sizes
#
# A survey release prints percentages for a few of twelve industries and one total. Here we recover
# how many respondents each industry had, and how the percentages were computed.

# %%
import alumnistats as al

survey = al.load_survey()
len(survey.figures), survey.total

# %% [markdown]
# Each percentage excludes most sample sizes. 47.8% of n respondents is possible for few n:

# %%
import numpy as np

from alumnistats.rounding import consistent_sizes

sizes = np.arange(20, 131)
print(sizes[consistent_sizes(478, 1, sizes)])

# %% [markdown]
# All figures together, with a prior that knows how quotas are filled:

# %%
recon = al.reconstruct(survey)
recon.sample_sizes

# %%
recon.conventions[recon.conventions["probability"] > 0.001]

# %% [markdown]
# How much does this rest on the prior? Under sizes that are free of any quota:

# %%
free = al.reconstruct(survey, sizes="free", draws=400)
free.sample_sizes

# %% [markdown]
# What to try next: `al.reconstruct(survey, sizes="shortfall")`, or leave out a figure with
# `survey.model_copy(update={"figures": survey.figures[1:]})` and see which industry it pinned.
