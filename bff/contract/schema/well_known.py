"""JSON Schema of google.protobuf's well-known types, whose JSON is not that of a plain message.

Called by messages.py.
Source    protobuf.dev "ProtoJSON format"; docs/spec/transcoding.md PJ12 to PJ15, HB1, HB2.
"""

from collections.abc import Mapping
from types import MappingProxyType

from google.protobuf.descriptor import Descriptor

from bff.contract.json_options import JsonOptions
from bff.contract.schema.described import Schema
from bff.contract.schema.scalars import at_most, scalar

ANY = "google.protobuf.Any"
VALUE = "google.protobuf.Value"
HTTP_BODY = "google.api.HttpBody"
BINARY: Mapping[str, object] = {
    "type": "string",
    "format": "binary",
    "contentMediaType": "application/octet-stream",
}
"""Raw bytes as a whole body: no JSON at all."""

WRAPPERS = frozenset(
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)
_MOST_SECONDS = 315_576_000_000  # 10,000 years, as duration.proto has it
_NAMES = r"[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*"
_FORMS: Mapping[str, Schema] = MappingProxyType(
    {
        "google.protobuf.Timestamp": {
            "type": "string",
            "format": "date-time",
            "examples": ["2025-06-01T12:30:00Z"],
        },
        "google.protobuf.Duration": {
            "type": "string",
            "pattern": rf"^-?(0|{at_most(_MOST_SECONDS)})(\.[0-9]{{1,9}})?s$",
            "examples": ["1.5s"],
        },
        "google.protobuf.FieldMask": {
            "type": "string",
            "description": "Names of fields, separated by commas; dots lead into a field.",
            "pattern": rf"^({_NAMES}(,{_NAMES})*)?$",
            "examples": ["displayName", "title,author.displayName"],
        },
        "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
        "google.protobuf.ListValue": {"type": "array", "items": {}},
        VALUE: {"description": "Any JSON value."},
        ANY: {
            "type": "object",
            "properties": {
                "@type": {
                    "type": "string",
                    "examples": ["type.googleapis.com/google.protobuf.Duration"],
                }
            },
            "additionalProperties": True,
        },
    }
)


def well_known(message: Descriptor, options: JsonOptions, *, writing: bool) -> Schema | None:
    """The special JSON form of a message; None for a message that is written field by field."""
    if message.full_name in WRAPPERS:
        return scalar(message.fields_by_name["value"], options, writing=writing)
    return _FORMS.get(message.full_name)
