"""The JSON Schema of survey files, made from the typed model, for editors that complete and check.

It says what one entry may look like. What entries say of each other (known ids, totals, order) no
schema can hold: that is for `alumnistats validate`.
"""

from __future__ import annotations

import importlib.resources
import json
from typing import Any

from alumnistats.sources.short_schema import with_short_form
from alumnistats.survey import Survey

DIALECT = "http://json-schema.org/draft-07/schema#"
"""Editors' TOML tools implement this one completely; later ones only in part."""

_FILE = "survey.schema.json"


def survey_schema() -> dict[str, Any]:
    """Return the JSON Schema of a survey file, of either format, made anew from the model.

    Returns
    -------
    dict
        In draft 7. Optional keys are absent or of their type: TOML has no null.

    Examples
    --------
    >>> survey_schema()["type"]
    'object'
    """
    made = _for_files(Survey.model_json_schema(by_alias=True))
    made.pop("title", None)
    return {"$schema": DIALECT, "title": "alumnistats survey file", **with_short_form(made)}


def schema_text() -> str:
    """Return the schema that comes with the package, ``alumnistats/surveys/survey.schema.json``.

    Examples
    --------
    >>> import json
    >>> json.loads(schema_text())["title"]
    'alumnistats survey file'
    """
    folder = importlib.resources.files("alumnistats").joinpath("surveys")
    return folder.joinpath(_FILE).read_text(encoding="utf-8")


def written(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _for_files(node: Any) -> Any:
    """Return a part of pydantic's schema without what only Python has: null, titles, docstrings."""
    if isinstance(node, list):
        return [_for_files(part) for part in node]
    if not isinstance(node, dict):
        return node
    # A name of a key or of a definition is not a keyword of the schema.
    named = ("properties", "$defs", "mapping")
    new = {
        key: {name: _for_files(part) for name, part in value.items()}
        if key in named
        else _for_files(value)
        for key, value in node.items()
        if key not in ("title", "discriminator")
    }
    if "default" in new and new["default"] is None:
        del new["default"]
    if "description" in new:
        first = str(new["description"]).split("\n\n")[0]
        new["description"] = " ".join(first.split())
    kinds = [kind for kind in new.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del new["anyOf"]
        new = {**kinds[0], **new}
    if "$ref" in new and len(new) > 1:  # draft 7 ignores what stands beside a reference
        new["allOf"] = [{"$ref": new.pop("$ref")}]
    return _pairs(new)


def _pairs(node: dict[str, Any]) -> dict[str, Any]:
    """Write a pair as draft 7 does."""
    if "prefixItems" in node:
        node["items"] = node.pop("prefixItems")
    return node
