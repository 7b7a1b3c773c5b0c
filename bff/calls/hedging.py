"""Two sets of attempts at one call: the second begins when the first takes long.

Why       See hedge.py, which decides when.
Called by calls/beginning.py, where a policy asks for it.
Never     leaves the loser running: it is given up when the first good answer is told.
Source    docs/spec/reliability.md section 2 "one replica slow".
"""

from collections.abc import Callable

from bff.calls.attempts import Attempts, Sending, Told
from bff.calls.ways import Way
from bff.terms.events import CallRepeated


class Hedged:
    """One call. The second set of attempts is spared the retries."""

    __slots__ = ("_done", "_failure", "_out", "_sending", "_timer", "_way")

    def __init__(self, way: Way, sending: Sending, done: Told) -> None:
        self._way = way
        self._sending = sending
        self._done = done
        self._out: list[Attempts] = []
        self._timer: Callable[[], object] | None = None
        self._failure: Exception | None = None

    def __repr__(self) -> str:
        return f"<Hedged {self._way.path}, {len(self._out)} out>"

    def begin(self) -> None:
        way = self._way
        self._timer = way.means.later(way.turnstile.p95_s, self._second)
        try:
            self._attempts(self._sending).begin()
        except BaseException:
            self.cancel()
            raise

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
        out, self._out = self._out, []
        for one in out:
            one.cancel()

    def _second(self) -> None:
        self._timer = None
        if self._way.hedges.spend():
            self._way.emit(CallRepeated(self._way.service, self._way.method, "hedge"))
            self._attempts(self._sending._replace(idempotent=False)).begin_late()

    def _attempts(self, sending: Sending) -> Attempts:
        def told(wire: bytes, failure: Exception | None) -> None:
            self._out.remove(attempts)
            self._told(wire, failure)

        attempts = Attempts(self._way, sending, told)
        self._out.append(attempts)
        return attempts

    def _told(self, wire: bytes, failure: Exception | None) -> None:
        if failure is not None and self._out:  # the other one may do better
            self._failure = failure
            return
        self.cancel()
        self._done(wire, failure and (self._failure or failure))
