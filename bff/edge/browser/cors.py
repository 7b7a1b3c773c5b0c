"""Tell a browser which pages of other sites may read an answer, and answer when it asks first.

Why       Without these headers a page of another site reads nothing, which is what most want. With
          them on a list, it is a decision in one place and not in each service.
How       The longest prefix of the path decides which list holds. All headers are made at boot.
Called by front.py, for each request; origin.py, for streams.
Never     gives an unlisted page any header that it could tell one from another by; reflects an
          Origin that is not on the list, or "null"; says "*" where cookies count.
Source    Fetch Standard "HTTP-network-or-cache fetch", "CORS-preflight fetch"; RFC 9110 12.5.5;
          docs/spec/bad-input.md rows 101, 120.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import unquote

from bff.contract.status import NO_CONTENT
from bff.edge.browser.options import ANY, CorsOptions, check_prefixes
from bff.edge.reply import Headers, Reply
from bff.edge.request import Head

METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE"
SENT: Final = tuple(
    "accept authorization content-type grpc-timeout idempotency-key if-match if-none-match"
    " last-event-id traceparent tracestate x-csrf x-request-id x-request-timeout x-server-timeout"
    " x-version".split()
)
"""What a page may send everywhere: whatever our endpoints read."""
READ: Final = tuple(
    "cache-status etag idempotency-replayed location ratelimit ratelimit-policy retry-after"
    " www-authenticate x-bff-complete x-cache-status x-request-id x-version".split()
)
"""What it may read everywhere, beside what browsers give it anyway."""
_VARY = (b"vary", b"origin")
_VARY_ASKED = (
    b"vary",
    b"origin, access-control-request-method, access-control-request-headers",
)
_CREDENTIALS = (b"access-control-allow-credentials", b"true")
NO_PATHS: Mapping[str, CorsOptions] = MappingProxyType({})


class _List(NamedTuple):
    """One list, ready to be sent.

    standing  what every answer has, whoever asks
    read      what an answer to a listed page has beside its name
    asked     what a preflight of a listed page has beside its name
    """

    origins: frozenset[str]
    any: bool
    credentials: bool
    standing: Headers
    read: Headers
    asked: Headers

    def names(self, origin: str) -> Headers:
        """That this page may: () if not."""
        if self.any:
            return ((b"access-control-allow-origin", b"*"),)
        if origin not in self.origins:
            return ()
        return ((b"access-control-allow-origin", origin.encode("latin-1")),)


class Cors:
    """paths  prefix -> the list for it, in place of `usually`

    Raises   ContractMistake for a prefix that is none
    """

    def __init__(
        self, usually: CorsOptions | None = None, paths: Mapping[str, CorsOptions] = NO_PATHS
    ) -> None:
        check_prefixes(paths)
        self._usually = _list_of(usually or CorsOptions())
        longest_first = sorted(paths.items(), key=lambda one: -len(one[0]))
        self._paths = tuple((prefix, _list_of(one)) for prefix, one in longest_first)
        every = (self._usually, *(one for _, one in self._paths))
        self.on = any(one is not None for one in every)

    def __repr__(self) -> str:
        named = [("/", self._usually), *self._paths]
        told = [f"{len(one.origins) or ANY} at {prefix}" for prefix, one in named if one]
        return f"<Cors {', '.join(told) or 'off'}>"

    def answer(self, head: Head) -> Reply | None:
        """What a preflight is told; None for any other request, and for a page on no list: that
        one is answered as if nobody had asked.
        """
        if not self.on or head.method != "OPTIONS":
            return None
        headers = head.headers
        if not headers.has(b"access-control-request-method"):
            return None
        found = self._of(head.path)
        if found is None or not (names := found.names(headers.text(b"origin"))):
            return None
        return Reply(NO_CONTENT, headers=(*names, *found.asked, _VARY_ASKED))

    def headers(self, path: str, origin: str) -> Headers:
        """What every other answer has beside its own. `origin`: "" where none was sent."""
        found = self._of(path) if self.on else None
        if found is None:
            return ()
        names = found.names(origin)
        return (*names, *found.read, *found.standing) if names else found.standing

    def opens(self, head: Head) -> bool:
        """Whether the page of this request may open a stream here: one that sends no cookies, for
        a list without credentials, since nobody asks us before a WebSocket sends them.
        """
        found = self._of(head.path) if self.on else None
        if found is None or not found.names(head.headers.text(b"origin")):
            return False
        return found.credentials or not head.headers.has(b"cookie")

    def _of(self, path: str) -> _List | None:
        if self._paths:
            path = unquote(path) if "%" in path else path
            for prefix, one in self._paths:
                if path.startswith(prefix):
                    return one
        return self._usually


def _list_of(options: CorsOptions) -> _List | None:
    """None where no page of another site may."""
    if not options.origins:
        return None
    anybody = ANY in options.origins
    with_cookies = (_CREDENTIALS,) if options.credentials else ()
    return _List(
        origins=frozenset(options.origins) - {ANY},
        any=anybody,
        credentials=options.credentials,
        standing=() if anybody else (_VARY,),
        read=(
            *with_cookies,
            (b"access-control-expose-headers", _joined((*READ, *options.exposed))),
        ),
        asked=(
            *with_cookies,
            (b"access-control-allow-methods", METHODS.encode()),
            (b"access-control-allow-headers", _joined((*SENT, *options.headers))),
            (b"access-control-max-age", b"%d" % options.max_age_s),
        ),
    )


def _joined(names: Iterable[str]) -> bytes:
    return ", ".join(sorted({name.lower() for name in names})).encode()
