"""Execute one notebook: `python reproduce/notebook.py SOURCE.py RESULT.ipynb`.

The kernel is this Python itself, whatever kernels are installed on the machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

TIMEOUT = 600  # seconds for a cell


def main(source: Path, result: Path) -> None:
    """Execute a script in the percent format, and write it with its outputs."""
    notebook = jupytext.read(source)
    folder = {"metadata": {"path": str(source.parent)}}
    NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", resources=folder).execute()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # at random, they would differ from run to run
        cell.metadata.pop("execution", None)  # times
    nbformat.write(notebook, result)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
