"""The paper's folder with blank figures, a quick analysis, and small results to compare."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from alumnistats.analysis import plan
from alumnistats.paper import from_reconstruction
from alumnistats.paper.figures import FIGURES, WIDTH
from alumnistats.paper.inputs import Inputs

ROOT = Path(__file__).parents[2]
BLANK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}">'
    '<rect width="9" height="9"/></svg>'
)
DRAWS = 200
PLANNED = ["official-contact-top3-set", "any-contact-half"]


@pytest.fixture
def paper_folder(tmp_path):
    """A copy of the paper's folder; its figures are blank, and as large as those drawn."""
    folder = tmp_path / "paper"
    shutil.copytree(ROOT / "paper", folder, ignore=shutil.ignore_patterns("build"))
    build = folder / "build"
    build.mkdir()
    for name, (height, _) in FIGURES.items():
        picture = BLANK.format(w=72 * WIDTH, h=72 * height)
        (build / f"{name}.svg").write_text(picture, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def inputs():
    """The inputs with few draws and a plan of two claims.

    Other priors on sizes, which take long, are made up, and so is the number of solutions.
    """
    quick = Inputs(ROOT / "benchmarks" / "results", draws=DRAWS)
    groups = quick.survey.group_ids
    evidence = {"quota": -3.0, "shortfall": -2.0, "free": -9.0}
    rows = [
        {"sizes": prior, "log_evidence": value, "probability": 0.3, "group": group,
         "mode": 50 + i, "mode_probability": 0.96 if i < 4 else 0.5, "lower": 40, "upper": 60}
        for prior, value in evidence.items()
        for i, group in enumerate(groups)
    ]  # fmt: skip
    impossible = {"sizes": "equal", "log_evidence": float("-inf"), "probability": 0.0}
    quick.__dict__["priors"] = pd.DataFrame([*rows, impossible])
    quick.__dict__["plan"] = plan(quick.analysis, claims=PLANNED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(from_reconstruction, "count_solutions", lambda *_: 2 * 10**22)
        yield quick


def entry(value, text, noise=0.0):
    return {"value": value, "unit": "number", "digits": 1, "noise": noise, "by": "f", "text": text}


@pytest.fixture
def small_results():
    """Return a function that makes results of two values and a table; keywords replace them."""

    def made(**changes):
        table = {
            "columns": ["name", "p"], "value": [["a", 0.25], ["b", 0.5]], "by": "f",
            "unit": ["text", "number"], "digits": [0, 1], "noise": [0.0, 0.1],
            "text": [["a", "0.2"], ["b", "0.5"]],
        }  # fmt: skip
        values = {"fixed": entry(1.5, "1.5"), "drawn": entry(0.30, "0.3", 0.2), "table": table}
        provenance = {"source_sha256": "0" * 64, "seed": 0, "versions": {"numpy": "2.0"}}
        return {"format": 1, "provenance": provenance, "values": values | changes}

    return made
