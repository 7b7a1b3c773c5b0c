"""The body of a request into the part of the message that the rule gives it.

Called by bind.py.
Never     reads what the rule does not map: a body where none belongs is refused, or ignored where
          HTTP says so.
Source    google/api/http.proto (body); docs/spec/transcoding.md BD1-BD7, HB1, HB3, HB5;
          docs/spec/bad-input.md rows 48, 54, 84.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.contract.codec import Codec
from bff.contract.field_path import walk
from bff.contract.json_options import JsonLimits
from bff.contract.json_text import JsonValue, parse
from bff.contract.media.http_body import is_http_body
from bff.contract.media.types import check_json, is_media_type
from bff.contract.request.multipart import File, form_of, is_form
from bff.contract.routes.http_rule import HttpBinding
from bff.terms.errors import BadInput

_MAY_CARRY_ONE = frozenset({"GET", "HEAD", "DELETE"})
"""Methods whose body means nothing (RFC 9110 section 9.3): sent without a mapping, it is ignored
(BD3).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Where the body goes: `path` is () for the whole message; `mapped` is False for nowhere.

    raw        it is a google.api.HttpBody: bytes as they are
    tolerated  one that is not mapped is ignored
    """

    request: Descriptor
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
        repeated = bool(path) and path[-1].is_repeated
        target = path[-1].message_type if path else request
        lenient = codec.options.unknown_fields == "ignore"
        return cls(
            request=request,
            codec=codec,
            limits=limits,
            mapped=bool(binding.body),
            tolerated=lenient or binding.method in _MAY_CARRY_ONE,
            path=path,
            raw=bool(binding.body) and not repeated and is_http_body(target),
        )

    @property
    def closed(self) -> frozenset[tuple[str, ...]]:
        """The field that is the body's alone; a repeated one may get more from the query (QP2)."""
        if not self.path or self.path[-1].is_repeated:
            return frozenset()
        return frozenset({tuple(field.name for field in self.path)})

    def read(self, message: Message, body: bytes, content_type: str) -> JsonValue:
        """Fill the message from JSON; returns it as read, None for none. Raises BadInput."""
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

    def wire(self, body: bytes, *, unless: Sequence[int] = ()) -> bytes | None:
        """A body in JSON to the wire bytes of the request that holds nothing else, without a
        message; None for what needs one.

        unless  numbers of the request's fields: None, too, where the body names one of them
        """
        if len(body) > self.limits.body_bytes or len(self.path) > 1:
            return None
        field = self.path[0] if self.path else None
        if field is not None and field.number in unless:
            return None
        return self.codec.read_wire(self.request, body, field=field, unless=tuple(unless))

    def read_raw(self, message: Message, body: bytes, content_type: str) -> list[tuple[str, str]]:
        """Fill an HttpBody with any bytes as they are (HB1), or with a form's file (HB5).

        Returns the form's other parts: they are to be read as parameters are.
        """
        if is_form(content_type):
            return self._read_form(message, body, content_type)
        if content_type and not is_media_type(content_type):
            raise BadInput("this Content-Type is none", reason="unsupported-media-type")
        self._put_raw(message, body, content_type)
        return []

    def depth_of(self, names: tuple[str, ...]) -> int | None:
        """How many of a field's names lead to the body that holds it; None for a field outside."""
        if not self.mapped:
            return None
        mine = tuple(field.name for field in self.path)
        return len(mine) if names[: len(mine)] == mine else None

    def _read_form(self, message: Message, body: bytes, content_type: str) -> list[tuple[str, str]]:
        most = self.limits.multipart_parts
        if not most:
            raise BadInput(
                "Send the file itself as the body, not in a form.", reason="unsupported-media-type"
            )
        form = form_of(content_type, body, most=most)
        self._check_place(form.file)
        self._put_raw(message, form.file.data, form.file.content_type)
        return form.texts

    def _check_place(self, file: File) -> None:
        """Where the body is a field, the file is that field's; where it is all, it has any name."""
        if self.path and file.name not in (self.path[-1].name, self.path[-1].json_name):
            what = "no file has this name here"
            raise BadInput.at(file.name, what, reason="unknown-parameter")

    def _put_raw(self, message: Message, data: bytes, content_type: str) -> None:
        target = self._parent(message)
        if self.path:
            target = getattr(target, self.path[-1].name)
        target.content_type = content_type
        target.data = data

    def _parent(self, message: Any) -> Any:
        for field in self.path[:-1]:
            message = getattr(message, field.name)
        return message
