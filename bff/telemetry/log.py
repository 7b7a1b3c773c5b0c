"""One JSON line per event. RequestFinished is the access log.

Why       A line that a client can break or colour is a line that lies. JSON escapes control
          characters; we escape what JSON leaves alone and terminals obey.
Called by telemetry/tell, for every event.
Never     raises, not even when the stream is gone; never writes a token that slipped into a text.
Source    RFC 8259, RFC 3339; docs/spec/threats.md "logs, traces"; bad-input row 111.

    {"ts":"2025-01-31T12:00:00.125Z","level":"info","event":"lifecycle","state":"started","detail":""}
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from time import gmtime, strftime, time
from types import MappingProxyType
from typing import Literal, Protocol

import orjson

from bff.contract.status import FIRST_ERROR, SWITCHED, is_hidden
from bff.terms.codes import Code
from bff.terms.events import (
    BreakerTurned,
    CacheAsked,
    CallFinished,
    CallRefused,
    CallRepeated,
    Crashed,
    Event,
    KeysRefreshed,
    Lifecycle,
    Pressed,
    RateLimited,
    ReplicaTurned,
    RequestFinished,
    SessionTurned,
    StoreTurned,
    TokenMistimed,
)

MAX_VALUE_BYTES = 2_048

Level = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """Events below `level` are not written: "debug" tells every rpc, "info" every request,
    "warning" only what went wrong. `audit`: a request that may have changed something is told
    whatever the level.
    """

    level: Level = "info"
    audit: bool = True


_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_RANK: Mapping[Level, int] = MappingProxyType({"debug": 0, "info": 1, "warning": 2, "error": 3})
_NAMES: Mapping[type, str] = MappingProxyType(
    {
        CallFinished: "call_finished",
        CallRepeated: "call_repeated",
        CallRefused: "call_refused",
        BreakerTurned: "breaker_turned",
        ReplicaTurned: "replica_turned",
        CacheAsked: "cache_asked",
        RequestFinished: "request_finished",
        RateLimited: "rate_limited",
        StoreTurned: "store_turned",
        Crashed: "crashed",
        KeysRefreshed: "keys_refreshed",
        TokenMistimed: "token_mistimed",
        SessionTurned: "session_turned",
        Lifecycle: "lifecycle",
        Pressed: "pressed",
    }
)
# A rpc that failed because of its request is everyday life; one that failed because of us is not.
_QUIET_CODES = frozenset(
    {
        Code.CANCELLED,
        Code.INVALID_ARGUMENT,
        Code.NOT_FOUND,
        Code.ALREADY_EXISTS,
        Code.PERMISSION_DENIED,
        Code.FAILED_PRECONDITION,
        Code.ABORTED,
        Code.OUT_OF_RANGE,
        Code.UNAUTHENTICATED,
    }
)
# DEL, C1 (0x9b starts an ANSI sequence on some terminals), line separators, and the signs that turn
# text around or hide in it.
_TERMINAL_TRICKS = re.compile(
    r"[\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]*")


def level_of(event: Event) -> Level:
    """How loud an event is.

    >>> level_of(Lifecycle(state="started"))
    'info'
    """
    if isinstance(event, RequestFinished):
        return "error" if is_hidden(event.status) else "info"
    if isinstance(event, CallFinished):
        if event.code is Code.OK:
            return "debug"
        return "info" if event.code in _QUIET_CODES else "warning"
    match event:
        case (
            CacheAsked()
            | CallRepeated()
            | CallRefused()
            | RateLimited()
            | TokenMistimed(loud=False)
        ):
            return "debug"
        case (
            BreakerTurned()
            | Pressed()
            | TokenMistimed()
            | StoreTurned(state="lost")
            | ReplicaTurned(state="ejected")
            | SessionTurned(state="provider-failed")
            | Lifecycle(state="unguarded" | "worker-died")
        ):
            return "warning"
        case KeysRefreshed(error=error):
            return "warning" if error else "info"
        case Crashed() | Lifecycle(state="reload-failed"):
            return "error"
        case Lifecycle() | ReplicaTurned() | StoreTurned() | SessionTurned():
            return "info"


def line_of(event: Event, *, at_s: float) -> bytes:
    """The event's line, with its newline. Keys are in declared order.

    at_s  wall time, Unix seconds
    """
    head = {"ts": timestamp(at_s), "level": level_of(event), "event": _NAMES[type(event)]}
    if isinstance(event, RequestFinished):  # one each request, and nearly always harmless as it is
        found = event._replace(elapsed_s=round(event.elapsed_s, 6))._asdict()
        with suppress(orjson.JSONEncodeError):
            line = orjson.dumps(head | found, option=orjson.OPT_APPEND_NEWLINE)
            if _is_harmless(line):
                return line
    values = (_value(it, keep_end=name == "traceback") for name, it in event._asdict().items())
    line_of_all = head | dict(zip(event._fields, values, strict=True))
    return orjson.dumps(line_of_all, option=orjson.OPT_APPEND_NEWLINE)


def _is_harmless(line: bytes) -> bool:
    """Nothing in it that `_value` would change."""
    short = len(line) <= MAX_VALUE_BYTES
    return short and line.isascii() and b"eyJ" not in line and b"\x7f" not in line


def timestamp(at_s: float) -> str:
    """RFC 3339, UTC, milliseconds.

    >>> timestamp(1738324800.1259)
    '2025-01-31T12:00:00.125Z'
    """
    seconds, milliseconds = divmod(int(at_s * 1000), 1000)
    return f"{_second(seconds)}.{milliseconds:03d}Z"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(seconds))


class Stream(Protocol):
    """What lines are written to."""

    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...


class JsonLog:
    """Writes events of at least `level` to a text stream; `lost` counts unwritten lines.

    audit  writes of clients are told whatever the level
    later  calls a function soon: lines until then are written together. By default at once.
    """

    def __init__(
        self,
        stream: Stream,
        *,
        level: Level = "debug",
        audit: bool = False,
        clock: Callable[[], float] = time,
        later: Callable[[Callable[[], None]], object] = lambda write: write(),
    ) -> None:
        self._stream = stream
        self._lowest = _RANK[level]
        self._level = level
        self._audit = audit
        self._clock = clock
        self._later = later
        self._lines: list[bytes] = []
        self.lost = 0

    def __repr__(self) -> str:
        return f"<JsonLog from {self._level}, {self.lost} lines lost>"

    def listen(self, event: Event) -> None:
        quiet = self._lowest and _RANK[level_of(event)] < self._lowest
        if quiet and not (self._audit and _is_write(event)):
            return
        self._lines.append(line_of(event, at_s=self._clock()))
        if len(self._lines) == 1:
            self._later(self._write)

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        try:
            self._stream.write(b"".join(lines).decode())
            self._stream.flush()
        except (OSError, ValueError):  # a closed pipe, a full disk, a closed file
            self.lost += len(lines)


def _is_write(event: Event) -> bool:
    """Somebody asked for a change, or signed in or out, and this is what became of it. What no
    endpoint or page knew is none.
    """
    if not isinstance(event, RequestFinished):
        return isinstance(event, SessionTurned)
    may_change = event.method not in _READS or event.status == SWITCHED
    return may_change and (event.endpoint != "" or event.status < FIRST_ERROR)


def _value(value: object, *, keep_end: bool) -> object:
    if isinstance(value, str):
        return _cut(_safe(value), keep_end=keep_end)
    if isinstance(value, IntEnum):
        return value.name
    return round(value, 6) if isinstance(value, float) else value


def _safe(text: str) -> str:
    """Without tokens, without what a terminal obeys, and without what UTF-8 can't say."""
    if "eyJ" in text:
        text = _TOKEN.sub("[token]", text)
    if text.isascii():
        return text.replace("\x7f", "\\u007f")
    text = text.encode("utf-8", "backslashreplace").decode()
    return _TERMINAL_TRICKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _cut(text: str, *, keep_end: bool) -> str:
    """At most MAX_VALUE_BYTES of UTF-8. A traceback keeps its end: the exception stands there."""
    raw = text.encode()
    if len(raw) <= MAX_VALUE_BYTES:
        return text
    mark = "..."
    room = MAX_VALUE_BYTES - len(mark)
    if keep_end:
        return mark + raw[-room:].decode(errors="ignore")
    return raw[:room].decode(errors="ignore") + mark
