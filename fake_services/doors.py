"""Turn a plain class into a gRPC service, from its descriptor alone.

Why       No *_pb2_grpc is needed, and every call passes one door, where it is recorded and where
          its fault befalls it.
Called by fake_services/server.py.
Never     decides anything about an answer: the service's class does.
Source    grpc.method_handlers_generic_handler.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Protocol, cast

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from fake_services.faults import Faults
from fake_services.record import Call, Metadata, Record
from fake_services.refusal import Refusal

Context = grpc.aio.ServicerContext[Any, Any]
SETTLE_S = 0.01
GARBAGE = b"\xff\xff\xff\xff garbage \xff"


class Service(Protocol):
    """A class with an async method for each rpc: `async def GetUser(self, request, context)`."""

    DESCRIPTOR: ClassVar[ServiceDescriptor]


def rpc_names(descriptor: ServiceDescriptor) -> Iterator[str]:
    """The rpcs of a service as `pkg.Service/Method`."""
    return (f"{descriptor.full_name}/{method.name}" for method in descriptor.methods)


def open_door(service: Service, *, faults: Faults, record: Record) -> grpc.GenericRpcHandler:
    """All rpcs that the class has, ready to be added to a server; gRPC answers UNIMPLEMENTED for an
    rpc that was just added to the proto.
    """
    descriptor = service.DESCRIPTOR
    rooms = {
        method.name: _handler(method, serve, faults, record)
        for method in descriptor.methods
        if (serve := getattr(service, method.name, None))
    }
    return grpc.method_handlers_generic_handler(descriptor.full_name, rooms)


def _handler(
    method: MethodDescriptor, serve: Callable[..., Any], faults: Faults, record: Record
) -> grpc.RpcMethodHandler[Any, Any]:
    """Bytes go in and out, so that the record has the real wire and garbage can be sent."""
    door = _Door(method, serve, faults, record)
    if method.server_streaming:
        if method.client_streaming:
            return grpc.stream_stream_rpc_method_handler(door.many)
        return grpc.unary_stream_rpc_method_handler(door.many)
    if method.client_streaming:
        return grpc.stream_unary_rpc_method_handler(door.one)
    return grpc.unary_unary_rpc_method_handler(door.one)


class _Door:
    """One rpc's door: record, fault, decode, serve, encode."""

    def __init__(
        self, method: MethodDescriptor, serve: Callable[..., Any], faults: Faults, record: Record
    ) -> None:
        self._name = method.full_name[: -len(method.name) - 1] + "/" + method.name
        self._request = GetMessageClass(method.input_type)
        self._serve, self._faults, self._record = serve, faults, record

    async def one(self, sent: bytes | AsyncIterator[bytes], context: Context) -> bytes:
        """An rpc that answers once."""
        async with self._passing(context) as call:
            garbage = await self._faults.strike(self._name)
            answer = cast("Awaitable[Message]", self._serve(self._read(sent, call), context))
            reply = await answer
            return GARBAGE if garbage else reply.SerializeToString()
        raise AssertionError("context.abort always raises")

    async def many(
        self, sent: bytes | AsyncIterator[bytes], context: Context
    ) -> AsyncIterator[bytes]:
        """An rpc that answers with a stream."""
        async with self._passing(context) as call:
            if await self._faults.strike(self._name):
                yield GARBAGE
            async for reply in self._serve(self._read(sent, call), context):
                yield reply.SerializeToString()

    @asynccontextmanager
    async def _passing(self, context: Context) -> AsyncIterator[Call]:
        call = self._record.begin(self._name, _metadata(context))
        cancelled = False
        try:
            yield call
        except Refusal as no:
            await context.abort(no.code, no.sentence, no.trailers())
        except (asyncio.CancelledError, GeneratorExit):
            cancelled = True
            raise
        finally:
            self._record.end(call, cancelled=cancelled)

    def _read(
        self, sent: bytes | AsyncIterator[bytes], call: Call
    ) -> Message | AsyncIterator[Message]:
        if isinstance(sent, bytes):
            call.requests.append(sent)
            return self._request.FromString(sent)
        return self._read_each(sent, call)

    async def _read_each(self, sent: AsyncIterator[bytes], call: Call) -> AsyncIterator[Message]:
        async for message in sent:
            call.requests.append(message)
            yield self._request.FromString(message)
        # Trap: grpc.aio shows a stream that its client cancelled as one that ended, and cancels the
        # servicer a moment later. Whoever believes the end at once keeps half of an upload.
        await asyncio.sleep(SETTLE_S)


def _metadata(context: Context) -> Metadata:
    found = context.invocation_metadata() or ()
    return tuple((str(key), value) for key, value in found)
