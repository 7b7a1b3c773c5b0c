"""The Python source of one message's writer: a function from a message to what orjson writes.

Why       A loop over descriptors asks the same questions for every message; generated code asked
          them once. For a user of 11 fields that takes a quarter of json_format's time.
Shape     def write_User(m):
              d = {
                  "id": str(m.id),
                  "roles": m.roles[:],
              }
              if has_User(m, "team"): d["team"] = write_Team(m.team)
              return d
Called by writers, which compiles it and supplies every name that it uses.
Never     holds text of a proto but through repr().
Source    docs/spec/transcoding.md PJ1-PJ9, PJ16.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from keyword import iskeyword

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from bff.contract.codec.enums import NULL_VALUE
from bff.contract.codec.known import WRAPPERS, enum_of, is_map, message_of, owner_of, wrapped
from bff.contract.codec.projection import Projected, Projection
from bff.contract.codec.write_known import MAX_DOUBLE
from bff.contract.json_options import JsonOptions

_WIDE = frozenset({FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64})
_REAL = frozenset({FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT})
_KEYS: Mapping[int, str] = {
    FieldDescriptor.CPPTYPE_STRING: "k",
    FieldDescriptor.CPPTYPE_BOOL: '"true" if k else "false"',
}


def json_name(field: FieldDescriptor, options: JsonOptions) -> str:
    """The member's name as written."""
    if field.is_extension:
        return f"[{field.full_name}]"
    return field.name if options.json_names == "proto" else field.json_name


def shown_fields(descriptor: Descriptor, options: JsonOptions) -> list[FieldDescriptor]:
    """The fields that clients may know of, as declared."""
    return [f for f in descriptor.fields if f.full_name not in options.omit_sensitive]


def written_fields(descriptor: Descriptor, options: JsonOptions) -> list[FieldDescriptor]:
    """Those of them that answers may carry: what is INPUT_ONLY is read and never written."""
    fields = shown_fields(descriptor, options)
    return [field for field in fields if field.full_name not in options.omit_written]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSource:
    """Makes sources under one set of options.

    writer, enum, has  what generated code calls the writer of a message or of a projection of it,
                       an enum's names, and a message's HasField; asking for a name makes sure that
                       it will exist
    """

    options: JsonOptions
    writer: Callable[[Descriptor, Projection | None], str]
    enum: Callable[[EnumDescriptor], str]
    has: Callable[[Descriptor], str]

    def message(self, name: str, descriptor: Descriptor) -> str:
        """`def name(m)` for a message that is an object of its fields."""
        always, sometimes = [], []
        for field in written_fields(descriptor, self.options):
            key = repr(json_name(field, self.options))
            if self._is_always_there(field):
                always.append(f"        {key}: {self._whole(field)},")
            else:
                sometimes.append("    " + self._guarded(field, key))
        if descriptor.is_extendable:
            sometimes.append("    write_extensions(m, d)")
        lines = [f"def {name}(m):", "    d = {", *always, "    }", *sometimes, "    return d"]
        return "\n".join(lines)

    def projected(self, name: str, descriptor: Descriptor, projection: Projection) -> str:
        """`def name(m)` for what a projection shows of a message, in its order."""
        lines = [f"def {name}(m):", "    d = {}"]
        for one in projection.fields:
            field, key = descriptor.fields_by_name[one.field], repr(one.name)
            if field.has_presence and one.unset in ("null", "refused"):
                lines += self._otherwise(field, one, key)
            elif self._is_always_there(field) or (field.has_presence and one.unset == "default"):
                lines.append(f"    d[{key}] = {self._whole(field, inside=one.inside)}")
            else:
                lines.append("    " + self._guarded(field, key, inside=one.inside))
        return "\n".join([*lines, "    return d"])

    def _otherwise(self, field: FieldDescriptor, one: Projected, key: str) -> list[str]:
        """A member that is there even where its field is not set, or else nothing is."""
        refusal = f"raise ValueError({field.full_name + ' is not set'!r})"
        instead = f"d[{key}] = None" if one.unset == "null" else refusal
        return [
            f"    if {self._is_set(field)}: d[{key}] = {self._whole(field, inside=one.inside)}",
            f"    else: {instead}",
        ]

    def wrapper(self, name: str, descriptor: Descriptor) -> str:
        """`def name(m)` for a wrapper message outside of a field."""
        return f"def {name}(m):\n    return {self._one(wrapped(descriptor), 'm.value')}"

    def field(self, name: str, field: FieldDescriptor, *, inside: Projection | None) -> str:
        """`def name(m)` for one field's value alone; None if it has presence and is not set."""
        lines = [f"def {name}(m):"]
        if field.has_presence:
            lines.append(f"    if not {self._is_set(field)}: return None")
        return "\n".join([*lines, f"    return {self._whole(field, inside=inside)}"])

    def value(self, name: str, field: FieldDescriptor) -> str:
        """`def name(x)` for all of a field whose Python value is x: what an extension holds."""
        return f"def {name}(x):\n    return {self._all(field, 'x')}"

    def _is_always_there(self, field: FieldDescriptor) -> bool:
        return self.options.defaults == "emit" and not field.has_presence

    def _guarded(
        self, field: FieldDescriptor, key: str, *, inside: Projection | None = None
    ) -> str:
        if field.has_presence:
            return f"if {self._is_set(field)}: d[{key}] = {self._whole(field, inside=inside)}"
        condition = f"(v := {_attribute(field)})"
        if field.cpp_type in _REAL and not field.is_repeated:
            condition += " or negative_zero(v)"
        return f"if {condition}: d[{key}] = {self._all(field, 'v', inside=inside)}"

    def _is_set(self, field: FieldDescriptor) -> str:
        return f"{self.has(owner_of(field))}(m, {field.name!r})"

    def _whole(self, field: FieldDescriptor, *, inside: Projection | None = None) -> str:
        """The expression for all of a field of m; a finite double costs no call."""
        source = _attribute(field)
        if field.is_repeated or field.cpp_type != FieldDescriptor.CPPTYPE_DOUBLE:
            return self._all(field, source, inside=inside)
        is_finite = f"{-MAX_DOUBLE!r} <= (v := {source}) <= {MAX_DOUBLE!r}"
        return f"(v if {is_finite} else finite_or_text(v))"

    def _all(self, field: FieldDescriptor, source: str, *, inside: Projection | None = None) -> str:
        """The expression for all of a field, whose Python value is `source`."""
        if is_map(field):
            return self._map(message_of(field), source, inside=inside)
        if not field.is_repeated:
            return self._one(field, source, inside=inside)
        item = self._one(field, "x", inside=inside)
        return f"{source}[:]" if item == "x" else f"[{item} for x in {source}]"

    def _map(self, entry: Descriptor, source: str, *, inside: Projection | None) -> str:
        key = _KEYS.get(entry.fields_by_name["key"].cpp_type, "str(k)")
        value = self._one(entry.fields_by_name["value"], "c[k]", inside=inside)
        return f"{{{key}: {value} for c in ({source},) for k in sorted(c)}}"

    def _one(self, field: FieldDescriptor, source: str, *, inside: Projection | None = None) -> str:
        """The expression for one value; just `source` where orjson writes it as it is."""
        kind = field.cpp_type
        if kind == FieldDescriptor.CPPTYPE_MESSAGE:
            return self._message_value(message_of(field), source, inside=inside)
        if kind == FieldDescriptor.CPPTYPE_ENUM:
            return self._enum_value(enum_of(field), source)
        if kind in _WIDE and self.options.int64 == "string":
            return f"str({source})"
        if kind == FieldDescriptor.CPPTYPE_DOUBLE:
            return f"finite_or_text({source})"
        if kind == FieldDescriptor.CPPTYPE_FLOAT:
            return f"short_float({source})"
        return f"base64_text({source})" if field.type == FieldDescriptor.TYPE_BYTES else source

    def _message_value(
        self, descriptor: Descriptor, source: str, *, inside: Projection | None
    ) -> str:
        if descriptor.full_name in WRAPPERS:
            return self._one(wrapped(descriptor), f"{source}.value")
        return f"{self.writer(descriptor, inside)}({source})"

    def _enum_value(self, enum: EnumDescriptor, source: str) -> str:
        if enum.full_name == NULL_VALUE:
            return "None"
        return source if self.options.enums == "number" else f"{self.enum(enum)}[{source}]"


def _attribute(field: FieldDescriptor) -> str:
    return f"getattr(m, {field.name!r})" if iskeyword(field.name) else f"m.{field.name}"
