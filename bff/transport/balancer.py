"""Several replicas of one service: each call goes to one that answers, and has little to do.

Why       A name leads to many addresses, and these change; one of them that is dead, frozen or
          failing must not take its share of the calls.
Called by targets.py (makes one per target with names or several places); Http2Transport stands on
          it as it does on a single Pool.
States    nothing known -> calls wait for the first lookup -> replicas, each with its own pool.
          Where one replica alone is fit for calls, they go straight to its pool.
Never     ejects the last replica, or over half; gives no call to a pool without a connection while
          another has one; loses no call that was not sent.
Source    gRFC A50 (and its limits: balancer_rules.py); docs/spec/reliability.md sections 1 and 2.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from time import monotonic

from bff.terms.silence import LATE, UNREACHABLE, silence
from bff.transport.balancer_probe import Probe, Sleep, until_healthy
from bff.transport.balancer_replica import Replica, Standing
from bff.transport.balancer_roster import Roster
from bff.transport.balancer_rules import pause_s
from bff.transport.endpoints import Endpoints
from bff.transport.http2.address import Address
from bff.transport.http2.deadlines import Deadlines
from bff.transport.http2.frames import ErrorCode
from bff.transport.http2.options import Http2Options
from bff.transport.http2.pool import Pool
from bff.transport.http2.stream import Stream
from bff.transport.http2.transport import BlockOf, Http2Transport
from bff.transport.resolver import LookUp

_TRIAL_S = 30.0
"""A replica that calls itself healthy, and that no call came for, is let in after this."""


class Balancer:
    """`start` a call; it changes with what is known, so that nobody pays for a choice of one.

    turned  is told of an address that was "added", "removed", "ejected" or "readmitted"

    It looks no name up, and opens no connection, before its first call.
    """

    def __init__(
        self,
        places: Sequence[Address],
        *,
        options: Http2Options,
        block_of: BlockOf,
        loop: asyncio.AbstractEventLoop,
        turned: Callable[[Address, str], object],
        look_up: LookUp,
        chance: Callable[[], float],
        sleep: Sleep,
    ) -> None:
        self._options = options
        self._block_of = block_of
        self._loop = loop
        self._turned = turned
        self._chance = chance
        self._sleep = sleep
        self._endpoints = Endpoints(
            places, self._told, resolve_s=options.resolve_s, loop=loop, look_up=look_up
        )
        self._roster = Roster(chance)
        self._leaving: dict[asyncio.Task[None], Pool] = {}
        self._waiting: dict[Stream, None] = {}
        self._deadlines = Deadlines(loop, self._expire)
        self._why = ""
        self.start: Callable[[Stream], None] = self._hold

    def __repr__(self) -> str:
        replicas = repr(self._roster) or self._why or "nothing known yet"
        leaving = f", {len(self._leaving)} leaving" if self._leaving else ""
        return f"<Balancer {replicas}{leaving}>"

    @property
    def replicas(self) -> int:
        """How many take calls now."""
        return len(self._roster.fit)

    def cancel(self, stream: Stream) -> None:
        """Give the call up; nobody is told of its end, but its replica of how long it took."""
        self._free_trial(stream)
        if stream.over:
            return
        if isinstance(stream.judge, Replica):
            stream.judge.given_up(stream)
        stream.settle()
        self._waiting.pop(stream, None)
        if stream.line is not None:
            stream.line.reset(stream, ErrorCode.CANCEL)
            return
        for pool in self._pools():
            pool.withdraw(stream)

    async def close(self) -> None:
        """End all calls, connections and lookups."""
        self._why = "the transport was closed"
        replicas, self._roster.replicas = self._roster.replicas, {}
        self._route()
        await self._endpoints.close()
        self._refuse_waiting()
        tasks = [it.mending for it in replicas.values() if it.mending is not None]
        pools = [*(it.pool for it in replicas.values()), *self._leaving.values()]
        tasks += self._leaving
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(pool.close() for pool in pools))
        self._deadlines.close()

    # ------------------------------------------------------------------------------ for its pools

    def changed(self) -> None:
        """Some pool has a connection now, or none."""
        for replica in self._roster.replicas.values():
            replica.looked_at()
        self._route()
        for replica in self._roster.replicas.values():
            replica.pool.offer()
        if any(replica.is_lost for replica in self._roster.replicas.values()):
            self._endpoints.hurry()

    def take(self, stream: Stream, *, hopeful: bool) -> bool:
        if isinstance(stream.judge, Probe):
            return False
        replica = self._roster.fittest()
        if replica is None and hopeful:
            replica = self._roster.last_resort()
        if replica is None or not replica.pool.is_hopeful:
            return False
        self._free_trial(stream)
        if stream.ledger is not None:
            stream.ledger.discard(stream)
        self._give(stream, replica)
        return True

    # --------------------------------------------------------------------------- for its replicas

    def suspect(self, replica: Replica) -> None:
        """A call of its failed: is it to be put out?"""
        if self._roster.has(replica) and self._roster.must_go(replica):
            self._eject(replica)

    def tried(self, replica: Replica, *, well: bool | None) -> None:
        if well is False and self._roster.has(replica):
            self._eject(replica)
        elif well and self._roster.has(replica):
            self._readmit(replica)
        else:
            self._route()

    def _eject(self, replica: Replica) -> None:
        if replica.mending is not None:
            replica.mending.cancel()
        replica.eject()
        self._turned(replica.address, "ejected")
        replica.mending = self._loop.create_task(self._mend(replica), context=Context())
        self._route()

    async def _mend(self, replica: Replica) -> None:
        """A pause; then a fresh connection, and what it says of its health; then a live call."""
        await self._sleep(pause_s(replica.ejections, self._chance()))
        self._leave(replica.renew())
        replica.pool.open()
        await until_healthy(self._only(replica), sleep=self._sleep)
        replica.standing = Standing.ON_TRIAL
        self._route()
        await self._sleep(_TRIAL_S)
        if replica.trial is None:
            self._readmit(replica)

    def _readmit(self, replica: Replica) -> None:
        if replica.mending is not None and replica.mending is not asyncio.current_task():
            replica.mending.cancel()
        replica.mending = None
        replica.readmit()
        self._turned(replica.address, "readmitted")
        self._route()

    # -------------------------------------------------------------------------- where a call goes

    def _route(self) -> None:
        """What is known has changed: who may get calls?"""
        roster = self._roster
        roster.review()
        if not roster.replicas:
            self.start = self._refuse if self._why else self._hold
        elif len(roster.fit) == 1 and not roster.untried:
            self.start = roster.fit[0].pool.start
        else:
            self.start = self._spread

    def _spread(self, stream: Stream) -> None:
        replica: Replica | None
        if self._roster.untried and stream.request is not None:
            replica = self._roster.untried[0]
            replica.trial = stream
            self._route()
        else:
            replica = self._roster.fittest() or self._roster.last_resort()
        if replica is None:
            self._refuse(stream)
        else:
            self._give(stream, replica)

    def _give(self, stream: Stream, replica: Replica) -> None:
        stream.judge = replica
        stream.began_s = monotonic()
        replica.pool.start(stream)

    def _hold(self, stream: Stream) -> None:
        """Nothing is known yet: wait for it."""
        stream.ledger = self._deadlines
        self._deadlines.add(stream)
        self._waiting[stream] = None
        if len(self._waiting) == 1:
            self._endpoints.start()

    def _refuse(self, stream: Stream) -> None:
        stream.fail(silence(UNREACHABLE, note=self._why, source=stream.source))
        self._endpoints.hurry()

    def _refuse_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for stream in waiting:
            self._refuse(stream)

    def _expire(self, stream: Stream) -> None:
        self._waiting.pop(stream, None)
        stream.fail(silence(LATE, note="the name was not found in time", source=stream.source))

    def _free_trial(self, stream: Stream) -> None:
        replica = stream.judge
        if isinstance(replica, Replica) and replica.trial is stream:
            replica.trial = None
            self._route()

    # ------------------------------------------------------------------------ where replicas are

    def _told(self, found: tuple[Address, ...], why: str) -> None:
        """Have a replica at each of these addresses, and none elsewhere."""
        for address in self._roster.replicas.keys() - set(found):
            self._dismiss(self._roster.replicas.pop(address))
        for address in found:
            if address not in self._roster.replicas:
                self._roster.replicas[address] = replica = Replica(address, self, self._pool)
                replica.pool.open()
                self._turned(address, "added")
        self._why = why
        self._route()
        self._release()

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for stream in waiting:
            self._deadlines.discard(stream)
            self.start(stream)

    def _dismiss(self, replica: Replica) -> None:
        """Its address is given up: the calls that it has come to their end."""
        if replica.mending is not None:
            replica.mending.cancel()
        self._leave(replica.pool)
        self._turned(replica.address, "removed")

    def _leave(self, pool: Pool) -> None:
        task = self._loop.create_task(pool.drained(), context=Context())
        self._leaving[task] = pool
        task.add_done_callback(lambda _: self._leaving.pop(task, None))

    def _pools(self) -> tuple[Pool, ...]:
        return (*(it.pool for it in self._roster.replicas.values()), *self._leaving.values())

    def _pool(self, address: Address) -> Pool:
        block = self._block_of(address)
        return Pool(address, options=self._options, block=block, loop=self._loop, owner=self)

    def _only(self, replica: Replica) -> Http2Transport:
        """A transport to this one."""
        probe = Probe(replica.pool)
        return Http2Transport(replica.address.shown, self._options, opening=lambda *_: probe)
