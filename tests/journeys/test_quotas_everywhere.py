"""Quotas where no endpoint of the Blueprint answers, over real sockets: the pages of /bff/, and
what is said on a WebSocket after its handshake.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bff.edge import login_pages, refresh
from bff.guard.apps.options import RefreshOptions
from bff.guard.limits.options import QuotaOptions
from bff.terms.events import Event, RateLimited, RequestFinished
from fake_services.identity_provider_run import provider_running
from tests.journeys.conftest import Demo, another_bff
from tests.journeys.signed_in import ORIGIN
from tests.journeys.wire import SERVICE, WATCH, listening

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMIT = 3
QUOTAS = {
    "pages": QuotaOptions(limit=LIMIT, endpoints=("/bff/*",), each_endpoint=True),
    "talk": QuotaOptions(
        limit=LIMIT, per="identity", counts="requests", endpoints=(f"{SERVICE}/WatchTodos",)
    ),
}
PATHS = (*login_pages.PATHS, refresh.PATH)
POSTED = ("/bff/backchannel-logout", "/bff/token")


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port(whole_demo: Demo, events: list[Event]) -> AsyncIterator[int]:
    async with provider_running(whole_demo.keys) as provider:
        login = replace(whole_demo.bff.settings.login, issuer=provider.issuer, origin=ORIGIN)
        refresh = RefreshOptions(url=f"{provider.issuer}/token", client_ids=("phone",))
        change = partial(replace, quotas=QUOTAS, login=login, refresh=refresh)
        async with (
            another_bff(whole_demo, change, emit=events.append) as (bff, _),
            listening(bff.public) as found,
        ):
            yield found


async def asked(port: int, path: str, **headers: str) -> httpx.Response:
    method = "POST" if path in POSTED else "GET"
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        return await client.request(method, path)


def _spelled(path: str) -> str:
    """The same path, its last letter escaped."""
    return f"{path[:-1]}%{ord(path[-1]):02x}"


@pytest.mark.parametrize("path", PATHS)
async def test_row_109_each_page_of_signing_in_is_counted_by_address(port, events, path):
    """Each guess at a session, a code or a refresh token pays, however its path is spelled."""
    first, *_, last = [await asked(port, path) for _ in range(LIMIT)]
    spelled = (path, _spelled(path), f"{path}%0a")
    refused = [await asked(port, one) for one in spelled]
    assert 429 not in (first.status_code, last.status_code)
    assert ('"pages";q=3;w=60', '"pages";r=2;t=20') == (
        first.headers["ratelimit-policy"],
        first.headers["ratelimit"],
    )
    assert [429] * 3 == [one.status_code for one in refused]
    assert "rate-limited" == refused[0].json()["type"].rpartition("/")[2]
    assert 20 <= int(refused[0].headers["retry-after"]) <= 23
    assert refused[0].headers["ratelimit"].startswith('"pages";r=0;t=')
    assert RateLimited("pages", path) in events


async def test_a_probe_is_never_refused(port):
    assert {200} == {(await asked(port, "/livez")).status_code for _ in range(2 * LIMIT)}


async def talk_for_ever(chat: ClientConnection) -> None:
    while True:
        await chat.send("{}")
        await asyncio.sleep(0)  # or it would fill the socket before the server has a turn


async def test_row_109_what_is_said_on_a_websocket_is_counted_as_requests_are(
    port, events, whole_demo
):
    """The handshake pays for the first message; the quota's third is the second message."""
    headers = whole_demo.bearer("ada")
    url = f"ws://127.0.0.1:{port}{WATCH}"
    async with connect(url, additional_headers=headers, proxy=None) as chat:
        with pytest.raises(ConnectionClosed):
            await talk_for_ever(chat)
        await chat.wait_closed()
        assert 1013 == chat.close_code
        assert re.fullmatch(r"Too many requests: come back in \d+ s\.", chat.close_reason or "")
    assert [("rate-limited", 101)] == [
        (one.reason, one.status)
        for one in events
        if isinstance(one, RequestFinished) and one.route == WATCH
    ]
    assert 429 == (await asked(port, WATCH, **headers)).status_code
