"""Members that a function of the view makes: from real values, by plain Python.

Called by members.py, at boot.
Never     calls a function whose input failed or is absent, unless it says that it takes None;
          hands one what no answer may carry: handed.py.
Source    docs/spec/views.md "Python code enters only through @field functions".
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson

from bff.compose.view.plan import Computed
from bff.compose.view.running.frames import Frame
from bff.compose.view.writing.handed import Handed
from bff.terms.errors import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """An async function of the view: it is awaited in each frame of a scope before writing.

    unit  the deferred member that it belongs to; None: it is part of the first body
    """

    number: int
    scope: int | None
    make: Callable[[Frame], Awaitable[None]]
    unit: int | None


def is_async(show: Computed) -> bool:
    return inspect.iscoroutinefunction(show.function)


def text_of(show: Computed, values: Handed) -> Callable[[Frame], bytes | Failure]:
    """The JSON that the function makes; a Failure where something that it reads is absent."""
    function = show.function

    def write(frame: Frame) -> bytes | Failure:
        found = values(frame)
        return found if isinstance(found, Failure) else orjson.dumps(function(**found))

    return write


def making_of(
    show: Computed, values: Handed, *, scope: int | None, number: int, unit: int | None
) -> Making:
    """The same for an async function: what it made is kept in the frame."""
    function = show.function

    async def make(frame: Frame) -> None:
        made: bytes | Failure | _Raised
        try:
            found = values(frame)
            made = found if isinstance(found, Failure) else orjson.dumps(await function(**found))
        except Failure as failure:
            made = _Raised(failure)
        frame.made[number] = made

    return Making(number=number, scope=scope, make=make, unit=unit)


def made_text(number: int) -> Callable[[Frame], bytes | Failure]:
    """What such a function made."""

    def write(frame: Frame) -> bytes | Failure:
        made: bytes | Failure | _Raised = frame.made[number]
        if isinstance(made, _Raised):
            raise made.failure.with_traceback(None)
        return made

    return write


@dataclass(frozen=True, slots=True)
class _Raised:
    """A failure, as opposed to an absence that is returned."""

    failure: Failure
