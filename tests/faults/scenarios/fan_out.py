"""F24: one of the eight parts of a screen fails, is slow, or is huge.

Called by hostile.py.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.faults.bff import Bff
from tests.faults.contract import ECHO, messages
from tests.faults.huge_modes import MB, poured
from tests.faults.moment import passed, until
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, problem
from tests.faults.rogue import Misdeed, Rogue
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.screens import screens
from tests.faults.site import Site
from tests.faults.volley import volley
from tests.transport.raw_frames import GRPC, answer, headers
from tests.transport.raw_server import Asked, Peer

PARTS = 8
ILL = "p3"
USUAL_S, SLOW_S = 0.03, 5.0
FATAL_S = 0.3
"""So long the siblings of a part that fails at once take: longer than any pause of ours, in which
their answers would come before anybody could have given them up.
"""
DEADLINE_MS = 400
SCREEN = '''"""The screens of the fault plan: eight parts, soft or hard."""

from bff.compose.view import Soft, View, call, path
from fault_messages.faults.v1.echo_client import EchoClient


class Wall(View, get="/v1/wall/{{id}}", client="web", access="public", deadline_ms={deadline_ms}):
    """Eight parts that may each fail."""

    id = path(str)
{soft}


class Hall(View, get="/v1/hall/{{id}}", client="web", access="public", deadline_ms={deadline_ms}):
    """Eight parts without which there is nothing."""

    id = path(str)
{hard}
'''
PART = '    {name}: {kind} = call(EchoClient.get, id=id, padding="{name}").id'


def screen() -> str:
    """The module that a front-end team would have written."""
    names = [f"p{number}" for number in range(PARTS)]
    soft = "\n".join(PART.format(name=name, kind="Soft[str]") for name in names)
    hard = "\n".join(PART.format(name=name, kind="str") for name in names)
    return SCREEN.format(soft=soft, hard=hard, deadline_ms=DEADLINE_MS)


@dataclass(slots=True, eq=False)
class Parts:
    """A service; `does` befalls one part of each screen, the others take `takes_s`.

    cancelled  calls that nobody waited for any more when their answer was ready
    """

    rogue: Rogue
    site: Site
    does: Misdeed | None = None
    takes_s: float = USUAL_S
    cancelled: int = 0

    def misdeed(self, peer: Peer, asked: Asked) -> None:
        asked_type, _ = messages(self.site.descriptors)
        if self.does is not None and asked_type.FromString(asked.body).padding == ILL:
            doing = self.does(peer, asked)
            assert doing is None, "a part must not keep the others waiting"
            return
        self.later(self.takes_s, peer, asked)

    def later(self, wait_s: float, peer: Peer, asked: Asked) -> None:
        """Answer in a while, unless nobody waits any more."""
        reply = answer(asked.stream, self.rogue.said(asked))

        def send() -> None:
            if asked.stream in peer.resets:
                self.cancelled += 1
            elif not peer.is_gone:
                peer.send(reply)

        asyncio.get_running_loop().call_later(wait_s, send)


@dataclass(frozen=True, slots=True)
class Case:
    """wall, hall  what its answers must be: the outcome, with its reason"""

    name: str
    does: Callable[[Parts], Misdeed | None]
    wall: tuple[Outcome, str]
    hall: tuple[Outcome, str]
    takes_s: float = USUAL_S
    fails_at_once: bool = False


def _fails(_parts: Parts) -> Misdeed:
    status = (*GRPC, ("grpc-status", "13"))
    return lambda peer, asked: peer.send(headers(asked.stream, status, end=True))


def _is_slow(parts: Parts) -> Misdeed:
    return lambda peer, asked: parts.later(SLOW_S, peer, asked)


def _is_huge(_parts: Parts) -> Misdeed:
    pour = poured(50 * MB)

    def begin(peer: Peer, asked: Asked) -> None:
        task = asyncio.ensure_future(_poured(pour, peer, asked))
        task.add_done_callback(lambda it: it.cancelled() or it.exception())

    return begin


async def _poured(pour: Misdeed, peer: Peer, asked: Asked) -> None:
    doing = pour(peer, asked)
    assert doing is not None
    await doing


GAP = (Outcome.PARTIAL, ILL)
CASES = (
    Case("all well", lambda _: None, (Outcome.OK, ""), (Outcome.OK, "")),
    Case("one fails", _fails, GAP, (Outcome.CLEAN, "500 internal"), fails_at_once=True),
    Case("one slow", _is_slow, GAP, (Outcome.CLEAN, "504 upstream-timeout"), DEADLINE_MS / 1000),
    Case("one huge", _is_huge, GAP, (Outcome.CLEAN, "502 upstream-response-too-large")),
)


async def every_case(site: Site) -> Sequence[Row]:
    rogue = await site.stack.enter_async_context(Rogue(site.descriptors).running())
    parts = Parts(rogue, site)
    rogue.misdeed = parts.misdeed
    bff = await _served(site, rogue)
    return [await _asked(bff, parts, case, kind) for case in CASES for kind in ("wall", "hall")]


async def _asked(bff: Bff, parts: Parts, case: Case, kind: str) -> Row:
    site, parts.does = parts.site, case.does(parts)
    is_fatal = kind == "hall" and case.fails_at_once
    parts.takes_s = FATAL_S if is_fatal else USUAL_S
    slowest_ms = 1000 * max(parts.takes_s, case.takes_s)
    count = 4 if site.short else 100
    asks = [
        Ask(id=f"{kind}-{it}", path=f"/web/v1/{kind}/{kind}-{it}", kind=kind) for it in range(count)
    ]
    await volley(bff.port, asks[:2], judge=judged)
    await passed(2 * parts.takes_s)  # their siblings' answers are not counted
    base, cancelled = await bff.figures(), parts.cancelled
    tape = await volley(bff.port, asks, judge=judged, at_once=2)
    left = await bff.settled(base, within_s=site.times.settle_s)
    promised = case.wall if kind == "wall" else case.hall
    others = tape.where(lambda it: (it.outcome, it.why) != promised)
    siblings = (PARTS - 1) * count if is_fatal else 0
    await until(lambda: parts.cancelled - cancelled >= siblings, within_s=1.0)
    spared = parts.cancelled - cancelled
    checks = [
        counted(f"answers but {promised[0]} {promised[1]}".rstrip(), len(others)),
        counted("siblings that went on for nobody", max(0, siblings - spared)),
        at_most(
            "longer than its slowest part, p50", tape.latency.p50_ms - slowest_ms, 10, unit="ms"
        ),
    ]
    word = "soft parts" if kind == "wall" else "hard parts"
    notes = [f"{count} x {why}" for why, count in others.whys.most_common(3)]
    variant = f"{word}, {case.name}"
    return site.row(tape, checks, variant=variant, base=base, left=left, notes=notes)


def judged(ask: Ask, answer: Answer | None) -> Verdict:
    """Every part that is there is the caller's own; the gaps are told, and are where they are."""
    if answer is None:
        return Verdict(Outcome.LOST, "no answer")
    if answer.status >= 300:
        return problem(answer)
    told = answer.json()
    parts = {f"p{number}": told.get(f"p{number}") for number in range(PARTS)}
    gaps = [error["path"].strip("/") for error in told.get("errors", [])]
    missing = [name for name, value in parts.items() if value is None]
    if any(value not in (ask.id, None) for value in parts.values()) or gaps != missing:
        return Verdict(Outcome.WRONG, f"{parts} with {gaps}")
    if not gaps:
        return Verdict(Outcome.OK)
    says_so = answer.headers.get("x-bff-complete") == "false"
    return Verdict(Outcome.PARTIAL if says_so else Outcome.WRONG, ",".join(gaps))


async def _served(site: Site, rogue: Rogue) -> Bff:
    """A BFF with the two screens, as a team has it: generated clients, a package of views."""
    made = await screens(site, screen())
    arguments = (*made.arguments, "--set", "breaker.calls=0")
    return await site.bff({ECHO: rogue.address}, arguments=arguments, env=made.env)


SCENARIOS = (
    Scenario(
        id="F24",
        title="fan-out of eight",
        promise="declared policy per part; total time <= max(parts) + 10 ms",
        run=every_case,
    ),
)
