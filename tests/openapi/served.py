"""A BFF on a real port, in a thread with a loop of its own, so that synchronous tools can ask it.

Called by conftest.py. Hypothesis and schemathesis know no event loops.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

from bff.app import Bff
from bff.publish.openapi import document
from bff.terms.events import Crashed, Emit, Event
from tests.conditions import until

Start = Callable[[Emit], AbstractAsyncContextManager[Bff]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """`document` is what the server itself gives at /openapi.json.

    events  everything that the BFF told of itself
    """

    url: str
    bff: Bff
    document: Mapping[str, Any]
    client: httpx.Client
    events: list[Event]
    bearer: Mapping[str, str] = field(default_factory=dict)

    @property
    def crashes(self) -> list[str]:
        """Tracebacks of our own bugs."""
        return [one.traceback for one in self.events if isinstance(one, Crashed)]


class _Quiet(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def served(start: Start, bearer: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Serve until the end of the block."""
    up, found, loop = threading.Event(), [], asyncio.new_event_loop()
    done, events = asyncio.Event(), list[Event]()

    async def main() -> None:
        async with start(events.append) as bff, _listening(bff) as url:
            found.append((url, bff))
            up.set()
            await done.wait()

    thread = threading.Thread(target=lambda: _run(loop, main, up), daemon=True)
    thread.start()
    up.wait(30)
    url, bff = found[0]
    with httpx.Client(base_url=url, timeout=10) as client:
        text = json.loads(json.dumps(document(bff.blueprint)))
        yield Served(
            url=url, bff=bff, document=text, client=client, events=events, bearer=bearer or {}
        )
    loop.call_soon_threadsafe(done.set)
    thread.join(30)
    loop.close()


def _run(loop: asyncio.AbstractEventLoop, main: Callable[[], Any], up: threading.Event) -> None:
    try:
        loop.run_until_complete(main())
    finally:
        up.set()  # a start that failed must not be waited for


@asynccontextmanager
async def _listening(bff: Bff) -> AsyncIterator[str]:
    config = uvicorn.Config(bff.public, port=0, log_config=None, lifespan="off", ws="none")
    listener = _Quiet(config)
    serving = asyncio.create_task(listener.serve())
    await until(lambda: listener.started)
    port = listener.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    listener.should_exit = True
    listener.force_exit = True
    await serving
