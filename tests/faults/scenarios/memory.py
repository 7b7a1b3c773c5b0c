"""F16: a memory limit, and more under way than fits into it.

Called by hostile.py.
"""

import signal
from collections.abc import Sequence

from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff
from tests.faults.contract import ECHO
from tests.faults.groups import Group, limited
from tests.faults.moment import passed
from tests.faults.oracle import Ask, Outcome
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape

MIB = 2**20
WHOLE_MIB, ROOM_MIB = 256, 20
SLOW = Behaviour(delay_ms=5_000)
"""So long each body waits in memory. What piles up within a second or two is faster than the pulse
that looks: then a small limit can be met before anybody is refused.
"""
MOST_PER_S = 60.0
BODY = b'{"padding":"%s"}' % (b"x" * 65_000)
TIMES_L = 3
SHORT_S, LONG_S = 6.0, 600.0
PRESSED = "503 overloaded"
REFUSED_MS, BEYOND_MS = 10.0, 50.0
BEAT_S, LOOKS = 0.25, 10
CONFIG = "\n[calls]\ndeadline_ms = 20000\n[breaker]\ncalls = 0\n[connections]\nper_address = 9000\n"


def written(number: int) -> Ask:
    return Ask(id=f"m-{number}", path=f"/v1/echo/m-{number}", method="POST", body=BODY)


async def at_three_times(site: Site) -> Sequence[Row]:
    """256 MiB, as a small container has it."""
    return [await _loaded(site, WHOLE_MIB, Behaviour(), "256 MiB")]


async def tight(site: Site) -> Sequence[Row]:
    """Little more than an idle process has, and a service that keeps bodies waiting: the limit is
    met, and what comes then is refused.
    """
    limit_mib = await _idle_mib(site) + ROOM_MIB
    variant = f"{limit_mib} MiB, met, before a service that takes {SLOW.delay_ms // 1000} s"
    return [await _loaded(site, limit_mib, SLOW, variant)]


async def _idle_mib(site: Site) -> int:
    """What a BFF with nothing to do needs here."""
    (only,) = await site.replicas()
    group = site.stack.enter_context(limited("bff-faults-idle", 2 * WHOLE_MIB * MIB))
    bff = await site.bff({ECHO: only.address}, prefix=group.prefix)
    share = await _share(bff)
    bff.signal(signal.SIGKILL)
    await bff.process.wait()
    return round(share * 2 * WHOLE_MIB)


async def _share(bff: Bff) -> float:
    """Of the limit, as it tells itself once it has looked; 0.0 where it knows none."""
    for _ in range(LOOKS):
        if share := (await bff.metrics())["bff_memory_share"]:
            return share
        await passed(BEAT_S)
    return 0.0


async def _loaded(site: Site, limit_mib: int, behaviour: Behaviour, variant: str) -> Row:
    (only,) = await site.replicas()
    group = site.stack.enter_context(limited("bff-faults", limit_mib * MIB))
    bff = await site.bff({ECHO: only.address}, more=CONFIG, prefix=group.prefix)
    share = await _share(bff)
    rate = MOST_PER_S if behaviour is SLOW else TIMES_L * site.rate
    load = site.load(bff, rate=rate, make=written)
    await only.behave(behaviour)
    load.start()
    most = await _watched(bff, _seconds(site))
    await load.stop()
    await only.behave(Behaviour())
    heal = site.load(bff)
    heal.start()
    await passed(site.times.heal_s)
    await heal.stop()
    notes = [f"{len(load.tape)} writes of 64 KiB, {rate:.0f}/s; {load.tape.tell()}"]
    checks = [*_checks(bff, group, share, most)]
    if behaviour is SLOW:
        refused = load.tape.where(lambda it: it.why == PRESSED)
        checks += [
            Check(
                what="refused in time", kept=len(refused) > 0, measured=f"{len(refused)} of them"
            ),
            at_most("p99 of refusals", refused.latency.p99_ms, REFUSED_MS, unit="ms"),
            at_most("beyond the service's time, p99", _beyond_ms(load.tape), BEYOND_MS, unit="ms"),
        ]
    checks.append(counted("lost", load.tape.count(Outcome.LOST)))
    return site.row(heal.tape, checks, latency_of=load.tape, variant=variant, notes=notes)


def _beyond_ms(tape: Tape) -> float:
    """How much longer a good answer takes than the service: it may wait for it, and for no more."""
    return tape.where(lambda it: it.is_good).latency.p99_ms - SLOW.delay_ms


def _checks(bff: Bff, group: Group, share: float, most: float) -> Sequence[Check]:
    alive = bff.process.returncode is None
    return [
        Check(what="the process lives", kept=alive, measured=str(alive)),
        counted("kills for want of memory", group.kills()),
        Check(what="it knows its limit", kept=share > 0.0, measured=f"{share:.0%} when idle"),
        at_most("the most of its limit", 100 * most, 100, unit="%"),
    ]


async def _watched(bff: Bff, seconds: float) -> float:
    """The highest share that it told, over so long."""
    most = 0.0
    for _ in range(max(1, round(seconds))):
        await passed(1.0)
        if bff.process.returncode is not None:
            break
        most = max(most, (await bff.metrics())["bff_memory_share"])
    return most


def _seconds(site: Site) -> float:
    if site.short:
        return SHORT_S
    return LONG_S if site.times.fault_s >= 20 else 3 * site.times.fault_s


SCENARIOS = (
    Scenario(
        id="F16a",
        title="memory",
        promise="0 OOM kills at 3x L with 64 KiB bodies",
        run=at_three_times,
    ),
    Scenario(
        id="F16b",
        title="memory",
        promise="refusals before 95 % of the limit, 0 kills",
        run=tight,
    ),
)
