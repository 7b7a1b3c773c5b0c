"""Which field a query parameter names, and how its text is read. Compiled once per name.

Why       A name may mix proto and JSON spellings in each part (`owner.displayName`): the spellings
          of nested
          fields multiply, so a name is resolved when it first comes, and remembered.
Called by contract/bind.py.
Never     remembers a name that is no field: what clients make up must not fill memory.
Source    docs/spec/transcoding.md QP1-QP3, QP14, QP17, QP20, QP24; docs/spec/bad-input.md rows 39,
          41.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec import known
from bff.contract.json_options import JsonLimits
from bff.contract.text_value import FromText, from_text
from bff.terms.errors import BadInput

MAX_PARTS = 16
_DOCUMENTED_PARTS = 3

_MAP_ENTRY = re.compile(r"([^\[\]]+)\[(.*)\]", re.DOTALL).fullmatch

Spelling = Callable[[FieldDescriptor], str]


@dataclass(frozen=True, slots=True)
class QueryName:
    """A parameter's field: `path` from the request inwards; `read` turns one text into JSON."""

    path: tuple[FieldDescriptor, ...]
    read: FromText

    @property
    def field(self) -> FieldDescriptor:
        return self.path[-1]


class QueryNames:
    """The parameters of one request message.

    hidden  full names of fields that no parameter reaches
    closed  paths of proto names that belong to the body
    """

    def __init__(
        self,
        request: Descriptor,
        *,
        limits: JsonLimits,
        hidden: frozenset[str],
        closed: frozenset[tuple[str, ...]],
    ) -> None:
        self._request = request
        self._limits = limits
        self._hidden = hidden
        self._closed = closed
        self._resolved: dict[str, QueryName] = {}

    def __repr__(self) -> str:
        return f"<QueryNames of {self._request.full_name}, {len(self._resolved)} seen>"

    def find(self, name: str) -> tuple[QueryName, str | None] | None:
        """The field that `name` names, and the key for a map's entry; None for no field.

        Raises BadInput for a field that no single text can fill.
        """
        entry = _MAP_ENTRY(name)
        bare, key = (entry[1], entry[2]) if entry else (name, None)
        found = self._resolved.get(bare) or self._resolve(bare)
        if found is None or known.is_map(found.field) != (key is not None):
            return None
        return found, key

    def documented(self, spelling: Spelling) -> Iterator[tuple[str, FieldDescriptor]]:
        """Every parameter that is worth naming in a document, (name, field), in declared order.

        Ends at recursion and at three parts; maps and repeated messages are left out.
        """
        yield from self._documented(self._request, (), spelling)

    def _resolve(self, name: str) -> QueryName | None:
        path = self._path(name.split("."))
        if path is None:
            return None
        leaf = path[-1]
        if known.is_map(leaf):
            leaf = known.message_of(leaf).fields_by_name["value"]
        read = from_text(leaf, self._limits)
        if read is None:
            raise BadInput.at(name, _unfit(path[-1]))
        resolved = self._resolved[name] = QueryName(path, read)
        return resolved

    def _path(self, parts: list[str]) -> tuple[FieldDescriptor, ...] | None:
        if len(parts) > MAX_PARTS:
            return None
        message: Descriptor | None = self._request
        path: list[FieldDescriptor] = []
        for part in parts:
            field = None if message is None else self._field(message, part, path)
            if field is None:
                return None
            path.append(field)
            message = _inside(field)
        return tuple(path)

    def _field(
        self, message: Descriptor, part: str, path: list[FieldDescriptor]
    ) -> FieldDescriptor | None:
        for field in message.fields:
            if part in (field.json_name, field.name):
                here = (*(one.name for one in path), field.name)
                open_to_all = field.full_name not in self._hidden and here not in self._closed
                return field if open_to_all else None
        return None

    def _documented(
        self, message: Descriptor, path: tuple[FieldDescriptor, ...], spelling: Spelling
    ) -> Iterator[tuple[str, FieldDescriptor]]:
        for field in message.fields:
            here = (*path, field)
            if self._field(message, field.name, list(path)) is None or known.is_map(field):
                continue
            inner = _inside(field)
            if from_text(field, self._limits) is not None:
                yield ".".join(map(spelling, here)), field
            elif inner is not None and len(here) < _DOCUMENTED_PARTS and field not in path:
                yield from self._documented(inner, here, spelling)


def _inside(field: FieldDescriptor) -> Descriptor | None:
    """The message that a dotted name leads into; None where a name ends."""
    inner = field.message_type
    if inner is None or field.is_repeated or inner.full_name in known.WELL_KNOWN:
        return None
    return inner


def _unfit(field: FieldDescriptor) -> str:
    if field.is_repeated:
        return "a list or map of messages can't be sent in the query"
    return "this is a message: name a field inside it"
