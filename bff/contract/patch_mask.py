"""The field mask of a PATCH whose client sent none: the fields that its JSON names.

Called by contract/bind.py.
Never     says "replace everything": an empty body is refused before, because its mask would be
          empty (PA6).
Source    AIP-134; docs/spec/transcoding.md PA1-PA6.
"""

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec import known
from bff.contract.http_rule import HttpBinding
from bff.contract.json_text import JsonValue


def mask_field_of(binding: HttpBinding, request: Descriptor) -> FieldDescriptor | None:
    """The one FieldMask that a PATCH of one message field fills by itself; None for no inference
    (PA1, PA2).
    """
    body = request.fields_by_name.get(binding.body)
    if binding.method != "PATCH" or body is None or body.message_type is None or body.is_repeated:
        return None
    masks = [
        field
        for field in request.fields
        if field.message_type is not None
        and field.message_type.full_name == known.FIELD_MASK
        and not field.is_repeated
    ]
    return masks[0] if len(masks) == 1 else None


def inferred(
    value: JsonValue, message: Descriptor, *, without: frozenset[tuple[str, ...]] = frozenset()
) -> list[str]:
    """The mask's paths, in proto names, sorted.

    value    the body, already read into a `message` without complaint
    without  paths that the URL fills: they say which resource, not what to change
    """
    return sorted({".".join(path) for path in _paths(value, message, ()) if path not in without})


def _paths(
    value: JsonValue, message: Descriptor, way: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    fields = {name: field for field in message.fields for name in (field.name, field.json_name)}
    for name, item in value.items() if isinstance(value, dict) else ():
        field = fields.get(name)
        if field is None:
            continue
        here = (*way, field.name)
        inner = field.message_type
        if isinstance(item, dict) and item and inner is not None and _is_plain(field):
            yield from _paths(item, inner, here)
        else:
            yield here


def _is_plain(field: FieldDescriptor) -> bool:
    """A message whose JSON is its fields: no list, no map, nothing well known (PA4)."""
    return not field.is_repeated and known.message_of(field).full_name not in known.WELL_KNOWN
