"""Headers into metadata, and metadata into headers: two lists say which, all else is dropped.

Why       Metadata is how services talk among themselves: who could set any of it could be anybody
          (grpc-gateway #7281, CVE-2026-18972).
Called by edge/front.py (inbound), edge/reply.py and edge/problem.py through front (outbound).
Never     hands on a name that gRPC, HTTP or this BFF owns, whatever the lists say; never lets a
          value through that breaks a line.
Source    gRPC over HTTP/2 (Custom-Metadata); docs/spec/transcoding.md HM1-HM8;
          docs/spec/bad-input.md rows 106, 107.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bff.terms.context import Metadata
from bff.terms.errors import BadInput
from bff.terms.headers import Headers
from bff.terms.mistakes import ContractMistake

LONGEST_VALUE_BYTES = 4_096
_DROPPED: Mapping[str, int] = MappingProxyType({"authorization": 8_192, "baggage": 8_192})
"""Longest values of headers that are dropped where they do not fit: the guard refuses credentials
by itself (row 93), and whoever sent too much baggage may not know (row 111)."""

_NAME = re.compile(r"[0-9a-z_.-]{1,256}").fullmatch
_HOP_BY_HOP = frozenset(
    "connection host http2-settings keep-alive proxy-authenticate proxy-authorization"
    " proxy-connection te trailer transfer-encoding upgrade".split()
)
_ABOUT_THE_BODY = frozenset(
    "content-encoding content-length content-range content-type expect range".split()
)
_OURS = frozenset(
    "forwarded traceparent tracestate x-forwarded-for x-forwarded-host x-forwarded-proto"
    " x-real-ip x-request-id".split()
)
_NEVER_IN = _HOP_BY_HOP | _ABOUT_THE_BODY | _OURS | {"cookie", "user-agent"}
_NEVER_OUT = (
    _HOP_BY_HOP | _ABOUT_THE_BODY | _OURS | {"date", "vary", "x-bff-complete", "www-authenticate"}
)
_NEVER_BEGINS = ("grpc-", ":")
_COOKIE = "set-cookie"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataOptions:
    """Header names, in any case; one with a `*` at its end stands for all that begin so.

    forward  of a request: handed to the services
    answer   of a service's metadata, initial and trailing: handed to the client
    """

    forward: tuple[str, ...] = ("authorization", "accept-language")
    answer: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ContractMistake for a name that is never handed on."""
        for setting, never in (("forward", _NEVER_IN), ("answer", _NEVER_OUT)):
            for name in getattr(self, setting):
                _check(name, never, f"metadata.{setting}")


class MetadataRules:
    """The two lists, at work."""

    def __init__(self, options: MetadataOptions | None = None) -> None:
        options = options or MetadataOptions()
        self._forward = _Names(options.forward, never=_NEVER_IN)
        self._answer = _Names(options.answer, never=_NEVER_OUT | {_COOKIE})

    def __repr__(self) -> str:
        return f"<MetadataRules: in {self._forward!r}, out {self._answer!r}>"

    @property
    def answers(self) -> bool:
        """Whether any metadata of a service may reach a client."""
        return bool(self._answer)

    def inbound(self, headers: Headers) -> Metadata:
        """What the services get of a request's headers, all of several.

        Raises BadInput for a listed header whose value cannot be metadata (row 107, HM3)
        """
        carried: Metadata = ()
        for name in self._forward.of(headers):
            for value in headers.all(name):
                carried += _carried(name.decode(), value)
        return carried

    def outbound(self, metadata: Metadata) -> tuple[tuple[str, str], ...]:
        """What the client gets of a service's metadata: names without prefix, several stay several.

        A value that no header can hold is dropped: it is not the client's fault.
        """
        if not self._answer:
            return ()
        found = ((name, _text(value)) for name, value in metadata if name in self._answer)
        return tuple((name, value) for name, value in found if _is_visible(value))


class _Names:
    """A set of names, some of them beginnings."""

    def __init__(self, names: Iterable[str], *, never: frozenset[str]) -> None:
        lower = [name.lower() for name in names]
        self._never = never
        self._whole = frozenset(name for name in lower if not name.endswith("*"))
        self._begins = tuple(name[:-1] for name in lower if name.endswith("*"))
        self._encoded = frozenset(name.encode() for name in self._whole)

    def __repr__(self) -> str:
        return ", ".join([*sorted(self._whole), *(f"{one}*" for one in self._begins)]) or "nothing"

    def __bool__(self) -> bool:
        return bool(self._whole or self._begins)

    def of(self, headers: Headers) -> Iterable[bytes]:
        """Those that are there; with nothing but whole names, no others are looked at."""
        if not self._begins:
            return sorted(self._encoded & headers.names) if headers.any_of(self._encoded) else ()
        return [name.encode() for name in headers if name in self]

    def __contains__(self, name: object) -> bool:
        if name in self._whole:
            return True
        if not self._begins or not isinstance(name, str) or not name.startswith(self._begins):
            return False
        return bool(_NAME(name)) and name not in self._never and not _is_grpcs(name)


def _check(name: str, never: frozenset[str], where: str) -> None:
    bare = name.lower().removesuffix("*")
    if not _NAME(bare):
        raise ContractMistake(f"{name!r} is no header name", where=where)
    if name.lower() in never or _is_grpcs(bare):
        raise ContractMistake(f"{name!r} is never handed on: take it away", where=where)


def _is_grpcs(name: str) -> bool:
    return name.startswith(_NEVER_BEGINS)


def _carried(name: str, value: str) -> Metadata:
    """One header as metadata: more than one for a list of binary values, none for the dropped."""
    fits = _is_visible(value)
    if name in _DROPPED:
        return ((name, value),) if fits and len(value) <= _DROPPED[name] else ()
    if not fits or len(value) > LONGEST_VALUE_BYTES:
        what = f"send at most {LONGEST_VALUE_BYTES} visible ASCII characters"
        raise BadInput.at(name, what, reason="malformed-request")
    if name.endswith("-bin"):
        return tuple((name, _decoded(name, part.strip())) for part in value.split(","))
    return ((name, value),)


def _is_visible(value: str) -> bool:
    """Only what a line of a header may hold."""
    return value.isascii() and (value.isprintable() or not value)


def _decoded(name: str, text: str) -> bytes:
    """Base64, padded or not (HM3)."""
    bare = text.rstrip("=")
    try:
        return b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except NotBase64:
        raise BadInput.at(name, "send base64", reason="malformed-request") from None


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else b64encode(value).decode().rstrip("=")
