"""One small analysis, plan and sensitivity analysis for all tests of figures."""

import importlib.util
from pathlib import Path

import pytest

from alumnistats.analysis import analyze, plan
from alumnistats.figures import Sources, read_calibration, read_rates
from alumnistats.sensitivity import sensitivity

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "sensitivity" / "small.toml"
SCENARIOS = {
    "format": 1,
    "draws": 100,
    "designs": [
        {"kind": "grid", "dimensions": {"level": [0.9, 0.95], "design_effect": [1.0, 4.0]}},
        {"kind": "one-at-a-time", "dimensions": {"left_out": "each"}},
    ],
}


@pytest.fixture(scope="session")
def problems():
    """Return the function that lists what is wrong with a figure's layout."""
    spec = importlib.util.spec_from_file_location("layout", Path(__file__).with_name("layout.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.problems


@pytest.fixture(scope="session")
def survey_path():
    return SMALL


@pytest.fixture(scope="session")
def analysis():
    return analyze(SMALL, draws=100)


@pytest.fixture(scope="session")
def sources(analysis):
    coverage, values = read_calibration(ROOT / "benchmarks" / "results")
    return Sources(
        analysis,
        plan(analysis),
        sensitivity(analysis.survey, SCENARIOS),
        coverage,
        values[values["release"] < 100],
        read_rates(ROOT / "benchmarks" / "results" / "verdicts.csv"),
    )
