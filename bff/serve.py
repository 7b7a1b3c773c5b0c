"""Run the BFF: two listeners in one process, until SIGTERM or Ctrl-C.

Called by cli.py; for one of several workers, too, whose sockets somebody else has opened.
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
from random import random
from socket import socket

from bff.advice import advice
from bff.app import Bff, assemble
from bff.contract.codec.native_engine import NATIVE, engine_name
from bff.edge.front import App
from bff.edge.http1.connections import Connections
from bff.edge.http1.unguarded import unguarded
from bff.guard.limits.shedding import Shedding
from bff.listening import Listener, connections_of, doors_of, is_guarded, listener, opened, url
from bff.reload import Making, Reloading
from bff.server_options import ServerOptions
from bff.settings import Settings
from bff.sources import read_sources
from bff.stopping import Stopping
from bff.telemetry.log import JsonLog
from bff.telemetry.memory import Memory, give_back, limited_memory
from bff.telemetry.metrics import Metrics
from bff.telemetry.pulse import Pulse, Strain
from bff.telemetry.tell import tell
from bff.telemetry.tidying import Tidying
from bff.terms.crowd import Crowd
from bff.terms.events import Emit, Lifecycle
from bff.terms.mistakes import ContractMistakes
from bff.terms.process import Process
from bff.worker import READY, WORN, Inherited, Line, Wear, WholeLines, is_worn

SWITCH_INTERVAL_S = 0.001
"""A thread that reads a large body keeps the loop waiting this long, not Python's usual 5 ms."""

BODY_WEIGHT = 4
"""A byte of a body is in so many places at once: as it came, as a message, and on its way out."""
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


async def serve(
    read: Callable[[], Settings], voice: Voice, *, inherited: Inherited | None = None
) -> int:
    """Serve until a signal; returns the exit status.

    read       reads the settings; once more for each reload
    inherited  what the supervisor gave, where this is one of several workers
    Raises  ContractMistakes before anything is served: of the contract, or of a port in use
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    settings, metrics = read(), Metrics()
    later = asyncio.get_running_loop().call_soon  # the lines of one tick are one write
    stream = WholeLines(sys.stdout.fileno()) if inherited else sys.stdout
    log = JsonLog(stream, level=settings.log.level, audit=settings.log.audit, later=later)
    emit = tell(log.listen, metrics.listen)

    memory = limited_memory()
    pulse = Pulse(memory=memory and memory.share, emit=emit)
    process = Process(ailment=lambda: pulse.ailment)
    metrics.watch("bff_requests_inside", "Waiting for services, now", lambda: process.crowd.inside)
    metrics.watch("bff_requests_limit", "From which all are refused", lambda: process.crowd.limit)
    metrics.watch("bff_loop_lag_seconds", "Worst since the last scrape", pulse.take_lag_s)
    metrics.watch("bff_tasks", "Tasks of the loop, now", lambda: len(asyncio.all_tasks()))
    metrics.watch("bff_memory_share", "Of the limit; 0 without one", lambda: pulse.strain.memory)

    async def build(settings: Settings) -> Bff:
        sources = await read_sources(settings)
        return assemble(settings, emit=emit, metrics=metrics, sources=sources, process=process)

    making = Making(read=read, build=build, say=voice.mistakes)
    served = _reloading(making, emit) if settings.server.reload else _fixed(settings, making, emit)
    async with served as found:
        return await _listen(found, process, pulse, voice, inherited=inherited)


@asynccontextmanager
async def _fixed(settings: Settings, making: Making, emit: Emit) -> AsyncIterator[_Served]:
    gc.disable()  # a boot drops little of what it makes: to look for that would double its time
    try:
        bff = await making.build(settings)
    finally:
        gc.enable()
    async with bff.running():
        # what was built at boot lives as long as the process: the collector need not look at it
        give_back()
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


async def _listen(
    served: _Served,
    process: Process,
    pulse: Pulse,
    voice: Voice,
    *,
    inherited: Inherited | None,
) -> int:
    settings, emit = served.newest().settings, served.emit
    public, admin = _ports(settings, inherited)
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
    pulse.hear = _pressing(doors[0], process.crowd, settings, limited_memory())
    loop = asyncio.get_running_loop()
    stopping = Stopping(
        listeners,
        doors,
        closing=process.closing,
        options=settings.server,
        emit=emit,
        # the admin port is the successor's: a scrape must not find now one, now the other
        early=listeners[1:] if inherited else (),
    )
    stopping.on_signals(loop)
    if inherited is not None:
        options = settings.server
        _obey(inherited, stopping=stopping, listener=listeners[0], pulse=pulse, options=options)
    pulse.start(loop)
    emit(Lifecycle(state="started", detail=f"{url(public)} (admin {url(admin)})"))
    if inherited is None or inherited.is_first:
        _welcome(served.newest(), voice, f"{url(public)}, docs and metrics at {url(admin)}/docs")
    await asyncio.gather(listeners[0].serve(doors_of(public)), listeners[1].serve([admin]))
    pulse.stop()
    emit(Lifecycle(state="stopped"))
    return 0


def _ports(settings: Settings, inherited: Inherited | None) -> tuple[socket, socket]:
    if inherited is not None:
        return inherited.public, inherited.admin
    return opened(settings.server, write_s=settings.connections.write_s)


def _obey(
    inherited: Inherited,
    *,
    stopping: Stopping,
    listener: Listener,
    pulse: Pulse,
    options: ServerOptions,
) -> None:
    """Tell the supervisor when this worker serves and when it is worn; go when it says so."""
    loop = asyncio.get_running_loop()
    line = Line(
        inherited.line, lambda number: stopping.signalled(number, loop.call_later, by="line")
    )
    worn = Wear(requests=options.recycle_requests, seconds=options.recycle_s).jittered(random())  # noqa: S311
    began_s, press = loop.time(), pulse.hear

    def hear(strain: Strain) -> None:
        press(strain)
        requests, age_s = listener.server_state.total_requests, loop.time() - began_s
        if is_worn(worn, requests=requests, age_s=age_s):
            line.say(WORN)
            pulse.hear = press

    pulse.hear = hear
    listener.on_started = partial(line.say, READY)
    line.listen(loop)


def _pressing(
    connections: Connections, crowd: Crowd, settings: Settings, memory: Memory | None
) -> Callable[[Strain], None]:
    """What the pulse feels decides who may come in. Without memory nobody may: on the public port,
    for the admin port tells why.
    """
    shedding, tidying = Shedding(crowd, settings.shedding), Tidying(crowd)

    def press(strain: Strain) -> None:
        connections.full = strain.refuses
        if memory is not None:  # bodies that are here are a part of what is in use
            room_bytes = strain.room * memory.most_bytes / BODY_WEIGHT
            connections.room_bytes = room_bytes + connections.bodies_bytes
        if strain.refuses:
            give_back()
        crowd.strained = strain.pressure
        shedding.beat(strain.lag_s)
        tidying.beat()

    return press


def _welcome(bff: Bff, voice: Voice, where: str) -> None:
    for one in advice(bff.settings, bff.blueprint):
        voice.line(f"note: {one}")
    if not is_guarded():
        voice.line(f"note: {unguarded()}")
    if engine_name() != NATIVE:
        voice.line(f"note: JSON codec {engine_name()}; the native one is ten times as fast")
    voice.line(f"{len(bff.blueprint.endpoints)} routes at {where}")
