"""What is wrong with the head of a request, before anybody acts on it. Pure.

Why       Two readers of one connection that disagree on where a request ends, or whom it is for,
          can be made to smuggle one. The parser refuses most of what is doubtful; this refuses the
          rest, so that the accepted set is the same whatever proxy stands in front.
Called by protocol.py: once for each head that known.py does not know.
Never     mends a request: what is doubtful is refused, and the connection closed.
Source    RFC 9112 sections 3, 5, 6, 11.2; RFC 9110 sections 7.2, 10.1.1; docs/spec/bad-input.md
          rows 1-25.
"""

import re
from typing import NamedTuple

from bff.contract.status import PROBLEMS

Sent = list[tuple[bytes, bytes]]
ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_BODILESS = frozenset({b"GET", b"HEAD"})
_REFUSED = frozenset({b"CONNECT", b"TRACE"})
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)
_ABSOLUTE = re.compile(rb"[Hh][Tt][Tt][Pp][Ss]?://([^/?#]*)([^#]*)")
_EMPTY_LINES = re.compile(rb"(?:\r\n)*")
_END = b"\r\n\r\n"
_TORN_END = re.compile(rb"\r?\n(?:\r\n)?")
MOST_DIGITS = 20
"""Of a length: to read thousands of them takes long, and Python refuses to."""
LINE_BYTES = 20
"""Of a request line beside its target: a method, two spaces, HTTP/1.1."""


class Flaw(NamedTuple):
    """Why a request is refused. `status` None: that of the reason."""

    reason: str
    detail: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Flawed(Exception):
    """Ends the parsing of a connection."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.detail)
        self.flaw = flaw


class HeadLimits(NamedTuple):
    """What a head may be. `hosts` () allows any."""

    line_bytes: int
    head_bytes: int
    headers: int
    hosts: tuple[bytes, ...] = ()


class Seen(NamedTuple):
    """A whole head, as the parser gave it: names in lower case.

    raw  the bytes that it was read from, at least its first line
    """

    method: bytes
    target: bytes
    version: str
    headers: Sent
    raw: bytes


def malformed(detail: str) -> Flaw:
    return Flaw("malformed-request", detail)


TOO_LONG = Flaw("uri-too-long", "The request line is too long.")
TOO_LARGE = Flaw("headers-too-large", "The headers are too many, or too large.")
UNVERSIONED = malformed("HTTP/0.9 is not served: name a version of HTTP behind the target.")
UNSUPPORTED = Flaw("http-version-not-supported", "This server speaks HTTP/1.1.")
PADDED = Flaw(
    "headers-too-large",
    "The chunk extensions and trailers are too large.",
    PROBLEMS["malformed-request"].status,
)
NOT_ALLOWED = Flaw("method-not-allowed", "This method is not served.", headers=(("allow", ALLOW),))
CUT = malformed("The body is shorter than its Content-Length.")
LATE = Flaw("request-timeout", "The request did not arrive in time.")


def head_end(data: bytes, start: int) -> int:
    """Where the head that begins at `start` ends, or the data."""
    if data.startswith(b"\r\n", start):
        start += _lead(data, start)
    found = data.find(_END, start)
    return len(data) if found < 0 else found + len(_END)


def further_end(data: bytes, start: int) -> int:
    """Where a head or a chunked body that began earlier may end, or the data: never behind the
    place where the next request begins.
    """
    torn = _TORN_END.match(data, start)
    return torn.end() if torn else head_end(data, start)


def flaw_of(seen: Seen, limits: HeadLimits) -> Flaw | None:
    """The first thing that is wrong with a head, None where nothing is."""
    return (
        _in_line(seen, limits)
        or _in_size(seen.headers, limits)
        or _in_framing(seen)
        or _in_host(seen, limits.hosts)
    )


def flaw_of_part(
    target: bytes, headers: Sent, *, head_bytes: int, limits: HeadLimits
) -> Flaw | None:
    """What is wrong already with a head that is not whole yet."""
    if len(target) > limits.line_bytes:
        return TOO_LONG
    if head_bytes > limits.line_bytes + limits.head_bytes or len(headers) > limits.headers:
        return TOO_LARGE
    return None


def _in_line(seen: Seen, limits: HeadLimits) -> Flaw | None:
    if seen.version in ("0.9", "0.0"):
        return UNVERSIONED
    if seen.version not in ("1.1", "1.0"):
        return UNSUPPORTED
    if seen.method in _REFUSED:
        return NOT_ALLOWED
    if len(seen.target) + LINE_BYTES > limits.line_bytes:
        return TOO_LONG
    if not seen.raw.startswith(_line(seen), _lead(seen.raw)):
        return malformed("One space stands between the parts of a request line.")
    if b"#" in seen.target:
        return malformed("The target has a fragment, which is never sent.")
    if seen.target[:1] != b"/" and not _ABSOLUTE.fullmatch(seen.target):
        return malformed("The target is neither a path nor an http URL.")
    return None


def _line(seen: Seen) -> bytes:
    return b"%b %b HTTP/%b\r\n" % (seen.method, seen.target, seen.version.encode())


def is_head(raw: bytes) -> bool:
    """Whether a request, whole or not, asks for no body of its answer."""
    return raw.lstrip(b"\r\n").startswith(b"HEAD ")


def line_of(raw: bytes, most: int) -> bytes:
    """Enough of what has come of a request to judge its line: `most` bytes, without empty lines."""
    return raw if len(raw) <= most else raw[_lead(raw) :][:most]


def length_of(value: bytes) -> int:
    """The number that the parser took for one. Raises Flawed for one of too many digits."""
    if len(value) > MOST_DIGITS:
        raise Flawed(malformed("The Content-Length has too many digits."))
    return int(value)


def _lead(raw: bytes, start: int = 0) -> int:
    """How many bytes of empty lines are before a request (RFC 9112 2.2)."""
    found = _EMPTY_LINES.match(raw, start)
    return found.end() - start if found else 0


def _in_size(headers: Sent, limits: HeadLimits) -> Flaw | None:
    if len(headers) > limits.headers:
        return TOO_LARGE
    size = sum(len(name) + len(value) + 4 for name, value in headers)
    return TOO_LARGE if size > limits.head_bytes else None


def _in_framing(seen: Seen) -> Flaw | None:
    """The parser has refused both lengths at once, two of them, and one that is no number."""
    codings = [value for name, value in seen.headers if name == b"transfer-encoding"]
    if codings and (len(codings) > 1 or codings[0].strip().lower() != b"chunked"):
        return malformed("The only Transfer-Encoding is chunked.")
    if codings and seen.version == "1.0":
        return malformed("HTTP/1.0 has no Transfer-Encoding.")
    named = dict(seen.headers)
    has_body = bool(codings) or named.get(b"content-length", b"0").strip(b" \t0") != b""
    if has_body and seen.method in _BODILESS:
        return malformed("A GET has no body, and neither has a HEAD.")
    expected = named.get(b"expect")
    if expected is not None and expected.lower() != b"100-continue":
        return Flaw("expectation-failed", "The only expectation that is met is 100-continue.")
    return None


def _in_host(seen: Seen, allowed: tuple[bytes, ...]) -> Flaw | None:
    hosts = [value for name, value in seen.headers if name == b"host"]
    if len(hosts) > 1:
        return malformed("There are two Host headers.")
    if not hosts and seen.version == "1.1":
        return malformed("There is no Host header.")
    if any(not _HOST.fullmatch(host) for host in hosts):
        return malformed("The Host header is no host.")
    absolute = _ABSOLUTE.fullmatch(seen.target)
    if absolute:
        hosts = [absolute[1]]
        if not _HOST.fullmatch(absolute[1]):
            return malformed("The target's host is none.")
    if allowed and not any(_name(host) in allowed for host in hosts):
        return Flaw("misdirected-request", "This host is not served here.")
    return None


def _name(host: bytes) -> bytes:
    """A host without its port."""
    if host.startswith(b"["):
        return host.partition(b"]")[0].lower() + b"]"
    return host.partition(b":")[0].lower()


def relative(target: bytes, headers: Sent) -> tuple[bytes, Sent]:
    """An absolute target as a path; its host takes the place of the header's (RFC 9112 3.2.2)."""
    found = _ABSOLUTE.fullmatch(target)
    if found is None:
        return target, headers
    path = found[2] if found[2].startswith(b"/") else b"/" + found[2]
    others = [pair for pair in headers if pair[0] != b"host"]
    return path, [(b"host", found[1]), *others]
