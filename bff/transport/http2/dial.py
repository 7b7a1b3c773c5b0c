"""Open a connection: look the name up, try each address in turn, shake hands, hear SETTINGS.

Called by pool.py.
Never     remembers an address or a certificate: both are looked up again each time, so that a moved
          service and a renewed certificate are found. Never goes through a proxy.
Source    RFC 9113 section 3; RFC 7301 (ALPN).
"""

import asyncio
import random
import socket as sockets
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bff.transport.http2.address import Address
from bff.transport.http2.connection import Connection
from bff.transport.http2.frames import Violation
from bff.transport.http2.options import Tls

Make = Callable[[], Connection]
_H2 = "h2"
_IDLE_PROBE_S = 30


class Dial(Protocol):
    """How a pool gets a connection: raises OSError or Violation, with words for the log."""

    async def __call__(
        self, address: Address, make: Make, *, tls: Tls | None, connect_s: float
    ) -> Connection: ...


async def dial(address: Address, make: Make, *, tls: Tls | None, connect_s: float) -> Connection:
    """A connection that has said SETTINGS. Raises what the last address failed with.

    connect_s  for each address
    """
    loop = asyncio.get_running_loop()
    context = await loop.run_in_executor(None, context_for, tls) if tls else None
    failed: OSError | Violation = OSError("the name has no address")
    for place in await _places(address, connect_s):
        try:
            async with asyncio.timeout(connect_s):
                return await _opened(place, make, context=context, name=_name(address, tls))
        except TimeoutError:
            failed = TimeoutError(f"no HTTP/2 within {connect_s} s at {_shown(place)}")
        except (OSError, Violation) as error:
            failed = error
    raise failed


_Place = str | tuple[str, int]


async def _places(address: Address, connect_s: float) -> Sequence[_Place]:
    """The path, or every address of the name, shuffled to spread connections."""
    if address.is_fixed:
        return [address.path or (address.host, address.port)]
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(connect_s):
        found = await loop.getaddrinfo(address.host, address.port, type=sockets.SOCK_STREAM)
    places = list(dict.fromkeys((entry[4][0], entry[4][1]) for entry in found))
    random.shuffle(places)
    return [(str(host), int(port)) for host, port in places]


async def _opened(
    place: _Place, make: Make, *, context: ssl.SSLContext | None, name: str | None
) -> Connection:
    loop = asyncio.get_running_loop()
    if isinstance(place, str):
        plug, connection = await loop.create_unix_connection(
            make, place, ssl=context, server_hostname=name if context else None
        )
    else:
        plug, connection = await loop.create_connection(
            make, place[0], place[1], ssl=context, server_hostname=name if context else None
        )
        _probe_when_idle(plug)
    try:
        _check_alpn(plug, context)
        await connection.opened
    except BaseException:
        plug.abort()
        raise
    return connection


def context_for(tls: Tls) -> ssl.SSLContext:
    """Raises OSError for files that are missing or hold no certificate."""
    for name in filter(None, (tls.ca_file, tls.certificate_file, tls.key_file)):
        if not Path(name).is_file():
            raise FileNotFoundError(f"no file {name}")
    context = ssl.create_default_context(cafile=tls.ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols([_H2])
    if tls.certificate_file:
        context.load_cert_chain(tls.certificate_file, tls.key_file or None)
    return context


def _check_alpn(plug: asyncio.BaseTransport, context: ssl.SSLContext | None) -> None:
    if context is None:
        return
    session = plug.get_extra_info("ssl_object")
    if session.selected_alpn_protocol() != _H2:
        raise ssl.SSLError("the service did not choose HTTP/2 (ALPN h2)")


def _probe_when_idle(plug: asyncio.BaseTransport) -> None:
    """TCP notices that the peer of an idle connection vanished; a write to it gives up early."""
    raw = plug.get_extra_info("socket")
    if raw is None:
        return
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", _IDLE_PROBE_S),
        ("TCP_KEEPINTVL", _IDLE_PROBE_S // 3),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", _IDLE_PROBE_S * 1000),
    ):
        if hasattr(sockets, option):
            raw.setsockopt(sockets.IPPROTO_TCP, getattr(sockets, option), value)


def _name(address: Address, tls: Tls | None) -> str:
    return (tls.server_name if tls else "") or address.name or address.host or "localhost"


def _shown(place: _Place) -> str:
    return place if isinstance(place, str) else f"{place[0]}:{place[1]}"
