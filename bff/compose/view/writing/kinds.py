"""What is told of a field besides its value: whether it is set, which of a oneof, a map's values.

Called by members.py, at boot.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from bff.compose.view.plan import Held
from bff.compose.view.running.frames import Frame, Unset
from bff.compose.view.running.layout import Layout
from bff.compose.view.running.values import Get, held_getter
from bff.contract.codec.wire_writer import WireWriter
from bff.terms.errors import Failure
from bff.terms.mistakes import ContractMistake

Piece = Callable[[Frame], bytes | Failure]


def has_text(held: Held, scope: int | None, layout: Layout) -> Piece:
    """true where the field is set; one without presence is, where it is not empty."""
    if not held.path:
        raise ContractMistake("a reply is always there: has() is about a field")
    field = layout.fields(held)[-1]
    name, presence = field.name, field.has_presence

    def has(message: Any) -> bytes:
        found = message.HasField(name) if presence else bool(getattr(message, name))
        return b"true" if found else b"false"

    return _told(_around(held, scope, layout), has, otherwise=b"false")


def which_text(held: Held, scope: int | None, layout: Layout) -> Piece:
    """The name of the member of a oneof that is set, or null. The path ends with the oneof's."""
    if not held.path:
        raise ContractMistake("which() is about a oneof")
    around = replace(held, path=held.path[:-1])
    fields = layout.fields(around)
    message = fields[-1].message_type if fields else layout.start(held)
    name = held.path[-1]
    if message is None or name not in message.oneofs_by_name:
        raise ContractMistake(f"there is no oneof `{name}`")
    words = {one.name: orjson.dumps(one.json_name) for one in message.oneofs_by_name[name].fields}

    def which(message: Any) -> bytes:
        found = message.WhichOneof(name)
        return words[found] if found else b"null"

    return _told(_around(held, scope, layout), which, otherwise=b"null")


def values_text(write: WireWriter) -> WireWriter:
    """The values of a map, in the order of its keys; null where `write` says null."""

    def written(wire: bytes) -> bytes:
        found = orjson.loads(write(wire))
        return b"null" if found is None else orjson.dumps(list(found.values()))

    return written


def _around(held: Held, scope: int | None, layout: Layout) -> Get:
    return held_getter(replace(held, path=held.path[:-1]), scope, layout)


def _told(around: Get, tell: Callable[[Any], bytes], *, otherwise: bytes) -> Piece:
    """What is told of the message; `otherwise` where it is not set itself."""

    def told(frame: Frame) -> bytes | Failure:
        try:
            return tell(around(frame))
        except Unset:
            return otherwise
        except Failure as failure:
            return failure

    return told
