"""A home screen of three calls: the user, their links, and three fields of each item, by hand.

Called by the BFF, through `views` in bench/bff.toml.
"""

from bench_messages.bench_client import GET_USER, LIST_ITEMS, LIST_LINKS
from bench_messages.bench_pb2 import GetUserRequest, ListItemsRequest, ListLinksRequest

from bff.compose.parts import Given, Part, board
from bff.contract.codec.projection import Projected, Projection

LINKS_SHOWN, ITEMS_SHOWN = 20, 100
ITEM = Projection(
    (Projected("sku", "sku"), Projected("name", "name"), Projected("currency", "currency"))
)


def _user(given: Given) -> GetUserRequest:
    return GetUserRequest(user_id=given.text("user_id"))


def _newest(given: Given) -> ListLinksRequest:
    return ListLinksRequest(user_id=given.text("user_id"), page_size=LINKS_SHOWN)


def _shelf(given: Given) -> ListItemsRequest:
    return ListItemsRequest(user_id=given.text("user_id"), page_size=ITEMS_SHOWN)


home = board(
    name="home",
    get="/web/v1/home/{user_id}",
    client="web",
    access="public",
    deadline_ms=2_000,
    about="The user, their newest links, and a list of items.",
    parts=(
        Part(name="user", rpc=GET_USER, ask=_user),
        Part(name="links", rpc=LIST_LINKS, ask=_newest, path=("links",)),
        Part(name="items", rpc=LIST_ITEMS, ask=_shelf, path=("items",), show=ITEM),
        Part(name="total", rpc=LIST_LINKS, ask=_newest, path=("total_size",)),
    ),
)
