"""The pairs of a query into the request, by the codec's own setters.

Why       Presence, ranges, enums and times are JSON's business; a parameter is one JSON value,
          spelled as text.
Called by contract/bind.py.
Source    docs/spec/transcoding.md QP2-QP25, BD1; docs/spec/bad-input.md rows 39-44.
"""

from collections.abc import Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.codec import Codec, known
from bff.contract.query_names import QueryName, QueryNames
from bff.terms.errors import BadInput

Fields = tuple[FieldDescriptor, ...]


class QueryReader:
    """Reads the query of one binding."""

    def __init__(
        self,
        names: QueryNames,
        *,
        codec: Codec,
        lenient: bool,
        ignored: frozenset[str],
        everything_in_body: bool,
    ) -> None:
        self._names = names
        self._codec = codec
        self._lenient = lenient
        self._ignored = frozenset(name for name in ignored if not name.endswith("*"))
        self._ignored_starts = tuple(name[:-1] for name in ignored if name.endswith("*"))
        self._everything_in_body = everything_in_body

    def __repr__(self) -> str:
        return f"<QueryReader of {self._names}>"

    def read(self, message: Any, pairs: Sequence[tuple[str, str]]) -> dict[Fields, str]:
        """Set what the pairs name; returns which fields were set, and the parameter of each."""
        given: dict[Fields, str] = {}
        for name, text in pairs:
            if name in self._ignored or name.startswith(self._ignored_starts or "\0"):
                continue
            found = None if self._everything_in_body else self._names.find(name)
            if found is None:
                if self._lenient:
                    continue
                raise BadInput.at(name, self._unknown(), reason="unknown-parameter")
            one, key = found
            if one.path in given and not one.field.is_repeated:
                raise BadInput.at(name, "send this parameter once", reason="duplicate-parameter")
            self._put(message, name, (one, key, text))
            given[one.path] = name
        return given

    def _unknown(self) -> str:
        if self._everything_in_body:
            return "send this in the body: the request takes no query parameters"
        return "there is no such query parameter"

    def _put(self, message: Any, name: str, what: tuple[QueryName, str | None, str]) -> None:
        one, key, text = what
        parent = message
        for field in one.path[:-1]:
            _check_oneof(parent, field, name)
            parent = getattr(parent, field.name)
            parent.SetInParent()
        _check_oneof(parent, one.field, name)
        try:
            value = one.read(text)
            if key is not None:
                _check_new(parent, one.field, key, name)
                value = {key: value}
            elif one.field.is_repeated:
                value = [value]
            self._codec.fill_field(parent, one.field, value, at=name)
        except BadInput as bad:
            raise BadInput.at(name, bad.violations[0].message, reason=bad.reason) from None
        except ValueError as wrong:
            raise BadInput.at(name, str(wrong)) from None


def _check_oneof(parent: Any, field: FieldDescriptor, name: str) -> None:
    """QP18: a second member of a oneof would silently unset the first."""
    oneof = field.containing_oneof
    if oneof is not None and parent.WhichOneof(oneof.name) not in (None, field.name):
        what = "send only one of the parameters that exclude each other"
        raise BadInput.at(name, what, reason="oneof-conflict")


def _check_new(parent: Any, field: FieldDescriptor, key: str, name: str) -> None:
    """A map's key given twice; the codec sees one entry at a time."""
    entries = getattr(parent, field.name)
    kind = known.message_of(field).fields_by_name["key"].cpp_type
    found: object = key
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        found = {"true": True, "false": False}.get(key)
    elif kind != FieldDescriptor.CPPTYPE_STRING:
        found = int(key) if key.removeprefix("-").isdigit() and len(key) < 21 else None
    if found is not None and any(found == one for one in entries):
        raise BadInput.at(name, "send each key once", reason="duplicate-parameter")
