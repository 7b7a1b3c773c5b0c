"""The body of a request into the part of the message that the rule gives it.

Called by contract/bind.py.
Never     reads what the rule does not map: a body where none belongs is refused, or ignored where
          HTTP says so.
Source    google/api/http.proto (body); docs/spec/transcoding.md BD1-BD6, HB1, HB3;
          docs/spec/bad-input.md row 54.
"""

from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.contract.codec import Codec
from bff.contract.field_path import walk
from bff.contract.http_rule import HttpBinding
from bff.contract.json_options import JsonLimits
from bff.contract.json_text import JsonValue, parse
from bff.contract.media_type import check_json
from bff.terms.errors import BadInput

_HTTP_BODY = "google.api.HttpBody"
_MAY_CARRY_ONE = frozenset({"GET", "HEAD", "DELETE"})
"""Methods whose body means nothing (RFC 9110 section 9.3): sent without a mapping, it is ignored
(BD3).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Where the body goes: `path` is () for the whole message; `mapped` is False for nowhere."""

    codec: Codec
    limits: JsonLimits
    mapped: bool
    tolerated: bool
    path: tuple[FieldDescriptor, ...]
    raw: bool

    @classmethod
    def of(
        cls, request: Descriptor, binding: HttpBinding, *, codec: Codec, limits: JsonLimits
    ) -> "Body":
        """The body of a binding that boot has checked."""
        names = () if binding.body in ("", "*") else tuple(binding.body.split("."))
        path = walk(request, names)
        target = path[-1].message_type if path else request
        lenient = codec.options.unknown_fields == "ignore"
        return cls(
            codec=codec,
            limits=limits,
            mapped=bool(binding.body),
            tolerated=lenient or binding.method in _MAY_CARRY_ONE,
            path=path,
            raw=bool(binding.body) and target is not None and target.full_name == _HTTP_BODY,
        )

    @property
    def closed(self) -> frozenset[tuple[str, ...]]:
        """The field that is the body's alone; a repeated one may get more from the query (QP2)."""
        if not self.path or self.path[-1].is_repeated:
            return frozenset()
        return frozenset({tuple(field.name for field in self.path)})

    def read(self, message: Message, body: bytes, content_type: str) -> JsonValue:
        """Fill the message; returns the JSON as read, None for none. Raises BadInput."""
        if self.raw:
            self._read_raw(message, body, content_type)
            return None
        if not body:
            return None
        if not self.mapped:
            if self.tolerated:
                return None
            raise BadInput("this request takes no body", reason="malformed-json")
        check_json(content_type)
        value = parse(body, self.limits)
        if self.path:
            self.codec.fill_field(self._parent(message), self.path[-1], value)
        else:
            self.codec.fill(message, value)
        return value

    def inside(self, value: JsonValue, names: tuple[str, ...]) -> tuple[JsonValue, tuple[str, ...]]:
        """The body's JSON and a field's path in it; (None, ()) where it can't be there."""
        depth = self.depth_of(names)
        return (None, ()) if depth is None else (value, names[depth:])

    def depth_of(self, names: tuple[str | int, ...]) -> int | None:
        """How many of a field's names lead to the body that holds it; None for a field outside."""
        if not self.mapped:
            return None
        mine = tuple(field.name for field in self.path)
        return len(mine) if names[: len(mine)] == mine else None

    def _read_raw(self, message: Message, body: bytes, content_type: str) -> None:
        """An HttpBody takes any bytes as they are (HB1)."""
        parent: Any = self._parent(message)
        target = getattr(parent, self.path[-1].name) if self.path else parent
        target.content_type = content_type
        target.data = body
        if self.path:
            target.SetInParent()

    def _parent(self, message: Any) -> Any:
        for field in self.path[:-1]:
            message = getattr(message, field.name)
        return message
