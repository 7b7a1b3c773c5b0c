"""F2: nobody listens at the service's port, or nothing that is sent there arrives.

Called by network.py.
"""

from collections.abc import Sequence

from tests.faults.contract import ECHO
from tests.faults.oracle import Outcome
from tests.faults.packets import Drop
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Acts, Site
from tests.faults.tape import Tape

SEEN_WITHIN_S = 3.0
UNAVAILABLE = "503 upstream-unavailable"


async def closed(site: Site) -> Sequence[Row]:
    acts = await _cut_off(site, "close")
    return [site.row_of(acts, _checks(acts, within_s=1.0))]


async def blackholed(site: Site) -> Sequence[Row]:
    acts = await _cut_off(site, "blackhole")
    return [site.row_of(acts, _checks(acts, within_s=SEEN_WITHIN_S))]


async def dropped(site: Site) -> Sequence[Row]:
    (only,) = await site.replicas(1)
    drop = Drop(only.port)
    site.stack.callback(drop.end)
    bff = await site.bff({ECHO: only.address})
    fault_s = max(site.times.fault_s, SEEN_WITHIN_S + 1.0)
    load = site.load(bff)
    acts = await site.acts(bff, load, fault=drop.begin, mend=drop.end, fault_s=fault_s)
    return [site.row_of(acts, _checks(acts, within_s=SEEN_WITHIN_S))]


async def _cut_off(site: Site, how: str) -> Acts:
    (only,) = await site.replicas(1)
    proxy = await site.proxy(only.address)
    bff = await site.bff({ECHO: proxy.address})

    async def fault() -> None:
        if how == "close":
            await proxy.close()
            proxy.reset()
        else:
            proxy.blackhole()

    async def mend() -> None:
        proxy.turn(stalled="")
        await proxy.open()

    fault_s = max(site.times.fault_s, SEEN_WITHIN_S + 1.0)
    return await site.acts(bff, site.load(bff), fault=fault, mend=mend, fault_s=fault_s)


def _checks(acts: Acts, *, within_s: float) -> list[Check]:
    later = acts.during.where(lambda it: it.due_s >= acts.began_s + within_s)
    return [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("neither 200, 503 upstream-unavailable nor 504", len(_strange(acts.faulty))),
        Check(
            what=f"503 upstream-unavailable after {within_s:.0f} s",
            kept=len(later) > 0 and later.whys[UNAVAILABLE] == len(later),
            measured=later.tell(),
            is_timed=True,
        ),
        at_most("p99 of refusals from then on", later.latency.p99_ms, 20, unit="ms"),
        at_most(
            "last failure after return", acts.after.last_bad_after_s(acts.healed_s), 3, unit="s"
        ),
    ]


def _strange(tape: Tape) -> Tape:
    return tape.bad.where(lambda it: it.why not in (UNAVAILABLE, "504 upstream-timeout"))


SCENARIOS = (
    Scenario(
        id="F2a",
        title="port closed",
        promise="503; known within 1 s",
        run=closed,
    ),
    Scenario(
        id="F2b",
        title="blackholed",
        promise="same status; detected <= 3 s",
        run=blackholed,
        why={
            "503 upstream-unavailable": "a trial waits as any call does, until its own deadline",
        },
    ),
    Scenario(
        id="F2c",
        title="packets dropped (nft)",
        promise="same status; detected <= 3 s",
        run=dropped,
        tested=False,
        why={
            "503 upstream-unavailable": "a trial waits as any call does, until its own deadline",
        },
    ),
)
