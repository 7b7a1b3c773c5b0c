"""Rules on one value of any kind: a field's, an item's, a key's.

Called by fields.py.
Never     applies rules of one kind to a value of another: they are told as unchecked.
Source    buf/validate/validate.proto (FloatRules to EnumRules).
"""

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from bff.contract.codec import known
from bff.contract.rules.rule import Made, Maker, Rule, equal, made
from bff.contract.rules.text import bytes_rules, string_rules

_RANGE = ("lt", "lte", "gt", "gte")
_KINDS: Mapping[int, str] = MappingProxyType(
    {
        getattr(FieldDescriptor, f"TYPE_{kind.upper()}"): kind
        for kind in "float double int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64"
        " sfixed32 sfixed64 bool string bytes enum".split()
    }
)
_WORDS = MappingProxyType(
    {"lt": "less than", "lte": "at most", "gt": "greater than", "gte": "at least"}
)


def is_wrapper(field: FieldDescriptor) -> bool:
    """Whether a value is a message that stands for one scalar: its rules are the scalar's."""
    return field.message_type is not None and field.message_type.full_name in known.WRAPPERS


def value_rules(options: Any, field: FieldDescriptor) -> Made:
    """The rules that a `buf.validate.FieldRules` sets on one value of the field."""
    kind = options.WhichOneof("type")
    if kind is None:
        return Made()
    scalar = known.wrapped(known.message_of(field)) if is_wrapper(field) else field
    if kind != _KINDS.get(scalar.type):
        return Made(unchecked=[kind])
    found = _of_kind(getattr(options, kind), kind, scalar)
    found.unchecked[:] = [f"{kind}.{name}" for name in found.unchecked]
    return found


def _of_kind(options: Any, kind: str, field: FieldDescriptor) -> Made:
    if kind == "string":
        return string_rules(options)
    if kind == "bytes":
        return bytes_rules(options)
    if kind == "bool":
        return made(options, {"const": equal(lambda value: str(value).lower())["const"]})
    if kind == "enum":
        return made(options, _of_enum(known.enum_of(field)))
    return _of_number(options, kind)


def _of_enum(enum: EnumDescriptor) -> dict[str, Maker]:
    names = {number: value.name for number, value in enum.values_by_number.items()}
    defined = Rule(lambda value: value in names, "send one of the values that there are")
    return {
        **equal(lambda number: names.get(number, str(number))),
        "defined_only": lambda on: defined if on else None,
    }


def _of_number(options: Any, kind: str) -> Made:
    finite = Rule(math.isfinite, "send a finite number")

    def show(value: Any) -> str:
        return f"{value:.9g}" if kind == "float" else str(value)

    makers = {**equal(show), "finite": lambda on: finite if on else None}
    found = made(options, makers, done=_RANGE)
    bounds = {name: getattr(options, name) for name in _RANGE if options.HasField(name)}
    if bounds:
        what = (_is_reversed(bounds) and " or ") or " and "
        sides = [
            f"{_WORDS[name]} {show(bounds[name])}" for name in reversed(_RANGE) if name in bounds
        ]
        found.rules.append(Rule(_within(bounds), f"send a number {what.join(sides)}"))
    return found


def _within(bounds: Mapping[str, Any]) -> Any:
    """NaN is on no side of anything."""
    if _is_reversed(bounds):
        return lambda value: any(_sides(bounds, value))
    return lambda value: all(_sides(bounds, value))


def _sides(bounds: Mapping[str, Any], value: Any) -> Iterator[bool]:
    for name, bound in bounds.items():
        if name == "lt":
            yield value < bound
        elif name == "lte":
            yield value <= bound
        elif name == "gt":
            yield value > bound
        else:
            yield value >= bound


def _is_reversed(bounds: Mapping[str, Any]) -> bool:
    """Whether the value must be outside: the upper bound is below the lower one."""
    upper = [bounds[name] for name in ("lt", "lte") if name in bounds]
    lower = [bounds[name] for name in ("gt", "gte") if name in bounds]
    return bool(upper and lower) and upper[0] < lower[0]
