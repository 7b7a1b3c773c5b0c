"""Compiled writers, one per message type, made when first needed and kept.

Called by codec.Codec.
Never     runs text that a client or a service sent: sources are made from descriptors at hand.
Source    docs/spec/transcoding.md PJ15 (Any), PJ18 (unknown wire fields), PJ19 (extensions).
"""

from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any, TypeAlias, cast

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from bff.contract.codec import known, write_known
from bff.contract.codec.enums import written_names
from bff.contract.codec.projection import Projection
from bff.contract.codec.writer_source import WriterSource, json_name
from bff.contract.json_options import JsonOptions

Write = Callable[[Any], object]
Root: TypeAlias = "tuple[Descriptor, Projection | None]"

_WELL_KNOWN: Mapping[str, Write] = {
    known.DURATION: write_known.duration_json,
    known.FIELD_MASK: write_known.field_mask_json,
    known.LIST_VALUE: write_known.list_json,
    known.STRUCT: write_known.struct_json,
    known.TIMESTAMP: write_known.timestamp_json,
    known.VALUE: write_known.value_json,
}


class Writers:
    """All writers of one Codec: generated functions that call each other in one namespace."""

    def __init__(self, options: JsonOptions, pool: DescriptorPool | None) -> None:
        self._options = options
        self._pool = pool
        self._namespace: dict[str, object] = {
            "base64_text": write_known.base64_text,
            "finite_or_text": write_known.finite_or_text,
            "short_float": write_known.short_float,
            "negative_zero": write_known.negative_zero,
            "write_extensions": self._write_extensions,
        }
        self._names: dict[object, str] = {}  # what a function is for -> its name
        self._waiting: list[Root] = []  # named in a source, not compiled yet
        self._compiling = RLock()
        self._source = WriterSource(
            options=options,
            writer=self._writer_name,
            enum=self._enum_name,
            has=self._has_name,
        )

    def __repr__(self) -> str:
        return f"<Writers {len(self._names)} compiled>"

    def of(self, descriptor: Descriptor, projection: Projection | None = None) -> Write:
        """The writer of a whole message, or of what a projection shows of it."""
        with self._compiling:
            return self._compiled(self._writer_name(descriptor, projection))

    def of_field(self, field: FieldDescriptor, inside: Projection | None = None) -> Write:
        """From the message to that field's value alone; None if it is not set."""

        def source(name: str) -> str:
            return self._source.field(name, field, inside=inside)

        with self._compiling:
            return self._function("get", field, key=("get", field, inside), source=source)

    def _of_value(self, field: FieldDescriptor) -> Write:
        def source(name: str) -> str:
            return self._source.value(name, field)

        with self._compiling:
            return self._function("all", field, key=("all", field), source=source)

    def _function(
        self, verb: str, field: FieldDescriptor, *, key: object, source: Callable[[str], str]
    ) -> Write:
        name = self._names.get(key)
        if name is None:
            name = self._new_name(verb, field.full_name, key=key)
            self._run(source(name))
        return self._compiled(name)

    def _compiled(self, name: str) -> Write:
        self._compile_waiting()
        return cast("Write", self._namespace[name])

    def _compile_waiting(self) -> None:
        while self._waiting:
            descriptor, projection = root = self._waiting.pop()
            name = self._names[root]
            if projection is not None:
                self._run(self._source.projected(name, descriptor, projection))
            elif descriptor.full_name in known.WRAPPERS:
                self._run(self._source.wrapper(name, descriptor))
            else:
                self._run(self._source.message(name, descriptor))

    def _run(self, source: str) -> None:
        # The source holds nothing but names and repr() of descriptors that this process loaded.
        exec(compile(source, "<writer>", "exec"), self._namespace)

    def _new_name(self, verb: str, full_name: str, *, key: object) -> str:
        name = f"{verb}_{full_name.replace('.', '_')}_{len(self._names)}"
        self._names[key] = name
        return name

    def _writer_name(self, descriptor: Descriptor, projection: Projection | None) -> str:
        root = (descriptor, projection)
        name = self._names.get(root)
        if name is None:
            name = self._new_name("write", descriptor.full_name, key=root)
            by_hand = self._by_hand(descriptor.full_name)
            if by_hand is None:
                self._waiting.append(root)
            else:
                self._namespace[name] = by_hand
        return name

    def _by_hand(self, full_name: str) -> Write | None:
        return self._write_any if full_name == known.ANY else _WELL_KNOWN.get(full_name)

    def _enum_name(self, enum: EnumDescriptor) -> str:
        name = self._names.get(enum)
        if name is None:
            name = self._new_name("names", enum.full_name, key=enum)
            self._namespace[name] = written_names(enum, self._options)
        return name

    def _has_name(self, descriptor: Descriptor) -> str:
        """HasField, taken from the class: half the time, and a field of that name can't hide it."""
        name = self._names.get(("has", descriptor))
        if name is None:
            name = self._new_name("has", descriptor.full_name, key=("has", descriptor))
            self._namespace[name] = GetMessageClass(descriptor).HasField
        return name

    def _write_extensions(self, message: Message, members: dict[str, object]) -> None:
        for field, value in message.ListFields():
            if field.is_extension and field.full_name not in self._options.omit_sensitive:
                members[json_name(field, self._options)] = self._of_value(field)(value)

    def _write_any(self, message: Any) -> dict[str, object]:
        """`{"@type", fields}`; `{"@type", "value"}` for a type that is no object of its fields."""
        type_url, value = message.type_url, message.value
        if not type_url and not value:
            return {}
        inner = self._message_of(message.DESCRIPTOR, type_url)
        try:
            inner.ParseFromString(value)
        except DecodeError:
            raise ValueError("an Any whose value is not of its type") from None
        tree = self.of(cast("Descriptor", inner.DESCRIPTOR))(inner)
        if inner.DESCRIPTOR.full_name in known.WELL_KNOWN:
            return {"@type": type_url, "value": tree}
        return {"@type": type_url, **cast("dict[str, object]", tree)}

    def _message_of(self, any_descriptor: Descriptor, type_url: str) -> Message:
        pool = self._pool or any_descriptor.file.pool
        try:
            return GetMessageClass(pool.FindMessageTypeByName(known.names_type(type_url)))()
        except KeyError:
            raise ValueError("an Any of a type that is not known here") from None
