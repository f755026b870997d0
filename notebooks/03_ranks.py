# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Ranks: which places are more than chance?
#
# "First", "second", "in the top three": sentences about places are the ones that get quoted. A
# place is a fragile number, since it can change although the share hardly does. This notebook
# asks which of the release's places would stand if other companies of the same industries had
# been asked.

# %%
import textwrap

import matplotlib.pyplot as plt
import pandas as pd

import alumnistats as al

survey = al.load_survey()
recon = al.reconstruct(survey, draws=400)
MEASURE = "official_contact"
fit = al.estimate(recon, MEASURE)
ranks = al.rank(fit)
label = {group: survey.label(group) for group in survey.group_ids}

# %% [markdown]
# ## Two answers to the same question
#
# - A **confidence set** lists the places that a test cannot exclude. In 95 of 100 surveys such
#   sets hold the true places of *all* industries, whatever the true shares are. It is cautious.
# - A **posterior** gives every place a probability, on the assumption that industries are of one
#   kind (partial pooling, the notebook before). It says more, and it assumes more.
#
# `lower` is the best place that is possible, `upper` the worst one.

# %%
sets = ranks.table[ranks.table["method"].isin(["simultaneous", "posterior"])]
places = sets["lower"].astype(str) + " to " + sets["upper"].astype(str)
ends = {
    method: places[sets["method"] == method].set_axis(ranks.groups)
    for method in ("simultaneous", "posterior")
}
posterior = ranks.table[ranks.table["method"] == "posterior"].set_index("group")
overview = pd.DataFrame(ends).assign(expected=posterior["expected"], p_first=posterior["p_first"])
published = {
    group: place
    for ranking in survey.rankings
    if ranking.of == MEASURE and ranking.from_ == "highest"
    for place, groups in enumerate(ranking.places, start=1)
    for group in groups
}
overview.insert(0, "published", pd.Series(published))
overview.rename(index=label).sort_values("expected").round(3)

# %% [markdown]
# The probability of every place. A ranking that the data settle would be a dark diagonal; the
# brackets are the confidence sets.

# %%
ax = ranks.plot()

# %%
leader = max(published, key=lambda group: -published[group])
row = sets[(sets["group"] == leader) & (sets["method"] == "simultaneous")].iloc[0]
print(
    f"{label[leader]} is published as first. The probability that it is first: "
    f"{posterior['p_first'][leader]:.2f}. Places that a test cannot exclude: "
    f"{row['lower']} to {row['upper']} of {len(label)}."
)
runner = posterior["p_first"].drop(leader).idxmax()
print(f"Next comes {label[runner]}, first with probability {posterior['p_first'][runner]:.2f}.")

# %% [markdown]
# ## Pair by pair
#
# Is the row's share above the column's? Marked are the pairs that differ significantly, allowing
# for the fact that so many pairs are compared at once.

# %%
ax = ranks.plot_pairwise()

# %%
tiers = ranks.tiers()
print(f"{tiers['tier'].max()} tier(s); groups that share a letter are not separated by the data:")
tiers.assign(group=tiers["group"].map(label))[["group", "letters"]]

# %% [markdown]
# ## The winner's own share
#
# The winner's percentage is reported *because* it is the largest, so it is too large on average.
# An interval that allows for it (`lower`, `upper`) is wider than the usual one (`lower_naive`,
# `upper_naive`), and its estimate is lower:

# %%
winner = ranks.winners()
winner.assign(group=winner["group"].map(label))[
    ["group", "share", "estimate", "lower", "upper", "lower_naive", "upper_naive"]
].round(3)

# %% [markdown]
# ## How many respondents would it have taken?
#
# The verdict on every sentence of the release about this share, from the whole analysis in one
# call:

# %%
analysis = al.analyze(survey, draws=400)
about = [claim.id for claim in survey.claims if getattr(claim, "of", None) == MEASURE]
claims = analysis.claims.set_index("id").loc[about].set_index("claim_en", drop=False)
claims[["verdict", "p_value", "probability", "needed_n"]].rename_axis("claim").round(3)

# %%
for claim in claims.to_dict("records"):
    print(f"{claim['verdict']}: {claim['text_en']}")

# %% [markdown]
# `needed_n` is the number of respondents in *every* industry with which the claim's own test
# would have come out with a chance of 80%, if the shares are as they were found. Compare it with
# what there was:

# %%
needed = claims["needed_n"].dropna().astype(float).sort_values()
typical = recon.sample_sizes["mode"].median()
_, ax = plt.subplots(figsize=(7, 0.8 + 0.6 * len(needed)), layout="constrained")
ax.barh(range(len(needed)), needed, color="#0072B2", height=0.6)
claim_lines = [textwrap.fill(claim, 45) for claim in needed.index]
ax.set_yticks(range(len(needed)), claim_lines, fontsize=8)
ax.axvline(typical, color="#D55E00")
ax.set_xscale("log")
ax.set_title(
    f"Respondents needed in every industry (line: this survey's {typical:.0f})", fontsize=10
)
ax.margins(y=0.05)

# %% [markdown]
# ## What cannot be concluded
#
# - "Not supported" does not mean false. The order in the sample is what it is; it is only that
#   chance would have made such an order often enough without any difference behind it.
# - A wide set does not say that industries are equal. It says that this many respondents cannot
#   tell.
# - All of this takes respondents as drawn at random from their industry. They come from an
#   internet panel.
#
# ## What to try next
#
# - Does more stand of the places in what is found important? Write `MEASURE = "important"` in the
#   first cell.
# - `ranks.plot_comparisons(["manufacturing"])`: who is surely above or below one industry.
# - `al.rank(fit, method="exact-simultaneous")`, right in samples of any size.
# - `al.plan(survey)`: more on needed sizes, and the best division of respondents.
