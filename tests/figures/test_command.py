"""`alumnistats figures`: what it writes, what it says, and how it fails."""

import pytest
from click.testing import CliRunner

from alumnistats.cli import main
from alumnistats.figures import FIGURES


@pytest.fixture
def run(survey_path, monkeypatch):
    """Run the command with two figures only, but for what is asked for."""

    def call(*arguments, figures=("sizes", "specification-curve")):
        some = {name: FIGURES[name] for name in figures}
        monkeypatch.setattr("alumnistats.figures.registry.FIGURES", some)
        return CliRunner().invoke(
            main, ["figures", str(survey_path), "--draws", "100", *map(str, arguments)]
        )

    return call


@pytest.mark.parametrize("form", ["svg", "pdf", "png"])
def test_files_of_every_format_and_silence(run, tmp_path, form):
    done = run("--out", tmp_path / "new", "--format", form, "--width", "single", "--lang", "ja")
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert [p.name for p in (tmp_path / "new").glob("[!.]*")] == [f"sizes.{form}"]
    assert "left out: specification-curve: no folder" in done.stderr


def test_results_of_other_commands_are_taken_up(run, sources, tmp_path):
    from alumnistats.outputs import write_folder
    from alumnistats.tables import csv_files

    write_folder(tmp_path / "sensitivity", "sensitivity", csv_files(sources.sensitivity.tables()))
    tables = {"coverage": sources.coverage, "values": sources.calibration}
    write_folder(tmp_path / "simulated", "simulate", csv_files(tables))
    done = run(
        "--out", tmp_path / "out", "--sensitivity", tmp_path / "sensitivity", "--calibration",
        tmp_path / "simulated", figures=("specification-curve", "coverage", "needed"),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    written = {p.stem for p in (tmp_path / "out").glob("[!.]*")}
    claims = {f"specification-curve-{c}" for c in sources.sensitivity.varying_claims()}
    assert written == {"coverage", "needed"} | claims
    assert "left out" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "{tmp}/file"], "--out"),
        (["--out", "{tmp}/a", "--sensitivity", "{tmp}/nowhere"], "alumnistats sensitivity --out"),
        (["--out", "{tmp}/a", "--calibration", "{tmp}/nowhere"], "alumnistats simulate --out"),
        (["--out", "{tmp}/a", "--format", "gif"], "gif"),
        (["--out", "{tmp}/a", "--width", "triple"], "triple"),
        (["--out", "{tmp}/a", "--draws", "5"], "draws"),
        ([], "--out"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(run, tmp_path, arguments, words):
    (tmp_path / "file").write_text("")
    done = run(*(a.format(tmp=tmp_path) for a in arguments))
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (tmp_path / "a").exists()
