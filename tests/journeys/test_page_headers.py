"""Every page of ours: what it may load, who may frame it, and that nothing in it is inline."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.routing import Route

from bff.edge.login_pages import _landing
from bff.guard.login.sign_in import Onward
from fake_services import page as demo_page
from tests.journeys.conftest import Demo

BROWSER = {
    "accept": "text/html,*/*;q=0.8",
    "sec-fetch-dest": "document",
    "upgrade-insecure-requests": "1",
}
EXACT = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
CLOSED = ("base-uri 'none'", "frame-ancestors 'none'")
INLINE = re.compile(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:", re.IGNORECASE)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def faults(answer: Any, *, text: str) -> list[str]:
    """What a page lacks, or has that it must not have."""
    policy = answer.headers.get("content-security-policy", "")
    found = [name for name, value in EXACT.items() if answer.headers.get(name) != value]
    found += [part for part in CLOSED if part not in policy]
    found += [] if policy.startswith(("default-src 'self'", "default-src 'none'")) else ["default"]
    found += [word for word in ("unsafe-", "*", "http:") if word in policy]
    found += [] if "referrer-policy" in answer.headers else ["referrer-policy"]
    return found + INLINE.findall(text)


async def pages_of(
    client: AsyncClient, paths: list[str], **headers: str
) -> AsyncIterator[Response]:
    for path in paths:
        answer = await client.get(path, headers={**BROWSER, **headers})
        if answer.headers.get("content-type", "").startswith("text/html"):
            yield answer


async def test_every_face_of_a_view_is_closed_and_so_is_every_failure(demo: Demo):
    faces = [one for one in demo.bff.blueprint.endpoints if one.page]
    paths = [one.template.expand(_values(one.template)) for one in faces]
    for headers in ({}, demo.bearer("ada")):
        seen = [one async for one in pages_of(demo.public, paths, **headers)]
        assert len(faces) == len(seen) > 0
        assert [[]] * len(seen) == [faults(one, text=one.text) for one in seen]


async def test_every_page_behind_the_front_door_is_closed(demo: Demo):
    behind: Any = demo.bff.public._shell  # type: ignore[attr-defined]
    paths = [one.path for one in behind.routes if isinstance(one, Route) and "{" not in one.path]
    seen = [one async for one in pages_of(demo.public, paths)]
    assert "/docs" in {one.url.path for one in seen}
    assert [[]] * len(seen) == [faults(one, text=one.text) for one in seen]


async def test_the_files_of_pages_are_what_they_say_they_are(demo: Demo):
    text = (await demo.public.get("/docs")).text
    files = re.findall(r'(?:src|href)="([^"#:]+)"', text)
    for path in files:
        answer = await demo.public.get(f"/{path.lstrip('/')}")
        assert ("nosniff", 200) == (answer.headers["x-content-type-options"], answer.status_code)
    assert files


async def test_the_landing_page_of_a_sign_in_is_closed():
    landing = _landing(Onward('/a?b="><script>alert(1)</script>', ()))
    text = bytes(landing.body).decode()
    assert [] == faults(landing, text=text)
    assert "<script>" not in text


async def test_the_demos_own_page_is_closed():
    transport = ASGITransport(app=demo_page.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        (answer,) = [one async for one in pages_of(client, ["/"])]
    assert [] == faults(answer, text=answer.text)


def _values(template: Any) -> dict[str, str]:
    return {variable.name: "x-1" for variable in template.variables}
