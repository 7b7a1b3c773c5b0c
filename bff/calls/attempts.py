"""One call and its attempts, one after the other, as callbacks.

Why       Nearly every call is one attempt that is answered. It pays for one object and some
          comparisons; a timer is made only where an attempt failed.
Order     retry outside the turnstile: every attempt is counted, an open breaker ends the trying.
          The turnstile outside the transport: what is refused costs no socket anything.
Called by calls/beginning.py, calls/hedging.py.
Never     tells twice, nor a call that was given up, which keeps no place either.
Source    gRFC A6.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from bff.calls.hedge import Spread
from bff.calls.limiter import LOOK_S, LOOKS
from bff.calls.retry import pause_s
from bff.calls.turnstile import NO_ROOM_YET
from bff.calls.ways import SHORTEST_CALL_S, Way, too_late
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.events import CallRepeated
from bff.transport.transport import Hear

Told: TypeAlias = Callable[[bytes, Exception | None], object]
"""Takes the reply's bytes and None, or b"" and why there is none: a Failure, or a bug."""


class Sending(NamedTuple):
    """What goes out.

    deadline    for all attempts together
    idempotent  whether there may be more than one
    hear        told the metadata of a good reply, just before it
    """

    request: bytes
    context: RequestContext
    deadline: Deadline
    idempotent: bool = False
    hear: Hear | None = None


class Attempts:
    """Attempts one after the other, the last of which is told. `done` may be called at once."""

    __slots__ = (
        "_call",
        "_done",
        "_failure",
        "_is_out",
        "_looks",
        "_sending",
        "_started_s",
        "_ticket",
        "_timer",
        "_tries",
        "_way",
    )

    def __init__(self, way: Way, sending: Sending, done: Told) -> None:
        self._way = way
        self._sending = sending
        self._done = done
        self._tries = 0
        self._looks = 0
        self._is_out = False
        self._call: Any = None
        self._timer: Callable[[], object] | None = None
        self._failure: Failure | None = None

    def __repr__(self) -> str:
        state = "out" if self._is_out else "not out"
        return f"<Attempts at {self._way.path}: {self._tries} so far, {state}>"

    def begin(self) -> None:
        """The first attempt, or the next. Raises ValueError for metadata that must not be sent."""
        way, sending = self._way, self._sending
        now_s = self._started_s = way.means.clock()
        looks = LOOKS if self._tries else self._looks  # a retry waits for no room
        try:
            self._ticket = way.turnstile.enter(sending.context.criticality, now_s, looks=looks)
        except ServiceSilent as refused:
            self._done(b"", self._failure or refused)
            return
        if self._ticket == NO_ROOM_YET:
            self._looks += 1
            way.turnstile.limiter.waiting += 1
            wait_s = min(LOOK_S, sending.deadline.at_s - now_s)
            self._timer = way.means.later(wait_s, self._look_again)
            return
        if not self._tries:
            way.note(now_s)
        self._tries += 1
        self._is_out = True
        try:
            call = way.starting.start(
                way.path,
                sending.request,
                metadata=way.metadata(sending.context),
                deadline=sending.deadline,
                done=self._told,
                hear=sending.hear,
            )
        except BaseException:
            if self._is_out:
                self._is_out = False
                way.turnstile.gave_up(self._ticket, now_s)
            else:
                self._done = _nobody  # was told, and raised
            raise
        if self._is_out:  # else it ended at once: call and attempts would hold each other
            self._call = call

    def begin_late(self) -> None:
        """As `begin`, from a timer: there may be no time left, and what is raised is told."""
        way = self._way
        if self._sending.deadline.at_s - way.means.clock() < SHORTEST_CALL_S:
            self._done(b"", self._failure or too_late(way.turnstile.rpc))
            return
        try:
            self.begin()
        except Exception as bug:  # noqa: BLE001 - whoever would be told of it waits for `done`
            self._done(b"", bug)

    def cancel(self) -> None:
        """Nobody waits any more: `done` is not called, and the place is free."""
        self._done = _nobody  # our failure may be what gives us up: it opened the breaker
        self._wait_no_more()
        if self._is_out:
            self._is_out = False
            call, self._call = self._call, None
            self._way.starting.cancel(call)
            self._way.turnstile.gave_up(self._ticket, self._way.means.clock())

    def _told(self, wire: bytes, failure: Exception | None) -> None:
        if not self._is_out:
            return
        self._is_out = False
        self._call = None
        now_s = self._way.means.clock()
        if failure is None:
            self._way.turnstile.answered(self._ticket, now_s - self._started_s, now_s)
            self._done(wire, None)
        elif isinstance(failure, Failure):
            self._way.turnstile.failed(
                self._ticket, failure, elapsed_s=now_s - self._started_s, now_s=now_s
            )
            self._end_or_repeat(failure, now_s)
        else:
            self._way.turnstile.gave_up(self._ticket, now_s)
            self._done(b"", failure)

    def _end_or_repeat(self, failure: Failure, now_s: float) -> None:
        wait_s = self._pause_s(failure, now_s) if self._sending.idempotent else None
        if wait_s is None:
            self._done(b"", failure)
        else:
            self._failure = failure
            self._timer = self._way.means.later(wait_s, self._again)
            self._way.turnstile.waiting.add(self._give_up)

    def _pause_s(self, failure: Failure, now_s: float) -> float | None:
        way = self._way
        if way.turnstile.breaker.standing is not None:
            return None  # it would be refused, or try what is on trial: a trial is one call
        wait_s = pause_s(
            failure,
            way.policies.retry,
            tries=self._tries,
            left_s=self._sending.deadline.at_s - now_s,
            chance=way.means.chance(),
            elsewhere=isinstance(way.transport, Spread) and way.transport.replicas > 1,
        )
        return wait_s if wait_s is not None and way.retries.spend() else None

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
            self._way.turnstile.waiting.discard(self._give_up)
            if not self._tries:
                self._way.turnstile.limiter.waiting -= 1

    def _give_up(self) -> None:
        """The breaker has opened: what would be refused then need not wait for it."""
        self._wait_no_more()
        self._done(b"", self._failure)

    def _look_again(self) -> None:
        """For room."""
        self._timer = None
        self._way.turnstile.limiter.waiting -= 1
        self.begin_late()

    def _again(self) -> None:
        self._timer = None
        self._way.turnstile.waiting.discard(self._give_up)
        self._way.emit(CallRepeated(self._way.service, self._way.method, "retry"))
        self.begin_late()


def _nobody(_wire: bytes, _failure: Exception | None) -> None:
    """Is told of a call that was given up."""
