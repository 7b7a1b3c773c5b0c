"""A browser with a session in front of the whole BFF: real services, the demo's own provider."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bff.guard.sessions.cookies import SESSION_COOKIE
from fake_services.identity_provider_run import answering
from tests.conditions import until
from tests.journeys.signed_in import Web, web
from tests.journeys.wire import ARRAY, EVENTS, NDJSON, WATCH

__all__ = ["web"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
DASHBOARD, TODOS = "/web/v1/dashboard", "/v1/todos"
OURS = {"sec-fetch-site": "same-origin"}
CHANGING = {**OURS, "x-csrf": "1", "content-type": "application/json"}


@pytest_asyncio.fixture(loop_scope="module")
async def browser(web: Web) -> AsyncIterator[httpx.AsyncClient]:
    web.demo.events.clear()
    async with web.browser() as found:
        yield found


async def test_a_session_sees_what_a_token_of_the_same_user_sees(
    web: Web, browser: httpx.AsyncClient
) -> None:
    await web.sign_in(browser, "bob")
    by_cookie = await browser.get(DASHBOARD, headers=OURS)
    async with web.browser() as mobile:
        by_token = await mobile.get(DASHBOARD, headers=web.demo.bearer("bob"))
    assert (200, by_token.json()["user"]) == (by_cookie.status_code, by_cookie.json()["user"])


async def test_services_get_the_token_behind_the_session_and_never_the_cookie(
    web: Web, browser: httpx.AsyncClient
) -> None:
    """threats.md "metadata injection": the service sees who calls by a token of the issuer's."""
    identifier = await web.sign_in(browser, "ada")
    web.demo.services.record.clear()
    await browser.get(DASHBOARD, headers=OURS)
    sent = [dict(call.metadata) for call in web.demo.services.record.calls]
    assert sent
    assert {"Bearer eyJ"} == {one["authorization"][:10] for one in sent}
    assert identifier not in str(sent)
    assert not [name for one in sent for name in one if "cookie" in name]


async def test_row_98_a_change_needs_the_header(web: Web, browser: httpx.AsyncClient) -> None:
    await web.sign_in(browser, "ada")
    body = {"title": "from a browser"}
    without = await browser.post(TODOS, json=body, headers=OURS)
    foreign = await browser.post(TODOS, json=body, headers={**CHANGING, "origin": "https://evil"})
    good = await browser.post(TODOS, json=body, headers=CHANGING)
    assert [403, 403] == [without.status_code, foreign.status_code]
    assert good.status_code in (200, 201)


async def test_row_87_a_cookie_beside_a_token_is_refused(
    web: Web, browser: httpx.AsyncClient
) -> None:
    await web.sign_in(browser, "ada")
    answer = await browser.get(DASHBOARD, headers={**OURS, **web.demo.bearer("bob")})
    assert (400, "ambiguous-credentials") == (answer.status_code, slug(answer))


async def test_row_94_an_ended_session_is_a_401_that_clears_the_cookie(
    web: Web, browser: httpx.AsyncClient
) -> None:
    browser.cookies.set(SESSION_COOKIE, "A" * 43, domain="localhost.local", path="/")
    answer = await browser.get(DASHBOARD, headers=OURS)
    assert (401, "session-expired") == (answer.status_code, slug(answer))
    assert SESSION_COOKIE not in browser.cookies


async def test_row_105_a_hundred_requests_on_an_expired_token_are_one_refresh(
    web: Web, browser: httpx.AsyncClient
) -> None:
    web.provider.access_s = 0.001
    try:
        await web.sign_in(browser, "cleo")
    finally:
        web.provider.access_s = 300
    before = web.provider.asked["token"]
    asked = [browser.get(f"{TODOS}?pageSize=1", headers=OURS) for _ in range(100)]
    answers = await asyncio.gather(*asked)
    assert ({200}, before + 1) == (
        {answer.status_code for answer in answers},
        web.provider.asked["token"],
    )


async def test_two_browsers_never_see_each_others_answers(web: Web) -> None:
    """Interleaved, over coalescing and caches: each sees its own user and nobody else's."""
    async with web.browser() as one, web.browser() as other:
        await web.sign_in(one, "ada")
        await web.sign_in(other, "bob")
        both = [one, other] * 50
        answers = await asyncio.gather(*(it.get(DASHBOARD, headers=OURS) for it in both))
    seen = {
        (number % 2, answer.json()["user"]["name"])
        for number, answer in enumerate(answers)
        if answer.status_code == 200  # a hundred screens at once may take longer than one may
    }
    assert [0, 1] == sorted(number for number, _ in seen)
    assert 2 == len({name for _, name in seen})


async def test_signing_out_ends_it_for_the_next_request(
    web: Web, browser: httpx.AsyncClient
) -> None:
    cookie = await web.sign_in(browser, "ada")
    url = (await browser.get("/bff/user", headers=OURS)).json()["logoutUrl"]
    left = await browser.get(url)
    again = await browser.get(DASHBOARD, headers={**OURS, "cookie": f"{SESSION_COOKIE}={cookie}"})
    assert (303, 401) == (left.status_code, again.status_code)


@asynccontextmanager
async def opened(web: Web, cookie: str) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """Where a real server is, and what a browser with that session sends there."""
    door = socket.create_server(("127.0.0.1", 0))
    async with answering(web.bff.public, door):
        at = f"127.0.0.1:{door.getsockname()[1]}"
        yield at, {**OURS, "cookie": f"{SESSION_COOKIE}={cookie}"}


async def log_out(browser: httpx.AsyncClient) -> None:
    """In another tab."""
    await browser.get((await browser.get("/bff/user", headers=OURS)).json()["logoutUrl"])


@pytest.mark.parametrize("accept", [NDJSON, EVENTS, ARRAY])
async def test_a_stream_ends_with_its_session_and_says_so(
    web: Web, browser: httpx.AsyncClient, accept: str
) -> None:
    async with opened(web, await web.sign_in(browser, "ada")) as (at, headers):
        headers["accept"] = accept
        async with (
            httpx.AsyncClient(base_url=f"http://{at}", headers=headers) as client,
            client.stream("GET", f"{WATCH}?after_sequence=0") as answer,
        ):
            await log_out(browser)
            last = (await answer.aread()).decode().strip().splitlines()[-1]
    document = last[last.rindex('{"type"') :].rstrip("}") + "}"
    told = json.loads(document)
    assert (200, 401, "session-expired") == (
        answer.status_code,
        told["status"],
        told["type"].rpartition("/")[2],
    )


async def test_a_websocket_ends_with_its_session_and_says_so(
    web: Web, browser: httpx.AsyncClient
) -> None:
    async with (
        opened(web, await web.sign_in(browser, "ada")) as (at, headers),
        connect(f"ws://{at}{WATCH}", additional_headers=headers, proxy=None) as chat,
    ):
        await log_out(browser)
        with pytest.raises(ConnectionClosed):
            await chat.recv()
    assert (1008, "The session has ended: sign in again.") == (chat.close_code, chat.close_reason)


async def test_an_upload_ends_with_its_session(web: Web, browser: httpx.AsyncClient) -> None:
    left = asyncio.Event()

    async def lines() -> AsyncIterator[bytes]:
        yield b'{"title":"x"}\n'
        await left.wait()

    async with opened(web, await web.sign_in(browser, "ada")) as (at, headers):
        headers |= {"content-type": NDJSON, "x-csrf": "1"}
        web.demo.services.record.clear()
        async with httpx.AsyncClient(base_url=f"http://{at}", headers=headers) as client:
            upload = asyncio.create_task(client.post(f"{TODOS}:import", content=lines()))
            await until(lambda: any(one.requests for one in web.demo.services.record.calls))
            await log_out(browser)
            await until(lambda: web.demo.services.record.calls[0].ended is not None)
            left.set()
            answer = await upload
    assert (401, "session-expired") == (answer.status_code, slug(answer))


async def test_no_token_and_no_id_is_in_an_answer_or_an_event(
    web: Web, browser: httpx.AsyncClient
) -> None:
    cookie = await web.sign_in(browser, "ada")
    answers = [await browser.get(path, headers=OURS) for path in (DASHBOARD, TODOS, "/bff/user")]
    told = "".join(answer.text + str(answer.headers) for answer in answers) + repr(web.demo.events)
    assert "eyJ" not in told
    assert cookie not in told


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]
