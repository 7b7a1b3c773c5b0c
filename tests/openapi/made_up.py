"""Values that a schema allows: what somebody who has the document alone would send.

Called by asked.py.
Which     The keywords that our documents use. `format` is read as the registry has it: int64 is a
          64-bit number however many digits the pattern lets through.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]
Values = st.SearchStrategy[Any]

DEEPEST = 3
"""Optional members end here, so that recursive messages do."""
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
"""No U+0000: a strict route reads none (row 72), which JSON Schema can't say in a word."""
ANYS = [
    {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1.5s"},
    {"@type": "type.googleapis.com/echo.v1.Inner", "name": "x"},
]
"""An Any's type is a text whose meaning no schema can say."""
_YEAR_1000 = datetime(1000, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
_WIDE = {"int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}


class MadeUp:
    """Makes values up from schemas of one document.

    sparse  only what must be there, and one member where one of many must
    """

    def __init__(self, document: Mapping[str, Any], *, sparse: bool = False) -> None:
        self._document = document
        self._sparse = sparse

    def resolved(self, schema: Schema) -> Schema:
        """Without a reference; what stands beside it is kept."""
        while "$ref" in schema:
            target: Any = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = {**target, **{key: it for key, it in schema.items() if key != "$ref"}}
        return schema

    def values(self, schema: Schema, depth: int = 0) -> Values:
        schema = self.resolved(schema)
        if schema.get("type") == "object" and "anyOf" in schema:
            bare = {key: one for key, one in schema.items() if key != "anyOf"}
            return st.one_of(
                [self.values(_joined(bare, choice), depth) for choice in schema["anyOf"]]
            )
        for key in ("anyOf", "allOf"):
            if key in schema and "type" not in schema:
                found = st.one_of([self.values(one, depth) for one in schema[key]])
                return _without(found, schema)
        if "enum" in schema:
            return _without(st.sampled_from(schema["enum"]), schema)
        kinds = schema.get("type")
        if kinds is None:
            return _any_json()
        if isinstance(kinds, list):
            return st.one_of([self.values({**schema, "type": kind}, depth) for kind in kinds])
        return self._of_kind(kinds, schema, depth)

    def _of_kind(self, kind: str, schema: Schema, depth: int) -> Values:
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            most = 2 if depth < DEEPEST else schema.get("minItems", 0)
            items = self.values(schema.get("items", {}), depth + 1)
            return st.lists(items, min_size=schema.get("minItems", 0), max_size=most)
        if kind == "string":
            return _text(schema)
        if kind in ("integer", "number"):
            return _number(kind, schema)
        return st.booleans() if kind == "boolean" else st.none()

    def _object(self, schema: Schema, depth: int) -> Values:
        if "@type" in schema.get("properties", {}):
            return st.sampled_from(ANYS)
        required = set(schema.get("required", ()))
        least = schema.get("minProperties", 0)
        members = {
            name: self.values(one, depth + 1)
            for name, one in schema.get("properties", {}).items()
            if name in required or (depth < DEEPEST and not self.resolved(one).get("readOnly"))
        }
        optional = {name: one for name, one in members.items() if name not in required}
        whole = st.fixed_dictionaries(
            {name: one for name, one in members.items() if name in required},
            optional={} if self._sparse else optional,
        )
        if self._sparse and least and optional:
            whole = st.one_of([st.fixed_dictionaries({name: it}) for name, it in optional.items()])
        open_to = schema.get("additionalProperties", "properties" not in schema)
        if open_to and not members:
            keys = _text(schema.get("propertyNames", {}))
            more = _any_json() if open_to is True else self.values(open_to, depth + 1)
            whole = st.dictionaries(keys, more, min_size=least, max_size=least + 2)
        exclusive = _pairs(schema.get("not", {}))
        return whole.map(lambda made: _one_of_each(made, exclusive)).filter(
            lambda made: len(made) >= least
        )


def _joined(schema: Schema, choice: Schema) -> Schema:
    """An object that also is what one of its choices says."""
    own = schema["properties"]
    more = {name: {**own[name], **one} for name, one in choice.get("properties", {}).items()}
    return {
        **schema,
        "properties": {**own, **more},
        "required": [*schema.get("required", ()), *choice.get("required", ())],
    }


def _without(found: Values, schema: Schema) -> Values:
    refused = schema.get("not", {}).get("enum", ())
    return found.filter(lambda value: value not in refused) if refused else found


def _pairs(guard: Schema) -> list[list[str]]:
    return [one["required"] for one in guard.get("anyOf", [guard]) if "required" in one]


def _one_of_each(made: dict[str, Any], exclusive: list[list[str]]) -> dict[str, Any]:
    """Of two members of a oneof the first one stays."""
    for first, second in exclusive:
        if first in made:
            made.pop(second, None)
    return made


def _any_json() -> Values:
    leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT
    return st.recursive(leaves, lambda more: st.lists(more, max_size=2), max_leaves=4)


def _number(kind: str, schema: Schema) -> Values:
    low, high = schema.get("minimum"), schema.get("maximum")
    if kind == "integer":
        narrow = _WIDE.get(schema.get("format", ""), (-(2**31), 2**31 - 1))
        return st.integers(narrow[0] if low is None else low, narrow[1] if high is None else high)
    narrow_width = 32 if schema.get("format") == "float" else 64
    floats = st.floats(allow_nan=False, allow_infinity=False, width=narrow_width)
    return floats if low is None else floats.filter(lambda value: low <= value <= high)


def _text(schema: Schema) -> Values:
    form = schema.get("format", "")
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if form in _WIDE:
        return st.integers(*_WIDE[form]).map(str)
    if form == "date-time":
        moments = st.datetimes(_YEAR_1000, timezones=st.just(UTC))
        return moments.map(lambda one: one.isoformat().replace("+00:00", "Z"))
    if form == "byte":
        least = schema.get("minLength", 0)
        return st.binary(min_size=least, max_size=9).map(lambda it: base64.b64encode(it).decode())
    if form == "binary":
        return st.binary(max_size=20)
    if "pattern" in schema:
        bare = schema["pattern"].removeprefix("^").removesuffix("$")
        found = st.from_regex(bare, fullmatch=True, alphabet=st.characters(codec="ascii"))
        return found.filter(lambda text: len(text) >= schema.get("minLength", 0))
    return TEXT.filter(lambda text: len(text) >= schema.get("minLength", 0))
