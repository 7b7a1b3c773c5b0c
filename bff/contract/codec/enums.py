"""Enum numbers to what JSON shows, and back.

Called by writer and scalars; schema, so that the published enum is the one that is written.
Never     refuses to write a number that it has no name for: a newer service may know more.
Source    docs/spec/transcoding.md PJ5, PJ6, PJ20; docs/spec/bad-input.md row 74.
"""

from collections import Counter
from collections.abc import Mapping

from google.protobuf.descriptor import EnumDescriptor

from bff.contract.codec.numbers import Coerce
from bff.contract.codec.wrong import Wrong
from bff.contract.json_options import JsonOptions
from bff.contract.json_text import JsonValue

NULL_VALUE = "google.protobuf.NullValue"
_INT32_END = 2**31


class WrittenNames(dict[int, str | int]):
    """Number -> name as written; a number that the enum does not name is written as it is."""

    def __missing__(self, number: int) -> int:
        return number


def written_names(enum: EnumDescriptor, options: JsonOptions) -> WrittenNames:
    """What is written for each number: of aliases the one declared first."""
    if options.enums == "number":
        return WrittenNames()
    shown = _short_names(enum) if options.enums == "short" else {}
    names = WrittenNames()
    for value in enum.values:
        names.setdefault(value.number, shown.get(value.name, value.name))
    return names


def read_names(enum: EnumDescriptor, options: JsonOptions) -> dict[str, int]:
    """Every spelling that is read, in its exact case -> number."""
    numbers = {value.name: value.number for value in enum.values}
    if options.enums == "short":
        return {short: numbers[name] for name, short in _short_names(enum).items()} | numbers
    return numbers


def enum_reader(enum: EnumDescriptor, options: JsonOptions) -> Coerce:
    """Reads a name (any alias; short ones if written so) or a known number.

    An open enum's unknown number passes if `options.open_enums`; an unknown name is None if
    unknown fields are ignored.
    """
    numbers = read_names(enum, options)
    known = frozenset(numbers.values())
    folded = _by_upper_name(numbers) if options.enum_case == "any" else {}
    is_open = options.open_enums and not enum.is_closed
    skips = options.unknown_fields == "ignore"

    def read(value: JsonValue) -> int | None:
        if type(value) is str:
            number = numbers.get(value)
            if number is None and folded:
                number = folded.get(value.upper())
            if number is not None or skips:
                return number
        elif type(value) is int and (
            value in known or (is_open and -_INT32_END <= value < _INT32_END)
        ):
            return value
        raise Wrong("send one of the enum's names")

    return read if enum.full_name != NULL_VALUE else _null_reader(read)


def _by_upper_name(numbers: Mapping[str, int]) -> dict[str, int]:
    """Upper-case name -> number; without names that only their case tells apart."""
    uppers = Counter(name.upper() for name in numbers)
    return {name.upper(): numbers[name] for name in numbers if uppers[name.upper()] == 1}


def _null_reader(read: Coerce) -> Coerce:
    def read_null(value: JsonValue) -> object:
        return 0 if value is None else read(value)

    return read_null


def _short_names(enum: EnumDescriptor) -> dict[str, str]:
    """Name -> name without the enum's own prefix; {} if that would make two values one.

    enum HttpMethod { HTTP_METHOD_ANY = 0; HTTP_METHOD_GET = 1; } is written as ANY and GET.
    """
    squeezed = enum.name.replace("_", "").upper()
    shorts = {value.name: _without_prefix(value.name, squeezed) for value in enum.values}
    return shorts if len(set(shorts.values())) == len(shorts) else {}


def _without_prefix(name: str, squeezed_prefix: str) -> str:
    """`name` itself if it does not begin with the prefix, or if no identifier would be left."""
    for end, letter in enumerate(name):
        if letter == "_" and name[:end].replace("_", "").upper() == squeezed_prefix:
            rest = name[end + 1 :]
            return rest if rest.isidentifier() else name
    return name
