"""What arrives: the head of an HTTP request in plain data, and its body within limits.

Called by edge/front.py.
Never     trusts a request id, a length or an encoding that it has not checked; never reads past the
          limit.
Source    ASGI 3 (HTTP scope, receive); RFC 9110 section 8; docs/spec/bad-input.md rows 48-53, 111.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from bff.terms.errors import BadInput

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of one request. `path` and `query` are raw bytes as latin-1 text, not decoded.

    headers         lower-case names; the last of several wins
    authorizations  every Authorization header, since two are an error
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    authorizations: tuple[str, ...]
    request_id: str
    traceparent: str
    peer: str


class Gone(Exception):
    """The client hung up before its body was complete: nobody is left to answer."""


def head_of(scope: Scope) -> Head:
    """Read an ASGI HTTP scope."""
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    headers = dict(pairs)
    raw_path = scope.get("raw_path") or scope["path"].encode()
    client = scope.get("client")
    return Head(
        method=scope["method"],
        path=raw_path.decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        authorizations=tuple(value for name, value in pairs if name == "authorization"),
        request_id=_request_id(headers.get("x-request-id", "")),
        traceparent=_traceparent(headers.get("traceparent", "")),
        peer=client[0] if client else "",
    )


def _request_id(proposed: str) -> str:
    return proposed if _REQUEST_ID.fullmatch(proposed) else token_hex(8)


def _traceparent(proposed: str) -> str:
    return proposed if _TRACEPARENT.fullmatch(proposed) else ""


async def body_of(head: Head, receive: Receive, *, limit_bytes: int) -> bytes:
    """The whole body. Raises BadInput over the limit or in an encoding we do not take; Gone on a
    hang-up.
    """
    _check_encoding(head.headers)
    length = head.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit_bytes:
        raise _too_large(limit_bytes)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > limit_bytes:
            raise _too_large(limit_bytes)
        if not message.get("more_body", False):
            return bytes(body)


def _check_encoding(headers: Mapping[str, str]) -> None:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise BadInput("Send the body without a Content-Encoding.", reason="unsupported-encoding")


def _too_large(limit_bytes: int) -> BadInput:
    return BadInput(
        f"The body may have at most {limit_bytes} bytes.",
        reason="body-too-large",
    )
