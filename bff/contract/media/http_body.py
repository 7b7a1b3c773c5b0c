"""google.api.HttpBody: raw bytes with a content type, in place of JSON.

Called by request/body.py (requests), compose/reply_reader.py (answers).
Never     passes on a content type that is none: it would become a header of ours.
Source    google/api/httpbody.proto; docs/spec/transcoding.md HB1, HB2, HB4, HB6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from bff.contract.field_path import walk
from bff.contract.media.types import OCTETS, is_media_type

HTTP_BODY = "google.api.HttpBody"
INERT: tuple[tuple[str, str], ...] = (("content-security-policy", "sandbox; default-src 'none'"),)
"""Headers of a raw answer, beside the `nosniff` of every answer: a page or an SVG that somebody
uploaded must not run scripts under our name. Images, films and downloads work as before.
"""


@dataclass(frozen=True, slots=True)
class RawBody:
    """Bytes as they are, and a media type that is safe to write into a header."""

    data: bytes
    media_type: str


def is_http_body(message: Descriptor | None) -> bool:
    return message is not None and message.full_name == HTTP_BODY


def answers_raw(reply: type[Message], path: Sequence[str] = ()) -> bool:
    """Whether a reply, or the field of it that `response_body` names, is written as raw bytes."""
    descriptor: Any = reply.DESCRIPTOR
    if not path:
        return is_http_body(descriptor)
    field = walk(descriptor, path)[-1]
    return is_http_body(field.message_type) and not field.is_repeated


def raw_body(reply: Any, path: Sequence[str] = ()) -> RawBody:
    """What a reply answers in raw bytes: application/octet-stream unless it says better (HB2).

    A field that is not set is an empty body.
    """
    for name in path:
        reply = getattr(reply, name)
    stated: str = reply.content_type
    return RawBody(reply.data, stated if is_media_type(stated) else OCTETS)
