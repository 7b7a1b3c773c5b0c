"""POST /bff/token from outside: an app is answered, a page is not."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from bff.edge.refresh import refresh_route, refresh_routes
from bff.edge.shell import shell
from bff.guard.apps.options import RefreshOptions
from bff.guard.apps.renewal import MAX_FORM_BYTES, Refreshing
from bff.guard.outbound import Answered
from bff.terms.events import silence

FORM = "grant_type=refresh_token&refresh_token=r&client_id=app"
OPTIONS = RefreshOptions(url="https://login.example/token", client_ids=("app",))
TOKENS = b'{"access_token":"a","token_type":"Bearer","expires_in":60}'


async def _ask(_url: str, *, form: Mapping[str, str] | None = None, **_: Any) -> Answered:
    assert {"grant_type", "refresh_token", "client_id"} == (form or {}).keys()
    return Answered(200, "application/json", TOKENS)


async def posted(body: str = FORM, **headers: str) -> httpx.Response:
    app: ASGIApp = shell([refresh_route(Refreshing(OPTIONS, ask=_ask))])
    sent = {"content-type": "application/x-www-form-urlencoded", **headers}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bff.test") as client:
        return await client.post("/bff/token", content=body, headers=sent)


async def test_an_app_gets_its_tokens_and_no_cache_does() -> None:
    answer = await posted()
    assert (200, TOKENS) == (answer.status_code, answer.content)
    assert ("no-store", "application/json") == (
        answer.headers["cache-control"],
        answer.headers["content-type"],
    )
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "same-origin"}, 403),
        ({"cookie": "__Host-s=1"}, 403),
        ({"content-type": "application/json"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": "application/x-www-form-urlencoded; charset=utf-8"}, 200),
    ],
)
async def test_a_page_and_another_kind_of_body_are_refused(
    headers: dict[str, str], status: int
) -> None:
    assert status == (await posted(**headers)).status_code


async def test_a_body_beyond_its_limit_is_not_read_on() -> None:
    assert 413 == (await posted(FORM + "x" * MAX_FORM_BYTES)).status_code


def test_without_an_issuer_there_is_no_such_path() -> None:
    assert () == refresh_routes(RefreshOptions(), silence)
    assert 1 == len(refresh_routes(OPTIONS, silence))
