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

class DailyClicks(_message.Message):
    __slots__ = ("code", "daily", "countries", "devices", "total", "internal_notes")
    class CountriesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class DevicesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    DAILY_FIELD_NUMBER: _ClassVar[int]
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_NOTES_FIELD_NUMBER: _ClassVar[int]
    code: str
    daily: _containers.RepeatedScalarFieldContainer[int]
    countries: _containers.ScalarMap[str, int]
    devices: _containers.ScalarMap[str, int]
    total: int
    internal_notes: str
    def __init__(self, code: _Optional[str] = ..., daily: _Optional[_Iterable[int]] = ..., countries: _Optional[_Mapping[str, int]] = ..., devices: _Optional[_Mapping[str, int]] = ..., total: _Optional[int] = ..., internal_notes: _Optional[str] = ...) -> None: ...

class Totals(_message.Message):
    __slots__ = ("owner_id", "link_count", "click_count_total", "daily", "countries", "devices", "conversion_rate", "bytes_served", "as_of_time", "internal_notes")
    class CountriesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class DevicesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    LINK_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLICK_COUNT_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DAILY_FIELD_NUMBER: _ClassVar[int]
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_RATE_FIELD_NUMBER: _ClassVar[int]
    BYTES_SERVED_FIELD_NUMBER: _ClassVar[int]
    AS_OF_TIME_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_NOTES_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    link_count: int
    click_count_total: int
    daily: _containers.RepeatedScalarFieldContainer[int]
    countries: _containers.ScalarMap[str, int]
    devices: _containers.ScalarMap[str, int]
    conversion_rate: float
    bytes_served: int
    as_of_time: _timestamp_pb2.Timestamp
    internal_notes: str
    def __init__(self, owner_id: _Optional[str] = ..., link_count: _Optional[int] = ..., click_count_total: _Optional[int] = ..., daily: _Optional[_Iterable[int]] = ..., countries: _Optional[_Mapping[str, int]] = ..., devices: _Optional[_Mapping[str, int]] = ..., conversion_rate: _Optional[float] = ..., bytes_served: _Optional[int] = ..., as_of_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., internal_notes: _Optional[str] = ...) -> None: ...

class GetDailyClicksRequest(_message.Message):
    __slots__ = ("code", "days")
    CODE_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    code: str
    days: int
    def __init__(self, code: _Optional[str] = ..., days: _Optional[int] = ...) -> None: ...

class BatchGetDailyClicksRequest(_message.Message):
    __slots__ = ("codes", "owner_id", "days", "limit")
    CODES_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    codes: _containers.RepeatedScalarFieldContainer[str]
    owner_id: str
    days: int
    limit: int
    def __init__(self, codes: _Optional[_Iterable[str]] = ..., owner_id: _Optional[str] = ..., days: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class BatchGetDailyClicksResponse(_message.Message):
    __slots__ = ("daily_clicks",)
    DAILY_CLICKS_FIELD_NUMBER: _ClassVar[int]
    daily_clicks: _containers.RepeatedCompositeFieldContainer[DailyClicks]
    def __init__(self, daily_clicks: _Optional[_Iterable[_Union[DailyClicks, _Mapping[str, object]]]] = ...) -> None: ...

class ListDailyClicksRequest(_message.Message):
    __slots__ = ("days", "page_size", "page_token")
    DAYS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    days: int
    page_size: int
    page_token: str
    def __init__(self, days: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListDailyClicksResponse(_message.Message):
    __slots__ = ("daily_clicks", "next_page_token")
    DAILY_CLICKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    daily_clicks: _containers.RepeatedCompositeFieldContainer[DailyClicks]
    next_page_token: str
    def __init__(self, daily_clicks: _Optional[_Iterable[_Union[DailyClicks, _Mapping[str, object]]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetTotalsRequest(_message.Message):
    __slots__ = ("owner_id",)
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    def __init__(self, owner_id: _Optional[str] = ...) -> None: ...

class BatchGetTotalsRequest(_message.Message):
    __slots__ = ("owner_ids",)
    OWNER_IDS_FIELD_NUMBER: _ClassVar[int]
    owner_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, owner_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchGetTotalsResponse(_message.Message):
    __slots__ = ("totals",)
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    totals: _containers.RepeatedCompositeFieldContainer[Totals]
    def __init__(self, totals: _Optional[_Iterable[_Union[Totals, _Mapping[str, object]]]] = ...) -> None: ...

class ListTotalsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTotalsResponse(_message.Message):
    __slots__ = ("totals", "next_page_token")
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    totals: _containers.RepeatedCompositeFieldContainer[Totals]
    next_page_token: str
    def __init__(self, totals: _Optional[_Iterable[_Union[Totals, _Mapping[str, object]]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
