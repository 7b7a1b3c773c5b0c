from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor
SENSITIVE_FIELD_NUMBER: int
sensitive: _descriptor.FieldDescriptor
SUCCESS_FIELD_NUMBER: int
success: _descriptor.FieldDescriptor
IF_MATCH_FIELD_NUMBER: int
if_match: _descriptor.FieldDescriptor
ETAG_FIELD_NUMBER: int
etag: _descriptor.FieldDescriptor
STREAM_FIELD_NUMBER: int
stream: _descriptor.FieldDescriptor
BATCH_FIELD_NUMBER: int
batch: _descriptor.FieldDescriptor
ACCESS_FIELD_NUMBER: int
access: _descriptor.FieldDescriptor

class Success(_message.Message):
    __slots__ = ("status", "location", "empty")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    EMPTY_FIELD_NUMBER: _ClassVar[int]
    status: int
    location: str
    empty: bool
    def __init__(self, status: _Optional[int] = ..., location: _Optional[str] = ..., empty: _Optional[bool] = ...) -> None: ...

class Stream(_message.Message):
    __slots__ = ("event_id", "resume_from")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESUME_FROM_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    resume_from: str
    def __init__(self, event_id: _Optional[str] = ..., resume_from: _Optional[str] = ...) -> None: ...
