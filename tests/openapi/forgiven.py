"""The document with all that our reader forgives besides: what is refused is what it leaves out.

Why       A document says what to send. ProtoJSON readers also take "1" for 1, 1 for "1", an enum by
          number, null for unset, and a query takes 1 for true. A tool that makes wrong requests
          from the document alone would call each of them an accepted fault; here each is named, by
          the id that rules it, and nothing else is.
Called by test_negative.py.
Never     touches what answers promise.
"""

import copy
from collections.abc import Mapping
from typing import Any

_OWN = "Forgiven."
_REF = "#/components/schemas/"
_NULL = {"type": "null"}
_NULL_VALUE = {"enum": [None, 0, "NULL_VALUE"]}
_METHODS = ("get", "put", "post", "delete", "patch")
_BOOLS = ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"]


def forgiven(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy whose requests may be all that is read."""
    whole: dict[str, Any] = copy.deepcopy(dict(document))
    schemas = whole["components"]["schemas"]
    schemas |= {f"{_OWN}{name}": _wide(schema) for name, schema in list(schemas.items())}
    # the tool fills paths by str.format, which reads a dot as an attribute
    whole["paths"] = {path.replace(".", "_"): item for path, item in whole["paths"].items()}
    for item in whole["paths"].values():
        for operation in (item[method] for method in _METHODS if method in item):
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["name"] = parameter["name"].replace(".", "_")
                if "schema" in parameter:
                    parameter["schema"] = _wide_text(parameter["schema"])
            for media in operation.get("requestBody", {}).get("content", {}).values():
                media["schema"] = _wide(media["schema"])
    return whole


def _wide(schema: Any) -> Any:
    """A JSON value, with its members and items."""
    if isinstance(schema, list):
        return [_wide(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {**schema, "$ref": f"{_REF}{_OWN}{schema['$ref'].removeprefix(_REF)}"}
    made = {key: one for key, one in schema.items() if key not in ("readOnly", "writeOnly")}
    for key in ("anyOf", "allOf", "items", "additionalProperties"):
        if key in made:
            made[key] = _wide(made[key])
    if "properties" in made:
        required = made.get("required", ())
        made["properties"] = {
            name: _wide(one) if name in required else _or_null(_wide(_member(one)))
            for name, one in made["properties"].items()
        }
    if "not" in made and "properties" in made:
        made["not"] = _both_set(made["not"], made["properties"])
    return _or_other_spelling(made)


def _both_set(guard: dict[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """PJ11: a member of a oneof that is null is not set, unless null is its only value."""
    if "anyOf" in guard:
        return {"anyOf": [_both_set(one, members) for one in guard["anyOf"]]}
    optional = [name for name in guard["required"] if members[name]["anyOf"][0] != _NULL_VALUE]
    return {**guard, "properties": {name: {"not": _NULL} for name in optional}}


def _member(schema: Any) -> Any:
    """PJ5: a NullValue is an enum, too."""
    return _NULL_VALUE if schema.get("type") == "null" else schema


def _or_null(schema: Any) -> Any:
    """PJ10: null is the same as no member."""
    return {"anyOf": [schema, _NULL]}


def _or_other_spelling(schema: dict[str, Any]) -> dict[str, Any]:
    kind, form = schema.get("type"), schema.get("format")
    if "enum" in schema and kind == "string":  # PJ5: by number
        return {"anyOf": [schema, {"type": "integer"}]}
    if kind == "integer":  # PJ1, PJ2: as text
        return {"anyOf": [schema, {"type": "string", "pattern": "^-?[0-9]+$"}]}
    if kind == "number":  # PJ3: as text
        return {"anyOf": [schema, {"type": "string"}]}
    if form in ("int64", "uint64"):  # PJ1: as a number
        return {"anyOf": [schema, {"type": "integer"}]}
    if form == "byte":  # PJ4: URL-safe, unpadded
        return {"type": kind or "string"}
    return schema


def _wide_text(schema: dict[str, Any]) -> dict[str, Any]:
    """One text of a path or query."""
    kind = schema.get("type")
    if kind == "boolean":  # QP6
        return {"enum": [*_BOOLS, True, False]}
    if kind == "array":  # QP2: one text is a list of one
        items = _wide_text(schema["items"])
        return {**schema, "items": items}
    if str(schema.get("description")).startswith("Names of fields"):  # QP13: proto names
        return {"type": "string"}
    if "$ref" in schema:  # QP5: an enum by number
        return _wide(schema)
    return _or_other_spelling(schema)
