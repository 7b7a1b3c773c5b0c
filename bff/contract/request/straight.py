"""A request straight onto the wire, with no message made on the way.

Why       What clients ask most says all of it in its path, or in its path and a JSON body.
How       Fields of a message may follow each other in any order, so the body's bytes and the path's
          bytes are the request. Whatever could make one of them depend on the other (a query, an
          update mask, a member of the body that the path owns) is left to the long way.
Called by bind.py.
Never     refuses anything: None sends the request the long way, which words every refusal.
Source    protobuf.dev "Encoding" (LEN records; last one wins); docs/spec/transcoding.md PM15, PM16.
"""

from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from bff.contract.media.types import check_json
from bff.contract.request.body import Body
from bff.contract.request.path_value import PathValue

ToWire = Callable[[Sequence[str]], bytes]
_SHORT = 128  # lengths below take one byte
_LEN = 2


class Straight:
    """The short way of one binding."""

    def __init__(self, request: type[Message], paths: Sequence[PathValue], body: Body) -> None:
        self._request = request
        self._body = body
        self._paths = tuple(paths)
        self._path_wire = _strings(paths) or self._by_message
        self._owned = _owned(paths)

    def __repr__(self) -> str:
        return f"<Straight to {self._request.DESCRIPTOR.full_name}>"

    def wire(self, values: Sequence[str], body: bytes, content_type: str) -> bytes | None:
        """The request's wire bytes. Raises BadInput for a bad value in the path, and for a body
        that is not JSON by its type.
        """
        if not body:
            return self._path_wire(values)
        if not self._body.mapped:
            return None
        check_json(content_type)
        wire = self._body.wire(body, unless=self._owned)
        return None if wire is None else wire + self._path_wire(values)

    def _by_message(self, values: Sequence[str]) -> bytes:
        message = self._request()
        for text, one in zip(values, self._paths, strict=True):
            one.set(message, text)
        return message.SerializePartialToString()


def _owned(paths: Sequence[PathValue]) -> tuple[int, ...]:
    """Numbers of the request's fields that the body must not name: the path's, and the rivals of
    the path's in their oneofs.
    """
    found: list[int] = []
    for one in paths:
        oneof = one.path[0].containing_oneof
        found += [field.number for field in (oneof.fields if oneof else one.path[:1])]
    return tuple(found)


def _strings(paths: Sequence[PathValue]) -> ToWire | None:
    """For a path of nothing but the request's own strings."""
    fields = [one.path[0] for one in paths]
    if any(len(one.path) > 1 or not _is_string(one.path[0]) for one in paths):
        return None
    tags = tuple(_varint(field.number << 3 | _LEN) for field in fields)

    def to_wire(values: Sequence[str]) -> bytes:
        parts: list[bytes] = []
        for tag, value in zip(tags, values, strict=True):
            text = value.encode()
            size = len(text)
            parts += (tag, _SHORTS[size] if size < _SHORT else _varint(size), text)
        return b"".join(parts)

    return to_wire


def _is_string(field: Any) -> bool:
    return bool(field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value >= _SHORT:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


_SHORTS = tuple(bytes((size,)) for size in range(_SHORT))
