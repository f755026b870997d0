"""The paper: one file of results between computation and prose, and what holds the two together."""

from alumnistats.paper.check import Change, compare
from alumnistats.paper.compute import compute
from alumnistats.paper.lint import lint
from alumnistats.paper.results import read_results, results_text
from alumnistats.paper.typeset import page_count, typeset
from alumnistats.paper.values import Table, Value

__all__ = [
    "Change",
    "Table",
    "Value",
    "compare",
    "compute",
    "lint",
    "page_count",
    "read_results",
    "results_text",
    "typeset",
]
