"""Does a field fit the annotation that shows it, or the request's field that takes it?

Why       The type checker compares with the generated stubs; what is served is compared with the
          served contract, which may be another one, and enums and bytes are ints and bytes there.
Called by members.py, steps.py, at boot.
Never     raises: a misfit is a sentence, "" for none.
Source    docs/spec/views.md.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, get_args, get_origin

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.compose.view.language.recorder import Aspect
from bff.contract.codec.known import is_map

_WHOLE: Mapping[int, type] = MappingProxyType(
    {
        FieldDescriptor.CPPTYPE_BOOL: bool,
        FieldDescriptor.CPPTYPE_DOUBLE: float,
        FieldDescriptor.CPPTYPE_FLOAT: float,
        FieldDescriptor.CPPTYPE_INT32: int,
        FieldDescriptor.CPPTYPE_INT64: int,
        FieldDescriptor.CPPTYPE_UINT32: int,
        FieldDescriptor.CPPTYPE_UINT64: int,
        FieldDescriptor.CPPTYPE_STRING: str,
    }
)
_LISTS = (list, Sequence)
_MAPS = (dict, Mapping)
_SCALARS = (str, int, float, bool)


def misfit(kind: Any, field: FieldDescriptor, aspect: Aspect = "value") -> str:
    """What keeps (that aspect of) a field from being shown as `kind`."""
    match aspect:
        case "has":
            return _other(kind, bool)
        case "word":
            return _other(kind, str)
        case "values":
            return _of_list(kind, _map_value(field))
    if is_map(field):
        return _of_map(kind, field)
    return _of_list(kind, field) if field.is_repeated else _of_one(kind, field)


def misfit_of_message(kind: Any, message: Descriptor) -> str:
    """What keeps a whole message from being shown as `kind`."""
    found = getattr(getattr(kind, "DESCRIPTOR", None), "full_name", None)
    return "" if found == message.full_name else f"it is a {message.full_name}: {_said(kind)}"


def may_be_computed(kind: Any) -> bool:
    """Whether JSON has a word for what a @field function returns."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is list:
        return may_be_computed(inside[0])
    if origin is dict and inside[0] is str:
        return may_be_computed(inside[1])
    return kind in _SCALARS


def scalar_of(field: FieldDescriptor) -> type:
    """What Python has for one value of a field that holds no messages; an enum's is its number."""
    if field.enum_type is not None:
        return int
    return bytes if field.type == FieldDescriptor.TYPE_BYTES else _WHOLE[field.cpp_type]


def misfit_of_argument(
    taking: FieldDescriptor, given: "FieldDescriptor | Descriptor | type"
) -> str:
    """What keeps a request's field from taking a field, a whole message, or an input's type."""
    if isinstance(given, FieldDescriptor):
        wants, brings = _shape(taking), _shape(given)
    elif isinstance(given, Descriptor):
        wants, brings = _shape(taking), given.full_name
    else:
        wants, brings = _shape(taking), given.__name__
    return "" if wants == brings else f"it takes {wants}, and is given {brings}"


def _shape(field: FieldDescriptor) -> str:
    if is_map(field) and field.message_type is not None:
        entry = field.message_type.fields_by_name
        return f"dict[{_shape(entry['key'])}, {_shape(entry['value'])}]"
    name = _element(field)
    return f"list[{name}]" if field.is_repeated else name


def _element(field: FieldDescriptor) -> str:
    held = field.message_type or field.enum_type
    if held is not None:
        return str(held.full_name)
    return "bytes" if field.type == FieldDescriptor.TYPE_BYTES else _WHOLE[field.cpp_type].__name__


def _of_one(kind: Any, field: FieldDescriptor) -> str:
    if field.enum_type is not None:
        return f"{field.name} is an enum, a bare number to clients: show word(...) of it as str"
    if field.message_type is not None:
        return misfit_of_message(kind, field.message_type)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return f"{field.name} is raw bytes, which have no place in JSON"
    return _other(kind, _WHOLE[field.cpp_type])


def _of_list(kind: Any, field: FieldDescriptor) -> str:
    if get_origin(kind) not in _LISTS:
        return f"it is a list[{_element(field)}]: {_said(kind)}"
    if field.enum_type is not None:
        return f"{field.name} are enums, bare numbers to clients: spell them in a @field function"
    return _of_one(get_args(kind)[0], field)


def _of_map(kind: Any, field: FieldDescriptor) -> str:
    if get_origin(kind) not in _MAPS:
        return f"it is a {_shape(field)}: {_said(kind)}"
    if field.message_type is None:
        return ""
    key, value = get_args(kind)
    entry = field.message_type.fields_by_name
    return _of_one(key, entry["key"]) or _of_one(value, entry["value"])


def _map_value(field: FieldDescriptor) -> FieldDescriptor:
    return field.message_type.fields_by_name["value"] if field.message_type else field


def _other(kind: Any, real: type) -> str:
    return "" if kind is real else f"it is a {real.__name__}: {_said(kind)}"


def _said(kind: Any) -> str:
    name = kind.__name__ if isinstance(kind, type) else str(kind)
    return f"it can't be declared as {name}"
