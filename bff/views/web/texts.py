"""Protobuf values as the web client reads them: times as RFC 3339, enums as their last words."""

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message


def time_text(message: Message, field: str) -> str | None:
    """A Timestamp field as "2026-01-31T12:00:00Z"; None where it is not set."""
    if not message.HasField(field):
        return None
    text: str = getattr(message, field).ToJsonString()
    return text


def enum_word(enum: EnumTypeWrapper, number: int) -> str:
    """The name of an enum value without its type's prefix: USER_ROLE_ADMIN is "ADMIN".

    A number that this build does not know yet is shown as the number.
    """
    if number not in enum.values():
        return str(number)
    names = enum.keys()
    prefix = names[0].removesuffix("UNSPECIFIED")
    return enum.Name(number).removeprefix(prefix)
