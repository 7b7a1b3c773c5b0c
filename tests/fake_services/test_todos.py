"""Todos change: create, update by mask, complete, delete, watch, import, attachments."""

import asyncio

import grpc
import pytest

from generated.todos.v1 import todos_pb2 as pb
from tests.fake_services.phone import CallSystem, Phone

TODOS = "todos.v1.TodoService/"


@pytest.fixture
async def phone(call_system: CallSystem) -> Phone:
    return await call_system("todos")


async def test_a_new_todo_gets_its_own_id_and_starts_open(phone: Phone) -> None:
    """Output-only fields of the sender are ignored (AIP-203)."""
    sent = {"title": "Été", "todo_id": "t-1", "state": "TODO_STATE_DONE", "revision": 7}

    todo = await phone.ask(TODOS + "CreateTodo", todo=sent)

    assert ("t-501", "Été", pb.TODO_STATE_OPEN) == (todo.todo_id, todo.title, todo.state)
    assert todo.revision > 2**53
    assert todo == await phone.ask(TODOS + "GetTodo", todo_id="t-501")


async def test_a_mask_changes_only_what_it_names(phone: Phone) -> None:
    """AIP-134: a named field without a value is cleared, an unnamed one stays."""
    before = await phone.ask(TODOS + "GetTodo", todo_id="t-1")

    after = await phone.ask(
        TODOS + "UpdateTodo",
        todo_id="t-1",
        todo={"title": "new", "note": "not named"},
        update_mask={"paths": ["title", "tags", "due_time", "estimate_minutes"]},
    )

    assert ("new", before.note, []) == (after.title, before.note, list(after.tags))
    assert (True, None) == (before.HasField("due_time"), after.WhichOneof("due"))
    assert (True, False) == (
        before.HasField("estimate_minutes"),
        after.HasField("estimate_minutes"),
    )
    assert before.revision + 1 == after.revision


async def test_without_a_mask_the_given_fields_change(phone: Phone) -> None:
    before = await phone.ask(TODOS + "GetTodo", todo_id="t-3")

    after = await phone.ask(
        TODOS + "UpdateTodo", todo_id="t-3", todo={"note": "n", "labels": {"a": "b"}}
    )

    assert (before.title, "n", {"a": "b"}) == (after.title, after.note, dict(after.labels))


async def test_a_star_replaces_everything_writable(phone: Phone) -> None:
    after = await phone.ask(
        TODOS + "UpdateTodo", todo_id="t-3", todo={"title": "bare"}, update_mask={"paths": ["*"]}
    )

    assert ("bare", "", {}, "t-3") == (after.title, after.note, dict(after.labels), after.todo_id)


async def test_an_output_only_field_is_passed_over(phone: Phone) -> None:
    """AIP-203: naming it in the mask is no error, and changes nothing."""
    after = await phone.ask(
        TODOS + "UpdateTodo",
        todo_id="t-1",
        todo={"state": "TODO_STATE_DONE"},
        update_mask={"paths": ["state", "todo_id"]},
    )

    assert ("t-1", pb.TODO_STATE_OPEN) == (after.todo_id, after.state)


async def test_an_update_of_an_old_version_is_aborted(phone: Phone) -> None:
    seen = await phone.ask(TODOS + "GetTodo", todo_id="t-1")
    await phone.ask(
        TODOS + "UpdateTodo", todo_id="t-1", todo={"title": "theirs", "etag": seen.etag}
    )

    late = await phone.refused(
        TODOS + "UpdateTodo", todo_id="t-1", todo={"title": "mine", "etag": seen.etag}
    )

    assert "ABORTED" == late.code().name
    assert "theirs" == (await phone.ask(TODOS + "GetTodo", todo_id="t-1")).title


async def test_completing_twice_is_completing_once(phone: Phone) -> None:
    once = await phone.ask(TODOS + "CompleteTodo", todo_id="t-1", time_spent={"seconds": 60})
    twice = await phone.ask(TODOS + "CompleteTodo", todo_id="t-1", time_spent={"seconds": 60})

    assert (pb.TODO_STATE_DONE, 60, once) == (once.state, once.time_spent.seconds, twice)


async def test_a_deleted_todo_is_gone_and_paging_goes_on(phone: Phone) -> None:
    """A token is a place among ids, so it survives the end of the todo that it stands for."""
    first = await phone.ask(TODOS + "ListTodos", page_size=1)
    await phone.ask(TODOS + "DeleteTodo", todo_id="t-2")

    rest = await phone.ask(TODOS + "ListTodos", page_size=1, page_token=first.next_page_token)

    assert ["t-1", "t-3"] == [first.todos[0].todo_id, rest.todos[0].todo_id]
    assert "NOT_FOUND" == (await phone.refused(TODOS + "DeleteTodo", todo_id="t-2")).code().name


async def test_filters_narrow_the_list(phone: Phone) -> None:
    page = await phone.ask(
        TODOS + "ListTodos", state="TODO_STATE_DONE", tags=["été"], page_size=100
    )

    assert {(pb.TODO_STATE_DONE, True)} == {(t.state, "été" in t.tags) for t in page.todos}


async def test_a_watcher_is_told_each_change_in_order(phone: Phone) -> None:
    stream = phone.stream(TODOS + "WatchTodos", after_sequence=3, limit=3)
    todo = await phone.ask(TODOS + "CreateTodo", todo={"title": "a"})
    await phone.ask(TODOS + "CompleteTodo", todo_id=todo.todo_id)
    await phone.ask(TODOS + "DeleteTodo", todo_id=todo.todo_id)

    told = [(event.sequence, event.WhichOneof("change")) async for event in stream]

    assert [(4, "created"), (5, "updated"), (6, "deleted_todo_id")] == told


async def test_a_waiting_watcher_is_woken(phone: Phone) -> None:
    """The change comes after the watcher has seen everything that was kept."""
    stream = phone.stream(TODOS + "WatchTodos", after_sequence=0)
    kept = [await anext(aiter(stream)) for _ in range(3)]
    waiting = asyncio.ensure_future(anext(aiter(stream)))

    todo = await phone.ask(TODOS + "CreateTodo", todo={"title": "a"})

    assert [1, 2, 3] == [event.sequence for event in kept]
    assert todo == (await waiting).created
    stream.cancel()


async def test_an_import_makes_all(phone: Phone) -> None:
    request = pb.ImportTodosRequest
    sent = [request(todo=pb.Todo(title=title)) for title in ("a", "б", "三")]

    reply = await phone.send(TODOS + "ImportTodos", sent)

    assert (3, ["t-501", "t-502", "t-503"]) == (reply.imported_count, list(reply.todo_ids))


async def test_an_import_makes_none_when_one_is_wrong(phone: Phone) -> None:
    sent = [pb.ImportTodosRequest(todo=pb.Todo(title=title)) for title in ("a", "")]

    with pytest.raises(grpc.aio.AioRpcError, match=r"todo\[1\].title"):
        await phone.send(TODOS + "ImportTodos", sent)

    assert "NOT_FOUND" == (await phone.refused(TODOS + "GetTodo", todo_id="t-501")).code().name


async def test_an_attachment_comes_back_as_it_went(phone: Phone) -> None:
    content = {"content_type": "image/png", "data": bytes(range(256))}

    stored = await phone.ask(TODOS + "PutAttachment", todo_id="t-1", content=content)
    found = await phone.ask(TODOS + "GetAttachment", todo_id="t-1")

    assert (256, 32) == (stored.size_bytes, len(stored.sha256))
    assert ("image/png", bytes(range(256))) == (found.content_type, found.data)
