"""docs/spec/threats.md "access/refresh tokens": a browser's every answer, and every line, scanned.

The tokens are those that the provider has given out; the session's id is the browser's own.
"""

from collections.abc import AsyncIterator

import httpx
import pytest

from bff.telemetry.log import line_of
from fake_services.identity_provider import CLIENT_SECRET
from tests.journeys.broken_steps import SAMPLES
from tests.journeys.signed_in import Web
from tests.journeys.test_sessions import CHANGING, OURS
from tests.openapi.documents import demo_blueprint

pytestmark = pytest.mark.asyncio(loop_scope="module")
DOORS = ("/bff/user", "/bff/callback?code=x&state=y", "/bff/logout?sid=x", "/openapi.json", "/docs")


async def answers(web: Web, browser: httpx.AsyncClient) -> AsyncIterator[httpx.Response]:
    """Everything that a browser can read: well, with services that fail, with a sick provider."""
    reads = [one for one in demo_blueprint().endpoints if one.method == "GET" and not one.streams]
    paths = [
        one.template.expand({it.name: SAMPLES[it.name] for it in one.template.variables})
        for one in reads
    ]
    for path in (*paths, *DOORS, "/nowhere"):
        yield await browser.get(path, headers=OURS)
    yield await browser.post("/v1/todos", json={"title": "x"}, headers=CHANGING)
    yield await browser.post("/v1/todos", json={"title": "x"})
    for service in web.demo.services.addresses:
        web.demo.services.faults.set(f"{service}/*", status="INTERNAL")
    for path in paths:
        yield await browser.get(path, headers=OURS)
    web.demo.services.faults.clear()
    web.provider.mood = "breaks"
    yield await browser.get("/bff/user", headers=OURS)
    yield await browser.get("/bff/login")


async def test_no_answer_and_no_line_shows_a_token_or_the_sessions_id(web: Web):
    web.demo.events.clear()
    web.provider.access_s = 0.001  # the first request renews it
    try:
        async with web.browser() as browser:
            cookie = await web.sign_in(browser, "ada")
            web.provider.access_s = 300
            read = [one async for one in answers(web, browser)]
    finally:
        web.provider.mood, web.provider.access_s = "well", 300
    assert {200, 400, 403, 404} <= {one.status_code for one in read}
    assert any(one.status_code >= 500 for one in read)
    given = [*web.provider._refreshable, *web.provider._used]
    assert 2 == len(given), "one that is good, and one that was renewed"
    secrets = ("eyJ", cookie, CLIENT_SECRET, *given)
    lines = [line_of(one, at_s=0.0).decode() + repr(one) for one in web.demo.events]
    told = [str(one.url) + one.text + str(one.headers.multi_items()) for one in read] + lines
    assert [] == [text[:200] for text in told if any(it in text for it in secrets)]
