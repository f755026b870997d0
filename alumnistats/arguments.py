"""Arguments of the public functions: a wrong type or range is an error that names the argument.

A parameter means the same wherever it occurs, so that its rule stands here once, by its name. What
depends on other arguments or on the survey is checked where it is used.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from alumnistats.arrays import check_level
from alumnistats.errors import ArgumentError, closest, listed

F = TypeVar("F", bound=Callable[..., Any])
Rule = Callable[[str, Any], None]

LARGEST_SEED = 2**63 - 1
MOST_DRAWS = 10_000_000
MOST_JOBS = 1_000
MOST_RESPONDENTS = 10**9 - 1
MOST_DIGITS = 6


def whole(low: int, high: int) -> Rule:
    """Return the rule of a whole number between two others; a truth value is none."""

    def check(name: str, value: Any) -> None:
        number = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not (number and low <= value <= high):
            raise ArgumentError(name, value, f"a whole number from {low:,} to {high:,}")

    return check


def optional(rule: Rule) -> Rule:
    """Return the rule of what may also be None."""

    def check(name: str, value: Any) -> None:
        if value is not None:
            rule(name, value)

    return check


def one_of(*known: str) -> Rule:
    """Return the rule of a named choice."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, str) or value not in known:
            hint = closest(value, known) if isinstance(value, str) else ""
            raise ArgumentError(name, value, f"{listed(known)}. {hint}" if hint else listed(known))

    return check


def _as_float(value: Any) -> float:
    """Return a real number; NaN for whatever is none, or beyond all floats."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("nan")


def number(low: float, high: float = float("inf")) -> Rule:
    """Return the rule of a finite number between two others."""

    def check(name: str, value: Any) -> None:
        found = _as_float(value)
        if not (low <= found <= high and np.isfinite(found)):
            most = f" to {high:,g}" if np.isfinite(high) else " on"
            raise ArgumentError(name, value, f"a number from {low:,g}{most}")

    return check


def instance(*kinds: type) -> Rule:
    """Return the rule of an object of one of some types."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, kinds):
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise ArgumentError(name, type(value).__name__, f"a {expected}")

    return check


def texts(name: str, value: Any) -> None:
    """Check a collection of texts; one text is none, though it is a sequence of letters.

    An array of one dimension is one, or a column of a table; a table is none.
    """
    sound = isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping)
    sound = sound and getattr(value, "ndim", 1) == 1
    if not sound or not all(isinstance(text, str) for text in value):
        raise ArgumentError(name, value, "a list of texts")


def some_texts(name: str, value: Any) -> None:
    """Check a collection of at least one text."""
    texts(name, value)
    if not len(value):  # an array has no truth value
        raise ArgumentError(name, value, "at least one text")


def text(name: str, value: Any) -> None:
    """Check one text."""
    if not isinstance(value, str):
        raise ArgumentError(name, value, "a text")


def text_or_texts(name: str, value: Any) -> None:
    """Check a text, or at least one of them."""
    if not isinstance(value, str):
        some_texts(name, value)


def texts_by_text(name: str, value: Any) -> None:
    """Check a dict from texts to texts."""
    sound = isinstance(value, Mapping)
    if not sound or not all(isinstance(t, str) for pair in value.items() for t in pair):
        raise ArgumentError(name, value, "a dict from texts to texts")


def file_path(name: str, value: Any) -> None:
    """Check a path, or the text of one."""
    if not isinstance(value, str | Path):
        raise ArgumentError(name, value, "a path")


def positive(name: str, value: Any) -> None:
    """Check a finite positive number."""
    if not 0 < _as_float(value) < float("inf"):
        raise ArgumentError(name, value, "a positive number")


def numbers(name: str, value: Any) -> None:
    """Check what is to become an array of numbers."""
    try:
        np.asarray(value, dtype=float)
    except (TypeError, ValueError, OverflowError) as error:
        raise ArgumentError(name, value, "numbers") from error


def _level(name: str, value: Any) -> None:
    if np.isnan(found := _as_float(value)):
        raise ArgumentError(name, value, "a number between 0 and 1")
    check_level(found, name)


def _seed(name: str, value: Any) -> None:
    whole(0, LARGEST_SEED)(name, value)


def _seed_or_generator(name: str, value: Any) -> None:
    if not isinstance(value, np.random.Generator):
        _seed(name, value)


def _callable(name: str, value: Any) -> None:
    if not callable(value):
        raise ArgumentError(name, value, "a function, which is called with each step")


RULES: Mapping[str, Rule] = {
    "claims": optional(texts),
    "components": whole(1, MOST_DRAWS),
    "count": optional(numbers),
    "covariance": optional(numbers),
    "design_effect": number(1),
    "df": optional(numbers),
    "digits": optional(whole(0, MOST_DIGITS)),
    "draws": whole(1, MOST_DRAWS),
    "engine": one_of("exact", "pymc"),
    "estimate": numbers,
    "estimates": optional(numbers),
    "groups": optional(texts),
    "jobs": whole(1, MOST_JOBS),
    "lang": one_of("en", "ja"),
    "largest": optional(whole(1, MOST_RESPONDENTS)),
    "level": _level,
    "misprints": optional(number(0, 0.5)),
    "nobs": optional(numbers),
    "of": texts,
    "percents": some_texts,
    "power": _level,
    "possible": optional(positive),
    "question": text,
    "report": _callable,
    "rounding": optional(instance(Mapping)),
    "rules": some_texts,
    "seed": _seed,
    "solutions": whole(1, MOST_DRAWS),
    "subtotals": optional(instance(Mapping)),
    "time_limit": number(0),
    "variance": optional(numbers),
}
"""What an argument of this name may be, whatever function takes it."""

GENERATOR: Mapping[str, Rule] = {"seed": _seed_or_generator}
"""Of functions that also take a generator of random numbers."""


def checked(
    rules: Mapping[str, Rule] | None = None, more: Collection[str] | None = None
) -> Callable[[F], F]:
    """Return the decorator of a function whose arguments are checked by their names.

    Parameters
    ----------
    rules : dict, optional
        Of this function, in the place of those of `RULES`.
    more : collection of str, optional
        Names that its other keywords (``**options``) may have, where it does not hand them to a
        function that is itself checked.
    """
    used = {**RULES, **(rules or {})}

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        known = [p.name for p in signature.parameters.values() if p.kind != p.VAR_KEYWORD]
        takes_more = len(known) < len(signature.parameters) and more is None
        known += more or ()

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            for name in kwargs:
                if not takes_more and name not in known:
                    hint = closest(name, known)
                    raise ArgumentError(
                        name, kwargs[name], f"{listed(known, None)}. {hint}".strip()
                    )
            given = signature.bind(*args, **kwargs).arguments
            for name, value in {**given, **kwargs}.items():
                if name in used:
                    used[name](name, value)
            return function(*args, **kwargs)

        # `wraps` keeps the signature, which no annotation of `call` can say.
        return call  # type: ignore[return-value]

    return decorate
