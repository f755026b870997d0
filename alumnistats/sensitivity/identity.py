"""What a scenario's result depends on, as digests; and the seeds that follow from them.

A seed follows from the run's seed and from the choices that decide the computation, so a scenario
gives the same result whichever others are run with it. Choices that have their default value leave
no trace in a digest: when a choice is added to the package, no earlier scenario changes its seed.
Nor does one when values are spelled otherwise: digests keep the spelling that they began with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from alumnistats.analysis.choices import Choices, Step
from alumnistats.version import __version__

if TYPE_CHECKING:
    from alumnistats.survey import Survey

UNDERSCORED = frozenset({"rounding", "subtotals", "test", "interval"})
"""Choices whose values had underscores, as `half_up`, before they had hyphens."""
LENGTH = 32  # hexadecimal digits: 128 bits
COMPUTING = ("numpy", "scipy")
"""Packages whose version may change a result."""
SHOWING = frozenset(
    {
        "__main__.py", "accessors.py", "cli", "display", "figures", "paper", "report", "style.py",
        "tables",
    }
)  # fmt: skip
"""Modules that show results and change none: those that no result imports, and their style."""


def digest(content: Any) -> str:
    """Return a digest of lists, dictionaries, texts and numbers."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def seed_from(seed: int, replicate: int, key: str) -> int:
    """Return a seed in [0, 2^31) that follows from the run's seed, a replicate and a digest."""
    return int(digest([seed, replicate, key]), 16) % 2**31


def in_digests(name: str, value: Any) -> Any:
    """Return a value of a choice, or a list of values, as digests spell it."""
    if isinstance(value, list):
        return [in_digests(name, one) for one in value]
    said = name in UNDERSCORED and isinstance(value, str)
    return value.replace("-", "_") if said else value


def changed(choices: Choices, step: Step = "judgement") -> dict[str, Any]:
    """Return the choices up to a step that are not the package's default, as digests spell them."""
    pairs = cast(Iterable[tuple[str, Any]], choices.until(step))
    usual = dict(cast(Iterable[tuple[str, Any]], Choices().until(step)))
    return {name: in_digests(name, value) for name, value in pairs if value != usual[name]}


def survey_digest(survey: Survey) -> str:
    """Return a digest of what a survey says, and its earlier ones, wherever it was read from."""
    said = survey.model_dump(mode="json", by_alias=True)
    earlier = [[since, survey_digest(one)] for since, one in survey.earlier]
    return digest([said, earlier] if earlier else said)


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return a digest of the source that computes, and of the versions of what it computes with."""
    root = Path(__file__).parents[1]
    files = sorted(root.rglob("*.py"))
    named = [(path.relative_to(root), path) for path in files]
    sources = [
        [name.as_posix(), path.read_text(encoding="utf-8")]
        for name, path in named
        if name.parts[0] not in SHOWING
    ]
    versions = [__version__, *(version(name) for name in COMPUTING)]
    return digest([versions, sources])
