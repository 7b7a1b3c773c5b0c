"""What buyers say of a product."""

from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, Soft, call, src
from bff.views.shapes.people import Person
from generated.identity.users.v1.users_client import UserServiceClient
from generated.shop.reviews.v1.reviews_pb2 import Review


class ReviewCard(Shape[Review]):
    """One review. `author` is null where there is no such user any more."""

    review = src(Review)
    id: str = review.review_id
    rating: int = review.rating
    title: str = review.title
    text: str = review.text
    author: Soft[Person] = Person.of(call(UserServiceClient.get_user, user_id=review.author_id))
    create_time: Timestamp | None = review.create_time
