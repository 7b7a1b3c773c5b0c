"""How long will the client wait? Its own hint may shorten a request's time, never lengthen it.

Called by edge/front.py.
Never     takes a hint that it cannot read for "no limit": that is a BadInput.
Source    gRPC over HTTP/2 (Timeout); docs/spec/transcoding.md HM9, HM10; docs/spec/bad-input.md
          row 108.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from bff.terms.errors import BadInput
from bff.terms.headers import Headers

_GRPC = re.compile(r"([0-9]{1,8})([HMSmun])", re.ASCII).fullmatch
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII).fullmatch
_UNITS_S: Mapping[str, float] = MappingProxyType(
    {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
)
_IN_SECONDS = ("x-request-timeout", "x-server-timeout")


def allowed_s(headers: Headers, *, most_s: float) -> float:
    """Seconds that this request may take: the least of `most_s` and the client's hints.

    Raises   BadInput for a hint that is malformed, zero or negative

    >>> allowed_s(Headers.of([("grpc-timeout", "300m")]), most_s=2.0)
    0.3
    """
    if not hints(headers):
        return most_s
    for name, read in _READERS:
        if headers.has(name):
            most_s = min(most_s, _positive(name.decode(), read(headers.text(name))))
    return most_s


def hints(headers: Headers) -> bool:
    """Whether the client says how long it will wait."""
    return headers.any_of(_HINTS)


def _grpc_s(text: str) -> float:
    found = _GRPC(text)
    return int(found[1]) * _UNITS_S[found[2]] if found else 0.0


def _seconds_s(text: str) -> float:
    return float(text) if _SECONDS(text) else 0.0


_READERS = (
    (b"grpc-timeout", _grpc_s),
    *((name.encode(), _seconds_s) for name in _IN_SECONDS),
)
_HINTS = frozenset(name for name, _ in _READERS)


def _positive(name: str, seconds: float) -> float:
    if seconds > 0.0:
        return seconds
    example = "such as 1.5, in seconds" if name in _IN_SECONDS else "such as 300m or 10S"
    raise BadInput.at(name, f"send a time above 0, {example}", reason="malformed-request")
