"""The JSON Schema of files of format 2, made from that of format 1 by what may be left unsaid."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from alumnistats.sources.short_form import SHORT
from alumnistats.sources.short_form.rankings import PARTS

Schema = dict[str, Any]

_NAME: Schema = {"type": "string", "pattern": r"\S"}
_REFERENCES = ("of", "group", "stratum", "question", "option")
_MAY_GO_WITHOUT: Mapping[str, tuple[str, ...]] = {
    "Source": ("cite",),
    "Stratum": ("id", "label"),
    "Group": ("id", "label"),
    "Option": ("id", "label"),
    "Question": ("id", "label", "answers"),
    "Measure": ("id", "label", "question", "options"),
}
_CLAIM = ("id", "text", "places", "members", "from")
_NAMED = "a name or an id"
_SECTIONS = {
    "strata": "Stratum", "groups": "Group", "questions": "Question", "measures": "Measure",
}  # fmt: skip


def with_short_form(long: Schema) -> Schema:
    """Return the schema of files of either format.

    Parameters
    ----------
    long : dict
        The schema of format 1, with its definitions.

    Returns
    -------
    dict
        Its keys are those of format 2, which holds all that format 1 does: editors complete those.
        A file of format 1 is held to `long` besides.
    """
    long = copy.deepcopy(long)
    defs = long.pop("$defs")
    short = {f"Short{name}": _shortened(name, body) for name, body in defs.items()}
    short["ShortText"] = _text(defs["Text"])
    short |= _tables(defs["Figure"]["properties"]["percent"], defs["Figure"]["properties"])
    properties = {key: _refer(value) for key, value in long["properties"].items()}
    properties["format"] = {"enum": [1, SHORT], "description": "1 or 2"}
    for section, record in _SECTIONS.items():
        properties[section] = _entries(record, long["properties"][section]["description"])
    for record in _SECTIONS.values():
        short[f"Keyed{record}"] = _keyed(short[f"Short{record}"])
    short["KeyedOption"] = _keyed(short["ShortOption"])
    figures = properties["figures"]
    description = figures.pop("description")
    properties["figures"] = {
        "anyOf": [
            figures,
            {"type": "object", "additionalProperties": _ref("Table"), "minProperties": 1},
        ],
        "description": f"{description}, or [figures.SHARE] by group",
    }
    properties["claims"] = {"type": "array", "items": _claims(long), "default": []}
    return {
        "$defs": defs | short | {"FormatOne": long},
        "type": "object",
        "properties": properties,
        "required": long["required"],
        "additionalProperties": False,
        "if": {"properties": {"format": {"const": 1}}},
        "then": _ref("FormatOne"),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _refer(node: Any) -> Any:
    """Return a part of a schema whose references are to the short definitions."""
    if isinstance(node, list):
        return [_refer(part) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: _refer(value) for key, value in node.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = made["$ref"].replace("#/$defs/", "#/$defs/Short")
    return made


def _shortened(name: str, body: Schema) -> Schema:
    """Return a definition with less required, and names where ids of others are meant."""
    made: Schema = _refer(body)
    left = _CLAIM if name.endswith("Claim") else _MAY_GO_WITHOUT.get(name, ())
    made["required"] = [key for key in made.get("required", ()) if key not in left]
    properties = made["properties"]
    for key in _REFERENCES:
        if key in properties:
            properties[key] = {**_NAME, "description": properties[key].get("description", _NAMED)}
    if "members" in properties:
        properties["members"] = _names(properties["members"])
    if "places" in properties:
        properties["places"] = _places(properties["places"].get("description", _NAMED))
    if name == "Question":
        properties["options"] = _entries("Option", "a list of labels, or a table by id")
        base = {**properties["base"], "items": dict(_NAME)}
        properties["base"] = {"anyOf": [dict(_NAME), base]}
    elif name == "Measure":
        properties["options"] = _names(properties["options"])
        properties["of"] = {**_NAME, "description": 'answers, as in "question:option+option"'}
    elif name == "UnionClaim":
        properties["options"] = _names(properties["options"])
    return made


def _names(listed: Schema) -> Schema:
    return {**listed, "items": dict(_NAME)}


def _places(description: str) -> Schema:
    names = {"type": "array", "items": dict(_NAME), "minItems": 1}
    items = {"anyOf": [dict(_NAME), names]}
    return {"type": "array", "items": items, "minItems": 1, "description": description}


def _text(long: Schema) -> Schema:
    line = long["properties"]["en"]
    languages = {k: v for k, v in long.items() if k != "required"} | {"minProperties": 1}
    return {"anyOf": [{**line, "description": "the text"}, languages]}


def _keyed(short: Schema) -> Schema:
    """Return an entry that its key names."""
    properties = {key: value for key, value in short["properties"].items() if key != "id"}
    return {**short, "properties": properties}


def _entries(record: str, description: str) -> Schema:
    """Return a list of labels and tables, or a table by id."""
    plain: list[Schema] = [_ref("ShortText")]
    if record == "Question":
        plain = [{"type": "array", "items": {"anyOf": [_ref("ShortText"), _ref("ShortOption")]}}]
    elif record == "Measure":
        plain = [dict(_NAME)]
    items = {"anyOf": [_ref("ShortText"), _ref(f"Short{record}")]}
    keyed = {"anyOf": [*plain, _ref(f"Keyed{record}")]}
    return {
        "anyOf": [
            dict(_NAME),
            {"type": "array", "items": items},
            {"type": "object", "additionalProperties": keyed, "minProperties": 1},
        ],
        "description": description,
    }


def _tables(percent: Schema, figure: Mapping[str, Any]) -> dict[str, Schema]:
    """Return the definitions of tables of figures and of the rankings in them."""
    at = figure["at"]
    cell = {key: figure[key] for key in ("percent", "count", "n", "at")}
    parts = {"type": "array", "items": {"enum": list(PARTS)}}
    listed = {"anyOf": [{"type": "integer", "minimum": 1}, _places("names, the first one first")]}
    stated = {
        "type": "object",
        "properties": {
            "places": listed, "complete": {"type": "boolean"}, "at": at, "claims": parts,
        },
        "required": ["places"],
        "additionalProperties": False,
    }  # fmt: skip
    end = {"anyOf": [*listed["anyOf"], stated], "description": "how many are listed, or who"}
    keys = {"at": at, "top": end, "bottom": end, "claims": parts}
    figures = [percent, _ref("Cell")]
    row = {"type": "object", "properties": keys, "additionalProperties": {"anyOf": figures}}
    table = {
        "type": "object",
        "properties": keys,
        "additionalProperties": {"anyOf": [*figures, _ref("Row")]},
    }
    return {
        "Cell": {
            "type": "object",
            "properties": cell,
            "anyOf": [{"required": ["percent"]}, {"required": ["count"]}],
            "additionalProperties": False,
        },
        "Row": row,
        "Table": {"anyOf": [percent, table]},
    }


def _claims(long: Schema) -> Schema:
    """Return a claim: a line, a line with more, a sentence, or a table of its kind."""
    kinds = _refer(long["properties"]["claims"]["items"]["oneOf"])
    own = {"id": _NAME, "text": _ref("ShortText"), "at": {"type": ["string", "array"]}}
    line = {**_NAME, "description": 'a threshold, as in "important >= 70" or "important ~ 33 +- 3"'}
    says = {"says": line, "of_all": {"type": "boolean"}}
    said = {"type": "object", "properties": {**own, **says}, "required": ["says"]}
    sentence = {"type": "object", "properties": own, "required": ["text"]}
    closed = [{**one, "additionalProperties": False} for one in (said, sentence)]
    return {"anyOf": [line, *closed, *kinds]}
