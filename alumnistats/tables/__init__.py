"""Tables as files, as one JSON document, and as a summary on a terminal.

What writes any table stands here and needs no result; the summary of each result is printed by a
module named like it.
"""

from alumnistats.tables.files import (
    csv_files,
    document,
    misprint_prior_of,
    parquet_file,
    records,
    to_json,
)
from alumnistats.tables.saved import Saved, load
from alumnistats.tables.words import rounded

__all__ = [
    "Saved",
    "csv_files",
    "document",
    "load",
    "misprint_prior_of",
    "parquet_file",
    "records",
    "rounded",
    "to_json",
]
