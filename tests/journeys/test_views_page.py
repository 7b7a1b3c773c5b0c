"""docs/views.md: every screen on it runs, and every mistake on it says what the page says."""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

import bff.compose.view
from bff.compose.view.compiling.views import compile_views
from bff.publish.openapi import document
from bff.terms.mistakes import ContractMistake, ContractMistakes
from generated.identity.users.v1.users_client import UserServiceClient
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shortener.links.v1.links_client import LinkServiceClient
from tests.compose.panel import catalog
from tests.journeys.broken_steps import SAMPLES
from tests.journeys.conftest import Demo, another_bff, showing
from tests.journeys.documented import blocks, rows, write_views
from tests.openapi.asked import Operation, operations_of
from tests.openapi.held import Held

NAMES: dict[str, Any] = {
    "__name__": __name__,
    **{name: getattr(bff.compose.view, name) for name in bff.compose.view.__all__},
    "CatalogServiceClient": CatalogServiceClient,
    "UserServiceClient": UserServiceClient,
}
CALLS = {
    "_product": NAMES["call"](CatalogServiceClient.get_product, product_id="p-1"),
    "_user": NAMES["call"](UserServiceClient.get_user, user_id="ada"),
    "_links": NAMES["call"](LinkServiceClient.list_links, owner_id="ada").links,
}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Documented:
    """The page's screens, served in front of the demo's services."""

    client: httpx.AsyncClient
    held: Held
    operations: list[Operation]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, name = tmp_path_factory.mktemp("documented"), "views_of_the_page"
    write_views(folder / name)
    sys.path.insert(0, str(folder))
    yield name
    sys.path.remove(str(folder))
    for one in [one for one in sys.modules if one.split(".")[0] == name]:
        del sys.modules[one]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def documented(whole_demo: Demo, package: str) -> AsyncIterator[Documented]:
    async with another_bff(whole_demo, showing(package)) as (served, client):
        about = json.loads(json.dumps(document(served.blueprint)))
        names = {one.template.text for one in served.blueprint.endpoints if one.soft}
        operations = [one for one in operations_of(about) if one.path in names]
        yield Documented(client, Held(about), operations)


async def test_each_screen_of_the_page_is_served_as_documented(
    demo: Demo, documented: Documented
) -> None:
    screens = [path for path in blocks() if path.startswith("bff/views/")]
    assert len(screens) == len(documented.operations)
    for operation in documented.operations:
        path = operation.path.format_map(SAMPLES)
        answer = await documented.client.get(path, headers=demo.bearer("ada"))

        assert (200, "true") == (answer.status_code, answer.headers["x-bff-complete"])
        assert [] == documented.held.violations(operation, answer)


async def test_the_test_on_the_page_passes(demo: Demo, documented: Documented) -> None:
    space: dict[str, Any] = {}
    exec(blocks()["tests/journeys/test_welcome.py"], space)  # its own words
    seen = _Seen(demo, documented.client)
    await space["test_welcome_shows_three_links"](seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The demo, with the page's screens in the place of its own."""

    demo: Demo
    client: httpx.AsyncClient

    @property
    def services(self) -> Any:
        return self.demo.services

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=self.demo.bearer("ada"))


async def test_the_escape_hatch_asks_another_service_for_newcomers(
    demo: Demo, documented: Documented
) -> None:
    ada, newcomer = [
        (await documented.client.get("/web/v1/spotlight", headers=demo.bearer(name))).json()
        for name in ("ada", "user-199")
    ]

    assert (None, True) == (ada["hint"], ada["clicks"] >= 0)
    assert (None, True) == (newcomer["clicks"], bool(newcomer["hint"]))


@pytest.mark.parametrize(("code", "says"), rows("Whatever would need one fails"))
async def test_a_misused_value_says_what_the_page_says(code: str, says: str) -> None:
    with pytest.raises(ContractMistake) as caught:
        eval(code, {**NAMES, **CALLS})
    assert says in caught.value.what


@pytest.mark.parametrize(("code", "says"), rows("Each line here stands alone"))
async def test_a_wrong_view_says_what_the_page_says(code: str, says: str) -> None:
    space = {**NAMES, **CALLS}
    exec(f"class Page(View, get='/v1/page', client='web', deadline_ms=9):\n    {code}", space)
    with pytest.raises(ContractMistakes) as caught:
        compile_views([space["Page"]], catalog())
    assert any(says in str(one) for one in caught.value.exceptions)
