"""The views of docs/spec/views.md, over the demo's contract. Used by this folder's tests alone."""

from collections.abc import Mapping

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.money_pb2 import Money

from bff.compose.view import (
    Fragment,
    Shape,
    Soft,
    View,
    call,
    defer,
    each,
    field,
    match,
    paged,
    path,
    policy,
    principal,
    public,
    src,
    word,
)
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shop.inventory.v1.inventory_client import InventoryServiceClient
from generated.shop.orders.v1.orders_client import OrderServiceClient
from generated.shop.orders.v1.orders_pb2 import Purchase
from generated.shop.pricing.v1.pricing_client import PricingServiceClient
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import Review
from generated.shortener.links.v1.links_client import LinkServiceClient
from generated.shortener.links.v1.links_pb2 import Link
from generated.shortener.stats.v1.stats_client import StatsServiceClient
from generated.shortener.stats.v1.stats_pb2 import DailyClicks
from generated.shortener.teams.v1.teams_client import TeamServiceClient
from generated.shortener.teams.v1.teams_pb2 import Membership, Team


class LinkCard(Shape[Link]):
    l = src(Link)  # noqa: E741 - as in the specification
    code: str = l.short_code
    clicks: int = l.click_count_total
    url: str = l.destination


class Series(Shape[DailyClicks]):
    days = src(DailyClicks)
    total: int = days.total


class CountedLink(LinkCard):
    """Asked for per link, once the links are there."""

    slug: str | None = LinkCard.l.custom_slug
    daily: Soft[Series] = Series.of(
        call(StatsServiceClient.get_daily_clicks, code=LinkCard.l.short_code, days=30)
    )


class WebLink(Shape[Link]):
    """Joined by code: the clicks of all links are asked for while the links are."""

    link = src(Link)
    _clicks = match(
        call(
            StatsServiceClient.batch_get_daily_clicks, owner_id=principal().user_id, days=30
        ).daily_clicks,
        by="code",
        key=link.short_code,
    )
    code: str = link.short_code
    url: str = link.destination
    title: str = link.title
    tags: list[str] = each(link.tags)
    custom_slug: str | None = link.custom_slug
    expire_time: Timestamp | None = link.expire_time
    clicks: int = link.click_count_total
    daily: Soft[list[int]] = each(_clicks.daily)
    countries: Soft[Mapping[str, int]] = _clicks.countries
    devices: Soft[Mapping[str, int]] = _clicks.devices


class Profile(Shape[User]):
    user = src(User)
    name: str = user.display_name
    role: str = word(user.role)


class TeamCard(Shape[Membership]):
    membership = src(Membership)
    id: str = membership.team.team_id
    name: str = membership.team.display_name
    members: int = membership.team.member_count
    role: str = word(membership.role)


class TeamName(Shape[Team]):
    team = src(Team)
    name: str = team.display_name


class Me(Fragment):
    me = principal().user_id
    _u = call(UserServiceClient.get_user, user_id=me)


class MobileDashboard(Me, get="/v1/dashboard", client="mobile", deadline_ms=250):
    """The newest links."""

    name: str = Me._u.display_name
    avatar_url: str = Me._u.avatar_url
    links: list[LinkCard] = LinkCard.each(
        call(LinkServiceClient.list_links, owner_id=Me.me, page_size=10).links
    )


class WebDashboard(Me, get="/v1/dashboard", client="web", deadline_ms=800):
    user: Profile = Profile.of(Me._u)
    team: Soft[TeamCard] = TeamCard.of(call(TeamServiceClient.get_membership, user_id=Me.me))
    links: list[WebLink] = WebLink.each(
        paged(LinkServiceClient.list_links, owner_id=Me.me, page_size=20).links
    )


class CountedLinks(Me, get="/v1/links", client="web", deadline_ms=800):
    team: Soft[TeamName] = TeamName.of(call(TeamServiceClient.get_membership, user_id=Me.me).team)
    links: list[CountedLink] = CountedLink.each(
        call(LinkServiceClient.list_links, owner_id=Me.me).links
    )


class Author(Shape[User]):
    u = src(User)
    name: str = u.display_name


class ReviewCard(Shape[Review]):
    r = src(Review)
    stars: int = r.rating
    author: Soft[Author] = Author.of(call(UserServiceClient.get_user, user_id=r.author_id))


class OrderCard(Shape[Purchase]):
    o = src(Purchase)
    quantity: int = o.quantity


fast = policy(deadline_ms=100, stale_if_error_s=300, public=True)


class ProductPage(View, get="/v1/products/{product_id}", deadline_ms=500):
    """All about one product."""

    product_id = path(str)
    _p = call(CatalogServiceClient.get_product, product_id=product_id)
    title: str = _p.title
    price: Money = call(PricingServiceClient.get_price, product_id=product_id).amount
    stock: Soft[int] = fast.call(InventoryServiceClient.get_stock, product_id=product_id).quantity
    history: Soft[list[OrderCard]] = OrderCard.each(
        call(
            OrderServiceClient.list_purchases,
            product_id=product_id,
            user_id=principal().user_id,
        ).purchases
    )
    seller: Soft[Author] = Author.of(call(UserServiceClient.get_user, user_id=_p.seller_id))
    reviews: Soft[list[ReviewCard]] = defer(
        ReviewCard.each(
            call(ReviewServiceClient.list_reviews, product_id=product_id, page_size=5).reviews
        )
    )

    @field
    async def badge(self, p: Product = _p, price: Money = price) -> str:
        """What to print on the picture."""
        return f"{p.title} from {price.units}"


class WebProductPage(ProductPage, client="web"): ...


class PublicProductPage(
    ProductPage,
    client="public",
    omit=("history",),
    access="public",
    cache=public(fresh_s=60, stale_while_revalidate_s=120),
): ...
