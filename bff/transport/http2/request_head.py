"""The header block of a call: what never changes cached per path, the rest appended. Pure.

Called by connection.py.
Never     sends a name that gRPC or HTTP owns, or a value that breaks a line: that is a mistake of
          ours, and a ValueError.
Source    gRPC over HTTP/2 (Requests); docs/spec/reliability.md section 1 (metadata).
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from math import ceil, inf
from time import monotonic
from typing import TypeVar

from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.transport.http2.hpack import HTTP, HTTPS, POST, integer, literal, name_prefix

_NAME = re.compile(rb"[0-9a-z_.-]+").fullmatch
_OWNED = frozenset(
    b"connection content-length content-type host keep-alive proxy-connection te trailer"
    b" transfer-encoding upgrade user-agent".split()
)
_TIMEOUT = name_prefix(b"grpc-timeout")
_MOST = 99_999_999
_MOST_REMEMBERED = 4_096
_SIZES = tuple(bytes((size,)) for size in range(127))
_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")
_CREDENTIALS = "authorization"
_FIXED: Mapping[bytes, bytes] = {
    b"te": b"trailers",
    b"content-type": b"application/grpc",
    b"user-agent": b"grpc-bff/1",
    b"grpc-accept-encoding": b"identity,gzip",
}


class RequestHeads:
    """Makes the header blocks of one target; remembers the still part of each path."""

    def __init__(self, *, authority: str, secure: bool) -> None:
        self._start = POST + (HTTPS if secure else HTTP)
        self._authority = authority.encode("ascii")
        self._paths: dict[str, bytes] = {}
        self._timeouts: dict[int, bytes] = {}
        self._names: dict[str, tuple[bytes, bool]] = {}
        self._usual: dict[Metadata, bytes] = {}

    def __repr__(self) -> str:
        return f"<RequestHeads for {self._authority.decode()}, {len(self._paths)} paths>"

    def metadata(self, metadata: Metadata) -> bytes:
        """The fields of one call's metadata. Raises ValueError for what must not be sent.

        The first differs from call to call; the others mostly stay, and are remembered.
        """
        if not metadata:
            return b""
        others = metadata[1:]
        usual = self._usual.get(others)
        if usual is None:
            usual = b"".join(map(self._field, others))
            if _CREDENTIALS not in [name for name, _ in others]:
                _remember(self._usual, others, usual)
        return self._field(metadata[0]) + usual

    def block(self, path: str, fields: bytes, deadline: Deadline) -> bytes:
        """The whole block of one call; `fields` as `metadata` made them."""
        still = self._paths.get(path)
        if still is None:
            still = _remember(self._paths, path, self._still(path))
        left_ms = ceil((deadline.at_s - monotonic()) * 1000) if deadline.at_s < inf else 0
        timeout = self._timeouts.get(left_ms)
        if timeout is None:
            timeout = self._timeout(deadline, left_ms)
        return still + timeout + fields

    def _timeout(self, deadline: Deadline, left_ms: int) -> bytes:
        """Most calls have a short time left: each of those fields is made once."""
        if deadline.at_s == inf:
            return b""
        timeout = timeout_field(left_ms)
        if 0 < left_ms <= _MOST_REMEMBERED:
            self._timeouts[left_ms] = timeout
        return timeout

    def _still(self, path: str) -> bytes:
        fields = {b":path": path.encode("ascii"), b":authority": self._authority, **_FIXED}
        return self._start + b"".join(literal(name, value) for name, value in fields.items())

    def _field(self, pair: tuple[str, str | bytes]) -> bytes:
        name, value = pair
        known = self._names.get(name)
        if known is None:
            known = _remember(self._names, name, (_checked_prefix(name), name.endswith("-bin")))
        prefix, is_binary = known
        sent = _binary(value) if is_binary else _text(name, value)
        size = len(sent)
        return prefix + (_SIZES[size] if size < 127 else integer(size, bits=7)) + sent


def _remember(cache: dict[_Key, _Kept], key: _Key, value: _Kept) -> _Kept:
    """Keep `value`; a cache that has grown strange (names made up by clients) starts anew."""
    if len(cache) >= _MOST_REMEMBERED:
        cache.clear()
    cache[key] = value
    return value


def timeout_field(left_ms: int) -> bytes:
    """The grpc-timeout field; in seconds where milliseconds are too long for its eight digits.

    >>> timeout_field(1_500)[-5:], timeout_field(10**9)[-8:]
    (b'1500m', b'1000000S')
    """
    long = left_ms > _MOST
    value = b"%dS" % min(left_ms // 1000, _MOST) if long else b"%dm" % max(1, left_ms)
    return _TIMEOUT + bytes((len(value),)) + value


def _checked_prefix(name: str) -> bytes:
    raw = name.encode("ascii")
    if not _NAME(raw) or raw in _OWNED or raw.startswith(b"grpc-"):
        raise ValueError(f"metadata may not be named {name!r}")
    return name_prefix(raw)


def _text(name: str, value: str | bytes) -> bytes:
    text = value if isinstance(value, str) else value.decode("latin-1")
    if not (text.isascii() and text.isprintable()):
        raise ValueError(f"metadata {name!r} has a value that is not printable ASCII")
    return text.encode().strip(b" ")


def _binary(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return b64encode(raw).rstrip(b"=")
