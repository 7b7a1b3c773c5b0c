"""F22: the service was built from another edition of the contract than the BFF has.

Called by hostile.py.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
import httpx

from tests.faults.bff import Bff, ask
from tests.faults.drift_contract import (
    BROKEN,
    EDITIONS,
    NEWER,
    OLDER,
    OURS,
    SERVICE,
    thing_of,
    write,
)
from tests.faults.oracle import Answer, Ask, Judge, Outcome, Verdict, problem
from tests.faults.row import Row, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape
from tests.faults.volley import volley
from tests.openapi.asked import Operation, operations_of
from tests.openapi.held import Held

Fill = Callable[[Any, str], None]


def _blue(thing: Any, name: str) -> None:
    """A colour that we have not heard of, wherever a colour may be."""
    thing.colour, thing.colours[:] = 2, [1, 2]
    thing.by_name[name] = 2


def _sound(thing: Any, name: str) -> None:
    """An arm of the oneof that we do not know: to us none is set."""
    thing.sound.text = name


def _more(thing: Any, name: str) -> None:
    thing.label.text = name
    thing.others.add(id=name)
    thing.inner.id, thing.inner.label.text, thing.inner.colour = name, name, 2


def _everything(thing: Any, name: str) -> None:
    for fill in (_blue, _sound, _more):
        fill(thing, name)


def _plain(thing: Any, _name: str) -> None:
    thing.words.text = "as agreed"


def _other_type(thing: Any, _name: str) -> None:
    """What was a number is text now. To protobuf that is an unknown field, so that ours has its
    default: valid, and caught where it is made, by `buf breaking`.
    """
    thing.size = "large"


def _bytes_for_text(thing: Any, _name: str) -> None:
    thing.note = b"\xff\xfe"


@dataclass(frozen=True, slots=True)
class Case:
    """clean  the error that is promised in place of a success, "" for none"""

    name: str
    edition: str
    fill: Fill
    path: str = "/v1/things/{id}"
    clean: str = ""


WATCH, FIND = "/v1/things/{id}:watch", "/v1/finds/{id}"
CASES = (
    Case("the same edition", OURS, _plain),
    Case("newer: an unknown enum value", NEWER, _blue),
    Case("newer: an unknown arm of a oneof", NEWER, _sound),
    Case("newer: unknown fields, at any depth", NEWER, _more),
    Case("newer: all of it in a stream", NEWER, _everything, WATCH),
    Case("older: fields that it has not", OLDER, _plain),
    Case("older: a method that it has not", OLDER, _plain, FIND, "501 unimplemented"),
    Case("broken: another type under the same number", BROKEN, _other_type),
    Case("broken: bytes for text", BROKEN, _bytes_for_text, clean="502 upstream-invalid-response"),
)


@dataclass(slots=True, eq=False)
class Shop:
    """The service, in whatever edition; `fill` is what its things have."""

    thing: Any = None
    fill: Fill = _plain
    lacks: tuple[str, ...] = ()
    handlers: dict[str, Any] = field(default_factory=dict)

    async def get(self, sent: bytes, _context: object) -> bytes:
        """The request is read by hand: `id` is its only field in every edition."""
        name = sent[2:].decode()
        made = self.thing(id=name)
        self.fill(made, name)
        return bytes(made.SerializeToString())

    async def watch(self, sent: bytes, context: object) -> AsyncIterator[bytes]:
        for _ in range(3):
            yield await self.get(sent, context)

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        method = details.method.rpartition("/")[2]
        if method in self.lacks:
            return None
        if method == "Watch":
            return grpc.unary_stream_rpc_method_handler(self.watch)
        return grpc.unary_unary_rpc_method_handler(self.get)


class _Door(grpc.GenericRpcHandler):
    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        return self._shop.service(details)


async def every_case(site: Site) -> Sequence[Row]:
    contracts = {edition: write(edition, site.folder) for edition in EDITIONS}
    things = {edition: thing_of(contracts[edition]) for edition in EDITIONS}
    shop = Shop()
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((_Door(shop),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    site.stack.push_async_callback(server.stop, None)
    services = {SERVICE: f"127.0.0.1:{port}"}
    bff = await site.bff(services, descriptors=contracts[OURS], more="[breaker]\ncalls = 0\n")
    document = json.loads((await ask(bff.admin_port, "/openapi.json"))[1])
    rows = []
    for case in CASES:
        shop.thing, shop.fill = things[case.edition], case.fill
        shop.lacks = ("Find",) if case.edition == OLDER else ()
        rows.append(await _row(site, bff, case, document))
    return rows


async def _row(site: Site, bff: Bff, case: Case, document: Mapping[str, Any]) -> Row:
    count = 5 if site.short else 200
    asks = [
        Ask(id=f"d-{it}", path=case.path.format(id=f"d-{it}"), kind=case.name)
        for it in range(count)
    ]
    tape = await volley(bff.port, asks, judge=_judge(case, document))
    promised = Outcome.CLEAN if case.clean else Outcome.OK
    others = tape.where(lambda it: it.outcome is not promised)
    word = case.clean or "a success that our document allows"
    notes = [f"{times} x {why}" for why, times in others.whys.most_common(3)]
    notes += await _metric(bff, tape) if case.clean.startswith("501") else []
    checks = [counted(f"answers but {word}", len(others))]
    return site.row(tape, checks, variant=case.name, notes=notes)


async def _metric(bff: Bff, tape: Tape) -> list[str]:
    metrics = await bff.metrics()
    told = [
        name for name in metrics if name.startswith("bff_rpc_total") and "UNIMPLEMENTED" in name
    ]
    return [f"{len(tape)} calls counted as {name}" for name in told]


def _judge(case: Case, document: Mapping[str, Any]) -> Judge:
    """A success must be as the API document says, and of the id that was asked for."""
    held, operation = Held(document), _operation(case, document)

    def judge(ask: Ask, answer: Answer | None) -> Verdict:
        if answer is None:
            return Verdict(Outcome.LOST, "no answer")
        if case.clean:
            found = problem(answer) if answer.status >= 300 else Verdict(Outcome.WRONG, "a success")
            good = found.outcome is not Outcome.CLEAN or found.why == case.clean
            return found if good else Verdict(Outcome.LOST, found.why)
        response = httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)
        violations = held.violations(operation, response)
        if violations:
            return Verdict(Outcome.WRONG, violations[0])
        if f'"id":"{ask.id}"'.encode() not in answer.body:
            return Verdict(Outcome.WRONG, "another id")
        return Verdict(Outcome.OK)

    return judge


def _operation(case: Case, document: Mapping[str, Any]) -> Operation:
    return next(it for it in operations_of(document) if it.path == case.path)


SCENARIOS = (
    Scenario(
        id="F22",
        title="schema drift",
        promise="new fields, enum values, oneof arms: 0 5xx, every answer valid against our "
        "OpenAPI; a removed method is a 501",
        run=every_case,
    ),
)
