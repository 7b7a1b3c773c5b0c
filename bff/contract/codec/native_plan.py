"""Descriptors and options to what the native walkers know of them: plain tuples, packed in bytes.

Why       C needs no descriptor and no Python object to walk: numbers, names and flags are enough.
How       Every message type that a root reaches gets an index, and so does every enum; a projection
          of a message is a table of its own. native/table.h says what each item means.
Called by native_engine.
Never     decides what the pure engine does not: all rules come from writer_source, enums, members.
Source    native/table.h, native/table.c ("Format").
"""

import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import orjson
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor

from bff.contract.codec import known
from bff.contract.codec.enums import NULL_VALUE, read_names, written_names
from bff.contract.codec.known import is_map
from bff.contract.codec.members import spellings, takes_null
from bff.contract.codec.projection import Projection
from bff.contract.codec.writer_source import json_name, shown_fields, written_fields
from bff.contract.json_options import JsonLimits, JsonOptions

Packable: TypeAlias = "int | bytes | tuple[Packable, ...]"
Root: TypeAlias = "tuple[Descriptor, Projection | None]"

_OBJECT, _UNKNOWN = 0, 8
_NO_RANK = 0xFFFF
_EXTENDABLE, _PARTIAL = 1, 2
_MOST = 0xFFFF_FFFF
_SPARSE_ROOM = 64  # numbers beyond 4 * fields + this are found by binary search
# Full name -> form and the (number, type) of its fields: another shape is left to the pure engine.
_FORMS: Final[Mapping[str, tuple[int, tuple[tuple[int, int], ...]]]] = {
    known.TIMESTAMP: (1, ((1, 3), (2, 5))),
    known.DURATION: (2, ((1, 3), (2, 5))),
    known.FIELD_MASK: (3, ((1, 9),)),
    known.STRUCT: (4, ((1, 11),)),
    known.VALUE: (5, ((1, 14), (2, 1), (3, 9), (4, 8), (5, 11), (6, 11))),
    known.LIST_VALUE: (6, ((1, 11),)),
    **{
        f"google.protobuf.{kind}Value": (7, ((1, number),))
        for kind, number in {
            "Double": 1, "Float": 2, "Int64": 3, "UInt64": 4, "Int32": 5, "UInt32": 13,
            "Bool": 8, "String": 9, "Bytes": 12,
        }.items()
    },
}  # fmt: skip
REFUSED = b"\0"
"""Stands where there is no JSON for a message: nothing that is written holds this byte."""
_WIDE = frozenset({FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64})
_EMPTY: Final[Mapping[int, bytes]] = {
    FieldDescriptor.CPPTYPE_BOOL: b"false",
    FieldDescriptor.CPPTYPE_DOUBLE: b"0.0",
    FieldDescriptor.CPPTYPE_FLOAT: b"0.0",
    FieldDescriptor.CPPTYPE_STRING: b'""',
}
_UNSET: Final[Mapping[str, bytes]] = {"null": b"null", "refused": REFUSED}


def packed(item: Packable) -> bytes:
    """An int in 4 bytes, little-endian; bytes and tuples after their count.

    >>> packed((1, b"ab")).hex()
    '0200000001000000020000006162'
    """
    if isinstance(item, int):
        return struct.pack("<I", item & _MOST)
    parts = item if isinstance(item, bytes) else b"".join(map(packed, item))
    return struct.pack("<I", len(item)) + parts


class PlanTables:
    """The tables of all that one root reaches. `index` is a message's place, once it is there."""

    def __init__(self, root: Root, options: JsonOptions, limits: JsonLimits) -> None:
        self._options = options
        self._limits = limits
        self._indexes: dict[Root, int] = {}
        self._enums: dict[EnumDescriptor, int] = {}
        self._waiting: list[Root] = []
        self._index(root)
        self._tables = tuple(self._table(*found) for found in self._waiting)  # it grows meanwhile

    def __repr__(self) -> str:
        return f"<PlanTables {len(self._tables)} types, {len(self._enums)} enums>"

    @property
    def indexes(self) -> Mapping[Root, int]:
        return self._indexes

    def packed(self) -> bytes:
        """What `_native.Plan` is made from."""
        enums = tuple(map(self._enum, self._enums))
        return packed((self._packed_options(), enums, self._tables))

    def _packed_options(self) -> Packable:
        options = self._options
        # A name in another case is found by the pure engine alone: nothing may be skipped then.
        skips = options.unknown_fields == "ignore" and options.enum_case == "exact"
        return (
            options.int64 == "number",
            skips,
            options.nonfinite,
            options.nul,
            options.open_enums,
            b"+" in orjson.dumps(1e16),
            min(self._limits.depth, _MOST),
            min(self._limits.nodes, _MOST),
        )

    def _index(self, root: Root) -> int:
        index = self._indexes.get(root)
        if index is None:
            index = self._indexes[root] = len(self._indexes)
            self._waiting.append(root)
        return index

    def _table(self, descriptor: Descriptor, projection: Projection | None) -> Packable:
        fields = sorted(descriptor.fields, key=lambda field: field.number)
        shown = _Shown(descriptor, self._options, projection)
        ranks = {field.number: rank for rank, (field, _, _) in enumerate(shown.order)}
        oneofs = [oneof for oneof in descriptor.oneofs if len(oneof.fields) > 1]
        readable = shown_fields(descriptor, self._options)
        places = {field.number: index for index, field in enumerate(fields)}
        names = {name: places[field.number] for name, field in spellings(readable).items()}
        return (
            shown.form,
            _EXTENDABLE * (descriptor.is_extendable or shown.is_entry)
            + _PARTIAL * (projection is not None),
            len(oneofs),
            _dense(fields),
            tuple(
                self._field(
                    field,
                    rank=ranks.get(field.number, _NO_RANK),
                    oneof=1 + _place(field, oneofs),
                    shown=shown,
                )
                for field in fields
            ),
            tuple(places[field.number] for field, _, _ in shown.order),
            _pairs((index, name.encode()) for name, index in names.items()),
        )

    def _field(self, field: FieldDescriptor, *, rank: int, oneof: int, shown: "_Shown") -> Packable:
        written = rank != _NO_RANK
        _, name, inside = shown.order[rank] if written else (field, field.name, None)
        in_entry = shown.is_entry and field.message_type is None
        key = b"," + orjson.dumps(name) + b":"
        presence = field.has_presence and not in_entry
        unset = shown.unset.get(field.number, "") if presence else ""
        return (
            field.number,
            field.type,
            field.is_repeated,
            is_map(field),
            field.is_packed,
            presence,
            written,
            written and (bool(unset) or (shown.emits and not presence)),
            field.full_name not in self._options.omit_sensitive,
            takes_null(field),
            oneof,
            rank,
            key,
            key + (_UNSET.get(unset) or self._empty(field)),
            0 if field.message_type is None else 1 + self._index((field.message_type, inside)),
            0 if field.enum_type is None else 1 + self._enum_index(field.enum_type),
        )

    def _empty(self, field: FieldDescriptor) -> bytes:
        """The JSON of a field that has no value and is written nevertheless."""
        if field.is_repeated:
            return b"{}" if is_map(field) else b"[]"
        if field.message_type is not None:
            return b"null"
        if field.enum_type is not None:
            is_null = field.enum_type.full_name == NULL_VALUE
            return b"null" if is_null else orjson.dumps(self._names(field.enum_type)[0])
        if field.cpp_type in _WIDE:
            return b'"0"' if self._options.int64 == "string" else b"0"
        return _EMPTY.get(field.cpp_type, b"0")

    def _names(self, enum: EnumDescriptor) -> Mapping[int, str | int]:
        return written_names(enum, self._options)

    def _enum_index(self, enum: EnumDescriptor) -> int:
        return self._enums.setdefault(enum, len(self._enums))

    def _enum(self, enum: EnumDescriptor) -> Packable:
        read = read_names(enum, self._options)
        return (
            enum.is_closed,
            enum.full_name == NULL_VALUE,
            _pairs((number, orjson.dumps(name)) for number, name in self._names(enum).items()),
            _pairs((number, name.encode()) for name, number in read.items()),
            tuple(sorted({value.number for value in enum.values})),
        )


class _Shown:
    """How one message looks: its form and (field, name, projection of its message) in order."""

    def __init__(
        self, descriptor: Descriptor, options: JsonOptions, projection: Projection | None
    ) -> None:
        self.is_entry = bool(descriptor.GetOptions().map_entry)
        self.form = _form(descriptor)
        self.emits = False
        self.unset: dict[int, str] = {}
        self.order: list[tuple[FieldDescriptor, str, Projection | None]]
        if self.is_entry or self.form != _OBJECT:
            ordered = sorted(descriptor.fields, key=lambda field: field.number)
            self.order = [(field, field.name, projection) for field in ordered]
        elif projection is not None:
            fields = descriptor.fields_by_name
            self.emits = options.defaults == "emit"
            self.order = [(fields[one.field], one.name, one.inside) for one in projection.fields]
            self.unset = {fields[one.field].number: one.unset for one in projection.fields}
        else:
            self.emits = options.defaults == "emit"
            written = written_fields(descriptor, options)
            if self.emits:  # what is always there goes first, as in the pure engine's functions
                written.sort(key=lambda field: field.has_presence)
            self.order = [(field, json_name(field, options), None) for field in written]
            names = Counter(name for _, name, _ in self.order)
            if len(names) < len(self.order):
                self.form = _UNKNOWN


def _form(descriptor: Descriptor) -> int:
    if descriptor.full_name not in known.WELL_KNOWN:
        return _OBJECT
    form, shape = _FORMS.get(descriptor.full_name, (_UNKNOWN, ()))
    found = tuple(sorted((field.number, field.type) for field in descriptor.fields))
    return form if found == shape else _UNKNOWN


def _place(field: FieldDescriptor, oneofs: list[OneofDescriptor]) -> int:
    """The index of a field's oneof, -1 for none; one with a single arm is none."""
    return oneofs.index(field.containing_oneof) if field.containing_oneof in oneofs else -1


def _dense(fields: list[FieldDescriptor]) -> int:
    """Numbers below it are looked up in an array."""
    highest = fields[-1].number if fields else 0
    return highest + 1 if highest < min(4 * len(fields) + _SPARSE_ROOM, _NO_RANK) else 0


def _pairs(found: Iterable[tuple[int, bytes]]) -> tuple[Packable, ...]:
    """Sorted, so that the same descriptors give the same plan."""
    return tuple(sorted(found))
