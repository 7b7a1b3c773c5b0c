"""F23: three layers, each of which would try again: what reaches the bottom when it fails?

Called by network.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import grpc
from google.protobuf import json_format

from tests.faults.behaviour import Behaviour
from tests.faults.contract import ECHO, messages
from tests.faults.echo import Context, Echo, echoing
from tests.faults.load import reads
from tests.faults.oracle import Ask, Outcome
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.scenarios.storm import PER_S, SHARE
from tests.faults.site import Site
from tests.faults.tally import Tally
from tests.faults.volley import answer_of

FAULT_S = 30.0
BACK_S = 5.0
SLOWER = 4
"""The service in the middle shares the generator's process, and dials for each call."""


@dataclass(slots=True, eq=False)
class Relay(Echo):
    """A service that asks a BFF at `port` for its every answer."""

    port: int = 0

    async def one(self, sent: bytes, context: Context) -> bytes:
        asked_type, said_type = messages(self.descriptors)
        asked = asked_type.FromString(sent)
        identity = str(dict(context.invocation_metadata() or ()).get("x-identity", ""))
        self.calls += 1
        below = Ask(id=asked.id, path=f"/v1/echo/{asked.id}", identity=identity)
        answer = await answer_of(self.port, below, patience_s=2.0)
        if answer is None or answer.status != 200:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "nobody below")
            raise AssertionError("it was aborted")
        return bytes(json_format.Parse(answer.body, said_type()).SerializeToString())


async def three_layers(site: Site) -> Sequence[Row]:
    (bottom,) = await site.replicas(1)
    lower = await site.bff({ECHO: bottom.address})
    tally = site.folder / "relay.tally"
    relay = Relay("relay", Tally(tally), site.descriptors, port=lower.port)
    port = await site.stack.enter_async_context(echoing(relay))
    upper = await site.bff({ECHO: f"127.0.0.1:{port}"})
    calls: list[tuple[int, int]] = []

    async def fault() -> None:
        calls.append((relay.calls, bottom.counts.calls))
        await bottom.behave(Behaviour(status="UNAVAILABLE"))

    async def mend() -> None:
        calls.append((relay.calls, bottom.counts.calls))
        await bottom.behave(Behaviour())

    fault_s = site.times.fault_s if site.short else FAULT_S
    load = site.load(upper, rate=site.rate / SLOWER, make=reads)
    acts = await site.acts(upper, load, fault=fault, mend=mend, fault_s=fault_s)
    sent = len(acts.during)
    middle, low = ((end - start) / sent for start, end in zip(*calls, strict=True))
    back_s = acts.after.last_bad_after_s(acts.healed_s)
    bound = 1 + SHARE + (PER_S * fault_s + 1) / sent
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        at_most("attempts in the middle, a request", middle, bound),
        at_most("attempts at the bottom, a request", low, bound),
        at_most("last failure after it", back_s, BACK_S, unit="s"),
    ]
    variant = "a BFF, a service that asks a BFF, a service that fails"
    return [site.row_of(acts, checks, variant=variant, attempts=low)]


SCENARIOS = (
    Scenario(
        id="F23b",
        title="retry storm, three layers",
        promise="attempts / requests <= 1.2 (+ 10/s) at the bottom",
        run=three_layers,
    ),
)
