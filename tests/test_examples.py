"""The example scripts run as an analyst would run them, with fewer solutions."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
ARGUMENTS = {
    "another_survey": ["100"],
    "sensitivity_grid": ["out", "100"],
    "tipping_point": ["100"],
}


def test_every_example_is_run():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_examples_run(name, tmp_path):
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", *ARGUMENTS[name]],
        cwd=tmp_path, check=False, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = {
        "another_survey": ["central-first", "scenarios"],
        "sensitivity_grid": ["depends_on", "design_effect"],
        "tipping_point": ["verdicts can tip", "standing"],
    }
    for words in shown[name]:
        assert words in done.stdout
    if name == "sensitivity_grid":
        written = {path.name for path in (tmp_path / "out").iterdir()}
        assert written == {
            "finished",
            "sensitivity.parquet",
            "specification-curve.png",
            "tornado.png",
        }
