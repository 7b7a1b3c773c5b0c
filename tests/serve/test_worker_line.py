"""A worker's line to its supervisor, what it writes beside others, and who may tell it to stop."""

import asyncio
import signal
import socket
from types import SimpleNamespace

import pytest

from bff.listening import opened_for
from bff.server_options import ServerOptions
from bff.stopping import Stopping
from bff.supervision import count_of
from bff.terms.closing import Closing
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistakes
from bff.worker import READY, Inherited, Line, Wear, WholeLines, words_of
from tests.conditions import until
from tests.serve.test_stopping import House


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


async def test_an_order_is_heard_and_an_answer_said(pair):
    ours, theirs = pair
    heard: list[int] = []
    loop = asyncio.get_running_loop()
    line = Line(theirs, heard.append)
    line.listen(loop)
    line.say(READY)
    ours.send(bytes((signal.SIGINT,)))
    await until(lambda: heard)
    loop.remove_reader(theirs)
    assert ([signal.SIGINT], READY) == (heard, ours.recv(16))


async def test_the_end_of_the_line_is_an_order_to_end(pair):
    """Once: nobody is there to be asked again."""
    ours, theirs = pair
    heard: list[int] = []
    line = Line(theirs, heard.append)
    line.listen(asyncio.get_running_loop())
    ours.close()
    await until(lambda: heard)
    line.say(READY)
    for _ in range(3):
        await asyncio.sleep(0)
    assert [signal.SIGTERM] == heard


def test_what_is_handed_over_is_found_again(pair):
    with socket.create_server(("127.0.0.1", 0)) as public:
        copies = tuple(one.dup() for one in (public, *pair))
        found = Inherited.of(words_of(copies, is_first=True))
        for one in copies:
            one.detach()
        with found.public, found.admin, found.line:
            assert public.getsockname() == found.public.getsockname()
            assert (True, False) == (found.is_first, found.line.get_inheritable())


def test_lines_are_written_whole_and_many_at_once():
    written: list[bytes] = []

    def write(_file: int, piece: bytes) -> int:
        written.append(piece)
        return len(piece)

    lines = [f"{number:04}" + "x" * 1_500 + "\n" for number in range(8)]
    WholeLines(1, write).write("".join(lines))
    assert "".join(lines).encode() == b"".join(written)
    assert 4 == len(written)
    assert all(one.endswith(b"\n") and len(one) <= 4_096 for one in written)


@pytest.mark.parametrize(
    ("orders", "at_once"),
    [
        ((("signal", signal.SIGTERM), ("line", signal.SIGTERM)), False),
        ((("line", signal.SIGTERM), ("signal", signal.SIGTERM)), False),
        ((("line", signal.SIGTERM), ("line", signal.SIGTERM)), True),
        ((("line", signal.SIGTERM), ("signal", signal.SIGTERM), ("signal", signal.SIGTERM)), True),
    ],
)
def test_who_is_told_to_end_in_two_ways_is_told_once(orders, at_once):
    """systemd tells every process of a unit, and the supervisor tells its workers, too."""
    house = House()
    for by, number in orders:
        house.stopping.signalled(number, house._later, by=by)
    assert at_once == house.listeners[0].force_exit
    assert house.closing.announced


def test_a_worker_leaves_its_admin_port_to_its_successor_before_its_lame_duck_is_over():
    public, admin = (SimpleNamespace(should_exit=False, force_exit=False) for _ in range(2))
    stopping = Stopping(
        [public, admin],
        [],
        closing=Closing(),
        options=ServerOptions(lame_duck_s=5.0),
        emit=silence,
        early=[admin],
    )
    stopping.signalled(signal.SIGTERM, House()._later, by="line")
    assert (False, True) == (public.should_exit, admin.should_exit)


@pytest.mark.parametrize(("chance", "left"), [(0.0, 1_000), (1.0, 800)])
def test_workers_that_began_together_are_not_worn_together(chance, left):
    assert left == Wear(requests=1_000).jittered(chance).requests


def test_there_is_one_worker_for_each_core_where_none_are_counted():
    assert (3, 8) == (count_of(3, cores=8), count_of(0, cores=8))
    assert count_of(0) >= 1


def test_each_worker_has_an_admin_port_of_its_own():
    sockets = opened_for(ServerOptions(port=0, admin_port=0), write_s=1.0, workers=3)
    ports = {one.getsockname()[1] for one in sockets}
    for one in sockets:
        one.close()
    assert 4 == len(ports)


def test_the_admin_ports_are_those_behind_the_first():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ContractMistakes) as caught:
            opened_for(ServerOptions(port=0, admin_port=port - 1), write_s=1.0, workers=2)
    assert f"127.0.0.1:{port} can't" in str(caught.value.exceptions[-1])
