"""htmx: one vendored file, where it is served, and the lines of a document that load it.

Why       A part that is slow fills itself in, and a link swaps a part, with no script of anybody's.
Called by edge/pages/views.py (the lines), app (the route).
Never     loads from another host; evaluates text as script; takes a page from another host.
Source    htmx 2 "Configuration"; Subresource Integrity; RFC 8246 (immutable).
"""

import json
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha384
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bff.compose.endpoint import Endpoint

VERSION = "2.0.11"
PATH = f"/bff/htmx-{VERSION}.min.js"
_FILE = Path(__file__).parent / "assets" / "htmx.min.js"
_FOREVER = "public, max-age=31536000, immutable"


def routes(endpoints: Iterable[Endpoint]) -> tuple[Route, ...]:
    """Where the file is served: nowhere, if no endpoint has pages."""
    if not any(one.page for one in endpoints):
        return ()

    def serve(_request: Request) -> Response:
        headers = {"cache-control": _FOREVER, "x-content-type-options": "nosniff"}
        return Response(_bytes(), media_type="text/javascript", headers=headers)

    return (Route(PATH, serve),)


def lines() -> str:
    """The HTML that belongs into a document's head."""
    config = {
        "allowEval": False,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,  # they would be inline styles
        "selfRequestsOnly": True,
        "responseHandling": [  # a failure is shown where the part would have been
            {"code": "204", "swap": False},
            {"code": "[2345]..", "swap": True},
        ],
    }
    return (
        f'<meta name="htmx-config" content="{escape(json.dumps(config))}">\n'
        f'<script src="{PATH}" integrity="{_integrity()}" defer></script>'
    )


@cache
def _bytes() -> bytes:
    return _FILE.read_bytes()


@cache
def _integrity() -> str:
    return f"sha384-{b64encode(sha384(_bytes()).digest()).decode()}"
