"""Request bodies in protobuf's binary form: the same request as its JSON, by the same rules.

Why       A second reader would need every limit and refusal of the first again. Binary bodies are
          rare, so they are written as JSON once, and what JSON may not say they may not either.
Called by compose/unary.py.
Never     takes fields that the protos do not declare, or that are for services only: they are
          dropped, as unknown binary fields are everywhere.
Source    docs/spec/transcoding.md HT6, PJ18; docs/spec/bad-input.md rows 57-82.
"""

from dataclasses import dataclass, replace
from typing import Any

from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from bff.contract.codec import Codec
from bff.contract.field_path import walk
from bff.contract.routes.http_rule import HttpBinding
from bff.terms.errors import BadInput, ServiceSilent

PROTOBUF = ("application/x-protobuf", "application/protobuf")
"""Neither is registered; both are in use."""
_HTTP_BODY = "google.api.HttpBody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtobufBody:
    """`kind` is the message that the body holds; None where a body cannot be one message."""

    kind: type[Message] | None
    codec: Codec

    @classmethod
    def of(cls, request: type[Message], binding: HttpBinding, codec: Codec) -> "ProtobufBody":
        """The body of a binding that boot has checked."""
        options = replace(
            codec.options,
            defaults="omit",
            int64="string",
            enums="name",
            omit_written=frozenset(),
        )
        return cls(kind=_kind(request, binding), codec=codec.under(options))

    def as_json(self, body: bytes, content_type: str) -> tuple[bytes, str]:
        """The body and its type, in JSON where they were binary. Raises BadInput."""
        if self.kind is None or not body or not _is_protobuf(content_type):
            return body, content_type
        try:
            return self.codec.wire_to_json(self.kind, body), ""
        except (DecodeError, ServiceSilent):
            name = self.kind.DESCRIPTOR.full_name
            what = f"The body is no {name.rpartition('.')[2]} in protobuf's binary form."
            raise BadInput(what, reason="malformed-request") from None


def _is_protobuf(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in PROTOBUF


def _kind(request: type[Message], binding: HttpBinding) -> type[Message] | None:
    if not binding.body:
        return None
    described: Any = request.DESCRIPTOR
    if binding.body == "*":
        return None if described.full_name == _HTTP_BODY else request
    field = walk(described, binding.body.split("."))[-1]
    if field.message_type is None or field.is_repeated:
        return None
    kind = GetMessageClass(field.message_type)
    return None if field.message_type.full_name == _HTTP_BODY else kind
