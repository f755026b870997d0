"""The table of estimates: every group's share by every method, and the overall shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alumnistats import posterior
from alumnistats.arguments import checked, instance, one_of, text
from alumnistats.intervals import IntervalMethod, identification_range
from alumnistats.posterior import Fit
from alumnistats.reconstruction import Reconstruction, has_overall_counts, overall_counts
from alumnistats.survey import OVERALL

if TYPE_CHECKING:
    import pandas as pd

METHODS: tuple[IntervalMethod, ...] = ("wilson", "jeffreys", "clopper-pearson")
COLUMNS = [
    "of", "group", "method", "estimate", "lower", "upper", "level", "lower_min", "upper_max",
]  # fmt: skip


@checked({"recon": instance(Reconstruction), "of": text, "model": one_of(*posterior.MODELS)})
def estimate(recon: Reconstruction, of: str, **options: Any) -> Fit:
    """Estimate the groups' shares of one measure from a reconstruction.

    Parameters
    ----------
    recon : Reconstruction
    of : str
        Measure id or ``question:option`` with a group's figure.
    **options
        model, engine, prior, level, seed and so on, as in `alumnistats.posterior.estimate`.
        Where few of the reconstruction's solutions would carry the weight under the model, others
        are drawn for it.

    Returns
    -------
    Fit

    Raises
    ------
    ArgumentError
        If nothing is published of `of` by group, or for bad options.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> estimate(al.reconstruct(survey), "question:yes").summary()["median"].round(3).tolist()
    [0.468, 0.449]
    """
    return posterior.estimate_measure(recon, of, **options)


def ranked_measures(recon: Reconstruction) -> tuple[str, ...]:
    """Return the measures that are compared between groups.

    Those with a ranking of groups, or with figures of three groups or more; without a ranking not
    what says who answered rather than what. None if sizes and counts are not recovered.
    """
    if not recon.recovered_sizes:
        return ()
    survey = recon.survey
    ranked = {r.of for r in survey.rankings}
    found = []
    for of in recon.recovered:
        figures = [g for g in survey.figures_of(of) if g != OVERALL]
        if of in ranked or (
            len(figures) >= min(3, len(survey.groups)) and not survey.is_nonresponse(of)
        ):
            found.append(of)
    return tuple(found)


def _frequentist(recon: Reconstruction, of: str, groups: list[str], level: float) -> pd.DataFrame:
    import pandas as pd

    solutions = recon.solutions_of(of)
    frames = []
    for method in METHODS:
        frame = identification_range(solutions.k, solutions.n, solutions.weight, method, level)
        frame.insert(0, "group", list(solutions.groups))
        frames.append(frame[frame["group"].isin(groups)].assign(method=method))
    return pd.concat(frames).assign(of=of, level=level)


def _overall(recon: Reconstruction, level: float) -> pd.DataFrame:
    import pandas as pd

    survey = recon.survey
    shares = [m.id for m in survey.measures]
    shares += [f"{q.id}:{o}" for q in survey.questions for o in q.option_ids]
    frames = []
    for of in shares:
        if survey.overall(of) is None and not _parts_printed(recon, of):
            continue
        if not has_overall_counts(recon, of):  # a plain mean is no count of all respondents
            continue
        n, k, weight = overall_counts(recon, of)
        for method in METHODS:
            frame = identification_range(k[:, None], n[:, None], weight, method, level)
            frames.append(frame.assign(of=of, group=OVERALL, method=method, level=level))
    return pd.concat(frames) if frames else pd.DataFrame(columns=COLUMNS)


def _parts_printed(recon: Reconstruction, of: str) -> bool:
    """Return whether a measure has no overall figure but each of its options does."""
    question, options = recon.survey.resolve(of)
    return len(options) > 1 and all(
        recon.survey.overall(f"{question.id}:{o}") is not None for o in options
    )


def _bayesian(fit: Fit) -> pd.DataFrame:
    frame = fit.summary()[["group", "mean", "lower", "upper", "level"]]
    return frame.rename(columns={"mean": "estimate"}).assign(of=fit.of, method=fit.model)


def estimates_table(
    recon: Reconstruction, fits: Mapping[tuple[str, str], Fit], level: float
) -> pd.DataFrame:
    """Return estimates with intervals; see `COLUMNS`.

    Parameters
    ----------
    recon : Reconstruction
    fits : dict
        ``(of, model) -> Fit``.
    level : float

    Returns
    -------
    DataFrame
        Shares are proportions. Frequentist rows average over the solutions; lower_min and
        upper_max are the extremes over them. Groups without a figure are listed for the measures
        that are compared between groups only. Overall shares are those of all respondents, and
        missing where an overall figure may be a plain mean and no counts are recovered by group.
        Empty if sizes and counts are not recovered.
    """
    import pandas as pd

    frames = []
    if not recon.recovered_sizes:
        return pd.DataFrame(columns=COLUMNS)
    ranked = ranked_measures(recon)
    for of in recon.recovered:
        printed = [g for g in recon.survey.figures_of(of) if g != OVERALL]
        groups = list(recon.survey.group_ids) if of in ranked else printed
        frames.append(_frequentist(recon, of, groups, level))
    frames += [_bayesian(fit) for fit in fits.values()]
    overall = _overall(recon, level)
    if len(overall):
        frames.append(overall)
    return pd.concat(frames).reindex(columns=COLUMNS).reset_index(drop=True)
