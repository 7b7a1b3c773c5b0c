"""The W3C trace headers of a request, checked: what is bad is replaced or dropped, never refused.

Called by edge/request.py.
Never     lets a client write into a log or into metadata what is not in the format.
Source    W3C Trace Context (traceparent, tracestate); docs/spec/bad-input.md row 111.
"""

import re
from secrets import token_hex

LONGEST_TRACESTATE_BYTES = 512
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
).fullmatch
_ENTRY = r"[a-z0-9][a-z0-9_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}"
_TRACESTATE = re.compile(rf"{_ENTRY}(?:[ \t]*,[ \t]*{_ENTRY}){{0,31}}").fullmatch


def traceparent_of(proposed: str) -> str:
    """The client's trace, a new one for a bad one, "" where none was sent.

    >>> traceparent_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    """
    if not proposed or _TRACEPARENT(proposed):
        return proposed
    return f"00-{token_hex(16)}-{token_hex(8)}-00"


def tracestate_of(proposed: str, *, traceparent: str, sent: str) -> str:
    """The vendors' part of the trace; it means nothing without the traceparent that came with it.

    traceparent  the one in force
    sent         the one that the client sent
    """
    if not proposed or traceparent != sent or len(proposed) > LONGEST_TRACESTATE_BYTES:
        return ""
    return proposed if _TRACESTATE(proposed) else ""
