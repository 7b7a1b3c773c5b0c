"""The grpcio transport against real services: bytes there and back, every way a call can fail."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import BadInput, Failure, ServiceSaid, ServiceSilent
from bff.transport.grpcio import ChannelOptions, GrpcioTransport
from bff.transport.health import ailment
from fake_services.server import Running, running
from generated.todos.v1.todos_pb2 import (
    CompleteTodoRequest,
    GetTodoRequest,
    ImportTodosRequest,
    Todo,
    WatchTodosRequest,
    WatchTodosResponse,
)
from tests.conditions import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
SERVICE = "todos.v1.TodoService"
GET = f"/{SERVICE}/GetTodo"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def todos() -> AsyncIterator[Running]:
    async with running(systems=("todos",)) as services:
        yield services


@pytest_asyncio.fixture(loop_scope="module")
async def transport(todos: Running) -> AsyncIterator[GrpcioTransport]:
    todos.faults.clear()
    made = GrpcioTransport(todos.addresses[SERVICE], ChannelOptions(max_reply_bytes=100_000))
    yield made
    await made.close()


async def get(transport: GrpcioTransport, todo_id: str = "t-1", *, seconds: float = 5.0) -> Todo:
    request = GetTodoRequest(todo_id=todo_id).SerializeToString()
    deadline = Deadline.after(seconds)
    return Todo.FromString(
        await transport.unary(GET, request, metadata=(("x-k", "v"),), deadline=deadline)
    )


async def test_bytes_go_there_and_back_with_metadata(transport, todos):
    todos.record.clear()
    assert "t-1" == (await get(transport)).todo_id
    assert "v" == dict(todos.record.calls[0].metadata)["x-k"]


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"status": "NOT_FOUND"}, ServiceSaid, Code.NOT_FOUND),
        ({"status": "INTERNAL"}, ServiceSaid, Code.INTERNAL),
        ({"status": "UNAVAILABLE"}, ServiceSilent, Code.UNAVAILABLE),
        ({"freeze": True}, ServiceSilent, Code.DEADLINE_EXCEEDED),
    ],
)
async def test_a_failed_call_says_who_failed(transport, todos, fault, kind, code):
    todos.faults.set(f"{SERVICE}/GetTodo", **fault)
    with pytest.raises(Failure) as caught:
        await get(transport, seconds=0.1)
    assert (kind, code) == (type(caught.value), caught.value.code)
    assert "todos.v1.TodoService/GetTodo" == caught.value.source


async def test_a_reply_over_the_limit_is_a_bad_answer_not_a_429(todos):
    small = GrpcioTransport(todos.addresses[SERVICE], ChannelOptions(max_reply_bytes=10))
    todos.faults.clear()
    with pytest.raises(ServiceSilent) as caught:
        await get(small)
    assert "upstream-response-too-large" == caught.value.reason
    await small.close()


async def test_nobody_there_is_silence():
    nobody = GrpcioTransport("127.0.0.1:1")
    with pytest.raises(ServiceSilent) as caught:
        await get(nobody)
    assert "upstream-unavailable" == caught.value.reason
    assert "unreachable" == await ailment(nobody, SERVICE, Deadline.after(5.0))
    await nobody.close()


async def test_health_is_asked_by_the_standard_protocol(transport):
    assert "" == await ailment(transport, SERVICE, Deadline.after(5.0))
    assert "" == await ailment(transport, "no.such.Service", Deadline.after(5.0))


async def test_cancelling_the_caller_cancels_the_call_at_the_service(transport, todos):
    todos.faults.set(f"{SERVICE}/GetTodo", freeze=True)
    todos.record.clear()
    task = asyncio.create_task(get(transport))
    await until(lambda: todos.record.calls)
    task.cancel()
    await until(lambda: not todos.record.in_flight)
    assert [True] == [call.cancelled for call in todos.record.calls]


async def test_a_stream_gives_messages_as_they_come_and_ends_when_its_reader_leaves(
    transport, todos
):
    await transport.unary(
        f"/{SERVICE}/CompleteTodo",
        CompleteTodoRequest(todo_id="t-1").SerializeToString(),
        metadata=(),
        deadline=Deadline.after(5.0),
    )

    async def one_request():
        yield WatchTodosRequest(after_sequence=0).SerializeToString()

    replies = transport.stream(
        f"/{SERVICE}/WatchTodos", one_request(), metadata=(), deadline=Deadline.after(5.0)
    )
    first = WatchTodosResponse.FromString(await anext(replies))
    await replies.aclose()
    await until(lambda: not todos.record.in_flight)
    assert first.sequence > 0
    assert [True] == [call.cancelled for call in todos.record.calls if "Watch" in call.method]


async def test_what_the_requests_fail_with_is_raised_and_the_call_is_cancelled(transport, todos):
    """ST8: grpc.aio alone would say CancelledError, or that all is well."""
    todos.record.clear()

    async def requests():
        yield ImportTodosRequest(todo=Todo(title="a")).SerializeToString()
        await until(lambda: todos.record.calls and todos.record.calls[0].requests)
        raise BadInput("no")

    replies = transport.stream(
        f"/{SERVICE}/ImportTodos", requests(), metadata=(), deadline=Deadline.after(5.0)
    )
    with pytest.raises(BadInput):
        await anext(replies)
    await until(lambda: todos.record.calls[0].ended is not None)
    assert todos.record.calls[0].cancelled


async def test_st10_a_stream_tells_its_metadata_before_its_first_message(transport):
    heard: list[object] = []
    request = WatchTodosRequest(after_sequence=0, limit=1).SerializeToString()

    async def requests():
        yield request

    async for _ in transport.stream(
        f"/{SERVICE}/WatchTodos",
        requests(),
        metadata=(),
        deadline=Deadline.after(5.0),
        hear=heard.append,
    ):
        assert 1 == len(heard)
    assert 2 == len(heard)
