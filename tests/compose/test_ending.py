"""What lasts, when its process, session or token ends: it says so, in its own way, and leaves."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from time import monotonic
from typing import Any

import pytest

from bff.calls.call import StreamCall
from bff.compose.endpoint import Answer, Endpoint, Streamed
from bff.terms.context import NOBODY, Identity, RequestContext
from bff.terms.errors import Failure, untraced
from bff.terms.process import Process
from tests.compose.talks import Service, ask, context, endpoint, line, raw
from tests.conditions import until
from tests.leftovers import left_by

SESSION = "s-1"
LOOP_CLOCK_S = 0.002
"""How much a timer of the loop may be early."""
JSON = "application/json"
Said = AsyncGenerator[Any, None]


class House:
    """One process, its endpoints, and the service that they have just now."""

    def __init__(self, identity: Identity = NOBODY) -> None:
        self.process = Process()
        self.identity = identity
        self.service = Service()
        self._endpoints: dict[str, Endpoint] = {}

    def open(self, call: StreamCall) -> Said:
        return self.service.open(call)

    def context(self) -> RequestContext:
        return context(session=SESSION, identity=self.identity)

    def endpoint(self, name: str) -> Endpoint:
        if name not in self._endpoints:
            self._endpoints[name] = endpoint(name, self, process=self.process)
        return self._endpoints[name]

    async def said(self, what: "Lasting", end: "End") -> tuple[list[Any], str]:
        """What it said until that end, and the reason that it failed with."""
        said: list[Any] = []

        async def listen() -> str:
            try:
                async with aclosing(what(self)) as saying:
                    async for one in saying:
                        said.append(one)  # noqa: PERF401 - what came before a failure counts
            except Failure as failure:
                untraced(failure)
                return failure.reason
            return ""

        self.service = SERVICES[what]()
        listening = asyncio.create_task(listen())
        await until(lambda: self.service.asked == 2 or (what is uploaded and self.service.requests))
        end(self.process)
        return said, await listening


Lasting = Callable[[House], Said]
End = Callable[[Process], None]


async def framed(house: House, name: str = "Watch", accept: str = "application/x-ndjson") -> Said:
    answer = await house.endpoint(name).run(house.context(), ask(accept=accept))
    assert isinstance(answer, Streamed)
    async with aclosing(answer.chunks) as chunks:
        async for one in chunks:
            yield one


def played(house: House) -> Said:
    return framed(house, "Play", "")


def talked(house: House) -> Said:
    conversation = house.endpoint("Watch").converse
    assert conversation is not None
    return conversation.run(house.context(), ask(), _trickle())


async def uploaded(house: House) -> Said:
    asked = ask(accept=JSON, pieces=_trickle())
    yield await house.endpoint("Say").run(house.context(), asked)


def lasting(seconds: float) -> Identity:
    """Known by a token that ends so long from now."""
    return Identity("ada", until_s=monotonic() + seconds)


async def _trickle() -> AsyncGenerator[bytes, None]:
    yield b'{"text":"a"}\n{'
    await asyncio.Event().wait()


SERVICES: dict[Lasting, Callable[[], Service]] = {
    framed: lambda: Service(line(text="a"), asyncio.Event()),
    played: lambda: Service(raw(b"ab"), asyncio.Event()),
    talked: lambda: Service(line(text="a"), asyncio.Event()),
    uploaded: lambda: Service(line(text="never")),
}


def close(process: Process) -> None:
    process.closing.begin()


def sign_out(process: Process) -> None:
    process.standings.end(SESSION)


@pytest.mark.parametrize(
    ("end", "reason"), [(close, "shutting-down"), (sign_out, "session-expired")]
)
@pytest.mark.parametrize("what", SERVICES)
async def test_f17_whatever_lasts_hears_of_an_end_and_leaves_the_service(
    what: Lasting, end: End, reason: str
) -> None:
    house = House()
    _, told = await house.said(what, end)
    assert (reason, True) == (told, house.service.closed)
    assert () == house.process.standings.sessions
    assert repr(house.process.closing).endswith(" 0 wait for it>")


@pytest.mark.parametrize("what", SERVICES)
async def test_whatever_lasts_ends_with_the_token_that_opened_it(what: Lasting) -> None:
    house = House(lasting(0.05))
    _, told = await house.said(what, lambda _process: None)
    assert ("unauthenticated", True) == (told, house.service.closed)
    assert house.identity.until_s <= monotonic() + LOOP_CLOCK_S
    assert () == house.process.standings.sessions


async def test_a_token_that_outlives_its_stream_leaves_no_timer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timers: list[asyncio.TimerHandle] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later

    def kept(*words: Any, **more: Any) -> asyncio.TimerHandle:
        timers.append(call_later(*words, **more))
        return timers[-1]

    monkeypatch.setattr(loop, "call_later", kept)
    house = House(lasting(3_600.0))
    house.service = Service(line(text="a"))
    async with aclosing(framed(house)) as chunks:
        assert 1 == len([one async for one in chunks])
    mine = [one for one in timers if one.when() > loop.time() + 3_000]
    assert [True] == [one.cancelled() for one in mine]


async def test_a_framed_stream_tells_it_in_its_last_record() -> None:
    said, _ = await House().said(framed, close)
    first, last = map(json.loads, said)
    assert "a" == first["result"]["text"]
    assert last["error"]["type"].endswith("shutting-down")


async def test_a_stream_that_is_never_silent_hears_of_it_too() -> None:
    house = House()
    house.service = Service(*(line(text=str(number)) for number in range(99)))
    async with aclosing(framed(house)) as chunks:
        await anext(chunks)
        close(house.process)
        assert b"shutting-down" in await anext(chunks)


async def test_raw_bytes_that_have_not_begun_are_refused() -> None:
    house = House()
    house.service = Service(asyncio.Event())
    close(house.process)
    with pytest.raises(Failure) as caught:
        await anext(played(house))
    assert "shutting-down" == caught.value.reason


@pytest.mark.parametrize("end", [close, sign_out])
async def test_an_upload_that_is_all_here_is_answered(end: End) -> None:
    """The service may have done it by now: who is told otherwise does it twice."""
    house, bell = House(), asyncio.Event()
    house.service = Service(bell, line(text="done"))

    async def say() -> Answer | Streamed:
        return await house.endpoint("Say").run(house.context(), ask(b"{}", accept=JSON))

    saying = asyncio.create_task(say())
    await until(lambda: house.service.asked)
    end(house.process)
    await asyncio.sleep(0)
    bell.set()
    answer = await saying
    assert isinstance(answer, Answer)
    assert "done" == json.loads(answer.body)["text"]


@pytest.mark.parametrize("what", SERVICES)
async def test_nothing_is_left_of_what_was_ended(what: Lasting) -> None:
    house = House()

    async def once() -> None:
        assert "session-expired" == (await house.said(what, sign_out))[1]

    assert {} == await left_by(once)
