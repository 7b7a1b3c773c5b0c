"""How `bff serve` listens: what a client would otherwise feel at each request."""

import socket

import uvloop

from bff.listening import opened
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
