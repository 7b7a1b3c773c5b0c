"""One of three replicas is a second late: what clients feel of it, and what it costs the others.

HTTP in, three real gRPC servers behind one address, the settings that operators get.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic

import grpc
import httpx
import pytest

from bff.app import assemble
from bff.codegen import compile_protos
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import CallRepeated, Event
from tests.conditions import until
from tests.grpc_service import grpc_service

SERVICE = "shelf.v1.Shelf"
PROTO = """\
syntax = "proto3";
package shelf.v1;
import "google/api/annotations.proto";

service Shelf {
  rpc Read(Book) returns (Book) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = { get: "/v1/books/{name}" };
  }
  rpc Put(Book) returns (Book) {
    option idempotency_level = IDEMPOTENT;
    option (google.api.http) = { put: "/v1/books/{name}" };
  }
}
message Book { string name = 1; }
"""
CLIENTS, EACH = 8, 100


class Replica:
    """Sends back what it gets; a slow one a second later. `asked` by method."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.late_s = 0.0
        self.address = ""

    @asynccontextmanager
    async def up(self) -> AsyncIterator["Replica"]:
        methods = {name: self._method(name) for name in ("Read", "Put")}
        handler = grpc.method_handlers_generic_handler(SERVICE, methods)
        async with grpc_service(handler) as self.address:
            yield self

    def _method(self, name: str) -> grpc.RpcMethodHandler:
        async def answer(request: bytes, _context: object) -> bytes:
            self.asked[name] += 1
            if self.late_s:
                late = asyncio.Event()
                asyncio.get_running_loop().call_later(self.late_s, late.set)
                await late.wait()
            return request

        return grpc.unary_unary_rpc_method_handler(answer)


class House:
    """A BFF before three replicas."""

    def __init__(self, replicas: list[Replica], public: httpx.AsyncClient) -> None:
        self.replicas = replicas
        self.public = public
        self.events: list[Event] = []

    @property
    def hedges(self) -> int:
        return sum(isinstance(one, CallRepeated) and one.why == "hedge" for one in self.events)

    def asked(self, method: str) -> int:
        return sum(one.asked[method] for one in self.replicas)

    async def load(self, method: str) -> list[float]:
        """How long each of many requests took, from several clients; all are answered."""
        took_s: list[float] = []

        async def client(number: int) -> None:
            for turn in range(EACH):
                began_s = monotonic()
                name = f"b-{number}-{turn}"
                answer = await self.public.request(method, f"/v1/books/{name}")
                took_s.append(monotonic() - began_s)
                assert (200, name) == (answer.status_code, answer.json()["name"])

        await asyncio.gather(*(client(number) for number in range(CLIENTS)))
        return sorted(took_s)


@asynccontextmanager
async def house(folder: Path, *settings: tuple[str, str]) -> AsyncIterator[House]:
    (folder / "shelf.proto").write_text(PROTO)
    (folder / "shelf.binpb").write_bytes(compile_protos(folder))
    async with AsyncExitStack() as stack:
        replicas = [await stack.enter_async_context(Replica().up()) for _ in range(3)]
        found = House(replicas, httpx.AsyncClient())
        overrides = Overrides(
            keys=settings,
            services=(("*", ",".join(one.address for one in replicas)),),
            descriptors=(str(folder / "shelf.binpb"),),
            open_access=True,
        )
        bff = assemble(
            load(None, environment={}, overrides=overrides),
            emit=found.events.append,
            metrics=Metrics(),
        )
        await stack.enter_async_context(bff.running())
        door = httpx.ASGITransport(app=bff.public)  # type: ignore[arg-type]
        found.public = await stack.enter_async_context(
            httpx.AsyncClient(transport=door, base_url="http://bff.test")
        )
        assert 200 == (await found.public.get("/v1/books/first")).status_code
        (transport,) = set(bff.transports.values())
        await until(lambda: "connecting" not in repr(transport))
        yield found


async def test_one_replica_a_second_late_is_felt_by_nobody_and_costs_a_twentieth(tmp_path):
    async with house(tmp_path) as shop:
        await shop.load("GET")
        shop.events.clear()
        before = shop.asked("Read")
        shop.replicas[0].late_s = 1.0
        took_s = await shop.load("GET")
        asked, hedges = shop.asked("Read") - before, shop.hedges
    assert took_s[len(took_s) * 99 // 100] < 0.5
    assert 0 < hedges <= CLIENTS * EACH * 2 * 0.05
    assert asked <= CLIENTS * EACH * 1.05 + CLIENTS * EACH * 0.05


@pytest.mark.parametrize(
    ("method", "settings"),
    [("PUT", ()), ("GET", (("hedge.where", "nowhere"),))],
)
async def test_what_has_side_effects_is_asked_for_once_and_so_is_what_the_operator_says(
    tmp_path, method, settings
):
    async with house(tmp_path, *settings) as shop:
        shop.replicas[0].late_s = 0.05
        await shop.load(method)
        assert 0 == shop.hedges
        assert CLIENTS * EACH == shop.asked("Put") + shop.asked("Read") - 1
