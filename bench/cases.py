"""What is asked, and what must come back: the same for every gateway.

Called by stages.py, quick.py, wrk.py, load.py.
Never     knows a gateway.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of request.

    name     for the command line and for figures: "unary-0.5k"
    title    for people: "unary, 0.5 KB"
    paths    asked in turn
    body     the sample that is posted, "" for a GET
    answer   the sample that must come back
    screen   it takes three calls: a proxy that only translates can't serve it
    as_view  the sample that our view answers with: it has rules of its own for enums and integers
    ours     one of our own ways to write the screen: peers have one, which is `screen`
    """

    name: str
    title: str
    paths: tuple[str, ...]
    answer: str
    body: str = ""
    headers: Headers = ()
    screen: bool = False
    as_view: str = ""
    ours: bool = False

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    def body_of(self, samples: Path) -> bytes:
        """The bytes to post."""
        return Path(samples, f"{self.body}.json").read_bytes() if self.body else b""

    def headers_sent(self) -> Headers:
        """All headers but those of the connection."""
        return (("Content-Type", "application/json"), *self.headers) if self.body else self.headers


# What a browser adds to a fetch(). No Authorization: nobody signs in while we measure.
BROWSER: Headers = (
    ("Accept", "application/json, text/plain, */*"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "en-GB,en;q=0.9,nb;q=0.8"),
    ("Cookie", "theme=dark; consent=all; visit=4f1c9ad2e0b84d76a3f5c1"),
    ("Origin", "https://app.example.org"),
    ("Priority", "u=1, i"),
    ("Referer", "https://app.example.org/profile"),
    ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Site", "same-site"),
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("X-Request-Id", "c1a0b7e4-5d0f-4a53-9d5e-0f6f2f6f5e11"),
    ("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
)

USER = Case(name="unary-0.5k", title="unary, 0.5 KB", paths=("/v1/users/zoe",), answer="user")
LINKS = Case(
    name="unary-5k", title="unary, 5 KB", paths=("/v1/users/zoe/links?pageSize=20",), answer="links"
)
ITEMS = Case(
    name="unary-44k",
    title="unary, 44 KB",
    paths=("/v1/users/zoe/items?pageSize=100",),
    answer="items",
)
POST = Case(
    name="post", title="POST, 0.5 KB both ways", paths=("/v1/users",), answer="user", body="user"
)
HEADERS = Case(
    name="browser",
    title="0.5 KB, 12 browser headers",
    paths=USER.paths,
    answer="user",
    headers=BROWSER,
)
UNIQUE = Case(name="unique", title="0.5 KB, unique reply headers", paths=USER.paths, answer="user")
HOME = Case(
    name="screen",
    title="three calls, 13 KB",
    paths=("/web/v1/home/zoe",),
    answer="home",
    as_view="home-view",
    screen=True,
)
BY_HAND = Case(
    name="by-hand",
    title="the same three calls as a function",
    paths=("/web/v1/home-by-hand/zoe",),
    answer="home",
    screen=True,
    ours=True,
)
BY_NAME: Mapping[str, Case] = MappingProxyType(
    {one.name: one for one in (USER, LINKS, ITEMS, POST, HEADERS, UNIQUE, HOME, BY_HAND)}
)


def same_json(found: bytes, expected: bytes) -> bool:
    """Whether two documents mean the same: order and spelling of numbers aside.

    >>> same_json(b'{"a": 9.0, "b": "x"}', b'{"b":"x","a":9}')
    True
    """
    return bool(_parsed(found) == _parsed(expected))


def _parsed(document: bytes) -> Any:
    try:
        return json.loads(document)
    except ValueError:
        return document
