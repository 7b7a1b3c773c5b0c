"""`bff try`: one request through the real corridor, with every rpc shown.

Called by cli.py.
Never     listens on a port; acts as a user only because whoever runs it holds the configuration.
"""

import asyncio
import sys
from time import perf_counter
from typing import Any

from bff.app import assemble
from bff.contract.status import FIRST_ERROR
from bff.edge.request import Receive, Scope, Send
from bff.settings import Settings
from bff.sources import read_sources
from bff.telemetry.metrics import Metrics
from bff.terms.context import Identity
from bff.terms.events import CallFinished, Crashed, Event


async def tryout(settings: Settings, *, method: str, path: str, subject: str, body: bytes) -> int:
    """Print status, headers and body on stdout, the rpcs on stderr; 0 for a status below 400."""
    act_as = Identity(subject=subject, issuer="bff try") if subject else None
    sources = await read_sources(settings)
    bff = assemble(settings, emit=_show, metrics=Metrics(), sources=sources, act_as=act_as)
    answer: dict[str, Any] = {"body": b""}
    started_s = perf_counter()
    async with bff.running():
        await bff.public(_scope(method, path, body), _receive(body), _send(answer))
    elapsed_ms = (perf_counter() - started_s) * 1000
    print(f"{method} {path} -> {answer['status']} in {elapsed_ms:.0f} ms", file=sys.stderr)
    print(answer["body"].decode(errors="replace"))
    return 0 if answer["status"] < FIRST_ERROR else 1


def _show(event: Event) -> None:
    if isinstance(event, CallFinished):
        ended = f"{event.code.name} {event.detail}".strip()
        rpc = f"{event.service}/{event.rpc}"
        print(f"  rpc {rpc} {event.elapsed_s * 1000:.1f} ms {ended}", file=sys.stderr)
    elif isinstance(event, Crashed):
        print(event.traceback, file=sys.stderr)


def _scope(method: str, target: str, body: bytes) -> Scope:
    path, _, query = target.partition("?")
    headers = [(b"host", b"localhost")]
    if body:
        headers.append((b"content-type", b"application/json"))
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "state": {},
    }


def _receive(body: bytes) -> Receive:
    left = [body]

    async def receive() -> Scope:
        if not left:  # the body was read, and we never hang up
            await asyncio.Future()
        return {"type": "http.request", "body": left.pop(), "more_body": False}

    return receive


def _send(answer: dict[str, Any]) -> Send:
    async def send(message: Scope) -> None:
        answer["status"] = message.get("status", answer.get("status"))
        answer["body"] += message.get("body", b"")

    return send
