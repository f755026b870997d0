"""`sensitivity`: the analysis over many choices, kept as it goes, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from alumnistats.arguments import checked
from alumnistats.parallel import map_unordered
from alumnistats.sensitivity.identity import code_digest, survey_digest
from alumnistats.sensitivity.result import Sensitivity
from alumnistats.sensitivity.scenario_file import ScenarioFile, load_scenarios
from alumnistats.sensitivity.scenarios import Scenario, place, scenario_digest
from alumnistats.sensitivity.store import Store
from alumnistats.sensitivity.units import Finished, divide, failed, run_unit
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

Report = Callable[[int, int], None]


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""


@checked()
def sensitivity(
    survey: Survey | str | Path | None = None,
    scenarios: ScenarioFile | Mapping[str, Any] | str | Path | None = None,
    *,
    folder: str | Path | None = None,
    seed: int = 0,
    jobs: int = 1,
    scheduler: str | None = None,
    report: Report = _silent,
) -> Sensitivity:
    """Analyze a survey under many choices, and see which of them each verdict depends on.

    Parameters
    ----------
    survey : Survey, path or id, optional
        The embedded survey when omitted.
    scenarios : path, dict or ScenarioFile, optional
        Which choices to vary, as in `docs/sensitivity.md`; more than a thousand scenarios when
        omitted.
    folder : path, optional
        Where scenarios are kept as they finish. A run that finds some of its own there does not
        repeat them: after an interruption, or when only some choices have changed.
    seed : int
        Same seed, same table, whatever the number of jobs and their order.
    jobs : int
        Processes. With more than one, a script needs ``if __name__ == "__main__":``.
    scheduler : str, optional
        Address of a Dask scheduler, instead of `jobs`.
    report : callable
        Called with the numbers of scenarios done and to be done, at first and whenever some finish.

    Returns
    -------
    Sensitivity
        A scenario that failed is there with its error.

    Raises
    ------
    SurveyFileError, ScenarioFileError, ArgumentError
    KeyboardInterrupt
        What was finished is in `folder`.

    Examples
    --------
    >>> one = {"kind": "one-at-a-time", "dimensions": {"level": [0.9]}}
    >>> found = sensitivity("america-1969", {"format": 1, "draws": 100, "designs": [one]})
    >>> found.summary()["scenarios"].tolist()
    [2, 2, 2]
    """
    data = survey if isinstance(survey, Survey) else load_survey(survey)
    file = scenarios if isinstance(scenarios, ScenarioFile) else load_scenarios(scenarios)
    plan = place(file, data, seed)
    context = {
        "survey": survey_digest(data), "code": code_digest(), "draws": file.draws, "seed": seed,
    }  # fmt: skip
    names = {scenario_digest(context, scenario): scenario for scenario in plan.scenarios}
    store = None if folder is None else Store(Path(folder))
    results = {} if store is None else store.load()
    results = {name: results[name] for name in names if name in results}
    left = {name: scenario for name, scenario in names.items() if name not in results}
    _run(left, data, file.draws, seed, results, store, (jobs, scheduler), report)
    finished = tuple(results[name] for name in names)
    return Sensitivity(data, plan, tuple(names), finished, file.draws, seed)


def _run(
    left: Mapping[str, Scenario],
    survey: Survey,
    draws: int,
    seed: int,
    results: dict[str, Finished],
    store: Store | None,
    place_to_run: tuple[int, str | None],
    report: Report,
) -> None:
    """Run what is left and add it to `results`, and to the store if there is one."""
    total = len(results) + len(left)
    report(len(results), total)
    jobs, scheduler = place_to_run
    units = divide(left, survey, draws, seed)
    here = scheduler is None  # workers of a cluster may not see the folder
    work = partial(run_unit, save=store.save) if store is not None and here else run_unit
    with (
        _tidied(store),
        closing(map_unordered(work, units, jobs=jobs, scheduler=scheduler)) as outcomes,
    ):
        for outcome in outcomes:
            unit = units[outcome.index]
            found = outcome.value if outcome.value is not None else failed(unit, outcome.error)
            if store is not None and not here:
                store.save(found)
            results |= found
            report(len(results), total)


@contextmanager
def _tidied(store: Store | None) -> Iterator[None]:
    """Take away what processes that were ended left half-written."""
    try:
        yield
    except BaseException:
        if store is not None:
            store.tidy()
        raise
