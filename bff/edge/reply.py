"""What leaves: one complete answer, and how it is put on the wire.

Called by edge/front.py.
Source    RFC 9110 (HEAD, ETag, 304, Vary); RFC 9111 (Cache-Control); docs/spec/transcoding.md HT1,
          HT7, HT8.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from bff.compose.caching import Caching
from bff.compose.endpoint import Answer, Endpoint
from bff.contract.reply.entity_tag import is_listed, variant_of
from bff.contract.status import BODILESS, NOT_MODIFIED, OK
from bff.edge.caching import cache_control, caching_headers, varying
from bff.edge.compression import Compression
from bff.edge.negotiation import varies_by
from bff.edge.request import Head, Send

try:  # fifty times as fast; what it can't withstand is told in DESIGN.md
    from xxhash import xxh3_128_hexdigest as _digest
except ImportError:  # no wheel, and no compiler

    def _digest(body: bytes) -> str:  # type: ignore[misc] # the same, but for its name
        return sha256(body).hexdigest()[:32]


Header = tuple[bytes, bytes]
Headers = tuple[Header, ...]
"""Lower-case names and values, as they are sent."""

JSON = "application/json"
_COMPLETE: Header = (b"x-bff-complete", b"true")
_INCOMPLETE: Header = (b"x-bff-complete", b"false")
_PRIVATE: Header = (b"cache-control", b"no-cache, private")
_UNSTORED: Header = (b"cache-control", b"no-store")
_SNIFF_NOT: Header = (b"x-content-type-options", b"nosniff")
_JSON_TYPE: Header = (b"content-type", JSON.encode())


class Reply(NamedTuple):
    """One answer. `reason` is "" for a success, else the problem's slug: for the access log."""

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: Headers = ()
    reason: str = ""


def encoded(headers: Iterable[tuple[str, str]]) -> Headers:
    """Text as it is sent."""
    return tuple([(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers])


async def reply_of(
    answer: Answer, endpoint: Endpoint, head: Head, *, compression: Compression
) -> Reply:
    """Status, validators and caching headers of an endpoint's answer; its body packed.

    A GET gets a strong ETag, of its bytes unless the endpoint knows a better one, and a 304 where
    the client has them already. A screen with gaps is never stored: the next one may be whole.
    """
    status = answer.status or endpoint.success_status
    body = answer.body
    given = {name for name, _ in answer.headers} if answer.headers else ()
    cacheable = status == OK and endpoint.method == "GET" and not answer.gaps
    coding = ""
    if "content-encoding" not in given:
        wanted = head.headers.text(b"accept-encoding")
        coding = compression.coding_for(body, answer.media_type, wanted)
    tag = _tag(answer, coding=coding, cacheable=cacheable)
    headers = _own(answer) if given else []
    if endpoint.soft:
        headers.append(_INCOMPLETE if answer.gaps else _COMPLETE)
    if tag:
        headers.append((b"etag", tag.encode("latin-1")))
    if "cache-control" not in given:
        headers.append(_cache_control(answer.caching) if cacheable else _UNSTORED)
    vary = varies_by(endpoint)
    if answer.caching is not None:
        headers += caching_headers(answer.caching)
        vary = varying(vary, answer.caching)
    headers.append(vary)
    if tag and endpoint.method == "GET" and is_listed(tag, head.headers.text(b"if-none-match")):
        return Reply(NOT_MODIFIED, headers=tuple(headers))
    if coding:
        body = await compression.pack(body, coding)
        headers.append((b"content-encoding", coding.encode()))
    return Reply(status, body, answer.media_type, tuple(headers))


def etag(body: bytes) -> str:
    """A strong entity tag (RFC 9110 section 8.8.3): equal for equal bytes."""
    return f'"{_digest(body)}"'


def _tag(answer: Answer, *, coding: str, cacheable: bool) -> str:
    """The ETag, "" for none: it belongs to one sequence of bytes, so packed ones have their own."""
    tag = next((value for name, value in answer.headers if name == "etag"), "")
    if not tag and cacheable:
        tag = etag(answer.body)
    return variant_of(tag, coding)


def _cache_control(caching: Caching | None) -> Header:
    """Where nothing is said of caches, a client may keep the answer to ask whether it holds."""
    if caching is None or caching.keep is None:
        return _PRIVATE
    return (b"cache-control", cache_control(caching.keep))


def _own(answer: Answer) -> list[Header]:
    return list(encoded(pair for pair in answer.headers if pair[0] != "etag"))


class Frame(NamedTuple):
    """The lines around what differs between one complete JSON answer of an endpoint and the next,
    in the order in which `put` would send them: tag, what guard and browsers add, request id and
    length stand between.

    tagged  whether it has a tag: answers of a GET do
    """

    tagged: bool
    to_tag: bytes
    to_added: bytes
    to_id: bytes
    to_length: bytes
    to_body: bytes


def frame_of(endpoint: Endpoint) -> Frame | None:
    """For answers that are ordinary, and unpacked; None where the endpoint has none."""
    if endpoint.success_status != OK:
        return None
    complete = _lines(_COMPLETE) if endpoint.soft else b""
    tagged, vary = endpoint.method == "GET", varies_by(endpoint)
    return Frame(
        tagged,
        complete + b"etag: " if tagged else complete,
        b"\r\n" + _lines(_PRIVATE, vary) if tagged else _lines(_UNSTORED, vary),
        b"x-request-id: ",
        b"\r\n" + _lines(_JSON_TYPE) + b"content-length: ",
        b"\r\n" + _lines(_SNIFF_NOT) + b"\r\n",
    )


def is_ordinary(answer: Answer) -> bool:
    """Complete JSON with no header of its own."""
    _, media_type, status, headers, gaps, caching = answer
    plain = status is None and not headers and not gaps and caching is None
    return media_type == JSON and plain


def _lines(*headers: Header) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


async def put(reply: Reply, head: Head, send: Send) -> int:
    """Send an answer; returns how many bytes of body were sent. HEAD, 204 and 304 carry none."""
    status, body, media_type, own, _ = reply
    headers = [*own, *head.answer_headers, (b"x-request-id", head.request_id.encode())]
    bodiless = status in BODILESS
    if not bodiless:
        if media_type:
            is_json = media_type == JSON
            headers.append(
                _JSON_TYPE if is_json else (b"content-type", media_type.encode("latin-1"))
            )
        headers.append((b"content-length", b"%d" % len(body)))
        headers.append(_SNIFF_NOT)
    if bodiless or head.method == "HEAD":
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return len(body)
