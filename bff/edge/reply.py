"""What leaves: one complete answer, and how it is put on the wire.

Called by edge/front.py.
Source    RFC 9110 (HEAD, ETag, 304); RFC 9111 (Cache-Control); docs/spec/transcoding.md HT1, HT8.
"""

from dataclasses import dataclass, replace
from hashlib import blake2b

from bff.compose.endpoint import Answer, Endpoint
from bff.contract.status import NO_CONTENT, NOT_MODIFIED
from bff.edge.request import Head, Send

_COMPLETE = (("x-bff-complete", "true"),)
_INCOMPLETE = (("x-bff-complete", "false"),)
_PRIVATE = ("cache-control", "no-cache, private")
_UNSTORED = ("cache-control", "no-store")
_BODILESS = (NO_CONTENT, NOT_MODIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer. `reason` is "" for a success, else the problem's slug: for the access log."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    reason: str = ""


def reply_of(answer: Answer, endpoint: Endpoint, head: Head) -> Reply:
    """Status, validators and caching headers of an endpoint's answer.

    A GET gets a strong ETag made of its bytes, and a 304 where the client has them already. A
    screen with
    gaps is never stored: the next one may be whole.
    """
    whole = (*answer.headers, *_completeness(answer, endpoint))
    status = answer.status or endpoint.success_status
    if endpoint.method != "GET" or status != 200 or answer.gaps:
        headers = (*whole, _UNSTORED)
        return Reply(status=status, body=answer.body, media_type=answer.media_type, headers=headers)
    tag = etag(answer.body)
    reply = Reply(
        status=status,
        body=answer.body,
        media_type=answer.media_type,
        headers=(*whole, ("etag", tag), _PRIVATE),
    )
    if tag in _tags(head.headers.get("if-none-match", "")):
        return replace(reply, status=NOT_MODIFIED, body=b"")
    return reply


def etag(body: bytes) -> str:
    """A strong entity tag (RFC 9110 section 8.8.3): equal for equal bytes."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _tags(if_none_match: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]


def _completeness(answer: Answer, endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    if not endpoint.soft:
        return ()
    return _INCOMPLETE if answer.gaps else _COMPLETE


async def put(reply: Reply, head: Head, send: Send) -> int:
    """Send an answer; returns how many bytes of body were sent. HEAD, 204 and 304 carry none."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    headers.append((b"x-request-id", head.request_id.encode()))
    bodiless = reply.status in _BODILESS
    if not bodiless:
        headers.append((b"content-type", reply.media_type.encode()))
        headers.append((b"content-length", str(len(reply.body)).encode()))
        headers.append((b"x-content-type-options", b"nosniff"))
    body = b"" if bodiless or head.method == "HEAD" else reply.body
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return len(body)
