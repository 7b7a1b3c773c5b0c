"""Replicas of one service whose behaviour a test changes while calls are under way.

Called by test_balancer.py, test_balancer_ejecting.py, test_balancer_mending.py,
          test_balancer_names.py.
Never     sleeps: what has to pass (a pause, a lookup) is let pass by the test.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

from bff.terms.events import Event, ReplicaTurned
from bff.transport.http2.options import Http2Options
from bff.transport.http2.transport import Http2Transport
from bff.transport.resolver import LookUp
from bff.transport.resolver_rules import Found, Nothing
from bff.transport.targets import balanced
from tests.conditions import until
from tests.transport.both import ask, outcome
from tests.transport.raw_frames import GRPC, Kind, answer, headers
from tests.transport.raw_server import Asked, Peer, RawServer, raw_server

SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"
OPTIONS = Http2Options(reconnect_ms=50, keepalive_s=0.2, keepalive_timeout_s=0.1)
"""What takes seconds in earnest takes tenths here."""


class Member:
    """One replica. `health` is what it says of itself, None where it lacks the health protocol.

    code    the status of its answers
    asked   how many calls reached it, health checks apart
    thawed  while it is not set, it reads and says nothing
    """

    def __init__(self, name: str) -> None:
        self.name = name.encode()
        self.code = 0
        self.health: bytes | None = None
        self.asked = self.checked = 0
        self._owed: list[tuple[Peer, Asked]] | None = None
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.server: RawServer

    def __repr__(self) -> str:
        return f"<Member {self.name.decode()}, asked {self.asked}>"

    @property
    def address(self) -> str:
        return self.server.address

    async def script(self, peer: Peer) -> None:
        await self.thawed.wait()
        await peer.greet()
        while True:
            asked = await peer.request()
            await self.thawed.wait()
            if _is_check(peer, asked):
                self.checked += 1
                peer.send(self._checkup(asked))
            else:
                self.asked += 1
                self._answer(peer, asked)

    def hold(self) -> None:
        """From now on calls wait for their answers; everything else goes on."""
        self._owed = []

    def release(self) -> None:
        """Answer all that waits, and whatever comes."""
        owed, self._owed = self._owed or [], None
        for peer, asked in owed:
            self._answer(peer, asked)

    def _answer(self, peer: Peer, asked: Asked) -> None:
        if self._owed is not None:
            self._owed.append((peer, asked))
        elif self.code:
            peer.send(failing(asked.stream, self.code))
        else:
            peer.send(answer(asked.stream, self.name))

    def _checkup(self, asked: Asked) -> bytes:
        if self.health is None:
            return failing(asked.stream, 12)
        return answer(asked.stream, self.health)


def failing(stream: int, code: int) -> bytes:
    return headers(stream, (*GRPC, ("grpc-status", str(code))), end=True)


def _is_check(peer: Peer, asked: Asked) -> bool:
    opened = (it for it in peer.frames if it.kind == Kind.HEADERS and it.stream == asked.stream)
    return b"grpc.health.v1" in next(opened).payload


class Pauses:
    """Takes the place of `sleep`: each pause lasts until the test ends it."""

    def __init__(self) -> None:
        self.asked_s: list[float] = []
        self._waiting: list[asyncio.Future[None]] = []

    def __repr__(self) -> str:
        return f"<Pauses {self.asked_s}>"

    async def __call__(self, seconds: float) -> None:
        self.asked_s.append(seconds)
        self._waiting.append(asyncio.get_running_loop().create_future())
        await self._waiting[-1]

    def end(self) -> None:
        for one in self._waiting:
            if not one.done():
                one.set_result(None)
        self._waiting.clear()


class Names:
    """A resolver whose answer the test changes."""

    def __init__(self, *members: Member) -> None:
        self.answer: Found | Nothing = ()
        self.lookups = 0
        self.leads_to(*members)

    def __repr__(self) -> str:
        return f"<Names {self.answer}>"

    def leads_to(self, *members: Member) -> None:
        split = (member.address.rpartition(":") for member in members)
        self.answer = tuple(sorted((host, int(port)) for host, _, port in split))

    async def __call__(self, host: str, port: int) -> Found | Nothing:
        self.lookups += 1
        return self.answer


class Fleet:
    """The members and a transport to all of them; `turned` is what became of each address."""

    def __init__(self, members: Sequence[Member], pauses: Pauses) -> None:
        self.members = members
        self.pauses = pauses
        self.turned: list[tuple[str, str]] = []
        self.transport: Http2Transport

    def __repr__(self) -> str:
        return f"<Fleet {self.transport!r}>"

    def hear(self, event: Event) -> None:
        if isinstance(event, ReplicaTurned):
            names = {it.address: it.name.decode() for it in self.members}
            self.turned.append((names.get(event.address, event.address), event.state))

    @property
    def target(self) -> str:
        return ",".join(it.address for it in self.members)


@contextlib.asynccontextmanager
async def fleet(
    *names: str,
    options: Http2Options = OPTIONS,
    target: str = "",
    look_up: Callable[[Sequence[Member]], LookUp] | None = None,
) -> AsyncIterator[Fleet]:
    """Members of these names, up and well, behind one transport.

    target   a name, where `look_up` makes what knows where it leads
    """
    members = [Member(name) for name in names]
    made = Fleet(members, Pauses())
    async with contextlib.AsyncExitStack() as stack:
        for member in members:
            member.server = await stack.enter_async_context(raw_server(member.script))
        more = {"look_up": look_up(members)} if look_up else {}
        target = target or made.target
        opening = balanced(target, emit=made.hear, sleep=made.pauses, **more)
        made.transport = Http2Transport(target, options, opening=opening)
        try:
            yield made
        finally:
            await made.transport.close()
            for member in members:
                member.thawed.set()


async def came(made: Fleet, calls: int) -> Counter[str]:
    """What so many calls, one after the other, came to."""
    return Counter([await outcome(ask(made.transport)) for _ in range(calls)])


async def all_up(made: Fleet) -> None:
    """Until every member has a connection."""
    await ask(made.transport)
    await until(lambda: "connecting" not in repr(made.transport))
