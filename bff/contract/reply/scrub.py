"""A message, or its binary form, without what clients may not see.

Why       The bytes of a service hold its hidden fields, and those that a newer service added and
          nobody here has judged yet. JSON leaves both out by itself; binary must be told to.
          A function of a view is handed messages, and may do with them what it likes.
Called by compose/reply_reader.py; compose/view/writing/handed.py.
Never     passes bytes on as they came.
Source    docs/spec/transcoding.md HT6, PJ15, PJ18; docs/spec/threats.md "internal fields".
"""

from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from bff.contract.codec import Codec
from bff.contract.codec.known import ANY, is_map, names_type
from bff.terms.silence import unreadable


class Scrubber:
    """Hides what the codec of the same options hides."""

    def __init__(self, codec: Codec) -> None:
        self._hidden = codec.options.omit_sensitive | codec.options.omit_written
        self._pool: DescriptorPool | None = codec.pool

    def __repr__(self) -> str:
        return f"<Scrubber of {len(self._hidden)} fields>"

    def scrubbed(self, message: Message) -> bytes:
        """The message's bytes, the same for equal messages; the message is changed.

        Raises ServiceSilent for an Any of a type that nobody here knows, as JSON does
        """
        self._clean(message)
        message.DiscardUnknownFields()
        return message.SerializeToString(deterministic=True)

    def may_hide(self, message: Descriptor) -> bool:
        """Whether a message of this type may hold what is hidden, at any depth. Asked at boot."""
        seen: set[str] = set()
        left = [message]
        while left:
            one = left.pop()
            if one.full_name == ANY or one.is_extendable:
                return True
            if any(field.full_name in self._hidden for field in one.fields):
                return True
            seen.add(one.full_name)
            inside = (field.message_type for field in one.fields)
            left += (it for it in inside if it is not None and it.full_name not in seen)
        return False

    def scrubbed_copy(self, message: Any) -> Any:
        """The message without it; the one that is given is shared, and stays as it is.

        Raises ServiceSilent, as `scrubbed` does
        """
        copy = type(message)()
        copy.CopyFrom(message)
        self._clean(copy)
        copy.DiscardUnknownFields()
        return copy

    def _clean(self, message: Any) -> None:
        if message.DESCRIPTOR.full_name == ANY:
            self._clean_any(message)
            return
        for field, value in message.ListFields():
            if field.full_name in self._hidden:
                _clear(message, field)
            elif field.message_type is not None:
                for one in _messages(field, value):
                    self._clean(one)

    def _clean_any(self, packed: Any) -> None:
        """What is inside may hide something, too."""
        if not packed.type_url:
            return
        try:
            inside = GetMessageClass(self._type(packed)).FromString(packed.value)
        except (KeyError, DecodeError):
            raise unreadable("an Any holds a type that is not in the contract") from None
        packed.value = self.scrubbed(inside)

    def _type(self, packed: Any) -> Descriptor:
        pool: Any = self._pool or packed.DESCRIPTOR.file.pool
        found: Descriptor = pool.FindMessageTypeByName(names_type(packed.type_url))
        return found


def _clear(message: Any, field: FieldDescriptor) -> None:
    if field.is_extension:
        message.ClearExtension(field)
    else:
        message.ClearField(field.name)


def _messages(field: FieldDescriptor, value: Any) -> Iterable[Any]:
    if is_map(field):
        inner = field.message_type.fields_by_name["value"] if field.message_type else None
        return value.values() if inner is not None and inner.message_type is not None else ()
    return value if field.is_repeated else (value,)
