"""The end of a process: what happens at which signal, and what a client sees of it."""

import asyncio
import signal
from types import SimpleNamespace
from typing import Any

import pytest

from bff.edge.http1.connections import Connections
from bff.server_options import ServerOptions
from bff.stopping import Stopping
from bff.terms.closing import Closing
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistake
from tests.serve.library import running_library, write_protos
from tests.serve.process import command, serving

READY = "/readyz"


class House:
    """Two listeners, their connections, and a clock that a test turns."""

    def __init__(self, **options: Any) -> None:
        self.listeners: Any = [SimpleNamespace(should_exit=False, force_exit=False)] * 2
        self.connections = Connections()
        self.closing = Closing()
        self.due: list[Any] = []
        self.stopping = Stopping(
            self.listeners,
            [self.connections],
            closing=self.closing,
            options=ServerOptions(**options),
            emit=silence,
        )

    def signal(self, number: int) -> None:
        self.stopping.signalled(number, self._later)

    def _later(self, in_s: float, then: Any) -> Any:
        self.due.append((in_s, then))
        return SimpleNamespace(cancel=self.due.clear)

    @property
    def state(self) -> tuple[bool, bool, bool, bool]:
        """(not ready, connections close, listeners close, at once)"""
        one = self.listeners[0]
        announced, closing = self.closing.announced, self.connections.closing
        return (announced, closing, one.should_exit, one.force_exit)


def test_f17_after_sigterm_whoever_comes_is_served_for_a_while():
    house = House()
    house.signal(signal.SIGTERM)
    assert (True, True, False, False) == house.state
    ((in_s, then),) = house.due
    then()
    assert 5.0 == in_s
    assert (True, True, True, False) == house.state
    assert house.closing.begun


@pytest.mark.parametrize(("number", "lame_duck_s"), [(signal.SIGINT, 5.0), (signal.SIGTERM, 0.0)])
def test_somebody_who_waits_at_a_terminal_waits_for_requests_only(number, lame_duck_s):
    house = House(lame_duck_s=lame_duck_s)
    house.signal(number)
    assert (True, True, True, False) == house.state
    assert [] == house.due


def test_a_second_signal_ends_at_once():
    house = House()
    house.signal(signal.SIGTERM)
    house.signal(signal.SIGTERM)
    assert (True, True, True, True) == house.state
    assert [] == house.due


def test_an_end_that_would_be_cut_off_is_a_mistake():
    with pytest.raises(ContractMistake, match="27 s at most"):
        ServerOptions(lame_duck_s=10.0, drain_s=20.0)


async def test_closing_is_heard_by_who_waits_and_by_who_comes_late():
    closing, loop = Closing(), asyncio.get_running_loop()
    early, left, late = (loop.create_future() for _ in range(3))
    closing.join(early)
    closing.join(left)
    closing.leave(left)
    closing.begin()
    closing.join(late)
    assert (True, False, True) == (early.done(), left.done(), late.done())


async def test_f17_a_lame_duck_is_not_ready_and_serves(tmp_path):
    """A second signal ends it: nobody waits for the rest of its time."""
    protos = write_protos(tmp_path / "protos")
    async with running_library(protos) as library:
        words = ("--reflect", library.address, "--auth", "none", "--set", "lame_duck_s=20")
        async with serving(*words, "--set", "drain_s=5", cwd=tmp_path) as bff:
            assert 200 == (await bff.public.get(READY)).status_code
            bff.process.process.send_signal(signal.SIGTERM)
            await bff.process.event("draining")
            ready = await bff.public.get(READY)
            book = await bff.public.get("/v1/shelves/poems/books/b-1")
            status = await bff.process.end()
    assert (503, "shutting down") == (ready.status_code, ready.json()["checks"]["process"])
    assert (200, "close") == (book.status_code, book.headers["connection"])
    assert 0 == status


async def test_f17_one_who_reads_nothing_keeps_nobody_from_ending(tmp_path):
    """Nor does one who never ends what it began to send."""
    (tmp_path / "by_hand.py").write_text(BY_HAND)
    words = ("--set", "handlers=by_hand:app", "--set", "lame_duck_s=0", "--set", "drain_s=1")
    protos = write_protos(tmp_path / "protos")
    async with running_library(protos) as library:
        sources = ("--reflect", library.address, "--auth", "none")
        async with command(
            "serve", "--port", "0", "--admin-port", "0", *sources, *words, cwd=tmp_path
        ) as process:
            started = (await process.event("started"))["detail"]
            port = int(started.partition(" ")[0].rpartition(":")[2])
            writers = []
            for sent in (b"GET /long HTTP/1.1\r\nhost: h\r\n\r\n", b"GET /long HTT"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
                writer.write(sent)
                writers.append(writer)
                if sent.endswith(b"\r\n\r\n"):
                    await reader.read(1)
            assert 0 == await process.end()
            for writer in writers:
                writer.transport.abort()


BY_HAND = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"].endswith("shutdown"):
                return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * 90_000_000})
"""
