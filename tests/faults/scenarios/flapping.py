"""F5: replicas are killed and started again and again: one of three, then all three.

Called by network.py.
"""

import asyncio
from collections.abc import Sequence

from tests.faults.moment import passed
from tests.faults.oracle import Outcome
from tests.faults.replica import Replica
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Act, Site, calls_of

EVERY_S = 2.0


async def one_of_three(site: Site) -> Sequence[Row]:
    members, bff = await site.three()
    calls = calls_of(members)
    fault, mend = _flapping(members[:1], every_s=min(EVERY_S, site.times.fault_s))
    acts = await site.acts(bff, site.load(bff), fault=fault, mend=mend, fault_s=_lasts_s(site))
    attempts = (calls_of(members) - calls) / len(acts.all)
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        at_most("failed", 100 * acts.faulty.share_bad(), 1.0, unit="%"),
        at_most("attempts a request", attempts, 1.2),
    ]
    return [site.row_of(acts, checks, variant="1 of 3", attempts=attempts)]


async def all_three(site: Site) -> Sequence[Row]:
    members, bff = await site.three()
    calls = calls_of(members)
    fault, mend = _flapping(members, every_s=min(EVERY_S, site.times.fault_s))
    acts = await site.acts(bff, site.load(bff), fault=fault, mend=mend, fault_s=_lasts_s(site))
    attempts = (calls_of(members) - calls) / len(acts.all)
    turns = [it["state"] for it in bff.events("breaker_turned")]
    strange = acts.faulty.bad.where(lambda it: not it.why.startswith("503 "))
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("failed with anything but 503", len(strange)),
        at_most("attempts a request", attempts, 1.2),
        Check(
            what="the breaker's turns are in the log",
            kept="open" in turns and turns[-1] == "closed",
            measured=f"{len(turns)} turns, the last {turns[-1:] or 'none'}",
            is_timed=True,
        ),
    ]
    return [site.row_of(acts, checks, variant="3 of 3", attempts=attempts)]


def _lasts_s(site: Site) -> float:
    return site.times.fault_s if site.short else max(site.times.fault_s, 20.0)


def _flapping(members: Sequence[Replica], *, every_s: float) -> tuple[Act, Act]:
    """What starts it, and what ends it with all of them up."""
    flapping: list[asyncio.Task[None]] = []

    async def flap() -> None:
        while True:
            await asyncio.gather(*(it.kill() for it in members))
            await passed(every_s)
            await asyncio.gather(*(it.start() for it in members))
            await passed(every_s)

    def begin() -> None:
        flapping.append(asyncio.create_task(flap()))

    async def end() -> None:
        flapping[0].cancel()
        await asyncio.gather(*flapping, return_exceptions=True)
        await asyncio.gather(*(it.kill() for it in members))
        await asyncio.gather(*(it.start() for it in members))

    return begin, end


SCENARIOS = (
    Scenario(
        id="F5a",
        title="flapping every 2 s",
        promise="<= 1 % errors; attempts <= 1.2",
        run=one_of_three,
    ),
    Scenario(
        id="F5b",
        title="flapping every 2 s",
        promise="clean errors only; attempts <= 1.2; breaker transitions logged",
        run=all_three,
    ),
)
