"""A request straight onto the wire, where its path says all of it: no message is made.

Why       `GET /v1/users/{id}` is what clients ask most: a tag, a length and a text.
Called by contract/bind.py.
Never     takes a value that the message would not have taken: for any other kind of rule there is
          None, and the message is made.
Source    protobuf.dev "Encoding" (LEN records); docs/spec/transcoding.md PM15.
"""

from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.field_path import walk
from bff.contract.http_rule import HttpBinding

ToWire = Callable[[Sequence[str]], bytes]
_SHORT = 128  # lengths below take one byte
_LEN = 2


def straight(request: Any, binding: HttpBinding) -> ToWire | None:
    """Values of the path, parallel to the template's variables, to the request's wire bytes.

    None where a variable is anything but a string field of the request itself.
    """
    fields = []
    for variable in binding.template.variables:
        *way, field = walk(request, variable.field_path)
        if way or field.type != FieldDescriptor.TYPE_STRING or field.is_repeated:
            return None
        fields.append(_varint(field.number << 3 | _LEN))
    tags = tuple(fields)

    def to_wire(values: Sequence[str]) -> bytes:
        parts: list[bytes] = []
        for tag, value in zip(tags, values, strict=True):
            text = value.encode()
            size = len(text)
            parts += (tag, _SHORTS[size] if size < _SHORT else _varint(size), text)
        return b"".join(parts)

    return to_wire


def _varint(value: int) -> bytes:
    found = bytearray()
    while value >= _SHORT:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


_SHORTS = tuple(bytes((size,)) for size in range(_SHORT))
