"""The example scripts run as an analyst would run them, of small surveys, with few solutions."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
ARGUMENTS = {
    "another_survey": ["100"],
    "sensitivity_grid": ["out", "100", "america-1969", "against-first"],
    "tipping_point": ["100", "america-1969"],
}


def test_every_example_is_run():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_examples_run(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    script = str(EXAMPLES / f"{name}.py")
    monkeypatch.setattr("sys.argv", [script, *ARGUMENTS[name]])
    runpy.run_path(script, run_name="__main__")
    stdout = capsys.readouterr().out
    shown = {
        "another_survey": ["central-first", "scenarios"],
        "sensitivity_grid": ["depends_on", "design_effect"],
        "tipping_point": ["verdicts can tip", "standing"],
    }
    for words in shown[name]:
        assert words in stdout
    if name == "sensitivity_grid":
        written = {path.name for path in (tmp_path / "out").iterdir()}
        assert written == {
            "finished",
            "sensitivity.parquet",
            "specification-curve.png",
            "tornado.png",
        }
