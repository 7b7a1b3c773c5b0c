"""A service that says what it is told to, in raw bytes: the well-behaved other end, on grpcio.

Why       The same calls run against this server and against its twin in Go (tests/interop/echo):
          what it is told stands in the request's metadata.
Called by test_agreement.py.
Metadata  x-*: sent back as initial metadata; y-*: as trailing metadata
          say-status, say-message-bin, say-details-bin: the status to end with
          say-size: a reply of so many bytes; say-gzip: compress it
          say-count: how many messages Down sends; say-early: end Up or Both after so many
          say-freeze: do as told, then wait to be cancelled; Begin and Cancel ask by that name
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import grpc
import grpc.aio

from tests.grpc_service import grpc_service

SERVICE = "echo.Echo"
Context = grpc.aio.ServicerContext
_CODES = {code.value[0]: code for code in grpc.StatusCode}


def echo_service(
    credentials: grpc.ServerCredentials | None = None,
) -> AbstractAsyncContextManager[str]:
    """Runs it on a free port of loopback; gives "host:port"."""
    return grpc_service(_Echo(), credentials)


class _Echo(grpc.GenericRpcHandler):
    """Every method is a stream both ways here: on the wire they are all the same."""

    def __init__(self) -> None:
        self._begun: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._ended: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._methods = {
            f"/{SERVICE}/{it.__name__.strip('_').title()}": it
            for it in (
                self._say,
                self._down,
                self._up,
                self._both,
                self._begin,
                self._cancel,
                self._remaining,
            )
        }

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        method = self._methods.get(call.method)
        if method is None:
            return None

        async def run(requests: AsyncIterator[bytes], context: Context) -> AsyncIterator[bytes]:
            told = await _greeted(context)
            name = str(told.get("say-freeze", ""))
            self._begun[name].set()
            try:
                async for reply in method(requests, context, told):
                    yield reply
                if name:
                    await asyncio.Event().wait()
            finally:
                self._ended[name].set()
            await _ended(context, told)

        return grpc.stream_stream_rpc_method_handler(run)

    async def _say(self, requests, context, told):
        async for request in requests:
            if "say-freeze" not in told and "say-status" not in told:
                yield b"z" * int(told["say-size"]) if "say-size" in told else request

    async def _down(self, requests, context, told):
        async for _ in requests:
            for number in range(int(told["say-count"])):
                yield b"%d" % number

    async def _up(self, requests, context, told):
        came: list[bytes] = []
        async for request in requests:
            came.append(request)
            if len(came) == int(told.get("say-early", -1)):
                break
        if "say-status" not in told:
            yield b"+".join(came)

    async def _both(self, requests, context, told):
        count = 0
        async for request in requests:
            yield request
            count += 1
            if count == int(told.get("say-early", -1)):
                return

    async def _begin(self, requests, context, told):
        """Replies once a call that freezes under that name is here."""
        async for request in requests:
            await self._begun[request.decode()].wait()
            yield b"yes"

    async def _cancel(self, requests, context, told):
        """Replies once that call has ended: it can only be cancelled."""
        async for request in requests:
            await self._ended[request.decode()].wait()
            yield b"yes"

    async def _remaining(self, requests, context, told):
        async for _ in requests:
            yield b"%d" % int(context.time_remaining() * 1000)


async def _greeted(context: Context) -> dict[str, str | bytes]:
    sent = tuple(context.invocation_metadata() or ())
    told = dict(sent)
    if "say-gzip" in told:
        context.set_compression(grpc.Compression.Gzip)
    if initial := [pair for pair in sent if pair[0].startswith("x-")]:
        await context.send_initial_metadata(initial)
    trailing = [pair for pair in sent if pair[0].startswith("y-")]
    if "say-details-bin" in told:
        trailing.append(("grpc-status-details-bin", told["say-details-bin"]))
    context.set_trailing_metadata(trailing)
    return told


async def _ended(context: Context, told: dict[str, str | bytes]) -> None:
    if "say-status" in told:
        message = bytes(told.get("say-message-bin", b"")).decode()
        await context.abort(_CODES[int(told["say-status"])], message)
