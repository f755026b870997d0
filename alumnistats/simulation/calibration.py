"""Are the package's probabilities true? Releases with known truth, reconstructed and estimated.

Simulation-based calibration (Talts and others 2018; Modrák and others 2023, Bayesian Analysis 20,
461-488): the truth is drawn from the priors that the inference uses, so the posterior probability
of less than the truth is uniform over releases, whatever the quantity. For whole numbers it is
made continuous at random: P(less) + U P(equal). The same releases show what a naive reading costs:
equal sample sizes, printed shares taken as exact, no allowance for who gets listed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from alumnistats.arguments import checked, instance, optional, whole
from alumnistats.arrays import FloatArray, IntArray
from alumnistats.brief import short_repr
from alumnistats.errors import AlumniStatsError, ArgumentError
from alumnistats.parallel import map_unordered
from alumnistats.posterior import FewSolutionsWarning, Fit, estimate_measure
from alumnistats.posterior.fit import DEFAULT_COMPONENTS
from alumnistats.ranking.posterior_ranks import rank_distribution
from alumnistats.reconstruction import Reconstruction, reconstruct
from alumnistats.reconstruction.conventions import ROUNDING_PRIOR, SUBTOTALS_PRIOR
from alumnistats.simulation.bands import outside_band
from alumnistats.simulation.release import MEASURE, Design, Release, simulate

if TYPE_CHECKING:
    import pandas as pd


LEVEL = 0.95
NORMAL = 1.959963984540054  # quantile of the naive interval
DIFFERENCE_DRAWS = 199
Row = dict[str, Any]
Checked = tuple[int, list[Row], list[Row], str]

MOST_RELEASES = 1_000_000


@dataclass(frozen=True, eq=False)
class Calibration:
    """Result of `calibrate`.

    Attributes
    ----------
    design : Design
    values : DataFrame
        release, quantity, groups ("listed", "unlisted" or "any"), value: probabilities that should
        be uniform.
    intervals : DataFrame
        release, method, group, listed, winner, estimate, lower, upper, truth, ess.
    failures : DataFrame
        release, error.
    """

    __repr__ = short_repr

    design: Design
    values: pd.DataFrame
    intervals: pd.DataFrame
    failures: pd.DataFrame

    def uniformity(self, level: float = LEVEL) -> pd.DataFrame:
        """Return quantity, groups, releases, band_ratio, inside.

        ``band_ratio`` is the smallest pointwise tail probability of the empirical distribution
        over that at which the simultaneous band of `level` is drawn: below 1 it leaves the band.
        """
        import pandas as pd

        rows = []
        for (quantity, groups), part in self.values.groupby(["quantity", "groups"]):
            ratio = outside_band(part["value"], level)
            rows.append((quantity, groups, len(part), ratio, ratio >= 1))
        columns = ["quantity", "groups", "releases", "band_ratio", "inside"]
        return pd.DataFrame(rows, columns=columns)

    def coverage(self) -> pd.DataFrame:
        """Return method, of (all, listed, unlisted, winner), intervals, coverage, error, bias.

        ``error`` is the standard error of the coverage over releases, ``mean_error`` the mean of
        estimate minus truth; proportions.
        """
        import pandas as pd

        rows = []
        for method, part in self.intervals.groupby("method"):
            covered = (part["lower"] <= part["truth"]) & (part["truth"] <= part["upper"])
            frame = part.assign(covered=covered, mean_error=part["estimate"] - part["truth"])
            kinds = {
                "all": frame,
                "listed": frame[frame["listed"]],
                "unlisted": frame[~frame["listed"]],
                "winner": frame[frame["winner"]],
            }
            for kind, some in kinds.items():
                if len(some):
                    means = some.groupby("release")[["covered", "mean_error"]].mean()
                    error = means.std(ddof=1) / np.sqrt(len(means))
                    rows.append(
                        (method, kind, len(some), some["covered"].mean(), error["covered"],
                         some["mean_error"].mean(), error["mean_error"])
                    )  # fmt: skip
        columns = [
            "method", "of", "intervals", "coverage", "coverage_error",
            "mean_error", "mean_error_se",
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)


def _randomized(
    values: npt.ArrayLike, weight: FloatArray, truth: float, rng: np.random.Generator
) -> float:
    values = np.asarray(values)
    return float(weight @ (values < truth) + rng.random() * (weight @ (values == truth)))


def _quantities(
    release: Release, recon: Reconstruction, fit: Fit, rng: np.random.Generator
) -> Iterator[Row]:
    """Return the probability of less than the truth for one listed and one unlisted group each.

    The group is drawn at random, which is a quantity like any other; the difference and the ranks
    are those of two random groups. Of all groups are the conventions, in the order of their
    priors, and a total that is not published.
    """
    ranks = rank_distribution(fit.mixture)
    for which, listed in (("listed", True), ("unlisted", False)):
        groups = np.flatnonzero(release.listed == listed)
        if not len(groups):
            continue
        g = int(rng.choice(groups))
        rank = 1 + int((release.theta > release.theta[g]).sum())
        below = ranks[g, : rank - 1].sum() + rng.random() * ranks[g, rank - 1]
        share = fit.cdf(np.clip(release.theta[g], 1e-12, 1 - 1e-12))[g]
        values = {
            "size": _randomized(fit.solutions.n[:, g], fit.weight, release.n[g], rng),
            "count": _randomized(fit.solutions.k[:, g], fit.weight, release.k[g], rng),
            "share": float(share),
            "rank": float(below),
        }
        for quantity, value in values.items():
            yield {"quantity": quantity, "groups": which, "value": value}
    a, b = rng.choice(len(release.theta), 2, replace=False)
    draws = fit.draws(DIFFERENCE_DRAWS, rng)
    less = int((draws[:, a] - draws[:, b] < release.theta[a] - release.theta[b]).sum())
    value = (less + rng.random()) / (DIFFERENCE_DRAWS + 1)
    yield {"quantity": "difference", "groups": "any", "value": value}
    for quantity, (drawn, truth) in _of_all(release, recon, fit).items():
        value = _randomized(drawn, fit.weight, truth, rng)
        yield {"quantity": quantity, "groups": "any", "value": value}


def _of_all(release: Release, recon: Reconstruction, fit: Fit) -> dict[str, tuple[IntArray, int]]:
    """Return what each solution says of the conventions, and of the total, with the truth."""
    solutions = fit.solutions
    if solutions.scenario is None or solutions.everybody is None:
        raise RuntimeError("these solutions are not those of a reconstruction")
    rules, ways = list(ROUNDING_PRIOR), list(SUBTOTALS_PRIOR)
    rule = np.array([rules.index(one.rounding) for one in recon.scenarios])
    way = np.array([ways.index(one.subtotals[0][1]) for one in recon.scenarios])
    found = {
        "rounding": (rule[solutions.scenario], rules.index(release.rounding)),
        "subtotals": (way[solutions.scenario], ways.index(release.subtotals)),
    }
    if release.survey.total is None:
        found["total"] = (solutions.everybody.sum(axis=1), int(release.n.sum()))
    return found


def _naive(release: Release) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return printed shares and their Wald intervals with equal sizes; NaN where not printed.

    No intervals where no total is printed, nor about which.
    """
    survey, groups = release.survey, len(release.theta)
    share = np.full(groups, np.nan)
    for group, figure in survey.figures_of(MEASURE).items():
        if group != "overall":
            index = survey.group_ids.index(group)
            share[index] = figure.units / (100 * 10**figure.digits)
    n = (survey.total or survey.total_about or np.nan) / groups
    half = NORMAL * np.sqrt(share * (1 - share) / n)
    return share, share - half, share + half


def _intervals(release: Release, fit: Fit) -> Iterator[Row]:
    table = fit.summary()
    ours = (table["mean"].to_numpy(), table["lower"].to_numpy(), table["upper"].to_numpy())
    naive = _naive(release)
    winner = int(np.nanargmax(naive[0]))
    for method, (center, lower, upper) in (("alumnistats", ours), ("naive", naive)):
        for g in range(len(release.theta)):
            if np.isfinite(upper[g]):
                yield {
                    "method": method, "group": g, "listed": bool(release.listed[g]),
                    "winner": g == winner, "estimate": center[g], "lower": lower[g],
                    "upper": upper[g], "truth": release.theta[g], "ess": fit.ess,
                }  # fmt: skip


def check_release(index: int, design: Design, draws: int, seed: int) -> Checked:
    """Simulate, reconstruct and estimate one release.

    Parameters
    ----------
    index : int
        Which release of the run; it and the seed decide everything.
    design : Design
    draws : int
        Solutions of the reconstruction.
    seed : int

    Returns
    -------
    index : int
    values, intervals : list of dict
    error : str
        Empty unless the reconstruction refused the release.
    """
    rng = np.random.default_rng([seed, index])
    release = simulate(design, rng)
    try:
        recon = reconstruct(release.survey, design.sizes, draws=draws, seed=rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewSolutionsWarning)  # the tables hold the number
            fit = estimate_measure(
                recon,
                MEASURE,
                seed=index,
                prior=design.prior,
                level=LEVEL,
                components=min(draws, DEFAULT_COMPONENTS),
            )
    except AlumniStatsError as error:
        return index, [], [], str(error)
    values = list(_quantities(release, recon, fit, rng))
    return index, values, list(_intervals(release, fit)), ""


def _ignore(_done: int) -> None:
    """Report nothing."""


@checked({"design": optional(instance(Design)), "releases": whole(1, MOST_RELEASES)})
def calibrate(
    design: Design | None = None,
    releases: int = 100,
    *,
    draws: int = 800,
    seed: int = 0,
    jobs: int = 1,
    scheduler: str | None = None,
    report: Callable[[int], None] = _ignore,
) -> Calibration:
    """Check the package's probabilities on simulated releases.

    Parameters
    ----------
    design : Design, optional
    releases : int
        At least 2.
    draws : int
        Solutions of each reconstruction.
    seed : int
        Same seed, same result, whatever the number of jobs.
    jobs : int
        Processes.
    scheduler : str, optional
        Address of a Dask scheduler, instead of `jobs`; see `alumnistats.parallel`.
    report : callable
        Called with the number of releases done. If it raises KeyboardInterrupt, or the user does,
        what is finished is returned.

    Returns
    -------
    Calibration

    Raises
    ------
    ArgumentError
        For fewer than 2 releases or 1 job, or a scheduler that cannot be used.

    Examples
    --------
    >>> from alumnistats.simulation import Design
    >>> found = calibrate(Design(groups=3, total=150), releases=2, draws=100)
    >>> found.coverage().columns.tolist()
    ['method', 'of', 'intervals', 'coverage', 'coverage_error', 'mean_error', 'mean_error_se']
    """
    if releases < 2:
        raise ArgumentError("releases", releases, "at least 2")
    used = design or Design()
    run = partial(check_release, design=used, draws=draws, seed=seed)
    done: dict[int, Checked] = {}
    outcomes = map_unordered(run, range(releases), jobs=jobs, scheduler=scheduler)
    try:
        with closing(outcomes):
            for outcome in outcomes:
                lost: Checked = (outcome.index, [], [], outcome.error)
                done[outcome.index] = lost if outcome.value is None else outcome.value
                report(len(done))
    except KeyboardInterrupt:
        if not done:
            raise
    return _collect(used, [done[index] for index in sorted(done)])


def _collect(design: Design, done: Sequence[Checked]) -> Calibration:
    import pandas as pd

    values = [{"release": i} | row for i, rows, _, _ in done for row in rows]
    intervals = [{"release": i} | row for i, _, rows, _ in done for row in rows]
    failures = [{"release": i, "error": error} for i, _, _, error in done if error]
    return Calibration(
        design,
        pd.DataFrame(values, columns=["release", "quantity", "groups", "value"]),
        pd.DataFrame(intervals),
        pd.DataFrame(failures, columns=["release", "error"]),
    )
