"""Tell a status that a service spoke from one that the gRPC library made up on our side. Pure.

Why       grpcio gives both the same type. A reply over the size limit looks like the service's own
          RESOURCE_EXHAUSTED (429), a missing trailer like its own UNKNOWN (500): both are a bad
          upstream (502).
Called by transport/grpcio.py.
Trap      grpc core 1.85 marks neither: only its wording tells. A service that copies the wording
          turns its
          own 500 into a 502, no more. UNAVAILABLE and DEADLINE_EXCEEDED mean no answer, whoever
          says them.
Source    docs/spec/reliability.md section 1 ("Locally made statuses look like remote ones").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSaid, ServiceSilent

_OWN_WORDS = re.compile(
    r"Stream removed|CLIENT: |Received http2 header with status|RST_STREAM|No status received"
    r"|Missing :status|metadata size exceeds|GOAWAY|[Dd]ecompress|Socket closed|keepalive"
    r"|Internal error from Core"
)
"""How grpc core words what it found out by itself."""
_STATUS_BIN = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended, in plain data; `trailers` are all the metadata that came with it."""

    code: int
    message: str
    trailers: Sequence[tuple[str, str | bytes]] = ()


def failure_of(ended: Ended, *, source: str) -> Failure:
    """The failure to raise for a call that did not end with OK."""
    code = Code.of(ended.code)
    if code in _NO_ANSWER or _OWN_WORDS.search(ended.message):
        return _inferred(code, ended, source)
    return _spoken(code, ended, source)


def _spoken(code: Code, ended: Ended, source: str) -> Failure:
    status = next((value for key, value in ended.trailers if key == _STATUS_BIN), b"")
    return ServiceSaid(
        ended.message,
        code=code,
        source=source,
        status=status if isinstance(status, bytes) else b"",
        trailers=ended.trailers,
    )


_NO_ANSWER = (Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED)
_INFERRED: Final = {
    Code.UNAVAILABLE: ("upstream-unavailable", "A service that this needs cannot be reached."),
    Code.DEADLINE_EXCEEDED: (
        "upstream-timeout",
        "A service that this needs did not answer in time.",
    ),
    Code.RESOURCE_EXHAUSTED: (
        "upstream-response-too-large",
        "A service that this needs answered with more than is allowed.",
    ),
    Code.UNIMPLEMENTED: (
        "upstream-unimplemented",
        "A service that this needs does not know this method.",
    ),
}
_NONSENSE = (
    "upstream-invalid-response",
    "A service that this needs gave an answer that cannot be read.",
)


def _inferred(code: Code, ended: Ended, source: str) -> ServiceSilent:
    reason, detail = _INFERRED.get(code, _NONSENSE)
    failure = ServiceSilent(detail, reason=reason, code=code, source=source)
    failure.add_note(ended.message)
    return failure


def unreadable(source: str) -> ServiceSilent:
    """An OK whose message is missing or does not decode: grpc.aio hands out None for both."""
    reason, detail = _NONSENSE
    return ServiceSilent(detail, reason=reason, code=Code.INTERNAL, source=source)
