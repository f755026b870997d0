"""The short form of a survey file (format 2): to the entries of format 1, and back.

`expand` is the one step between a file of format 2 and the reader; `shorten` is its inverse, with
which files are written. Neither checks what entries say of each other: that is for the reader,
which names keys as the file's author wrote them, by what `expand` kept.
"""

from alumnistats.sources.short_form.expand import SHORT, Expanded, expand
from alumnistats.sources.short_form.shorten import shorten

__all__ = ["SHORT", "Expanded", "expand", "shorten"]
