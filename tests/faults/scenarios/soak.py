"""F28: for a long time, one fault after the other, chosen by chance from a seed.

Called by hostile.py. `python -m tests.faults --only F28 --soak 1800` is the whole of it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff
from tests.faults.callers import crowd
from tests.faults.contract import ECHO
from tests.faults.load import reads
from tests.faults.moment import passed
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, judged
from tests.faults.proxy import ChaosProxy
from tests.faults.replica import Replica
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.scenarios.cut import NDJSON, READERS, slug_of
from tests.faults.site import Site

SEED = 28
SHORT_S, USUAL_S = 5.0, 60.0
MOST_LOST = 0.001
MESSAGES = 3
STREAMS_EVERY = 10
HEALTHY = Behaviour(messages=MESSAGES, gap_ms=5)


@dataclass(frozen=True, slots=True)
class Stage:
    """Three replicas, the third behind a proxy."""

    members: Sequence[Replica]
    proxy: ChaosProxy
    bff: Bff
    chance: random.Random

    def one(self) -> Replica:
        return self.chance.choice(self.members)


Fault = Callable[[Stage], Awaitable[None]]


async def killed(stage: Stage) -> None:
    victim = stage.one()
    await victim.kill()
    await passed(stage.chance.uniform(0.2, 2.0))
    await victim.start()
    await victim.behave(HEALTHY)


async def flapping(stage: Stage) -> None:
    victim = stage.one()
    for _ in range(3):
        await victim.kill()
        await passed(0.3)
        await victim.start()
        await victim.behave(HEALTHY)


async def frozen(stage: Stage) -> None:
    victim = stage.one()
    victim.freeze()
    await passed(stage.chance.uniform(0.2, 4.0))
    victim.thaw()


async def slow(stage: Stage) -> None:
    await _behaving(stage, Behaviour(delay_ms=300, messages=MESSAGES, gap_ms=5))


async def failing(stage: Stage) -> None:
    await _behaving(stage, Behaviour(status="UNAVAILABLE", every=2, messages=MESSAGES, gap_ms=5))


async def cutting(stage: Stage) -> None:
    """Streams end after their second message."""
    cut = Behaviour(abort_after=2, messages=MESSAGES, gap_ms=5)
    await _behaving(stage, cut)


async def reset(stage: Stage) -> None:
    stage.proxy.reset()


async def stalled(stage: Stage) -> None:
    stage.proxy.turn(stalled="down")
    await passed(stage.chance.uniform(0.2, 4.0))
    stage.proxy.turn(stalled="")


async def left(stage: Stage) -> None:
    """Many ask and go at once."""
    async with crowd(stage.bff.port, 50) as callers:
        for number, one in enumerate(callers):
            one.ask(Ask(id=f"gone-{number}", path=f"/v1/echo/gone-{number}"))
        await passed(stage.chance.uniform(0.0, 0.05))


FAULTS: tuple[Fault, ...] = (
    *(killed, flapping, frozen, slow, failing),
    *(cutting, reset, stalled, left),
)


async def _behaving(stage: Stage, behaviour: Behaviour) -> None:
    victim = stage.one()
    await victim.behave(behaviour)
    await passed(stage.chance.uniform(0.3, 2.0))
    await victim.behave(HEALTHY)


async def soaked(site: Site) -> Sequence[Row]:
    members = await site.replicas(3)
    await asyncio.gather(*(one.behave(HEALTHY) for one in members))
    proxy = await site.proxy(members[2].address)
    target = ",".join([members[0].address, members[1].address, proxy.address])
    bff = await site.bff({ECHO: target})
    stage = Stage(members, proxy, bff, random.Random(SEED))
    load = site.load(bff, make=asked, judge=judge)
    load.start()
    await passed(site.times.warm_s)
    await load.stop()
    if not site.short:
        await bff.ripen()
    base = await bff.figures()
    load.start()
    done = await _faults(stage, _seconds(site))
    await passed(site.times.heal_s)
    await load.stop()
    after = await bff.settled(base, within_s=site.times.settle_s)
    tape = load.tape
    lost, bad = tape.count(Outcome.LOST), len(tape.bad)
    checks = [
        counted("lost", lost, round(len(tape) * MOST_LOST)),
        counted("crashes", len(bff.events("crashed"))),
        at_most(
            "errors of all kinds, cut streams among them", 100 * bad / len(tape), 2.0, unit="%"
        ),
    ]
    named = ", ".join(f"{count} x {name}" for name, count in sorted(done.items()))
    notes = [f"seed {SEED}, {_seconds(site):.0f} s: {named}"]
    notes += [f"{count} x {why}" for why, count in tape.whys.most_common(5)]
    return [site.row(tape, checks, base=base, left=after, notes=notes)]


def _seconds(site: Site) -> float:
    return site.soak_s or (SHORT_S if site.short else USUAL_S)


async def _faults(stage: Stage, seconds: float) -> Counter[str]:
    """One after the other, until the time is up; how often each came."""
    loop, done = asyncio.get_running_loop(), Counter[str]()
    end_s = loop.time() + seconds
    while loop.time() < end_s:
        fault = stage.chance.choice(FAULTS)
        done[fault.__name__] += 1
        await fault(stage)
        await passed(stage.chance.uniform(0.1, 1.0))
    return done


def asked(number: int) -> Ask:
    """Reads, and a stream now and then."""
    if number % STREAMS_EVERY:
        return reads(number)
    plain = reads(number)
    return Ask(
        id=plain.id,
        path=f"{plain.path}:watch",
        identity=plain.identity,
        headers={"Accept": NDJSON},
        kind="stream",
    )


def judge(ask: Ask, answer: Answer | None) -> Verdict:
    """A stream is whole with all its messages, or has a typed last word."""
    if ask.kind != "stream" or answer is None or answer.status >= 300:
        return judged(ask, answer)
    try:
        messages, error = READERS[NDJSON](answer.body.decode())
        if error:
            return Verdict(Outcome.CLEAN, f"stream: {slug_of(error)}")
    except (ValueError, KeyError):
        return Verdict(Outcome.LOST, "a stream that ends with half a line")
    whose = {(one["id"], one["identity"]) for one in messages}
    if whose - {(ask.id, ask.identity)} or len(messages) != MESSAGES:
        return Verdict(Outcome.WRONG, f"stream: {len(messages)} messages of {whose}")
    return Verdict(Outcome.OK)


SCENARIOS = (
    Scenario(
        id="F28",
        title="soak",
        promise="lost <= 0.1 %, wrong 0, leaks 0",
        run=soaked,
    ),
)
