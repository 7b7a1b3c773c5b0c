"""One door for both directions: messages to JSON, JSON to messages.

Called by bind (fills requests), compose (writes replies), edge (writes error details).
Never     compiles twice: plans are kept per message type for the life of the Codec.
Source    docs/spec/transcoding.md 1.5; docs/spec/bad-input.md rows 59-83.
"""

from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message

from bff.contract.codec.known import message_of
from bff.contract.codec.members import takes_null
from bff.contract.codec.read_fields import Put
from bff.contract.codec.readers import Readers
from bff.contract.codec.writer_source import json_name
from bff.contract.codec.writers import Write, Writers
from bff.contract.codec.wrong import Wrong
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.json_text import JsonValue
from bff.terms.codes import Code
from bff.terms.errors import BadInput, ServiceSilent

_DEFAULT_OPTIONS = JsonOptions()
_DEFAULT_LIMITS = JsonLimits()


class Codec:
    """Writes and reads proto3 JSON under one set of options.

    options  how to write, how strictly to read
    limits   what callers hand to json_text.parse before `fill`
    pool     where Any's types are looked up; None is the pool of the message that holds the Any
    """

    def __init__(
        self,
        options: JsonOptions = _DEFAULT_OPTIONS,
        limits: JsonLimits = _DEFAULT_LIMITS,
        pool: DescriptorPool | None = None,
    ) -> None:
        self.options = options
        self.limits = limits
        self.pool = pool
        self._writers = Writers(options, pool)
        self._readers = Readers(options, pool)
        self._write: dict[Descriptor, Write] = {}
        self._write_part: dict[tuple[Descriptor, tuple[str, ...]], Write] = {}

    def __repr__(self) -> str:
        return f"<Codec {self._writers} {self._readers}>"

    def write(self, message: Message, path: tuple[str, ...] = ()) -> bytes:
        """Compact JSON in UTF-8.

        path    the response_body field, by proto name: only its JSON, null if it is unset
        Raises  ServiceSilent(upstream-invalid-response) for what has no JSON form: a Timestamp out
                of range, a FieldMask that is not snake_case, an Any of an unknown type (PJ12-PJ15)
        """
        try:
            return orjson.dumps(self._writer(message, path)(message))
        except (ValueError, RecursionError, orjson.JSONEncodeError) as error:
            raise _unusable("the service's answer has no JSON form") from error

    def wire_to_json(
        self, message_class: type[Message], wire: bytes, path: tuple[str, ...] = ()
    ) -> bytes:
        """As `write`, of a serialized message; ServiceSilent, too, for bytes that are none."""
        try:
            message = message_class.FromString(wire)
        except DecodeError as error:
            raise _unusable("the service's answer can't be decoded") from error
        return self.write(message, path)

    def fill(self, message: Message, value: JsonValue, at: str = "") -> None:
        """Read a JSON object into a fresh message.

        at      JSON Pointer of `value` in the client's document: a prefix of the error's pointers
        Raises  BadInput: invalid-field, unknown-field, duplicate-field, oneof-conflict, and
                malformed-json where the whole document is not an object
        """
        descriptor: Any = message.DESCRIPTOR
        _read(self._readers.of(descriptor), message, value, at)

    def fill_field(
        self, message: Message, field: FieldDescriptor, value: JsonValue, *, at: str = ""
    ) -> None:
        """Read one field's JSON, as `body: "field"` has it; null only where null is a value."""
        if value is None and not takes_null(field):
            reason = "invalid-field" if at else "malformed-json"  # row 75, row 59
            raise BadInput.at(at, "send a value, not null", reason=reason)
        _read(self._readers.setter(field), message, value, at)

    def field_json_name(self, field: FieldDescriptor) -> str:
        """The member's name as `write` spells it."""
        return json_name(field, self.options)

    def _writer(self, message: Message, path: tuple[str, ...]) -> Write:
        descriptor: Any = message.DESCRIPTOR
        if path:
            write = self._write_part.get((descriptor, path))
            if write is None:
                write = self._write_part[descriptor, path] = self._part_writer(descriptor, path)
            return write
        write = self._write.get(descriptor)
        if write is None:
            write = self._write[descriptor] = self._writers.of(descriptor)
        return write

    def _part_writer(self, descriptor: Descriptor, path: tuple[str, ...]) -> Write:
        """Walks to the field that `path` names; null where a message on the way is not set."""
        *way, last = path
        for name in way:
            descriptor = message_of(descriptor.fields_by_name[name])
        write = self._writers.of_field(descriptor.fields_by_name[last])

        def write_part(message: Message) -> object:
            for name in way:
                if not message.HasField(name):
                    return None
                message = getattr(message, name)
            return write(message)

        return write_part


def _read(read: Put, message: Message, value: JsonValue, at: str) -> None:
    try:
        read(message, value)
    except Wrong as wrong:
        raise wrong.bad_input(at) from None


def _unusable(detail: str) -> ServiceSilent:
    return ServiceSilent(detail, reason="upstream-invalid-response", code=Code.INTERNAL)
