"""Looks from time to time whether a connection with calls under way is still alive.

Called by carrier.py.
Trap      Where the first answer of two replicas counts, calls to a frozen one are given up long
          before it is looked at: so a peer that said nothing since its last call is asked, too.
Never     decides: keepalive.py does. Never runs while there is nothing to be answered.
Source    gRFC A8.
"""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable, Sized
from dataclasses import replace
from time import monotonic
from typing import Protocol

from bff.transport.http2.keepalive import Act, Silence, next_look
from bff.transport.http2.options import Http2Options


class Patient(Protocol):
    """The connection that is watched."""

    @property
    def streams(self) -> Sized: ...

    @property
    def may_ask(self) -> bool:
        """Does the peer take one more call?"""
        ...

    def ping(self) -> None: ...
    def ask(self) -> None:
        """Call it, to see that it lives."""
        ...

    def freeze(self) -> None: ...


class Pulse:
    """`heard_at_s` is set by whoever reads the socket, `answered` by whoever reads an answer."""

    __slots__ = (
        "_clock",
        "_loop",
        "_options",
        "_sent_after_s",
        "_silence",
        "_timer",
        "answered",
        "heard_at_s",
    )

    def __init__(
        self,
        *,
        options: Http2Options,
        loop: AbstractEventLoop,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._options = options
        self._loop = loop
        self._clock = clock
        self._timer: TimerHandle | None = None
        self._silence = Silence(heard_at_s=0.0)
        self._sent_after_s = self.heard_at_s = 0.0
        self.answered = False

    def __repr__(self) -> str:
        return f"<Pulse {'watching' if self._timer else 'at rest'}, asked {self._silence.asked}>"

    def start(self, patient: Patient) -> None:
        """A first call is under way: from now on, silence means something."""
        if self._timer is None and self._options.keepalive_s > 0:
            self.heard_at_s = self._clock()
            self._silence = replace(self._silence, asked_at_s=None, late=False)
            self._timer = self._loop.call_later(self._options.keepalive_s, self._look, patient)
        self._sent_after_s = self.heard_at_s

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, patient: Patient) -> None:
        self._timer = None
        if not len(patient.streams) and self.heard_at_s > self._sent_after_s:
            return
        known = replace(self._silence, heard_at_s=self.heard_at_s)
        if self.answered:
            known, self.answered = replace(known, asked=0), False
        act, self._silence, again_s = next_look(
            known, self._options, self._clock(), may_call=patient.may_ask
        )
        if act is Act.GIVE_UP:
            patient.freeze()
            return
        if act is Act.PING:
            patient.ping()
        elif act is Act.CALL:
            patient.ask()
        self._timer = self._loop.call_later(again_s, self._look, patient)
