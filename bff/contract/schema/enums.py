"""JSON Schema of enums: names, short names or numbers, and room for values not invented yet.

Why       A newer service may send a value that this document does not know: it arrives as its
          number, and an answer must still be valid. Clients may send such numbers only where the
          route is open.
Called by messages.py.
Source    protobuf.dev "Enum behavior" (open and closed); docs/spec/transcoding.md PJ5, PJ6, PJ18,
          PJ20.
"""

from collections.abc import Iterator, Mapping

from google.protobuf.descriptor import EnumDescriptor

from bff.contract.codec.enums import NULL_VALUE, written_names
from bff.contract.schema.described import Schema, Side, described

_NUMBER: Mapping[str, object] = {"type": "integer", "format": "int32"}


def enum_schema(enum: EnumDescriptor, side: Side) -> Schema:
    """The enum as a component of its own, with what each value means in its description."""
    if enum.full_name == NULL_VALUE:
        return {"type": "null"}
    note = side.describe(enum)
    text = "\n".join([*filter(None, [note.comment]), *_meanings(enum, side)])
    schema = described(_values(enum, side), note)
    return {**schema, "description": text} if text else schema


def _values(enum: EnumDescriptor, side: Side) -> Schema:
    numbers = side.options.enums == "number"
    known: Schema = (
        {"type": "integer", "enum": sorted({value.number for value in enum.values})}
        if numbers
        else {"type": "string", "enum": _names(enum, side)}
    )
    if not _is_open(enum, side):
        return known
    return _NUMBER if numbers else {"anyOf": [known, _NUMBER]}


def _is_open(enum: EnumDescriptor, side: Side) -> bool:
    return not enum.is_closed and (side.writing or side.options.open_enums)


def _names(enum: EnumDescriptor, side: Side) -> list[str | int]:
    """As the codec writes them; of aliases the first."""
    return list(dict.fromkeys(written_names(enum, side.options).values()))


def _meanings(enum: EnumDescriptor, side: Side) -> Iterator[str]:
    """A line per value that a reader could not guess: its comment, or the name of a bare number."""
    names = written_names(enum, side.options)
    bare = side.options.enums == "number"
    for value in enum.values:
        comment = side.describe(value).comment.replace("\n", " ")
        text = " ".join(filter(None, [f"{value.name}." if bare else "", comment]))
        if text:
            yield f"- `{names[value.number]}`: {text}"
