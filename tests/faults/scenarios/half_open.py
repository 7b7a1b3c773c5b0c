"""F6: one direction of the connection to the service is dead, amid calls and streams.

Called by network.py.
"""

import asyncio
from collections.abc import Callable, Sequence

from tests.faults.contract import ECHO
from tests.faults.listening import Listening, listen
from tests.faults.moment import until
from tests.faults.oracle import Outcome
from tests.faults.packets import Drop
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Acts, Site

STREAMS = 50
UNARY_S, STREAM_S = 3.0, 15.0


async def half_open(site: Site) -> Sequence[Row]:
    ways = ("down",) if site.short else ("down", "up")
    return [await _stalled(site, way) for way in ways]


async def dropped(site: Site) -> Sequence[Row]:
    """What the service sends on connections that there are vanishes; new ones are well."""
    (only,) = await site.replicas(1)
    drop = Drop(only.port, connected=True)
    site.stack.callback(drop.end)
    return [await _half_open(site, only.address, "to those connected", drop.begin, drop.end)]


async def _stalled(site: Site, way: str) -> Row:
    (only,) = await site.replicas(1)
    proxy = await site.proxy(only.address)
    stall, free = (lambda: proxy.turn(stalled=way)), (lambda: proxy.turn(stalled=""))
    return await _half_open(site, proxy.address, f"{way}stream stalled", stall, free)


async def _half_open(
    site: Site, address: str, variant: str, begin: Callable[[], None], end: Callable[[], None]
) -> Row:
    bff = await site.bff({ECHO: address})
    streams: list[Listening] = []
    ended: list[Listening] = []

    async def fault() -> None:
        streams.extend(listen(bff, f"s-{number}") for number in range(STREAMS))
        await until(lambda: all(it.numbers for it in streams), within_s=5)
        begin()

    async def tidy() -> None:
        ended.extend(it for it in streams if it.ended_s is not None)
        await asyncio.gather(*(it.close() for it in streams))

    fault_s = max(site.times.fault_s, UNARY_S + 1.5)
    acts = await site.acts(bff, site.load(bff), fault=fault, mend=end, fault_s=fault_s, tidy=tidy)
    return site.row_of(acts, _checks(acts, streams, ended), variant=variant)


def _checks(acts: Acts, streams: list[Listening], ended: list[Listening]) -> list[Check]:
    """Where only our own bytes are held up, messages still come, and the streams go on."""
    took_s = [it.ended_s - it.heard_s for it in ended if it.ended_s is not None and it.numbers]
    cut = [it for it in ended if it.numbers and not it.is_typed]
    later = acts.during.where(lambda it: it.due_s >= acts.began_s + UNARY_S)
    held = [it for it in streams if it not in ended and it.heard_s < acts.healed_s]
    return [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("another's message in a stream", sum(it.wrong for it in streams)),
        counted("streams cut without a word", len(cut)),
        counted("streams that neither ended nor went on", len(held)),
        at_most("slowest unary answer", acts.during.latency.max_ms / 1000, UNARY_S, unit="s"),
        at_most("p99 from then on", later.latency.p99_ms, 20, unit="ms"),
        at_most(
            "from a last message to the typed end", max(took_s, default=0.0), STREAM_S, unit="s"
        ),
    ]


SCENARIOS = (
    Scenario(
        id="F6",
        title="half-open",
        promise="unary <= 3 s; streams end with a typed error <= 15 s",
        run=half_open,
    ),
    Scenario(
        id="F6b",
        title="half-open (nft)",
        promise="unary <= 3 s; streams end with a typed error <= 15 s",
        run=dropped,
        tested=False,
    ),
)
