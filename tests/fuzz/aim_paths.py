"""Targets of requests: the router, the query reader and the binder.

Promise   A match, a miss or a BadInput, whatever comes. What is accepted means the same however it
          is escaped, and by the short way as by the long one.
Called by aims.py.
"""

import re
from functools import cache
from urllib.parse import parse_qsl, quote

from google.protobuf.message import Message
from hypothesis import strategies as st

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.request.bind import Binder
from bff.contract.request.query import pairs
from bff.contract.routes.path_template import PathTemplate, Variable
from bff.contract.routes.router import Match, MethodNotAllowed, Router
from bff.terms.errors import BadInput
from tests.fuzz.aim import Aim
from tests.openapi.echo import SERVICE, catalog

_MORE = (
    "/v1/a",
    "/v1/{text}",
    "/v1/{text}/b",
    "/v1/{text=**}:read",
    "/f/{text=**}",
    "/f/{text=a/*/b/**}",
    "/{text}:go",
    "/{text}:go:on",
    "/w/*/m/{text}",
    "/t/{text=**}/end",
)
_TOKEN = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
_TWICE = "%2541"
"""What became an A, if it were decoded twice."""
_ALL = re.compile(rb"%([0-9A-Fa-f]{2})")
_ALL_BUT_SLASHES = re.compile(rb"%(?!2[Ff])([0-9A-Fa-f]{2})")
_SLASH = re.compile("%2f", re.IGNORECASE)

Found = tuple[object, ...]


@cache
def _router() -> Router[Binder | str]:
    rpc = catalog().methods[f"{SERVICE}/Whole"]
    codec, limits = Codec(JsonOptions()), JsonLimits()
    served = [
        (one.method, one.template, Binder(rpc.request, one, codec=codec, limits=limits))
        for one in rpc.bindings
    ]
    more = [("GET", PathTemplate.parse(text), text) for text in _MORE]
    return Router([*served, *more])


def check(data: bytes) -> str:
    """An input is a method, a space, and a target."""
    method, _, target = data.decode("latin-1").partition(" ")
    path, _, query = target.partition("?")
    read = _query(query)
    try:
        found = _router().match(method, path)
    except BadInput as bad:
        return f"path {bad.reason}"
    if found is None:
        return "none"
    if isinstance(found, MethodNotAllowed):
        assert method not in found.allowed
        return "method"
    _check_escaped(method, path, found)
    if isinstance(found.target, Binder):
        return _bound(found.target, found.values, query, read)
    twice = " twice" if _TWICE in path else ""
    return f"{found.target} {read}{twice}"


def _query(query: str) -> str:
    """What became of a query, by itself; escaped whole it is the same."""
    try:
        found = pairs(query)
    except BadInput as bad:
        return f"query {bad.reason}"
    assert found == pairs(_escaped_query(query))
    theirs = parse_qsl(query, keep_blank_values=True)  # nobody reads =%ff
    assert found == [pair for pair in theirs if pair[0]]
    return "query"


def _escaped_query(query: str) -> str:
    return "&".join(f"{_every(name)}={_every(value)}" for name, value in pairs(query))


def _every(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _check_escaped(method: str, path: str, found: "Match[Binder | str]") -> None:
    """Escapes in place of letters, and their digits in the other case, change no value."""
    segments = path[1:].split("/")
    places = {at for one in found.template.variables for at in _places(one, len(segments))}
    places -= _literals(found.template, len(segments))
    if ":" in segments[-1]:
        places.discard(len(segments) - 1)  # what is behind the colon may be a verb
    _check_values(found, [one if at in places else "" for at, one in enumerate(segments)])
    for at in places:
        segments[at] = _TOKEN.sub(lambda token: _other(token[0]), segments[at])
    again = _router().match(method, "/" + "/".join(segments))
    assert isinstance(again, Match)
    assert found.target is again.target
    assert [_alike(one) for one in found.values] == [_alike(one) for one in again.values]


def _check_values(found: "Match[Binder | str]", raw: list[str]) -> None:
    """Each value is its segments, decoded once; "" stands for those that are not to be looked at.

    Of a value with slashes of its own, those that came escaped stay so (PM8).
    """
    for variable, value in zip(found.template.variables, found.values, strict=True):
        held = raw[variable.start : variable.end]
        if all(held):
            pattern = _ALL_BUT_SLASHES if variable.multi else _ALL
            assert value == _once("/".join(held), pattern)


def _once(raw: str, pattern: re.Pattern[bytes]) -> str:
    return pattern.sub(lambda found: bytes([int(found[1], 16)]), raw.encode("latin-1")).decode()


def _places(variable: Variable, count: int) -> range:
    return range(count)[variable.start : variable.end]


def _literals(template: PathTemplate, count: int) -> set[int]:
    """Where a path of so many segments holds the template's own words, which are compared raw."""
    parts = template.segments
    multi = parts.index("**") if "**" in parts else len(parts)
    wild = ("*", "**")
    return {
        at if at < multi else at - len(parts) + count
        for at, part in enumerate(parts)
        if part not in wild
    }


def _other(token: str) -> str:
    if len(token) == 3:
        return token.swapcase()
    return f"%{ord(token):02x}" if token.isalnum() else token


def _alike(value: str) -> str:
    """The escape of a slash stays as it was sent (PM8)."""
    return _SLASH.sub("%2F", value)


def _bound(binder: Binder, values: tuple[str, ...], query: str, read: str) -> str:
    plain = _request(binder, values, query)
    if read == "query":
        assert plain == _request(binder, values, _escaped_query(query))
    return str(plain[0]) if plain[0] == "bound" else f"{read} {plain[0]}"


def _request(binder: Binder, values: tuple[str, ...], query: str) -> Found:
    """What it means, three times: the second and third may be remembered from the first."""
    once, wire, again = (
        _tried(binder, values, query, short=short) for short in (False, True, True)
    )
    assert once == wire == again
    return once


def _tried(binder: Binder, values: tuple[str, ...], query: str, *, short: bool) -> Found:
    try:
        message = binder.bind(values, query, b"")
        if short:
            message = type(message).FromString(binder.wire(values, query, b""))
    except BadInput as bad:
        return bad.reason, [one.path for one in bad.violations]
    return "bound", _bytes(message)


def _bytes(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)


_SEGMENTS = st.one_of(
    st.sampled_from(
        "v1 query in text a b f w m t end shelves x y:z go .. . %2e %2f %2541 %25 é".split()
    ),
    st.text("ab1%2Ff:.*{}=;+ \0", max_size=6),
    st.text(max_size=4).map(quote),
    st.sampled_from(
        "1 true MOOD_CALM 2024-01-01T00:00:00Z 99999999999 a:read a:go a:go:on".split()
    ),
)
_NAMES = st.one_of(
    st.sampled_from(
        "text i32 u64 flag mood words inner.name twin.text labels[a] byName[x] at span mask extra"
        " maybe wide street host nowhere raw real __proto__ customer @custom numbers".split()
    ),
    st.text("ab.[]%5B+", max_size=8),
)
_VALUES = st.one_of(
    st.sampled_from("1 -1 +1 1e3 true T NaN a b.c 1.5s null {} %7B%7D %00 %ff %zz YQ==".split()),
    st.text("01aé%+&=;", max_size=6),
)
_SHAPES = (
    "/v1/query",
    "/v1/query",
    "/v1/query",
    "/v1/in/*/1/2/true/MOOD_CALM/2024-01-01T00:00:00Z/*",
    "/v1/in/*/*/*/*/*/*/*",
    "/v1/text/*/number/*",
    "/v1/shelves/*/books/*:read",
    "/v1/*",
    "/v1/*/b",
    "/v1/*/*:read",
    "/f/*/*/*",
    "/f/a/*/b/*/*",
    "/*:go",
    "/*:go:on",
    "/w/*/m/*",
    "/t/*/*/end",
)


@st.composite
def _inputs(draw: st.DrawFn) -> bytes:
    method = draw(st.sampled_from(["GET", "GET", "GET", "POST", "PUT", "HEAD", "get", "*", ""]))
    shape = draw(st.sampled_from([*_SHAPES, *_SHAPES, ""]))
    held = draw(st.lists(_SEGMENTS, min_size=0 if shape else 1, max_size=9))
    path = shape or "/" + "/".join(held)
    for one in held:
        path = path.replace("*", one, 1)
    if draw(st.integers(0, 3)):  # most requests are meant
        path = re.sub("[^!-~]", lambda found: quote(found[0]), path)
    parts = draw(st.lists(st.tuples(_NAMES, _VALUES).map("=".join), max_size=4))
    sent = f"{method} {path}?{'&'.join(parts)}"
    return sent.encode("utf-8", "replace")


PATHS = Aim("paths", _inputs(), check)
