"""The end of a process: not ready, lame duck, drain, gone. In time, whoever reads slowly.

Why       Whoever sends us traffic learns only at its next probe that we stop. Until then we serve
          whoever comes; then nobody new, and those inside may finish.
How       SIGTERM: /readyz says no and each answer closes its connection, for `lame_duck_s`. Then
          the listeners close and streams get a last event; what has not ended `drain_s` later is
          cut. Ctrl-C is somebody who waits: no lame duck. A second signal ends at once, unless it
          came by another way: systemd tells a worker, and the supervisor that tells it, too.
Called by serve.
Never     waits for a client longer than it was told to.
Source    docs/spec/reliability.md section 2, "SIGTERM under load"; Google SRE book, "lame duck".
"""

import asyncio
import signal
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from bff.edge.http1.connections import Connections
from bff.server_options import ServerOptions
from bff.terms.closing import Closing
from bff.terms.events import Emit, Lifecycle


class Stoppable(Protocol):
    """uvicorn's server, as far as it concerns its end."""

    should_exit: bool
    force_exit: bool


class Stopping:
    """Ends these listeners when a signal comes; the `early` ones of them without a lame duck."""

    def __init__(
        self,
        listeners: Sequence[Stoppable],
        connections: Iterable[Connections],
        *,
        closing: Closing,
        options: ServerOptions,
        emit: Emit,
        early: Iterable[Stoppable] = (),
    ) -> None:
        self._listeners = listeners
        self._early = tuple(early)
        self._heard: set[str] = set()
        self._connections = tuple(connections)
        self._closing = closing
        self._options = options
        self._emit = emit
        self._lame: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Stopping {self._closing!r}>"

    def on_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.signalled, number, loop.call_later)

    def signalled(
        self,
        number: int,
        later: Callable[[float, Callable[[], None]], asyncio.TimerHandle],
        *,
        by: str = "signal",
    ) -> None:
        """`later` is a loop's call_later."""
        if by in self._heard:
            self._at_once()
            return
        self._heard.add(by)
        if self._closing.announced:
            return
        self._closing.announce()
        for listener in self._early:
            listener.should_exit = True
        for one in self._connections:
            one.closing = True
        self._emit(Lifecycle(state="draining"))
        if number == signal.SIGTERM and self._options.lame_duck_s:
            self._lame = later(self._options.lame_duck_s, self._drain)
        else:
            self._drain()

    def _drain(self) -> None:
        self._closing.begin()
        for one in self._listeners:
            one.should_exit = True

    def _at_once(self) -> None:
        if self._lame is not None:
            self._lame.cancel()
        self._drain()
        for one in self._listeners:
            one.force_exit = True
