"""What lasts must end: how it hears so, and whether this process is about to end.

Why       A stream may last an hour, a process that was told to stop may not. Whoever holds one
          waits for this beside whatever else it waits for.
Called by serve (says it), compose/streaming.py and app (hear it).
Never     is taken back.
Source    docs/spec/reliability.md section 2, "SIGTERM under load".
"""

from asyncio import Future
from collections.abc import Callable
from typing import TypeAlias

from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSilent

Ending: TypeAlias = "Future[Callable[[], Failure]]"
"""Of one that lasts: done when it must end, with what makes the last thing that it says."""


def end(one: Ending, last: Callable[[], Failure]) -> None:
    """It must end now; the first reason counts."""
    if not one.done():
        one.set_result(last)


class Closing:
    """`announced`: no traffic should come any more. `begun`: what lasts must come to an end."""

    def __init__(self) -> None:
        self.announced = False
        self.begun = False
        self._waiting: set[Ending] = set()

    def __repr__(self) -> str:
        state = "begun" if self.begun else "announced" if self.announced else "not begun"
        return f"<Closing {state}, {len(self._waiting)} wait for it>"

    def announce(self) -> None:
        self.announced = True

    def begin(self) -> None:
        self.announced = self.begun = True
        for one in tuple(self._waiting):
            end(one, shutting_down)

    def join(self, one: Ending) -> None:
        """Have this one end when closing begins; `leave` must follow."""
        self._waiting.add(one)
        if self.begun:
            end(one, shutting_down)

    def leave(self, one: Ending) -> None:
        self._waiting.discard(one)


def shutting_down() -> ServiceSilent:
    """The last thing that a stream says."""
    return ServiceSilent(
        "This server is shutting down: connect again.",
        reason="shutting-down",
        code=Code.UNAVAILABLE,
        source="bff",
    )
