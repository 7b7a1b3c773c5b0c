"""The same screen as an async function on the same runtime: what the declaration saves, or costs.

Called by the BFF, through `views` in bench/bff.toml.
"""

from typing import Any

from bench_messages.bench_client import ItemServiceClient, LinkServiceClient, UserServiceClient
from google.protobuf.json_format import MessageToDict

from bench.views.home import ITEMS_SHOWN, LINKS_SHOWN
from bff.compose.screen import screen
from bff.compose.shape import Shape
from bff.compose.visit import Visit


class Card(Shape):
    """Three fields of twelve."""

    sku: str
    name: str
    currency: str


class ByHand(Shape):
    """The screen of three calls."""

    user: dict[str, Any]
    links: list[dict[str, Any]]
    items: list[Card]
    total: int


@screen(get="/web/v1/home-by-hand/{user_id}", client="web", access="public", deadline_ms=2_000)
async def home_by_hand(visit: Visit, *, user_id: str) -> ByHand:
    """The user, their newest links, and a list of items."""
    async with visit.fanout() as ask:
        user = ask.need(visit.client(UserServiceClient).get_user(user_id=user_id))
        links = ask.need(
            visit.client(LinkServiceClient).list_links(user_id=user_id, page_size=LINKS_SHOWN)
        )
        items = ask.need(
            visit.client(ItemServiceClient).list_items(user_id=user_id, page_size=ITEMS_SHOWN)
        )
    found = await links
    return ByHand(
        user=MessageToDict(await user),
        links=[MessageToDict(one) for one in found.links],
        items=[
            Card(sku=one.sku, name=one.name, currency=one.currency) for one in (await items).items
        ],
        total=found.total_size,
    )
