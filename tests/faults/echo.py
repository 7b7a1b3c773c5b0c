"""A scripted gRPC service: says what reached it, or does what it was told to.

Called by replica.py, as `python -m tests.faults.echo` in a process of its own that can be stopped
          and killed; scenarios may also run one in their own process with `echoing`.
Control   each line on stdin is a Behaviour, answered with one line on stdout.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health_aio

from tests.faults.behaviour import Behaviour
from tests.faults.contract import ECHO, OTHER, messages
from tests.faults.moment import passed
from tests.faults.tally import Tally

REMEMBERED_IDS = 50_000
Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(slots=True, eq=False)
class Echo:
    """One service. `behaviour` may change at any time."""

    replica: str
    tally: Tally
    descriptors: Path
    behaviour: Behaviour = field(default_factory=Behaviour)
    seen: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    rooms: dict[int, asyncio.Semaphore] = field(default_factory=dict)

    async def one(self, sent: bytes, context: Context) -> bytes:
        """Get and Put."""
        self.tally.began()
        cancelled = True
        try:
            remaining_s = context.time_remaining()
            await self._strike(context)
            reply = self._said(sent, context, remaining_s=remaining_s)
            cancelled = False
            return bytes(reply.SerializeToString())
        except grpc.aio.AbortError:
            cancelled = False
            raise
        finally:
            self.tally.over(cancelled=cancelled)

    async def watch(self, sent: bytes, context: Context) -> AsyncIterator[bytes]:
        self.tally.began(stream=True)
        cancelled = True
        try:
            told = self.behaviour
            reply = self._said(sent, context, remaining_s=context.time_remaining())
            await passed(told.delay_ms / 1000)
            while not told.messages or reply.number < told.messages:
                if told.abort_after and reply.number >= told.abort_after:
                    await context.abort(grpc.StatusCode[told.status or "INTERNAL"], "told to")
                reply.number += 1
                yield reply.SerializeToString()
                await passed(told.gap_ms / 1000)
            cancelled = False
        except grpc.aio.AbortError:
            cancelled = False
            raise
        finally:
            self.tally.over(cancelled=cancelled)

    async def _strike(self, context: Context) -> None:
        told = self.behaviour
        self.calls += 1
        if self.calls % told.every:
            return
        async with self._room(told.room):
            if told.delay_ms:
                await passed(told.delay_ms / 1000)
        if told.status:
            await context.abort(grpc.StatusCode[told.status], "CANARY-service-text: told to fail")

    def _room(self, size: int) -> contextlib.AbstractAsyncContextManager[None]:
        if not size:
            return contextlib.nullcontext()
        return self.rooms.setdefault(size, asyncio.Semaphore(size))

    def _said(self, sent: bytes, context: Context, *, remaining_s: float | None) -> Any:
        asked_type, said_type = messages(self.descriptors)
        asked = asked_type.FromString(sent)
        metadata = dict(context.invocation_metadata() or ())
        identity = str(metadata.get("x-identity") or subject_of(metadata.get("authorization")))
        if self.behaviour.edition:
            return said_type(id=asked.id, identity=identity, number=self.behaviour.edition)
        if len(self.seen) >= REMEMBERED_IDS:
            self.seen.clear()
        attempt = self.seen[asked.id] = self.seen.get(asked.id, 0) + 1
        return said_type(
            id=asked.id,
            identity=identity,
            request_id=str(metadata.get("x-request-id", "")),
            remaining_ms=int((remaining_s or 0) * 1000),
            replica=self.replica,
            attempt=attempt,
            padding="x" * self.behaviour.size_bytes,
        )


def subject_of(authorization: str | bytes | None) -> str:
    """Whom a bearer token is for; nobody checks it here.

    >>> subject_of("Bearer h.eyJzdWIiOiJhZGEifQ.s"), subject_of(None)
    ('ada', '')
    """
    if not authorization:
        return ""
    part = str(authorization).split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(part + "=="))["sub"])


@asynccontextmanager
async def echoing(
    echo: Echo, *, host: str = "127.0.0.1", port: int = 0, max_age_ms: int = 0
) -> AsyncIterator[int]:
    """Serves it; gives the port."""
    options = [("grpc.so_reuseport", 0)]
    if max_age_ms:
        options += [
            ("grpc.max_connection_age_ms", max_age_ms),
            ("grpc.max_connection_age_grace_ms", 2_000),
        ]
    server = grpc.aio.server(options=options)
    unary: grpc.RpcMethodHandler[Any, Any] = grpc.unary_unary_rpc_method_handler(echo.one)
    rooms = {"Get": unary, "Find": unary, "Put": unary}
    rooms |= {"Watch": grpc.unary_stream_rpc_method_handler(echo.watch)}
    for name in (ECHO, OTHER):
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, rooms),))
    health = health_aio.HealthServicer()
    for name in (ECHO, OTHER):
        await health.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    bound = server.add_insecure_port(f"{host}:{port}")
    await server.start()
    try:
        yield bound
    finally:
        await server.stop(None)


async def _main(arguments: argparse.Namespace) -> None:
    echo = Echo(arguments.replica, Tally(arguments.tally), arguments.descriptors)
    place = {"host": arguments.host, "port": arguments.port}
    async with echoing(echo, **place, max_age_ms=arguments.max_age_ms) as port:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        _say(str(port))
        async for line in reader:
            echo.behaviour = Behaviour.of(line.decode())
            _say("done")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.echo")
    parser.add_argument("--replica", required=True)
    parser.add_argument("--tally", required=True, type=Path)
    parser.add_argument("--descriptors", required=True, type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--max-age-ms", type=int, default=0)
    return parser


if __name__ == "__main__":
    asyncio.run(_main(_parser().parse_args()))
