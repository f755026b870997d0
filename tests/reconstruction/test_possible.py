"""What is possible at all beside what is probable: bounds in the tables of a reconstruction."""

from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner

import alumnistats as al
from alumnistats.cli import main

SURVEY = "america-1969"


@pytest.fixture(scope="module")
def recon():
    return al.reconstruct(SURVEY, draws=100, possible=30.0)


def test_the_tables_show_the_proved_bounds(recon):
    sizes = recon.sample_sizes
    bounds = al.bounds(al.load_survey(SURVEY)).sizes
    pd.testing.assert_series_equal(
        sizes["possible_lower"], bounds["lower"], check_names=False, check_index=False
    )
    assert list(sizes.columns[-2:]) == ["possible_lower", "possible_upper"]
    assert list(replace(recon, possible=None).sample_sizes.columns) == list(sizes.columns[:-2])


def test_no_solution_lies_beyond(recon):
    drawn = recon.particles.sizes
    assert (drawn >= recon.sample_sizes["possible_lower"].to_numpy()).all()
    assert (drawn <= recon.sample_sizes["possible_upper"].to_numpy()).all()
    counts = recon.counts.dropna(subset="possible_lower")
    assert len(counts)
    assert (counts["possible_lower"] <= counts["lower"]).all()
    assert (counts["upper"] <= counts["possible_upper"]).all()


def test_conventions_that_are_ruled_out_are_so_in_bounds_too(recon):
    every = recon.sample_sizes
    one = al.reconstruct(SURVEY, rounding={"half-up": 1.0}, draws=100, possible=30.0).sample_sizes
    assert (one["possible_lower"] >= every["possible_lower"]).all()
    assert (one["possible_upper"] <= every["possible_upper"]).all()


def test_the_command_prints_them():
    arguments = ["reconstruct", SURVEY, "--draws", "100", "--possible", "30"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "180" in result.output  # by the docs of `bounds`: the most that one group can have
