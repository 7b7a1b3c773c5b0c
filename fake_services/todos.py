"""Todos: the one service whose data change.

Why       The zero-code routes need something to create, patch, complete, watch and import.
Called by systems.py.
Never     writes to disk: every start begins with the same 500 todos.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import ClassVar

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.empty_pb2 import Empty

from fake_services import todo_rules
from fake_services.doors import Context
from fake_services.identity import USER_IDS
from fake_services.paging import page_size, page_start, page_token
from fake_services.refusal import Refusal, invalid, not_found, required
from fake_services.shelf import check_batch
from fake_services.words import SENTENCES, SUBJECTS, TAGS, before, some
from generated.todos.v1 import todos_pb2 as pb

TODO_COUNT = 500
MAX_IMPORT = 1_000
MAX_ATTACHMENT_BYTES = 1_048_576
KEPT_EVENTS = 1_000
# Beyond what a double can count.
_FIRST_REVISION = 2**53 + 1


def _now() -> datetime:
    return datetime.now(UTC)


class TodoService:
    """todos.v1.TodoService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = pb.DESCRIPTOR.services_by_name["TodoService"]

    def __init__(self, *, clock: Callable[[], datetime] = _now) -> None:
        self._clock = clock
        self._todos = {number: _seed(number) for number in range(1, TODO_COUNT + 1)}
        self._last_number = TODO_COUNT
        self._files: dict[int, HttpBody] = {}
        self._events: deque[pb.WatchTodosResponse] = deque(maxlen=KEPT_EVENTS)
        self._sequence = 0
        self._changed = asyncio.Event()
        for number in range(TODO_COUNT - 2, TODO_COUNT + 1):
            self._tell(pb.WatchTodosResponse(created=self._todos[number]))

    def __repr__(self) -> str:
        return f"<TodoService of {len(self._todos)} todos, {self._sequence} events>"

    async def GetTodo(self, request: pb.GetTodoRequest, context: Context) -> pb.Todo:
        return self._todos[self._find(request.todo_id)]

    async def BatchGetTodos(
        self, request: pb.BatchGetTodosRequest, context: Context
    ) -> pb.BatchGetTodosResponse:
        check_batch(request.todo_ids, field="todo_ids")
        numbers = map(_number, request.todo_ids)
        return pb.BatchGetTodosResponse(todos=[self._todos[n] for n in numbers if n in self._todos])

    async def ListTodos(
        self, request: pb.ListTodosRequest, context: Context
    ) -> pb.ListTodosResponse:
        scope = f"todos {request.state} {request.assignee_id} {sorted(request.tags)}"
        # Numbers only grow, so a page starts at a number: todos may come and go between two pages.
        start, size = page_start(request, scope), page_size(request)
        wanted = (n for n, todo in self._todos.items() if n >= start and _fits(todo, request))
        numbers = [number for number, _ in zip(wanted, range(size + 1), strict=False)]
        token = page_token(numbers[size], scope) if len(numbers) > size else ""
        todos = [self._todos[number] for number in numbers[:size]]
        return pb.ListTodosResponse(todos=todos, next_page_token=token)

    async def CreateTodo(self, request: pb.CreateTodoRequest, context: Context) -> pb.Todo:
        todo_rules.check(request.todo)
        return self._create(request.todo)

    async def UpdateTodo(self, request: pb.UpdateTodoRequest, context: Context) -> pb.Todo:
        number = self._find(request.todo_id)
        stored = self._todos[number]
        todo_rules.check_etag(stored, request.todo)
        after = todo_rules.changed(stored, request.todo, request.update_mask)
        todo_rules.check(after)
        return self._replace(number, after)

    async def DeleteTodo(self, request: pb.DeleteTodoRequest, context: Context) -> Empty:
        number = self._find(request.todo_id)
        del self._todos[number]
        self._files.pop(number, None)
        self._tell(pb.WatchTodosResponse(deleted_todo_id=request.todo_id))
        return Empty()

    async def CompleteTodo(self, request: pb.CompleteTodoRequest, context: Context) -> pb.Todo:
        number = self._find(request.todo_id)
        stored = self._todos[number]
        if stored.state == pb.TODO_STATE_DONE:
            return stored
        done = pb.Todo()
        done.CopyFrom(stored)
        done.state = pb.TODO_STATE_DONE
        done.complete_time.FromDatetime(self._clock())
        if request.HasField("time_spent"):
            spent = stored.time_spent.ToTimedelta() + request.time_spent.ToTimedelta()
            done.time_spent.FromTimedelta(spent)
        todo_rules.check(done)
        return self._replace(number, done)

    async def WatchTodos(
        self, request: pb.WatchTodosRequest, context: Context
    ) -> AsyncIterator[pb.WatchTodosResponse]:
        # Opens the stream, so that a caller knows that it is heard before anything has changed.
        await context.send_initial_metadata(())
        told = 0
        seen = request.after_sequence if request.HasField("after_sequence") else self._sequence
        while True:
            changed = self._changed
            for event in [event for event in self._events if event.sequence > seen]:
                yield event
                told, seen = told + 1, event.sequence
                if told == request.limit:
                    return
            if changed is self._changed:
                await changed.wait()

    async def ImportTodos(
        self, requests: AsyncIterator[pb.ImportTodosRequest], context: Context
    ) -> pb.ImportTodosResponse:
        wanted: list[pb.Todo] = []
        async for request in requests:
            todo_rules.check(request.todo, at=f"todo[{len(wanted)}]")
            wanted.append(request.todo)
            if len(wanted) > MAX_IMPORT:
                raise invalid("todo", f"an import has {MAX_IMPORT} todos at most")
        ids = [self._create(todo).todo_id for todo in wanted]
        return pb.ImportTodosResponse(imported_count=len(ids), todo_ids=ids)

    async def PutAttachment(
        self, request: pb.PutAttachmentRequest, context: Context
    ) -> pb.Attachment:
        number = self._find(request.todo_id)
        data = request.content.data
        if len(data) > MAX_ATTACHMENT_BYTES:
            sentence = f"content: must have {MAX_ATTACHMENT_BYTES} bytes at most"
            raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, sentence)
        self._files[number] = request.content
        return pb.Attachment(
            todo_id=request.todo_id,
            content_type=request.content.content_type,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).digest(),
            storage_key=f"CANARY-storage-key-{request.todo_id}",
        )

    async def GetAttachment(self, request: pb.GetAttachmentRequest, context: Context) -> HttpBody:
        number = self._find(request.todo_id)
        if number not in self._files:
            raise not_found("attachment of todo", request.todo_id)
        return self._files[number]

    def _find(self, todo_id: str) -> int:
        number = _number(required("todo_id", todo_id))
        if number not in self._todos:
            raise not_found("todo", todo_id)
        return number

    def _create(self, sent: pb.Todo) -> pb.Todo:
        self._last_number += 1
        todo = todo_rules.writable_part(sent)
        todo.todo_id, todo.state = f"t-{self._last_number}", pb.TODO_STATE_OPEN
        todo.create_time.FromDatetime(self._clock())
        todo.update_time.CopyFrom(todo.create_time)
        todo.internal_notes = f"CANARY-internal-notes-{todo.todo_id}"
        _stamp(todo, _FIRST_REVISION)
        self._todos[self._last_number] = todo
        self._tell(pb.WatchTodosResponse(created=todo))
        return todo

    def _replace(self, number: int, after: pb.Todo) -> pb.Todo:
        after.update_time.FromDatetime(self._clock())
        _stamp(after, after.revision + 1)
        self._todos[number] = after
        self._tell(pb.WatchTodosResponse(updated=after))
        return after

    def _tell(self, event: pb.WatchTodosResponse) -> None:
        self._sequence += 1
        event.sequence = self._sequence
        event.event_time.FromDatetime(self._clock())
        self._events.append(event)
        # Those who wait hold the old bell; whoever comes later waits for the new one.
        self._changed.set()
        self._changed = asyncio.Event()


def _stamp(todo: pb.Todo, revision: int) -> None:
    todo.revision, todo.etag = revision, f"{revision:x}"


def _number(todo_id: str) -> int:
    """The number in `t-12`; 0, which no todo has, for anything else."""
    digits = todo_id.removeprefix("t-")
    is_id = digits.isascii() and digits.isdigit() and len(digits) < 16 and digits[0] != "0"
    return int(digits) if is_id and todo_id.startswith("t-") else 0


def _fits(todo: pb.Todo, request: pb.ListTodosRequest) -> bool:
    return (
        request.state in (pb.TODO_STATE_UNSPECIFIED, todo.state)
        and request.assignee_id in ("", todo.assignee_id)
        and set(request.tags) <= set(todo.tags)
    )


def _seed(number: int) -> pb.Todo:
    random = Random(f"todo {number}")
    todo = pb.Todo(
        todo_id=f"t-{number}",
        title=f"{SUBJECTS[number % len(SUBJECTS)]} – {number}",
        note=SENTENCES[number % len(SENTENCES)],
        state=pb.TODO_STATE_OPEN,
        priority=pb.TodoPriority.Name(number % 4),
        assignee_id=random.choice(("", *USER_IDS[:12])),
        tags=some(random, TAGS, most=3),
        labels={"場所": "家"} if number % 3 == 0 else {},
        checklist=list(_steps(number)),
        create_time=before(timedelta(hours=(TODO_COUNT - number) * 3 + 2)),
        update_time=before(timedelta(hours=(TODO_COUNT - number) * 3 + 1)),
        internal_notes=f"CANARY-internal-notes-t-{number}",
    )
    if number % 4 == 0:
        todo.state = pb.TODO_STATE_DONE
        todo.complete_time.CopyFrom(todo.update_time)
        todo.time_spent.FromMilliseconds(number * 1500)
    if number % 5 == 1:
        todo.due_time.CopyFrom(before(-timedelta(days=number % 30)))
    elif number % 5 == 2:
        todo.due_text = "nächsten Freitag"
    if number % 2:
        todo.estimate_minutes = number % 7 * 15
    _stamp(todo, _FIRST_REVISION + number)
    return todo


def _steps(number: int) -> Iterator[pb.ChecklistItem]:
    for step in range(number % 3):
        yield pb.ChecklistItem(text=SUBJECTS[step], done=step == 0)
