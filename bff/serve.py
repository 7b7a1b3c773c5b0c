"""Run the BFF: two listeners in one process, until SIGTERM or Ctrl-C.

Called by cli.py.
Never     leaves a socket or a task behind; never cuts a request that can end within `drain_s`
          (a second signal does).
Source    uvicorn "Programmatically"; the admin listener stays apart so that metrics are never
          public.
"""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bff.advice import advice
from bff.app import Bff, assemble
from bff.contract.codec.native_engine import NATIVE, engine_name
from bff.edge.connections import Connections
from bff.edge.front import App
from bff.edge.unguarded import unguarded
from bff.listening import connections_of, is_guarded, listener, opened, url
from bff.reload import Making, Reloading
from bff.settings import Settings
from bff.sources import read_sources
from bff.stopping import Stopping
from bff.telemetry.log import JsonLog
from bff.telemetry.memory import memory_share
from bff.telemetry.metrics import Metrics
from bff.telemetry.pulse import Pulse, Strain
from bff.telemetry.tell import tell
from bff.terms.events import Emit, Lifecycle
from bff.terms.mistakes import ContractMistakes
from bff.terms.process import Process

SWITCH_INTERVAL_S = 0.001
"""A thread that reads a large body keeps the loop waiting this long, not Python's usual 5 ms."""

COLLECT_AFTER = (50_000, 20, 100)
"""Requests leave next to no cycles behind: to look for them after every 700 objects costs a tenth
of the time, and the slowest requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How to speak to whoever started this: `line` for news, `mistakes` for a failed reload."""

    line: Callable[[str], None]
    mistakes: Callable[[ContractMistakes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """What is behind the two ports; with reload, `newest` is not always the same."""

    newest: Callable[[], Bff]
    public: App
    admin: App
    emit: Emit


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the event loop to serve on: uvloop's, or None for asyncio's own."""
    try:
        import uvloop
    except ImportError:  # Windows, and interpreters other than CPython
        return None
    return uvloop.new_event_loop


async def serve(read: Callable[[], Settings], voice: Voice) -> int:
    """Serve until a signal; returns the exit status.

    read    reads the settings; once more for each reload
    Raises  ContractMistakes before anything is served: of the contract, or of a port in use
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    settings, metrics = read(), Metrics()
    later = asyncio.get_running_loop().call_soon  # the lines of one tick are one write
    log = JsonLog(sys.stdout, level=settings.log.level, later=later)
    emit = tell(log.listen, metrics.listen)

    pulse = Pulse(memory=memory_share(), emit=emit)
    process = Process(ailment=lambda: pulse.ailment, pressure=lambda: pulse.strain.pressure)
    metrics.watch("bff_loop_lag_seconds", "Worst since the last scrape", pulse.take_lag_s)
    metrics.watch("bff_memory_share", "Of the limit; 0 without one", lambda: pulse.strain.memory)

    async def build(settings: Settings) -> Bff:
        sources = await read_sources(settings)
        return assemble(settings, emit=emit, metrics=metrics, sources=sources, process=process)

    making = Making(read=read, build=build, say=voice.mistakes)
    served = _reloading(making, emit) if settings.server.reload else _fixed(settings, making, emit)
    async with served as found:
        return await _listen(found, process, pulse, voice)


@asynccontextmanager
async def _fixed(settings: Settings, making: Making, emit: Emit) -> AsyncIterator[_Served]:
    gc.disable()  # a boot drops little of what it makes: to look for that would double its time
    try:
        bff = await making.build(settings)
    finally:
        gc.enable()
    async with bff.running():
        # what was built at boot lives as long as the process: the collector need not look at it
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        yield _Served(newest=lambda: bff, public=bff.public, admin=bff.admin, emit=emit)


@asynccontextmanager
async def _reloading(making: Making, emit: Emit) -> AsyncIterator[_Served]:
    live = await Reloading.start(making, emit=emit)
    watching = asyncio.create_task(live.watch())
    try:
        yield _Served(newest=lambda: live.bff, public=live.public, admin=live.admin, emit=emit)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await live.close()


async def _listen(served: _Served, process: Process, pulse: Pulse, voice: Voice) -> int:
    settings, emit = served.newest().settings, served.emit
    public, admin = opened(settings.server, write_s=settings.connections.write_s)
    doors = [
        connections_of(
            settings, emit=emit, blueprint=lambda: served.newest().blueprint, public=is_public
        )
        for is_public in (True, False)
    ]
    listeners = [
        listener(app, settings, door)
        for app, door in zip((served.public, served.admin), doors, strict=True)
    ]
    pulse.hear = partial(_press, doors[0])
    loop = asyncio.get_running_loop()
    stopping = Stopping(
        listeners, doors, closing=process.closing, options=settings.server, emit=emit
    )
    stopping.on_signals(loop)
    pulse.start(loop)
    emit(Lifecycle(state="started", detail=f"{url(public)} (admin {url(admin)})"))
    _welcome(served.newest(), voice, f"{url(public)}, docs and metrics at {url(admin)}/docs")
    await asyncio.gather(listeners[0].serve([public]), listeners[1].serve([admin]))
    pulse.stop()
    emit(Lifecycle(state="stopped"))
    return 0


def _press(connections: Connections, strain: Strain) -> None:
    """Without memory nobody is let in: on the public port, for the admin port tells why."""
    connections.full = strain.refuses


def _welcome(bff: Bff, voice: Voice, where: str) -> None:
    for one in advice(bff.settings, bff.blueprint):
        voice.line(f"note: {one}")
    if not is_guarded():
        voice.line(f"note: {unguarded()}")
    if engine_name() != NATIVE:
        voice.line(f"note: JSON codec {engine_name()}; the native one is ten times as fast")
    voice.line(f"{len(bff.blueprint.endpoints)} routes at {where}")
