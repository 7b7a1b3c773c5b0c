"""Typed clients of todos/v1/todos.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.todos.v1 import todos_pb2
from google.api import httpbody_pb2
from google.protobuf import duration_pb2, empty_pb2, field_mask_pb2

GET_TODO = Rpc(
    "todos.v1.TodoService/GetTodo",
    todos_pb2.GetTodoRequest,
    todos_pb2.Todo,
    idempotent=True,
)
BATCH_GET_TODOS = Rpc(
    "todos.v1.TodoService/BatchGetTodos",
    todos_pb2.BatchGetTodosRequest,
    todos_pb2.BatchGetTodosResponse,
    idempotent=True,
)
LIST_TODOS = Rpc(
    "todos.v1.TodoService/ListTodos",
    todos_pb2.ListTodosRequest,
    todos_pb2.ListTodosResponse,
    idempotent=True,
)
CREATE_TODO = Rpc("todos.v1.TodoService/CreateTodo", todos_pb2.CreateTodoRequest, todos_pb2.Todo)
UPDATE_TODO = Rpc(
    "todos.v1.TodoService/UpdateTodo",
    todos_pb2.UpdateTodoRequest,
    todos_pb2.Todo,
    idempotent=True,
)
DELETE_TODO = Rpc(
    "todos.v1.TodoService/DeleteTodo",
    todos_pb2.DeleteTodoRequest,
    empty_pb2.Empty,
    idempotent=True,
)
COMPLETE_TODO = Rpc(
    "todos.v1.TodoService/CompleteTodo",
    todos_pb2.CompleteTodoRequest,
    todos_pb2.Todo,
    idempotent=True,
)
WATCH_TODOS = Rpc(
    "todos.v1.TodoService/WatchTodos",
    todos_pb2.WatchTodosRequest,
    todos_pb2.WatchTodosResponse,
    idempotent=True,
)
IMPORT_TODOS = Rpc(
    "todos.v1.TodoService/ImportTodos",
    todos_pb2.ImportTodosRequest,
    todos_pb2.ImportTodosResponse,
)
PUT_ATTACHMENT = Rpc(
    "todos.v1.TodoService/PutAttachment",
    todos_pb2.PutAttachmentRequest,
    todos_pb2.Attachment,
    idempotent=True,
)
GET_ATTACHMENT = Rpc(
    "todos.v1.TodoService/GetAttachment",
    todos_pb2.GetAttachmentRequest,
    httpbody_pb2.HttpBody,
    idempotent=True,
)


class TodoServiceClient(ServiceClient):
    """Things to do. The whole REST API of this service comes from the annotations below."""

    SERVICE = "todos.v1.TodoService"

    @carries(GET_TODO)
    async def get_todo(self, *, todo_id: str) -> todos_pb2.Todo:
        """Returns one todo. Fails with NOT_FOUND when there is no such todo.

        todo_id  The todo's id.
        """
        return await self._call.unary(GET_TODO, todos_pb2.GetTodoRequest(todo_id=todo_id))

    @carries(BATCH_GET_TODOS)
    async def batch_get_todos(self, *, todo_ids: Iterable[str]) -> todos_pb2.BatchGetTodosResponse:
        """Returns many todos by their ids, in the order of the ids. Unknown ids are left out of
        the reply.

        todo_ids  The ids of the todos, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_TODOS,
            todos_pb2.BatchGetTodosRequest(todo_ids=todo_ids),
        )

    @carries(LIST_TODOS)
    async def list_todos(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        state: todos_pb2.TodoState | None = None,
        assignee_id: str | None = None,
        tags: Iterable[str] | None = None,
    ) -> todos_pb2.ListTodosResponse:
        """Lists todos, page by page, the oldest first.

        page_size    How many todos to return; 0 means 20, and more than 100 means 100.
        page_token   The `next_page_token` of the page before. Empty for the first page.
        state        Only todos in this state. Unspecified for all.
        assignee_id  Only todos of this user. Empty for everybody's.
        tags         Only todos that carry every one of these tags.
        """
        return await self._call.unary(
            LIST_TODOS,
            todos_pb2.ListTodosRequest(
                page_size=page_size,
                page_token=page_token,
                state=state,
                assignee_id=assignee_id,
                tags=tags,
            ),
        )

    @carries(CREATE_TODO)
    async def create_todo(self, *, todo: todos_pb2.Todo) -> todos_pb2.Todo:
        """Makes a new todo. The service chooses its id.

        todo  The todo to make. Its output-only fields are ignored.
        """
        return await self._call.unary(CREATE_TODO, todos_pb2.CreateTodoRequest(todo=todo))

    @carries(UPDATE_TODO)
    async def update_todo(
        self,
        *,
        todo_id: str,
        todo: todos_pb2.Todo,
        update_mask: field_mask_pb2.FieldMask | None = None,
    ) -> todos_pb2.Todo:
        """Changes the named fields of a todo. Fails with ABORTED when an `etag` is given and is
        out of date.

        todo_id      The todo's id.
        todo         The new values.
        update_mask  Which fields to change. When it is empty, every field that has a value is
                     changed.
        """
        return await self._call.unary(
            UPDATE_TODO,
            todos_pb2.UpdateTodoRequest(todo_id=todo_id, todo=todo, update_mask=update_mask),
        )

    @carries(DELETE_TODO)
    async def delete_todo(self, *, todo_id: str) -> empty_pb2.Empty:
        """Removes a todo and its attachment.

        todo_id  The todo's id.
        """
        return await self._call.unary(DELETE_TODO, todos_pb2.DeleteTodoRequest(todo_id=todo_id))

    @carries(COMPLETE_TODO)
    async def complete_todo(
        self,
        *,
        todo_id: str,
        time_spent: duration_pb2.Duration | None = None,
    ) -> todos_pb2.Todo:
        """Marks a todo as done. A todo that is already done stays as it is.

        todo_id     The todo's id.
        time_spent  How long it took. Added to the time spent so far.
        """
        return await self._call.unary(
            COMPLETE_TODO,
            todos_pb2.CompleteTodoRequest(todo_id=todo_id, time_spent=time_spent),
        )

    def watch_todos(
        self,
        *,
        after_sequence: int | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[todos_pb2.WatchTodosResponse]:
        """Tells every change of a todo as it happens, until the caller leaves.

        after_sequence  Tell also the changes after this sequence number, as far back as they are
                        kept; 0 for all that are kept. Without it only new changes are told.
        limit           End the stream after this many changes; 0 for never.
        """
        return self._call.server_stream(
            WATCH_TODOS,
            todos_pb2.WatchTodosRequest(after_sequence=after_sequence, limit=limit),
        )

    async def import_todos(
        self,
        requests: AsyncIterable[todos_pb2.ImportTodosRequest],
    ) -> todos_pb2.ImportTodosResponse:
        """Makes many todos from a stream of them. Makes none when one of them is not valid."""
        return await self._call.client_stream(IMPORT_TODOS, requests)

    @carries(PUT_ATTACHMENT)
    async def put_attachment(
        self,
        *,
        todo_id: str,
        content: httpbody_pb2.HttpBody,
    ) -> todos_pb2.Attachment:
        """Stores a file with a todo, in place of the one before. Any content type, at most 1
        MiB.

        todo_id  The todo's id.
        content  The file's bytes and content type.
        """
        return await self._call.unary(
            PUT_ATTACHMENT,
            todos_pb2.PutAttachmentRequest(todo_id=todo_id, content=content),
        )

    @carries(GET_ATTACHMENT)
    async def get_attachment(self, *, todo_id: str) -> httpbody_pb2.HttpBody:
        """Returns the file that is stored with a todo. Fails with NOT_FOUND when there is none.

        todo_id  The todo's id.
        """
        return await self._call.unary(
            GET_ATTACHMENT,
            todos_pb2.GetAttachmentRequest(todo_id=todo_id),
        )
