"""One door for both directions: messages and their wire bytes to JSON, JSON to messages.

Called by bind (fills requests), compose (writes replies), edge (writes error details).
Never     compiles twice: plans are kept per message type for the life of the Codec.
Source    docs/spec/transcoding.md 1.5; docs/spec/bad-input.md rows 59-83.
"""

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

from bff.contract.codec.members import takes_null
from bff.contract.codec.native_engine import ENGINE, Engine, NativePlans
from bff.contract.codec.projection import Projection, check
from bff.contract.codec.read_fields import Put
from bff.contract.codec.readers import Readers
from bff.contract.codec.wire_writer import (
    WireWriter,
    json_text,
    native_first,
    pure_writer,
    tree_writer,
)
from bff.contract.codec.writer_source import json_name
from bff.contract.codec.writers import Write, Writers
from bff.contract.codec.wrong import Wrong
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.json_text import JsonValue
from bff.terms.errors import BadInput

_DEFAULT_OPTIONS = JsonOptions()
_DEFAULT_LIMITS = JsonLimits()


class Codec:
    """Writes and reads proto3 JSON under one set of options.

    options  how to write, how strictly to read
    limits   what callers hand to json_text.parse before `fill`
    pool     where Any's types are looked up; None is the pool of the message that holds the Any
    engine   what translates wire bytes; both engines write the same bytes
    """

    def __init__(
        self,
        options: JsonOptions = _DEFAULT_OPTIONS,
        limits: JsonLimits = _DEFAULT_LIMITS,
        pool: DescriptorPool | None = None,
        *,
        engine: Engine = ENGINE,
    ) -> None:
        self.options = options
        self.limits = limits
        self.pool = pool
        self._engine = engine
        self._others: dict[JsonOptions, Codec] = {}
        self._writers = Writers(options, pool)
        self._readers = Readers(options, pool)
        self._plans = NativePlans(options, limits, engine)
        self._write: dict[tuple[Descriptor, tuple[str, ...]], Write] = {}
        self._wire: dict[tuple[type[Message], tuple[str, ...]], WireWriter] = {}

    def __repr__(self) -> str:
        return f"<Codec {self._writers} {self._readers} {self._plans}>"

    def under(self, options: JsonOptions) -> "Codec":
        """The codec of other options: the same one for equal ones, so that 10,000 rpcs share it."""
        if options == self.options:
            return self
        found = self._others.get(options)
        if found is None:
            found = Codec(options, self.limits, self.pool, engine=self._engine)
            self._others[options] = found
        return found

    def write(self, message: Message, path: tuple[str, ...] = ()) -> bytes:
        """Compact JSON in UTF-8.

        path    the response_body field, by proto name: only its JSON, null if it is unset
        Raises  ServiceSilent(upstream-invalid-response) for what has no JSON form: a Timestamp out
                of range, a FieldMask that is not snake_case, an Any of an unknown type (PJ12-PJ15)
        """
        descriptor: Any = message.DESCRIPTOR
        write = self._write.get((descriptor, path))
        if write is None:
            write = self._write[descriptor, path] = tree_writer(self._writers, descriptor, path)
        return json_text(write, message)

    def wire_to_json(
        self, message_class: type[Message], wire: bytes, path: tuple[str, ...] = ()
    ) -> bytes:
        """As `write`, of a serialized message; ServiceSilent, too, for bytes that are none."""
        write = self._wire.get((message_class, path))
        if write is None:
            write = self._wire[message_class, path] = self.writer(message_class, path=path)
        return write(wire)

    def writer(
        self,
        message_class: type[Message],
        *,
        path: tuple[str, ...] = (),
        projection: Projection | None = None,
    ) -> WireWriter:
        """Wire bytes of such a message to JSON, compiled once: for callers who keep it.

        projection  what is shown of the message that `path` leads to (of its list's, its map's)
        Raises      ContractMistakes for a projection that does not fit; what it returns raises as
                    wire_to_json does
        """
        descriptor: Any = message_class.DESCRIPTOR
        if projection is not None:
            hidden = self.options.omit_sensitive | self.options.omit_written
            check(descriptor, projection, path=path, hidden=hidden)
        tree = tree_writer(self._writers, descriptor, path, projection=projection)
        pure = pure_writer(message_class, tree)
        return native_first(self._plans, descriptor, path, projection=projection, pure=pure)

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

    def read_wire(
        self,
        descriptor: Descriptor,
        json: bytes,
        *,
        field: FieldDescriptor | None = None,
        unless: tuple[int, ...] = (),
    ) -> bytes | None:
        """A JSON document to wire bytes that hold what json_text.parse and `fill` would make of it.

        field   the document is this field's of the message, as `body: "field"` has it
        unless  numbers of fields
        None    where the pure engine serves, for every document that `fill` may refuse or that is
                out of the ordinary, and where it names one of `unless`
        """
        place = self._plans.of(descriptor)
        if place is None:
            return None
        plan, index = place
        if field is not None:
            return plan.read_field(index, field.number, json)
        return plan.read(index, json, unless)

    def field_json_name(self, field: FieldDescriptor) -> str:
        """The member's name as `write` spells it."""
        return json_name(field, self.options)


def _read(read: Put, message: Message, value: JsonValue, at: str) -> None:
    try:
        read(message, value)
    except Wrong as wrong:
        raise wrong.bad_input(at) from None
