"""F7: a service that answers with rubbish of every kind; each answer must say so, and only that.

Called by hostile.py.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

from tests.faults.bff import Bff
from tests.faults.contract import ECHO
from tests.faults.garbage_modes import Mode, modes
from tests.faults.moment import LOOK_S, passed
from tests.faults.oracle import Answer, Ask, Judge, Outcome, Verdict, judged
from tests.faults.rogue import Rogue
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape
from tests.faults.volley import answer_of, volley

EACH, EACH_SHORT = 200, 2
HEALED_WITHIN_S = 1.0
OPEN = "503 upstream-unavailable"
CONFIG = """
[breaker]
calls = 0
[transport]
max_reply_bytes = 100000
reconnect_ms = 50
"""
"""A breaker would answer in place of the rubbish; the limit is the one that the tables rely on."""
INSIDES = (b"Traceback", b"grpc-status", b"HPACK", b"protobuf", b".py", b"oops")
"""What a stranger must not read of a service or of us."""


async def every_mode(site: Site) -> Sequence[Row]:
    rogue = await site.stack.enter_async_context(Rogue(site.descriptors).running())
    bff = await site.bff({ECHO: rogue.address}, more=CONFIG)
    found = modes()
    count = EACH_SHORT if site.short else EACH
    tape, unhealed = Tape(), list[str]()
    for mode in found:  # what is kept for ever, and what the collector lets lie, is there now
        await _misbehaving(bff, rogue, mode, count // 4 or 1)
    await _is_healed(bff, rogue, found[-1])
    base, calls = await bff.figures(), rogue.calls
    for mode in found:
        tape.shots.extend(await _misbehaving(bff, rogue, mode, count))
        if not await _is_healed(bff, rogue, mode):
            unhealed.append(mode.name)
    others = tape.where(lambda it: it.outcome is not Outcome.CLEAN)
    checks = [
        counted("answers other than the promised error", len(others)),
        counted("kinds after which the next good call failed", len(unhealed)),
        counted("crashes", len(bff.events("crashed"))),
        at_most("p99", tape.latency.p99_ms, 250, unit="ms"),
    ]
    left = await bff.settled(base, within_s=site.times.settle_s)
    notes = [f"{len(found)} kinds of rubbish, {count} calls each"]
    notes += [f"{name}: {times}" for name, times in _worst(others)] + unhealed
    attempts = (rogue.calls - calls) / len(tape)
    return [site.row(tape, checks, base=base, left=left, attempts=attempts, notes=notes)]


async def breaker(site: Site) -> Sequence[Row]:
    """Rubbish is a sign of sickness: it opens the breaker as silence does."""
    rogue = await site.stack.enter_async_context(Rogue(site.descriptors).running())
    bff = await site.bff({ECHO: rogue.address})
    mode = next(it for it in modes() if it.name == "HTML")
    rogue.misdeed, before = mode.misdeed, rogue.calls
    tape = await volley(bff.port, _asks(mode, 200), judge=_told(mode.told | {OPEN}))
    metrics = await bff.metrics()
    opened = sum(
        value
        for name, value in metrics.items()
        if name.startswith("bff_breaker_turns_total") and 'state="open"' in name
    )
    spared = len(tape) - (rogue.calls - before)
    checks = [
        counted("answers other than 502 and 503", len(tape) - tape.count(Outcome.CLEAN)),
        Check(what="the breaker opened", kept=opened > 0, measured=f"{opened:.0f} times"),
        Check(what="calls spared", kept=spared > len(tape) // 2, measured=f"{spared} of 200"),
    ]
    return [site.row(tape, checks, attempts=(rogue.calls - before) / len(tape))]


async def _misbehaving(bff: Bff, rogue: Rogue, mode: Mode, count: int) -> Tape:
    rogue.misdeed, rogue.greeting = mode.misdeed, mode.greeting
    if mode.greeting is not None:
        rogue.hang_up()
    return await volley(bff.port, _asks(mode, count), judge=_told(mode.told))


async def _is_healed(bff: Bff, rogue: Rogue, mode: Mode) -> bool:
    """Whether the service is served again once it is well: not at once, for the pause after a lost
    connection may not be over.
    """
    rogue.misdeed = rogue.greeting = None
    if mode.greeting is not None:
        rogue.hang_up()
    loop = asyncio.get_running_loop()
    end_s = loop.time() + HEALED_WITHIN_S
    ask = Ask(id="h", path="/v1/echo/h", identity="Bearer h")
    while loop.time() < end_s:
        if judged(ask, await answer_of(bff.port, ask)).outcome is Outcome.OK:
            return True
        await passed(LOOK_S)
    return False


def _asks(mode: Mode, count: int) -> list[Ask]:
    return [
        Ask(id=f"g-{it}", path=f"/v1/echo/g-{it}", identity=f"Bearer u-{it}", kind=mode.name)
        for it in range(count)
    ]


def _told(promised: frozenset[str]) -> Judge:
    """A judge to whom any other error is a lost answer, and a 200 a wrong one."""

    def judge(ask: Ask, answer: Answer | None) -> Verdict:
        found = judged(ask, answer)
        if answer is not None and any(one in answer.body for one in INSIDES):
            return Verdict(Outcome.WRONG, f"{ask.kind}: insides in the body")
        if found.outcome is Outcome.OK:
            return Verdict(Outcome.WRONG, f"{ask.kind}: a success")
        if found.outcome is Outcome.CLEAN and found.why not in promised:
            return Verdict(Outcome.LOST, f"{ask.kind}: {found.why}")
        return found

    return judge


def _worst(tape: Tape) -> list[tuple[str, int]]:
    return Counter(f"{it.kind}: {it.outcome} ({it.why})" for it in tape).most_common(10)


SCENARIOS = (
    Scenario(
        id="F7a",
        title="garbage",
        promise="all 502 with our problem+json; 0 empty 200; 0 internal text in a body",
        run=every_mode,
    ),
    Scenario(
        id="F7b",
        title="garbage, and the breaker",
        promise="the breaker counts it: later calls are spared",
        run=breaker,
    ),
)
