"""The screen of three calls, as a front-end team declares it: all of this is their code.

Called by the BFF, through `views` in bench/bff.toml.
"""

from collections.abc import Sequence

from bench_messages.bench_client import ItemServiceClient, LinkServiceClient, UserServiceClient
from bench_messages.bench_pb2 import Item, Link, User

from bff.compose.view import Shape, View, call, path, src

LINKS_SHOWN, ITEMS_SHOWN = 20, 100


class ItemCard(Shape[Item]):
    """Three fields of twelve."""

    item = src(Item)
    sku: str = item.sku
    name: str = item.name
    currency: str = item.currency


class Home(View, get="/v1/home/{user_id}", client="web", access="public", deadline_ms=2_000):
    """The user, their newest links, and a list of items."""

    user_id = path(str)
    _links = call(LinkServiceClient.list_links, user_id=user_id, page_size=LINKS_SHOWN)

    user: User = call(UserServiceClient.get_user, user_id=user_id)
    links: Sequence[Link] = _links.links
    items: list[ItemCard] = ItemCard.each(
        call(ItemServiceClient.list_items, user_id=user_id, page_size=ITEMS_SHOWN).items
    )
    total: int = _links.total_size
