"""A BFF on a real socket, over a service of every kind of field that says back what it heard.

Why       The demo's messages hold too few kinds of values for the rows about JSON and queries.
Called by conftest.py, for the rows from 38 on.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import grpc

from bff.app import assemble
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.edge.http1.overdue import ConnectionOptions
from bff.server_options import ContractOptions
from bff.settings import Settings
from bff.telemetry.metrics import Metrics
from bff.terms.events import Event
from tests.bad_input.listening import serving
from tests.bad_input.raw import Door, get
from tests.grpc_service import grpc_service
from tests.openapi.echo import SERVICE, catalog, descriptors

FORBIDDING = JsonOptions(nonfinite=False, any=False, open_enums=False)
"""What rows 70, 74 and 81 speak of: read by default, unless a setting forbids it."""
SHALLOW = JsonLimits(depth=32)
"""The depth that row 57 speaks of."""
WELL = get("/v1/query?text=a")


@dataclass(frozen=True, slots=True)
class Heard:
    """One call, as the service saw it."""

    method: str
    request: bytes
    metadata: tuple[tuple[str, str | bytes], ...]


@dataclass(slots=True)
class EchoService(grpc.GenericRpcHandler):
    """Answers the bytes that it got, and remembers them."""

    heard: list[Heard] = field(default_factory=list)

    def service(self, details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        async def same(request: bytes, _context: object) -> bytes:
            metadata = tuple((key, value) for key, value in details.invocation_metadata)
            self.heard.append(Heard(details.method.rpartition("/")[2], request, metadata))
            return request

        return grpc.unary_unary_rpc_method_handler(same)


@dataclass(frozen=True, slots=True)
class Echo:
    """A door, and what the service behind it heard."""

    door: Door
    heard: list[Heard]
    events: list[Event]

    async def is_well(self) -> bool:
        return (await self.door.ask(WELL)).status == 200

    def message(self) -> object:
        """What the only call asked."""
        (one,) = self.heard
        return catalog().methods[f"{SERVICE}/{one.method}"].request.FromString(one.request)


@asynccontextmanager
async def echo_at(folder: Path) -> AsyncIterator[Echo]:
    """The service, a BFF that forbids all that can be forbidden, and a port in front of it."""
    file = folder / "echo.binpb"
    file.write_bytes(descriptors())
    service, events = EchoService(), list[Event]()
    async with AsyncExitStack() as stack:
        settings = Settings(
            contract=ContractOptions(descriptors=(str(file),)),
            json=FORBIDDING,
            limits=SHALLOW,
            services={SERVICE: await stack.enter_async_context(grpc_service(service))},
            access={"default": "public"},
            connections=replace(ConnectionOptions(), line_bytes=32_768),
        )
        bff = assemble(settings, emit=events.append, metrics=Metrics())
        await stack.enter_async_context(bff.running())
        door = serving(bff, settings.connections, emit=events.append)
        yield Echo(Door(await stack.enter_async_context(door)), service.heard, events)
