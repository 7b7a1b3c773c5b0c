"""With which code does a WebSocket end? What `contract/status.py` is for HTTP.

Called by edge/websocket.py.
Source    RFC 6455 section 7.4; docs/spec/transcoding.md ST9.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bff.contract.status import is_hidden, kind_of
from bff.terms.codes import Code
from bff.terms.errors import Failure, Refused, ServiceSaid
from bff.terms.texts import one_line

DONE = 1000
_GOING_AWAY = 1001
NOT_TEXT = 1003
POLICY = 1008
TOO_LARGE = 1009
BUG = 1011
_NOT_JSON = 1007
_TRY_AGAIN = 1013
"""The IANA registry's, not of RFC 6455."""
_OWN = 4000
"""RFC 6455 leaves 4000 to 4999 to the application: the gRPC code is added to it."""
_LONGEST_REASON_BYTES = 123

_BY_REASON: Mapping[str, int] = MappingProxyType(
    {
        "malformed-json": _NOT_JSON,
        "duplicate-key": _NOT_JSON,
        "too-deep": _NOT_JSON,
        "too-complex": _NOT_JSON,
        "body-too-large": TOO_LARGE,
        "rate-limited": _TRY_AGAIN,
        "shutting-down": _GOING_AWAY,
    }
)


@dataclass(frozen=True, slots=True)
class Close:
    """How a conversation ends; `reason` fits into a close frame."""

    code: int
    reason: str = ""


def close_of(failure: Failure) -> Close:
    """The end that a failure brings.

    >>> from bff.terms.errors import BadInput
    >>> close_of(BadInput("the body must be JSON", reason="malformed-json"))
    Close(code=1007, reason='the body must be JSON')
    """
    kind = kind_of(failure)
    hidden = isinstance(failure, ServiceSaid) and is_hidden(kind.status)
    return Close(_code(failure), fitting(kind.title if hidden else failure.detail))


def fitting(text: str) -> str:
    """One line of at most 123 bytes, no character cut in two."""
    return one_line(text).encode()[:_LONGEST_REASON_BYTES].decode(errors="ignore")


def _code(failure: Failure) -> int:
    if failure.reason in _BY_REASON:
        return _BY_REASON[failure.reason]
    if isinstance(failure, Refused):
        return POLICY
    if failure.code in (Code.INTERNAL, Code.UNKNOWN):
        return BUG
    return _OWN + failure.code
