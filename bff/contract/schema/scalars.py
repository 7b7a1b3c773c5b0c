"""JSON Schema of proto scalars, as values and as keys of maps.

Why       The range and the text form of a number are what generators get wrong when a document is
          vague.
Called by messages.py, well_known.py.
Never     lists the lenient spellings that the reader also takes, such as "1" for an int32: a
          document says what to send, not all that is forgiven.
Source    protobuf.dev "ProtoJSON format"; the OpenAPI format registry; docs/spec/transcoding.md PJ1
          to PJ4.
"""

from collections.abc import Mapping
from types import MappingProxyType

from google.protobuf.descriptor import FieldDescriptor as F

from bff.contract.json_options import JsonOptions
from bff.contract.schema.described import Schema

_SIGNED_TEXT = "^(0|-?[1-9][0-9]{0,18})$"
_UNSIGNED_TEXT = "^(0|[1-9][0-9]{0,19})$"
_FLOAT_MAX = 3.4028235e38  # as it is written in nine digits, which reads back as the largest float
NONFINITE: Mapping[str, object] = {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]}

_SMALL: Mapping[str, Schema] = MappingProxyType(
    {
        "int32": {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
        "uint32": {"type": "integer", "format": "uint32", "minimum": 0, "maximum": 2**32 - 1},
        "bool": {"type": "boolean"},
        "string": {"type": "string"},
        "bytes": {"type": "string", "format": "byte", "contentEncoding": "base64"},
    }
)
_KINDS: Mapping[int, str] = MappingProxyType(
    {
        F.TYPE_INT32: "int32",
        F.TYPE_SINT32: "int32",
        F.TYPE_SFIXED32: "int32",
        F.TYPE_UINT32: "uint32",
        F.TYPE_FIXED32: "uint32",
        F.TYPE_INT64: "int64",
        F.TYPE_SINT64: "int64",
        F.TYPE_SFIXED64: "int64",
        F.TYPE_UINT64: "uint64",
        F.TYPE_FIXED64: "uint64",
        F.TYPE_FLOAT: "float",
        F.TYPE_DOUBLE: "double",
        F.TYPE_BOOL: "bool",
        F.TYPE_STRING: "string",
        F.TYPE_BYTES: "bytes",
    }
)


def scalar(field: F, options: JsonOptions, *, writing: bool) -> Schema:
    """One value of a scalar field (never of an enum or a message).

    >>> from google.protobuf.wrappers_pb2 import Int64Value
    >>> scalar(Int64Value.DESCRIPTOR.fields_by_name["value"], JsonOptions(), writing=True)
    {'type': 'string', 'format': 'int64', 'pattern': '^(0|-?[1-9][0-9]{0,18})$'}
    """
    kind = _KINDS[field.type]
    if kind in ("int64", "uint64"):
        return _wide(kind, options)
    if kind in ("float", "double"):
        return _floating(kind, nonfinite=writing or options.nonfinite, bounded=not writing)
    return _SMALL[kind]


def map_key(field: F) -> Schema | None:
    """What a map's keys look like; None for strings, which need no rule (PJ16)."""
    kind = _KINDS[field.type]
    if kind == "string":
        return None
    if kind == "bool":
        return {"enum": ["true", "false"]}
    most = 2 ** int(kind[-2:])  # a key has no format beside it, so its pattern tells the range
    if kind.startswith("u"):
        return {"pattern": f"^(0|{at_most(most - 1)})$"}
    return {"pattern": f"^(0|{at_most(most // 2 - 1)}|-({at_most(most // 2)}))$"}


def at_most(limit: int) -> str:
    """A regular expression for the decimal texts of 1 to `limit`, at least 10.

    >>> at_most(255)
    '[1-9][0-9]{0,1}|[1-1][0-9]{2}|2[0-4][0-9]{1}|25[0-4]|255'
    """
    digits = str(limit)
    last = len(digits) - 1
    parts = [f"[1-9][0-9]{{0,{last - 1}}}"]
    for index, digit in enumerate(digits):
        lowest = 0 if index else 1
        if int(digit) > lowest:
            rest = f"[0-9]{{{last - index}}}" if index < last else ""
            parts.append(f"{digits[:index]}[{lowest}-{int(digit) - 1}]{rest}")
    return "|".join([*parts, digits])


def _wide(kind: str, options: JsonOptions) -> Schema:
    unsigned = kind == "uint64"
    if options.int64 == "number":
        floor: Schema = {"minimum": 0} if unsigned else {}
        return {"type": "integer", "format": kind, **floor}
    return {
        "type": "string",
        "format": kind,
        "pattern": _UNSIGNED_TEXT if unsigned else _SIGNED_TEXT,
    }


def _floating(kind: str, *, nonfinite: bool, bounded: bool) -> Schema:
    number: dict[str, object] = {"type": "number", "format": kind}
    if bounded and kind == "float":
        number |= {"minimum": -_FLOAT_MAX, "maximum": _FLOAT_MAX}
    return {"anyOf": [number, NONFINITE]} if nonfinite else number
