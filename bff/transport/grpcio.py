"""Calls over grpcio's asyncio channel: complete, and the oracle for any faster transport of ours.

Why       grpcio brings TLS, name resolution, balancing and xDS; messages stay raw bytes on both
          sides.
Called by app (makes one per target).
Never     retries (calls/ does), follows an HTTP proxy from the environment, or waits 120 s to
          reconnect.
Source    docs/spec/reliability.md section 1; grpc "core/lib/channel/channel_args.h" for the option
          names.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio

from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.terms.silence import unreadable
from bff.transport.ended import Ended
from bff.transport.grpcio_status import failure_of
from bff.transport.transport import Hear

_CONNECT_MS = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOptions:
    """Limits of one channel. However long an outage, the way back takes `reconnect_ms` at most."""

    max_reply_bytes: int = 4 * 1024 * 1024
    max_metadata_bytes: int = 16 * 1024
    reconnect_ms: int = 1_000


class GrpcioTransport:
    """A plaintext channel to `target` ("host:port", or any gRPC name such as "dns:///users:50051")."""

    def __init__(self, target: str, options: ChannelOptions | None = None) -> None:
        self.target = target
        self._channel = grpc.aio.insecure_channel(target, _arguments(options or ChannelOptions()))
        self._methods: dict[str, Any] = {}
        self._streams: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<GrpcioTransport to {self.target}, {self._channel.get_state().name.lower()}>"

    async def unary(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> bytes:
        method = self._methods.get(path)
        if method is None:
            method = self._methods[path] = self._channel.unary_unary(path)
        call = method(request, metadata=metadata, timeout=deadline.remaining_s())
        try:
            reply = await call
        except grpc.aio.AioRpcError as error:
            raise failure_of(_ended(error), source=path[1:]) from None
        if reply is None:
            raise unreadable("OK without a message", source=path[1:])
        if hear is not None:
            hear((*(await call.initial_metadata()), *(await call.trailing_metadata())))
        return bytes(reply)

    async def stream(
        self,
        path: str,
        requests: AsyncIterable[bytes],
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> AsyncGenerator[bytes, None]:
        method = self._streams.get(path)
        if method is None:
            method = self._streams[path] = self._channel.stream_stream(path)
        call = method(metadata=metadata, timeout=deadline.remaining_s())
        asked = _Asked(requests)
        writer = asyncio.create_task(asked.write(call))
        try:
            if hear is not None:
                hear(tuple(await call.initial_metadata()))
            async for reply in call:
                if reply is None:
                    raise unreadable("OK without a message", source=path[1:])
                yield bytes(reply)
            if hear is not None:
                hear(tuple(await call.trailing_metadata()))
        except (grpc.aio.AioRpcError, asyncio.CancelledError) as ended:
            asked.raise_own(ended)
            if isinstance(ended, asyncio.CancelledError):
                raise
            raise failure_of(_ended(ended), source=path[1:]) from None
        finally:
            call.cancel()
            writer.cancel()
            await asyncio.wait({writer})

    async def close(self) -> None:
        await self._channel.close()


class _Asked:
    """The requests of one stream, and what they failed with: grpc.aio cancels and does not say.

    Trap  grpc.aio's own `write` puts INTERNAL in place of the status that ended the call while it
          wrote: a service that ends a client's stream early was never understood. Its inner call
          fails without a trace, and the status comes.
    """

    def __init__(self, requests: AsyncIterable[bytes]) -> None:
        self._requests = requests
        self._failed: Exception | None = None

    def __repr__(self) -> str:
        return f"<_Asked {self._failed!r}>"

    async def write(self, call: Any) -> None:
        try:
            await self._write(call)
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader raises it
            self._failed = error
            call.cancel()
        finally:
            if isinstance(self._requests, AsyncGenerator):
                await self._requests.aclose()

    async def _write(self, call: Any) -> None:
        if await _is_over(call.wait_for_connection()):
            return
        async for request in self._requests:
            if await _is_over(call._cython_call.send_serialized_message(request)):  # noqa: SLF001
                return
        await _is_over(call.done_writing())

    def raise_own(self, ended: BaseException) -> None:
        """The requests' failure in place of the cancellation that it caused, unless we are the ones
        who are cancelled.
        """
        task = asyncio.current_task()
        if self._failed is not None and not (task and task.cancelling()):
            raise self._failed from ended


async def _is_over(writing: Awaitable[object]) -> bool:
    """Did the call end before this was written? Its status says how."""
    try:
        await writing
    except (grpc.aio.AioRpcError, grpc.aio.InternalError):
        return True
    return False


def _ended(error: grpc.aio.AioRpcError) -> Ended:
    return Ended(
        code=error.code().value[0],
        message=error.details() or "",
        trailers=(*(error.initial_metadata() or ()), *(error.trailing_metadata() or ())),
    )


def _arguments(options: ChannelOptions) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", options.max_reply_bytes),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", options.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", options.max_metadata_bytes),
        ("grpc.initial_reconnect_backoff_ms", 100),
        # despite its name, how long one connection may take to begin; no pause is longer for it
        ("grpc.min_reconnect_backoff_ms", _CONNECT_MS),
        ("grpc.max_reconnect_backoff_ms", options.reconnect_ms),
        ("grpc.enable_http_proxy", 0),
        ("grpc.enable_retries", 0),
        ("grpc.http2.bdp_probe", 0),
        # two transports to one target stay two connections, so that closing one leaves the other
        # alone
        ("grpc.use_local_subchannel_pool", 1),
    ]
