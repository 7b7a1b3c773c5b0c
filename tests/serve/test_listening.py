"""How `bff serve` listens: what a client would otherwise feel at each request."""

import asyncio
import socket

import uvloop

from bff.listening import doors_of, opened
from bff.serve import loop_factory
from bff.server_options import ServerOptions


def test_answers_never_wait_for_an_acknowledgement():
    """Nagle's algorithm and delayed acknowledgements together cost 40 ms a request."""
    sockets = opened(ServerOptions(port=0, admin_port=0), write_s=30.0)
    try:
        found = [bool(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) for one in sockets]
    finally:
        for one in sockets:
            one.close()
    assert [True, True] == found


def test_it_serves_on_the_fastest_loop_there_is():
    assert uvloop.new_event_loop is loop_factory()


def test_f15_new_connections_come_in_several_at_a_turn_of_the_loop():
    """From one socket libuv takes one, and in a busy loop a turn takes milliseconds."""
    public, admin = opened(ServerOptions(port=0, admin_port=0), write_s=30.0)
    admin.close()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        turns = runner.run(_turns_for(80, public))
    assert turns <= 13


async def _turns_for(count: int, listening: socket.socket) -> int:
    """How many turns of the loop it takes until all of these who came at once are in."""
    loop, come = asyncio.get_running_loop(), list[asyncio.BaseTransport]()

    class Guest(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            come.append(transport)

    doors = [await loop.create_server(Guest, sock=one) for one in doors_of(listening)]
    guests = [socket.create_connection(listening.getsockname()) for _ in range(count)]
    turns = 0
    while len(come) < count:
        await asyncio.sleep(0)
        turns += 1
    for guest, transport in zip(guests, come, strict=True):
        guest.close()
        transport.close()
    for door in doors:
        door.close()
    return turns
