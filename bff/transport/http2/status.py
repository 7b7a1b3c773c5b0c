"""From what came over the wire to the failure that it is. Pure.

Called by exchange.py and dialogue.py.
Never     takes silence for an answer: an end without a status, or a page of HTML, is nobody's word.
Source    gRPC over HTTP/2 (Responses, Errors); grpc/doc/http-grpc-status-mapping.md.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from bff.contract.status import grpc_code
from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.silence import UNREACHABLE, UNREADABLE, silence, unreadable
from bff.transport.ended import Ended, inferred, spoken
from bff.transport.http2.frames import ErrorCode, error_name
from bff.transport.http2.reply_head import (
    NO_STATUS,
    ODD_STATUS,
    ReplyHead,
    metadata_of,
    value_of,
)

_INFORMATIONAL = range(100, 200)
_BY_RESET: Final[Mapping[int, tuple[str, Code]]] = {
    ErrorCode.REFUSED_STREAM: (UNREACHABLE, Code.UNAVAILABLE),
    ErrorCode.ENHANCE_YOUR_CALM: (UNREACHABLE, Code.UNAVAILABLE),
    ErrorCode.CANCEL: (UNREADABLE, Code.CANCELLED),
    ErrorCode.INADEQUATE_SECURITY: (UNREADABLE, Code.PERMISSION_DENIED),
}


def is_informational(head: ReplyHead) -> bool:
    """A 1xx list: the real one is still to come (RFC 9113 8.1)."""
    return head.http in _INFORMATIONAL


def refusal(head: ReplyHead, source: str) -> Failure | None:
    """Why a first header list cannot begin an answer, or None."""
    if head.begins_well:
        return None
    if head.status >= 0 and head.is_grpc:
        return None
    if head.http <= 0:
        return unreadable("an answer without :status", source=source)
    if head.http != 200:
        return _by_http(head.http, source)
    kind = value_of(head, b"content-type").decode("ascii", "replace")
    return silence(UNREADABLE, note=f"content-type {kind[:80]!r}", source=source, code=Code.UNKNOWN)


def _by_http(http: int, source: str) -> Failure:
    note = f"HTTP status {http} without gRPC"
    return inferred(Ended(code=grpc_code(http), message=note), source=source)


def failure_of(head: ReplyHead, source: str, *, first: ReplyHead | None) -> Failure | None:
    """The failure in the last header list of an answer; None for OK.

    first  the list that began the answer, for its metadata; None where there is only this one
    """
    if head.status == 0:
        return None
    if head.status in (NO_STATUS, ODD_STATUS):
        sent = value_of(head, b"grpc-status").decode("ascii", "replace")
        note = f"grpc-status {sent[:20]!r}" if sent else "an end without grpc-status"
        return silence(UNREADABLE, note=note, source=source, code=Code.UNKNOWN)
    ended = Ended(
        code=head.status,
        message=message_text(value_of(head, b"grpc-message")),
        trailers=(*metadata_of(first), *metadata_of(head)),
    )
    return spoken(ended, source=source)


def message_text(raw: bytes) -> str:
    """grpc-message, percent-decoded; what does not decode stays as it is or becomes U+FFFD.

    >>> message_text(b"no%20t%C3%B6do %zz")
    'no tödo %zz'
    """
    return unquote_to_bytes(raw).decode("utf-8", "replace")


def failure_of_reset(code: int, source: str) -> ServiceSilent:
    """The failure of a stream that the peer reset."""
    note = f"stream reset by the service: {error_name(code)}"
    reason, grpc = _BY_RESET.get(code, (UNREADABLE, Code.INTERNAL))
    return silence(reason, note=note, source=source, code=grpc)
