"""The door: schemas of messages and fields, and the components that they refer to.

Why       Endpoints ask for one schema each; what those share must appear once, under a name that
          does not depend on who asked first.
Called by compose, once per endpoint: publish merges the components of all.
Never     puts a sensitive field into a schema or a component.
Source    OpenAPI 3.1 "Components Object"; docs/spec/transcoding.md OA3, OA4.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from bff.contract.codec.enums import NULL_VALUE
from bff.contract.json_options import JsonOptions
from bff.contract.schema.described import Describe, Schema, Side, TypeDescriptor
from bff.contract.schema.enums import enum_schema
from bff.contract.schema.messages import (
    Paths,
    field_schema,
    message_schema,
    nullable,
    object_schema,
)
from bff.contract.schema.variants import Refer, Variants
from bff.contract.schema.well_known import BINARY, HTTP_BODY, VALUE, well_known

_REF = "#/components/schemas/"
_PATCH = ".Patch"


class Schemas:
    """Schemas under one set of JSON options; `components` grows with what was asked for.

    A component is named like its proto type, `todos.v1.Todo`. Where requests look different from
    answers they have a component of their own, `todos.v1.Todo.Input`; a message inside a PATCH is
    `todos.v1.Todo.Patch`.
    """

    def __init__(self, options: JsonOptions, describe: Describe) -> None:
        self._options = options
        self._describe = describe
        self._variants = Variants(self._build)
        self._components: dict[str, Schema] = {}

    def __repr__(self) -> str:
        return f"<Schemas with {len(self._components)} components>"

    @property
    def components(self) -> dict[str, Schema]:
        """Everything that the schemas given out so far refer to, sorted by name."""
        return dict(sorted(self._components.items()))

    def component(self, name: str) -> Schema | None:
        """One of `components`, without sorting them all: it is asked for each parameter."""
        return self._components.get(name)

    def message(self, descriptor: Descriptor, *, writing: bool) -> Schema:
        """A message as a whole body; google.api.HttpBody is raw bytes (HB1, HB2).

        writing  True for our answers, False for what clients send
        """
        if descriptor.full_name == HTTP_BODY:
            return BINARY
        return message_schema(descriptor, self._side(writing))

    def field(self, field: FieldDescriptor, *, writing: bool) -> Schema:
        """The value of one field as a whole body (`body: "field"`)."""
        if _is_http_body(field):
            return BINARY
        return field_schema(field, self._side(writing))

    def parameter(self, field: FieldDescriptor) -> Schema:
        """One value in a path or a query: a text says NaN, which JSON has no number for (QP9)."""
        side = self._side(writing=False)
        return field_schema(field, replace(side, options=replace(side.options, nonfinite=True)))

    def body(
        self,
        descriptor: Descriptor,
        *,
        bound: Iterable[tuple[str, ...]],
        partial: bool = False,
        updates: tuple[str, str] | None = None,
    ) -> Schema:
        """What clients send for a message some of whose fields the path gives.

        bound    paths of those fields in proto names, relative to the message: {("todo", "id")}
        partial  a PATCH whose mask is made from the keys that are there: at least one, and none of
                 them is required (PA1, PA6)
        updates  (mask, resource): fields of which the second may be partial where the first is sent
        """
        paths = frozenset(bound)
        if well_known(descriptor, self._options, writing=False) is not None:
            return self.message(descriptor, writing=False)
        if partial:
            return {**object_schema(descriptor, self._patching(), paths), "minProperties": 1}
        if updates:
            return self._updating(descriptor, paths, updates)
        if not paths:
            return self.message(descriptor, writing=False)
        return object_schema(descriptor, self._side(writing=False), paths)

    def response_body(self, field: FieldDescriptor, *, nested: bool = False) -> Schema:
        """The answer where `response_body` names a field: an unset one is null (BD12).

        nested  the field is inside another message, which may be unset as well
        """
        schema = self.field(field, writing=True)
        if not (field.has_presence or nested) or _holds_null(field) or schema == BINARY:
            return schema
        return nullable(schema)

    def _side(self, writing: bool, refer: Refer | None = None) -> Side:
        def own(descriptor: TypeDescriptor) -> Schema:
            return self._refer(descriptor, writing)

        return Side(
            options=self._options, describe=self._describe, writing=writing, refer=refer or own
        )

    def _patching(self) -> Side:
        whole = self._side(writing=False)
        return replace(whole, partial=True, items=whole, refer=self._refer_patch)

    def _refer(self, descriptor: TypeDescriptor, writing: bool) -> Schema:
        if descriptor.full_name == NULL_VALUE:
            return {"type": "null"}
        name = self._name(descriptor, writing)
        if name not in self._components:
            self._components[name] = {}  # a recursive type refers to itself while it is being built
            self._components[name] = self._build(
                descriptor, writing, lambda other: self._refer(other, writing)
            )
        return {"$ref": _REF + name}

    def _refer_patch(self, descriptor: TypeDescriptor) -> Schema:
        if isinstance(descriptor, EnumDescriptor):
            return self._refer(descriptor, writing=False)
        name = f"{descriptor.full_name}{_suffix(descriptor, _PATCH)}"
        if name not in self._components:
            self._components[name] = {}
            self._components[name] = self._patched(descriptor)
        return {"$ref": _REF + name}

    def _updating(self, descriptor: Descriptor, paths: Paths, updates: tuple[str, str]) -> Schema:
        """Either with a mask and any part of the resource, or with all that it requires."""
        side = self._side(writing=False)
        mask, name = (side.name(descriptor.fields_by_name[one]) for one in updates)
        whole: Any = object_schema(descriptor, side, paths)
        own = whole["properties"].get(name, {})
        if "required" not in self._target(own):
            return cast("Schema", whole)
        partly: Any = object_schema(descriptor, self._patching(), paths)["properties"]
        masked = {"properties": {mask: {"type": "string", "minLength": 1}}, "required": [mask]}
        properties = {**whole["properties"], name: partly[name]}
        choices = [masked, {"properties": {name: own}}]
        return {**whole, "properties": properties, "anyOf": choices}

    def _target(self, schema: Schema) -> Schema:
        """What a reference refers to; a schema that is none, or that may be null, itself."""
        choices = schema.get("anyOf")
        if isinstance(choices, list):
            return self._target(choices[0])
        name = str(schema.get("$ref", "")).removeprefix(_REF)
        return self._components.get(name, schema)

    def _patched(self, descriptor: Descriptor) -> Schema:
        """`{}` replaces the whole message, so it is refused where the whole one requires more."""
        schema = object_schema(descriptor, self._patching())
        whole = object_schema(descriptor, self._side(writing=False))
        return {**schema, "minProperties": 1} if "required" in whole else schema

    def _name(self, descriptor: TypeDescriptor, writing: bool) -> str:
        if writing or not self._variants.differs(descriptor):
            return descriptor.full_name
        return f"{descriptor.full_name}{_suffix(descriptor, '.Input')}"

    def _build(self, descriptor: TypeDescriptor, writing: bool, refer: Refer) -> Schema:
        side = self._side(writing, refer)
        if isinstance(descriptor, EnumDescriptor):
            return enum_schema(descriptor, side)
        return object_schema(descriptor, side)


def _suffix(descriptor: TypeDescriptor, wanted: str) -> str:
    """`.Input`, unless the message has a type of that name inside; no proto name holds a hyphen."""
    if isinstance(descriptor, EnumDescriptor):
        return wanted
    taken = {*descriptor.nested_types_by_name, *descriptor.enum_types_by_name}
    return wanted.replace(".", "-") if wanted.removeprefix(".") in taken else wanted


def _is_http_body(field: FieldDescriptor) -> bool:
    kind = field.message_type
    return kind is not None and kind.full_name == HTTP_BODY and not field.is_repeated


def _holds_null(field: FieldDescriptor) -> bool:
    """A Value or NullValue, whose null is in its schema already."""
    kind = field.message_type or field.enum_type
    return kind is not None and kind.full_name in (VALUE, NULL_VALUE)
