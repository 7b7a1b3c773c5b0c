"""Run the demo's identity provider in this process, on a port of its own.

Called by serve.py, tests.
Never     listens beyond this machine; never leaves its port open.
Source    uvicorn "Programmatically".
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from fake_services.demo_keys import DemoKeys
from fake_services.identity_provider import IdentityProvider
from fake_services.identity_provider_pages import ProviderPages

FIRST_PROVIDER_PORT = 8090
_HOST = "127.0.0.1"


class _Quiet(uvicorn.Server):
    """Signals are for whoever runs the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def provider_running(
    keys: DemoKeys, *, ports: Iterable[int] = (0,), access_s: float = 300
) -> AsyncIterator[IdentityProvider]:
    """The provider, listening at `issuer`; the first free one of the ports is its own."""
    listening = _bound(ports)
    # the name and not the number: a browser keeps a Secure cookie for http://localhost
    issuer = f"http://localhost:{listening.getsockname()[1]}"
    provider = IdentityProvider(issuer, keys, access_s=access_s)
    async with answering(ProviderPages(provider).app(), listening):
        yield provider


@asynccontextmanager
async def answering(app: ASGIApp, listening: socket.socket) -> AsyncIterator[None]:
    """That app, behind that socket; closed afterwards, whoever still waits for an answer."""
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    server = _Quiet(config)
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield
    finally:
        server.force_exit = server.should_exit = True
        running.cancel()  # a request that stalls on purpose would keep it
        with suppress(asyncio.CancelledError):
            await running
        # else the loop still watches a closed socket's number
        for one in getattr(server, "servers", ()):
            one.close()
        listening.close()


def _bound(ports: Iterable[int]) -> socket.socket:
    for port in ports:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((_HOST, port))
        except OSError:
            listening.close()
            continue
        listening.listen()
        return listening
    raise OSError("none of the ports is free")
