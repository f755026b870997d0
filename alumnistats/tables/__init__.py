"""Tables as files, as one JSON document, and as a summary on a terminal.

What writes any table stands here and needs no result; the summary of each result is printed by a
module named like it.
"""

from alumnistats.tables.files import (
    csv_files,
    document,
    parquet_file,
    reconstruction_facts,
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
    "parquet_file",
    "reconstruction_facts",
    "records",
    "rounded",
    "to_json",
]
