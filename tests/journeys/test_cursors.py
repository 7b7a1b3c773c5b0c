"""Sealed page tokens through the whole demo: a view, its HTML, and a transcoded route."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from html import unescape
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio

from bff.compose.cursor_seal import CursorOptions
from tests.journeys.conftest import Demo, another_bff

PROJECT = "/web/v1/projects/project-1/full"
TODOS = "/v1/todos?pageSize=1"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Sealed:
    """The demo with sealed tokens, and without."""

    demo: Demo
    client: httpx.AsyncClient

    async def get(self, path: str, by: str = "ada", **headers: str) -> httpx.Response:
        return await self.client.get(path, headers={**self.demo.bearer(by), **headers})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sealed(whole_demo: Demo) -> AsyncIterator[Sealed]:
    change = partial(replace, cursors=CursorOptions(signed=True))
    async with another_bff(whole_demo, change) as (_, client):
        yield Sealed(whole_demo, client)


@pytest.mark.parametrize(
    "path, sent, told, items",
    [
        (PROJECT, "?cursor=", "nextCursor", "comments"),
        (TODOS, "&pageToken=", "nextPageToken", "todos"),
    ],
)
async def test_a_list_goes_on_with_its_own_token_alone(sealed, path, sent, told, items):
    first = (await sealed.get(path)).json()
    plain = (await sealed.demo.get(path)).json()
    second = await sealed.get(f"{path}{sent}{quote(first[told])}")
    wanted = await sealed.demo.get(f"{path}{sent}{quote(plain[told])}")
    assert wanted.json()[items] == second.json()[items]
    assert first[told] != plain[told]

    for token, by in ((plain[told], "ada"), (first[told], "bob"), (first[told][:-1], "ada")):
        refused = await sealed.get(f"{path}{sent}{quote(token)}", by)
        assert (400, "invalid-page-token") == (
            refused.status_code,
            refused.json()["type"].rpartition("/")[2],
        )


async def test_a_page_of_html_links_to_the_next_with_the_same_seal(sealed):
    first = (await sealed.get(PROJECT)).json()
    html = unescape((await sealed.get(PROJECT, accept="text/html", **{"hx-request": "true"})).text)
    for url in re.findall(r'hx-get="([^"]+)"', html):
        assert 200 == (await sealed.get(url, accept="text/html")).status_code
    plain = (await sealed.demo.get(PROJECT)).json()["nextCursor"]
    assert f"cursor={plain}" not in html
    assert first["nextCursor"] != plain


async def test_a_view_whose_tokens_are_sealed_does_not_come_in_parts(sealed):
    answer = await sealed.get(PROJECT, accept="text/event-stream")
    assert 406 == answer.status_code
