"""What lasts, when its process or its session ends: it says so, in its own way, and leaves."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from bff.calls.call import StreamCall
from bff.compose.endpoint import Answer, Endpoint, Streamed
from bff.terms.errors import Failure, untraced
from bff.terms.process import Process
from tests.compose.talks import Service, ask, context, endpoint, line, raw
from tests.conditions import until
from tests.leftovers import left_by

SESSION = "s-1"
JSON = "application/json"
Said = AsyncGenerator[Any, None]


class House:
    """One process, its endpoints, and the service that they have just now."""

    def __init__(self) -> None:
        self.process = Process()
        self.service = Service()
        self._endpoints: dict[str, Endpoint] = {}

    def open(self, call: StreamCall) -> Said:
        return self.service.open(call)

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
    answer = await house.endpoint(name).run(context(session=SESSION), ask(accept=accept))
    assert isinstance(answer, Streamed)
    async with aclosing(answer.chunks) as chunks:
        async for one in chunks:
            yield one


def played(house: House) -> Said:
    return framed(house, "Play", "")


def talked(house: House) -> Said:
    conversation = house.endpoint("Watch").converse
    assert conversation is not None
    return conversation.run(context(session=SESSION), ask(), _trickle())


async def uploaded(house: House) -> Said:
    asked = ask(accept=JSON, pieces=_trickle())
    yield await house.endpoint("Say").run(context(session=SESSION), asked)


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
        return await house.endpoint("Say").run(context(session=SESSION), ask(b"{}", accept=JSON))

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
