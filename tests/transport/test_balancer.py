"""Several replicas, one of them dead, frozen or leaving: what callers see of it.

Sources   docs/spec/reliability.md section 2, F1, F4, F10.
"""

import asyncio
import socket
from collections import Counter
from contextlib import aclosing
from time import monotonic

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.http2.keepalive import SECOND_LOOK_S
from bff.transport.http2.options import Http2Options
from bff.transport.http2.pool import Pool
from bff.transport.targets import transport_for
from tests.conditions import until
from tests.transport.both import ASK, ask, outcome, streamed
from tests.transport.raw_frames import answer, goaway
from tests.transport.raw_server import Asked, Peer, raw_server
from tests.transport.replicas import all_up, came, fleet


async def test_calls_go_to_all_replicas() -> None:
    async with fleet("a", "b", "c") as made:
        await all_up(made)
        found = await came(made, 90)
    assert {"answer a", "answer b", "answer c"} == set(found)
    assert min(found.values()) >= 10


async def test_who_is_busy_gets_less() -> None:
    """The calls that wait on one replica weigh; a slow one is not sent its full share."""
    async with fleet("a", "b") as made:
        await all_up(made)
        slow, _ = made.members
        slow.hold()
        stuck = [asyncio.create_task(ask(made.transport)) for _ in range(8)]
        await until(lambda: sum(it.done() for it in stuck) == 4)
        before = slow.asked
        for _ in range(40):
            await ask(made.transport)
        assert before == slow.asked
        slow.release()
        await asyncio.gather(*stuck)


async def test_one_dead_of_three_costs_no_call() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{nobody.getsockname()[1]}"
        async with raw_server(_serve) as one, raw_server(_serve) as other:
            transport = transport_for(f"{one.address},{dead},{other.address}")
            found = Counter([await outcome(ask(transport)) for _ in range(60)])
            assert "down" in repr(transport)
            await transport.close()
    assert {"answer hello": 60} == found


async def _serve(peer: Peer) -> None:
    await peer.greet()
    while True:
        asked = await peer.request()
        peer.send(answer(asked.stream, asked.body))


async def test_one_that_dies_costs_the_calls_that_it_has() -> None:
    """And finds its share again when it is back."""
    async with fleet("a", "b", "c") as made:
        await all_up(made)
        victim = made.members[0]
        victim.hold()
        before = victim.asked
        tasks = [asyncio.create_task(outcome(ask(made.transport))) for _ in range(30)]
        await until(lambda: sum(it.asked for it in made.members) == 31)
        having = victim.asked - before
        victim.thawed.clear()
        for peer in victim.server.peers:
            peer.abort()
        lost = Counter(await asyncio.gather(*tasks))["silent upstream-unavailable"]
        meanwhile = await came(made, 60)
        victim.thawed.set()
        victim.release()
        await until(lambda: "connecting" not in repr(made.transport))
        after = await came(made, 60)
    assert 0 < lost <= having
    assert {"answer b", "answer c"} == set(meanwhile)
    assert {"answer a", "answer b", "answer c"} == set(after)


async def test_one_frozen_of_three_costs_the_calls_that_it_has() -> None:
    """F4: noticed by its silence; later calls go elsewhere; thawed, it is found again."""
    async with fleet("a", "b", "c") as made:
        await all_up(made)
        frozen = made.members[0]
        frozen.thawed.clear()
        tasks = [asyncio.create_task(outcome(ask(made.transport))) for _ in range(30)]
        first = Counter(await asyncio.gather(*tasks))
        later = await came(made, 60)
        frozen.thawed.set()
        await until(lambda: "connecting" not in repr(made.transport))
        thawed = await came(made, 60)
    assert first["silent upstream-unavailable"] <= 12
    assert {"answer b", "answer c"} == set(later)
    assert {"answer a", "answer b", "answer c"} == set(thawed)


async def test_a_frozen_peer_is_noticed_within_three_seconds() -> None:
    """With the limits that operators get unless they say otherwise."""
    options = Http2Options()
    async with fleet("a", "b", options=options) as made:
        await all_up(made)
        for member in made.members:
            member.thawed.clear()
        began_s = monotonic()
        assert "silent upstream-unavailable" == await outcome(ask(made.transport))
        assert monotonic() - began_s <= 3.0
    assert options.keepalive_s + options.keepalive_timeout_s + SECOND_LOOK_S <= 3.0


async def test_one_that_is_frozen_at_the_start_is_waited_for_by_nobody() -> None:
    async with fleet("a", "b", "c") as made:
        made.members[0].thawed.clear()
        found = Counter(
            await asyncio.gather(*(outcome(ask(made.transport, seconds=1.0)) for _ in range(30)))
        )
    assert {"answer b", "answer c"} >= set(found)


async def test_a_service_whose_connections_age_loses_no_call() -> None:
    """F10: a GOAWAY beside every answer, from each of them."""

    async def aging(peer: Peer) -> None:
        await peer.greet()
        asked = await peer.request()
        peer.send(goaway(asked.stream), answer(asked.stream, asked.body))

    async with raw_server(aging) as one, raw_server(aging) as other:
        transport = transport_for(f"{one.address},{other.address}", Http2Options(reconnect_ms=50))
        found = Counter([await outcome(ask(transport)) for _ in range(30)])
        await transport.close()
    assert {"answer hello": 30} == found


async def test_our_own_connections_age_and_no_call_is_lost() -> None:
    async with fleet("a", "b", options=Http2Options(max_age_s=0.05)) as made:
        await all_up(made)
        found = Counter[str]()
        while min(len(it.server.peers) for it in made.members) < 3:
            found += await came(made, 5)
    assert {"answer a", "answer b"} == set(found)


async def test_a_call_that_a_replica_did_not_process_goes_to_another() -> None:
    """The one that leaves is not there any more when its calls are given back."""
    taken: list[Asked] = []

    async def leaving(peer: Peer) -> None:
        if not taken:
            await peer.greet()
            taken.append(await peer.request())
            peer.send(goaway(0))

    async with raw_server(leaving) as one, raw_server(_serve) as other:
        transport = transport_for(f"{one.address},{other.address}")
        await ask(transport)
        await until(lambda: "connecting" not in repr(transport) or taken)
        found = set()
        while not taken:
            found.add(await outcome(ask(transport)))
        found.add(await outcome(ask(transport)))
        await transport.close()
    assert {"answer hello"} == found


async def test_a_whole_service_that_is_gone_fails_at_once_and_is_found_again() -> None:
    async with fleet("a", "b") as made:
        await all_up(made)
        for member in made.members:
            member.thawed.clear()
            for peer in member.server.peers:
                peer.abort()
        lost = await outcome(ask(made.transport, seconds=0.3))
        for member in made.members:
            member.thawed.set()
        assert (await outcome(ask(made.transport))).startswith("answer")
    assert lost in ("silent upstream-timeout", "silent upstream-unavailable")


async def test_a_stream_goes_to_one_of_them() -> None:
    async with fleet("a", "b") as made:
        assert await streamed(made.transport) in ("a, then OK", "b, then OK")


async def test_a_call_may_be_begun_with_a_callback_and_given_up() -> None:
    told: list[tuple[bytes, Failure | None]] = []
    async with fleet("a", "b") as made:
        await all_up(made)
        for member in made.members:
            member.hold()
        calls = [
            made.transport.start(
                ASK,
                b"",
                metadata=(),
                deadline=Deadline.after(20.0),
                done=lambda reply, failure: told.append((reply, failure)),
            )
            for _ in range(4)
        ]
        asked = 1 + len(calls)
        await until(lambda: sum(it.asked for it in made.members) == asked)
        for call in calls[:2]:
            made.transport.cancel(call)
            made.transport.cancel(call)
        for member in made.members:
            member.release()
        await until(lambda: len(told) == 2)
        assert [None, None] == [failure for _, failure in told]
        await until(lambda: repr(made.transport).count(" 0 calls") == 2)


async def test_a_call_given_up_before_anybody_is_connected_reaches_nobody() -> None:
    async with fleet("a", "b") as made:
        for member in made.members:
            member.thawed.clear()
        waiting = asyncio.create_task(ask(made.transport))
        await until(lambda: made.turned)
        waiting.cancel()
        await asyncio.wait({waiting})
        for member in made.members:
            member.thawed.set()
        await ask(made.transport)
        assert 1 == sum(it.asked for it in made.members)


async def test_closing_ends_what_is_under_way() -> None:
    async with fleet("a", "b") as made:
        await all_up(made)
        for member in made.members:
            member.hold()
        under_way = [asyncio.create_task(outcome(ask(made.transport))) for _ in range(4)]
        await until(lambda: sum(it.asked for it in made.members) == 5)
        await made.transport.close()
        assert {"silent upstream-unavailable"} == set(await asyncio.gather(*under_way))
        assert "silent upstream-unavailable" == await outcome(ask(made.transport))


async def test_one_replica_alone_has_nothing_before_its_pool() -> None:
    """A name that leads to one address costs what the address costs."""
    async with fleet("a") as made:
        await all_up(made)
        bearer = made.transport._pool
        assert bearer is not None
        assert isinstance(bearer.start.__self__, Pool)  # type: ignore[attr-defined]


async def test_an_address_that_needs_no_looking_up_has_a_pool_and_nothing_else() -> None:
    async with raw_server(_serve) as server:
        transport = transport_for(server.address)
        await ask(transport)
        assert "Balancer" not in repr(transport)
        await transport.close()


async def test_an_operator_sees_each_address_its_state_and_its_calls() -> None:
    async with fleet("a", "b") as made:
        await all_up(made)
        first, second = (it.address for it in made.members)
        expected = f"<Balancer <{first} in, 0 calls> <{second} in, 0 calls>>"
        assert expected in repr(made.transport)


async def test_a_stream_that_is_left_is_cancelled() -> None:
    async with fleet("a", "b") as made:
        await all_up(made)
        for member in made.members:
            member.hold()
        replies = made.transport.stream(ASK, _endless(), metadata=(), deadline=Deadline.after(0.2))
        async with aclosing(replies):
            assert "silent upstream-timeout" == await outcome(anext(replies))
        await until(lambda: repr(made.transport).count(" 0 calls") == 2)


async def _endless():  # type: ignore[no-untyped-def]
    yield b"one"
    await asyncio.Event().wait()
