"""What can be varied: the fields of `Choices`, and the random numbers.

Everything here is read off `Choices`, so that a choice which is added there can be varied at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alumnistats.analysis.choices import STEP_OF, VALUES, Choices, values_of
from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.size_priors import RIVAL_PRIORS, size_limits, size_models
from alumnistats.survey import Survey

REPLICATE = "replicate"
"""A dimension that is no choice: the same computation with other random numbers, 0, 1, ..."""


def _admitted_priors(survey: Survey) -> tuple[str, ...]:
    """Return the priors on sizes that need nothing the survey does not publish."""

    def admitted(prior: Any) -> bool:
        try:
            size_models(survey, prior, size_limits(survey)[1])
        except ArgumentError:
            return False
        return True

    return tuple(prior for prior in RIVAL_PRIORS if admitted(prior))


def _admitted_weights(survey: Survey) -> tuple[Any, ...]:
    known = {
        "population": all(group.population_size is not None for group in survey.groups),
        "bounds": survey.weight_bounds is not None,
    }
    return tuple(v for v in values_of("weights", survey) if known.get(str(v), True))


_ADMITTED: dict[str, Callable[[Survey], tuple[Any, ...]]] = {
    "sizes": _admitted_priors,
    "weights": _admitted_weights,
}


def choice_names() -> tuple[str, ...]:
    """Return the choices, by the step at which they matter."""
    return tuple(STEP_OF)


def dimension_names() -> tuple[str, ...]:
    """Return whatever a design may vary."""
    return (*choice_names(), REPLICATE)


def is_numeric(name: str) -> bool:
    """Return whether the values of a dimension are numbers with an order."""
    return name != REPLICATE and isinstance(getattr(Choices(), name), float)


def as_value(name: str, value: Any) -> Any:
    """Return a value as the choice holds it: a number as a float where one is meant."""
    return float(value) if is_numeric(name) else value


def with_hyphens(name: str, value: Any) -> Any:
    """Return a value of a file, or several, as the choice spells it: files of before say `half_up`.

    What names something of a survey stays as it is, since ids may have underscores.
    """
    if name not in VALUES:
        return value
    if isinstance(value, tuple):
        return tuple(with_hyphens(name, one) for one in value)
    return value.replace("_", "-") if isinstance(value, str) else value


def problem_of(name: str, value: Any) -> str:
    """Return what was expected instead of `value`; empty if it can be used.

    Whether the survey has what the value speaks of (a figure, a base) shows when it is read.
    """
    if name == REPLICATE:
        good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return "" if good else "a whole number, 0 or more"
    try:
        Choices.from_dict({name: value})
    except ArgumentError as error:
        return error.expected
    return ""


def each_value(name: str, survey: Survey) -> tuple[Any, ...]:
    """Return every value that a dimension can take for a survey.

    Raises
    ------
    ArgumentError
        For numbers, which have too many.
    """
    if name in _ADMITTED:
        return _ADMITTED[name](survey)
    if name == REPLICATE or is_numeric(name):
        raise ArgumentError(name, "each", "a list of values, since it takes any number")
    return values_of(name, survey)
