"""F15: more is asked than the service can do: twice, five times, ten times what is usual.

How       The service works on some calls at once and queues the others, so that its capacity is
          known and does not depend on the machine: "L" is three fifths of it. A tenth of the
          requests is critical, the others are half normal and half sheddable. Once more at five
          times L, the refused try again: half of them when they were told to, the others at once.
Called by network.py.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from math import inf

from tests.faults.behaviour import Behaviour
from tests.faults.contract import ECHO
from tests.faults.load import Load
from tests.faults.moment import passed
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, judged
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape

WORK_MS = 100
FACTORS, STUBBORN = (1, 2, 5, 10), 5
USUAL = 0.6
RECOVERED_S = 5.0
MORE = f"""
[connections]
per_address = 20000
[criticality]
"{ECHO}/Put" = "critical"
"{ECHO}/Get" = "sheddable"
"""
CRITICAL, NORMAL, SHEDDABLE = "critical", "normal", "sheddable"
AGAIN = "again"
TRIES, AT_ONCE_S = 3, 0.1
LATECOMERS = (
    "who is told to wait 2 s, twice, comes until 4 s after: until then more than L is asked"
)


def mixed(number: int, tries: int = 0) -> Ask:
    id_, identity = f"o-{number}-{tries}", f"u-{number % 50}"
    path = f"/v1/echo/{id_}"
    match number % 10:
        case 0:
            body = b'{"padding":"x"}'
            return Ask(
                id=id_, path=path, identity=identity, method="POST", body=body, kind=CRITICAL
            )
        case odd if odd % 2:
            return Ask(id=id_, path=path, identity=identity, kind=SHEDDABLE)
        case _:
            return Ask(id=id_, path=f"{path}:find", identity=identity, kind=NORMAL)


class Waits:
    """Judges as usual, and notes what the refused are told to wait."""

    load: Load

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, ask: Ask, answer: Answer | None) -> Verdict:
        verdict = judged(ask, answer)
        if answer is not None and verdict.outcome is Outcome.CLEAN:
            self.told.append(answer.headers.get("retry-after", ""))
        return verdict


class Stubborn(Waits):
    """Those who are refused try again, twice."""

    def __call__(self, ask: Ask, answer: Answer | None) -> Verdict:
        verdict = super().__call__(ask, answer)
        number, tries = (int(it) for it in ask.id.split("-")[1:])
        if verdict.outcome is Outcome.CLEAN and tries + 1 < TRIES:
            again = replace(mixed(number, tries + 1), kind=AGAIN)
            obeys = number // 10 % 2
            self.load.again(again, after_s=float(self.told[-1] or 1) if obeys else AT_ONCE_S)
        return verdict


async def overload(site: Site) -> Sequence[Row]:
    (only,) = await site.replicas(1)
    room = 5 if site.short else 20
    await only.behave(Behaviour(delay_ms=WORK_MS, room=room))
    bff = await site.bff({ECHO: only.address}, more=MORE)
    usual = USUAL * room * 1000 / WORK_MS
    rows, peak, normal_ms = [], 0.0, 0.0
    cases: list[tuple[int, Waits]] = [(it, Waits()) for it in ((1, 10) if site.short else FACTORS)]
    for factor, waits in [*cases, (STUBBORN, Stubborn())]:
        load = site.load(bff, rate=usual * factor, make=mixed, judge=waits)
        waits.load, cpu_s = load, bff.cpu_s()
        tape, after = await _pressed(site, load, usual)
        busy = (bff.cpu_s() - cpu_s) / (site.times.fault_s + site.times.heal_s)
        goodput = (len(tape) - len(tape.bad)) / site.times.fault_s
        peak = max(peak, goodput)
        normal_ms = normal_ms or tape.latency.p99_ms
        checks = _checks(tape, goodput=goodput, peak=peak, normal_ms=normal_ms, waits=waits)
        is_stubborn = isinstance(waits, Stubborn)
        why = LATECOMERS if is_stubborn else ""
        back = at_most("last failure at L afterwards", after, RECOVERED_S, unit="s", why=why)
        checks.append(back)
        tail = ", and the refused try again" if is_stubborn else ""
        variant = f"{factor} x L ({usual * factor:.0f}/s){tail}"
        notes = (f"goodput {goodput:.0f}/s, the BFF has {busy:.0%} of a core",)
        rows.append(site.row(tape, checks, variant=variant, recovery_s=after, notes=notes))
    return rows


async def _pressed(site: Site, load: Load, usual: float) -> tuple[Tape, float]:
    """What became of it; how long at the usual rate afterwards something still went wrong."""
    load.start()
    await passed(site.times.fault_s)
    load.rate, ended_s = usual, asyncio.get_running_loop().time()
    await passed(site.times.heal_s)
    await load.stop()
    after = load.tape.between(ended_s, inf).where(lambda it: it.kind != AGAIN)
    return load.tape.between(0.0, ended_s), after.last_bad_after_s(ended_s)


def _checks(
    tape: Tape, *, goodput: float, peak: float, normal_ms: float, waits: Waits
) -> list[Check]:
    accepted, refused = tape.where(lambda it: it.is_good), tape.bad
    critical = tape.of(CRITICAL)
    lacking = 1.0 - goodput / max(peak, 1.0)
    checks = [
        counted("lost", tape.count(Outcome.LOST)),
        counted("refused without a Retry-After", waits.told.count("")),
        at_most("goodput below its peak", 100 * lacking, 10, unit="%"),
        at_most("accepted p99, times L's", accepted.latency.p99_ms / max(normal_ms, 1.0), 2.0),
        at_most("critical requests that failed", 100 * critical.share_bad(), 1.0, unit="%"),
    ]
    if refused.shots:
        checks += [
            at_most("p99 of refusals", refused.latency.p99_ms, 10, unit="ms"),
            Check(
                what="Retry-After differs",
                kept=len(set(waits.told)) > 1 or len(waits.told) < 10,
                measured=", ".join(sorted(set(waits.told))[:6]),
                is_timed=True,
            ),
        ]
    return checks


SCENARIOS = (
    Scenario(
        id="F15",
        title="overload",
        promise="goodput >= 90 % of peak; accepted p99 <= 2x; refusals <= 10 ms with a jittered "
        "Retry-After; critical 99 % ok; normal <= 5 s after",
        run=overload,
        why={
            "accepted p99": "critical calls come on top of a limit that others have filled",
            "p99 of refusals": "some of the first tenth of a second wait for room in vain",
        },
    ),
)
