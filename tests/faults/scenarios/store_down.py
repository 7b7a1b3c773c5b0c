"""F19: the Redis that limits, caches, sessions and idempotency keys are in is lost, late or ill.

Called by hostile.py.
"""

from collections.abc import Sequence

from tests.faults.bff import Figures
from tests.faults.callers import crowd
from tests.faults.moment import passed
from tests.faults.oracle import Outcome
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Acts, Site
from tests.faults.store import CLOSED, DONE_AGAIN, TIGHT_PER_S, Household, household, judge
from tests.faults.store_faults import CASES, Case, Fault
from tests.faults.tape import Tape
from tests.faults.volley import volley

ADDED_MS, BACK_S = 20.0, 1.0
SESSION_MS = 400.0
"""[store] timeout_ms, and what a busy machine adds: who finds out that the store is gone waits."""
CANCELLED, AT_ONCE = 10_000, 100
LEFT_AFTER_S = (0.0, 0.2)
APART = 1_000_000
"""Of two cases' numbers, so that no key comes in both."""
REFUSED = "503 upstream-unavailable"
FOUND_OUT = (
    "until three questions have had no answer each waits for 50 ms: those of the first tenth of a "
    "second are one in a hundred of ten seconds"
)
HELD_UP = (REFUSED, "503 overloaded", "409 idempotency-in-progress")
"""What those are told whose own question waits behind the answers that are held up."""


async def every_case(site: Site) -> Sequence[Row]:
    home = await household(site)
    cases = CASES[:1] if site.short else CASES
    return [await _row(site, home, case, at * APART) for at, case in enumerate(cases)]


async def _row(site: Site, home: Household, case: Case, first: int) -> Row:
    fault = Fault(home, site.times.fault_s)
    acts = await site.acts(
        home.bff,
        site.load(home.bff, make=lambda number: home.asked(first + number), judge=judge),
        fault=lambda: case.begins(fault),
        mend=lambda: case.ends(fault),
        tidy=home.proxy.reset,  # how many connections there are is the last moment's affair
    )
    notes = [f"{count} x {why}" for why, count in acts.faulty.bad.whys.most_common()]
    return site.row_of(
        acts, _checks(acts, FOUND_OUT if case.silent else ""), variant=case.variant, notes=notes
    )


def _checks(acts: Acts, why: str) -> list[Check]:
    seconds = acts.healed_s - acts.began_s
    let_in = len(acts.during.of("tight").where(lambda it: not it.why))
    strange = _closed(acts.faulty).bad.where(lambda it: it.why != REFUSED)
    added_ms = _open(acts.during).latency.p99_ms - _open(acts.before).latency.p99_ms
    closed_ms = _closed(acts.during).latency.p99_ms
    back_s = acts.after.last_bad_after_s(acts.healed_s)
    return [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("failed without session and key", len(_open(acts.faulty).bad)),
        counted("sessions and keys: neither served nor 503", len(strange)),
        counted("writes done again", acts.faulty.of("write").whys[DONE_AGAIN]),
        counted("let in by a tight quota", let_in, round(TIGHT_PER_S * (seconds + 2))),
        at_most("p99 without session and key, added", added_ms, ADDED_MS, unit="ms", why=why),
        at_most("p99 of sessions and keys", closed_ms, SESSION_MS, unit="ms"),
        at_most("last failure after it", back_s, BACK_S, unit="s"),
    ]


def _untold(tape: Tape) -> Tape:
    return tape.bad.where(lambda it: it.why not in HELD_UP)


def _open(tape: Tape) -> Tape:
    return tape.where(lambda it: it.kind not in CLOSED)


def _closed(tape: Tape) -> Tape:
    return tape.where(lambda it: it.kind in CLOSED)


async def cancelled(site: Site) -> Sequence[Row]:
    """Callers leave while the store is asked on their behalf, beside others who stay."""
    home = await household(site)
    load = site.load(home.bff, rate=site.rate / 4, make=home.asked, judge=judge)
    rounds, wanted = 0, CANCELLED // 200 if site.short else CANCELLED
    await volley(home.bff.port, map(home.asked, range(20)), judge=judge)
    base, before = await _alone(home, Figures(), 1.0), await _given_up(home)
    load.start()
    while (given_up := await _given_up(home) - before) < wanted and rounds < wanted:
        await _left(site, home)
        rounds += 1
    await passed(site.times.heal_s)
    await load.stop()
    left = await _alone(home, base, site.times.settle_s)
    checks = [
        counted("lost", load.tape.count(Outcome.LOST)),
        counted("others neither served nor told 503 or 409", len(_untold(load.tape))),
        counted("commands that were not given up, of those wanted", max(0, wanted - given_up)),
    ]
    notes = [f"{rounds * AT_ONCE} callers left, {given_up} commands were given up"]
    notes += [f"{count} x {why}" for why, count in load.tape.bad.whys.most_common()]
    return [site.row(load.tape, checks, base=base, left=left, notes=notes)]


async def _alone(home: Household, base: Figures, within_s: float) -> Figures:
    """Its figures without connections to the store."""
    home.proxy.reset()
    return await home.bff.settled(base, within_s=within_s)


async def _left(site: Site, home: Household) -> None:
    """Many ask as somebody, and go while the answers are on their way."""
    async with crowd(home.bff.port, AT_ONCE) as callers:
        home.proxy.turn(stalled="down")
        for number, one in enumerate(callers, start=APART):
            one.ask(home.session(number))
        await passed(site.chance.uniform(*LEFT_AFTER_S))
    home.proxy.turn(stalled="")


async def _given_up(home: Household) -> int:
    """A command that is given up under way costs its connection, and the server counts those."""
    told = await home.server.say("INFO", "stats")
    return int(told.partition(b"total_connections_received:")[2].split()[0])


SCENARIOS = (
    Scenario(
        id="F19a",
        title="Redis",
        promise="cache: bypass; limits: local; sessions and keys: 503; no added p99 > 20 ms; "
        "recovery <= 1 s",
        run=every_case,
    ),
    Scenario(
        id="F19b",
        title="Redis, 10,000 commands given up",
        promise="wrong 0; who comes meanwhile is served, or told to come again",
        run=cancelled,
    ),
)
