"""From a class body to the answer: the example's views, compiled and run."""

import json
from typing import Any

from google.type.money_pb2 import Money

from bff.calls.pipeline import pipeline
from bff.compose.endpoint import Answer, Ask
from bff.compose.view import Fragment
from bff.compose.view.compiling.views import compile_views
from bff.compose.view.serving.endpoints import Views
from generated.identity.users.v1.users_pb2 import BatchGetUsersResponse, User
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shop.inventory.v1.inventory_pb2 import Stock
from generated.shop.orders.v1.orders_pb2 import ListPurchasesResponse, Purchase
from generated.shop.pricing.v1.pricing_pb2 import Price
from generated.shop.reviews.v1.reviews_pb2 import ListReviewsResponse, Review
from generated.shortener.stats.v1.stats_pb2 import BatchGetDailyClicksResponse, DailyClicks
from tests.compose.panel import ADA, Services, a_context, catalog, well
from tests.compose.view.example import CountedLinks, WebDashboard, WebProductPage

BOB = User(user_id="bob", display_name="Bob")
SHOP = {
    "GetProduct": Product(product_id="p-1", title="Teapot", seller_id="bob"),
    "GetPrice": Price(amount=Money(units=3)),
    "GetStock": Stock(quantity=2),
    "ListPurchases": ListPurchasesResponse(purchases=[Purchase(quantity=4)]),
    "ListReviews": ListReviewsResponse(
        reviews=[Review(rating=5, author_id="ada"), Review(rating=1, author_id="bob")]
    ),
    "BatchGetUsers": BatchGetUsersResponse(users=[ADA, BOB]),
}


async def answer(view: type[Fragment], services: Services, *values: str) -> Any:
    transport: Any = services
    calls = pipeline({"*": transport}, emit=services.events.append)
    [endpoint] = Views(catalog(), calls=calls).endpoints(compile_views([view], catalog()))
    ask = Ask(values=values, query="", body=b"", content_type="", headers={})
    found = await endpoint.run(a_context(), ask)
    assert isinstance(found, Answer)
    return json.loads(found.body)


async def test_the_product_page_is_six_calls_whatever_the_number_of_reviews() -> None:
    services = Services(**SHOP)
    page = await answer(WebProductPage, services, "p-1")

    assert {
        "title": "Teapot",
        "price": {"currencyCode": "", "units": 3, "nanos": 0},
        "stock": 2,
        "history": [{"quantity": 4}],
        "seller": {"name": "Bob"},
        "reviews": [
            {"stars": 5, "author": {"name": "Ada"}},
            {"stars": 1, "author": {"name": "Bob"}},
        ],
        "badge": "Teapot from 3",
    } == page
    assert sorted(SHOP) == sorted(services.names)


async def test_what_is_asked_per_link_stands_in_the_link() -> None:
    clicks = BatchGetDailyClicksResponse(daily_clicks=[DailyClicks(code="a", total=7)])
    page = await answer(CountedLinks, well(BatchGetDailyClicks=clicks))

    assert [("a", None, {"total": 7}), ("b", "bee", None)] == [
        (one["code"], one["slug"], one["daily"]) for one in page["links"]
    ]


async def test_the_dashboard_joins_clicks_by_code() -> None:
    clicks = BatchGetDailyClicksResponse(
        daily_clicks=[DailyClicks(code="b", daily=[1, 2], countries={"NO": 3})]
    )
    page = await answer(WebDashboard, well(BatchGetDailyClicks=clicks))

    assert {"name": "Ada", "role": "UNSPECIFIED"} == page["user"]
    assert [("a", None, None, None), ("b", [1, 2], {"NO": 3}, {})] == [
        (one["code"], one["daily"], one["countries"], one["devices"]) for one in page["links"]
    ]
    assert "p2" == page["nextCursor"]
