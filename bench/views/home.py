"""A home screen of three calls: the user, their links, and three fields of each item.

Called by the BFF, through `views` in bench/bff.toml.
"""

from typing import Any

from bench_messages.bench_client import ItemServiceClient, LinkServiceClient, UserServiceClient
from bench_messages.bench_pb2 import UserState

from bff.compose.screen import screen
from bff.compose.shape import Shape
from bff.compose.visit import Visit

LINKS_SHOWN, ITEMS_SHOWN = 20, 100


class HomeAddress(Shape):
    """Where the user lives."""

    street: str
    city: str
    postal_code: str
    country_code: str


class HomeUser(Shape):
    """The whole user."""

    id: str
    display_name: str
    email: str
    state: str
    create_time: str
    address: HomeAddress
    roles: list[str]
    labels: dict[str, str]
    verified: bool
    follower_count: str
    reputation: float

    @classmethod
    def of(cls, user: Any) -> "HomeUser":
        home = user.address
        return cls(
            id=user.id,
            display_name=user.display_name,
            email=user.email,
            state=UserState.Name(user.state),
            create_time=user.create_time.ToJsonString(),
            address=HomeAddress(
                street=home.street,
                city=home.city,
                postal_code=home.postal_code,
                country_code=home.country_code,
            ),
            roles=list(user.roles),
            labels=dict(user.labels),
            verified=user.verified,
            follower_count=str(user.follower_count),
            reputation=user.reputation,
        )


class HomeLink(Shape):
    """One link, whole."""

    id: str
    url: str
    title: str
    clicks: str
    create_time: str
    tags: list[str]
    pinned: bool

    @classmethod
    def of(cls, link: Any) -> "HomeLink":
        return cls(
            id=link.id,
            url=link.url,
            title=link.title,
            clicks=str(link.clicks),
            create_time=link.create_time.ToJsonString(),
            tags=list(link.tags),
            pinned=link.pinned,
        )


class HomeItem(Shape):
    """What the list shows of an item."""

    sku: str
    name: str
    currency: str


class Home(Shape):
    """The first screen after signing in."""

    user: HomeUser
    links: list[HomeLink]
    items: list[HomeItem]
    total: int


@screen(get="/web/v1/home/{user_id}", client="web", deadline_ms=2_000, access="public")
async def home(visit: Visit, *, user_id: str) -> Home:
    """The user, their newest links, and a list of items."""
    users, links = visit.client(UserServiceClient), visit.client(LinkServiceClient)
    items = visit.client(ItemServiceClient)
    async with visit.fanout() as ask:
        user = ask.need(users.get_user(user_id=user_id))
        page = ask.need(links.list_links(user_id=user_id, page_size=LINKS_SHOWN))
        shelf = ask.need(items.list_items(user_id=user_id, page_size=ITEMS_SHOWN))
    found = await page
    return Home(
        user=HomeUser.of(await user),
        links=[HomeLink.of(one) for one in found.links],
        items=[
            HomeItem(sku=one.sku, name=one.name, currency=one.currency)
            for one in (await shelf).items
        ],
        total=found.total_size,
    )
