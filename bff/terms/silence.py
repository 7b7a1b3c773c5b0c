"""The words for no usable answer, once: which sentence and which code belong to which reason.

Why       Transports, calls and contract all find answers that cannot be used; a client and a log
          should read the same sentence whoever found it.
Called by transport, calls, contract and compose.
Never     puts a service's own text into `detail`: what was found goes into a note, for the log.
Source    docs/spec/transcoding.md 1.8 and 1.12 (PJ12-PJ15); docs/spec/reliability.md section 1.
"""

from typing import Final

from bff.terms.codes import Code
from bff.terms.errors import BFF, ServiceSilent

UNREACHABLE = "upstream-unavailable"
LATE = "upstream-timeout"
TOO_LARGE = "upstream-response-too-large"
UNIMPLEMENTED = "upstream-unimplemented"
UNREADABLE = "upstream-invalid-response"
OVERLOAD = "overloaded"
"""We did not ask: as much is under way already as the service can take."""

_WORDS: Final = {
    UNREACHABLE: (Code.UNAVAILABLE, "A service that this needs cannot be reached."),
    LATE: (Code.DEADLINE_EXCEEDED, "A service that this needs did not answer in time."),
    TOO_LARGE: (
        Code.RESOURCE_EXHAUSTED,
        "A service that this needs answered with more than is allowed.",
    ),
    UNIMPLEMENTED: (Code.UNIMPLEMENTED, "A service that this needs does not know this method."),
    OVERLOAD: (Code.UNAVAILABLE, "Too much is asked of a service that this needs, just now."),
    UNREADABLE: (Code.INTERNAL, "A service that this needs gave an answer that cannot be read."),
}


def silence(
    reason: str, *, note: str = "", source: str = BFF, code: Code | None = None
) -> ServiceSilent:
    """The failure for one of the reasons above.

    note  what was found, for the log
    code  where another gRPC code tells more than the reason's own

    >>> silence(LATE, source="a.B/C").code.name
    'DEADLINE_EXCEEDED'
    """
    own, detail = _WORDS[reason]
    failure = ServiceSilent(
        detail, reason=reason, code=own if code is None else code, source=source
    )
    if note:
        failure.add_note(note)
    return failure


def unreadable(note: str, *, source: str = BFF) -> ServiceSilent:
    """A service answered OK with what cannot be used: a 502, for the client did nothing wrong."""
    return silence(UNREADABLE, note=note, source=source)
