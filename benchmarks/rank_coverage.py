"""How often sets for ranks hold the true ranks, kept as data: benchmarks/results/rank_coverage.csv.

Run ``python benchmarks/rank_coverage.py``. Groups of 30 to 150 respondents; shares all equal
("tied"), 0.01 apart on average ("close"), or drawn from Beta(6, 12) ("spread"). A set holds a true
rank: one plus the number of groups strictly above. Marginal sets: the mean over groups, and the
smallest of any group; simultaneous ones: all groups at once. Posterior sets are calibrated on
average over their prior, not for every truth.
"""

import csv
import warnings
from pathlib import Path

import numpy as np

from alumnistats.posterior import estimate
from alumnistats.ranking import posterior_ranks
from alumnistats.ranking.rank_methods import METHODS, given_counts
from alumnistats.reconstruction import Solutions

RESULTS = Path(__file__).parent / "results" / "rank_coverage.csv"
RUNS = {3: 600, 12: 300, 50: 40}
POSTERIOR_RUNS = {3: 300, 12: 150, 50: 30}
LEVEL = 0.95
SKIPPED = {"multinomial-marginal", "multinomial-simultaneous"}  # groups are not options of a sample
JOINT = ("simultaneous", "single-step", "region")


def truths(groups, rng):
    """Yield names and true shares."""
    yield "tied", np.full(groups, 0.3)
    yield "close", 0.3 + 0.01 * (np.arange(groups) - (groups - 1) / 2) * min(1, 12 / groups)
    yield "spread", rng.beta(6, 12, groups)


def true_ranks(share):
    """Return the rank of each share."""
    return 1 + (share[None, :] > share[:, None]).sum(axis=1)


def summary(lower, upper, ranks, joint):
    """Return coverage, that of the worst group, and the mean length of the sets."""
    held = (lower <= ranks) & (ranks <= upper)
    length = (upper - lower + 1).mean()
    if joint:
        return held.all(axis=1).mean(), "", length
    return held.mean(), f"{held.mean(axis=0).min():.4f}", length


def posterior_sets(k, n):
    """Return equal-tailed credible sets of each run, from partial pooling."""
    lower, upper = [], []
    names = tuple(map(str, range(len(n))))
    for counts in k:
        mixture = estimate(Solutions.known("x", names, n, counts), components=100).mixture
        found = posterior_ranks(mixture, LEVEL)
        lower.append(found.lower)
        upper.append(found.upper)
    return np.array(lower), np.array(upper)


def rows(groups, rng):
    """Yield the rows of one number of groups."""
    n = np.linspace(30, 150, groups).astype(int)
    for name, share in truths(groups, rng):
        ranks = true_ranks(share)
        k = rng.binomial(n, share, size=(RUNS[groups], groups))
        given = given_counts(k, np.broadcast_to(n, k.shape))
        for method, sets_of in METHODS.items():
            if method in SKIPPED:
                continue
            sets = sets_of(given, LEVEL, method)
            found = summary(sets.lower, sets.upper, ranks, any(word in method for word in JOINT))
            yield [groups, name, method, len(k), *found]
        few = k[: POSTERIOR_RUNS[groups]]
        lower, upper = posterior_sets(few, n)
        yield [groups, name, "posterior", len(few), *summary(lower, upper, ranks, False)]


def main():
    """Run everything and write the table."""
    warnings.simplefilter("error")
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["groups", "truth", "method", "runs", "coverage", "worst_group", "length"])
        for groups in RUNS:
            rng = np.random.default_rng(groups)
            for *head, coverage, worst, length in rows(groups, rng):
                table.writerow([*head, f"{coverage:.4f}", worst, f"{length:.2f}"])
                file.flush()


if __name__ == "__main__":
    main()
