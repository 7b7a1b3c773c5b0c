"""Views that a type checker must accept as they are: the language, once through."""

from collections.abc import Mapping

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
    has,
    header,
    match,
    paged,
    path,
    policy,
    principal,
    private,
    query,
    src,
    values,
    which,
    word,
)
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shop.inventory.v1.inventory_client import InventoryServiceClient
from generated.shop.inventory.v1.inventory_pb2 import Stock
from generated.shop.pricing.v1.pricing_client import PricingServiceClient
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import Review

fast = policy(deadline_ms=100, stale_if_error_s=300)


class Author(Shape[User]):
    user = src(User)
    name: str = user.display_name
    role: str = word(user.role)
    pronouns: str | None = user.pronouns


class ReviewCard(Shape[Review]):
    review = src(Review)
    stars: int = review.rating
    author: Soft[Author] = Author.of(call(UserServiceClient.get_user, user_id=review.author_id))


class LongReview(ReviewCard):
    text: str = ReviewCard.review.text


class Joined(ReviewCard):
    _writer = match(
        call(UserServiceClient.batch_get_users, user_ids=["ada"]).users,
        by="user_id",
        key=ReviewCard.review.author_id,
    )
    writer: Soft[Author] = Author.of(_writer)
    email: str | None = _writer.email


class Me(Fragment):
    me = principal().user_id
    _user = call(UserServiceClient.get_user, user_id=me)
    who: Author = Author.of(_user)
    preferences: Mapping[str, str] = _user.preferences
    settings: list[str] = values(_user.preferences)
    spoken: bool = has(_user.pronouns)
    pays: str | None = which(_user, "plan")


class ProductPage(
    Me, get="/v1/products/{product_id}", deadline_ms=800, cache=private(fresh_s=5), client="web"
):
    """All about one product."""

    product_id = path(str)
    page_size = query(int, 20)
    language = header("Accept-Language", "en")
    _product = call(CatalogServiceClient.get_product, product_id=product_id)
    title: str = _product.title
    images: list[str] = each(_product.image_urls)
    rating: float | None = _product.rating_average
    price: Money = call(PricingServiceClient.get_price, product_id=product_id).amount
    stock: Soft[Stock] = fast.call(InventoryServiceClient.get_stock, product_id=product_id)
    seller: Soft[Author] = Author.of(call(UserServiceClient.get_user, user_id=_product.seller_id))
    reviews: Soft[list[LongReview]] = defer(
        LongReview.each(
            paged(
                ReviewServiceClient.list_reviews, product_id=product_id, page_size=page_size
            ).reviews
        )
    )

    @field
    async def badge(self, product: Product = _product, price: Money = price) -> str:
        return f"{product.title} from {price.units}"

    @field
    def label(self, title: str = title) -> Soft[str]:
        return title.upper()


class MobileProductPage(ProductPage, client="mobile", omit=("seller",)): ...


class Everything(Me, View, get="/v1/everything", client="web", deadline_ms=100, errors="always"):
    joined: list[Joined] = Joined.each(
        call(ReviewServiceClient.list_reviews, product_id="p-1").reviews
    )
    reviewed: list[ReviewCard] = ReviewCard.each(
        call(ReviewServiceClient.list_reviews, product_id="p-1").reviews
    )
