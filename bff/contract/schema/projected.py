"""JSON Schema of what a projection shows of a message: the chosen members, under their new names.

Called by schemas.py.
Never     describes a field otherwise than messages.py does: only its name and its inside differ.
Source    docs/spec/transcoding.md PJ8 to PJ11, OA3, OA4.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from google.protobuf.descriptor import Descriptor

from bff.contract.codec.projection import Projected, Projection
from bff.contract.schema.described import Schema, Side, described
from bff.contract.schema.messages import always_there, oneof_guard, property_schema

Inside = Callable[[Projected, Descriptor], Schema]
"""A reference to what is shown of the message that a member holds."""


def projected_schema(
    message: Descriptor, projection: Projection, side: Side, *, inside: Inside
) -> Schema:
    """The object that is written; its projection is known to fit."""
    names = {one.field: one.name for one in projection.fields}
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for one in projection.fields:
        field = message.fields_by_name[one.field]
        properties[one.name] = property_schema(field, _looking(side, one, inside))
        if always_there(field, side):
            required.append(one.name)
    schema: dict[str, object] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return described({**schema, **oneof_guard(message, names)}, side.describe(message))


def _looking(side: Side, one: Projected, inside: Inside) -> Side:
    """The side as this member sees it: of a message, or of each in a list or a map."""
    if one.inside is None:
        return side

    return replace(side, refer=lambda held: inside(one, cast("Descriptor", held)))
