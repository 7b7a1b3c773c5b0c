"""Page sizes and page tokens: how far a list goes, and where the next page starts.

Why       Tokens must be opaque and checked, so that a client can't make one up, and can't carry one
          from one list to another.
Called by fake_services/shelf.py and todos.py.
Never     holds state: a token says it all.
Source    AIP-158.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Protocol

from fake_services.refusal import invalid

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
_SEAL_BYTES = 7  # with the position 15 bytes: base64 without "=", safe in a query
_POSITION_BYTES = 8


class PagedRequest(Protocol):
    """Any List request."""

    page_size: int
    page_token: str


def page_size(request: PagedRequest) -> int:
    """How many items to return: 20 when not given, 100 at most.  Raises Refusal when negative."""
    if request.page_size < 0:
        raise invalid("page_size", "must not be negative")
    return min(request.page_size or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)


def page_start(request: PagedRequest, scope: str) -> int:
    """The position that the token names, or 0.

    scope   says which list and which filters; a token of another scope is refused
    Raises  Refusal (INVALID_ARGUMENT, `page_token`) for a token that `page_token` did not make
    """
    if not request.page_token:
        return 0
    try:
        raw = base64.b64decode(request.page_token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise invalid("page_token", "is not a token of this list") from None
    seal, position = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
    if len(position) != _POSITION_BYTES or seal != _seal(scope, position):
        raise invalid("page_token", "is not a token of this list")
    return int.from_bytes(position, "big")


def page_token(position: int, scope: str) -> str:
    """The token of the page that starts at `position` (0 or more).

    >>> page_token(20, "links") == page_token(20, "links")
    True
    """
    raw = position.to_bytes(_POSITION_BYTES, "big")
    return base64.urlsafe_b64encode(_seal(scope, raw) + raw).decode("ascii")


def _seal(scope: str, position: bytes) -> bytes:
    return hashlib.sha256(b"fake_services " + scope.encode() + position).digest()[:_SEAL_BYTES]
