"""Services that answer every rpc with the name of who asks, in every text of the reply.

Why       The demo's own services tell most callers the same, so that one caller's data in another's
          answer would not be seen. Here each reply says whose it is.
Called by test_two_users.py.
Never     knows any service: replies are made from the descriptors, so that a new rpc needs no line.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.descriptor import FieldDescriptor

from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.codec import known

ANYBODY = "mirror-of-anybody"
CANARY = "CANARY-sensitive"
_DEEPEST = 5
_RAW = "google.api.HttpBody"
_LEFT_OUT = ("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.Any")


def mark_of(subject: str) -> str:
    """What stands in each text of a reply to that caller."""
    return f"mirror-of-{subject}"


class Mirrors(grpc.GenericRpcHandler):
    """All services of a catalog.

    shared  rpcs whose answers are declared to be everybody's: those name nobody
    """

    def __init__(self, catalog: Catalog, shared: frozenset[str]) -> None:
        self._catalog = catalog
        self._shared = shared

    def __repr__(self) -> str:
        return f"<Mirrors of {self._catalog!r}>"

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        rpc = self._catalog.methods.get(details.method.removeprefix("/"))
        if rpc is None:
            return None
        asked = dict(details.invocation_metadata)
        mark = ANYBODY if rpc.name in self._shared else mark_of(_subject(asked))
        return _handler(rpc, self._reply(rpc, mark))

    def _reply(self, rpc: RpcMethod, mark: str) -> bytes:
        reply: Any = rpc.reply()
        _fill(reply, mark, self._catalog.sensitive_fields, depth=0)
        return bytes(reply.SerializeToString())


def _handler(rpc: RpcMethod, wire: bytes) -> grpc.RpcMethodHandler:
    async def unary(request: Any, _context: object) -> bytes:
        if rpc.client_streaming:
            async for _ in request:
                pass
        return wire

    async def stream(request: Any, _context: object) -> AsyncIterator[bytes]:
        if rpc.client_streaming:
            async for _ in request:
                yield wire
            return
        for _ in range(2):
            yield wire

    if rpc.server_streaming:
        kind = (
            grpc.stream_stream_rpc_method_handler
            if rpc.client_streaming
            else grpc.unary_stream_rpc_method_handler
        )
        return kind(stream)
    make: Callable[[Callable[..., Awaitable[bytes]]], grpc.RpcMethodHandler] = (
        grpc.stream_unary_rpc_method_handler
        if rpc.client_streaming
        else grpc.unary_unary_rpc_method_handler
    )
    return make(unary)


def _subject(metadata: dict[str, str | bytes]) -> str:
    """As a service reads it that leaves checking to the network."""
    text = str(metadata.get("authorization", "")).partition(" ")[2]
    if not text:
        return "nobody"
    part = text.split(".")[1]
    return str(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))["sub"])


def _fill(message: Any, mark: str, sensitive: frozenset[str], *, depth: int) -> None:
    name = message.DESCRIPTOR.full_name
    if name == _RAW:
        message.content_type, message.data = "text/plain", mark.encode()
        return
    if name in _LEFT_OUT or depth > _DEEPEST:
        return
    for field in message.DESCRIPTOR.fields:
        if not known.is_map(field):
            _put(message, field, mark, sensitive, depth=depth)


def _put(
    message: Any, field: FieldDescriptor, mark: str, sensitive: frozenset[str], *, depth: int
) -> None:
    many = field.is_repeated
    if field.message_type is not None:
        held = getattr(message, field.name)
        inner = held.add() if many else held
        inner.SetInParent()
        _fill(inner, mark, sensitive, depth=depth + 1)
        return
    value = _value(field, CANARY if field.full_name in sensitive else mark)
    if many:
        getattr(message, field.name).append(value)
    else:
        setattr(message, field.name, value)


def _value(field: FieldDescriptor, mark: str) -> Any:
    if field.type == FieldDescriptor.TYPE_STRING:
        return mark
    if field.type == FieldDescriptor.TYPE_BYTES:
        return mark.encode()
    if field.enum_type is not None:
        return field.enum_type.values[-1].number
    return 1
