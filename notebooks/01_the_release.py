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
# A press release ranks industries by percentages. It says how many people answered in all, but
# not how many answered in each industry. Without that nobody can tell whether the first place is
# a finding or an accident: a share of 40 people moves by ten points for no reason, a share of
# 4,000 does not.
#
# The sizes can be recovered from the percentages themselves, because people come in whole
# numbers. This notebook does so step by step. You need pandas, and no statistics beyond
# percentages.

# %%
import textwrap

import matplotlib.pyplot as plt
import pandas as pd

import alumnistats as al

survey = al.load_survey()
print(survey.title.en)
print(f"{len(survey.groups)} industries, {survey.total:,} respondents")
print(f"{len(survey.figures)} percentages")

# %% [markdown]
# ## What was printed
#
# These are all percentages that the release gives of single industries, with the place in the
# text where each of them stands. Everything else in this notebook is computed from these, and
# from the percentages of all respondents together.

# %%
printed = pd.DataFrame([figure.model_dump() for figure in survey.figures])
by_industry = printed[printed["group"] != "overall"]
by_industry = by_industry.assign(
    share=by_industry["of"].map(survey.label), industry=by_industry["group"].map(survey.label)
)
by_industry[["share", "industry", "percent", "at"]]

# %% [markdown]
# A row for every industry, a column for every question, a dot where something was printed: most
# of the table is missing. The release names the industries at the top and at the bottom, and is
# silent about those between.

# %%
shares = list(dict.fromkeys(by_industry["share"]))
names = [survey.label(group) for group in survey.group_ids]
_, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
ax.scatter(
    [shares.index(share) for share in by_industry["share"]],
    [names.index(industry) for industry in by_industry["industry"]],
)
wrapped = [textwrap.fill(share, 15) for share in shares]
ax.set_xticks(range(len(shares)), wrapped, fontsize=8)
ax.set_yticks(range(len(names)), names, fontsize=8)
ax.set_xlim(-0.5, len(shares) - 0.5)
ax.set_title("Percentages printed by industry", fontsize=10)
ax.invert_yaxis()

# %% [markdown]
# ## One percentage already says something
#
# A percentage with one decimal is a fraction of whole people. Take the first industry's figure:
# which numbers of respondents can produce it at all?

# %%
official = by_industry[by_industry["of"] == "official_contact"]
first = official.iloc[0]
possible = al.possible_sizes([first["percent"]], largest=140, rules=["half-up"])
print(
    f"{first['percent']}% ({first['industry']}) can be a share of "
    f"{len(possible)} of the sizes up to 140:"
)
print(*possible["n"])

# %% [markdown]
# The same for every industry of that question. Each dot is a number of respondents that could
# have printed the percentage.

# %%
_, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
for row, figure in enumerate(official.to_dict("records")):
    n = al.possible_sizes([figure["percent"]], largest=140, rules=["half-up"])["n"]
    ax.scatter(n, [row] * len(n), s=9, color="#0072B2")
labels = official["industry"] + " " + official["percent"] + "%"
ax.set_yticks(range(len(official)), labels, fontsize=8)
ax.set_title("Numbers of respondents of which a share can be that percentage", fontsize=10)
ax.set_xlabel("respondents")
ax.invert_yaxis()

# %% [markdown]
# Every line has many dots: one percentage is not enough. But surveys of this kind are usually
# filled by quota, equally many respondents from every industry. So look for one size that suits
# many industries at once.

# %%
together = al.possible_sizes(list(official["percent"]), largest=140, rules=["half-up"])
fits_of = official["percent"].nunique()
fits = together.drop(columns=["rule", "all"]).set_index("n").groupby(level=0).any().sum(axis=1)
print(
    f"The best suits {fits.max()} of the {fits_of} different percentages: "
    f"{', '.join(map(str, fits.index[fits == fits.max()]))}"
)
fits.sort_values(ascending=False).head(5).rename("percentages that fit").to_frame()

# %% [markdown]
# ## All figures at once
#
# `al.reconstruct` weighs every combination of sizes and counts that agrees with *everything*
# printed: the percentages of the industries, those of all respondents, the total, and who was
# named among the first or last. What remains gets a probability. `mode` is the most probable
# size, `lower` and `upper` enclose it with 95% probability.

# %%
recon = al.reconstruct(survey)
sizes = recon.sample_sizes.assign(industry=names).set_index("industry")
sizes[["mode", "probability", "lower", "upper"]].round(3)

# %%
_, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
rows = range(len(sizes))
ax.hlines(rows, sizes["lower"], sizes["upper"], color="#999999", linewidth=3)
ax.scatter(sizes["mode"], rows, color="#0072B2", zorder=3)
ax.set_yticks(rows, sizes.index, fontsize=8)
ax.set_xlim(left=0)
ax.set_title("Respondents of every industry: most probable (dot), 95% (line)", fontsize=10)
ax.set_xlabel("respondents")
ax.invert_yaxis()

# %%
quota = int(sizes["mode"].value_counts().index[0])
others = sizes[sizes["mode"] != quota]
print(f"{len(sizes) - len(others)} industries most probably have {quota} respondents each.")
for industry, row in others.iterrows():
    print(f"{industry}: {row['mode']:.0f}, with probability {row['probability']:.2f}")
print(f"The most probable sizes sum to {sizes['mode'].sum():,}; the release says {survey.total:,}.")

# %% [markdown]
# ## How the percentages were computed
#
# Something else comes out: habits of whoever made the tables. Who was asked a question, how
# halves were rounded, and whether a sum of two options is the rounded sum or the sum of rounded
# parts. The release states none of this; the figures allow only some of it.

# %%
conventions = recon.conventions
conventions[conventions["probability"] > 0.001].round(3)

# %% [markdown]
# ## How much is evidence, and how much is habit?
#
# The recovery used a piece of knowledge that is not printed: that panels are filled by quota.
# Leave it out, and let every industry have any size. (Fewer draws here, since this takes longer;
# `draws` is the number of combinations that are kept.)

# %%
free = al.reconstruct(survey, sizes="free", draws=200)
side_by_side = pd.DataFrame(
    {
        "with quota": recon.sample_sizes["probability"].to_numpy(),
        "without": free.sample_sizes["probability"].to_numpy(),
        "width with quota": (recon.sample_sizes["upper"] - recon.sample_sizes["lower"]).to_numpy(),
        "width without": (free.sample_sizes["upper"] - free.sample_sizes["lower"]).to_numpy(),
    },
    index=names,
)
side_by_side.round(3)

# %%
gain = recon.log_evidence - free.log_evidence
print(
    "Probability of the best size, median over industries: "
    f"{side_by_side['with quota'].median():.2f} with the quota, "
    f"{side_by_side['without'].median():.2f} without it."
)
print(
    f"What was printed is e^{gain:.0f} times as probable "
    "if sizes were filled by quota than if they were free."
)

# %% [markdown]
# ## What cannot be concluded
#
# - The sizes are probabilities, not facts. They rest on the assumption of quotas, as the last
#   table shows. That the printed figures are far more probable with quotas speaks for the
#   assumption; it does not prove it.
# - Weighted percentages are not fractions of whole people. If the publisher weighted the answers,
#   the counts recovered here are wrong, and nothing in the figures need show it.
# - For industries that the release does not name, the size comes from the quota and the total
#   alone.
#
# ## What to try next
#
# - Which industry does a single figure pin? Put `survey = survey.model_copy(update={"figures":
#   survey.figures[:4] + survey.figures[5:]})` before `al.reconstruct`, and compare the pictures.
# - `al.reconstruct(survey, sizes="shortfall")`: industries may miss the quota but not exceed it.
# - `al.analyze(survey).plot.agreement()`: which sizes can have printed all figures of an industry,
#   and how probable each is.
# - `al.check_percent("47.8", 90)` answers for one percentage and one size, under every rule of
#   rounding.
# - Next notebook: what share of each industry these sizes and counts allow.
