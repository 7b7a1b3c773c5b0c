"""F23: everything fails, and whoever repeats calls makes it worse.

Called by network.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.behaviour import Behaviour
from tests.faults.contract import ECHO
from tests.faults.load import Make, reads
from tests.faults.oracle import Ask, Outcome
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site

SHARE, PER_S = 0.2, 10.0
"""[retry] share and per_s: what may be repeated."""


def writes(number: int) -> Ask:
    return Ask(
        id=f"w-{number}",
        path=f"/v1/echo/w-{number}",
        identity=f"u-{number % 50}",
        method="POST",
        body=b'{"padding":"x"}',
    )


@dataclass(frozen=True, slots=True)
class Case:
    """`most` attempts a request, beside what may be repeated for each second."""

    variant: str
    make: Make
    sick: Behaviour
    most: float
    per_s: float = 0.0


CASES = (
    Case("1 in 3 reads UNAVAILABLE", reads, Behaviour(status="UNAVAILABLE", every=3), 1.2, PER_S),
    Case("all reads UNAVAILABLE", reads, Behaviour(status="UNAVAILABLE"), 1.2, PER_S),
    Case("all reads INTERNAL", reads, Behaviour(status="INTERNAL"), 1.0),
    Case("1 in 3 writes UNAVAILABLE", writes, Behaviour(status="UNAVAILABLE", every=3), 1.0),
)


async def storm(site: Site) -> Sequence[Row]:
    return [await _storm(site, case) for case in (CASES[:1] if site.short else CASES)]


async def _storm(site: Site, case: Case) -> Row:
    (only,) = await site.replicas(1)
    bff = await site.bff({ECHO: only.address})
    calls = [0, 0]

    async def fault() -> None:
        calls[0] = only.counts.calls
        await only.behave(case.sick)

    async def mend() -> None:
        calls[1] = only.counts.calls
        await only.behave(Behaviour())

    acts = await site.acts(bff, site.load(bff, make=case.make), fault=fault, mend=mend)
    attempts = (calls[1] - calls[0]) / len(acts.during)
    bound = case.most + case.per_s * site.times.fault_s / len(acts.during)
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        at_most("attempts a request", attempts, bound + 1.0 / len(acts.during)),
        at_most(
            "last failure after the end", acts.after.last_bad_after_s(acts.healed_s), 5.0, unit="s"
        ),
    ]
    row = site.row_of(acts, checks, variant=case.variant, attempts=attempts)
    await only.kill()
    return row


SCENARIOS = (
    Scenario(
        id="F23",
        title="retry storm",
        promise="attempts / requests <= 1.2 (+ 10/s); never writes, never on INTERNAL",
        run=storm,
    ),
)
