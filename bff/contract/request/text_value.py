"""One text of a path or a query into one field: how each kind of field reads text.

Why       A text says less than JSON does: `5` is a number, an enum's number or a string, as the
          field has it. Ranges, base64 and times are the codec's, so the two doors cannot disagree.
Called by path_value.py, query_names.py.
Never     lets a parser's own words out: an Unfit's sentence is ours.
Source    docs/spec/transcoding.md QP5-QP16, PM15; docs/spec/bad-input.md rows 43-45.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.codec import Codec, known
from bff.contract.codec.enums import NULL_VALUE
from bff.contract.codec.scalars import field_mask, scalar_reader
from bff.contract.json_options import JsonLimits
from bff.contract.json_text import JsonValue, parse
from bff.terms.errors import BadInput

MAX_MASK_PATHS = 100
UPDATE_MASK = "update_mask"
"""Its name by AIP-134. A mask of another name may say what to read, unless a PATCH has no other."""
NO_PATHS = 'send field names joined by commas, such as "title,dueTime"'

PutText = Callable[[Any, str], None]
"""Sets one field of a message (adds one item to a repeated one). Raises ValueError, perhaps Unfit,
with a sentence that is safe to show.
"""
FromText = Callable[[str], JsonValue]

_JSON_TEXTS = frozenset({known.STRUCT, known.VALUE, known.LIST_VALUE})
_EMPTY = "google.protobuf.Empty"
_TEXTS = frozenset({known.TIMESTAMP, known.DURATION})
_BOOLS: Mapping[str, bool] = MappingProxyType(
    dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True)
    | dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False)
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,9})", re.ASCII).fullmatch
_SNAKE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII).fullmatch


class Unfit(ValueError):
    """A text that does not fit its field. `reason` as in terms.errors.Failure."""

    def __init__(self, message: str, reason: str = "invalid-field") -> None:
        super().__init__(message)
        self.reason = reason


def text_setter(field: FieldDescriptor, *, codec: Codec, limits: JsonLimits) -> PutText | None:
    """How `field` takes one text; None for a message that no single text can hold.

    >>> from google.protobuf.struct_pb2 import Value
    >>> value = Value()
    >>> number = Value.DESCRIPTOR.fields_by_name["number_value"]
    >>> text_setter(number, codec=Codec(), limits=JsonLimits())(value, "1.5")
    >>> value.number_value
    1.5
    """
    if field.message_type is None:
        return _scalar_setter(field, _coercion(field, codec))
    if field.message_type.full_name == known.FIELD_MASK:
        return _mask_setter(field)
    read = _message_text(field, limits)
    return None if read is None else _message_setter(field, read, codec)


def scalar_text(field: FieldDescriptor) -> FromText:
    """How a scalar (a map's value, a wrapper's) is spelled as JSON."""
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return _bool
    if field.enum_type is not None:
        return _null if field.enum_type.full_name == NULL_VALUE else _enum
    return str


def _coercion(field: FieldDescriptor, codec: Codec) -> Callable[[str], object]:
    """Text to what the field holds: the codec's own reader, unless text says it differently."""
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return _bool
    coerce = scalar_reader(field, codec.options)
    spell = scalar_text(field)
    return coerce if spell is str else lambda text: coerce(spell(text))


def _scalar_setter(field: FieldDescriptor, coerce: Callable[[str], object]) -> PutText:
    name = field.name

    def put(message: Any, text: str) -> None:
        setattr(message, name, coerce(text))

    def append(message: Any, text: str) -> None:
        getattr(message, name).append(coerce(text))

    return append if field.is_repeated else put


def _message_setter(field: FieldDescriptor, read: FromText, codec: Codec) -> PutText:
    repeated = field.is_repeated

    def put(message: Any, text: str) -> None:
        value = read(text)
        try:
            codec.fill_field(message, field, [value] if repeated else value)
        except BadInput as bad:
            raise Unfit(bad.violations[0].message) from None

    return put


def _mask_setter(field: FieldDescriptor) -> PutText:
    name, repeated = field.name, field.is_repeated
    may_be_empty = name == UPDATE_MASK  # patch_mask.py decides what that means (PA1)

    def put(message: Any, text: str) -> None:
        paths = mask_paths(text) if text or not may_be_empty else []
        target = getattr(message, name)
        (target.add() if repeated else target).paths.extend(paths)

    return put


def mask_paths(text: str) -> list[str]:
    """A field mask in lowerCamel, as in JSON, or in the proto's own names, as AIP-134 has it
    (QP13).

    Raises Unfit: invalid-field-mask, for none at all too (row 45).

    >>> mask_paths("title,dueTime.seconds,line_2")
    ['title', 'due_time.seconds', 'line_2']
    """
    paths = text.split(",")
    if len(paths) > MAX_MASK_PATHS:
        raise Unfit(f"send at most {MAX_MASK_PATHS} field names", "invalid-field-mask")
    try:
        return [".".join(map(_snake, path.split("."))) for path in paths]
    except (ValueError, IndexError):  # a bad name; an empty one
        raise Unfit(NO_PATHS, "invalid-field-mask") from None


def _snake(name: str) -> str:
    return name if _SNAKE(name) else field_mask(name)[0]


def _message_text(field: FieldDescriptor, limits: JsonLimits) -> FromText | None:
    inner = known.message_of(field)
    if inner.full_name in known.WRAPPERS:
        return scalar_text(known.wrapped(inner))
    if inner.full_name in _TEXTS:
        return str
    if inner.full_name in _JSON_TEXTS:
        return _json(limits)
    return _nothing if inner.full_name == _EMPTY else None


def _bool(text: str) -> bool:
    try:
        return _BOOLS[text]
    except KeyError:
        raise Unfit("send true or false") from None


def _enum(text: str) -> JsonValue:
    """An enum's exact name, or its number (QP5)."""
    return int(text) if _NUMBER(text) else text


def _null(text: str) -> JsonValue:
    if text != "null":
        raise Unfit("send null")
    return None


def _nothing(text: str) -> JsonValue:
    if text not in ("", "{}"):
        raise Unfit("send this parameter without a value")
    return {}


def _json(limits: JsonLimits) -> FromText:
    def read(text: str) -> JsonValue:
        try:
            return parse(text.encode(), limits)
        except BadInput:
            raise Unfit("send JSON text") from None

    return read
