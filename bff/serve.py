"""Run the BFF: two listeners in one process, until SIGTERM or Ctrl-C.

Called by cli.py.
Never     leaves a socket or a task behind; never cuts a request that can end within `drain_s`
          (a second signal does).
Source    uvicorn "Programmatically"; the admin listener stays apart so that metrics are never
          public.
"""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import uvicorn

from bff.advice import advice
from bff.app import Bff, assemble
from bff.contract.codec.native_engine import NATIVE, engine_name
from bff.edge.front import App, Front
from bff.reload import Making, Reloading
from bff.settings import ServerOptions, Settings
from bff.sources import read_sources
from bff.telemetry.log import JsonLog
from bff.telemetry.metrics import Metrics
from bff.telemetry.tell import tell
from bff.terms.events import Emit, Lifecycle
from bff.terms.mistakes import ContractMistake, ContractMistakes

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
    """What is behind the two ports; with reload, `bff` is merely the first of many."""

    bff: Bff
    public: App
    admin: App


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the event loop to serve on: uvloop's, or None for asyncio's own."""
    try:
        import uvloop
    except ImportError:  # Windows, and interpreters other than CPython
        return None
    return uvloop.new_event_loop


class _Listener(uvicorn.Server):
    """A uvicorn server that leaves signals to us: two servers cannot both own them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


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

    async def build(settings: Settings) -> Bff:
        sources = await read_sources(settings)
        return assemble(settings, emit=emit, metrics=metrics, sources=sources)

    making = Making(read=read, build=build, say=voice.mistakes)
    served = _reloading(making, emit) if settings.server.reload else _fixed(settings, making)
    async with served as found:
        return await _listen(found, emit, voice)


@asynccontextmanager
async def _fixed(settings: Settings, making: Making) -> AsyncIterator[_Served]:
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
        yield _Served(bff=bff, public=bff.public, admin=bff.admin)


@asynccontextmanager
async def _reloading(making: Making, emit: Emit) -> AsyncIterator[_Served]:
    live = await Reloading.start(making, emit=emit)
    watching = asyncio.create_task(live.watch())
    try:
        yield _Served(bff=live.bff, public=live.public, admin=live.admin)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await live.close()


async def _listen(served: _Served, emit: Emit, voice: Voice) -> int:
    options = served.bff.settings.server
    public, admin = _opened(options)
    frame_bytes = served.bff.settings.limits.body_bytes
    listeners = [
        _listener(one, options, frame_bytes=frame_bytes) for one in (served.public, served.admin)
    ]
    _on_signal(listeners)
    emit(Lifecycle(state="started", detail=f"{_url(public)} (admin {_url(admin)})"))
    _welcome(served.bff, voice, f"{_url(public)}, docs and metrics at {_url(admin)}/docs")
    await asyncio.gather(listeners[0].serve([public]), listeners[1].serve([admin]))
    emit(Lifecycle(state="stopped"))
    return 0


def _welcome(bff: Bff, voice: Voice, where: str) -> None:
    for one in advice(bff.settings, bff.blueprint):
        voice.line(f"note: {one}")
    if engine_name() != NATIVE:
        voice.line(f"note: JSON codec {engine_name()}; the native one is ten times as fast")
    voice.line(f"{len(bff.blueprint.endpoints)} routes at {where}")


def _opened(options: ServerOptions) -> tuple[socket.socket, socket.socket]:
    """Both ports, listening. Raises ContractMistakes that name every port that can't be had."""
    mistakes: list[ContractMistake] = []
    opened: list[socket.socket] = []
    for key, host, port in (
        ("port", options.host, options.port),
        ("admin_port", options.admin_host, options.admin_port),
    ):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            one = socket.create_server((host, port), family=family)
            # Inherited by each connection. Without it an answer of two writes, headers and body,
            # waits 40 ms for the client's delayed acknowledgement of the first.
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.append(one)
        except (OSError, OverflowError) as error:
            number = getattr(error, "errno", None)
            why = os.strerror(number) if number and number > 0 else str(error)
            flag = f"--{key.replace('_', '-')}"
            what = f"{host}:{port} can't be listened on ({why}): choose another with {flag}"
            mistakes.append(ContractMistake(what, where=f"server.{key}"))
    if mistakes:
        for one in opened:
            one.close()
        raise ContractMistakes.of(mistakes)
    public, admin = opened
    return public, admin


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _protocol(app: App) -> Any:
    """Our short way through uvicorn where its C parser is, else whatever uvicorn finds."""
    try:
        from bff.edge.errand import ShortWay
        from bff.edge.lane import Lane
    except ImportError:
        return "auto"
    return partial(Lane, short=ShortWay(app)) if isinstance(app, Front) else Lane


def _listener(app: App, options: ServerOptions, *, frame_bytes: int) -> _Listener:
    return _Listener(
        uvicorn.Config(
            app,
            http=_protocol(app),
            interface="asgi3",  # uvicorn's guess takes a bound method for ASGI 2
            lifespan="off",
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=int(options.drain_s),
            ws_max_size=frame_bytes,
        )
    )


def _on_signal(listeners: list[_Listener]) -> None:
    def stop() -> None:
        for one in listeners:
            one.force_exit = one.should_exit
            one.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
