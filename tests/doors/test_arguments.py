"""Wrong types and ranges: usage errors of the command; of functions, errors that name them."""

from pathlib import Path

import attacks
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import alumnistats as al
from alumnistats.arguments import GENERATOR, RULES, checked
from alumnistats.cli import main
from alumnistats.errors import AlumniStatsError, ArgumentError

SURVEY = "adelaide-students"
SMALL = Path(__file__).parents[1] / "sensitivity" / "small.toml"
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
        (lambda: al.bounds(al.load_survey(SMALL), time_limt=1), "time_limt"),
        (lambda: al.bounds(al.load_survey(SMALL), told=3), "told"),
        (lambda: al.bounds(al.load_survey(SMALL), rounding=[]), "rounding"),
        (lambda: al.load_scenarios({1: 2}), "source"),
        (lambda: al.load_scenarios({"designs": [{"dimensions": {1: []}}]}), "source"),
        (lambda: al.possible_sizes([]), "percents"),
        (lambda: al.possible_sizes(["47.8"], rules=[]), "rules"),
        (lambda: al.possible_sizes(np.array(3)), "percents"),
        (lambda: al.possible_sizes(pd.DataFrame()), "percents"),
        (lambda: al.rank(method=[], count=[3, 9], nobs=[10, 10]), "method"),
    ],
)
def test_other_arguments_are_named(call, name):
    with pytest.raises(ArgumentError, match=f"^{name}: found"):
        call()


@pytest.fixture(scope="module")
def calls():
    """Functions of the top level with arguments that are right."""
    survey = al.load_survey(SMALL)
    recon = al.reconstruct(survey, draws=100)
    frame = pd.DataFrame({"g": ["a", "b"] * 20, "q": ["x", "y"] * 20})
    data = al.read_microdata(frame, group="g", questions=["q"])
    return {
        al.check_percent: {"percent": "47.8", "nobs": 90, "digits": 1, "rules": ["half-up"]},
        al.count_solutions: {"survey": survey, "of": "visits", "smallest": 1, "largest": 50},
        al.estimate: {"recon": recon, "of": "visits", "model": "no-pooling", "level": 0.9},
        al.estimate_jointly: {"source": recon, "of": ["a", "b"], "level": 0.9, "eta": 1.0},
        al.glm: {"source": recon, "of": "visits", "by": {}, "dispersion": 1.0, "level": 0.9},
        al.rank: {"method": "marginal", "count": [3, 9], "nobs": [10, 10], "level": 0.9},
        al.rank_sets: {"estimate": [0.1, 0.9], "variance": [0.1, 0.1], "level": 0.9, "seed": 0},
        al.read_microdata: {"path": frame, "group": "g", "questions": ["q"], "missing": []},
        al.simulate: {"design": al.Design(groups=3, total=60), "seed": 1},
        al.weighted_shares: {"data": data, "question": "q", "answers": "x", "variance": None},
        al.Design: {"groups": 3, "total": 60, "listed": 1, "digits": 1, "sizes": "quota"},
        al.bounds: {"survey": survey, "of": ["visits"], "misprints": False, "largest": 200},
        al.load: {"directory": "x"},
        al.load_scenarios: {"source": None},
        al.load_survey: {"path_or_id": SURVEY, "percentages": "right"},
        al.BetaPrior: {"a": 1.0, "b": 1.0},
        al.LogitNormalPrior: {"mu_loc": 0.0, "mu_scale": 1.0, "sigma_scale": 1.0},
        al.BetaBinomialPrior: {"mean_a": 1.0, "mean_b": 1.0, "kappa_least": 1.0},
    }


def test_what_is_no_argument_at_all_is_told_by_every_function(calls):
    for function, right in calls.items():
        for name in right:
            for value in (object(), b"x", complex(1), -(10**400)):
                with pytest.raises(AlumniStatsError, match=f"^{name}"):
                    function(**right | {name: value})


def test_a_column_of_a_table_is_a_list_of_texts():
    column = pd.Series(["47.8", "44.5"])
    expected = al.possible_sizes(["47.8", "44.5"])
    for given in (column, column.to_numpy(), pd.Index(column)):
        pd.testing.assert_frame_equal(al.possible_sizes(given), expected)


def test_a_name_that_is_too_long_for_a_file_is_no_survey():
    with pytest.raises(AlumniStatsError, match="no such file"):
        al.load_survey("x" * 5000)


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


@pytest.mark.parametrize(("name", "words"), [("x" * 300, "255 bytes"), ("a\x1bb", "control")])
def test_init_refuses_a_name_that_no_file_should_have(tmp_path, monkeypatch, name, words):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["init", name])
    assert result.exit_code == 2
    assert words in result.stderr
    assert "\x1b" not in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_dict_without_end_is_no_scenario_file():
    endless = {"format": 1}
    endless["designs"] = [endless]
    with pytest.raises(ArgumentError, match=r"^source: .*nested too deeply"):
        al.load_scenarios(endless)


def test_init_needs_a_name():
    for name in ("", ".", "***", "/"):
        result = CliRunner().invoke(main, ["init", name])
        assert result.exit_code == 2, name
        assert "a name with a letter or digit in it" in result.stderr


def test_fuzz():
    rng = np.random.default_rng(19)
    assert {attacks.argument_in(rng) for _ in range(2000)} == {"accepted", "refused"}
