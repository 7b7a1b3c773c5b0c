import datetime

from generated.bff.v1 import options_pb2 as _options_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Activity(_message.Message):
    __slots__ = ("activity_id", "user_id", "actor_id", "summary", "event_time", "link_milestone", "project_comment", "completed_todo_id", "internal_notes")
    ACTIVITY_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ID_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    LINK_MILESTONE_FIELD_NUMBER: _ClassVar[int]
    PROJECT_COMMENT_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_TODO_ID_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_NOTES_FIELD_NUMBER: _ClassVar[int]
    activity_id: str
    user_id: str
    actor_id: str
    summary: str
    event_time: _timestamp_pb2.Timestamp
    link_milestone: LinkMilestone
    project_comment: ProjectComment
    completed_todo_id: str
    internal_notes: str
    def __init__(self, activity_id: _Optional[str] = ..., user_id: _Optional[str] = ..., actor_id: _Optional[str] = ..., summary: _Optional[str] = ..., event_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., link_milestone: _Optional[_Union[LinkMilestone, _Mapping[str, object]]] = ..., project_comment: _Optional[_Union[ProjectComment, _Mapping[str, object]]] = ..., completed_todo_id: _Optional[str] = ..., internal_notes: _Optional[str] = ...) -> None: ...

class LinkMilestone(_message.Message):
    __slots__ = ("code", "click_count")
    CODE_FIELD_NUMBER: _ClassVar[int]
    CLICK_COUNT_FIELD_NUMBER: _ClassVar[int]
    code: str
    click_count: int
    def __init__(self, code: _Optional[str] = ..., click_count: _Optional[int] = ...) -> None: ...

class ProjectComment(_message.Message):
    __slots__ = ("project_id", "comment_id")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    COMMENT_ID_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    comment_id: str
    def __init__(self, project_id: _Optional[str] = ..., comment_id: _Optional[str] = ...) -> None: ...

class GetActivityRequest(_message.Message):
    __slots__ = ("activity_id",)
    ACTIVITY_ID_FIELD_NUMBER: _ClassVar[int]
    activity_id: str
    def __init__(self, activity_id: _Optional[str] = ...) -> None: ...

class ListActivitiesRequest(_message.Message):
    __slots__ = ("user_id", "page_size", "page_token")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    page_size: int
    page_token: str
    def __init__(self, user_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListActivitiesResponse(_message.Message):
    __slots__ = ("activities", "next_page_token")
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    activities: _containers.RepeatedCompositeFieldContainer[Activity]
    next_page_token: str
    def __init__(self, activities: _Optional[_Iterable[_Union[Activity, _Mapping[str, object]]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
