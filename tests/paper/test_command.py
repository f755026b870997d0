import json

import pytest
from click.testing import CliRunner

from alumnistats import paper
from alumnistats.cli import main
from alumnistats.paper import read_results, results_text

pytest.importorskip("typst", reason="the extra alumnistats[paper] is not installed")


@pytest.fixture
def run(paper_folder, monkeypatch):
    """Return a function that runs the command with results in the place of computed ones."""
    computed = read_results(paper_folder)

    def command(*options, **changes):
        for key, text in changes.items():
            computed["values"][key] = computed["values"][key] | {"value": text, "text": text}
        monkeypatch.setattr(paper, "compute", lambda _inputs: computed)
        monkeypatch.setattr("alumnistats.paper.figures.figure_files", lambda _inputs: {})
        return CliRunner().invoke(main, ["paper", "--folder", str(paper_folder), *options])

    return command


def test_a_check_of_what_is_recorded_passes(run, paper_folder):
    before = sorted(paper_folder.rglob("*"))
    result = run("--check")
    assert result.exit_code == 0, result.output
    assert "values as recorded" in result.output
    assert sorted(paper_folder.rglob("*")) == before


def test_a_check_names_the_key_that_differs(run):
    result = run("--check", half_verdict="contradicted")
    assert result.exit_code == 1
    assert "half_verdict: recorded supported, found contradicted" in result.output


def test_a_check_fails_where_a_number_is_typed(run, paper_folder):
    path = paper_folder / "paper.typ"
    path.write_text(path.read_text(encoding="utf-8") + "\nOf 99 groups.\n", encoding="utf-8")
    result = run("--check")
    assert result.exit_code == 1
    assert "'99' is typed" in result.output


def test_a_changed_source_is_told_and_no_failure(run, paper_folder):
    recorded = read_results(paper_folder)
    recorded["provenance"]["source_sha256"] = "f" * 64
    (paper_folder / "results.json").write_text(results_text(recorded), encoding="utf-8")
    result = run("--check")
    assert result.exit_code == 0
    assert "changed since: source_sha256: recorded ffffffffffff…" in result.output


def test_results_and_pages_are_written(run, paper_folder):
    (paper_folder / "results.json").unlink()
    (paper_folder / "paper.pdf").unlink(missing_ok=True)
    result = run()
    assert result.exit_code == 0, result.output
    assert json.loads((paper_folder / "results.json").read_text(encoding="utf-8"))["format"] == 1
    assert (paper_folder / "paper.pdf").read_bytes().startswith(b"%PDF-")


def test_no_pages_are_written_of_a_text_that_is_wrong(run, paper_folder):
    (paper_folder / "paper.pdf").unlink(missing_ok=True)
    path = paper_folder / "paper.typ"
    path.write_text(path.read_text(encoding="utf-8") + "\nOf 99 groups.\n", encoding="utf-8")
    result = run("--reuse")
    assert result.exit_code == 1
    assert not (paper_folder / "paper.pdf").exists()


def test_check_and_reuse_exclude_each_other(run):
    assert run("--check", "--reuse").exit_code == 2


def test_another_folder_is_bad_input(tmp_path):
    result = CliRunner().invoke(main, ["paper", "--reuse", "--folder", str(tmp_path)])
    assert result.exit_code == 2
    assert "there is none; run `alumnistats paper` first" in result.output
