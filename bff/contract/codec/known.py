"""Which messages are not written as a plain JSON object of their fields.

Called by writers and readers, which hold the function for each.
Source    protobuf's ProtoJSON page; docs/spec/transcoding.md PJ12-PJ15.
"""

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

ANY = "google.protobuf.Any"
DURATION = "google.protobuf.Duration"
FIELD_MASK = "google.protobuf.FieldMask"
LIST_VALUE = "google.protobuf.ListValue"
STRUCT = "google.protobuf.Struct"
TIMESTAMP = "google.protobuf.Timestamp"
VALUE = "google.protobuf.Value"
WRAPPERS = frozenset(
    f"google.protobuf.{kind}Value"
    for kind in ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")
)
WELL_KNOWN = WRAPPERS | {ANY, DURATION, FIELD_MASK, LIST_VALUE, STRUCT, TIMESTAMP, VALUE}


def message_of(field: FieldDescriptor) -> Descriptor:
    """The type of a message field."""
    if field.message_type is None:
        raise TypeError(f"{field.full_name} is no message")
    return field.message_type


def owner_of(field: FieldDescriptor) -> Descriptor:
    """The message that a field is declared in; for an extension the message that it extends."""
    if field.containing_type is None:
        raise TypeError(f"{field.full_name} is in no message")
    return field.containing_type


def enum_of(field: FieldDescriptor) -> EnumDescriptor:
    """The type of an enum field."""
    if field.enum_type is None:
        raise TypeError(f"{field.full_name} is no enum")
    return field.enum_type


def is_map(field: FieldDescriptor) -> bool:
    entry = field.message_type
    return field.is_repeated and entry is not None and bool(entry.GetOptions().map_entry)


def names_type(type_url: str) -> str:
    """The message in Any's type_url ("type.googleapis.com/pkg.Name"), or "" if there is none."""
    return type_url.rpartition("/")[2] if "/" in type_url else ""


def wrapped(descriptor: Descriptor) -> FieldDescriptor:
    """The one field of a wrapper message."""
    return descriptor.fields_by_name["value"]
