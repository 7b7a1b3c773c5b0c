"""One text of a path or a query to the JSON value that the codec reads into the field.

Why       A text says less than JSON does: `5` is a number, an enum's number or a string, as the
          field has it.
          Everything else (ranges, base64, times) is the codec's, so the two doors cannot disagree.
Called by contract/bind.py (path variables), contract/query_names.py.
Source    docs/spec/transcoding.md QP5-QP16, PM15; docs/spec/bad-input.md rows 43, 44.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.codec import known
from bff.contract.json_options import JsonLimits
from bff.contract.json_text import JsonValue, parse
from bff.terms.errors import BadInput

FromText = Callable[[str], JsonValue]
"""Raises ValueError with a sentence that is safe to show."""

_JSON_TEXTS = frozenset({known.STRUCT, known.VALUE, known.LIST_VALUE})
_EMPTY = "google.protobuf.Empty"
_TEXTS = frozenset({known.TIMESTAMP, known.DURATION})
_NULL_VALUE = "google.protobuf.NullValue"
_BOOLS: Mapping[str, bool] = MappingProxyType(
    dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True)
    | dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False)
)
_NUMBER = re.compile(r"-?[0-9]{1,10}", re.ASCII).fullmatch
_UNDERSCORED = re.compile(r"_([a-z0-9])", re.ASCII)


def from_text(field: FieldDescriptor, limits: JsonLimits) -> FromText | None:
    """How one value of `field` (of its items, where it is repeated) is read from text.

    None for a message that no single text can hold.
    """
    inner = field.message_type
    if inner is None:
        return _scalar(field)
    if inner.full_name in known.WRAPPERS:
        return _scalar(known.wrapped(inner))
    if inner.full_name in _TEXTS:
        return _same
    if inner.full_name == known.FIELD_MASK:
        return _mask
    if inner.full_name in _JSON_TEXTS:
        return _json(limits)
    return _nothing if inner.full_name == _EMPTY else None


def _scalar(field: FieldDescriptor) -> FromText:
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return _bool
    if field.enum_type is not None:
        return _null if field.enum_type.full_name == _NULL_VALUE else _enum
    return _same


def _same(text: str) -> JsonValue:
    return text


def _bool(text: str) -> JsonValue:
    try:
        return _BOOLS[text]
    except KeyError:
        raise ValueError("send true or false") from None


def _enum(text: str) -> JsonValue:
    """An enum's exact name, or its number (QP5)."""
    return int(text) if _NUMBER(text) else text


def _null(text: str) -> JsonValue:
    if text != "null":
        raise ValueError("send null")
    return None


def _nothing(text: str) -> JsonValue:
    if text not in ("", "{}"):
        raise ValueError("send this parameter without a value")
    return {}


def _mask(text: str) -> JsonValue:
    """A field mask in lowerCamel, as in JSON, or in the proto's own names, as AIP-134 has it
    (QP13).
    """
    return _UNDERSCORED.sub(lambda found: found[1].upper(), text)


def _json(limits: JsonLimits) -> FromText:
    def read(text: str) -> JsonValue:
        try:
            return parse(text.encode(), limits)
        except BadInput:
            raise ValueError("send JSON text") from None

    return read
