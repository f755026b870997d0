import importlib
from pathlib import Path

import pandas as pd
import pytest

from alumnistats.errors import ArgumentError
from alumnistats.paper import compute, read_results
from alumnistats.paper.compute import PRODUCERS
from alumnistats.paper.figures import FIGURES, figure_files
from alumnistats.paper.inputs import Inputs
from alumnistats.paper.results import PaperError
from alumnistats.paper.values import Value

ROOT = Path(__file__).parents[2]
NOT_DRAWN = ("from_survey.", "from_tables.")  # modules whose values no draw enters
OF_THE_RUN = {"draws"}
FAKED = {"alumnistats.paper.from_reconstruction." + name for name in ("priors", "sizes_by_prior")}

pytestmark = pytest.mark.slow  # each waits for the paper's numbers


@pytest.fixture(scope="module")
def found(inputs):
    return compute(inputs)["values"]


@pytest.fixture(scope="module")
def recorded():
    return read_results(ROOT / "paper")["values"]


def test_the_recorded_keys_are_those_that_are_computed(found, recorded):
    assert {key: e["by"] for key, e in found.items()} == {k: e["by"] for k, e in recorded.items()}


def test_every_producing_function_can_be_imported(recorded):
    for name in {entry["by"] for entry in recorded.values()}:
        module, function = name.rsplit(".", 1)
        assert getattr(importlib.import_module(module), function) in PRODUCERS


def test_what_is_not_drawn_is_recorded_as_it_is_now(found, recorded):
    compared = 0
    for key, entry in recorded.items():
        if any(name in entry["by"] for name in NOT_DRAWN) and key not in OF_THE_RUN:
            assert found[key] == entry, f"{key}: run `alumnistats paper`"
            compared += 1
    assert compared > 50


def test_drawn_values_of_few_draws_are_near_the_recorded_ones(found, recorded):
    for key, entry in recorded.items():
        if "columns" in entry or not entry["noise"] or entry["by"] in FAKED or key == "ess":
            continue
        # Fewer draws: their error is added to that of the recorded ones.
        allowed = entry["noise"] + found[key]["noise"]
        if entry["value"] is None or isinstance(entry["value"], str):  # None: only bounds are known
            assert found[key]["value"] == entry["value"], key
        elif entry["unit"] != "scientific":
            assert abs(found[key]["value"] - entry["value"]) <= allowed, key


def test_values_agree_with_the_tables_of_the_analysis(found, inputs):
    claims = inputs.analysis.claims
    for verdict in ("supported", "not supported", "contradicted", "undetermined"):
        key = f"count_{verdict.replace(' ', '_')}"
        assert found[key]["value"] == (claims["verdict"] == verdict).sum()
    sizes = inputs.analysis.sample_sizes
    assert found["common_groups"]["value"] == sizes["mode"].value_counts().max()
    column = found["claims_table"]["columns"].index("claim")
    assert sorted(row[column] for row in found["claims_table"]["value"]) == sorted(
        claim.text.en for claim in inputs.survey.claims
    )


def test_priors_are_compared_as_they_were_made_up(found):
    assert found["shortfall_over_quota"]["text"] == "2.7"  # e
    assert found["quota_over_free"]["text"] == "403"  # the sixth power of e
    assert found["free_sure"]["value"] == 4
    assert found["size_priors"]["text"][-1] == ["all equal", "−∞", "<0.001"]


def test_the_example_of_rounding_is_what_brute_force_gives(found):
    largest, units = found["size_limit"]["value"], found["example_units"]["value"]
    sizes = [
        n for n in range(1, largest + 1)
        if any((2000 * k + n) // (2 * n) == units for k in range(n + 1))
    ]  # fmt: skip
    assert found["example_sizes"]["value"] == len(sizes)
    assert found["example_smallest"]["value"] == sizes[0]


def test_committed_tables_are_printed_as_they_are(found):
    coverage = pd.read_csv(ROOT / "benchmarks" / "results" / "calibration_coverage.csv")
    naive = coverage[(coverage["method"] == "naive") & (coverage["of"] == "winner")].iloc[0]
    assert found["coverage_naive_winner"]["text"] == f"{100 * naive['coverage']:.1f}%"
    rates = pd.read_csv(ROOT / "benchmarks" / "results" / "verdicts.csv").query("factor == 'all'")
    own = rates[(rates["chosen"] == "by its own figures") & ~rates["kind"].str.contains("unequal")]
    wrong = (own["supported"] * own["wrong_of_supported"].fillna(0)).sum()
    expected = wrong / (own["claims"] - own["true"]).sum()
    assert found["rates_own"]["value"] == pytest.approx(expected, abs=2e-4)
    assert found["rates_releases"]["value"] == rates["claims"].max()
    sensitivity = pd.read_csv(ROOT / "benchmarks" / "results" / "sensitivity_verdicts.csv")
    judged = sensitivity[sensitivity["kind"] != "statement"]
    assert found["stable_claims"]["value"] == (judged["stays"] == judged["scenarios"]).sum()


def test_two_producers_of_one_key_are_an_error(inputs):
    def again(_inputs):
        return {"total": Value(1)}

    with pytest.raises(ArgumentError, match=r"key: found .total.; expected one producer"):
        compute(inputs, [PRODUCERS[0], again])


def test_a_table_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(PaperError, match="expected the repository's benchmarks/results"):
        Inputs(tmp_path).table("nuts")


def test_every_figure_is_drawn_and_the_same_each_time(inputs, monkeypatch):
    files = figure_files(inputs)
    assert files.keys() == {f"{name}.svg" for name in FIGURES}
    assert all(content.startswith(b"<?xml") for content in files.values())
    for name in set(FIGURES) - {"ranks"}:
        monkeypatch.delitem(FIGURES, name)
    assert figure_files(inputs) == {"ranks.svg": files["ranks.svg"]}
