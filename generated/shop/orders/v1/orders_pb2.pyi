import datetime

from generated.bff.v1 import options_pb2 as _options_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import money_pb2 as _money_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PurchaseState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PURCHASE_STATE_UNSPECIFIED: _ClassVar[PurchaseState]
    PURCHASE_STATE_PAID: _ClassVar[PurchaseState]
    PURCHASE_STATE_SHIPPED: _ClassVar[PurchaseState]
    PURCHASE_STATE_DELIVERED: _ClassVar[PurchaseState]
    PURCHASE_STATE_RETURNED: _ClassVar[PurchaseState]
PURCHASE_STATE_UNSPECIFIED: PurchaseState
PURCHASE_STATE_PAID: PurchaseState
PURCHASE_STATE_SHIPPED: PurchaseState
PURCHASE_STATE_DELIVERED: PurchaseState
PURCHASE_STATE_RETURNED: PurchaseState

class Purchase(_message.Message):
    __slots__ = ("purchase_id", "product_id", "user_id", "quantity", "amount", "purchase_time", "state", "receipt_number", "payment_token")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_TIME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    product_id: str
    user_id: str
    quantity: int
    amount: _money_pb2.Money
    purchase_time: _timestamp_pb2.Timestamp
    state: PurchaseState
    receipt_number: int
    payment_token: str
    def __init__(self, purchase_id: _Optional[str] = ..., product_id: _Optional[str] = ..., user_id: _Optional[str] = ..., quantity: _Optional[int] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping[str, object]]] = ..., purchase_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., state: _Optional[_Union[PurchaseState, str]] = ..., receipt_number: _Optional[int] = ..., payment_token: _Optional[str] = ...) -> None: ...

class GetPurchaseRequest(_message.Message):
    __slots__ = ("purchase_id",)
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    def __init__(self, purchase_id: _Optional[str] = ...) -> None: ...

class ListPurchasesRequest(_message.Message):
    __slots__ = ("user_id", "product_id", "page_size", "page_token")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    product_id: str
    page_size: int
    page_token: str
    def __init__(self, user_id: _Optional[str] = ..., product_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPurchasesResponse(_message.Message):
    __slots__ = ("purchases", "next_page_token")
    PURCHASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    purchases: _containers.RepeatedCompositeFieldContainer[Purchase]
    next_page_token: str
    def __init__(self, purchases: _Optional[_Iterable[_Union[Purchase, _Mapping[str, object]]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
