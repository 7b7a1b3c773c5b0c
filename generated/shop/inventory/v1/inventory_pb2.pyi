import datetime

from generated.bff.v1 import options_pb2 as _options_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StockLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STOCK_LEVEL_UNSPECIFIED: _ClassVar[StockLevel]
    STOCK_LEVEL_OUT: _ClassVar[StockLevel]
    STOCK_LEVEL_LOW: _ClassVar[StockLevel]
    STOCK_LEVEL_HIGH: _ClassVar[StockLevel]
STOCK_LEVEL_UNSPECIFIED: StockLevel
STOCK_LEVEL_OUT: StockLevel
STOCK_LEVEL_LOW: StockLevel
STOCK_LEVEL_HIGH: StockLevel

class Stock(_message.Message):
    __slots__ = ("product_id", "quantity", "level", "warehouses", "restock_time", "internal_notes")
    class WarehousesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    WAREHOUSES_FIELD_NUMBER: _ClassVar[int]
    RESTOCK_TIME_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_NOTES_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    quantity: int
    level: StockLevel
    warehouses: _containers.ScalarMap[str, int]
    restock_time: _timestamp_pb2.Timestamp
    internal_notes: str
    def __init__(self, product_id: _Optional[str] = ..., quantity: _Optional[int] = ..., level: _Optional[_Union[StockLevel, str]] = ..., warehouses: _Optional[_Mapping[str, int]] = ..., restock_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., internal_notes: _Optional[str] = ...) -> None: ...

class GetStockRequest(_message.Message):
    __slots__ = ("product_id",)
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    def __init__(self, product_id: _Optional[str] = ...) -> None: ...

class BatchGetStocksRequest(_message.Message):
    __slots__ = ("product_ids",)
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, product_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchGetStocksResponse(_message.Message):
    __slots__ = ("stocks",)
    STOCKS_FIELD_NUMBER: _ClassVar[int]
    stocks: _containers.RepeatedCompositeFieldContainer[Stock]
    def __init__(self, stocks: _Optional[_Iterable[_Union[Stock, _Mapping[str, object]]]] = ...) -> None: ...

class ListStocksRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListStocksResponse(_message.Message):
    __slots__ = ("stocks", "next_page_token")
    STOCKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    stocks: _containers.RepeatedCompositeFieldContainer[Stock]
    next_page_token: str
    def __init__(self, stocks: _Optional[_Iterable[_Union[Stock, _Mapping[str, object]]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
