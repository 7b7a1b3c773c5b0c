"""Stop calling a method that is ill; find out gently when it is well again.

Why       A dead service answers slowest of all. Without a breaker every page waits for it, and all
          that wait for it keep it dead.
States    closed -> open -> trial -> closed. One breaker per (service, method).
          open    refuses all for a while
          trial   lets one call out; each good answer makes room for one more, each bad one takes
                  half of the room. None left: open. Enough: closed.
Called by calls/turnstile.py, inside of retry, so that every attempt is counted.
Opens     where half of the calls within the window failed; or where all did of late, however many
          went well before: a busy service that dies would be waited for until its good past is
          forgotten.
Never     trips on words about the request: NOT_FOUND proves that the service is well. Nor on few
          calls, nor on one bad replica of three: it is the rate that counts.
Source    Nygard, "Release It!" (2nd ed.), stability patterns; finagle FailureAccrualFactory (a row
          of failures, or a rate); TCP's slow start, for the ramp.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.silence import TOO_LARGE, UNIMPLEMENTED

REFUSED = -1
CLOSED = 0
DEAD_S = 0.25
"""Failures alone for so long, and no good answer among them, are no connection that was lost with
its calls: a new one is there sooner."""
PATIENCE_S = 5.0
"""A trial call that says nothing for so long is not waited for (a stream may stay silent)."""
_SICK = frozenset({Code.UNKNOWN, Code.INTERNAL, Code.DATA_LOSS})
_OF_THE_REQUEST = frozenset({TOO_LARGE, UNIMPLEMENTED})

Turn: TypeAlias = Literal["open", "trial", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """When a method counts as ill.

    calls     fewer calls within the window, or failures in a row, say nothing; 0: it never does
    rate      the share of them that failed, from which on it does
    window_s  how long a failure is remembered
    open_ms   how long all calls are refused before one is tried
    ramp      good answers until all calls are let through again
    """

    calls: int = 20
    rate: float = 0.5
    window_s: float = 10.0
    open_ms: int = 500
    ramp: int = 32


class Tally(NamedTuple):
    """Attempts of this half of the window, and of the one before it."""

    since_s: float
    good: int = 0
    bad: int = 0
    good_before: int = 0
    bad_before: int = 0


class Row(NamedTuple):
    """Failures without a good answer between them; `good` is the tally's count, which shows one."""

    since_s: float
    bad: int
    good: int


class Open(NamedTuple):
    until_s: float


class Trial(NamedTuple):
    """`out` of `room` calls are out; the last one left at `at_s`."""

    at_s: float
    room: int = 1
    out: int = 1


Standing: TypeAlias = Open | Trial | None
"""None: closed."""


def is_sick(failure: Failure) -> bool:
    """Whether a failure tells of a service that is ill, rather than of what it was asked."""
    if isinstance(failure, ServiceSilent):
        return failure.reason not in _OF_THE_REQUEST
    return failure.code in _SICK


def turned(tally: Tally, half_s: float, now_s: float) -> Tally:
    """The tally at that time: a half that is over becomes the one before."""
    age_s = now_s - tally.since_s
    if age_s < half_s:
        return tally
    if age_s < 2 * half_s:
        return Tally(now_s, 0, 0, tally.good, tally.bad)
    return Tally(now_s)


def trips(tally: Tally, policy: BreakerPolicy) -> bool:
    """Enough calls, and enough of them bad?"""
    bad = tally.bad + tally.bad_before
    whole = bad + tally.good + tally.good_before
    return bool(policy.calls) and whole >= policy.calls and bad >= whole * policy.rate


def is_dead(row: Row, policy: BreakerPolicy, now_s: float) -> bool:
    """Nothing but failures, enough of them, and for long enough?

    >>> [is_dead(Row(5.0, 20, 0), BreakerPolicy(), now_s) for now_s in (5.0, 5.25)]
    [False, True]
    """
    return 0 < policy.calls <= row.bad and now_s - row.since_s >= DEAD_S


def entered(standing: Open | Trial, now_s: float) -> Trial | None:
    """The trial after one more call was let out; None: it is refused.

    >>> entered(Open(until_s=5.0), 4.9)
    >>> entered(Open(until_s=5.0), 5.0)
    Trial(at_s=5.0, room=1, out=1)
    """
    if isinstance(standing, Open):
        return Trial(now_s) if now_s >= standing.until_s else None
    if standing.out < standing.room:
        return standing._replace(at_s=now_s, out=standing.out + 1)
    return standing._replace(at_s=now_s) if now_s - standing.at_s >= PATIENCE_S else None


def ended(trial: Trial, policy: BreakerPolicy, *, well: bool | None, now_s: float) -> Standing:
    """What a trial call that ended makes of it; `well` None: it was given up, and says nothing."""
    out = max(0, trial.out - 1)
    if well is None:
        return trial._replace(out=out)
    room = trial.room + 1 if well else trial.room // 2
    if not room:
        return Open(now_s + policy.open_ms / 1000)
    return None if room > policy.ramp else trial._replace(room=room, out=out)


class Breaker:
    """Holds the standing of one method. `enter` gives a ticket that the call's end brings back.

    turned  told of each turn
    """

    __slots__ = ("_policy", "_row", "_tally", "_trials", "_turned", "good", "standing")

    def __init__(
        self,
        policy: BreakerPolicy,
        *,
        now_s: float,
        turned: Callable[[Turn], object] = lambda _: None,
    ) -> None:
        self._policy = policy
        self._turned = turned
        self._tally = Tally(now_s)
        self._row = Row(now_s, 0, 0)
        self._trials = 0
        self.standing: Standing = None
        self.good = 0

    def __repr__(self) -> str:
        return f"<Breaker {self.standing or 'closed'}>"

    def enter(self, now_s: float) -> int:
        """CLOSED, REFUSED, or the number of the trial that the call takes part in."""
        standing = self.standing
        if standing is None:
            return CLOSED
        trial = entered(standing, now_s)
        if trial is None:
            return REFUSED
        self.standing = trial
        if isinstance(standing, Open):
            self._trials += 1
            self._turned("trial")
        return self._trials

    def well(self, ticket: int, now_s: float) -> None:
        """The service is there, whatever it answered."""
        if self.standing is None:
            self.good += 1
        else:
            self._end(ticket, well=True, now_s=now_s)

    def sick(self, ticket: int, now_s: float) -> None:
        """The call failed as `is_sick` has it."""
        if self.standing is not None:
            self._end(ticket, well=False, now_s=now_s)
            return
        policy, row = self._policy, self._row
        bad = row.bad + 1 if row.good == self.good else 1
        tally = turned(self._tally._replace(good=self.good), policy.window_s / 2, now_s)
        self._tally, self.good = tally._replace(bad=tally.bad + 1), tally.good
        self._row = Row(row.since_s if bad > 1 else now_s, bad, tally.good)
        if trips(self._tally, policy) or is_dead(self._row, policy, now_s):
            self._stand(Open(now_s + policy.open_ms / 1000), now_s)

    def spoiled(self, now_s: float) -> None:
        """What `well` was told of cannot be read: it was none."""
        standing = self.standing
        if standing is None:
            self.good = max(0, self.good - 1)
            self.sick(CLOSED, now_s)
        elif isinstance(standing, Trial):
            before = standing._replace(room=standing.room - 1, out=standing.out + 1)
            self._stand(ended(before, self._policy, well=False, now_s=now_s), now_s)

    def gave_up(self, ticket: int, now_s: float) -> None:
        """Nobody waits for the call any more."""
        if self.standing is not None:
            self._end(ticket, well=None, now_s=now_s)

    def left_s(self, now_s: float) -> float:
        """How long it refuses all calls."""
        return max(0.0, self.standing.until_s - now_s) if isinstance(self.standing, Open) else 0.0

    def _end(self, ticket: int, *, well: bool | None, now_s: float) -> None:
        # A call that was let out before this trial is old news.
        if ticket and ticket == self._trials and isinstance(self.standing, Trial):
            standing = ended(self.standing, self._policy, well=well, now_s=now_s)
            self._stand(standing, now_s)

    def _stand(self, standing: Standing, now_s: float) -> None:
        self.standing = standing
        if not isinstance(standing, Trial):
            self._tally, self._row, self.good = Tally(now_s), Row(now_s, 0, 0), 0
            self._turned("closed" if standing is None else "open")
