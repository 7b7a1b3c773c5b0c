"""One JSON scalar to one proto scalar: readers of every scalar kind and of the well-known texts.

Called by read_fields, read_known, read_maps; contract/request for texts of paths and queries.
Never     guesses: what is not the JSON form of the kind is refused by a ValueError, whose text
          says what to send and is safe to show a client.
Source    docs/spec/transcoding.md PJ1-PJ6; docs/spec/bad-input.md rows 66-76.
"""

import binascii
import re
from collections.abc import Mapping

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.codec.enums import enum_reader
from bff.contract.codec.known import enum_of
from bff.contract.codec.mask_text import field_mask
from bff.contract.codec.numbers import Coerce, double, integer
from bff.contract.codec.time_text import duration, timestamp
from bff.contract.codec.wrong import Wrong
from bff.contract.json_options import JsonOptions
from bff.contract.json_text import JsonValue

__all__ = ["base64_bytes", "duration", "field_mask", "scalar_reader", "timestamp"]

_KEY_INTEGER = re.compile(r"0|-?[1-9][0-9]*", re.ASCII).fullmatch
_URL_SAFE = str.maketrans("-_", "+/")
_RANGES: Mapping[int, tuple[int, int]] = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}


def scalar_reader(field: FieldDescriptor, options: JsonOptions) -> Coerce:
    """The function that reads this field's scalar (a list's item, a map's value) from a JSON value.

    That function raises ValueError; None is an enum name to skip (unknown_fields="ignore").
    """
    kind = field.cpp_type
    if kind in _RANGES:
        return integer(*_RANGES[kind], exponents=options.exponents)
    if kind in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
        single = kind == FieldDescriptor.CPPTYPE_FLOAT
        return double(nonfinite=options.nonfinite, single=single)
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return boolean
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return enum_reader(enum_of(field), options)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return _bytes
    return _any_text if options.nul else text


def key_reader(field: FieldDescriptor, options: JsonOptions) -> Coerce:
    """The function that reads a map's key: always a JSON string, each key in one spelling."""
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return _bool_key
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return _any_text if options.nul else text
    return _integer_key(integer(*_RANGES[field.cpp_type], exponents=False))


def text(value: JsonValue) -> str:
    """A string without U+0000."""
    if type(value) is not str:
        raise Wrong("send a string")
    if "\0" in value:
        raise Wrong("send a string without NUL characters")
    return value


def _any_text(value: JsonValue) -> str:
    if type(value) is not str:
        raise Wrong("send a string")
    return value


def boolean(value: JsonValue) -> bool:
    """true or false, nothing else."""
    if type(value) is not bool:
        raise Wrong("send true or false")
    return value


def base64_bytes(text: str) -> bytes:
    """Standard or URL-safe base64, padded or not; nothing else, no whitespace.

    Raises ValueError with a sentence for the client.

    >>> base64_bytes("-_8")
    b'\\xfb\\xff'
    """
    bare = text.rstrip("=")
    padding = len(text) - len(bare)
    standard = bare.translate(_URL_SAFE) + "=" * (padding or -len(bare) % 4)
    try:
        return binascii.a2b_base64(standard, strict_mode=True)
    except ValueError:
        raise Wrong("send base64") from None


def _bytes(value: JsonValue) -> bytes:
    if type(value) is not str:
        raise Wrong("send base64 in a string")
    return base64_bytes(value)


def _bool_key(value: JsonValue) -> bool:
    if value not in ("true", "false"):
        raise Wrong('the key must be "true" or "false"')
    return value == "true"


def _integer_key(read: Coerce) -> Coerce:
    def key(value: JsonValue) -> object:
        if type(value) is not str or not _KEY_INTEGER(value):
            raise Wrong("the key must be a whole number without leading zeros")
        return read(value)

    return key
