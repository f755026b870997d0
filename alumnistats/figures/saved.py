"""What figures are drawn from, as a file, so that they are drawn again without computing it again.

The figures of an analysis take few numbers of it: tables, and for each measure the probabilities of
ranks and pairs. `figures.json` beside the tables of ``analyze --out`` holds them, and the survey;
`plan.json` of ``plan --out`` those of a plan. Numbers come back as they were, to the last digit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.analysis.pipeline import BESIDE
from alumnistats.errors import ArgumentError, InputFileError
from alumnistats.figures.agreement import shown_sizes
from alumnistats.figures.records import SavedAnalysis, SavedPlan, SavedRanks
from alumnistats.ranking import PosteriorRanks
from alumnistats.sources.files import MOST_BYTES, read_bytes
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.analysis import Analysis, Plan

FORMAT = 1
ANALYSIS_FILE, PLAN_FILE = "figures.json", "plan.json"
SHARES = ["group", "median", "lower", "upper"]
PAIRS = ["of", "group_a", "group_b", "test", "significant"]
CLAIMS = [
    "id", "verdict", "probability", "probability_lower", "probability_upper", "claim_en",
    "claim_ja",
]  # fmt: skip


def analysis_file(analysis: Analysis) -> bytes:
    """Return the content of `figures.json` for an analysis."""
    low, high = shown_sizes(analysis.sample_sizes)
    agreement = analysis.agreement
    models = dict.fromkeys((analysis.model, BESIDE))
    pairs = analysis.comparisons
    content = {
        "survey": _survey(analysis.survey),
        "level": analysis.level,
        "model": analysis.model,
        "recovers_sizes": analysis.recovers_sizes,
        "sample_sizes": _columns(analysis.sample_sizes),
        "agreement": _columns(agreement[agreement["n"].between(low, high)]),
        "comparisons": _columns(pairs.reindex(columns=PAIRS)),
        "claims": _columns(analysis.claims[CLAIMS]),
        "measures": {
            of: {
                "groups": list(ranks.groups),
                "table": _columns(ranks.table),
                "level": ranks.posterior.level,
                "distribution": ranks.posterior.distribution.tolist(),
                "expected": ranks.posterior.expected.tolist(),
                "ends": [ranks.posterior.lower.tolist(), ranks.posterior.upper.tolist()],
                "pairs": ranks.pairwise().to_numpy().tolist(),
                "shares": {m: _columns(analysis.shares(of, m)[SHARES]) for m in models},
            }
            for of, ranks in analysis.ranked.items()
        },
    }
    return _written("analysis", content)


def plan_file(plan: Plan) -> bytes:
    """Return the content of `plan.json` for a plan."""
    content = {
        "survey": _survey(plan.survey),
        "power": plan.power,
        "level": plan.level,
        "plan": _columns(plan.plan),
        "power_curves": _columns(plan.power_curves),
    }
    return _written("plan", content)


def read_analysis(folder: str | Path) -> SavedAnalysis:
    """Return what the figures of an analysis are drawn from, out of the folder of its results.

    Parameters
    ----------
    folder : path
        As given to `Analysis.save` or ``alumnistats analyze --out``.

    Returns
    -------
    SavedAnalysis

    Raises
    ------
    ArgumentError
        If the folder has no such file, or it is damaged or of another version's form.
    """
    expected = "a folder that `alumnistats analyze --out` or `analysis.save` wrote"
    content = _read(folder, ANALYSIS_FILE, "analysis", expected)
    try:
        level = float(content["level"])
        ranked: dict[str, SavedRanks] = {}
        summaries: dict[tuple[str, str], pd.DataFrame] = {}
        for of, own in content["measures"].items():
            lower, upper = (np.array(ends, dtype=np.int64) for ends in own["ends"])
            posterior = PosteriorRanks(
                np.array(own["distribution"]), np.array(own["expected"]), lower, upper, own["level"]
            )
            ranked[of] = SavedRanks(
                tuple(own["groups"]), level, _table(own["table"]), posterior, np.array(own["pairs"])
            )
            summaries |= {(of, model): _table(table) for model, table in own["shares"].items()}
        tables = {
            name: _table(content[name])
            for name in ("sample_sizes", "agreement", "comparisons", "claims")
        }
        return SavedAnalysis(
            Survey.model_validate(content["survey"]), level, content["model"],
            content["recovers_sizes"], ranked=ranked, summaries=summaries, **tables,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(folder, ANALYSIS_FILE, expected) from error


def read_plan(folder: str | Path) -> SavedPlan:
    """Return what the figures of a plan are drawn from; parameters and errors as `read_analysis`.

    Parameters
    ----------
    folder : path
        As given to ``alumnistats plan --out``.
    """
    expected = "a folder that `alumnistats plan --out` wrote"
    content = _read(folder, PLAN_FILE, "plan", expected)
    try:
        return SavedPlan(
            Survey.model_validate(content["survey"]), content["power"], content["level"],
            _table(content["plan"]), _table(content["power_curves"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(folder, PLAN_FILE, expected) from error


def _written(of: str, content: Mapping[str, Any]) -> bytes:
    document = {"figures_of": of, "format": FORMAT, **content}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _read(folder: str | Path, name: str, of: str, expected: str) -> dict[str, Any]:
    """Return the content of a file that `_written` made."""
    path = Path(folder) / name
    if not path.exists():
        raise ArgumentError("from", str(folder), f"{expected}; it lacks {name}")
    try:
        content = json.loads(read_bytes(str(path), expected, MOST_BYTES))
        found = content["figures_of"], content["format"]
    except (InputFileError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable(folder, name, expected) from error
    if found != (of, FORMAT):
        raise ArgumentError("from", str(path), f"{name} as this version writes it")
    return dict(content)


def _unreadable(folder: str | Path, name: str, expected: str) -> ArgumentError:
    return ArgumentError("from", str(folder), f"the {name} of {expected}")


def _survey(survey: Survey) -> Any:
    return survey.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table as JSON can hold it: by column its kind and its values."""
    return {
        str(name): [str(column.dtype), [_plain(value) for value in column.tolist()]]
        for name, column in table.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such numbers; float() reads it
    return value if isinstance(value, str | bool | int | float) else None


def _table(columns: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    def read(kind: str, values: list[Any]) -> pd.Series:
        if kind == "float64":
            return pd.Series([float(value) for value in values], dtype=kind)
        return pd.Series(values, dtype=kind)

    return pd.DataFrame({name: read(*column) for name, column in columns.items()})
