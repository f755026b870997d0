# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Your own survey
#
# From a table in a report to verdicts on what the report says, in three ways: with the sizes that
# are printed, without them, and from the respondents themselves. The surveys here are invented;
# put yours in their place.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import alumnistats as al

folder = Path(tempfile.mkdtemp())  # what this notebook writes is out of your way

# %% [markdown]
# ## A table as printed
#
# Type the table as it stands, digits and all: "30.0" says more than "30". An Excel sheet would do
# as well. Everybody gave one answer, so `answers="single"`; left out, it is recognised from rows
# that sum to 100, and a notice says so.

# %%
table = """Branch,n,Yes,No
Central,118,51.7,48.3
Harbour,64,45.3,54.7
Hill,102,37.3,62.7
Station,97,34.0,66.0
Park,88,29.5,70.5
Total,469,39.9,60.1
"""
path = folder / "visits.csv"
path.write_text(table, encoding="utf-8")
survey = al.read_crosstab(path, answers="single")
label = {group: survey.label(group) for group in survey.group_ids}
print(len(survey.groups), "groups,", len(survey.figures), "figures,", survey.total, "respondents")

# %% [markdown]
# Whatever is impossible is refused, and named. Here somebody typed a wrong digit: the row still
# sums to 100, but no number of so many people is that percentage.

# %%
(folder / "wrong.csv").write_text(table.replace("45.3,54.7", "45.1,54.9"), encoding="utf-8")
try:
    al.reconstruct(al.read_crosstab(folder / "wrong.csv", answers="single"))
except al.ContradictionError as error:
    print(error)

# %% [markdown]
# The sizes are printed, so nothing has to be guessed: there is one solution.

# %%
recon = al.reconstruct(survey)
fit = al.estimate(recon, "question:yes")
summary = fit.summary()
summary.assign(group=summary["group"].map(label))[["group", "mean", "lower", "upper"]].round(3)

# %%
ranks = al.rank(fit)
ax = ranks.plot()

# %%
posterior = ranks.table[ranks.table["method"] == "posterior"].set_index("group")
simultaneous = ranks.table[ranks.table["method"] != "posterior"].drop_duplicates(
    "group", keep="last"
)
simultaneous = simultaneous.set_index("group")
best = posterior["p_first"].idxmax()
print(
    f"{label[best]} has the largest share with probability {posterior['p_first'][best]:.2f}; "
    f"a test cannot exclude places {simultaneous['lower'][best]} to {simultaneous['upper'][best]}."
)

# %% [markdown]
# ## The same without the sizes
#
# Most releases leave the column `n` out. Take it out here too, keep the total, and see what is
# still known. This is the one case in which the truth is at hand to compare with.

# %%
unsized = folder / "unsized.csv"
frame = pd.read_csv(path, dtype=str)
frame.drop(columns="n").iloc[:-1].to_csv(unsized, index=False)
hidden = al.read_crosstab(unsized, answers="single").model_copy(update={"total": survey.total})
guess = al.reconstruct(hidden, sizes="free", draws=400)
compared = guess.sample_sizes.assign(
    group=list(label.values()), truth=frame["n"].iloc[:-1].astype(int).to_numpy()
)
compared[["group", "truth", "mode", "probability", "lower", "upper"]].round(3)

# %%
inside = compared["truth"].between(compared["lower"], compared["upper"])
print(
    f"{inside.sum()} of {len(inside)} true sizes lie within their 95% intervals; "
    f"{(compared['mode'] == compared['truth']).sum()} are the most probable size."
)

# %% [markdown]
# A most probable size with little probability is no estimate: many sizes are nearly as probable,
# and it is only the best of them. What to read is the interval. The shares, however, are known
# nearly as well as before:

# %%
loose = al.estimate(guess, "question:yes").summary()
rows = np.arange(len(label))
_, ax = plt.subplots(figsize=(7, 2.6), layout="constrained")
for shift, known, colour in ((-0.15, summary, "#0072B2"), (0.15, loose, "#E69F00")):
    middle = known["mean"]
    spread = [middle - known["lower"], known["upper"] - middle]
    ax.errorbar(middle, rows + shift, xerr=spread, fmt="o", color=colour, markersize=4)
ax.set_yticks(rows, list(label.values()))
ax.set_title("Shares with 95% intervals, sizes known (blue) and hidden (orange)", fontsize=10)
ax.set_xlabel("share")
ax.invert_yaxis()

# %% [markdown]
# ## What the report says
#
# A table holds no sentences. Claims are added as records, here to the file that was read
# (`alumnistats init NAME --from visits.csv` writes such a file to go on with). `places` and
# `members` name groups, `text` is in your own words.

# %%
document = survey.model_dump(mode="json", by_alias=True, exclude_none=True)
document["claims"] = [
    {
        "id": "central-first",
        "kind": "extreme-set",
        "of": "question:yes",
        "from": "highest",
        "members": ["central"],
        "text": {"en": "Visits are most common in Central.", "ja": "来館は中央館で最も多い。"},
        "at": "headline",
    },
    {
        "id": "order",
        "kind": "ranking",
        "of": "question:yes",
        "from": "highest",
        "places": [["central"], ["harbour"], ["hill"]],
        "text": {"en": "Central leads, then Harbour, then Hill.", "ja": "中央館、港館、丘館の順。"},
        "at": "headline",
    },
    {
        "id": "park-below-half",
        "kind": "threshold",
        "of": "question:yes",
        "group": "park",
        "relation": "below",
        "percent": "50",
        "text": {"en": "In Park, fewer than half.", "ja": "公園館では半数未満。"},
        "at": "page 2",
    },
]
claimed = type(survey).model_validate(document)
analysis = al.analyze(claimed)
columns = ["claim_en", "in_sample", "verdict", "p_value", "probability", "needed_n"]
analysis.claims[columns].round(3)

# %% [markdown]
# `in_sample` says whether the sentence is true of those who answered, `verdict` whether it can be
# said of everybody. What settles what is open:

# %%
for row in analysis.claims.to_dict("records"):
    needed = (
        "" if pd.isna(row["needed_n"]) else f"; settled by {row['needed_n']:.0f} in every branch"
    )
    print(f"{row['text_en']}  {row['verdict']}{needed}")

# %% [markdown]
# ## From respondents, with weights
#
# If you have the respondents themselves, their weights count too. Invented answers: city visitors
# are easy to reach, so they weigh less.

# %%
rng = np.random.default_rng(7)
size = 600
people = pd.DataFrame({"branch": rng.choice(list(label.values()), size)})
city = rng.random(size) < 0.7
people["visits"] = np.where(rng.random(size) < np.where(city, 0.45, 0.3), "yes", "no")
people["w"] = np.where(city, 0.7, 1.7)
people.to_csv(folder / "people.csv", index=False)
data = al.read_microdata(folder / "people.csv", group="branch", questions=["visits"], weight="w")
shares = al.weighted_shares(data, "visits", "yes")
plain = people.assign(yes=people["visits"] == "yes").groupby("branch")["yes"].mean()
shares.table.round(3)

# %%
worth = shares.table["n_eff"].sum()
print(f"Respondents: {size}; worth as much as a simple random sample of {worth:.0f}.")
weighted_sets = al.rank(
    estimates=shares.estimate,
    variance=shares.covariance,
    groups=shares.groups,
    method="simultaneous",
)
weighted_sets.table[["group", "lower", "upper"]]

# %% [markdown]
# ## What cannot be concluded
#
# - The example is invented, so nothing here is about libraries.
# - Hidden sizes can be recovered only from percentages with enough digits for the size: whole
#   percentages, or one decimal of thousands of respondents, say nothing about `n`.
# - Reading a file without an error means that it can be true, not that it is what the report
#   says. Have a second person compare it with the source.
#
# ## What to try next
#
# - What is left of the hidden sizes when percentages are whole numbers? Round them in the table
#   of the second cell ("52,48" for "51.7,48.3").
# - `alumnistats init my-survey --from table.xlsx`, then `alumnistats validate my-survey.toml` and
#   `alumnistats analyze my-survey.toml --out results`. [Your own survey](../docs/own-survey.md)
#   has the details.
# - `al.simulate` makes releases whose truth is known, for practice.
