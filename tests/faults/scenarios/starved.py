"""F25: the loop is kept from turning: by code that blocks, by bodies as large as they may be.

Called by hostile.py.
"""

import asyncio
from collections.abc import Sequence

from tests.faults.bff import Bff, ask
from tests.faults.contract import ECHO
from tests.faults.moment import passed
from tests.faults.oracle import Ask, Outcome
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape
from tests.faults.volley import volley

MORE = """
[server]
handlers = "tests.faults.blocking:app"
[connections]
per_address = 20000
"""
LAG = "bff_loop_lag_seconds"
OVERLOADED = "503 overloaded"
BODY_BYTES = 250_000
"""As much as [limits] body_bytes lets in, nearly."""
AT_ONCE = 20
BEAT_S = 0.25
"""How often the process looks how late it is: so much of a block may pass before it is late."""


async def blocked(site: Site) -> Sequence[Row]:
    """Half a second is told; more than a second is no readiness, for a while.

    Whoever came during a block waits for its end: that is the p99. Then they are all there at once,
    as many as come in 1.5 s, for a service that was never asked for so many: what finds no room
    after a moment is a 503 `overloaded`, and says when to come back.
    """
    (only,) = await site.replicas()
    bff = await site.bff({ECHO: only.address}, more=MORE)
    load = site.load(bff)
    load.start()
    await passed(site.times.warm_s)
    await bff.metrics()  # the gauge tells the worst since the last scrape
    half_s = await _lag_after(bff, 500)
    ready_after_half = await _ready(bff)
    whole_s = await _lag_after(bff, 1_500)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    health, _ = await ask(bff.admin_port, "/livez")
    health_s = loop.time() - began_s
    ready_after_whole = await _ready(bff)
    await load.stop()
    told = bff.events("pressed")
    back_s = await _ready_again_s(bff)
    refused = load.tape.bad
    checks = [
        counted("lost", load.tape.count(Outcome.LOST)),
        _is("the lag of a block of 0.5 s", half_s >= 0.5 - BEAT_S, f"{half_s:.2f} s in {LAG}"),
        _is("a block of 0.5 s leaves us ready", ready_after_half, str(ready_after_half)),
        _is("the lag of a block of 1.5 s", whole_s >= 1.5 - BEAT_S, f"{whole_s:.2f} s in {LAG}"),
        _is("a block of 1.5 s does not", not ready_after_whole, str(not ready_after_whole)),
        _is("the event `pressed`", bool(told), f"{len(told)} times"),
        at_most("refused, but for 503 overloaded", sum(it.why != OVERLOADED for it in refused), 0),
        _is("alive after it", health == 200, str(health)),
        at_most("health answers", health_s, 1.0, unit="s"),
        at_most("ready again", back_s, 6.0, unit="s"),
    ]
    return [site.row(load.tape, checks, variant="blocks of 0.5 and 1.5 s", notes=[refused.tell()])]


async def large_bodies(site: Site) -> Sequence[Row]:
    (only,) = await site.replicas()
    bff = await site.bff({ECHO: only.address})
    body = b'{"padding":"%s"}' % (b"x" * BODY_BYTES)
    count = AT_ONCE * (2 if site.short else 20)
    asks = [
        Ask(id=f"b-{it}", path=f"/v1/echo/b-{it}", method="POST", body=body) for it in range(count)
    ]
    await volley(bff.port, asks[:AT_ONCE], at_once=AT_ONCE)
    sending = asyncio.ensure_future(volley(bff.port, asks, at_once=AT_ONCE))
    worst_s = await _worst_health_s(bff, sending)
    tape = await sending
    lag_s = (await bff.metrics())[LAG]
    checks = [
        counted("not served", len(tape.bad)),
        at_most("health answers meanwhile", worst_s, 1.0, unit="s"),
        at_most("loop lag", lag_s * 1000, 100, unit="ms"),
    ]
    variant = f"{AT_ONCE} bodies of {BODY_BYTES // 1000} KB at once"
    return [site.row(tape, checks, variant=variant)]


async def _lag_after(bff: Bff, block_ms: int) -> float:
    status, _ = await ask(bff.port, f"/block?{block_ms}")
    assert status == 200
    await passed(2 * BEAT_S)
    return (await bff.metrics())[LAG]


async def _ready(bff: Bff) -> bool:
    return (await ask(bff.admin_port, "/readyz"))[0] == 200


async def _ready_again_s(bff: Bff) -> float:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    while not await _ready(bff) and loop.time() - began_s < 10.0:
        await passed(0.1)
    return loop.time() - began_s


async def _worst_health_s(bff: Bff, until_done: "asyncio.Future[Tape]") -> float:
    loop, worst_s = asyncio.get_running_loop(), 0.0
    while not until_done.done():
        began_s = loop.time()
        await ask(bff.admin_port, "/livez")
        worst_s = max(worst_s, loop.time() - began_s)
        await passed(0.02)
    return worst_s


def _is(what: str, kept: bool, measured: str) -> Check:
    return Check(what=what, kept=kept, measured=measured)


PROMISE = "the lag metric tells; not ready where it is > 1 s; health answers <= 1 s"
SCENARIOS = (
    Scenario(id="F25a", title="starved loop", promise=PROMISE, run=blocked),
    Scenario(id="F25b", title="starved loop", promise=PROMISE, run=large_bodies),
)
