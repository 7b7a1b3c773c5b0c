"""Members that a function of the view makes: from real values, by plain Python.

Called by writing.py, at boot.
Never     calls a function whose input failed or is absent, unless it says that it takes None.
Source    docs/spec/views.md "Python code enters only through @field functions".
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson

from bff.compose.view.plan import Computed
from bff.compose.view.running_frames import Frame, is_absence
from bff.compose.view.running_layout import Layout
from bff.compose.view.running_needs import takes_none
from bff.compose.view.running_values import Get, getter
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


def text_of(
    show: Computed, scope: int | None, layout: Layout
) -> Callable[[Frame], bytes | Failure]:
    """The JSON that the function makes; a Failure where something that it reads is absent."""
    values = _values(show, scope, layout)
    function = show.function

    def write(frame: Frame) -> bytes | Failure:
        found = values(frame)
        return found if isinstance(found, Failure) else orjson.dumps(function(**found))

    return write


def making_of(
    show: Computed, scope: int | None, layout: Layout, *, number: int, unit: int | None
) -> Making:
    """The same for an async function: what it made is kept in the frame."""
    values = _values(show, scope, layout)
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


def _values(
    show: Computed, scope: int | None, layout: Layout
) -> Callable[[Frame], dict[str, Any] | Failure]:
    """The arguments; an absence is returned, a Failure raised."""
    spared = takes_none(show.function)
    gets: list[tuple[str, Get, bool]] = [
        (name, getter(value, scope, layout, strict=name in spared), name in spared)
        for name, value in show.arguments.items()
    ]

    def values(frame: Frame) -> dict[str, Any] | Failure:
        found: dict[str, Any] = {}
        for name, get, may_be_none in gets:
            try:
                found[name] = get(frame)
            except Failure as failure:
                if may_be_none:
                    found[name] = None
                elif is_absence(failure):
                    return failure
                else:
                    raise
        return found

    return values
