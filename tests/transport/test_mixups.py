"""Never another call's bytes: answers mixed, given up midway, late, sent again; by their content.

Sources   docs/spec/threats.md ("other user's data"); docs/spec/reliability.md ("wrong = 0").
"""

import asyncio
import random

import pytest

from tests.conditions import until
from tests.transport.both import ask, outcome, streamed
from tests.transport.raw_frames import (
    GRPC,
    OK,
    Fields,
    answer,
    data,
    goaway,
    headers,
    message,
)
from tests.transport.raw_server import Asked, Peer, raw_server

CALLS = 100


def pieces(asked: Asked, chance: random.Random) -> list[bytes]:
    """An answer that repeats the request's own words, in frames of random length."""
    whole = message(b"for " + asked.body * 50)
    trailers: Fields = (*OK, ("x-for", asked.body.decode()))
    frames = [headers(asked.stream, (*GRPC, ("x-begun", asked.body.decode())))]
    while whole:
        size = chance.randint(1, 400)
        frames.append(data(asked.stream, whole[:size]))
        whole = whole[size:]
    return [*frames, headers(asked.stream, trailers, end=True)]


def shuffled(answers: list[list[bytes]], chance: random.Random) -> list[bytes]:
    """All frames of all answers; those of one answer stay in order."""
    turns = [at for at, frames in enumerate(answers) for _ in frames]
    chance.shuffle(turns)
    left = [iter(frames) for frames in answers]
    return [next(left[at]) for at in turns]


async def checked(call, body: bytes) -> str:
    """ "right", or how else it ended; an answer of another call's is wrong."""
    came = await outcome(call)
    return "right" if came == f"answer for {body.decode() * 50}" else came


@pytest.mark.parametrize("seed", range(5))
async def test_interleaved_answers_reach_their_own_calls(seed, connect):
    """100 calls; their answers come in frames of random size, all mixed."""
    chance = random.Random(seed)

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = [await peer.request() for _ in range(CALLS)]
        peer.send(*shuffled([pieces(it, chance) for it in asked], chance))

    async with raw_server(script) as server:
        transport = connect(server.address)
        bodies = [b"%d-%d" % (seed, at) for at in range(CALLS)]
        came = await asyncio.gather(*(checked(ask(transport, it), it) for it in bodies))
        assert ["right"] * CALLS == came
        assert 1 == len(server.peers)


@pytest.mark.parametrize("seed", range(5))
async def test_giving_calls_up_midway_never_moves_an_answer_to_another(seed, connect):
    """A third is cancelled while their answers come; half of these are answered to the end."""
    chance = random.Random(seed)
    cancelled: list[bytes] = []

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = [await peer.request() for _ in range(CALLS)]
        for piece in shuffled([pieces(it, chance) for it in asked], chance):
            peer.send(piece)
            if chance.random() < 0.05:
                await peer.flushed()
                give_up()
                await asyncio.sleep(0)

    def give_up() -> None:
        under_way = [body for body, call in calls.items() if not call.done()]
        if under_way and len(cancelled) < CALLS // 3:
            cancelled.append(chance.choice(under_way))
            calls[cancelled[-1]].cancel()

    async with raw_server(script) as server:
        transport = connect(server.address)
        bodies = [b"%d-%d" % (seed, at) for at in range(CALLS)]
        calls = {it: asyncio.create_task(checked(ask(transport, it), it)) for it in bodies}
        done, _ = await asyncio.wait(calls.values())
        assert {"right"} == {call.result() for call in done if not call.cancelled()}
        assert {it for it, call in calls.items() if call.cancelled()} <= set(cancelled)
        assert [] != cancelled


@pytest.mark.parametrize("seed", range(3))
async def test_metadata_of_interleaved_answers_reach_their_own_calls(seed, connect):
    chance = random.Random(seed)

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = [await peer.request() for _ in range(CALLS)]
        peer.send(*shuffled([pieces(it, chance) for it in asked], chance))

    async def heard_of(body: bytes) -> list[tuple[str, str | bytes]]:
        heard: list[tuple[str, str | bytes]] = []
        await ask(transport, body, hear=heard.extend)
        return heard

    async with raw_server(script) as server:
        transport = connect(server.address)
        bodies = [b"%d" % at for at in range(CALLS)]
        came = await asyncio.gather(*(heard_of(it) for it in bodies))
    own = [[("x-begun", it.decode()), ("x-for", it.decode())] for it in bodies]
    assert own == came


async def test_an_answer_that_comes_after_its_call_was_given_up_goes_to_nobody(connect):
    """The next call, on the same connection, hears only its own."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        first = await peer.request()
        await peer.until(lambda: first.stream in peer.resets)
        second = await peer.request()
        peer.send(answer(first.stream, b"late"), answer(second.stream, second.body))
        third = await peer.request()
        peer.send(answer(first.stream, b"later still"), answer(third.stream, third.body))

    async with raw_server(script) as server:
        transport = connect(server.address)
        call = asyncio.create_task(ask(transport, b"one"))
        await until(lambda: server.peers and server.peers[0].asked)
        call.cancel()
        await asyncio.wait([call])
        assert [b"two", b"three"] == [await ask(transport, it) for it in (b"two", b"three")]
        assert 1 == len(server.peers)


async def test_an_answer_that_comes_after_the_deadline_goes_to_nobody(connect):
    async def script(peer: Peer) -> None:
        await peer.greet()
        first = await peer.request()
        second = await peer.request()
        peer.send(answer(first.stream, b"late"), answer(second.stream, second.body))

    async with raw_server(script) as server:
        transport = connect(server.address)
        assert "silent upstream-timeout" == await outcome(ask(transport, b"one", seconds=0.1))
        assert b"two" == await ask(transport, b"two")


async def test_a_second_answer_to_a_call_goes_to_nobody(connect):
    """The peer answers stream 1 twice; the second time the next call is waiting."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        first = await peer.request()
        peer.send(answer(first.stream, b"for one"))
        second = await peer.request()
        peer.send(answer(first.stream, b"again for one"), answer(second.stream, b"for two"))

    async with raw_server(script) as server:
        transport = connect(server.address)
        assert b"for one" == await ask(transport)
        assert await outcome(ask(transport)) in (
            "answer for two",
            "silent upstream-invalid-response",
        )


@pytest.mark.parametrize("seed", range(3))
async def test_streams_and_unary_calls_share_a_connection_without_mixing(seed, connect):
    """50 of each, their messages interleaved."""
    chance = random.Random(seed)

    def messages(asked: Asked) -> list[bytes]:
        if asked.body.startswith(b"unary"):
            return pieces(asked, chance)
        middle = [data(asked.stream, message(asked.body + b".%d" % at)) for at in range(5)]
        return [headers(asked.stream, GRPC), *middle, headers(asked.stream, OK, end=True)]

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = [await peer.request() for _ in range(CALLS)]
        peer.send(*shuffled([messages(it) for it in asked], chance))

    async with raw_server(script) as server:
        transport = connect(server.address)
        unary = [b"unary%d" % at for at in range(CALLS // 2)]
        names = [f"stream{at}" for at in range(CALLS // 2)]
        came = await asyncio.gather(
            *(checked(ask(transport, it), it) for it in unary),
            *(streamed(transport, [it.encode()]) for it in names),
        )
    whole = [" ".join(f"{it}.{at}" for at in range(5)) + ", then OK" for it in names]
    assert ["right"] * len(unary) + whole == came


@pytest.mark.parametrize("seed", range(3))
async def test_calls_that_are_sent_again_hear_their_own_answers(seed, connect, kind):
    """The first connection answers some, leaves with GOAWAY, and is replaced."""
    chance = random.Random(seed)

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            asked = await peer.request()
            if peer.number == 0 and len(peer.asked) == CALLS // 2:
                peer.send(goaway(asked.stream))
            peer.send(*pieces(asked, chance))

    async with raw_server(script) as server:
        transport = connect(server.address)
        bodies = [b"%d" % at for at in range(CALLS)]
        came = await asyncio.gather(*(checked(ask(transport, it), it) for it in bodies))
    assert {"right"} | ({"silent upstream-unavailable"} if kind == "grpcio" else set()) >= set(came)
    assert "right" in came
