"""The door: schemas of messages and fields, and the components that they refer to.

Why       Endpoints ask for one schema each; what those share must appear once, under a name that
          does not depend on who asked first.
Called by compose, once per endpoint: publish merges the components of all.
Never     puts a sensitive field into a schema or a component.
Source    OpenAPI 3.1 "Components Object"; docs/spec/transcoding.md OA3, OA4.
"""

from collections.abc import Iterable

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from bff.contract.codec.enums import NULL_VALUE
from bff.contract.json_options import JsonOptions
from bff.contract.schema.described import Describe, Schema, Side, TypeDescriptor
from bff.contract.schema.enums import enum_schema
from bff.contract.schema.messages import (
    field_schema,
    message_schema,
    nullable,
    object_schema,
)
from bff.contract.schema.variants import Refer, Variants
from bff.contract.schema.well_known import BINARY, HTTP_BODY, VALUE

_REF = "#/components/schemas/"


class Schemas:
    """Schemas under one set of JSON options; `components` grows with what was asked for.

    A component is named like its proto type, `todos.v1.Todo`. Where requests look different from
    answers they have a component of their own, `todos.v1.Todo.Input`.
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

    def message(self, descriptor: Descriptor, *, writing: bool) -> Schema:
        """A message as a whole body; google.api.HttpBody is raw bytes (HB1, HB2).

        writing  True for our answers, False for what clients send
        """
        if descriptor.full_name == HTTP_BODY:
            return BINARY
        return message_schema(descriptor, self._side(writing))

    def field(self, field: FieldDescriptor, *, writing: bool) -> Schema:
        """The value of one field, as a query parameter or as a whole body (`body: "field"`)."""
        if _is_http_body(field):
            return BINARY
        return field_schema(field, self._side(writing))

    def body(
        self, descriptor: Descriptor, *, bound: Iterable[tuple[str, ...]], partial: bool = False
    ) -> Schema:
        """What clients send for a message some of whose fields the path gives.

        bound    paths of those fields in proto names, relative to the message: {("todo", "id")}
        partial  a PATCH whose mask is made from the keys that are there: none of them is required
                 (PA1)
        """
        paths = frozenset(bound)
        if not paths and not partial:
            return self.message(descriptor, writing=False)
        schema = object_schema(descriptor, self._side(writing=False), paths)
        return {key: schema[key] for key in schema if key != "required" or not partial}

    def response_body(self, field: FieldDescriptor) -> Schema:
        """The answer where `response_body` names a field: an unset message is null (BD12)."""
        schema = self.field(field, writing=True)
        message = field.message_type
        if message is None or field.is_repeated or message.full_name == VALUE or schema == BINARY:
            return schema
        return nullable(schema)

    def _side(self, writing: bool, refer: Refer | None = None) -> Side:
        def own(descriptor: TypeDescriptor) -> Schema:
            return self._refer(descriptor, writing)

        return Side(
            options=self._options, describe=self._describe, writing=writing, refer=refer or own
        )

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

    def _name(self, descriptor: TypeDescriptor, writing: bool) -> str:
        if writing or not self._variants.differs(descriptor):
            return descriptor.full_name
        return f"{descriptor.full_name}{_suffix(descriptor)}"

    def _build(self, descriptor: TypeDescriptor, writing: bool, refer: Refer) -> Schema:
        side = self._side(writing, refer)
        if isinstance(descriptor, EnumDescriptor):
            return enum_schema(descriptor, side)
        return object_schema(descriptor, side)


def _suffix(descriptor: TypeDescriptor) -> str:
    """`.Input`, unless the message has a type of that name inside; no proto name holds a hyphen."""
    if isinstance(descriptor, EnumDescriptor):
        return ".Input"
    taken = {*descriptor.nested_types_by_name, *descriptor.enum_types_by_name}
    return "-Input" if "Input" in taken else ".Input"


def _is_http_body(field: FieldDescriptor) -> bool:
    kind = field.message_type
    return kind is not None and kind.full_name == HTTP_BODY and not field.is_repeated
