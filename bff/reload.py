"""In development: a saved contract is served within two seconds, and no request is dropped.

Why       Whoever writes a proto wants to see it on the web without stopping anything.
Called by serve.py, where `[server] reload` is on.
How       A whole new BFF is built beside the one that serves. Then one assignment makes it the
          one that new requests reach; the old one closes behind its last request. A mistake
          leaves the old one in place. So nobody ever sees half of a change.
Never     watches ports, or Python files: those need a restart.
Source    docs/spec/transcoding.md HT11.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from bff.app import Bff
from bff.edge.request import Receive, Scope, Send
from bff.settings import Settings
from bff.terms.events import Crashed, Emit, Lifecycle
from bff.terms.mistakes import ContractMistakes
from bff.watched import Seen, look

POLL_S: Final = 0.2
"""A change counts once it has been the same for one more poll: nothing half-written is read."""
SERVER_POLL_S: Final = 1.0
"""Asking a server for its contract costs it more than looking at files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How a BFF is made. `read` and `build` raise ContractMistakes; `say` shows them to whoever
    saved the file.
    """

    read: Callable[[], Settings]
    build: Callable[[Settings], Awaitable[Bff]]
    say: Callable[[ContractMistakes], None]
    look: Callable[[Settings, Seen], Awaitable[Seen]] = look
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep


class _Generation:
    """One BFF that serves, or still serves its last requests."""

    def __init__(self, bff: Bff, resources: AsyncExitStack) -> None:
        self.bff = bff
        self.resources = resources
        self.requests = 0
        self._empty = asyncio.Event()

    def __repr__(self) -> str:
        return f"<_Generation with {self.requests} requests inside>"

    @contextmanager
    def inside(self) -> Iterator[Bff]:
        self.requests += 1
        self._empty.clear()
        try:
            yield self.bff
        finally:
            self.requests -= 1
            if not self.requests:
                self._empty.set()

    async def close_when_empty(self) -> None:
        try:
            if self.requests:
                await self._empty.wait()
        finally:
            await self.resources.aclose()


class Reloading:
    """Two ASGI apps, `public` and `admin`, that always lead to the newest BFF without a mistake."""

    def __init__(self, first: _Generation, seen: Seen, making: Making, *, emit: Emit) -> None:
        self._newest = first
        self._served = seen
        self._making = making
        self._emit = emit
        self._closing: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(cls, making: Making, *, emit: Emit) -> "Reloading":
        """Build the first one. Raises ContractMistakes."""
        settings = making.read()
        seen = await making.look(
            settings, {}
        )  # before the build: what changes meanwhile is noticed
        return cls(await _generation(settings, making), seen, making, emit=emit)

    def __repr__(self) -> str:
        return f"<Reloading: {self._newest.requests} requests inside, {len(self._closing)} closing>"

    @property
    def bff(self) -> Bff:
        """The newest one."""
        return self._newest.bff

    async def public(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI app of the public port."""
        with self._newest.inside() as bff:
            await bff.public(scope, receive, send)

    async def admin(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI app of the admin port."""
        with self._newest.inside() as bff:
            await bff.admin(scope, receive, send)

    async def watch(self) -> None:
        """Poll the sources and rebuild when they changed; never returns."""
        before = self._served
        while True:
            settings = self._newest.bff.settings
            await self._making.pause(SERVER_POLL_S if settings.contract.reflect else POLL_S)
            now = await self._making.look(settings, before)
            if now == before != self._served:
                self._served = now
                await self._reload()
            before = now

    async def close(self) -> None:
        """Close every generation, whatever still goes on inside."""
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._newest.resources.aclose()

    async def _reload(self) -> None:
        try:
            made = await _generation(self._making.read(), self._making)
        except ContractMistakes as mistakes:
            told = "; ".join(str(one) for one in mistakes.exceptions)
            self._emit(Lifecycle(state="reload-failed", detail=told))
            self._making.say(mistakes)
        except Exception:  # noqa: BLE001 - whatever it is, the last good API stays
            self._emit(Lifecycle(state="reload-failed", detail="a bug of ours: see the traceback"))
            self._emit(Crashed(request_id="", where="reload", traceback=traceback.format_exc()))
        else:
            self._swap(made)

    def _swap(self, made: _Generation) -> None:
        old, self._newest = self._newest, made
        task = asyncio.create_task(old.close_when_empty())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        count = len(made.bff.blueprint.endpoints)
        self._emit(Lifecycle(state="reloaded", detail=f"{count} endpoints"))


async def _generation(settings: Settings, making: Making) -> _Generation:
    bff = await making.build(settings)
    resources = AsyncExitStack()
    await resources.enter_async_context(bff.running())
    return _Generation(bff, resources)
