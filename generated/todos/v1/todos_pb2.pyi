import datetime

from generated.bff.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TodoState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TODO_STATE_UNSPECIFIED: _ClassVar[TodoState]
    TODO_STATE_OPEN: _ClassVar[TodoState]
    TODO_STATE_DONE: _ClassVar[TodoState]

class TodoPriority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TODO_PRIORITY_UNSPECIFIED: _ClassVar[TodoPriority]
    TODO_PRIORITY_LOW: _ClassVar[TodoPriority]
    TODO_PRIORITY_MEDIUM: _ClassVar[TodoPriority]
    TODO_PRIORITY_HIGH: _ClassVar[TodoPriority]
TODO_STATE_UNSPECIFIED: TodoState
TODO_STATE_OPEN: TodoState
TODO_STATE_DONE: TodoState
TODO_PRIORITY_UNSPECIFIED: TodoPriority
TODO_PRIORITY_LOW: TodoPriority
TODO_PRIORITY_MEDIUM: TodoPriority
TODO_PRIORITY_HIGH: TodoPriority

class Todo(_message.Message):
    __slots__ = ("todo_id", "title", "note", "state", "priority", "assignee_id", "tags", "labels", "checklist", "due_time", "due_text", "estimate_minutes", "time_spent", "create_time", "update_time", "complete_time", "revision", "etag", "internal_notes")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TODO_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_ID_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    CHECKLIST_FIELD_NUMBER: _ClassVar[int]
    DUE_TIME_FIELD_NUMBER: _ClassVar[int]
    DUE_TEXT_FIELD_NUMBER: _ClassVar[int]
    ESTIMATE_MINUTES_FIELD_NUMBER: _ClassVar[int]
    TIME_SPENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_TIME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_NOTES_FIELD_NUMBER: _ClassVar[int]
    todo_id: str
    title: str
    note: str
    state: TodoState
    priority: TodoPriority
    assignee_id: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    labels: _containers.ScalarMap[str, str]
    checklist: _containers.RepeatedCompositeFieldContainer[ChecklistItem]
    due_time: _timestamp_pb2.Timestamp
    due_text: str
    estimate_minutes: int
    time_spent: _duration_pb2.Duration
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    complete_time: _timestamp_pb2.Timestamp
    revision: int
    etag: str
    internal_notes: str
    def __init__(self, todo_id: _Optional[str] = ..., title: _Optional[str] = ..., note: _Optional[str] = ..., state: _Optional[_Union[TodoState, str]] = ..., priority: _Optional[_Union[TodoPriority, str]] = ..., assignee_id: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., labels: _Optional[_Mapping[str, str]] = ..., checklist: _Optional[_Iterable[_Union[ChecklistItem, _Mapping[str, object]]]] = ..., due_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., due_text: _Optional[str] = ..., estimate_minutes: _Optional[int] = ..., time_spent: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping[str, object]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., complete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., revision: _Optional[int] = ..., etag: _Optional[str] = ..., internal_notes: _Optional[str] = ...) -> None: ...

class ChecklistItem(_message.Message):
    __slots__ = ("text", "done")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    text: str
    done: bool
    def __init__(self, text: _Optional[str] = ..., done: _Optional[bool] = ...) -> None: ...

class Attachment(_message.Message):
    __slots__ = ("todo_id", "content_type", "size_bytes", "sha256", "storage_key")
    TODO_ID_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    STORAGE_KEY_FIELD_NUMBER: _ClassVar[int]
    todo_id: str
    content_type: str
    size_bytes: int
    sha256: bytes
    storage_key: str
    def __init__(self, todo_id: _Optional[str] = ..., content_type: _Optional[str] = ..., size_bytes: _Optional[int] = ..., sha256: _Optional[bytes] = ..., storage_key: _Optional[str] = ...) -> None: ...

class GetTodoRequest(_message.Message):
    __slots__ = ("todo_id",)
    TODO_ID_FIELD_NUMBER: _ClassVar[int]
    todo_id: str
    def __init__(self, todo_id: _Optional[str] = ...) -> None: ...

class BatchGetTodosRequest(_message.Message):
    __slots__ = ("todo_ids",)
    TODO_IDS_FIELD_NUMBER: _ClassVar[int]
    todo_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, todo_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchGetTodosResponse(_message.Message):
    __slots__ = ("todos",)
    TODOS_FIELD_NUMBER: _ClassVar[int]
    todos: _containers.RepeatedCompositeFieldContainer[Todo]
    def __init__(self, todos: _Optional[_Iterable[_Union[Todo, _Mapping[str, object]]]] = ...) -> None: ...

class ListTodosRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "state", "assignee_id", "tags")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_ID_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    state: TodoState
    assignee_id: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., state: _Optional[_Union[TodoState, str]] = ..., assignee_id: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ...) -> None: ...

class ListTodosResponse(_message.Message):
    __slots__ = ("todos", "next_page_token")
    TODOS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    todos: _containers.RepeatedCompositeFieldContainer[Todo]
    next_page_token: str
    def __init__(self, todos: _Optional[_Iterable[_Union[Todo, _Mapping[str, object]]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateTodoRequest(_message.Message):
    __slots__ = ("todo",)
    TODO_FIELD_NUMBER: _ClassVar[int]
    todo: Todo
    def __init__(self, todo: _Optional[_Union[Todo, _Mapping[str, object]]] = ...) -> None: ...

class UpdateTodoRequest(_message.Message):
    __slots__ = ("todo_id", "todo", "update_mask")
    TODO_ID_FIELD_NUMBER: _ClassVar[int]
    TODO_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    todo_id: str
    todo: Todo
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, todo_id: _Optional[str] = ..., todo: _Optional[_Union[Todo, _Mapping[str, object]]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping[str, object]]] = ...) -> None: ...

class DeleteTodoRequest(_message.Message):
    __slots__ = ("todo_id",)
    TODO_ID_FIELD_NUMBER: _ClassVar[int]
    todo_id: str
    def __init__(self, todo_id: _Optional[str] = ...) -> None: ...

class CompleteTodoRequest(_message.Message):
    __slots__ = ("todo_id", "time_spent")
    TODO_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_SPENT_FIELD_NUMBER: _ClassVar[int]
    todo_id: str
    time_spent: _duration_pb2.Duration
    def __init__(self, todo_id: _Optional[str] = ..., time_spent: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping[str, object]]] = ...) -> None: ...

class WatchTodosRequest(_message.Message):
    __slots__ = ("after_sequence", "limit")
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    after_sequence: int
    limit: int
    def __init__(self, after_sequence: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class WatchTodosResponse(_message.Message):
    __slots__ = ("sequence", "event_time", "created", "updated", "deleted_todo_id")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    UPDATED_FIELD_NUMBER: _ClassVar[int]
    DELETED_TODO_ID_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    event_time: _timestamp_pb2.Timestamp
    created: Todo
    updated: Todo
    deleted_todo_id: str
    def __init__(self, sequence: _Optional[int] = ..., event_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., created: _Optional[_Union[Todo, _Mapping[str, object]]] = ..., updated: _Optional[_Union[Todo, _Mapping[str, object]]] = ..., deleted_todo_id: _Optional[str] = ...) -> None: ...

class ImportTodosRequest(_message.Message):
    __slots__ = ("todo",)
    TODO_FIELD_NUMBER: _ClassVar[int]
    todo: Todo
    def __init__(self, todo: _Optional[_Union[Todo, _Mapping[str, object]]] = ...) -> None: ...

class ImportTodosResponse(_message.Message):
    __slots__ = ("imported_count", "todo_ids")
    IMPORTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    TODO_IDS_FIELD_NUMBER: _ClassVar[int]
    imported_count: int
    todo_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, imported_count: _Optional[int] = ..., todo_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class PutAttachmentRequest(_message.Message):
    __slots__ = ("todo_id", "content")
    TODO_ID_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    todo_id: str
    content: _httpbody_pb2.HttpBody
    def __init__(self, todo_id: _Optional[str] = ..., content: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping[str, object]]] = ...) -> None: ...

class GetAttachmentRequest(_message.Message):
    __slots__ = ("todo_id",)
    TODO_ID_FIELD_NUMBER: _ClassVar[int]
    todo_id: str
    def __init__(self, todo_id: _Optional[str] = ...) -> None: ...
