"""F13: the client leaves, at every moment, one by one and a thousand at once.

Called by hostile.py.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff, Figures
from tests.faults.callers import Caller, crowd, disperse
from tests.faults.contract import ECHO, OTHER
from tests.faults.load import Load
from tests.faults.moment import passed, until
from tests.faults.oracle import Ask
from tests.faults.replica import Replica
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import latency
from tests.faults.volley import volley

SLOW = Behaviour(delay_ms=1_500)
"""Long enough to leave before it, and within the deadline of 2 s."""
CONFIG = "[connections]\nper_address = 4000\n[breaker]\ncalls = 0\n"
SEEN_S = 5.0
AT_ONCE = 50
LARGE_BYTES = 1_000_000


def by_others(number: int) -> Ask:
    """Those who stay, at a service of their own."""
    return Ask(id=f"o-{number}", path=f"/v1/other/o-{number}", identity=f"Bearer u-{number % 9}")


def read(number: int) -> Ask:
    return Ask(id=f"g-{number}", path=f"/v1/echo/g-{number}", identity="Bearer gone")


def written(number: int) -> Ask:
    body = b'{"padding":"%s"}' % (b"x" * 10_000)
    return Ask(id=f"p-{number}", path=f"/v1/echo/p-{number}", method="POST", body=body)


def watched(number: int) -> Ask:
    return Ask(id=f"w-{number}", path=f"/v1/echo/w-{number}:watch")


class Yard:
    """The BFF, the service that is left, and those who stay."""

    def __init__(self, bff: Bff, left: Replica, load: Load, base: Figures) -> None:
        self.bff, self.left, self.load, self.base = bff, left, load, base

    def __repr__(self) -> str:
        return f"<Yard {self.left!r}>"

    @classmethod
    async def of(cls, site: Site, behaviour: Behaviour) -> "Yard":
        left, others = await site.replicas(2)
        bff = await site.bff({ECHO: left.address, OTHER: others.address}, more=CONFIG)
        load = site.load(bff, make=by_others)
        load.start()
        await passed(site.times.warm_s)
        await load.stop()
        await volley(bff.port, [read(it) for it in range(20)])  # its connection is there, too
        base = await bff.figures()
        await left.behave(behaviour)
        load.start()
        return cls(bff, left, load, base)

    async def leave(self, ask: Ask, *, rudely: bool) -> float:
        """Leave once the service has it; seconds until the service knew, or SEEN_S."""
        before = self.left.counts
        caller = await Caller.dial(self.bff.port)
        caller.ask(ask)
        assert await until(lambda: self.left.counts.calls > before.calls, within_s=SEEN_S)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        (caller.reset if rudely else caller.leave)()
        await until(lambda: self.left.counts.cancelled > before.cancelled, within_s=SEEN_S)
        return loop.time() - began_s

    async def row(
        self, site: Site, checks: Sequence[Check], variant: str, notes: Sequence[str] = ()
    ) -> Row:
        await self.load.stop()
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        within_s = site.times.settle_s
        await self.bff.settled(self.base, within_s=within_s, with_memory=False)
        settled_s = loop.time() - began_s
        left = await self.bff.settled(self.base, within_s=within_s)
        tape = self.load.tape
        always = [
            counted("others that were not served", len(tape.bad)),
            at_most("files and tasks back to base", settled_s, 1.0, unit="s"),
        ]
        checks = [*checks, *always]
        return site.row(tape, checks, base=self.base, left=left, variant=variant, notes=notes)


async def reads(site: Site) -> Sequence[Row]:
    """One after the other, so that each one's time is its own."""
    rows = []
    for variant, make in (("reads", read), ("streams", watched)):
        yard = await Yard.of(site, SLOW)
        count = 6 if site.short else 100
        took_s = [await yard.leave(make(it), rudely=bool(it % 2)) for it in range(count)]
        unseen = sum(it >= SEEN_S for it in took_s)
        checks = [
            counted(f"of {count} {variant}, those whose service never knew", unseen),
            at_most("service knew, p99", latency(took_s).p99_ms, 100, unit="ms"),
        ]
        rows.append(await yard.row(site, checks, variant))
    return rows


async def writes(site: Site) -> Sequence[Row]:
    """What may have done something runs to its own end."""
    yard = await Yard.of(site, Behaviour(delay_ms=300))
    count = 5 if site.short else 50
    before = yard.left.counts
    async with crowd(yard.bff.port, count) as callers:
        for number, one in enumerate(callers):
            one.ask(written(number))
        await until(lambda: yard.left.counts.calls == before.calls + count, within_s=SEEN_S)
        disperse(callers)
    await until(lambda: yard.left.counts.ended == before.ended + count, within_s=SEEN_S)
    now = yard.left.counts
    checks = [
        counted("writes that did not reach the service", count - (now.calls - before.calls)),
        counted("writes that were cut off", now.cancelled - before.cancelled),
    ]
    return [await yard.row(site, checks, "writes")]


async def amid_bodies(site: Site) -> Sequence[Row]:
    """With nothing, a half and nearly all of the request sent, or of the answer read."""
    yard = await Yard.of(site, Behaviour(size_bytes=LARGE_BYTES))
    before = yard.left.counts
    rounds = 2 if site.short else 30
    for number in range(rounds):
        for share in (0.0, 0.5, 0.99):
            caller = await Caller.dial(yard.bff.port)
            caller.ask(written(number), share=share)
            await passed(0.005)
            (caller.reset if number % 2 else caller.leave)()
    sent = yard.left.counts.calls - before.calls
    for number in range(rounds):
        for share in (0.0, 0.5, 0.99):
            caller = await Caller.dial(yard.bff.port)
            caller.ask(read(number))
            await caller.read(round(LARGE_BYTES * share))
            (caller.reset if number % 2 else caller.leave)()
    checks = [counted("halves of requests that reached the service", sent)]
    return [await yard.row(site, checks, "amid a body, of request or answer")]


async def thousand(site: Site) -> Sequence[Row]:
    """Twice: Python's arenas fill once, and what they keep of the first crowd the second uses."""
    yard = await Yard.of(site, SLOW)
    count = 100 if site.short else 1_000
    before_kib = yard.base.rss_kib
    await _left_at_once(yard, count)
    rested = await yard.bff.settled(yard.base, within_s=SEEN_S)
    yard.base = yard.base._replace(rss_kib=rested.rss_kib)
    under_way, not_cancelled, took_s, lag_s = await _left_at_once(yard, count)
    checks = [
        counted("under way when all left, and not cancelled", not_cancelled),
        at_most("all cancelled", took_s, 1.0, unit="s"),
        at_most("the loop's lag when they leave", lag_s * 1000, 50, unit="ms"),
    ]
    grown_mib = (yard.base.rss_kib - before_kib) / 1024
    notes = [f"a first crowd left {grown_mib:.1f} MiB, the second no more than is said below"]
    return [await yard.row(site, checks, f"{count} at once, {under_way} calls under way", notes)]


async def _left_at_once(yard: Yard, count: int) -> tuple[int, int, float, float]:
    """How many calls were under way, how many of those were not cancelled, how long that took, and
    how late the BFF's loop was meanwhile. They come a few at a time: only the leaving is judged.
    """
    before = yard.left.counts
    async with AsyncExitStack() as stack:
        callers: list[Caller] = []
        while len(callers) < count:
            few = await stack.enter_async_context(crowd(yard.bff.port, AT_ONCE))
            for one in few:
                one.ask(read(len(callers)))
            callers += few
            await passed(0.01)
        under_way = yard.left.counts.calls - yard.left.counts.ended
        await yard.bff.metrics()  # the lag is the worst since it was asked last
        disperse(callers)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await until(lambda: yard.left.counts.ended == yard.left.counts.calls, within_s=SEEN_S)
    took_s = loop.time() - began_s
    lag_s = (await yard.bff.metrics())["bff_loop_lag_seconds"]
    cancelled = yard.left.counts.cancelled - before.cancelled
    return under_way, max(0, under_way - cancelled), took_s, lag_s


PROMISE = "cancel seen by the service <= 100 ms p99; writes run to their end; tasks back <= 1 s"
SCENARIOS = tuple(
    Scenario(id=f"F13{letter}", title=f"client gone, {title}", promise=PROMISE, run=run)
    for letter, title, run in (
        ("a", "one by one", reads),
        ("b", "writing", writes),
        ("c", "midway", amid_bodies),
        ("d", "all at once", thousand),
    )
)
