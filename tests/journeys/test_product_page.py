"""The web product page: dependent calls, and a failure that costs only its own part."""

import pytest

PAGE = "/web/v1/products/p-1"
KEYS = ["title", "price", "stock", "seller", "reviews", "history", "alsoBought", "errors"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_product_with_all_its_parts(demo):
    answer = await demo.get(PAGE)

    body = answer.json()
    assert (200, KEYS, []) == (answer.status_code, list(body), body["errors"])
    assert body["seller"]["name"]
    assert body["price"]["amount"]["currency"]
    assert 0 < len(body["reviews"]) <= 5
    assert all(review["author"]["name"] for review in body["reviews"])
    assert body["alsoBought"]


async def test_seven_rpcs_whatever_the_number_of_reviews_one_for_all_their_authors(demo):
    await demo.get(PAGE)

    assert 1 == demo.services.record.methods.count("identity.users.v1.UserService/BatchGetUsers")
    assert len(demo.services.record.calls) <= 7


@pytest.mark.parametrize(
    ("method", "places"),
    [
        ("shop.inventory.v1.InventoryService/GetStock", ["/stock"]),
        ("shop.reviews.v1.ReviewService/ListReviews", ["/reviews"]),
        ("shop.orders.v1.OrderService/ListPurchases", ["/history"]),
        ("shop.catalog.v1.CatalogService/BatchGetProducts", ["/alsoBought"]),
    ],
)
async def test_a_soft_part_down_is_null_and_named(demo, method, places):
    demo.services.faults.set(method, status="UNAVAILABLE")
    answer = await demo.get(PAGE)

    body = answer.json()
    assert (200, "false") == (answer.status_code, answer.headers["x-bff-complete"])
    assert [{"path": one, "code": "UNAVAILABLE", "retryable": True} for one in places] == (
        body["errors"]
    )
    assert [None] == [body[place[1:]] for place in places]


async def test_users_down_leaves_the_page_without_people(demo):
    """The seller and the authors are looked up together."""
    demo.services.faults.set("identity.users.v1.UserService/*", status="UNAVAILABLE")
    body = (await demo.get(PAGE)).json()

    assert (None, {None}) == (body["seller"], {review["author"] for review in body["reviews"]})
    count = len(body["reviews"])
    assert ["/seller", *(f"/reviews/{index}/author" for index in range(count))] == [
        one["path"] for one in body["errors"]
    ]


@pytest.mark.parametrize(
    "method",
    ["shop.catalog.v1.CatalogService/GetProduct", "shop.pricing.v1.PricingService/GetPrice"],
)
async def test_without_title_or_price_there_is_no_page(demo, method):
    demo.services.faults.set(method, status="UNAVAILABLE")
    assert 503 == (await demo.get(PAGE)).status_code


async def test_a_product_that_does_not_exist_is_a_404(demo):
    assert 404 == (await demo.get("/web/v1/products/p-0")).status_code
