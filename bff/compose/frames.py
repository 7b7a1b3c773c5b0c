"""How the messages of a stream stand in one HTTP body. Pure.

Why       A client must read each message as it comes, and must never take a stream that was cut for
          one that ended: so each framing has a record for an error, and none of them parses as
          complete after it.
Called by compose/streams.py.
Never     splits a message over two chunks, or holds one back for the next.
Source    docs/spec/transcoding.md ST1, ST2, ST4, ST7; WHATWG HTML "Server-sent events"; NDJSON 1.0;
          grpc-gateway for the {"result"} and {"error"} envelope.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

NDJSON = "application/x-ndjson"
EVENTS = "text/event-stream"
ARRAY = "application/json"
_BREAKS_AN_ID = frozenset("\0\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """One way to write a stream. Every document is compact JSON, so it has no line break.

    record     (document, how many came before, event id) -> its bytes
    error      (error document, how many came before) -> the last bytes of a stream that failed
    end        (how many there were) -> the last bytes of one that did not
    heartbeat  what may be sent in a silence, b"" for nothing
    numbered   whether it has a place for an event's id
    """

    record: Callable[[bytes, int, str], bytes]
    error: Callable[[bytes, int], bytes]
    end: Callable[[int], bytes] = lambda _count: b""
    heartbeat: bytes = b""
    numbered: bool = False


def _line(document: bytes, _before: int, _event_id: str) -> bytes:
    return b'{"result":%b}\n' % document


def _error_line(document: bytes, _before: int) -> bytes:
    return b'{"error":%b}\n' % document


def _event(document: bytes, _before: int, event_id: str) -> bytes:
    """An id that would break its line is left out: the event still counts."""
    if not event_id or not _BREAKS_AN_ID.isdisjoint(event_id):
        return b"data: %b\n\n" % document
    return b"id: %b\ndata: %b\n\n" % (event_id.encode(), document)


def _error_event(document: bytes, _before: int) -> bytes:
    return b"event: error\ndata: %b\n\n" % document


def _element(document: bytes, before: int, _event_id: str) -> bytes:
    return (b",%b" if before else b"[%b") % document


def _error_element(document: bytes, before: int) -> bytes:
    """No bracket closes it, so that what was cut never parses as complete."""
    return (b',{"error":%b}' if before else b'[{"error":%b}') % document


def _bracket(count: int) -> bytes:
    return b"]" if count else b"[]"


_LINES = Framing(record=_line, error=_error_line)

FRAMINGS: Mapping[str, Framing] = MappingProxyType(
    {
        NDJSON: _LINES,
        EVENTS: Framing(record=_event, error=_error_event, heartbeat=b":\n\n", numbered=True),
        ARRAY: Framing(record=_element, error=_error_element, end=_bracket),
        "application/ndjson": _LINES,
    }
)
"""By media type, the favourite first (HT6)."""
