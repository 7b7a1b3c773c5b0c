"""What a reply is about, in the protos' own words, so that it can be forgotten by name.

Why       Whoever changes a product knows its type and its id, not which answers show it.
            shop.catalog.v1.CatalogService/GetProduct   every reply of the rpc
            shop.catalog.v1.Product                     every reply that holds one
            shop.catalog.v1.Product/p-1                 every reply that holds this one
Called by calls/sharing.py, when a reply is about to be remembered.
Never     reads a reply that nobody keeps; never fails on one that cannot be read.
Source    google/api/field_behavior.proto (IDENTIFIER, AIP-203).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError

from bff.contract.catalog import Catalog

MOST_TAGS = 1_000
"""A reply with more is tagged with the first ones of its messages, and with their types."""


class _Kind(NamedTuple):
    """One message type: its name, the fields that identify it, and those with messages inside."""

    name: str
    ids: tuple[str, ...]
    inside: tuple[FieldDescriptor, ...]


class Tags:
    """Reads tags out of replies of the catalog's rpcs; of others it knows only the rpc."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kinds: dict[str, _Kind] = {}

    def __repr__(self) -> str:
        return f"<Tags of {len(self._kinds)} message types>"

    def __call__(self, rpc: str, wire: bytes) -> frozenset[str]:
        """The tags of one reply."""
        found = {rpc}
        method = self._catalog.methods.get(rpc)
        if method is not None:
            try:
                message = method.reply.FromString(wire)
            except DecodeError:
                return frozenset(found)
            found.add(method.reply.DESCRIPTOR.full_name)
            self._collect(message, found)
        return frozenset(found)

    def _collect(self, message: Any, found: set[str]) -> None:
        kind = self._kind(message.DESCRIPTOR)
        if kind.ids:
            found.add(kind.name)
            words = [str(getattr(message, name)) for name in kind.ids]
            if any(words) and len(found) < MOST_TAGS:
                found.add(f"{kind.name}/{'/'.join(words)}")
        for field in kind.inside:
            for one in _held(message, field):
                self._collect(one, found)

    def _kind(self, descriptor: Descriptor) -> _Kind:
        kind = self._kinds.get(descriptor.full_name)
        if kind is None:
            kind = self._kinds[descriptor.full_name] = _Kind(
                descriptor.full_name,
                tuple(one.name for one in descriptor.fields if self._identifies(one)),
                tuple(one for one in descriptor.fields if self._leads_on(one)),
            )
        return kind

    def _identifies(self, field: FieldDescriptor) -> bool:
        return "IDENTIFIER" in self._catalog.options.behaviors(field)

    def _leads_on(self, field: FieldDescriptor) -> bool:
        """Whether a message with an identifier may be inside."""
        seen: set[str] = set()
        waiting = [field.message_type]
        while waiting:
            descriptor = waiting.pop()
            if descriptor is None or descriptor.full_name in seen:
                continue
            seen.add(descriptor.full_name)
            if any(self._identifies(one) for one in descriptor.fields):
                return True
            waiting += [one.message_type for one in descriptor.fields]
        return False


def _held(message: Any, field: FieldDescriptor) -> Iterator[Any]:
    """The messages that a field holds: one, several, or a map's values."""
    kind: Any = field.message_type
    if not field.is_repeated:
        if message.HasField(field.name):
            yield getattr(message, field.name)
    elif kind.GetOptions().map_entry:
        yield from getattr(message, field.name).values()
    else:
        yield from getattr(message, field.name)
