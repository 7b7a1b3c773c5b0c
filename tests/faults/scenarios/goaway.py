"""F10: services that end their connections: each second in good order, or at each call in anger.

Called by network.py.
"""

import asyncio
from collections.abc import Sequence

from tests.faults.contract import ECHO
from tests.faults.moment import passed
from tests.faults.oracle import Outcome
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site, calls_of, target_of
from tests.transport.raw_frames import goaway
from tests.transport.raw_server import Peer, raw_server

ENHANCE_YOUR_CALM = 0xB
DEADLINE_MS = 2_000


async def max_age(site: Site) -> Sequence[Row]:
    """The servers' age limit holds all the time: there is no act without it."""
    members = await site.replicas(2, max_age_ms=1_000)
    bff = await site.bff({ECHO: target_of(members)})
    calls = calls_of(members)
    acts = await site.acts(
        bff,
        site.load(bff),
        fault=lambda: None,
        mend=lambda: None,
        fault_s=max(site.times.fault_s, 3.0),
    )
    attempts = (calls_of(members) - calls) / len(acts.all)
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("failed reads", len(acts.faulty.bad)),
        at_most("attempts a request", attempts, 1.2),
    ]
    return [site.row_of(acts, checks, variant="max_age 1 s", attempts=attempts)]


async def storm(site: Site) -> Sequence[Row]:
    asked = 0

    async def script(peer: Peer) -> None:
        nonlocal asked
        await peer.greet()
        call = await peer.request()  # it alone was processed: the others may be sent once more
        asked += 1
        peer.send(goaway(call.stream, ENHANCE_YOUR_CALM, b"too_many_pings"))
        peer.close()

    server = await site.stack.enter_async_context(raw_server(script))
    bff = await site.bff({ECHO: server.address})
    loop = asyncio.get_running_loop()
    base = await bff.figures()
    spent_s, began_s = bff.cpu_s(), loop.time()
    load = site.load(bff)
    load.start()
    await passed(site.times.fault_s)
    cpu = (bff.cpu_s() - spent_s) / (loop.time() - began_s)
    await load.stop()
    left = await bff.settled(base, within_s=site.times.settle_s)
    strange = load.tape.where(lambda it: it.why != "503 upstream-unavailable")
    attempts = asked / len(load.tape)
    checks = [
        counted("lost", load.tape.count(Outcome.LOST)),
        counted("answers other than 503 upstream-unavailable", len(strange)),
        at_most("slowest answer", load.tape.latency.max_ms, DEADLINE_MS, unit="ms"),
        at_most("processor cores used", cpu, 1.0),
        at_most("attempts a request", attempts, 1.2),
    ]
    return [
        site.row(
            load.tape,
            checks,
            variant="ENHANCE_YOUR_CALM at each call",
            base=base,
            left=left,
            attempts=attempts,
        )
    ]


SCENARIOS = (
    Scenario(
        id="F10a",
        title="GOAWAY",
        promise="lost 0",
        run=max_age,
    ),
    Scenario(
        id="F10b",
        title="GOAWAY",
        promise="503 <= deadline; CPU <= 1 core",
        run=storm,
    ),
)
