"""The steps of a call: where it goes, how long it may take, what is told of it."""

from collections.abc import AsyncGenerator, AsyncIterable

import pytest

from bff.calls.budget import effective, narrowed_to
from bff.calls.call import Call
from bff.calls.pipeline import over, pipeline
from bff.calls.reserve import MOST_S
from bff.calls.told import with_events
from bff.calls.ways import Ways
from bff.terms.codes import Code
from bff.terms.context import Metadata, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSaid, ServiceSilent
from bff.terms.events import CallFinished, Event, silence
from bff.transport.transport import Hear


class Canned:
    """A transport that answers what it was told to, and remembers what it was asked."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[str, bytes, Metadata, Deadline]] = []

    async def unary(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> bytes:
        self.asked.append((path, request, metadata, deadline))
        if isinstance(self.answer, Exception):
            raise self.answer
        if hear:
            hear((("x-first", "1"), ("x-last", b"2")))
        return self.answer

    async def stream(
        self,
        path: str,
        requests: AsyncIterable[bytes],
        *,
        metadata: Metadata,
        deadline: Deadline,
    ) -> AsyncGenerator[bytes, None]:
        yield await self.unary(path, b"", metadata=metadata, deadline=deadline)

    async def close(self) -> None: ...


def a_call(*, seconds: float = 5.0, rpc: str = "todos.v1.TodoService/GetTodo") -> Call:
    context = RequestContext(
        request_id="r1", deadline=Deadline.after(seconds), metadata=(("x-request-id", "r1"),)
    )
    return Call(rpc=rpc, request=b"ask", context=context, read=bytes.decode)


async def test_a_call_goes_to_its_own_service_and_is_read():
    todos, others = Canned(b"todo"), Canned(b"other")
    calls = pipeline({"todos.v1.TodoService": todos, "*": others}, emit=silence)

    assert "todo" == await calls.make(a_call())
    assert "other" == await calls.make(a_call(rpc="a.B/C"))
    assert ["/todos.v1.TodoService/GetTodo", b"ask"] == list(todos.asked[0][:2])
    assert (("x-request-id", "r1"),) == todos.asked[0][2]


async def test_hm7_a_reader_of_the_whole_reply_gets_its_metadata_first_and_last():
    call = a_call()._replace(read_whole=lambda wire, metadata: (wire, metadata))
    answer = await pipeline({"*": Canned(b"todo")}, emit=silence).make(call)

    assert (b"todo", (("x-first", "1"), ("x-last", b"2"))) == answer


async def test_a_service_without_an_address_is_silent_and_the_note_says_what_to_add():
    calls = pipeline({}, emit=silence)

    with pytest.raises(ServiceSilent) as caught:
        await calls.make(a_call())
    assert "upstream-unavailable" == caught.value.reason
    assert ['add "todos.v1.TodoService" to [services]'] == caught.value.__notes__


async def test_a_call_with_no_time_left_is_not_started():
    transport = Canned(b"")
    calls = pipeline({"*": transport}, emit=silence)

    with pytest.raises(ServiceSilent) as caught:
        await calls.make(a_call(seconds=0.0))
    assert (Code.DEADLINE_EXCEEDED, []) == (caught.value.code, transport.asked)


async def test_a_narrower_budget_shortens_the_call_and_never_lengthens_it():
    transport = Canned(b"")
    calls = pipeline({"*": transport}, emit=silence)
    call = a_call(seconds=5.0)
    near, far = Deadline.after(1.0), Deadline.after(60.0)

    with narrowed_to(near):
        await calls.make(call)
        with narrowed_to(far):
            assert near == effective(far)
    with narrowed_to(far):
        await calls.make(call)
    reserved = [Deadline(one.at_s - MOST_S) for one in (near, call.context.deadline)]
    assert reserved == [asked[3] for asked in transport.asked]


async def test_every_call_is_told_with_its_code_and_the_services_own_words_for_the_log():
    told: list[Event] = []
    said = ServiceSaid("disk full", code=Code.INTERNAL, source="todos.v1.TodoService/GetTodo")
    clock = iter([1.0, 1.5]).__next__
    make = with_events(over(Ways({"*": Canned(said)})), told.append, clock=clock)
    with pytest.raises(ServiceSaid):
        await make(a_call())

    expected = CallFinished(
        service="todos.v1.TodoService",
        rpc="GetTodo",
        code=Code.INTERNAL,
        reason="internal",
        detail="disk full",
        elapsed_s=0.5,
        request_id="r1",
    )
    assert [expected] == told


async def test_a_reply_that_cannot_be_read_is_told_as_a_failed_call():
    """Otherwise a service that answers nonsense would look healthy in every metric."""
    told: list[CallFinished] = []

    def nonsense(wire: bytes) -> str:
        raise ServiceSilent("nonsense", reason="upstream-invalid-response", code=Code.INTERNAL)

    call = Call(rpc="a.B/C", request=b"", context=a_call().context, read=nonsense)
    with pytest.raises(ServiceSilent):
        await pipeline({"*": Canned(b"\xff")}, emit=told.append).make(call)  # type: ignore[arg-type]
    assert ["upstream-invalid-response"] == [one.reason for one in told]
