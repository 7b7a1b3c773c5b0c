"""Plans written by hand, on the demo's protos: what a compiler would make of two views.

Called by tests/compose/view.
"""

from dataclasses import replace
from typing import Any

from bff.calls.keep import Keep
from bff.compose.view.plan import (
    Computed,
    Constant,
    FromCaller,
    FromInput,
    FromItem,
    FromReply,
    Items,
    Member,
    Object,
    Pair,
    Plain,
    Plan,
    Scope,
    Step,
    ViewInput,
)
from bff.terms.access import SIGNED_IN
from generated.identity.users.v1.users_client import BATCH_GET_USERS, GET_USER
from generated.shop.catalog.v1.catalog_client import GET_PRODUCT
from generated.shop.inventory.v1.inventory_client import GET_STOCK
from generated.shop.reviews.v1.reviews_client import LIST_REVIEWS
from generated.shortener.links.v1.links_client import LIST_LINKS
from generated.shortener.stats.v1.stats_client import GET_DAILY_CLICKS

HERE = "bff/views/web/product.py:31"
USERS = Pair(
    batch=BATCH_GET_USERS, key="user_id", keys="user_ids", found="users", found_by="user_id"
)


def badge(title: str) -> str:
    return title.upper()


def a_step(index: int, name: str, rpc: Any, **changed: Any) -> Step:
    plain = Step(index=index, name=name, rpc=rpc, arguments={}, scope=None, declared_at=HERE)
    return replace(plain, **changed)


def a_member(name: str, step: int, *path: str, **changed: Any) -> Member:
    show = Plain(value=FromReply(step, path))
    return replace(Member(name=name, show=show, declared_at=HERE), **changed)


def a_plan(*steps: Step, **changed: Any) -> Plan:
    plain = Plan(
        name="web.ProductPage",
        get="/web/v1/products/{product_id}",
        client="web",
        access=SIGNED_IN,
        deadline_ms=500,
        about="One product.",
        shape="ProductPage",
        inputs=(ViewInput(name="product_id", where="path", kind=str),),
        steps=steps,
        scopes=(),
        members=(),
        declared_at=HERE,
    )
    return replace(plain, **changed)


def product_page(*, page_size: int | None = 5, **changed: Any) -> Plan:
    """Product and stock at once, the seller and every review's author in one batch after them."""
    product = {"product_id": FromInput("product_id")}
    pages = {} if page_size is None else {"page_size": Constant(page_size)}
    seller, author = FromReply(0, ("seller_id",)), FromItem(0, ("author_id",))
    kept = Keep(fresh_s=1, stale_if_error_s=300, public=True)
    soft_stock = {"arguments": product, "needed": False, "deadline_ms": 100, "keep": kept}
    lookup = {"pair": USERS, "gathered": 0, "needed": False}
    steps = (
        a_step(0, "get_product", GET_PRODUCT, arguments=product, whole=True),
        a_step(1, "get_stock", GET_STOCK, **soft_stock),
        a_step(2, "list_reviews", LIST_REVIEWS, arguments={**product, **pages}, needed=False),
        a_step(3, "get_user", GET_USER, arguments={"user_id": seller}, **lookup),
        a_step(4, "get_user_2", GET_USER, arguments={"user_id": author}, scope=0, **lookup),
    )
    scopes = (Scope(index=0, parent=None, items=FromReply(2, ("reviews",))),)
    return replace(a_plan(*steps, scopes=scopes, members=_members()), **changed)


def _members() -> tuple[Member, ...]:
    title = FromReply(0, ("title",))
    author = Object(of=FromReply(4, ()), members=(a_member("name", 4, "display_name"),), shape="A")
    stock = Plain(value=FromReply(1, ("warehouses",)), kind="values")
    card = (
        Member(name="stars", show=Plain(value=FromItem(0, ("rating",))), declared_at=HERE),
        Member(name="author", show=author, declared_at=HERE, soft=True),
    )
    reviews = Items(scope=0, members=card, shape="ReviewCard")
    made = Computed(function=badge, arguments={"title": title}, returns=str)
    return (
        a_member("title", 0, "title"),
        Member(name="stock", show=stock, declared_at=HERE, soft=True),
        Member(name="reviews", show=reviews, declared_at=HERE, soft=True, deferred=True),
        Member(name="badge", show=made, declared_at=HERE),
    )


def dashboard(**changed: Any) -> Plan:
    """The caller's links, each with its clicks: a lookup that has no batch."""
    clicks = {"code": FromItem(0, ("short_code",)), "days": Constant(30)}
    steps = (
        a_step(0, "list_links", LIST_LINKS, arguments={"owner_id": FromCaller()}),
        a_step(1, "get_daily_clicks", GET_DAILY_CLICKS, arguments=clicks, scope=0),
    )
    scopes = (Scope(index=0, parent=None, items=FromReply(0, ("links",))),)
    plain = a_plan(*steps, scopes=scopes, name="web.Dashboard", get="/web/v1/dashboard", inputs=())
    return replace(plain, **changed)
