"""Other choices on the page: its data are the run's verdicts, and they come from the right run."""

import json

import pytest
from click.testing import CliRunner

from alumnistats.analysis import analyze
from alumnistats.cli import main
from alumnistats.errors import ArgumentError
from alumnistats.outputs import write_folder
from alumnistats.report.explore import explore, of_survey
from alumnistats.sensitivity import load_scenarios, sensitivity
from alumnistats.sensitivity.words import label, value_text
from alumnistats.tables import csv_files

pytestmark = pytest.mark.slow  # a run of scenarios and a page

BRIEF = {
    "format": 1,
    "draws": 100,
    "designs": [{"kind": "grid", "dimensions": {"level": [0.8, 0.95]}}],
}


def section(page):
    return next(e for e in page.all("section") if e.get("class") == "explore")


def selects(page):
    """Return label and values of each choice, by the number that the data know it by."""
    found = {}
    for one in section(page).all("label"):
        [select] = one.all("select")
        [name] = [e for e in one.walk() if e.get("class") == "name"]
        options = select.all("option")
        assert [o["value"] for o in options] == [str(i) for i in range(len(options))]
        [usual] = [i for i, o in enumerate(options) if "selected" in o.attributes]
        found[int(select["data-choice"])] = (name, options, usual)
    return found


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_data_of_the_page_are_the_verdicts_of_the_run(explored_page, choices, lang):
    [data] = section(explored_page).all("script")
    data, controls = json.loads(data.text()), selects(explored_page)
    survey, scenarios = choices.survey, choices.plan.scenarios
    assert len(data["scenarios"]) == len(data["of"]) == len(scenarios)
    base = {number: usual for number, (_, _, usual) in controls.items()}
    for pairs, of, scenario, found in zip(
        data["scenarios"], data["of"], scenarios, choices.finished, strict=True
    ):
        chosen = base | dict(zip(pairs[::2], pairs[1::2], strict=True))
        shown = {
            controls[number][0].text(lang): controls[number][1][value][f"data-{lang}"]
            for number, value in chosen.items()
        }
        settings = scenario.settings().items()
        said = {label(name, lang): value_text(value, lang, survey) for name, value in settings}
        assert shown.items() <= said.items()
        verdicts = {claim["id"]: claim["verdict"].replace(" ", "-") for claim in found.claims}
        codes = data["verdicts"][of]
        assert len(codes) == len(survey.claims)
        for claim, code in zip(survey.claims, codes, strict=True):
            assert data["codes"].get(code) == verdicts.get(claim.id)
    assert any(not found.claims for found in choices.finished)  # one that failed is among them
    distinct = {tuple(pairs) for pairs in data["scenarios"]}
    assert len(distinct) == len(scenarios)  # each can be reached, and tells itself from the others


def test_what_varies_can_be_chosen(explored_page, choices):
    offered = {name.text("en") for name, _, _ in selects(explored_page).values()}
    varied = ("level", "design_effect", "left_out", "bias", "replicate", "sizes")
    assert offered == {label(name, "en") for name in varied}
    matters = {label(name, "en") for name in set(choices.flips()["dimension"])}
    first = section(explored_page).all("fieldset")[0]
    assert {e.text("en") for e in first.walk() if e.get("class") == "name"} == matters


def test_table_says_how_often_verdicts_stay(explored_page, choices):
    [table] = section(explored_page).all("table")
    rows = table.all("tbody")[0].all("tr")
    expected = choices.summary().to_dict("records")
    assert [row.all("th")[0].text("en") for row in rows] == [
        choices.survey.claim(one["claim"]).text.en for one in expected
    ]
    for row, one in zip(rows, expected, strict=True):
        usual, chosen, stays, _ = row.all("td")
        assert usual.text("en").split(" ", 1)[1] == one["base_verdict"]
        assert chosen.text() == ""
        assert "hidden" in chosen.attributes  # without a script there is nothing to choose
        assert stays.text() == f"{one['stays']} / {one['scenarios']}"


def test_without_a_script_no_control_is_shown(explored_page):
    controls = section(explored_page).all("select", "button", "details")
    assert controls
    for control in controls:
        assert any(
            e.get("class") == "choices" and "hidden" in e.attributes for e in control.above()
        )


def test_without_other_choices_there_is_no_such_section(page, choices):
    assert not [e for e in page.walk() if e.get("id") == "explore"]
    level = {"kind": "grid", "dimensions": {"level": [0.95]}}
    same = sensitivity(choices.survey, {"format": 1, "draws": 100, "designs": [level]})
    assert explore(same) is None


def test_choices_of_another_survey_are_refused(choices, awkward_survey):
    other = awkward_survey(groups=3)
    with pytest.raises(ArgumentError, match="results of the survey awkward"):
        of_survey(choices, other)
    assert of_survey(choices, choices.survey) is choices
    assert of_survey(None, other) is None


@pytest.fixture
def offered(monkeypatch, small_survey):
    """Return a function that runs `analyze` and returns its page's choices, and what it said."""
    given = []

    def contents(_analysis, _lang, sensitivity, _url):
        given.append(sensitivity)
        return {"report.html": b""}

    monkeypatch.setattr("alumnistats.report.folder.folder_contents", contents)

    def run(*options):
        arguments = ["analyze", str(small_survey), "--draws", "100", *map(str, options)]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.stderr
        return given.pop(), result.stderr

    return run


def write(folder, run):
    """Write the tables of a run that are read back."""
    tables = {"scenarios": run.scenarios, "sensitivity": run.table}
    return write_folder(folder, "sensitivity", csv_files(tables))


def verdicts(run):
    return [{claim["id"]: claim["verdict"] for claim in one.claims} for one in run.finished]


def test_a_run_beside_the_results_is_offered(offered, tmp_path, choices):
    out = tmp_path / "results"
    assert offered("--out", out) == (None, f"written to {out}\n")
    write(tmp_path / "sensitivity", choices)
    found, said = offered("--out", out)
    assert verdicts(found) == verdicts(choices)
    assert f"choices of {tmp_path / 'sensitivity'}" in said


def test_a_run_of_another_survey_is_not_offered(offered, tmp_path, choices):
    first, *others = choices.survey.claims
    claims = (first.model_copy(update={"id": "another"}), *others)
    renamed = choices.survey.model_copy(update={"claims": claims})
    write(tmp_path / "sensitivity", sensitivity(renamed, BRIEF))
    found, said = offered("--out", tmp_path / "results")
    assert found is None
    assert "results of the survey small" in said


def test_a_folder_can_be_named(offered, tmp_path, choices, small_survey):
    write(tmp_path / "elsewhere", choices)
    found, _ = offered("--out", tmp_path / "results", "--sensitivity", tmp_path / "elsewhere")
    assert len(found.finished) == len(choices.finished)
    wrong = ["analyze", str(small_survey), "--draws", "100", "--sensitivity", str(tmp_path)]
    assert CliRunner().invoke(main, wrong).exit_code == 2  # without a page
    result = CliRunner().invoke(main, [*wrong, "--out", str(tmp_path / "new")])
    assert result.exit_code == 2
    assert "it lacks scenarios.csv" in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--url", "https://example.org/"], "--out"),
        (["--explore"], "--out"),
        (["--out", "new", "--url", "example.org"], "http"),
        (["--out", "new", "--sensitivity", "nowhere"], "it lacks scenarios.csv"),
        (["--out", "new", "--sensitivity", "nowhere", "--explore"], "one or the other"),
    ],
)
def test_what_is_wrong_with_the_page_is_told_before_anything_is_computed(
    options, message, small_survey, monkeypatch, tmp_path
):
    def never(*_given, **_more):
        raise AssertionError("computed")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("alumnistats.analysis.analyze", never)
    result = CliRunner().invoke(main, ["analyze", str(small_survey), *options])
    assert result.exit_code == 2, result.exception
    assert message in result.stderr
    assert not (tmp_path / "new").exists()


def test_explore_computes_choices_around_those_of_the_analysis(offered, tmp_path, monkeypatch):
    brief = load_scenarios(BRIEF)
    monkeypatch.setattr("alumnistats.sensitivity.load_scenarios", lambda: brief)
    out = tmp_path / "results"
    found, _ = offered("--out", out, "--explore", "--sizes", "free", "--seed", "3")
    assert {scenario.choices.sizes for scenario in found.plan.scenarios} == {"free"}
    assert {scenario.choices.level for scenario in found.plan.scenarios} == {0.8, 0.95}
    assert found.seed == 3
    assert list((out / "finished").glob("*.json"))


def test_a_page_from_python_takes_a_folder(tmp_path, choices, monkeypatch):
    taken = []
    monkeypatch.setattr(
        "alumnistats.report.html.render_html", lambda *given: taken.append(given[2]) or ""
    )
    analysis = analyze(choices.survey, draws=100)
    write(tmp_path / "sensitivity", choices)
    analysis.report(tmp_path / "one.html", sensitivity=choices)
    analysis.report(tmp_path / "two.html", sensitivity=tmp_path / "sensitivity")
    assert taken[0] is choices
    assert verdicts(taken[1]) == verdicts(choices)
