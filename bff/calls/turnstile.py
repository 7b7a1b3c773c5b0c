"""Let an attempt out to its service, or refuse it here; note what its end tells.

Why       Breaker and limiter are asked together, and told together, twice for every call: what
          stands between is a few comparisons. The breaker speaks first: calls that a sick service
          does not answer fill its limit, and are no sign of too much to do.
Called by calls/attempts.py, for every attempt; calls/passage.py, for every stream.
Never     counts a client that gave up, nor one that had less patience than an ordinary answer
          takes: strangers could open the breaker for all with tiny deadlines.
Source    docs/spec/reliability.md section 2 "downstream dead", "overload".
"""

from collections.abc import Callable
from random import random
from traceback import format_exception

from bff.calls.breaker import CLOSED, DEAD_S, REFUSED, Breaker, BreakerPolicy, Turn, is_sick
from bff.calls.hedge import observed_s
from bff.calls.limiter import LOOKS, Limiter
from bff.terms.criticality import Criticality
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.events import BreakerTurned, CallRefused, Crashed, Emit
from bff.terms.silence import LATE, OVERLOAD, UNREACHABLE, silence

SPREAD_S = 2.0
"""Who is refused is told to come back within this, by chance: it is told in whole seconds, so that
one second of chance would send all of them back together, and four would keep the last ones away
for long after there is room."""
NO_ROOM_YET = -2


class Turnstile:
    """One method's. The limiter is its service's.

    p95_s    nineteen of twenty good answers take less; 0.0: nothing is known
    waiting  told, each once, when the breaker opens: whoever waits to try again
    """

    __slots__ = ("_chance", "_emit", "breaker", "limiter", "p95_s", "rpc", "waiting")

    def __init__(
        self,
        rpc: str,
        policy: BreakerPolicy,
        limiter: Limiter,
        *,
        now_s: float,
        emit: Emit,
        chance: Callable[[], float] = random,
    ) -> None:
        self.rpc = rpc
        self.breaker = Breaker(policy, now_s=now_s, turned=self._turned)
        self.limiter = limiter
        self.p95_s = 0.0
        self.waiting: set[Callable[[], object]] = set()
        self._emit = emit
        self._chance = chance

    def __repr__(self) -> str:
        return f"<Turnstile of {self.rpc}, {self.breaker!r}, {self.limiter!r}>"

    def enter(self, criticality: Criticality, now_s: float, *, looks: int = LOOKS) -> int:
        """A ticket, to be given to the one of the methods below that tells the end; NO_ROOM_YET
        where one that looked so often before may ask again in a moment.

        Raises ServiceSilent where no call may go out
        """
        ticket = CLOSED if self.breaker.standing is None else self.let_by(now_s)
        limiter = self.limiter
        if limiter.out >= limiter.rooms[criticality]:
            self.breaker.gave_up(ticket, now_s)
            is_mute = now_s - limiter.heard_at_s > max(DEAD_S, 2 * self.p95_s)
            if not is_mute and limiter.may_wait(looks, now_s):
                return NO_ROOM_YET
            limiter.refused_at_s = now_s
            raise self._refused("limiter", UNREACHABLE if is_mute else OVERLOAD, 0.0)
        if not limiter.out:
            limiter.heard_at_s = now_s
        limiter.out += 1
        return ticket

    def let_by(self, now_s: float) -> int:
        """The same of the breaker alone, for what takes no place: its end is for the breaker."""
        ticket = self.breaker.enter(now_s)
        if ticket == REFUSED:
            raise self._refused("breaker", UNREACHABLE, self.breaker.left_s(now_s))
        return ticket

    def answered(self, ticket: int, elapsed_s: float, now_s: float) -> None:
        """A reply came, after so long."""
        limiter = self.limiter
        limiter.out -= 1
        limiter.heard_at_s = now_s
        limiter.answered(elapsed_s)
        self.p95_s = observed_s(self.p95_s, elapsed_s)
        self.breaker.well(ticket, now_s)

    def failed(self, ticket: int, failure: Failure, *, elapsed_s: float, now_s: float) -> None:
        """No reply, but this."""
        self.limiter.out -= 1
        late = failure.reason == LATE
        if late:
            self.limiter.answered(elapsed_s)
        if not is_sick(failure):
            self.limiter.heard_at_s = now_s
            self.breaker.well(ticket, now_s)
        elif late and elapsed_s < self.p95_s:
            self.breaker.gave_up(ticket, now_s)
        else:
            self.breaker.sick(ticket, now_s)

    def spoiled(self, failure: Failure, now_s: float) -> None:
        """A reply that had come cannot be read."""
        if is_sick(failure):
            self.breaker.spoiled(now_s)

    def gave_up(self, ticket: int, now_s: float) -> None:
        """Nobody waits for it any more."""
        self.limiter.out -= 1
        self.breaker.gave_up(ticket, now_s)

    def _turned(self, turn: Turn) -> None:
        """The breaker has: nobody waits for what it would refuse."""
        service, _, method = self.rpc.partition("/")
        self._emit(BreakerTurned(service, method, turn))
        if turn == "open":
            waiting, self.waiting = self.waiting, set()
            for give_up in waiting:
                try:
                    give_up()
                except Exception as bug:  # noqa: BLE001 - the others are still to be told
                    self._emit(Crashed("", self.rpc, "".join(format_exception(bug))))

    def _refused(self, why: str, reason: str, left_s: float) -> ServiceSilent:
        service, _, method = self.rpc.partition("/")
        self._emit(CallRefused(service, method, why))
        failure = silence(reason, note=f"refused by the {why}", source=self.rpc)
        failure.retry_after_s = left_s + SPREAD_S * self._chance()
        return failure
