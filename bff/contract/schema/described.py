"""What a proto says about a thing besides its type, and which side of the wire a schema speaks of.

Why       Schemas are pure functions of a descriptor and of these values; where comments come from
          is the catalog's business.
Called by catalog.py (makes Described), every other file of this folder.
Source    google/api/field_behavior.proto (AIP-203).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    EnumValueDescriptor,
    FieldDescriptor,
)

from bff.contract.json_options import JsonOptions

Schema = Mapping[str, object]
"""A JSON Schema object, ready to be written as JSON."""

Describable = Descriptor | FieldDescriptor | EnumDescriptor | EnumValueDescriptor
TypeDescriptor = Descriptor | EnumDescriptor


@dataclass(frozen=True, slots=True)
class Described:
    """Comment and annotations of one declaration.

    comment    the proto comment, "" for none
    behaviors  names of google.api.field_behavior, such as "REQUIRED", "OUTPUT_ONLY"
    sensitive  never written, never read, never documented
    """

    comment: str = ""
    deprecated: bool = False
    behaviors: frozenset[str] = frozenset()
    sensitive: bool = False


Describe = Callable[[Describable], Described]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of the wire: our answers (`writing`) or what clients send.

    refer    turns a message or enum that deserves a name of its own into a `$ref`
    partial  a PATCH changes only the keys that are there, so that none is required but proto2's
    items    the side of what lists and maps hold, where it is another one: a PATCH gives them whole
    """

    options: JsonOptions
    describe: Describe
    writing: bool
    refer: Callable[[TypeDescriptor], Schema]
    partial: bool = False
    items: "Side | None" = None

    def shows(self, field: FieldDescriptor) -> bool:
        """Whether this side may carry the field at all."""
        note = self.describe(field)
        if note.sensitive or field.full_name in self.options.omit_sensitive:
            return False
        input_only = "INPUT_ONLY" in note.behaviors or field.full_name in self.options.omit_written
        return not (self.writing and input_only)

    def name(self, field: FieldDescriptor) -> str:
        """The field's key in JSON."""
        return field.name if self.options.json_names == "proto" else str(field.json_name)


def described(schema: Schema, note: Described) -> Schema:
    """The schema with a comment and a deprecation added, where there are any."""
    extra: dict[str, object] = {}
    if note.comment:
        extra["description"] = note.comment
    if note.deprecated:
        extra["deprecated"] = True
    return {**schema, **extra}
