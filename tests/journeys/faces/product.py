"""A product page with every face: deferred reviews, templates, a variant; and a view of JSON."""

from bff.compose.view import Shape, Soft, View, call, defer, path, public, query, src
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.inventory.v1.inventory_client import InventoryServiceClient
from generated.shop.inventory.v1.inventory_pb2 import Stock
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import Review


class Author(Shape[User]):
    user = src(User)
    name: str = user.display_name


class ReviewCard(Shape[Review]):
    review = src(Review)
    title: str = review.title
    stars: int = review.rating
    author: Soft[Author] = Author.of(call(UserServiceClient.get_user, user_id=review.author_id))


class StockCard(Shape[Stock]):
    stock = src(Stock)
    quantity: int = stock.quantity


class Product(View, get="/v1/goods/{product_id}", client="web", deadline_ms=2_000, access="public"):
    """One product, <all> of it.

    With its reviews.
    """

    product_id = path(str)
    size = query(int, 3)
    _product = call(CatalogServiceClient.get_product, product_id=product_id)
    title: str = _product.title
    stock: Soft[StockCard] = StockCard.of(
        call(InventoryServiceClient.get_stock, product_id=product_id)
    )
    reviews: Soft[list[ReviewCard]] = defer(
        ReviewCard.each(
            call(ReviewServiceClient.list_reviews, product_id=product_id, page_size=size).reviews
        )
    )


class ProductB(Product, variant="b", share=30, deadline_ms=1_500):
    seller: Soft[Author] = Author.of(
        call(UserServiceClient.get_user, user_id=Product._product.seller_id)
    )


class Title(
    View,
    get="/v1/titles/{product_id}",
    client="web",
    deadline_ms=2_000,
    access="public",
    cache=public(fresh_s=60),
):
    product_id = path(str)
    _product = call(CatalogServiceClient.get_product, product_id=product_id)
    title: str = _product.title
    seller_id: str = _product.seller_id
