"""Tables as files, as one JSON document, and as a summary on a terminal."""

from alumnistats.tables.analysis import claims_grid, finding, print_analysis, ranking_grid
from alumnistats.tables.bounds import print_bounds
from alumnistats.tables.files import (
    csv_files,
    document,
    misprint_prior_of,
    parquet_file,
    records,
    to_json,
)
from alumnistats.tables.plan import print_plan
from alumnistats.tables.reconstruction import conventions_text, print_reconstruction, sizes_grid
from alumnistats.tables.saved import Saved, load
from alumnistats.tables.words import rounded

__all__ = [
    "Saved",
    "claims_grid",
    "conventions_text",
    "csv_files",
    "document",
    "finding",
    "load",
    "misprint_prior_of",
    "parquet_file",
    "print_analysis",
    "print_bounds",
    "print_plan",
    "print_reconstruction",
    "ranking_grid",
    "records",
    "rounded",
    "sizes_grid",
    "to_json",
]
