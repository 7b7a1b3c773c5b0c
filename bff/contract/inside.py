"""The messages that a message holds: which fields lead to them, and which are there.

Called by contract/request/required.py, contract/rules.
Never     opens an Any, or looks for extensions: no field lists those.
"""

from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec import known

Path = tuple[FieldDescriptor | int | str, ...]
"""Fields, the indexes of items, and the keys of map entries."""
Found = Sequence[tuple[tuple[int | str, ...], Any]]
Inside = Callable[[Any], Found]
"""The messages that a field of a message holds, each with its index or key."""


def held(field: FieldDescriptor) -> Descriptor | None:
    """The message that the field, its items or its entries hold."""
    if not known.is_map(field):
        return field.message_type
    return known.message_of(field).fields_by_name["value"].message_type


def reachable(message: Descriptor) -> set[Descriptor]:
    """The message type and every type inside it."""
    found = {message}
    waiting = [message]
    while waiting:
        for field in waiting.pop().fields:
            inner = held(field)
            if inner is not None and inner not in found:
                found.add(inner)
                waiting.append(inner)
    return found


def insides(field: FieldDescriptor) -> Inside:
    """How to find what a field that holds messages holds."""
    name = field.name

    def entries(message: Any) -> Found:
        return [((key_text(key),), value) for key, value in getattr(message, name).items()]

    def items(message: Any) -> Found:
        return [((index,), item) for index, item in enumerate(getattr(message, name))]

    def single(message: Any) -> Found:
        return [((), getattr(message, name))] if message.HasField(name) else ()

    if known.is_map(field):
        return entries
    return items if field.is_repeated else single


def key_text(key: object) -> str:
    """A map's key as JSON spells it.

    >>> key_text(True), key_text(7)
    ('true', '7')
    """
    return str(key).lower() if isinstance(key, bool) else str(key)
