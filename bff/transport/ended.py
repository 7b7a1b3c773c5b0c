"""How a call ended, in plain data, and the failure that its status is. Pure.

Called by transport/grpcio_status.py and transport/http2/status.py: both transports fail alike.
Trap      UNAVAILABLE and DEADLINE_EXCEEDED mean no answer, whoever says them: a proxy in between
          says them in the service's name.
Source    google/rpc/code.proto; grpc/doc/statuscodes.md; docs/spec/reliability.md section 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSaid, ServiceSilent
from bff.terms.silence import LATE, TOO_LARGE, UNIMPLEMENTED, UNREACHABLE, UNREADABLE, silence

_STATUS_BIN = "grpc-status-details-bin"
_NO_ANSWER = (Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED)
_REASONS: Final = {
    Code.UNAVAILABLE: UNREACHABLE,
    Code.DEADLINE_EXCEEDED: LATE,
    Code.RESOURCE_EXHAUSTED: TOO_LARGE,
    Code.UNIMPLEMENTED: UNIMPLEMENTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """`trailers` are all the metadata that came with the answer; `message` is decoded text."""

    code: int
    message: str
    trailers: Sequence[tuple[str, str | bytes]] = ()


def spoken(ended: Ended, *, source: str) -> Failure:
    """The failure of a status that came over the wire."""
    code = Code.of(ended.code)
    if code in _NO_ANSWER:
        silent = inferred(ended, source=source)
        silent.trailers = ended.trailers
        return silent
    status = next((value for key, value in ended.trailers if key == _STATUS_BIN), b"")
    return ServiceSaid(
        ended.message,
        code=code,
        source=source,
        status=status if isinstance(status, bytes) else b"",
        trailers=ended.trailers,
    )


def inferred(ended: Ended, *, source: str) -> ServiceSilent:
    """The failure of a status that our own side made up."""
    code = Code.of(ended.code)
    reason = _REASONS.get(code, UNREADABLE)
    return silence(reason, note=ended.message, source=source, code=code)
