"""What is wrong with a view is told at boot: all of it, with the view's line and the proto's."""

from typing import TYPE_CHECKING, Any

import pytest

from bff.compose.view import (
    Fragment,
    Shape,
    Soft,
    View,
    call,
    field,
    has,
    principal,
    src,
    which,
)
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.projects.posts.v1.posts_client import PostServiceClient
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.pricing.v1.pricing_client import PricingServiceClient
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import Review
from tests.compose.panel import ROOT
from tests.compose.view.compiled import told

if TYPE_CHECKING:
    from generated.shop.inventory.v1.inventory_pb2 import Stock

HERE = "tests/compose/view/test_compiling_mistakes.py"
U: Any = call(UserServiceClient.get_user, user_id="ada")
P: Any = call(CatalogServiceClient.get_product, product_id="p-1")
PRICE: Any = call(PricingServiceClient.get_price, product_id="p-1")
POST: Any = call(PostServiceClient.get_post, post_id="post-1")
REVIEWS: Any = call(ReviewServiceClient.list_reviews, product_id="p-1").reviews


def showing(value: Any, annotation: Any) -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        shown: annotation = value

    return Home


class Name(Shape[User]):
    user = src(User)
    name: str = user.display_name


class Card(Shape[Review]):
    review = src(Review)
    text: str | None = review.text


class Leak(Shape[User]):
    user = src(User)
    secret: str = user.password_hash


@pytest.mark.parametrize(
    "value, annotation, what",
    [
        (U.display_name, int, "it is a str: it can't be declared as int (identity/users/v1/users"),
        (P.review_count, str, "it is a int: it can't be declared as str"),
        (P.rating_average, int, "it is a float"),
        (P.image_urls, str, "it is a list[str]: it can't be declared as str"),
        (P.image_urls, list[int], "it is a str: it can't be declared as int"),
        (U.preferences, str, "it is a dict[str, str]: it can't be declared as str"),
        (U.preferences, dict[str, int], "it is a str"),
        (PRICE.amount, User, "it is a google.type.Money: it can't be declared as User"),
        (P, User, "it is a shop.catalog.v1.Product: it can't be declared as User"),
        (P.category, int, "category is an enum, a bare number to clients: show word(...) of it"),
        (POST.checksum, bytes, "checksum is raw bytes, which have no place in JSON"),
        (P.create_time.seconds, int, "a Timestamp is written as one value: show create_time"),
        (U.password_hash, str, "identity.users.v1.User.password_hash must not leave the BFF"),
        (PRICE.cost_price.units, int, "shop.pricing.v1.Price.cost_price must not leave the BFF"),
        (Leak.of(U), Leak, "must not leave the BFF"),
        (Name.of(U), Card, "is a Name: declare it so"),
        (Card.each(REVIEWS), Card, "is a list[Card]: declare it so"),
        (Card.each(REVIEWS), list[Name], "is a list[Card]: declare it so"),
        (Card.each(REVIEWS), list[Card], "text: it is never absent: declare it without `| None`"),
        (has(U.pronouns), bool | None, "it is never absent"),
        (has(U.pronouns), str, "it is a bool"),
        (which(U, "plan"), str, "declare str | None"),
        (principal().user_id, int, "it is a str: declare it so"),
        (principal(), str, "say what of the caller: principal().user_id"),
        (Card.review.text, str, "is known in its Shape only"),  # type: ignore[attr-defined]
        ("x", int, "'x' is nothing to show"),
        (field(lambda self, u=U: ""), str, "a @field function says what it returns"),
    ],
)
def test_a_member_that_does_not_fit_is_named_with_its_line(
    value: Any, annotation: Any, what: str
) -> None:
    [found] = told(showing(value, annotation))

    assert found.what.startswith("web.Home: shown")
    assert what in found.what
    assert found.where.startswith(HERE)


def test_a_misfit_names_the_protos_line_too() -> None:
    [found] = told(showing(U.password_hash, str))
    lines = (ROOT / "protos/identity/users/v1/users.proto").read_text().splitlines()
    line = 1 + next(i for i, text in enumerate(lines) if " password_hash = " in text)

    assert f"(identity/users/v1/users.proto:{line})" in found.what


def test_a_field_function_is_not_given_what_must_stay_inside() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        @field
        def hint(self, secret: str = U.password_hash) -> str:
            return secret[:1]

    [found] = told(Home)
    assert "web.Home: hint: identity.users.v1.User.password_hash must not leave" in found.what


def test_a_field_function_returns_what_json_has_words_for() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        @field
        def user(self, user: User = U) -> User:
            return user

        @field
        def users(self, user: User = U) -> Soft[list[dict[str, User]]]:
            return [{"ada": user}]

        @field
        def tagged(self, user: User = U) -> tuple[str, int] | None:
            return user.display_name, 1

    allowed = "str, int, float, bool, and list[...] or dict[str, ...] of them"
    said = f"is nothing to return: a @field returns {allowed}; for an object, two @fields"
    assert [
        f"web.Home: user: User {said}",
        f"web.Home: users: Soft[list[dict[str, User]]] {said}",
        f"web.Home: tagged: tuple[str, int] | None {said}",
    ] == [one.what for one in told(Home)]


def test_an_annotation_must_be_importable() -> None:
    """Pitfall 6."""

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        stock: "Stock" = P.title

    assert "import it outside of `if TYPE_CHECKING:`" in told(Home)[0].what


def test_a_soft_part_keeps_its_type() -> None:
    [found] = told(showing(U.display_name, Soft[int]))

    assert "it is a str: it can't be declared as int" in found.what
