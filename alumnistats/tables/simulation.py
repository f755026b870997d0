"""A calibration on a terminal: how uniform probabilities are, how well intervals cover."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from alumnistats.simulation.calibration import LEVEL
from alumnistats.simulation.words import GROUPS, METHODS, QUANTITIES
from alumnistats.tables.words import Whole, new_grid, rounded
from alumnistats.tables.wrapping import print_sentences

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, RenderableType

    from alumnistats.simulation.calibration import Calibration

TEXTS = {
    "finding": {
        "en": "On {n:,} simulated releases {k} of {m} distributions of probabilities stay inside "
        "the {level} band of chance.",
        "ja": "模擬調査{n:,}件で、{m}個の確率分布のうち{k}個が偶然の{level}帯に収まった。",
    },
    "uniform": {
        "en": "Probabilities of less than the truth, which are to be uniform",
        "ja": "真値未満の事後確率（一様分布になるべきもの）",
    },
    "ratio note": {
        "en": "Band ratio: below 1 a distribution leaves the band.",
        "ja": "帯との比：1未満なら、その分布は帯から外れている。",
    },
    "coverage": {
        "en": "How often {level} intervals of the shares hold the truth",
        "ja": "割合の{level}区間が真値を含む頻度",
    },
    "error note": {
        "en": "±: a standard error over releases. Mean error: estimate minus truth, in percentage "
        "points.",
        "ja": "±：調査間の標準誤差。平均誤差：推定値から真値を引いた差の平均（ポイント）。",
    },
    "quantity": {"en": "Quantity", "ja": "対象"},
    "groups": {"en": "Groups", "ja": "グループ"},
    "releases": {"en": "Releases", "ja": "調査数"},
    "ratio": {"en": "Band ratio", "ja": "帯との比"},
    "inside": {"en": "Inside", "ja": "帯の内外"},
    "yes": {"en": "yes", "ja": "内"},
    "no": {"en": "no", "ja": "外"},
    "method": {"en": "Method", "ja": "方法"},
    "intervals": {"en": "Intervals", "ja": "区間数"},
    "held": {"en": "Hold the truth", "ja": "真値を含む"},
    "mean_error": {"en": "Mean error", "ja": "平均誤差"},
}


def _heads(names: tuple[str, ...], lang: str) -> list[str]:
    return [TEXTS[name][lang] for name in names]


def _with_error(value: str, error: float, digits: int) -> str:
    return value if math.isnan(error) else f"{value} ± {100 * error:.{digits}f}"


def uniformity_grid(table: pd.DataFrame, lang: str) -> RenderableType:
    """Return each quantity, of which groups, and whether its probabilities are uniform.

    Parameters
    ----------
    table : DataFrame
        Of `Calibration.uniformity`.
    lang : {"en", "ja"}
    """
    heads = _heads(("quantity", "groups", "releases", "ratio", "inside"), lang)
    grid = new_grid(TEXTS["uniform"][lang], heads, right=(2, 3))
    for row in table.to_dict("records"):
        groups = GROUPS[row["groups"]][lang] if row["groups"] in GROUPS else ""
        inside = TEXTS["yes" if row["inside"] else "no"][lang]
        numbers = (f"{row['releases']:,}", f"{row['band_ratio']:.2f}")
        grid.add_row(Whole(QUANTITIES[row["quantity"]][lang]), Whole(groups), *numbers, inside)
    return grid


def coverage_grid(table: pd.DataFrame, lang: str) -> RenderableType:
    """Return how often each method's intervals hold the truth, and its mean error, by groups.

    Parameters
    ----------
    table : DataFrame
        Of `Calibration.coverage`.
    lang : {"en", "ja"}
    """
    title = TEXTS["coverage"][lang].format(level=rounded(LEVEL, 0))
    heads = _heads(("method", "groups", "intervals", "held", "mean_error"), lang)
    grid = new_grid(title, heads, right=(2, 3, 4))
    for column in grid.columns[2:]:
        column.no_wrap = True
    told = ""
    for row in table.to_dict("records"):
        method = METHODS[row["method"]][lang]
        names, told = ("" if method == told else method, GROUPS[row["of"]][lang]), method
        held = _with_error(rounded(row["coverage"]), row["coverage_error"], 1)
        off = _with_error(f"{100 * row['mean_error']:+.2f}", row["mean_error_se"], 2)
        grid.add_row(*map(Whole, names), f"{row['intervals']:,}", held, off)
    return grid


def print_calibration(found: Calibration, console: Console, lang: str) -> None:
    """Print what was found, then both tables, each with what its numbers are."""
    uniform = found.uniformity()
    finding = TEXTS["finding"][lang].format(
        n=found.intervals["release"].nunique(), k=int(uniform["inside"].sum()), m=len(uniform),
        level=rounded(LEVEL, 0),
    )  # fmt: skip
    print_sentences([finding], console)
    console.print(uniformity_grid(uniform, lang))
    print_sentences([TEXTS["ratio note"][lang]], console, " ")
    console.print(coverage_grid(found.coverage(), lang))
    print_sentences([TEXTS["error note"][lang]], console, " ")
