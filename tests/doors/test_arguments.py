"""Wrong types and ranges: usage errors of the command; of functions, errors that name them."""

import attacks
import numpy as np
import pytest
from click.testing import CliRunner

import alumnistats as al
from alumnistats.arguments import GENERATOR, RULES, checked
from alumnistats.cli import main
from alumnistats.errors import ArgumentError

SURVEY = "adelaide-students"
WRONG = {
    "seed": [-1, 2**63, 1.5, "1", None, True, np.nan, [1]],
    "draws": [0, -1, 10**12, 100.0, "100", None, True],
    "level": [0, 1, 1.5, -0.5, "0.95", np.nan, True, [0.9]],
    "report": [None, 3, "x"],
    "misprints": [-0.1, 0.6, "x", np.nan, True],
}
CASES = [(name, value) for name, values in WRONG.items() for value in values]


@pytest.mark.parametrize(
    "function", [al.analyze, al.plan, al.reconstruct, al.sensitivity, al.calibrate]
)
def test_wrong_arguments_are_named(function):
    import inspect

    names = inspect.signature(function).parameters
    subject = () if function is al.calibrate else (SURVEY,)
    for name, value in CASES:
        optional = name in ("level", "misprints") and value is None
        if name in names and not optional:
            with pytest.raises(ArgumentError, match=f"^{name}: found"):
                function(*subject, **{name: value})


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: al.analyze(SURVEY, sead=1), "sead"),
        (lambda: al.analyze(SURVEY, choices=3), "choices"),
        (lambda: al.analyze(SURVEY, sizes=3), "sizes"),
        (lambda: al.analyze(SURVEY, engine="nuts"), "engine"),
        (lambda: al.plan(SURVEY, sead=1), "sead"),
        (lambda: al.plan(SURVEY, claims="first"), "claims"),
        (lambda: al.plan(SURVEY, design_effect="x"), "design_effect"),
        (lambda: al.reconstruct(SURVEY, sizes=[1]), "sizes"),
        (lambda: al.reconstruct(SURVEY, rounding=3), "rounding"),
        (lambda: al.calibrate(3), "design"),
        (lambda: al.possible_sizes("47.8"), "percents"),
        (lambda: al.possible_sizes(["47.8"], largest=1e12), "largest"),
        (lambda: al.bounds(SURVEY), "survey"),
        (lambda: al.sensitivity(SURVEY, jobs=0), "jobs"),
    ],
)
def test_other_arguments_are_named(call, name):
    with pytest.raises(ArgumentError, match=f"^{name}: found"):
        call()


def test_a_check_keeps_the_function_as_it_was():
    @checked(GENERATOR)
    def drawn(seed=0, *, level=0.95, **options):
        """Say what it does."""
        return seed, level, options

    rng = np.random.default_rng(1)
    assert drawn(rng, level=0.5, other=1) == (rng, 0.5, {"other": 1})
    assert drawn(np.int64(3)) == (3, 0.95, {})
    assert drawn.__doc__ == "Say what it does."
    with pytest.raises(TypeError, match="positional"):
        drawn(1, 2)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_refuses_objects_and_names_them(name):
    for value in (object(), b"x", -(10**400), complex(1)):
        with pytest.raises(ArgumentError, match=f"^{name}: found"):
            RULES[name](name, value)


@pytest.mark.parametrize(
    "arguments",
    [["analyze", "--seed", "-1"], ["analyze", "--draws", "1"], ["analyze", "--largest", "10" * 9],
     ["simulate", "--draws", "1"], ["simulate", "--total", "1" + "0" * 12],
     ["simulate", "--releases", "0"], ["sizes", "47.8", "--max", "1" + "0" * 12],
     ["check", "47.8", "--n", "1" + "0" * 30], ["check", "47.8", "--n", "90", "--digits", "-1"],
     ["init", "x", "--header-rows", "0"]],
)  # fmt: skip
def test_numbers_out_of_range_are_usage_errors_with_the_range(arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "is not in the range" in result.stderr


def test_init_needs_a_name():
    for name in ("", ".", "***", "/"):
        result = CliRunner().invoke(main, ["init", name])
        assert result.exit_code == 2, name
        assert "a name with a letter or digit in it" in result.stderr


def test_fuzz():
    rng = np.random.default_rng(19)
    assert {attacks.argument_in(rng) for _ in range(2000)} == {"accepted", "refused"}
