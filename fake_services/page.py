"""The demo's page: one screen for three kinds of client, and switches that make services ill.

Why       A newcomer sees in a minute what views are for: the same data in three shapes, what each
          costs, and what is left of a screen when a service fails.
How       An app by hand: the BFF of the demo serves it at the paths that nobody else knows.
Called by the demo's BFF ([server] handlers), tests/journeys, tests/e2e.
Never     part of a BFF that is not a demo: whoever opens it may break a service.
Source    docs/spec/threats.md "user's actions": what changes something needs a header of our own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bff.edge import htmx
from bff.edge.pages.policy import GUARDED, PAGE
from fake_services import state_file
from fake_services.control import NothingRuns, calls_everywhere, set_everywhere
from fake_services.demo_keys import demo_keys
from fake_services.tokens import token

FILES: Final = Path(__file__).parent / "page_files"
_KINDS: Final = MappingProxyType(
    {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
)
MODES: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {"well": {}, "slow": {"delay_ms": 1200}, "failing": {"status": "UNAVAILABLE"}}
)
"""What a switch does to each rpc of its service."""
SWITCHES: Final = (
    "shortener.stats.v1.StatsService",
    "shortener.teams.v1.TeamService",
    "shop.reviews.v1.ReviewService",
    "shop.inventory.v1.InventoryService",
    "shop.catalog.v1.CatalogService",
)
MOBILE_USER: Final = "bob"
"""Whose phone the middle pane is."""


async def page(_request: Request) -> Response:
    """The document. Its switches are SWITCHES, so that nothing is said twice."""
    text = (FILES / "index.html").read_text(encoding="utf-8")
    switches = "\n".join(
        f'<label>{name.rpartition(".")[2]} <select data-service="{name}">'
        + "".join(f"<option>{mode}</option>" for mode in MODES)
        + "</select></label>"
        for name in SWITCHES
    )
    text = text.replace("<!--htmx-->", htmx.lines()).replace("<!--switches-->", switches)
    return _told(Response(text, media_type=PAGE))


async def asset(request: Request) -> Response:
    """page.js, page.css, page.svg."""
    name = f"page.{request.path_params['kind']}"
    kind = _KINDS.get(request.path_params["kind"])
    if kind is None:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return _told(Response((FILES / name).read_bytes(), media_type=kind))


async def switch(request: Request) -> Response:
    """`{"service", "mode"}`: make all its rpcs well, slow or failing."""
    if request.headers.get("x-csrf") != "1":
        return _refused(HTTPStatus.FORBIDDEN, "Send X-CSRF: 1: only this page turns switches.")
    try:
        asked = dict(await request.json())
    except (ValueError, TypeError):
        return _refused(HTTPStatus.BAD_REQUEST, 'Send {"service": ..., "mode": ...}.')
    service, mode = str(asked.get("service")), str(asked.get("mode"))
    if service not in SWITCHES or mode not in MODES:
        return _refused(HTTPStatus.BAD_REQUEST, f"There is no switch {service!r} to {mode!r}.")
    knobs = MODES[mode]

    def turn() -> None:
        where = state_file.folder()
        set_everywhere(f"{service}/*", knobs=knobs, clear=not knobs, where=where)

    try:
        await asyncio.to_thread(turn)
    except NothingRuns as nothing:
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, str(nothing))
    return _told(JSONResponse({"service": service, "mode": mode}))


async def calls(request: Request) -> Response:
    """The rpcs that one request cost: `{"calls": ["pkg.Service/Method", ...]}`."""
    wanted = request.path_params["request_id"]

    def asked() -> list[str]:
        told = calls_everywhere(clear=False, where=state_file.folder(), request_id=wanted)
        return [call["method"] for one in told for call in one["calls"]]

    try:
        return _told(JSONResponse({"calls": await asyncio.to_thread(asked)}))
    except NothingRuns as nothing:
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, str(nothing))


async def phone_token(_request: Request) -> Response:
    """A token for the phone's user: a real phone gets one from the identity provider."""
    return _told(JSONResponse({"token": token(MOBILE_USER, demo_keys()), "user": MOBILE_USER}))


def _refused(status: HTTPStatus, detail: str) -> Response:
    return _told(JSONResponse({"status": status, "detail": detail}, status_code=status))


def _told(response: Response) -> Response:
    response.headers["cache-control"] = "no-store"
    response.headers["x-content-type-options"] = "nosniff"
    response.headers.update(dict(GUARDED))
    return response


app = Starlette(
    routes=[
        Route("/", page),
        Route("/demo/page.{kind}", asset),
        Route("/demo/switches", switch, methods=["POST"]),
        Route("/demo/calls/{request_id}", calls),
        Route("/demo/phone-token", phone_token, methods=["POST"]),
    ]
)
