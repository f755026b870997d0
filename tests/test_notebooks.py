"""The notebooks: each runs from top to bottom, warns of nothing, and shows tables and pictures.

They are executed one after the other in one kernel, which is emptied in between: a kernel takes
seconds to start and to import the package. A name that a notebook only has from another one is
missed all the same.
"""

import os
import re
from pathlib import Path

import jupytext
import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.py"))
TIMEOUT = 240  # seconds for a cell
LARGEST = 500_000  # bytes of an executed notebook
HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---
"""

# As in the tests, a warning is an error, but for what ipykernel itself does and what is exempt in
# pyproject.toml.
STRICT = """\
%reset -f
import warnings
warnings.resetwarnings()
warnings.simplefilter("error")
warnings.filterwarnings("ignore", module="ipykernel|zmq|tornado|jupyter_client|traitlets")
warnings.filterwarnings("ignore", r"\\s*ArviZ is undergoing a major refactor", FutureWarning)
%reset -f
"""


@pytest.fixture(scope="module")
def kernel():
    manager = KernelManager(kernel_name="python3")
    settings = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "OMP_NUM_THREADS": "1"}
    manager.start_kernel(env=os.environ | settings, cwd=str(ROOT / "notebooks"))
    yield manager
    manager.shutdown_kernel(now=True)


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def kinds(notebook):
    """Return the kinds of everything shown: text/html of tables, image/png of pictures."""
    return [kind for output in outputs(notebook) for kind in output.get("data", {})]


def printed(notebook):
    return [output for output in outputs(notebook) if output["output_type"] == "stream"]


def test_there_is_a_notebook_for_every_step():
    assert [path.stem for path in NOTEBOOKS] == [
        "01_the_release",
        "02_estimates_and_pooling",
        "03_ranks",
        "04_sensitivity",
        "05_your_own_survey",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_shows_tables_and_pictures(path, kernel):
    notebook = jupytext.read(path)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICT))
    client = NotebookClient(notebook, km=kernel, timeout=TIMEOUT)
    client.execute()
    client.kc.stop_channels()  # the client closes only what it started itself
    assert [output["name"] for output in printed(notebook) if output["name"] != "stdout"] == []
    assert kinds(notebook).count("text/html") >= 3
    drawn = [cell for cell in notebook.cells if re.search(r"^(_, )?ax = ", cell.source, re.M)]
    assert kinds(notebook).count("image/png") == len(drawn) >= 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_ends_with_its_limits_and_what_to_try_next(path):
    last = jupytext.read(path).cells[-1]
    assert last.cell_type == "markdown"
    headings = re.findall(r"^## (.*)$", last.source, re.MULTILINE)
    assert headings == ["What cannot be concluded", "What to try next"]
    assert len(re.findall(r"^- ", last.source.split("## What to try next")[1], re.MULTILINE)) >= 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_executed_notebook_is_in_step_with_its_script(path):
    """`make execute` writes it: every cell of the script, executed, small, without an error."""
    made = path.with_suffix(".ipynb")
    assert made.stat().st_size < LARGEST
    notebook = nbformat.read(made, as_version=4)
    script = jupytext.read(path)
    assert [(c.cell_type, c.source) for c in notebook.cells] == [
        (c.cell_type, c.source) for c in script.cells
    ]
    assert all(c.execution_count for c in notebook.cells if c.cell_type == "code")
    assert not [o for o in outputs(notebook) if o["output_type"] == "error"]
    assert "image/png" in kinds(notebook)
    assert str(ROOT) not in made.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_uses_the_public_interface_only(path):
    text = path.read_text(encoding="utf-8")
    imports = re.findall(r"^\s*(?:from|import) (\S*alumnistats\S*)", text, re.MULTILINE)
    assert imports == ["alumnistats"]
    assert "import alumnistats as al\n" in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_types_no_result(path):
    """Decimals and percentages are computed: the text has none, but for code and quoted prints."""
    for cell in jupytext.read(path).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"`[^`]*`|\"[^\"]*\"", "", cell.source)
            found = re.findall(r"\d+\.\d+|\d+(?= ?%)", prose)
            assert set(found) <= {"95", "80"}, cell.source  # levels, as chosen


def test_nothing_but_scripts_and_their_notebooks_is_kept():
    kept = [
        path for path in ROOT.glob("notebooks/**/*")
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    ]  # fmt: skip
    assert set(kept) == {*NOTEBOOKS, *(path.with_suffix(".ipynb") for path in NOTEBOOKS)}
    assert not [
        path
        for folder in ("docs", "examples", "paper")
        for path in ROOT.glob(f"{folder}/**/*.ipynb")
    ]
    for path in NOTEBOOKS:
        assert path.read_text(encoding="utf-8").startswith(HEADER + "\n# %% [markdown]\n# # ")
