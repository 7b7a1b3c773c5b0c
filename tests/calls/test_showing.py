"""What a service is shown of who calls: in every kind of call, and apart from what is shared."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass, field

import pytest

from bff.calls.call import Call, Calls, StreamCall
from bff.calls.pipeline import pipeline
from bff.calls.showing import Shows, ShowsLater
from bff.terms.context import Identity, Metadata, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Refused
from bff.terms.events import silence
from bff.transport.transport import Done, Hear
from tests.conditions import until

RPC = "shop.A/Get"
CAME: Metadata = (("x-request-id", "r"), ("authorization", "Bearer own"))


@dataclass
class Told:
    """A transport that remembers the metadata, and answers when it is told to."""

    metadata: list[Metadata] = field(default_factory=list)
    waiting: list[Done] = field(default_factory=list)

    def start(
        self,
        _path: str,
        _request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        done: Done,
        hear: Hear | None = None,
    ) -> None:
        self.metadata.append(metadata)
        self.waiting.append(done)

    def cancel(self, _call: object) -> None: ...

    def answer(self) -> None:
        waiting, self.waiting = self.waiting, []
        for done in waiting:
            done(b"reply", None)

    async def unary(self, *_: object, **__: object) -> bytes:
        raise AssertionError

    async def stream(
        self,
        _path: str,
        _requests: AsyncIterable[bytes],
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> AsyncGenerator[bytes, None]:
        self.metadata.append(metadata)
        yield b"one"

    async def close(self) -> None: ...


class Named:
    """Shows a token that is another one each time."""

    def __init__(self) -> None:
        self.made = 0

    def metadata(self, context: RequestContext) -> Metadata:
        self.made += 1
        return (("authorization", f"Bearer {context.identity.subject}-{self.made}"),)


class Fetched(Named):
    """The same, when it was made ready."""

    def __init__(self) -> None:
        super().__init__()
        self.readied = 0
        self.failure: Refused | None = None

    async def ready(self, _context: RequestContext) -> None:
        await asyncio.sleep(0)
        self.readied += 1
        if self.failure is not None:
            raise self.failure


def context(subject: str = "ada") -> RequestContext:
    return RequestContext("r", Deadline.after(5.0), Identity(subject), metadata=CAME)


def call(subject: str = "ada", *, rpc: str = RPC, shared: bool = False) -> Call:
    return Call(rpc, b"", context(subject), bytes.decode, idempotent=shared, shared=shared)


def calls_over(transport: Told, shows: Shows | None) -> Calls:
    def shows_of(service: str) -> Shows | None:
        return shows if service == "shop.A" else None

    return pipeline({"*": transport}, emit=silence, shows_of=shows_of)


async def made(transport: Told, calls: Calls, *asked: Call) -> list[str]:
    tasks = [asyncio.ensure_future(calls.make(one)) for one in asked]
    await until(lambda: transport.waiting)
    transport.answer()
    return list(await asyncio.gather(*tasks))


async def streamed(calls: Calls) -> list[str]:
    async def none() -> AsyncGenerator[bytes, None]:
        for one in ():
            yield one

    return [
        one
        async for one in calls.open(
            StreamCall(rpc=RPC, requests=none(), context=context(), read=bytes.decode)
        )
    ]


@pytest.mark.parametrize("shows", [Named(), Fetched()])
async def test_a_call_and_a_stream_carry_what_the_service_is_shown(shows: Named) -> None:
    transport = Told()
    calls = calls_over(transport, shows)
    assert ["reply"] == await made(transport, calls, call())
    assert ["one"] == await streamed(calls)
    assert [(("authorization", "Bearer ada-1"),), (("authorization", "Bearer ada-2"),)] == (
        transport.metadata
    )


async def test_another_service_gets_what_came() -> None:
    transport = Told()
    await made(transport, calls_over(transport, Named()), call(rpc="shop.B/Get"))
    assert [CAME] == transport.metadata


async def test_what_is_begun_without_waiting_carries_it_too() -> None:
    transport, done = Told(), []
    calls = calls_over(transport, Named())
    start = calls.starter(RPC, bytes.decode)
    assert start is not None
    start(b"", context(), lambda reply, error: done.append((reply, error)))
    calls.begin(call(shared=True), lambda reply, error: done.append((reply, error)))
    transport.answer()
    assert [("reply", None)] * 2 == done
    assert ["Bearer ada-1", "Bearer ada-2"] == [str(one[0][1]) for one in transport.metadata]


async def test_what_may_have_to_be_fetched_can_only_be_awaited() -> None:
    calls = calls_over(Told(), Fetched())
    assert (None, None) == (
        calls.starter(RPC, bytes.decode),
        calls.begin(call(), lambda _reply, _error: None),
    )


async def test_a_call_whose_credentials_are_refused_is_not_made() -> None:
    transport, shows = Told(), Fetched()
    shows.failure = Refused("Sign in again.")
    calls = calls_over(transport, shows)
    with pytest.raises(Refused):
        await calls.make(call())
    with pytest.raises(Refused):
        await streamed(calls)
    assert [] == transport.metadata


async def test_twins_are_one_call_although_each_would_have_a_token_of_its_own() -> None:
    """What is shared depends on who calls: two callers are never one."""
    transport = Told()
    calls = calls_over(transport, Named())
    asked = [call(name, shared=True) for name in ("ada", "ada", "bob")]
    assert ["reply"] * 3 == await made(transport, calls, *asked)
    assert ["Bearer ada-1", "Bearer bob-2"] == [str(one[0][1]) for one in transport.metadata]


def test_the_two_kinds_are_told_apart() -> None:
    assert [False, True] == [isinstance(one, ShowsLater) for one in (Named(), Fetched())]
