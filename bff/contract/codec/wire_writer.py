"""Wire bytes to JSON bytes, compiled for one message type: natively, else by way of a message.

Called by codec.Codec.
Never     lets the two ways differ: what native code declines, and every refusal, is the pure way's.
Source    docs/spec/transcoding.md BD12, BD13 (response_body), PJ12-PJ15.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import orjson
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message

from bff.contract.codec.known import message_of
from bff.contract.codec.native_engine import NativePlans
from bff.contract.codec.native_plan import REFUSED
from bff.contract.codec.projection import Projection, along, may_refuse
from bff.contract.codec.writers import Write, Writers
from bff.terms.codes import Code
from bff.terms.errors import ServiceSilent

WireWriter: TypeAlias = Callable[[bytes], bytes]
Path: TypeAlias = tuple[str, ...]


def json_text(write: Write, message: Message) -> bytes:
    """Raises ServiceSilent for what has no JSON form."""
    try:
        return orjson.dumps(write(message))
    except (ValueError, RecursionError, orjson.JSONEncodeError) as error:
        raise _unusable("the service's answer has no JSON form") from error


def tree_writer(
    writers: Writers, descriptor: Descriptor, path: Path, *, projection: Projection | None = None
) -> Write:
    """A message to what orjson writes; with a path only that field's, null where it is not set."""
    if not path:
        return writers.of(descriptor, projection)
    *way, last = path
    for name in way:
        descriptor = message_of(descriptor.fields_by_name[name])
    write = writers.of_field(descriptor.fields_by_name[last], projection)

    def write_part(message: Message) -> object:
        for name in way:
            if not message.HasField(name):
                return None
            message = getattr(message, name)
        return write(message)

    return write_part


def pure_writer(message_class: type[Message], write: Write) -> WireWriter:
    """By way of a message. Raises ServiceSilent for wire bytes that are none, too."""

    def write_wire(wire: bytes) -> bytes:
        try:
            message = message_class.FromString(wire)
        except DecodeError as error:
            raise _unusable("the service's answer can't be decoded") from error
        return json_text(write, message)

    return write_wire


def native_first(
    plans: NativePlans,
    descriptor: Descriptor,
    path: Path,
    *,
    projection: Projection | None,
    pure: WireWriter,
) -> WireWriter:
    """`pure` itself where there is no native engine."""
    shown = None if projection is None else along(path, projection)
    found = plans.of(descriptor, shown)
    if found is None:
        return pure
    plan, index = found
    numbers = _numbers(descriptor, path)
    walk = partial(plan.write_field, index, numbers) if path else partial(plan.write, index)
    if shown is not None and may_refuse(shown):

        def write_or_refuse(wire: bytes) -> bytes:
            json = walk(wire)
            return pure(wire) if json is None or REFUSED in json else json

        return write_or_refuse

    def write_wire(wire: bytes) -> bytes:
        json = walk(wire)
        return pure(wire) if json is None else json

    return write_wire


def _numbers(descriptor: Descriptor, path: Path) -> tuple[int, ...]:
    numbers = []
    for name in path:
        field = descriptor.fields_by_name[name]
        numbers.append(field.number)
        descriptor = field.message_type or descriptor
    return tuple(numbers)


def _unusable(detail: str) -> ServiceSilent:
    return ServiceSilent(detail, reason="upstream-invalid-response", code=Code.INTERNAL)
