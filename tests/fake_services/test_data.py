"""The demo's data: the same every time, as many as promised, and made of more than ASCII."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ResourceInfo
from google.rpc.status_pb2 import Status

from fake_services import identity, shop, shortener, todos
from fake_services.systems import services_of
from tests.fake_services.phone import CallSystem, Phone


async def everything(phone: Phone, rpc: str, field: str, **filters: object) -> list[Any]:
    """Every item of a list, page by page."""
    items, token = [], ""
    while True:
        page = await phone.ask(rpc, page_size=100, page_token=token, **filters)
        items += getattr(page, field)
        token = page.next_page_token
        if not token:
            return items


LISTS = [
    ("identity.users.v1.UserService/ListUsers", "users", "user_id", 200),
    ("shortener.links.v1.LinkService/ListLinks", "links", "short_code", 2_000),
    ("shortener.stats.v1.StatsService/ListDailyClicks", "daily_clicks", "code", 2_000),
    ("shop.catalog.v1.CatalogService/ListProducts", "products", "product_id", 400),
    ("shop.pricing.v1.PricingService/ListPrices", "prices", "product_id", 400),
    ("todos.v1.TodoService/ListTodos", "todos", "todo_id", 500),
    ("projects.v1.ProjectService/ListProjects", "projects", "project_id", 60),
]


@pytest.mark.parametrize("listing", LISTS)
async def test_paging_visits_each_item_once(
    call_system: CallSystem, listing: tuple[str, str, str, int]
) -> None:
    rpc, field, id_field, size = listing
    items = await everything(await call_system(), rpc, field)

    ids = [getattr(item, id_field) for item in items]
    assert (size, size) == (len(ids), len(set(ids)))


async def test_reviews_are_five_thousand_over_all_products(call_system: CallSystem) -> None:
    phone = await call_system("shop")

    sizes = [
        (await phone.ask("shop.reviews.v1.ReviewService/ListReviews", product_id=key)).total_size
        for key in shop.PRODUCT_IDS
    ]

    assert (5_000, 0) == (sum(sizes), sizes[-1])


@pytest.mark.parametrize(
    "make", [identity._users, shortener._links, shop._products, shop._purchases, shop._reviews]
)
def test_data_are_the_same_every_time(make: Callable[[], Iterable[Message]]) -> None:
    assert [one.SerializeToString() for one in make()] == [
        one.SerializeToString() for one in make()
    ]


def test_todos_are_the_same_every_time() -> None:
    assert todos._seed(7).SerializeToString() == todos._seed(7).SerializeToString()


async def test_fixed_names_exist(call_system: CallSystem) -> None:
    phone = await call_system()

    users = await phone.ask(
        "identity.users.v1.UserService/BatchGetUsers", user_ids=["ada", "bob", "cleo"]
    )
    products = await phone.ask(
        "shop.catalog.v1.CatalogService/BatchGetProducts", product_ids=["p-1", "p-400"]
    )

    assert ["ada", "bob", "cleo"] == [user.user_id for user in users.users]
    assert ["p-1", "p-400"] == [product.product_id for product in products.products]


async def test_ada_has_a_team_and_cleo_has_none(call_system: CallSystem) -> None:
    phone = await call_system("shortener")
    membership = "shortener.teams.v1.TeamService/GetMembership"

    ada = await phone.ask(membership, user_id="ada")
    cleo = await phone.refused(membership, user_id="cleo")

    assert "team-1" == ada.team.team_id
    assert ("NOT_FOUND", "user 'cleo' has no team") == (cleo.code().name, cleo.details())
    status = Status.FromString(dict(cleo.trailing_metadata())["grpc-status-details-bin"])
    about = ResourceInfo()
    status.details[0].Unpack(about)
    assert ("membership", "cleo") == (about.resource_type, about.resource_name)


async def test_ada_has_more_than_twenty_links_newest_first(call_system: CallSystem) -> None:
    links = await everything(
        await call_system("shortener"),
        "shortener.links.v1.LinkService/ListLinks",
        "links",
        owner_id="ada",
    )

    ages = [link.create_time.ToNanoseconds() for link in links]
    assert (40, sorted(ages, reverse=True)) == (len(links), ages)


async def test_clicks_by_owner_cover_the_owners_newest_links(call_system: CallSystem) -> None:
    """The web dashboard joins both answers by code without one waiting for the other."""
    phone = await call_system("shortener")
    links = await phone.ask(
        "shortener.links.v1.LinkService/ListLinks", owner_id="ada", page_size=20
    )
    clicks = await phone.ask(
        "shortener.stats.v1.StatsService/BatchGetDailyClicks", owner_id="ada", days=30, limit=20
    )

    assert [link.short_code for link in links.links] == [one.code for one in clicks.daily_clicks]
    assert {30} == {len(one.daily) for one in clicks.daily_clicks}


async def test_clicks_add_up(call_system: CallSystem) -> None:
    """Days, countries and devices are three views of the same clicks, never more than ever were."""
    phone = await call_system("shortener")
    rpc = "shortener.stats.v1.StatsService/BatchGetDailyClicks"
    links = await phone.ask("shortener.links.v1.LinkService/ListLinks", owner_id="ada")
    ever = {link.short_code: link.click_count_total for link in links.links}

    for one in (await phone.ask(rpc, codes=list(ever), days=90)).daily_clicks:
        assert {one.total} == {
            sum(one.daily),
            sum(one.countries.values()),
            sum(one.devices.values()),
        }
        assert one.total <= ever[one.code]


def test_names_are_made_of_many_scripts() -> None:
    names = " ".join(user.display_name for user in identity._users())

    assert all(letter in names for letter in '李やОΕכفअ🌻Ñ<"')


def test_every_service_is_built_by_its_class_alone() -> None:
    assert 16 == len(services_of())
