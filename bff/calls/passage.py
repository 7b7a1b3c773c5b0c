"""A stream's way past the breaker: refused where its method is ill, counted by what it says.

Why       A stream may be silent for an hour and well; its first message proves that it is.
Called by calls/pipeline.py, once a stream.
Never     takes a place at the limiter: a thousand quiet streams are no load. Never counts a stream
          that its reader left, nor one that had spoken and whose time was up.
"""

from types import TracebackType
from typing import Self

from bff.calls.breaker import CLOSED, is_sick
from bff.calls.turnstile import Turnstile
from bff.terms.deadline import Clock
from bff.terms.errors import Failure
from bff.terms.silence import LATE


class Passage:
    """`with Passage(...) as passage:` around the stream; `passage.said()` at each message.

    Raises ServiceSilent on entering where no call may go out
    """

    __slots__ = ("_clock", "_has_spoken", "_ticket", "_turnstile")

    def __init__(self, turnstile: Turnstile, *, clock: Clock) -> None:
        self._turnstile = turnstile
        self._clock = clock
        self._has_spoken = False
        self._ticket = CLOSED

    def __repr__(self) -> str:
        return f"<Passage of {self._turnstile.rpc}>"

    def __enter__(self) -> Self:
        self._ticket = self._turnstile.let_by(self._clock())
        return self

    def said(self) -> None:
        if not self._has_spoken:
            self._has_spoken = True
            self._turnstile.breaker.well(self._ticket, self._clock())

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        if error is None:
            self.said()
        elif not isinstance(error, Failure):
            self._gave_up()
        elif not is_sick(error):
            self.said()
        elif not self._has_spoken:
            self._turnstile.breaker.sick(self._ticket, self._clock())
        elif error.reason != LATE:
            self._turnstile.breaker.sick(CLOSED, self._clock())

    def _gave_up(self) -> None:
        if not self._has_spoken:
            self._turnstile.breaker.gave_up(self._ticket, self._clock())
