"""Sockets, and the uvicorn servers behind them, as we set them up.

Called by serve.
Never     lets one client have more of the process than `[connections]` says.
Source    uvicorn "Programmatically"; RFC 5482 (user timeout).
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import uvicorn

from bff.compose.blueprint import Blueprint
from bff.contract.routes.router import Match
from bff.edge.forwarded import Proxies
from bff.edge.front import App, Front
from bff.edge.http1.connections import Connections
from bff.edge.problem import Problems
from bff.server_options import ServerOptions
from bff.settings import Settings
from bff.terms.events import Emit
from bff.terms.mistakes import ContractMistake, ContractMistakes

_SOCKETS = "uvicorn.protocols.websockets.auto"
ACCEPTS = 8
"""So many new connections at a turn of the loop."""


class Listener(uvicorn.Server):
    """A uvicorn server that leaves signals to us: two servers cannot both own them.

    on_started  called once it accepts
    """

    on_started: Callable[[], object] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.on_started is not None:
            self.on_started()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def opened(options: ServerOptions, *, write_s: float) -> tuple[socket.socket, socket.socket]:
    """Both ports, listening; raises as `opened_for` does."""
    public, admin = opened_for(options, write_s=write_s, workers=1)
    return public, admin


def opened_for(
    options: ServerOptions, *, write_s: float, workers: int
) -> tuple[socket.socket, ...]:
    """The public port and one admin port for each worker, listening.

    write_s  how long a peer may leave what we sent unread, or unacknowledged
    Raises ContractMistakes that name every port that can't be had
    """
    mistakes: list[ContractMistake] = []
    found: list[socket.socket] = []
    admin_ports = [options.admin_port and options.admin_port + number for number in range(workers)]
    for key, host, port in (
        ("port", options.host, options.port),
        *(("admin_port", options.admin_host, port) for port in admin_ports),
    ):
        try:
            found.append(_listening(host, port, write_s=write_s))
        except (OSError, OverflowError) as error:
            number = getattr(error, "errno", None)
            why = os.strerror(number) if number and number > 0 else str(error)
            flag = f"--{key.replace('_', '-')}"
            what = f"{host}:{port} can't be listened on ({why}): choose another with {flag}"
            mistakes.append(ContractMistake(what, where=f"server.{key}"))
    if mistakes:
        for one in found:
            one.close()
        raise ContractMistakes.of(mistakes)
    return tuple(found)


def _listening(host: str, port: int, *, write_s: float) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    one = socket.create_server((host, port), family=family)
    # Both are inherited by each connection. Without the first an answer of two writes, headers and
    # body, waits 40 ms for the client's delayed acknowledgement of the first. The second ends a
    # client that reads nothing of what the kernel has for it, which no buffer of ours shows.
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(write_s * 1000))
    return one


def doors_of(listening: socket.socket) -> list[socket.socket]:
    """The same port several times over. libuv takes one connection from each at a turn of the loop:
    from one, whoever comes new to a busy process would wait a turn for each who came before.
    """
    return [listening, *(listening.dup() for _ in range(ACCEPTS - 1))]


def url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def connections_of(
    settings: Settings,
    *,
    emit: Emit,
    blueprint: Callable[[], Blueprint],
    public: bool,
) -> Connections:
    """Of one port; `blueprint` is the one that is served when it is asked for."""
    options = settings.connections

    def lasting(method: str, target: str) -> bool:
        found = blueprint().router.match(method, target)
        return isinstance(found, Match) and found.target.takes_pieces

    return Connections(
        replace(
            options,
            total=min(options.total, _most_files() * 3 // 4),
            hosts=options.hosts if public else (),
        ),
        problems=Problems(blueprint().errors),
        emit=emit,
        proxies=Proxies(settings.server.trusted_proxies),
        lasting=lasting,
        most_body_bytes=settings.limits.body_bytes,
    )


def _most_files() -> int:
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return sys.maxsize
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def listener(app: App, settings: Settings, connections: Connections) -> Listener:
    return Listener(
        uvicorn.Config(
            app,
            http=_protocol(app, connections),
            ws=_sockets(app, settings),
            interface="asgi3",  # uvicorn's guess takes a bound method for ASGI 2
            lifespan="off",
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=int(settings.server.drain_s),
            ws_max_size=settings.limits.body_bytes,
        )
    )


def is_guarded() -> bool:
    """Whether our protocol is there: it stands on uvicorn's C parser."""
    return find_spec("httptools") is not None


def _protocol(app: App, connections: Connections) -> Any:
    """Our way through uvicorn where its C parser is, else whatever uvicorn finds."""
    if not is_guarded():
        return "auto"
    from bff.edge.http1.lane import Lane
    from bff.edge.short_way import ShortWay

    lane = partial(Lane, connections=connections)
    return partial(lane, short=ShortWay(app)) if isinstance(app, Front) else lane


def _sockets(app: App, settings: Settings) -> Any:
    """uvicorn's protocol for WebSockets is 1.2 MB. Where nobody converses, or nobody knows yet, it
    comes with the first handshake.
    """
    talks = isinstance(app, Front) and any(one.converse for one in app.blueprint.endpoints)
    return "auto" if talks or settings.server.handlers else _late_sockets


def _late_sockets(**given: Any) -> asyncio.Protocol:
    made: asyncio.Protocol = import_module(_SOCKETS).AutoWebSocketsProtocol(**given)
    return made
