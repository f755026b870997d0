"""The same table however a run is divided, moved, interrupted or damaged."""

import json
import multiprocessing
import os
import signal

import pandas as pd
import pytest

import alumnistats as al
from alumnistats.claims import Grounds, JudgedClaim, Range
from alumnistats.errors import ArgumentError
from alumnistats.parallel import LOST, Outcome
from alumnistats.sensitivity import sensitivity, units
from alumnistats.sensitivity.identity import survey_digest
from alumnistats.sources import InputNotice
from alumnistats.survey import StatementClaim


def same(one, two):
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    pd.testing.assert_frame_equal(one.scenarios, two.scenarios, check_exact=True)


def computed(monkeypatch):
    """Return a list that collects what is computed from here on, by digest."""
    done = []

    def run_unit(unit, save=None):
        done.extend(unit.scenarios)
        return units.run_unit(unit, save)

    monkeypatch.setattr("alumnistats.sensitivity.runner.run_unit", run_unit)
    return done


def test_a_row_for_every_scenario_and_claim(result, survey):
    good = [f for f in result.finished if not f.error]
    assert len(result.failures) == 1
    assert len(result.table) == len(good) * len(survey.claims) + 1
    row = result.table[result.table["error"] != ""].iloc[0]
    assert row["sizes"] == "proportional"
    assert "population_size" in row["error"]
    assert row[["claim", "verdict", "p_value"]].isna().all()


def test_the_base_is_what_the_four_steps_give(result, survey):
    from alumnistats.analysis.choices import Choices, fit, judge_survey, read, recover
    from alumnistats.sensitivity.scenarios import Scenario, step_seed

    base, choices = Scenario(Choices()), Choices()
    seeds = {step: step_seed(0, base, step) for step in ("reconstruction", "estimation")}
    recon = recover(read(survey, choices), choices, draws=100, seed=seeds["reconstruction"])
    judged = judge_survey(recon, fit(recon, choices, seed=seeds["estimation"]), choices)
    rows = result.table[result.table["scenario"] == 0].set_index("claim")
    for one in judged:
        assert rows.loc[one.claim.id, "verdict"] == one.verdict
        if one.grounds.probability is not None:
            assert rows.loc[one.claim.id, "probability"] == one.grounds.probability


def test_two_processes_give_the_same_table(brief_result, survey, brief):
    same(sensitivity(survey, brief, jobs=2), brief_result)


def test_a_cluster_gives_the_same_table(result, survey, document, cluster):
    same(sensitivity(survey, document, scheduler=cluster.scheduler_address), result)


def test_a_worker_killed_in_the_middle_changes_nothing(result, survey, document, cluster):
    killed = []

    def kill(done, _total):
        if done and not killed:
            # That of the first worker, as the scheduler knows it.
            pid = next(iter(cluster.workers.values())).pid
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    found = sensitivity(survey, document, scheduler=cluster.scheduler_address, report=kill)
    assert killed
    same(found, result)


def test_a_process_killed_in_the_middle_changes_nothing(brief_result, survey, brief):
    killed = []

    def kill(done, _total):
        if done and not killed:
            child = multiprocessing.active_children()[0]
            os.kill(child.pid, signal.SIGKILL)
            killed.append(child.pid)

    same(sensitivity(survey, brief, jobs=2, report=kill), brief_result)
    assert killed


def test_a_scenario_does_not_depend_on_the_others(result, survey, document, monkeypatch):
    alone = {"kind": "grid", "dimensions": {"sizes": ["free"], "ties": ["weak"], "level": [0.8]}}
    one = sensitivity(survey, document | {"designs": [alone]})
    chosen = {"sizes": "free", "ties": "weak", "level": 0.8, "design_effect": 1.0}
    columns = [*chosen, "claim", "verdict", "p_value", "probability", "needed_n"]

    def rows(found):
        table = found.table
        mine = (table[list(chosen)] == pd.Series(chosen)).all(axis=1)
        return table.loc[mine, columns].reset_index(drop=True)

    assert len(rows(one)) == len(survey.claims)
    pd.testing.assert_frame_equal(rows(one), rows(result), check_exact=True)
    monkeypatch.setattr(units, "LARGEST", 3)
    same(sensitivity(survey, document), result)


def test_an_interrupted_run_goes_on_where_it_was(
    brief_result, survey, brief, tmp_path, monkeypatch
):
    def stop(done, _total):
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sensitivity(survey, brief, folder=tmp_path, report=stop)
    kept = [json.loads(path.read_text()) for path in tmp_path.iterdir()]
    kept = {name for content in kept for name in content["scenarios"]}
    assert 4 <= len(kept) < len(brief_result.digests)
    done = computed(monkeypatch)
    same(sensitivity(survey, brief, folder=tmp_path), brief_result)
    assert sorted([*done, *kept]) == sorted(brief_result.digests)
    done.clear()
    same(sensitivity(survey, brief, folder=tmp_path), brief_result)
    assert done == []


def test_only_what_changed_is_computed_again(survey, brief, tmp_path, monkeypatch):
    first = sensitivity(survey, brief, folder=tmp_path)
    done = computed(monkeypatch)
    added = {"kind": "one-at-a-time", "dimensions": {"bias": [0.1]}}
    more = brief | {"designs": [*brief["designs"], added]}
    second = sensitivity(survey, more, folder=tmp_path)
    assert done == sorted(set(second.digests) - set(first.digests))
    assert len(done) == 1
    for change in ({"seed": 1}, {}):
        done.clear()
        other = brief if change else brief | {"draws": 110}
        sensitivity(survey, other, folder=tmp_path, **change)
        assert len(done) == len(first.digests)


def test_a_survey_is_known_by_what_it_says(survey, survey_path, tmp_path):
    copy = tmp_path / "copy.toml"
    text = survey_path.read_text(encoding="utf-8")
    copy.write_text("# a comment\n" + text, encoding="utf-8")
    assert survey_digest(al.load_survey(copy)) == survey_digest(survey)
    copy.write_text(text.replace('"made up"', '"made otherwise"'), encoding="utf-8")
    assert survey_digest(al.load_survey(copy)) != survey_digest(survey)


def test_damaged_files_are_computed_again(brief_result, survey, brief, tmp_path, monkeypatch):
    sensitivity(survey, brief, folder=tmp_path)
    paths = sorted(tmp_path.iterdir())
    paths[0].write_text(paths[0].read_text()[:50])
    paths[1].write_text('{"schema": 0}')
    (tmp_path / "other.json").write_text("[]")
    done = computed(monkeypatch)
    with pytest.warns(InputNotice, match=r"\.json and 2 more files: damaged"):
        same(sensitivity(survey, brief, folder=tmp_path), brief_result)
    assert done


def test_a_defect_is_a_row_and_is_tried_again(brief_result, survey, brief, tmp_path, monkeypatch):
    def broken(*_args, **_options):
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr(units, "judge_survey", broken)
    found = sensitivity(survey, brief, folder=tmp_path)
    errors = set(found.scenarios["error"])
    assert "ZeroDivisionError: by accident" in errors
    assert found.summary()["base_verdict"].isna().all()
    assert all("failed" in text for text in found.sentences("en").values())
    monkeypatch.undo()
    same(sensitivity(survey, brief, folder=tmp_path), brief_result)


def test_a_process_that_dies_twice_is_a_row(survey, brief, monkeypatch):
    def lose(_function, tasks, **_place):
        return (Outcome(i, None, LOST) for i in range(len(tasks)))

    monkeypatch.setattr("alumnistats.sensitivity.runner.map_unordered", lose)
    found = sensitivity(survey, brief)
    assert set(found.table["error"]) == {LOST}


def test_the_package_and_its_function_have_one_name(survey, brief):
    import alumnistats.sensitivity

    assert callable(al.sensitivity)
    assert callable(alumnistats.sensitivity)
    with pytest.raises(ArgumentError, match="jobs"):
        al.sensitivity(survey, brief, jobs=0)
    small = brief | {"designs": [{"kind": "grid", "dimensions": {"level": [0.9]}}]}
    assert isinstance(alumnistats.sensitivity(survey, small), al.Sensitivity)


def test_bounds_stand_beside_the_numbers(brief_result):
    table = brief_result.table.dropna(subset=["claim"])
    for name in ("p_value", "probability"):
        value, low, high = (table[name + end] for end in ("", "_lower", "_upper"))
        known = value.notna()
        assert known.any()
        assert (value[known] == low[known]).all()
        assert (value[known] == high[known]).all()


def test_what_is_a_bound_is_no_number():
    claim = StatementClaim(id="c", kind="statement", text={"en": "c", "ja": "c"})
    grounds = Grounds(p=Range(0.01, 0.2), posterior=Range.exact(0.4))
    kept = units._plain(JudgedClaim(claim, grounds, "undetermined"))
    assert (kept["p_value"], kept["p_value_lower"], kept["p_value_upper"]) == (None, 0.01, 0.2)
    assert kept["probability"] == kept["probability_upper"] == 0.4
