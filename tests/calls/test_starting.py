"""Calls that are begun and tell by a callback: what the pipeline tells of a call, they tell."""

from typing import Any

import pytest

from bff.calls.reserve import MOST_S
from bff.calls.starting import starter
from bff.calls.ways import Means, Ways
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSaid, ServiceSilent
from bff.terms.events import CallFinished, Event
from bff.terms.silence import unreadable

RPC = "todos.v1.TodoService/GetTodo"


class Begun:
    """A transport whose calls end when the test says so."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.cancelled: list[int] = []

    def start(self, path: str, request: bytes, **given: Any) -> int:
        self.calls.append({"path": path, "request": request, **given})
        return len(self.calls) - 1

    def cancel(self, call: int) -> None:
        self.cancelled.append(call)


class Awaited:
    async def unary(self, *_: Any, **__: Any) -> bytes:
        return b""


def a_context(seconds: float = 5.0) -> RequestContext:
    return RequestContext("r1", Deadline.after(seconds), metadata=(("x-request-id", "r1"),))


class Asked:
    """One call of `RPC`, begun."""

    def __init__(self, read: Any = bytes.decode, *, seconds: float = 5.0) -> None:
        self.transport, self.events = Begun(), list[Event]()
        self.told: list[tuple[Any, Any]] = []
        transports: Any = {"todos.v1.TodoService": self.transport}
        start = starter(Ways(transports), emit=self.events.append)(RPC, read)
        assert start is not None
        self.context = a_context(seconds)
        self.cancel = start(b"ask", self.context, lambda *how: self.told.append(how))

    def end(self, wire: bytes, failure: Exception | None = None) -> None:
        self.transport.calls[0]["done"](wire, failure)


def test_a_call_goes_out_as_it_is_and_its_reply_is_read():
    """The service gets a little less time than we have: what is left is to answer in."""
    asked = Asked()
    [sent] = asked.transport.calls
    asked.end(b"todo")
    assert [("todo", None)] == asked.told
    assert (f"/{RPC}", b"ask") == (sent["path"], sent["request"])
    assert asked.context.metadata == sent["metadata"]
    assert Deadline(asked.context.deadline.at_s - MOST_S) == sent["deadline"]


def test_a_good_end_is_told_as_ok():
    asked = Asked()
    asked.end(b"todo")
    [event] = asked.events
    assert isinstance(event, CallFinished)
    assert ("todos.v1.TodoService", "GetTodo", Code.OK, "r1") == (*event[:3], event.request_id)
    assert event.elapsed_s >= 0


@pytest.mark.parametrize(
    "failure",
    [
        ServiceSaid("no", code=Code.NOT_FOUND, source=RPC),
        ServiceSilent("gone", code=Code.UNAVAILABLE, source=RPC),
    ],
)
def test_a_failure_is_told_to_both(failure):
    asked = Asked()
    asked.end(b"", failure)
    assert [(None, failure)] == asked.told
    assert [failure.code] == [one.code for one in asked.events if isinstance(one, CallFinished)]


def test_a_reply_that_cannot_be_read_is_a_failed_call():
    def read(_: bytes) -> None:
        raise unreadable("no such bytes", source=RPC)

    asked = Asked(read)
    asked.end(b"todo")
    [(reply, error)] = asked.told
    assert (None, ServiceSilent) == (reply, type(error))
    assert Code.OK not in [one.code for one in asked.events if isinstance(one, CallFinished)]


def test_a_bug_in_the_reading_reaches_whoever_asked():
    def read(_: bytes) -> None:
        raise KeyError("bug")

    asked = Asked(read)
    asked.end(b"todo")
    assert [KeyError] == [type(error) for _, error in asked.told]


def test_without_time_nothing_is_begun():
    asked = Asked(seconds=0.0)
    assert asked.cancel is None
    assert [] == asked.transport.calls


def test_a_read_that_nobody_answered_is_begun_again_without_a_task():
    transport, events, told = Begun(), list[Event](), list[Any]()
    timers: list[Any] = []
    means = Means(later=lambda _, run: timers.append(run) or timers.clear)
    transports: Any = {"*": transport}
    start = starter(Ways(transports, means=means), emit=events.append)(
        RPC, bytes.decode, idempotent=True
    )
    assert start is not None
    start(b"ask", a_context(), lambda *how: told.append(how))
    transport.calls[0]["done"](b"", ServiceSilent("gone"))
    timers[0]()
    transport.calls[1]["done"](b"todo", None)

    assert [("todo", None)] == told
    assert [Code.OK] == [one.code for one in events if isinstance(one, CallFinished)]


def test_a_call_can_be_given_up():
    asked = Asked()
    assert asked.cancel is not None
    asked.cancel()
    assert [0] == asked.transport.cancelled


def test_a_transport_without_callbacks_has_no_start():
    transports: Any = {"*": Awaited()}
    assert starter(Ways(transports), emit=lambda _: None)(RPC, bytes) is None
    assert starter(Ways({}), emit=lambda _: None)(RPC, bytes) is None
