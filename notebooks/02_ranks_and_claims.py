# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Ranks and claims
#
# Which of the published places are more than chance?

# %%
import alumnistats as al

recon = al.reconstruct(al.load_survey(), draws=400)
fit = al.estimate(recon, "official_contact", model="partial-pooling")
fit.summary()

# %%
ranks = al.rank(fit)
ranks.table[ranks.table["method"] == "simultaneous"]

# %% [markdown]
# The probability of each rank, and the ranks that the data cannot exclude:

# %%
ranks.plot()

# %% [markdown]
# Everything at once, with a verdict on every claim:

# %%
analysis = al.analyze(draws=400)
analysis.claims[["id", "verdict", "p_value", "probability", "text_en"]]

# %% [markdown]
# What to try next: `al.estimate(recon, "important", model="no-pooling")`, or another level in
# `al.analyze(level=0.9)`.
