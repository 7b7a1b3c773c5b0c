"""What leaves: one complete answer, and how it is put on the wire.

Called by edge/front.py.
Source    RFC 9110 (HEAD, ETag, 304, Vary); RFC 9111 (Cache-Control); docs/spec/transcoding.md HT1,
          HT7, HT8.
"""

from dataclasses import dataclass
from hashlib import blake2b

from bff.compose.endpoint import Answer, Endpoint
from bff.contract.entity_tag import is_listed, variant_of
from bff.contract.status import NO_CONTENT, NOT_MODIFIED
from bff.edge.compression import Compression
from bff.edge.negotiation import varies_by
from bff.edge.request import Head, Send

_COMPLETE = (("x-bff-complete", "true"),)
_INCOMPLETE = (("x-bff-complete", "false"),)
_PRIVATE = "no-cache, private"
_UNSTORED = "no-store"
_BODILESS = (NO_CONTENT, NOT_MODIFIED)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer. `reason` is "" for a success, else the problem's slug: for the access log."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: Headers = ()
    reason: str = ""


async def reply_of(
    answer: Answer, endpoint: Endpoint, head: Head, *, compression: Compression
) -> Reply:
    """Status, validators and caching headers of an endpoint's answer; its body packed.

    A GET gets a strong ETag, of its bytes unless the endpoint knows a better one, and a 304 where
    the client has them already. A screen with gaps is never stored: the next one may be whole.
    """
    status = answer.status or endpoint.success_status
    coding = _coding(answer, head, compression)
    headers, tag = _headers(answer, endpoint, coding=coding, cacheable=_cacheable(answer, endpoint))
    if tag and is_listed(tag, head.headers.get("if-none-match", "")) and endpoint.method == "GET":
        return Reply(status=NOT_MODIFIED, headers=headers)
    body = answer.body
    if coding:
        body = await compression.pack(body, coding)
        headers = (*headers, ("content-encoding", coding))
    return Reply(status=status, body=body, media_type=answer.media_type, headers=headers)


def etag(body: bytes) -> str:
    """A strong entity tag (RFC 9110 section 8.8.3): equal for equal bytes."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _cacheable(answer: Answer, endpoint: Endpoint) -> bool:
    status = answer.status or endpoint.success_status
    return endpoint.method == "GET" and status == 200 and not answer.gaps


def _coding(answer: Answer, head: Head, compression: Compression) -> str:
    if any(name == "content-encoding" for name, _ in answer.headers):
        return ""
    wanted = head.headers.get("accept-encoding", "")
    return compression.coding_for(answer.body, answer.media_type, wanted)


def _headers(
    answer: Answer, endpoint: Endpoint, *, coding: str, cacheable: bool
) -> tuple[Headers, str]:
    """All headers but the body's own, and the ETag among them, "" for none.

    A tag belongs to one sequence of bytes, so that the packed form has a tag of its own.
    """
    given = dict(answer.headers)
    tag = given.pop("etag", "") or (etag(answer.body) if cacheable else "")
    tag = variant_of(tag, coding)
    headers = [pair for pair in answer.headers if pair[0] != "etag"]
    headers += _completeness(answer, endpoint)
    if tag:
        headers.append(("etag", tag))
    if "cache-control" not in given:
        headers.append(("cache-control", _PRIVATE if cacheable else _UNSTORED))
    headers.append(("vary", varies_by(endpoint)))
    return tuple(headers), tag


def _completeness(answer: Answer, endpoint: Endpoint) -> Headers:
    if not endpoint.soft:
        return ()
    return _INCOMPLETE if answer.gaps else _COMPLETE


async def put(reply: Reply, head: Head, send: Send) -> int:
    """Send an answer; returns how many bytes of body were sent. HEAD, 204 and 304 carry none."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    headers.append((b"x-request-id", head.request_id.encode()))
    bodiless = reply.status in _BODILESS
    if not bodiless:
        if reply.media_type:
            headers.append((b"content-type", reply.media_type.encode("latin-1")))
        headers.append((b"content-length", str(len(reply.body)).encode()))
        headers.append((b"x-content-type-options", b"nosniff"))
    body = b"" if bodiless or head.method == "HEAD" else reply.body
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return len(body)
