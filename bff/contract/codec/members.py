"""The members that a JSON object may have for one message, and the object's reader over them.

Called by readers.
Never     lists the names that it knows: an unknown one is answered with its own name alone.
Source    docs/spec/transcoding.md PJ7, PJ10, PJ11, PJ17; docs/spec/bad-input.md rows 62-64.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec import known
from bff.contract.codec.enums import NULL_VALUE
from bff.contract.codec.read_fields import Put
from bff.contract.codec.wrong import NOT_AN_OBJECT, Wrong
from bff.contract.json_text import JsonValue


@dataclass(frozen=True, slots=True)
class Rival:
    """Another member that must not stand beside this one."""

    name: str
    same_field: bool
    takes_null: bool


Member = tuple[Put, bool, tuple[Rival, ...]]
"""The field's setter; whether null is a value for it; who must not be there as well."""

Find = Callable[[str], Member | None]


def takes_null(field: FieldDescriptor) -> bool:
    """null is a value of Value and NullValue; for every other field it means unset."""
    if field.is_repeated:
        return False
    if field.message_type is not None:
        return bool(field.message_type.full_name == known.VALUE)
    return field.enum_type is not None and bool(field.enum_type.full_name == NULL_VALUE)


def spellings(fields: list[FieldDescriptor]) -> dict[str, FieldDescriptor]:
    """Every name that a client may use; where one is two fields', the JSON name goes first."""
    found = {field.json_name: field for field in fields}
    for field in fields:
        found.setdefault(field.name, field)
    return found


def rivals(name: str, names: Mapping[str, FieldDescriptor]) -> tuple[Rival, ...]:
    """What excludes `name`: the same field's other spelling, and its oneof's other arms."""
    field = names[name]
    return tuple(
        Rival(other_name, other is field, takes_null(other))
        for other_name, other in names.items()
        if other_name != name and (other is field or _share_oneof(field, other))
    )


def _share_oneof(one: FieldDescriptor, other: FieldDescriptor) -> bool:
    oneof = one.containing_oneof
    return oneof is not None and oneof is other.containing_oneof


def object_reader(members: Mapping[str, Member], find: Find) -> Put:
    """Reads a JSON object into a message. `find` answers what `members` lacks: None is skipped."""
    get = members.get

    def read(message: Any, value: JsonValue) -> None:
        if type(value) is not dict:
            raise Wrong(NOT_AN_OBJECT)
        name = ""
        try:
            for name, item in value.items():
                member = get(name) or find(name)
                if member is None:
                    continue
                put, null_is_value, others = member
                if item is None and not null_is_value:
                    refuse_rivals(value, others, is_set=False)
                    continue
                if others:
                    refuse_rivals(value, others, is_set=True)
                put(message, item)
        except Wrong as wrong:
            wrong.parts.append(name)
            raise

    return read


def refuse_rivals(value: dict[str, JsonValue], others: tuple[Rival, ...], *, is_set: bool) -> None:
    """Two spellings clash even as null; two arms of a oneof only if both set it."""
    for other in others:
        if other.name not in value:
            continue
        if other.same_field:
            raise Wrong("this field is there twice, in two spellings", "duplicate-field")
        if is_set and (other.takes_null or value[other.name] is not None):
            raise Wrong("send only one of the members that exclude each other", "oneof-conflict")


def unknown() -> Wrong:
    """What is said about a member that no field has; its name goes into the pointer alone."""
    return Wrong("there is no such field", "unknown-field")


def is_extension_name(name: str, descriptor: Descriptor) -> bool:
    return bool(descriptor.is_extendable) and name.startswith("[") and name.endswith("]")
