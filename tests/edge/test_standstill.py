"""A machine short of time or of memory: our own loop stands still, or bodies have no room."""

import asyncio
import socket
import time
from functools import partial

import pytest
import uvloop

from bff.edge.http1.connections import Connections
from bff.edge.http1.lane import Lane
from bff.edge.http1.overdue import ConnectionOptions
from tests.conditions import until
from tests.edge.test_lane import echo, served


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_f25_what_came_while_our_own_loop_stood_still_is_answered(loop_factory):
    """An idle connection was overdue by then, and so was the rest of a head."""
    here = Connections(ConnectionOptions(idle_s=0.15, head_s=0.15), sweep_s=0.1)

    async def stalled() -> list[bytes]:
        loop, (near, far) = asyncio.get_running_loop(), socket.socketpair()
        async with served(echo, partial(Lane, connections=here)) as dial:
            _, writer = await dial()
            door = writer.get_extra_info("peername")
            writer.close()
            idle, slow = (socket.create_connection(door, timeout=5) for _ in range(2))
            with near, far, idle, slow:
                idle.sendall(b"GET /x HTTP/1.1\r\nhost: h\r\n\r\n")
                slow.sendall(b"GET /z HTTP/1.1\r\nho")
                await loop.run_in_executor(None, idle.recv, 99)

                def stand_still() -> None:
                    loop.remove_reader(near)
                    idle.sendall(b"GET /y HTTP/1.1\r\nhost: h\r\n\r\n")
                    slow.sendall(b"st: h\r\n\r\n")
                    until_s = time.monotonic() + 0.3
                    while time.monotonic() < until_s:
                        pass

                loop.add_reader(near, stand_still)
                far.send(b"now")
                return [await loop.run_in_executor(None, it.recv, 999) for it in (idle, slow)]

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        assert [b"GET|/y||", b"GET|/z||"] == [answer[-8:] for answer in runner.run(stalled())]


async def test_f16_bodies_that_memory_has_no_room_for_are_refused_before_they_come():
    """A burst is over before the pulse looks again; what was answered, or left, makes room."""
    here = Connections(lasting=lambda _, path: path == "/upload", most_body_bytes=50_000)
    body = b"x" * 40_000
    post = b"POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: 40000\r\n\r\n"
    here.room_bytes = 100_000
    async with served(echo, partial(Lane, connections=here)) as dial:
        talks = [await dial() for _ in range(4)]
        for _, writer in talks[:3]:
            writer.write(post)
        third, _ = talks[2]
        assert b"503" in await third.readline()
        assert 80_000 == here.bodies_bytes
        for unread in (
            post.replace(b"/x", b"/upload?a=b") + body,
            post.replace(b"40000", b"60000") + body + body,
        ):
            reader, writer = await dial()
            writer.write(unread)
            assert b"200" in await reader.readline()
            writer.close()

        (first, answered), (_, leaves) = talks[:2]
        answered.write(body)
        await first.readuntil(body)
        leaves.transport.abort()
        await until(lambda: not here.bodies_bytes)
        fourth, late = talks[3]
        late.write(post + body)
        assert b"200" in await fourth.readline()
        for _, writer in talks:
            writer.close()
