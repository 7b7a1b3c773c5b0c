"""Either transport by its name, and what a call came to in a few words.

Why       One suite runs over both: grpcio is the oracle that ours is held against.
Called by conftest.py and the tests beside it.
Never     retries or waits beyond a call's deadline and its slack.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import aclosing
from typing import Final

from bff.terms.codes import Code
from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, ServiceSaid, ServiceSilent
from bff.transport.grpcio import ChannelOptions, GrpcioTransport
from bff.transport.transport import Hear, Transport

GRPCIO, HTTP2 = "grpcio", "http2"
KINDS: Final = (GRPCIO, HTTP2)
ASK = "/raw.Server/Ask"
AMPLE_S = 20.0
"""A deadline that only a hang meets: whoever expects an answer has that long."""
SLACK_S = 5.0
"""How late a deadline may be noticed on a busy machine before the test says "a hang"."""
LIMIT_BYTES = 100_000
"""What a reply may weigh in these tests."""


def transport_of(kind: str, target: str) -> Transport:
    """A transport to "host:port", with a small limit for replies and a short way back."""
    if kind == GRPCIO:
        options = ChannelOptions(max_reply_bytes=LIMIT_BYTES, reconnect_ms=200)
        return GrpcioTransport(target, options)
    from bff.transport.http2.options import Http2Options
    from bff.transport.http2.transport import Http2Transport

    return Http2Transport(target, Http2Options(max_reply_bytes=LIMIT_BYTES, reconnect_ms=200))


async def ask(
    transport: Transport,
    request: bytes = b"hello",
    *,
    seconds: float = AMPLE_S,
    path: str = ASK,
    metadata: Metadata = (),
    hear: Hear | None = None,
) -> bytes:
    """One unary call that fails the test when it outlives its deadline."""
    async with asyncio.timeout(seconds + SLACK_S):
        return await transport.unary(
            path, request, metadata=metadata, deadline=Deadline.after(seconds), hear=hear
        )


async def answered(transport: Transport, request: bytes = b"hello", *, path: str = ASK) -> bytes:
    """The first answer after an outage: asks until there is one."""
    while True:
        try:
            return await ask(transport, request, path=path)
        except ServiceSilent as silent:
            if silent.code is Code.DEADLINE_EXCEEDED:
                raise
            await asyncio.sleep(0)


async def outcome(call: Awaitable[object]) -> str:
    """What it came to: "answer fine", "said not-found", "silent upstream-timeout"."""
    try:
        came = await call
    except Failure as failure:
        return worded(failure)
    return f"answer {came.decode()}" if isinstance(came, bytes) else f"answer {came}"


def worded(failure: Failure) -> str:
    return f"{'said' if isinstance(failure, ServiceSaid) else 'silent'} {failure.reason}"


async def streamed(
    transport: Transport,
    requests: Iterable[bytes] = (b"hello",),
    *,
    seconds: float = AMPLE_S,
    path: str = ASK,
    metadata: Metadata = (),
    hear: Hear | None = None,
) -> str:
    """What a stream came to: its messages, then how it ended: "0 1 2, then OK"."""
    came: list[str] = []
    replies = transport.stream(
        path, given(requests), metadata=metadata, deadline=Deadline.after(seconds), hear=hear
    )
    try:
        async with asyncio.timeout(seconds + SLACK_S), aclosing(replies):
            async for reply in replies:
                came.append(reply.decode())  # noqa: PERF401 - what came before a failure is kept
    except Failure as failure:
        return f"{' '.join(came)}, then {worded(failure)}"
    return f"{' '.join(came)}, then OK"


async def given(requests: Iterable[bytes]) -> AsyncIterator[bytes]:
    for request in requests:
        yield request
