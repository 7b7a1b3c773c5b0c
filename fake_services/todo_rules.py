"""What makes a todo valid, and how an update changes one.  Pure.

Called by fake_services/todos.py.
Never     changes an output-only field.
Source    AIP-134 (update and masks), AIP-203 (output only).
"""

from __future__ import annotations

from typing import Final, cast

import grpc
from google.protobuf.descriptor import Descriptor
from google.protobuf.field_mask_pb2 import FieldMask

from fake_services.identity import USER_IDS
from fake_services.refusal import Refusal, invalid
from generated.todos.v1 import todos_pb2 as pb

MAX_TITLE = 200
MAX_NOTE = 4_000
MAX_TAGS = 10
# The etag is a condition of an update, not a value to store.
_OUTPUT_ONLY: Final = frozenset(
    {"todo_id", "state", "create_time", "update_time", "complete_time", "revision", "etag"}
)
_TODO: Final = cast("Descriptor", pb.Todo.DESCRIPTOR)
WRITABLE: Final = tuple(field.name for field in _TODO.fields if field.name not in _OUTPUT_ONLY)


def check(todo: pb.Todo, *, at: str = "todo") -> None:
    """Raises Refusal (INVALID_ARGUMENT) that names the first field that is wrong."""
    if not 1 <= len(todo.title.strip()) <= MAX_TITLE or len(todo.title) > MAX_TITLE:
        raise invalid(f"{at}.title", f"must have from 1 to {MAX_TITLE} characters")
    if len(todo.note) > MAX_NOTE:
        raise invalid(f"{at}.note", f"must have {MAX_NOTE} characters at most")
    if len(todo.tags) > MAX_TAGS:
        raise invalid(f"{at}.tags", f"must be {MAX_TAGS} at most")
    if todo.assignee_id and todo.assignee_id not in USER_IDS:
        raise invalid(f"{at}.assignee_id", "is not the id of a user")
    if todo.estimate_minutes < 0:
        raise invalid(f"{at}.estimate_minutes", "must not be negative")
    if todo.time_spent.seconds < 0 or todo.time_spent.nanos < 0:
        raise invalid(f"{at}.time_spent", "must not be negative")
    for index, item in enumerate(todo.checklist):
        if not item.text:
            raise invalid(f"{at}.checklist[{index}].text", "must be given")


def check_etag(stored: pb.Todo, sent: pb.Todo) -> None:
    """Raises Refusal (ABORTED) when the sender saw another version."""
    if sent.etag and sent.etag != stored.etag:
        raise Refusal(grpc.StatusCode.ABORTED, "todo.etag: the todo was changed in the meantime")


def writable_part(todo: pb.Todo) -> pb.Todo:
    """What a client may choose of a new todo."""
    chosen = pb.Todo()
    FieldMask(paths=WRITABLE).MergeMessage(todo, chosen)
    return chosen


def changed(stored: pb.Todo, sent: pb.Todo, mask: FieldMask) -> pb.Todo:
    """The todo after an update; `stored` stays as it is.

    mask    `*` replaces every writable field; empty changes the fields that `sent` has a value for;
            a named field without a value is cleared; output-only fields are passed over
    Raises  Refusal (INVALID_ARGUMENT, `update_mask`) for an unknown path
    """
    after = pb.Todo()
    after.CopyFrom(stored)
    FieldMask(paths=_paths(sent, mask)).MergeMessage(sent, after, True, True)
    return after


def _paths(sent: pb.Todo, mask: FieldMask) -> list[str]:
    if not mask.paths:
        return [field.name for field, _ in sent.ListFields() if field.name in WRITABLE]
    if "*" in mask.paths:
        return list(WRITABLE)
    for path in mask.paths:
        if not FieldMask(paths=[path]).IsValidForDescriptor(_TODO):
            raise invalid("update_mask", f"{path!r} is not a field of a todo")
    return [path for path in mask.paths if path.partition(".")[0] in WRITABLE]
