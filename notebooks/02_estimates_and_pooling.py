# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Estimates, and why groups should learn from each other
#
# The release prints a percentage of those who answered. A reader wants to know the share among
# *all* companies of the industry, answered or not. This notebook estimates that in three ways,
# and shows why the middle way is the best: for a reader who knows pandas, and no Bayesian
# statistics.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import alumnistats as al

survey = al.load_survey()
recon = al.reconstruct(survey, draws=400)
names = [survey.label(group) for group in survey.group_ids]
MEASURE = "official_contact"
print(f"Share in question: {survey.label(MEASURE)!r}")

# %% [markdown]
# ## From counts to a share: one industry
#
# Take the most probable size and count of the first industry (the notebook before). Which shares
# of the population make such an answer plausible? Go through every share from 0 to 1, and ask how
# probable the answer would be if that were the true share. Scaled so that all of them sum to one,
# this is a *posterior distribution*: how plausible each share is, having seen the answer.
# (Scaling so means that all shares were thought equally plausible before: that is the *prior*.)
# For comparison, the same percentage of ten times the respondents:

# %%
grid = np.linspace(0, 1, 1001)


def plausibility(yes, asked):
    log = yes * np.log(grid[1:-1]) + (asked - yes) * np.log1p(-grid[1:-1])
    weight = np.exp(log - log.max())
    return weight / weight.sum()


def middle(weight, level=0.95):
    cumulated = weight.cumsum()
    ends = [(1 - level) / 2, (1 + level) / 2]
    return grid[1:-1][np.searchsorted(cumulated, ends)]


_, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
rows = []
asked_first = int(recon.sample_sizes["mode"][0])
yes_first = int(recon.counts.query("of == @MEASURE")["mode"].iloc[0])
for yes, asked in [(yes_first, asked_first), (10 * yes_first, 10 * asked_first)]:
    weight = plausibility(yes, asked)
    ax.plot(grid[1:-1], weight, label=f"{yes} of {asked:,}")
    rows.append((yes, asked, *middle(weight)))
ax.set_title("How plausible each share is, having seen the answers", fontsize=10)
ax.set_xlabel("true share")
ax.set_yticks([])
ax.legend(frameon=False)
pd.DataFrame(rows, columns=["yes", "asked", "lower", "upper"]).round(3)

# %% [markdown]
# Ten times the respondents, the same percentage, an interval about a third as wide (the width
# shrinks with the root of the size). This is why the hidden sizes matter.
#
# ## Three ways to treat twelve industries
#
# - **No pooling**: every industry by itself, as just now.
# - **Complete pooling**: there is one share, and all industries have it. Differences are chance.
# - **Partial pooling**: industries differ, but they are of one kind. How far apart they are is
#   estimated from all of them together, and each estimate is drawn towards the others just as far
#   as that suggests.
#
# All three use every combination of sizes and counts that the release allows, not only the most
# probable one.

# %%
models = ("no-pooling", "partial-pooling", "complete-pooling")
fit = {model: al.estimate(recon, MEASURE, model=model) for model in models}
table = pd.DataFrame(
    {model: fit[model].summary()["mean"].to_numpy() for model in models}, index=names
)
raw = {
    figure.group: float(figure.percent) / 100 for figure in survey.figures if figure.of == MEASURE
}
table.insert(0, "printed", [raw.get(group, np.nan) for group in survey.group_ids])
table.sort_values("printed", ascending=False).round(3)

# %% [markdown]
# Industries without a printed figure have an estimate too: they lie between the published top and
# the published bottom, and together with the others they must give the overall figure.
#
# The picture shows what partial pooling does: from the observed share (open) to the estimate
# (filled), all towards the middle.

# %%
ax = fit["partial-pooling"].plot_shrinkage()

# %%
partial, alone = fit["partial-pooling"].summary(), fit["no-pooling"].summary()
listed = [i for i, group in enumerate(survey.group_ids) if group in raw]
top = max(listed, key=lambda i: raw[survey.group_ids[i]])
low = min(listed, key=lambda i: raw[survey.group_ids[i]])
for i in (top, low):
    print(
        f"{names[i]}: printed {raw[survey.group_ids[i]]:.1%}, by itself {alone['mean'][i]:.1%}, "
        f"with the others {partial['mean'][i]:.1%} "
        f"({partial['lower'][i]:.1%} to {partial['upper'][i]:.1%} with 95% probability)"
    )
width = (partial["upper"] - partial["lower"]) / (alone["upper"] - alone["lower"])
print(
    f"Intervals are {1 - width[listed].mean():.0%} narrower on average where a figure was printed."
)

# %% [markdown]
# ## Why the first is drawn down
#
# Whoever is first is there for two reasons: a high share, and luck. The luck does not repeat. To
# see it, play the survey with industries whose true shares are known, and look at the winner,
# many times over.

# %%
rng = np.random.default_rng(1)
centre, spread = fit["partial-pooling"].hyper["mu"][0], fit["partial-pooling"].hyper["sigma"][0]
size = int(recon.sample_sizes["mode"].median())
truth = 1 / (1 + np.exp(-rng.normal(centre, spread, (5000, len(names)))))
seen = rng.binomial(size, truth) / size
play = np.arange(len(truth))
winner = seen.argmax(axis=1)
luck = seen[play, winner] - truth[play, winner]
print(
    f"{len(truth):,} surveys of {len(names)} industries, {size} respondents each: "
    f"the winner's printed share is too high in {np.mean(luck > 0):.0%} of them, "
    f"by {100 * luck.mean():.1f} points on average."
)

# %%
_, ax = plt.subplots(figsize=(7, 2.6), layout="constrained")
ax.hist(100 * luck, bins=50, color="#0072B2")
ax.axvline(0, color="#D55E00")
ax.set_title("How much too high the winner's share is", fontsize=10)
ax.set_xlabel("printed share of the winner less its true share, in points")
ax.set_ylabel("surveys")
ax.margins(x=0)

# %% [markdown]
# ## Which of the three do the data prefer?
#
# `elpd` says how well a model foretells an industry that it has not seen, from the others: higher
# is better, and a difference counts when it is several times its error. `probability` compares
# the models by what they would have given for the figures as a whole.

# %%
fit["partial-pooling"].compare(fit["no-pooling"], fit["complete-pooling"]).round(3)

# %% [markdown]
# ## Does the prior matter?
#
# Partial pooling assumes beforehand how far apart industries might be. Doubling and halving that
# assumption shows what depends on it:

# %%
prior_rows = {}
for scale in (0.5, 1.0, 2.0):
    other = al.estimate(recon, MEASURE, prior=al.LogitNormalPrior(sigma_scale=scale)).summary()
    prior_rows[f"sigma_scale={scale}"] = other["mean"].to_numpy()
by_prior = pd.DataFrame(prior_rows, index=names)
change = by_prior.max(axis=1) - by_prior.min(axis=1)
print(f"Largest change of an estimate: {100 * change.max():.1f} points")
by_prior.round(3)

# %% [markdown]
# ## What cannot be concluded
#
# - The intervals are about chance in who was asked. They know nothing of who belongs to an
#   internet panel, who agreed to answer, or how the question was worded. [Non-response
#   bias](../docs/choices.md) can be put in as a number; the data do not tell it.
# - Partial pooling is right on average over industries of one kind. An industry that is unlike
#   all others is drawn towards them wrongly.
# - That two intervals overlap does not mean that the shares are equal, nor that their order is
#   open. Ranks are the next notebook.
#
# ## What to try next
#
# - Are industries drawn together as much in what they find important? Write
#   `MEASURE = "important"` in the first cell.
# - Another shape of the population of industries: `model="beta-binomial"`.
# - `fit["partial-pooling"].idata` has draws for ArviZ; `fit["partial-pooling"].counts()` says
#   what the model thinks of each count that was not printed.
