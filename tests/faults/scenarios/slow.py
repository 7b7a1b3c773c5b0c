"""F3: a service takes 0.1, 1 or 30 s, beside one that is well; one of three takes 1 s more.

Called by network.py.
"""

from collections.abc import Sequence
from math import inf

from tests.faults.behaviour import Behaviour
from tests.faults.contract import ECHO, OTHER
from tests.faults.oracle import Ask, Outcome
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Acts, Site, calls_of

DEADLINE_MS = 2_000
LIMITER = 200
"""[limiter] start: so many calls of one service may be out at first."""
HEALING_S = 2.0


def mixed(number: int) -> Ask:
    """Reads of Echo, which gets slow, and of Other, which does not, in turn."""
    name = "echo" if number % 2 else "other"
    return Ask(
        id=f"m-{number}", path=f"/v1/{name}/m-{number}", identity=f"u-{number % 50}", kind=name
    )


async def slow(site: Site) -> Sequence[Row]:
    delays_ms = (30_000,) if site.short else (100, 1_000, 30_000)
    return [await _slow(site, delay_ms) for delay_ms in delays_ms]


async def _slow(site: Site, delay_ms: int) -> Row:
    victim, other = await site.replicas(2)
    bff = await site.bff({ECHO: victim.address, OTHER: other.address})
    acts = await site.acts(
        bff,
        site.load(bff, make=mixed),
        fault=lambda: victim.behave(Behaviour(delay_ms=delay_ms)),
        mend=lambda: victim.behave(Behaviour()),
        fault_s=max(site.times.fault_s, DEADLINE_MS / 1000 + 1.0),
    )
    row = site.row_of(acts, _checks(acts, delay_ms, victim.counts.peak), variant=f"{delay_ms} ms")
    await victim.kill()
    await other.kill()
    return row


def _checks(acts: Acts, delay_ms: int, peak: int) -> list[Check]:
    echo, other = acts.during.of("echo"), acts.during.of("other")
    after = acts.after.between(acts.healed_s + HEALING_S, inf)
    before_ms, after_ms = (it.of("other").latency.p99_ms for it in (acts.before, after))
    times = other.latency.p99_ms / max(1.0, before_ms, after_ms)
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("failures on the other service's route", len(acts.faulty.of("other").bad)),
        counted("calls at the service at once", peak, LIMITER),
        at_most(f"its p99 against {before_ms} ms before or {after_ms} ms after", times, 1.2),
    ]
    if delay_ms < DEADLINE_MS:
        # one that slows down under load is taken for full: it is asked less, until that is usual
        # and for absent, as long as it has answered nobody at all
        strange = echo.bad.where(lambda it: it.why[:4] != "503 ")
        return [*checks, counted("neither ok nor refused", len(strange))]
    late = echo.where(lambda it: it.why == "504 upstream-timeout")
    overshoot_ms = late.latency.max_ms - DEADLINE_MS
    strange = echo.bad.where(lambda it: it.why[:4] not in ("504 ", "503 "))
    return [
        *checks,
        counted("neither 504 nor 503", len(strange)),
        at_most("a 504 beyond the deadline", overshoot_ms, 50, unit="ms"),
    ]


async def one_of_three(site: Site) -> Sequence[Row]:
    """Hedged, as reads of several replicas are: a second try where the first takes long."""
    members, bff = await site.three()
    victim, calls = members[0], calls_of(members)
    acts = await site.acts(
        bff,
        site.load(bff),
        fault=lambda: victim.behave(Behaviour(delay_ms=1_000)),
        mend=lambda: victim.behave(Behaviour()),
    )
    attempts = (calls_of(members) - calls) / len(acts.all)
    normal_ms = acts.before.latency.p99_ms
    checks = [
        counted("failed reads", len(acts.faulty.bad)),
        at_most(
            f"p99, {normal_ms:.1f} ms before, times",
            acts.during.latency.p99_ms / max(normal_ms, 1.0),
            1.3,
        ),
        at_most("extra calls", 100 * (attempts - 1.0), 5.0, unit="%"),
    ]
    return [site.row_of(acts, checks, variant="1 of 3 by 1 s, hedged", attempts=attempts)]


SCENARIOS = (
    Scenario(
        id="F3a",
        title="slow",
        promise="deadline overshoot <= 50 ms; other routes' p99 <= 1.2x; in-flight cap holds",
        run=slow,
    ),
    Scenario(
        id="F3b",
        title="slow",
        promise="hedged reads: p99 <= 1.3x normal, extra calls <= 5 %",
        run=one_of_three,
        why={
            "p99": "until the slow one is seen a third of all meet it, and hedges are a twentieth",
        },
    ),
)
