"""The directive `citation`: how to cite the software, from its CITATION.cff."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive


def sentence(record: dict[str, Any]) -> str:
    """Return the reference as a sentence."""
    names = "; ".join(author["name"] for author in record["authors"])
    year = record["date-released"].year
    return f"{names} ({year}). {record['title']}, version {record['version']}. Software."


def bibtex(record: dict[str, Any]) -> str:
    """Return the reference as an entry of BibTeX."""
    fields = {
        "author": " and ".join("{" + author["name"] + "}" for author in record["authors"]),
        "title": record["title"],
        "version": record["version"],
        "year": record["date-released"].year,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@software{{{record['title']},", *lines, "}"])


class Citation(Directive):
    """The file's path is the argument, relative to the page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the sentence and the entry."""
        environment = self.state.document.settings.env
        name, path = environment.relfn2path(self.arguments[0])
        environment.note_dependency(name)
        record = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        entry = bibtex(record)
        block = nodes.literal_block(entry, entry, language="bibtex")
        text = sentence(record)
        return [nodes.paragraph(text, text), block]


def setup(app: Any) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("citation", Citation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
