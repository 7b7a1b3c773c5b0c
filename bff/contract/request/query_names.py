"""Which field a query parameter names, and how it is set. Compiled once per name.

Why       A name may mix proto and JSON spellings in each part (`owner.displayName`), so a name is
          resolved when it first comes, and remembered.
Called by query_reader.py; bind.py for the API document.
Never     remembers a name that is no field, or more than MAX_REMEMBERED: a recursive type has
          endless names, and what clients make up must not fill memory.
Source    docs/spec/transcoding.md QP1-QP3, QP14, QP17, QP18, QP20, QP24; docs/spec/bad-input.md
          rows 39, 41.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec import Codec, known
from bff.contract.json_options import JsonLimits
from bff.contract.request.text_value import PutText, Unfit, scalar_text, text_setter
from bff.terms.errors import BadInput

MAX_PARTS = 16
MAX_REMEMBERED = 1_000
_MAX_NAME_CHARACTERS = 80
_DOCUMENTED_PARTS = 3

_MAP_ENTRY = re.compile(r"([^\[\]]+)\[(.*)\]", re.DOTALL).fullmatch

Fields = tuple[FieldDescriptor, ...]
Spelling = Callable[[FieldDescriptor], str]


@dataclass(frozen=True, slots=True)
class QueryName:
    """A parameter's field.

    place    its dotted path in proto names: the same for every spelling
    put      sets it in a whole request from one text; Unfit for a text that does not fit
    is_many  may be sent more than once
    """

    place: str
    path: Fields
    put: PutText
    is_many: bool


class QueryNames:
    """The parameters of one request message.

    codec   reads texts
    hidden  full names of fields that no parameter reaches
    closed  paths of proto names that belong to the body
    """

    def __init__(
        self,
        request: Descriptor,
        *,
        codec: Codec,
        limits: JsonLimits,
        hidden: frozenset[str],
        closed: frozenset[tuple[str, ...]],
    ) -> None:
        self._request = request
        self._codec = codec
        self._limits = limits
        self._hidden = hidden
        self._closed = closed
        self._remembered: dict[str, QueryName] = {}

    def __repr__(self) -> str:
        return f"<QueryNames of {self._request.full_name}, {len(self._remembered)} seen>"

    def find(self, name: str) -> QueryName | None:
        """The field that `name` names; None for no field.

        Raises BadInput for a field that no single text can fill, and for a name that goes on
        behind a field that has no fields: leniency is for what nobody knows (QP3).
        """
        found = self._remembered.get(name)
        if found is not None:
            return found
        entry = _MAP_ENTRY(name)
        if entry:
            return self._map_entry(entry[1], entry[2])
        found = self._resolve(name)
        if found is not None and len(self._remembered) < MAX_REMEMBERED:
            self._remembered[name] = found
        return found

    def documented(self, spelling: Spelling) -> Iterator[tuple[str, Fields]]:
        """Every parameter that is worth naming in a document, (name, path), in declared order.

        Ends at recursion and at three parts; maps and repeated messages are left out.
        """
        yield from self._documented(self._request, (), spelling)

    def _resolve(self, name: str) -> QueryName | None:
        path = self._path(name)
        if path is None:
            return None
        if known.is_map(path[-1]):
            raise _unknown(name, "name an entry of this map: m[key]")
        put = text_setter(path[-1], codec=self._codec, limits=self._limits)
        if put is None:
            raise BadInput.at(name, _unfit(path[-1]))
        return QueryName(_place(path), path, reaching(path, put), path[-1].is_repeated)

    def _map_entry(self, bare: str, key: str) -> QueryName | None:
        path = self._path(bare)
        if path is None:
            return None
        if not known.is_map(path[-1]):
            raise _unknown(f"{bare}[{key}]", "this is no map")
        if known.message_of(path[-1]).fields_by_name["value"].message_type is not None:
            raise BadInput.at(bare, _unfit(path[-1]))
        put = _entry_setter(path[-1], key, self._codec)
        return QueryName(_place(path), path, reaching(path, put), is_many=True)

    def _path(self, name: str) -> Fields | None:
        if name.count(".") >= MAX_PARTS:
            return None
        message: Descriptor | None = self._request
        path: list[FieldDescriptor] = []
        for part in name.split("."):
            if message is None:
                raise _unknown(name, "there is nothing inside this field to name")
            field = self._field(message, part, path)
            if field is None:
                return None
            path.append(field)
            message = _inside(field)
        return tuple(path)

    def _field(
        self, message: Descriptor, part: str, path: list[FieldDescriptor]
    ) -> FieldDescriptor | None:
        """As the codec has it: where one spelling is two fields', the JSON name goes first."""
        field = next((one for one in message.fields if one.json_name == part), None)
        field = field or message.fields_by_name.get(part)
        if field is None or field.full_name in self._hidden:
            return None
        here = (*(one.name for one in path), field.name)
        return None if here in self._closed else field

    def _documented(
        self, message: Descriptor, path: Fields, spelling: Spelling
    ) -> Iterator[tuple[str, Fields]]:
        for field in message.fields:
            here = (*path, field)
            if self._field(message, field.json_name, list(path)) is None or known.is_map(field):
                continue
            inner = _inside(field)
            if text_setter(field, codec=self._codec, limits=self._limits) is not None:
                yield ".".join(map(spelling, here)), here
            elif inner is not None and len(here) < _DOCUMENTED_PARTS and field not in path:
                yield from self._documented(inner, here, spelling)


def reaching(path: Fields, put: PutText) -> PutText:
    """`put` at the end of a path; guards the oneofs on the way (QP18). Setting a field, even to its
    zero, makes the messages around it.
    """
    way = [(field.name, _oneof(field)) for field in path[:-1]]
    last, oneof = path[-1].name, _oneof(path[-1])
    if not way and not oneof:
        return put

    def put_inside(message: Any, text: str) -> None:
        for name, choice in way:
            _check_choice(message, choice, name)
            message = getattr(message, name)
        _check_choice(message, oneof, last)
        put(message, text)

    return put_inside


def _check_choice(message: Any, oneof: str, member: str) -> None:
    """A second member would silently unset the first."""
    if oneof and message.WhichOneof(oneof) not in (None, member):
        what = "send only one of the parameters that exclude each other"
        raise Unfit(what, "oneof-conflict")


def _oneof(field: FieldDescriptor) -> str:
    """The name of the oneof that the field shares with others; "" for none."""
    oneof = field.containing_oneof
    return oneof.name if oneof is not None and len(oneof.fields) > 1 else ""


def _entry_setter(field: FieldDescriptor, key: str, codec: Codec) -> PutText:
    read = scalar_text(known.message_of(field).fields_by_name["value"])

    def put(message: Any, text: str) -> None:
        entries = getattr(message, field.name)
        before = len(entries)
        try:
            codec.fill_field(message, field, {key: read(text)})
        except BadInput as bad:
            raise Unfit(bad.violations[0].message) from None
        if len(entries) == before:
            raise Unfit("send each key once", "duplicate-parameter")

    return put


def _place(path: Fields) -> str:
    return ".".join(field.name for field in path)


def _inside(field: FieldDescriptor) -> Descriptor | None:
    """The message that a dotted name leads into; None where a name ends."""
    inner = field.message_type
    if inner is None or field.is_repeated or inner.full_name in known.WELL_KNOWN:
        return None
    return inner


def _unknown(name: str, what: str) -> BadInput:
    return BadInput.at(shortened(name), what, reason="unknown-parameter")


def shortened(name: str) -> str:
    """An answer does not grow with what a client makes up."""
    return name if len(name) <= _MAX_NAME_CHARACTERS else name[:_MAX_NAME_CHARACTERS] + "…"


def _unfit(field: FieldDescriptor) -> str:
    if field.is_repeated:
        return "a list or map of messages can't be sent in the query"
    return "this is a message: name a field inside it"
