"""Our own loop stands still for a while, as in a machine that is short of time."""

import asyncio
import socket
import time
from functools import partial

import pytest
import uvloop

from bff.edge.http1.connections import Connections
from bff.edge.http1.lane import Lane
from bff.edge.http1.overdue import ConnectionOptions
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
