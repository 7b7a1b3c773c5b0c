"""GET /openapi.json, /openapi.yaml, /docs and its assets: the document, and a page to try it on.

Why       A newcomer sees what there is without installing anything, on a machine that has no
          internet.
Called by app, which mounts the router where the public may read it.
Never     loads from another host, runs inline script, or sends a cookie; the document is made once,
          at boot.
Source    Content Security Policy level 3; RFC 9110 section 8.8.3 (ETag); RFC 9512 (YAML);
          docs/spec/transcoding.md OA1.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

import orjson
from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bff.compose.blueprint import Blueprint
from bff.contract.status import NOT_MODIFIED, PROBLEMS
from bff.publish.openapi import document, text_of

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
_METHODS = ("GET", "HEAD")
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


def pages(blueprint: Blueprint) -> APIRouter:
    """All pages. Everything is read and written now, so that no request reads a file."""
    assets = {
        name: Leaf.of((_ASSETS / name).read_bytes(), kind) for name, kind in _MEDIA_TYPES.items()
    }
    openapi = Leaf.of(orjson.dumps(document(blueprint)), "application/json")
    yaml = Leaf.of(text_of(blueprint).encode(), "application/yaml")
    page = Leaf.of(_page(blueprint.title, assets), "text/html; charset=utf-8", _PAGE_POLICY)
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/openapi.json", methods=list(_METHODS))
    async def openapi_json(request: Request) -> Response:
        return served(openapi, request, _REVALIDATE)

    @routes.api_route("/openapi.yaml", methods=list(_METHODS))
    async def openapi_yaml(request: Request) -> Response:
        return served(yaml, request, _REVALIDATE)

    @routes.api_route("/docs", methods=list(_METHODS))
    async def docs(request: Request) -> Response:
        return served(page, request, _REVALIDATE)

    @routes.api_route("/docs/assets/{name}", methods=list(_METHODS))
    async def asset(name: str, request: Request) -> Response:
        if name not in assets:
            raise HTTPException(PROBLEMS["not-found"].status)
        named = request.query_params.get("v") == assets[name].version
        return served(assets[name], request, _FOREVER if named else _REVALIDATE)

    return routes


def served(leaf: Leaf, request: Request, caching: str) -> Response:
    """The file, or a 304 for a client that has these very bytes."""
    headers = {
        "etag": leaf.etag,
        "cache-control": caching,
        "content-security-policy": leaf.policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
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


def _page(title: str, assets: Mapping[str, Leaf]) -> bytes:
    text = (_ASSETS / _PAGE).read_text(encoding="utf-8")
    for name, leaf in assets.items():
        text = text.replace(f"{{{name}}}", leaf.version)
    return text.replace("{title}", html.escape(title)).encode()
