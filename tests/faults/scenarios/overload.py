"""F15: more is asked than the service can do: twice, five times, ten times what is usual.

How       The service works on some calls at once and queues the others, so that its capacity is
          known and does not depend on the machine: "L" is three fifths of it. A tenth of the
          requests is critical, the others are half normal and half sheddable.
Called by network.py.
"""

import asyncio
from collections.abc import Sequence

from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff
from tests.faults.contract import ECHO
from tests.faults.load import Load
from tests.faults.moment import passed
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, judged
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape

WORK_MS = 100
FACTORS = (1, 2, 5, 10)
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


def mixed(number: int) -> Ask:
    id_, identity = f"o-{number}", f"u-{number % 50}"
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

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, ask: Ask, answer: Answer | None) -> Verdict:
        verdict = judged(ask, answer)
        if answer is not None and verdict.outcome is Outcome.CLEAN:
            self.told.append(answer.headers.get("retry-after", ""))
        return verdict


async def overload(site: Site) -> Sequence[Row]:
    (only,) = await site.replicas(1)
    room = 5 if site.short else 20
    await only.behave(Behaviour(delay_ms=WORK_MS, room=room))
    bff = await site.bff({ECHO: only.address}, more=MORE)
    usual = USUAL * room * 1000 / WORK_MS
    rows, peak, normal_ms = [], 0.0, 0.0
    for factor in (1, 10) if site.short else FACTORS:
        waits = Waits()
        load = site.load(bff, rate=usual * factor, make=mixed, judge=waits)
        tape, goodput = await _pressed(site, load)
        peak = max(peak, goodput)
        normal_ms = normal_ms or tape.latency.p99_ms
        after = await _afterwards(site, bff, usual)
        checks = _checks(tape, goodput=goodput, peak=peak, normal_ms=normal_ms, waits=waits)
        checks += [
            at_most("last failure at L afterwards", after, RECOVERED_S, unit="s"),
        ]
        rows.append(
            site.row(
                tape,
                checks,
                variant=f"{factor} x L ({usual * factor:.0f}/s)",
                recovery_s=after,
                notes=(f"goodput {goodput:.0f}/s",),
            )
        )
    return rows


async def _pressed(site: Site, load: Load) -> tuple[Tape, float]:
    """What became of it, and the good answers a second."""
    load.start()
    await passed(site.times.fault_s)
    good = len(load.tape) - len(load.tape.bad)
    await load.stop()
    return load.tape, good / site.times.fault_s


async def _afterwards(site: Site, bff: Bff, usual: float) -> float:
    """How long at the usual rate something still goes wrong."""
    began_s = asyncio.get_running_loop().time()
    load = site.load(bff, rate=usual, make=mixed)
    load.start()
    await passed(site.times.heal_s)
    await load.stop()
    return load.tape.last_bad_after_s(began_s)


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
        at_most(
            "accepted p99, times L's",
            accepted.latency.p99_ms / max(normal_ms, 1.0),
            2.0,
            why="the limit is learnt from answers: those of the first two seconds stood in a queue",
        ),
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
    ),
)
