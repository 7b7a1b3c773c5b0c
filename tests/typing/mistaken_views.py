"""Views with mistakes that both type checkers must report, on exactly the marked lines."""

from bff.compose.view import Shape, Soft, View, call, defer, field, match, path, policy, src
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import Review


class Author(Shape[User]):
    user = src(User)
    name: str = user.display_nam  # wrong: a field that the proto does not have (any more)


class ReviewCard(Shape[Review]):
    review = src(Review)
    stars: str = review.rating  # wrong: the type of a field
    author: Soft[Author] = Author.of(review)  # wrong: a message that the shape is not about


class Joined(Shape[Review]):
    review = src(Review)
    _users = call(UserServiceClient.list_users).users
    one: int = match(_users, by="user_id", key=review.author_id).email  # wrong: a found one's field
    two: Author = Author.of(match(_users, by="user_id", key=review))  # wrong: a message as a key


class ProductPage(View, get="/v1/products/{product_id}", client="web", deadline_ms=500):
    product_id = path(str)
    number = path(int)
    _one = call(CatalogServiceClient.get_product, id=product_id)  # wrong: the name of an argument
    _two = call(CatalogServiceClient.get_product, product_id=number)  # wrong: an argument's type
    _three = call(CatalogServiceClient.get_product)  # wrong: an argument that is missing
    _four = policy(deadline_ms=1).call(UserServiceClient.get_user, user_id=3)  # wrong: as above
    _product = call(CatalogServiceClient.get_product, product_id=product_id)
    _reviews = call(ReviewServiceClient.list_reviews, product_id=product_id).reviews
    reviews: list[Author] = ReviewCard.each(_reviews)  # wrong: the shape of a list
    later: Soft[int] = defer(_product.title)  # wrong: the type of what is deferred

    @field
    def badge(self, product: Product = _reviews) -> str:  # wrong: what a function is given
        return product.title

    _length: int = badge  # wrong: what a function returns


class Loud(View, get="/v1/loud", errors="never"): ...  # wrong: a word of the header


class MobilePage(ProductPage, client="mobile", deadline="1s"): ...  # wrong: the header of a view
