"""GET /openapi.json, /openapi.yaml, /docs and its assets: the document, and a page to try it on.

Why       A newcomer sees what there is without installing anything, on a machine that has no
          internet.
Called by app, which mounts the router where the public may read it.
Never     loads from another host, runs inline script, or sends a cookie; makes a document before
          somebody asks for it (that of 1,000 rpcs costs more than booting them), or twice.
Source    Content Security Policy level 3; RFC 9110 section 8.8.3 (ETag); RFC 9512 (YAML);
          docs/spec/transcoding.md OA1.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from types import MappingProxyType

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bff.compose.blueprint import Blueprint
from bff.contract.status import NOT_MODIFIED, PROBLEMS

_ASSETS = Path(__file__).parent / "assets"
_PAGE = "docs.html"
_MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
        "swagger-ui.css": "text/css; charset=utf-8",
        "favicon-32x32.png": "image/png",
        "docs.js": "text/javascript; charset=utf-8",
        "docs.css": "text/css; charset=utf-8",
    }
)
_REVALIDATE = "no-cache"
_FOREVER = "public, max-age=31536000, immutable"
_CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# data: images are the icons inside swagger-ui.css; connections are the document and "Try it out".
_PAGE_POLICY = (
    f"{_CLOSED}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One file as it is served. `version` names its bytes."""

    body: bytes
    media_type: str
    version: str
    policy: str = _CLOSED

    @classmethod
    def of(cls, body: bytes, media_type: str, policy: str = _CLOSED) -> "Leaf":
        version = blake2b(body, digest_size=12).hexdigest()
        return cls(body=body, media_type=media_type, version=version, policy=policy)

    @property
    def etag(self) -> str:
        return f'"{self.version}"'


class _Later:
    """A file that is made when it is first asked for; `make` runs once, whatever threads ask."""

    def __init__(self, make: Callable[[], Leaf]) -> None:
        self._make = make
        self._leaf: Leaf | None = None
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"<_Later {'not made yet' if self._leaf is None else self._leaf.etag}>"

    def leaf(self) -> Leaf:
        with self._lock:
            if self._leaf is None:
                self._leaf = self._make()
        return self._leaf


def pages(blueprint: Blueprint) -> tuple[BaseRoute, ...]:
    """All pages. They are no coroutines: Starlette runs them in a thread, so that no request waits
    for a document that is being made.
    """
    assets = {name: _Later(partial(_asset, name)) for name in _MEDIA_TYPES}
    whole = {
        "/openapi.json": _Later(partial(_openapi, blueprint)),
        "/openapi.yaml": _Later(partial(_yaml, blueprint)),
        "/docs": _Later(partial(_page, blueprint.title, assets)),
    }

    def page(later: _Later, request: Request) -> Response:
        return served(later.leaf(), request, _REVALIDATE)

    def asset(request: Request) -> Response:
        later = assets.get(request.path_params["name"])
        if later is None:
            raise HTTPException(PROBLEMS["not-found"].status)
        leaf = later.leaf()
        named = request.query_params.get("v") == leaf.version
        return served(leaf, request, _FOREVER if named else _REVALIDATE)

    found = [Route(path, partial(page, later)) for path, later in whole.items()]
    return (*found, Route("/docs/assets/{name}", asset))


def _openapi(blueprint: Blueprint) -> Leaf:
    from bff.publish.openapi import document  # most workers are never asked; we are in a thread

    return Leaf.of(orjson.dumps(document(blueprint)), "application/json")


def _yaml(blueprint: Blueprint) -> Leaf:
    from bff.publish.openapi import text_of

    return Leaf.of(text_of(blueprint).encode(), "application/yaml")


def _asset(name: str) -> Leaf:
    return Leaf.of((_ASSETS / name).read_bytes(), _MEDIA_TYPES[name])


def served(leaf: Leaf, request: Request, caching: str) -> Response:
    """The file, or a 304 for a client that has these very bytes."""
    headers = {
        "etag": leaf.etag,
        "cache-control": caching,
        "content-security-policy": leaf.policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "x-frame-options": "DENY",
    }
    if holds(request.headers.get("if-none-match", ""), leaf.etag):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(leaf.body, media_type=leaf.media_type, headers=headers)


def holds(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match names this entity tag; a weak one counts (RFC 9110 13.1.2).

    >>> holds('W/"a", "b"', '"a"'), holds("*", '"a"'), holds("", '"a"')
    (True, True, False)
    """
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in ("*", etag) for tag in tags)


def _page(title: str, assets: Mapping[str, _Later]) -> Leaf:
    text = (_ASSETS / _PAGE).read_text(encoding="utf-8")
    for name, later in assets.items():
        text = text.replace(f"{{{name}}}", later.leaf().version)
    text = text.replace("{title}", html.escape(title))
    return Leaf.of(text.encode(), "text/html; charset=utf-8", _PAGE_POLICY)
