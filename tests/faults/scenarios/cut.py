"""F9: a stream that breaks midway, in every way that it can; none may look as if it were whole.

Called by hostile.py.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bff.contract.status import PROBLEM_TYPE_PREFIX, PROBLEMS
from tests.faults.contract import ECHO
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, problem
from tests.faults.rogue import Misdeed, Rogue
from tests.faults.row import Row, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape
from tests.faults.volley import volley
from tests.transport.raw_frames import (
    GRPC,
    OK,
    data,
    goaway,
    headers,
    message,
    reset,
)
from tests.transport.raw_server import Asked, Peer

MESSAGES = 3
NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL = 0, 2, 7, 8
NDJSON, EVENTS, ARRAY = "application/x-ndjson", "text/event-stream", "application/json"
WHOLE = "not cut"
"""The control, without which no other line says much."""
FORMS = (NDJSON, EVENTS, ARRAY)
CONFIG = "[breaker]\ncalls = 0\n[transport]\nreconnect_ms = 50\n"

Break = Callable[[Peer, int], None]


@dataclass(frozen=True, slots=True)
class Cut:
    """whole  the stream ends as it should: the control, without which no other line says much"""

    name: str
    does: Break
    whole: bool = False


def _sends(make: Callable[[int], bytes]) -> Break:
    return lambda peer, stream: peer.send(make(stream))


def _ends(peer: Peer, _stream: int) -> None:
    peer.close()


def _aborts(peer: Peer, _stream: int) -> None:
    peer.abort()


def _ends_after(make: Callable[[int], bytes]) -> Break:
    def end(peer: Peer, stream: int) -> None:
        peer.send(make(stream))
        peer.close()

    return end


def _ok(stream: int) -> bytes:
    return headers(stream, OK, end=True)


def _half(stream: int) -> bytes:
    return data(stream, message(b"x" * 9)[:7])


CUTS = (
    Cut(WHOLE, _sends(lambda s: headers(s, OK, end=True))),
    Cut("FIN", _ends),
    Cut("RST", _aborts),
    Cut("FIN amid a message", _ends_after(_half)),
    Cut("half a message, then trailers with OK", _sends(lambda s: _half(s) + _ok(s))),
    Cut("no trailers", _sends(lambda s: data(s, end=True))),
    Cut("trailers without a status", _sends(lambda s: headers(s, (("x-k", "v"),), end=True))),
    Cut("GOAWAY(0), then FIN", _ends_after(lambda _: goaway(0))),
    Cut("GOAWAY that counts the stream as served, then FIN", _ends_after(goaway)),
    Cut("RST_STREAM NO_ERROR", _sends(lambda s: reset(s, NO_ERROR))),
    Cut("RST_STREAM INTERNAL_ERROR", _sends(lambda s: reset(s, INTERNAL_ERROR))),
    Cut("RST_STREAM REFUSED_STREAM", _sends(lambda s: reset(s, REFUSED_STREAM))),
    Cut("RST_STREAM CANCEL", _sends(lambda s: reset(s, CANCEL))),
    Cut("status INTERNAL", _sends(lambda s: headers(s, (("grpc-status", "13"),), end=True))),
    Cut("status UNAVAILABLE", _sends(lambda s: headers(s, (("grpc-status", "14"),), end=True))),
    Cut("a message that is none", _sends(lambda s: data(s, message(b"\x0a\x7fx")) + _ok(s))),
    Cut("a frame that breaks HTTP/2", _sends(lambda s: data(0, b"x"))),
)


def streaming(rogue: Rogue, cut: Cut) -> Misdeed:
    """So many good messages, then the cut."""

    async def stream(peer: Peer, asked: Asked) -> None:
        replies = (rogue.said(asked, number=it + 1) for it in range(MESSAGES))
        good = b"".join(data(asked.stream, message(reply)) for reply in replies)
        peer.send(headers(asked.stream, GRPC) + good)
        await peer.echoed()  # the messages have been read: from here on it is a cut midway
        cut.does(peer, asked.stream)

    return stream


async def every_cut(site: Site) -> Sequence[Row]:
    rogue = await site.stack.enter_async_context(Rogue(site.descriptors).running())
    bff = await site.bff({ECHO: rogue.address}, more=CONFIG)
    await _all_cuts(bff.port, rogue, 1)
    base = await bff.figures()
    tape = await _all_cuts(bff.port, rogue, 2 if site.short else 200 // len(FORMS))
    left = await bff.settled(base, within_s=site.times.settle_s)
    whole = tape.where(lambda it: it.kind.startswith(WHOLE))
    checks = [
        counted("cut streams that look complete", tape.count(Outcome.WRONG)),
        counted("cut streams without a typed last word", tape.count(Outcome.LOST)),
        counted("whole streams that do not look so", len(whole.bad)),
        counted("crashes", len(bff.events("crashed"))),
    ]
    notes = [f"{len(CUTS) - 1} ways to break, as NDJSON, as events and as an array"]
    notes += [f"{count} x {why}" for why, count in tape.whys.most_common()]
    return [site.row(tape, checks, base=base, left=left, notes=notes)]


async def refused(site: Site) -> Sequence[Row]:
    """A stream that was refused was not begun: it is asked for once more, and no more."""
    rogue = await site.stack.enter_async_context(Rogue(site.descriptors).running())
    bff = await site.bff({ECHO: rogue.address}, more=CONFIG)
    count = 20 if site.short else 200
    rogue.misdeed = lambda peer, asked: peer.send(reset(asked.stream, REFUSED_STREAM))
    tape = await volley(bff.port, _asks("refused", NDJSON, count), judge=_judged)
    per_request = rogue.calls / count
    checks = [
        counted("refused streams that look complete", tape.count(Outcome.OK)),
        counted("refused streams without a problem", tape.count(Outcome.LOST)),
        counted("calls beyond two for each stream", max(0, rogue.calls - 2 * count)),
        counted("streams that were not asked for again", max(0, 2 * count - rogue.calls)),
    ]
    return [site.row(tape, checks, attempts=per_request)]


async def _all_cuts(port: int, rogue: Rogue, count: int) -> Tape:
    tape = Tape()
    for cut in CUTS:
        rogue.misdeed = streaming(rogue, cut)
        for form in FORMS:
            tape.shots.extend(await volley(port, _asks(cut.name, form, count), judge=_judged))
    return tape


def _asks(name: str, form: str, count: int) -> list[Ask]:
    return [
        Ask(
            id=f"s-{it}",
            path=f"/v1/echo/s-{it}:watch",
            identity=f"Bearer u-{it}",
            headers={"Accept": form},
            kind=f"{name} as {form}",
        )
        for it in range(count)
    ]


def _judged(ask: Ask, answer: Answer | None) -> Verdict:
    """ok     whole, and it was
    clean  it says by a typed last word that it is not whole
    wrong  somebody else's, or half a stream that looks whole
    lost   none of these
    """
    if answer is None:
        return Verdict(Outcome.LOST, f"{ask.kind}: cut off")
    if answer.status >= 300:
        return problem(answer)
    try:
        messages, error = READERS[ask.headers["Accept"]](answer.body.decode())
    except (ValueError, KeyError):
        return Verdict(Outcome.LOST, f"{ask.kind}: ends with {answer.body[-40:]!r}")
    if any((one["id"], one["identity"]) != (ask.id, ask.identity) for one in messages):
        return Verdict(Outcome.WRONG, f"{ask.kind}: somebody else's")
    if error:
        return Verdict(Outcome.CLEAN, slug_of(error))
    if ask.kind.startswith(WHOLE) and len(messages) == MESSAGES:
        return Verdict(Outcome.OK)
    return Verdict(Outcome.WRONG, f"{ask.kind}: looks whole")


Read = Callable[[str], tuple[list[dict[str, Any]], dict[str, Any]]]
"""The messages, and the error that came last, {} for a clean end. Raises ValueError, KeyError."""


def _lines(text: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    records = [json.loads(line) for line in text.splitlines()]
    error = records.pop()["error"] if records and "error" in records[-1] else {}
    return [one["result"] for one in records], error


def _events(text: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    blocks = [block.splitlines() for block in text.split("\n\n")[:-1]]
    data_of = [json.loads(block[-1].removeprefix("data: ")) for block in blocks]
    error = data_of.pop() if blocks and blocks[-1][0] == "event: error" else {}
    return data_of, error


def _array(text: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One that parses is whole; one that does not has its error last, and no bracket."""
    whole = text.endswith("]")
    items = json.loads(text if whole else text + "]")
    return (items, {}) if whole else (items[:-1], items[-1]["error"])


READERS: Mapping[str, Read] = MappingProxyType({NDJSON: _lines, EVENTS: _events, ARRAY: _array})


def slug_of(error: Mapping[str, Any]) -> str:
    slug = str(error["type"]).removeprefix(PROBLEM_TYPE_PREFIX)
    if slug not in PROBLEMS:
        raise ValueError(slug)
    return slug


SCENARIOS = (
    Scenario(
        id="F9a",
        title="streams cut midway",
        promise="each ends with a typed error; 0 look complete",
        run=every_cut,
    ),
    Scenario(
        id="F9b",
        title="streams refused",
        promise="REFUSED_STREAM is asked for again, once only",
        run=refused,
    ),
)
