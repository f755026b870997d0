"""Figures drawn from what was saved are those drawn from the results themselves."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

import alumnistats as al
from alumnistats.cli import main
from alumnistats.errors import ArgumentError
from alumnistats.figures import Sources, drawn, figure_bytes, missing
from alumnistats.figures.saved import (
    ANALYSIS_FILE,
    PLAN_FILE,
    analysis_file,
    plan_file,
    read_analysis,
    read_plan,
)
from alumnistats.report.folder import analysis_document
from alumnistats.tables import to_json

KINDS = [
    "agreement", "sizes", "proportions", "ranks", "rank-intervals", "pairs", "claims", "needed",
    "power",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(sources, tmp_path_factory):
    place = tmp_path_factory.mktemp("results")
    (place / ANALYSIS_FILE).write_bytes(analysis_file(sources.analysis))
    (place / PLAN_FILE).write_bytes(plan_file(sources.plan))
    return place


@pytest.fixture(scope="module")
def saved(folder):
    return Sources(read_analysis(folder), read_plan(folder))


@pytest.mark.parametrize("name", KINDS)
def test_a_figure_drawn_from_a_file_has_the_same_bytes(name, sources, saved):
    field = "plan" if name in ("needed", "power") else "analysis"
    of = next(iter(sources.analysis.ranked))
    subject = of if name in ("proportions", "ranks", "rank-intervals", "pairs") else None
    pictures = [
        figure_bytes(drawn(name, getattr(results, field), subject, "ja", "single"), "ja")
        for results in (sources, saved)
    ]
    assert pictures[0] == pictures[1]


def test_the_same_figures_are_there_and_missing(sources, saved):
    some = replace(sources, sensitivity=None, coverage=None, calibration=None, rates=None)
    assert missing(some) == missing(saved)
    assert (
        saved.plan.survey
        == saved.analysis.survey
        == sources.analysis.survey.model_copy(update={"path": "", "sha256": ""})
    )


def test_the_command_draws_from_a_folder_without_computing(folder, tmp_path, monkeypatch):
    def never(*_args, **_options):
        raise AssertionError("computed again")

    monkeypatch.setattr("alumnistats.analysis.analyze", never)
    monkeypatch.setattr("alumnistats.analysis.plan", never)
    done = figures("--from", folder, "--out", tmp_path / "out", "--width", "single")
    assert done.exit_code == 0, done.output
    names = {path.stem for path in (tmp_path / "out").glob("*.svg")}
    assert {"sizes", "claims", "needed", "power"} <= names


def figures(*arguments):
    return CliRunner().invoke(main, ["figures", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["adelaide-students"], "SURVEY"),
        (["--level", "0.9"], "--level"),
        (["--seed", "0"], "--seed"),
    ],
)
def test_what_is_settled_cannot_be_asked_for(folder, tmp_path, arguments, words):
    done = figures(*arguments, "--from", folder, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (tmp_path / "out").exists()


def changed(change):
    def write(path):
        path.write_text(json.dumps(change(json.loads(path.read_text("utf-8")))), "utf-8")

    return write


DAMAGES = {
    "no file": lambda path: path.unlink(),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "nested": lambda path: path.write_text("[" * 100_000, "utf-8"),
    "list": changed(lambda content: [content]),
    "no survey": changed(lambda content: content | {"survey": {}}),
    "no numbers": changed(lambda content: content | {"claims": content["survey"]}),
    "no measures": changed(lambda content: content | {"measures": [3]}),
    "another form": changed(lambda content: content | {"format": 99}),
    "of a plan": changed(lambda content: content | {"figures_of": "plan"}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_folder_without_such_a_file_is_named(folder, tmp_path, damage):
    path = tmp_path / ANALYSIS_FILE
    path.write_bytes((folder / ANALYSIS_FILE).read_bytes())
    DAMAGES[damage](path)
    with pytest.raises(ArgumentError, match=r"figures\.json"):
        read_analysis(tmp_path)
    done = figures("--from", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_plan_of_another_survey_is_refused(folder, sources, tmp_path):
    (tmp_path / ANALYSIS_FILE).write_bytes((folder / ANALYSIS_FILE).read_bytes())
    other = replace(sources.plan, survey=sources.plan.survey.model_copy(update={"id": "other"}))
    (tmp_path / PLAN_FILE).write_bytes(plan_file(other))
    done = figures("--from", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "other" in done.stderr


def test_saved_results_draw_their_pictures(sources, folder):
    document = to_json(analysis_document(sources.analysis))
    (folder / "analysis.json").write_text(document, "utf-8")
    plot = al.load(folder).plot
    titles = {draw().get_title(loc="left") for draw in (plot.sizes, sources.analysis.plot.sizes)}
    assert len(titles) == 1
    assert "sizes" in repr(plot)
