"""The judge, the figures and the ill-treating parts do what the scenarios believe of them."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.attackers import SILENT, Attackers, Ended, give_way
from tests.faults.catalog import catalog, chosen
from tests.faults.load import Load, reads
from tests.faults.moment import passed, until
from tests.faults.oracle import Answer, Ask, Outcome, judged
from tests.faults.proxy import ChaosProxy
from tests.faults.row import at_most, counted
from tests.faults.tape import Latency, Shot, Tape, latency

ASK = Ask(id="1", path="/v1/echo/1", identity="u-1")
PROBLEM = {"content-type": "application/problem+json"}


def problem(slug: str, status: int, **more: str) -> bytes:
    kind = f"https://grpc-bff.dev/problems/{slug}"
    return json.dumps({"type": kind, "status": status, **more}).encode()


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (Outcome.OK, Answer(200, {}, b'{"id":"1","identity":"u-1"}')),
        (Outcome.WRONG, Answer(200, {}, b'{"id":"2","identity":"u-1"}')),
        (Outcome.WRONG, Answer(200, {}, b'{"id":"1","identity":"u-2"}')),
        (Outcome.WRONG, Answer(200, {}, b'{"id":"1","iden')),
        (Outcome.CLEAN, Answer(503, PROBLEM, problem("upstream-unavailable", 503))),
        (Outcome.WRONG, Answer(500, PROBLEM, problem("unknown", 500, detail="CANARY-x"))),
        (Outcome.LOST, Answer(503, PROBLEM, problem("no-such-slug", 503))),
        (Outcome.LOST, Answer(503, PROBLEM, problem("unknown", 500))),
        (Outcome.LOST, Answer(503, {"content-type": "text/html"}, b"<h1>oh</h1>")),
        (Outcome.LOST, None),
    ],
)
def test_every_answer_is_judged_by_whose_it_is(expected: Outcome, answer: Answer | None) -> None:
    assert expected == judged(ASK, answer).outcome


def test_latency_and_recovery_are_read_off_the_tape() -> None:
    shots = [
        Shot(1.0, 0.010, Outcome.OK),
        Shot(2.0, 0.5, Outcome.LOST),
        Shot(3.0, 0.02, Outcome.OK),
    ]
    tape = Tape(shots)
    assert Latency(20.0, 500.0, 500.0) == tape.latency
    assert (0.5, 1.52) == (tape.last_bad_after_s(1.5), tape.first_good_after_s(1.5))
    assert [shots[1]] == tape.between(1.5, 3.0).shots
    assert Latency() == latency([])


def test_a_count_holds_everywhere_and_a_time_only_where_there_is_time() -> None:
    missed, late = counted("lost", 1), at_most("p99", 30.0, 20.0, unit="ms")
    assert (False, False) == (missed.kept, missed.is_timed)
    assert (False, True, "30 ms (at most 20 ms)") == (late.kept, late.is_timed, late.measured)


def test_scenarios_are_chosen_by_number_or_letter() -> None:
    assert ["F1a", "F1b"] == [it.id for it in chosen("F1", catalog())]
    assert ["F1b", "F7a"] == [it.id for it in chosen("F1b, F7a", catalog())]
    with pytest.raises(ValueError, match="no scenario 'F99'"):
        chosen("F99", catalog())


@asynccontextmanager
async def echo_server() -> AsyncIterator[str]:
    """Sends back what comes."""

    under_way = set[asyncio.StreamWriter]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.add(writer)
        with contextlib.suppress(OSError):
            while data := await reader.read(1000):
                writer.write(data)
        writer.transport.abort()
        under_way.discard(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        assert await until(lambda: not under_way, within_s=5)


async def test_a_stalled_way_delivers_once_it_is_free_again() -> None:
    async with echo_server() as target, ChaosProxy(target) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        proxy.turn(stalled="down")
        writer.write(b"hello")
        reading = asyncio.ensure_future(reader.readexactly(5))
        await passed(0.05)
        assert not reading.done()
        proxy.turn(stalled="")
        assert b"hello" == await reading
        writer.close()


async def test_a_cut_is_a_reset_after_so_many_bytes() -> None:
    async with echo_server() as target, ChaosProxy(target) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        proxy.turn(cut_after_bytes=4)
        writer.write(b"hello")
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(6)
        writer.close()


async def test_nobody_gets_through_a_black_hole_until_it_is_gone() -> None:
    async with echo_server() as target, ChaosProxy(target) as proxy:
        proxy.blackhole()
        dialling = asyncio.ensure_future(asyncio.open_connection("127.0.0.1", proxy.port))
        await passed(0.1)
        assert not dialling.done()
        dialling.cancel()
        await asyncio.gather(dialling, return_exceptions=True)
        proxy.turn(stalled="")
        await proxy.open()
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"back")
        assert b"back" == await reader.readexactly(4)
        writer.close()


async def test_the_proxy_obeys_its_control_port() -> None:
    async with echo_server() as target, ChaosProxy(target) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.control_port)
        writer.write(b'{"set": {"delay_ms": 20}}\n')
        assert b'{"ok": true}\n' == await reader.readline()
        assert 20 == proxy.weather.delay_ms
        writer.close()


async def test_latency_counts_from_the_schedule_though_nobody_answers() -> None:
    """Nobody accepts: what is due is sent all the same, and all of it is lost."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        load = Load(silent.getsockname()[1], rate=100, patience_s=0.2)
        load.start()
        assert await until(lambda: load.waiting >= 10, within_s=5)
        await load.stop()
    assert len(load.tape) >= 10
    assert len(load.tape) == load.tape.count(Outcome.LOST)
    assert min(shot.took_s for shot in load.tape) >= 0.19


async def test_f15_a_request_that_a_client_sends_again_is_waited_for_at_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        load = Load(silent.getsockname()[1], rate=100, patience_s=0.2)
        load.again(reads(7), after_s=0.05)
        await load.stop()
    assert (1, 0) == (load.tape.count(Outcome.LOST), load.waiting)


async def test_f14_attackers_tell_who_was_cut_and_who_was_not() -> None:
    async def cut_every_second(_reader: object, writer: asyncio.StreamWriter) -> None:
        came.append(writer)
        if len(came) % 2:
            writer.close()

    came: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(cut_every_second, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        attackers = await Attackers.ready(port, count=6, begins=b"", does=SILENT, end_s=1.5)
        assert [] == came
        ended = await attackers.attack()
    assert ended.took_s >= 1.5
    assert Ended(dialled=6, left=3, took_s=ended.took_s) == ended


async def test_f14_attackers_have_what_all_others_leave() -> None:
    process = await asyncio.create_subprocess_exec("sleep", "60")
    give_way(process.pid)
    assert os.SCHED_IDLE == os.sched_getscheduler(process.pid)
    process.kill()
    await process.wait()
