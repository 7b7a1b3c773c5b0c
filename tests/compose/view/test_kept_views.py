"""A view of the demo's protos, remembered: from its plan to the purge of one product in it."""

from dataclasses import replace
from typing import Any

from bff.calls.cache import Cache
from bff.calls.keep import Keep
from bff.calls.pipeline import pipeline
from bff.calls.tags import Tags
from bff.compose.caching import Caching
from bff.compose.endpoint import Answer
from bff.compose.view.plan import Plan
from bff.compose.view.serving.endpoints import Views
from bff.compose.view.serving.kept import Keeper
from bff.stores.memory import MemoryStore
from bff.terms.events import silence
from generated.shop.catalog.v1.catalog_pb2 import Product
from tests.compose.panel import a_context, catalog
from tests.compose.view.served import DOWN, PRODUCT, STEPS, Services, a_plan, an_ask, services

MINE = Keep(fresh_s=60)
LAMP = "shop.catalog.v1.Product/p-1"


class Shop:
    """The product page behind a cache."""

    def __init__(self, plan: Plan, **answers: Any) -> None:
        self.asking: Services = services(
            **{"GetProduct": Product(product_id="p-1", title="Lamp", seller_id="ada"), **answers}
        )
        self.cache = Cache(MemoryStore(), emit=silence)
        transport: Any = self.asking
        calls = pipeline({"*": transport}, emit=silence, cache=self.cache, tags=Tags(catalog()))
        [self.endpoint] = Views(catalog(), calls=calls, keeper=Keeper(self.cache)).endpoints([plan])

    async def page(self, by: str = "ada") -> Answer:
        answer = await self.endpoint.run(a_context(by), an_ask("p-1"))
        assert isinstance(answer, Answer)
        return answer


async def test_a_kept_view_asks_once_and_answers_with_the_same_bytes():
    shop = Shop(a_plan(keep=MINE))
    first, asked = await shop.page(), len(shop.asking.names)
    again = await shop.page()
    assert (first.body, asked) == (again.body, len(shop.asking.names))
    assert ["miss", "hit"] == [one.caching and one.caching.how for one in (first, again)]


async def test_a_change_of_one_product_is_on_the_page_after_a_purge_of_its_tag():
    shop = Shop(a_plan(keep=MINE))
    await shop.page()
    shop.asking.answers = {
        **shop.asking.answers,
        "GetProduct": Product(product_id="p-1", title="Better lamp", seller_id="ada"),
    }
    before = await shop.page()
    purged = await shop.cache.purge([LAMP])
    after = await shop.page()
    assert [True, 1, True] == [
        b'"Lamp"' in before.body,
        purged,
        b'"Better lamp"' in after.body,
    ]


async def test_a_page_with_a_gap_is_made_anew_and_told_not_to_be_kept():
    shop = Shop(a_plan(keep=MINE), ListReviews=DOWN)
    first = await shop.page()
    again = await shop.page()
    assert [Caching("miss", None), Caching("miss", None)] == [first.caching, again.caching]


async def test_a_step_that_is_kept_is_asked_once_for_several_pages():
    steps = (replace(STEPS[PRODUCT], keep=MINE), *STEPS[1:])
    shop = Shop(a_plan(steps=steps))
    await shop.page()
    await shop.page()
    names = shop.asking.names
    assert (1, 2) == (names.count("GetProduct"), names.count("GetPrice"))


async def test_row_112_two_users_have_pages_of_their_own():
    shop = Shop(a_plan(keep=MINE))
    await shop.page("ada")
    await shop.page("bob")
    assert 2 == shop.asking.names.count("GetProduct")
