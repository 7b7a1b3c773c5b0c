"""What a @field function is given: what its parameters say, without what must stay inside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import pytest
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct, Value
from google.type.money_pb2 import Money

from bff.compose.view import Fragment, Shape, Soft, View, call, defer, field, path, query, src
from bff.compose.view.compiling.given import spelled
from bff.compose.view.compiling.views import compile_views
from bff.compose.view.writing.handed import cleaning_of
from bff.contract.codec import Codec
from bff.contract.json_options import JsonOptions
from bff.contract.reply.scrub import Scrubber
from bff.terms.mistakes import ContractMistake, ContractMistakes
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import (
    BatchGetUsersResponse,
    ListUsersResponse,
    User,
)
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import ListReviewsResponse, Review
from tests.compose.panel import catalog
from tests.compose.view.served import an_ask, services, shown

HERE = "tests/compose/view/test_field_functions.py"
CANARY = "CANARY-password-hash"
SECRET = User(user_id="ada", display_name="Ada", password_hash=CANARY)
U: Any = call(UserServiceClient.get_user, user_id="ada")
P: Any = call(CatalogServiceClient.get_product, product_id="p-1")
USERS: Any = call(UserServiceClient.list_users).users


class Person(Shape[User]):
    user = src(User)
    name: str = user.display_name


class Named(Protocol):
    display_name: str


class Author(Shape[Review]):
    """Looked up per review; asks a function of its own."""

    review = src(Review)
    _author = call(UserServiceClient.get_user, user_id=review.author_id)

    @field
    def told(self, author: User = _author) -> str:
        return f"{author} {author.SerializeToString()!r}"


class Everything(View, get="/v1/everything/{product_id}", client="web", deadline_ms=500):
    """Functions that return whatever they have."""

    product_id = path(str)
    _user = call(UserServiceClient.get_user, user_id=product_id)
    _list = call(UserServiceClient.list_users)
    reviews: list[Author] = Author.each(
        call(ReviewServiceClient.list_reviews, product_id=product_id).reviews
    )

    @field
    def one(self, user: User = _user) -> str:
        return f"{user} {user.SerializeToString()!r}{user.password_hash}"

    @field
    async def later(self, user: User | None = _user) -> Soft[str]:
        return repr(user)

    @field
    def listed(self, users: Sequence[User] = _list.users) -> list[str]:
        return [f"{one} {one.SerializeToString()!r}" for one in users]

    @field
    def whole(self, reply: Message = _list) -> str:
        return f"{reply} {reply.SerializeToString()!r}"


async def test_what_must_stay_inside_is_never_in_a_functions_hands() -> None:
    """Whatever it returns: alone, in a list, inside of a reply, per item, awaited."""
    reviews = ListReviewsResponse(reviews=[Review(author_id="ada"), Review(author_id="ada")])
    asked = services(
        GetUser=SECRET,
        ListUsers=ListUsersResponse(users=[SECRET, SECRET]),
        BatchGetUsers=BatchGetUsersResponse(users=[SECRET]),
        ListReviews=reviews,
    )
    [plan] = compile_views([Everything], catalog())
    body = (await shown(plan, asked, ask=an_ask("ada"))).body

    assert b"CANARY" not in body
    assert 15 == body.count(b"Ada")


async def test_a_reply_is_shared_and_stays_as_it_was() -> None:
    """Who asked alike, and the cache, have the same message: what is cleaned is a copy."""
    reply = User(user_id="ada", display_name="Ada", password_hash=CANARY)
    [plan] = compile_views([Both], catalog())
    answer = await shown(plan, services(GetUser=reply), ask=an_ask("ada"))

    assert b'{"first":"","second":""}' == answer.body
    assert CANARY == reply.password_hash


class Both(View, get="/v1/both/{product_id}", client="web", deadline_ms=500):
    product_id = path(str)
    _user = call(UserServiceClient.get_user, user_id=product_id)

    @field
    def first(self, user: User = _user) -> str:
        return user.password_hash

    @field
    def second(self, user: User = _user) -> str:
        return user.password_hash


def test_the_messages_of_a_map_are_cleaned_too() -> None:
    options = JsonOptions(omit_sensitive=frozenset({"google.protobuf.Value.string_value"}))
    entries = Struct(fields={"a": Value(string_value=CANARY), "b": Value(bool_value=True)}).fields
    clean = cleaning_of(Struct.DESCRIPTOR.fields_by_name["fields"], Scrubber(Codec(options)))

    assert clean is not None
    assert {"a": Value(), "b": Value(bool_value=True)} == clean(entries)
    assert CANARY == entries["a"].string_value


def test_what_hides_nothing_is_handed_over_as_it_is() -> None:
    scrubber = Scrubber(Codec(JsonOptions(omit_sensitive=catalog().sensitive_fields)))
    names = User.DESCRIPTOR.fields_by_name

    assert [None] * 3 == [
        cleaning_of(one, scrubber)
        for one in (Money.DESCRIPTOR, names["preferences"], names["display_name"])
    ]


def given(kind: Any, default: Any) -> type[Fragment]:
    def shown_(self: Any, it: Any = default) -> str:
        return ""

    shown_.__annotations__["it"] = kind

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        shown = field(shown_)

    return Home


@pytest.mark.parametrize(
    ("kind", "default", "what"),
    [
        (
            Person,
            Person.of(U),
            (
                "`Person.of(get_user())` is shown as Person; a function would be given the raw"
                " User: read `get_user()` and declare User"
            ),
        ),
        (
            list[Person],
            defer(Person.each(USERS)),
            (
                "`Person.each(list_users().users)` is shown as Person; a function would be given"
                " the raw Sequence[User]: read `list_users().users` and declare Sequence[User]"
            ),
        ),
        (Named, Person.of(U), "a function would be given the raw User"),
        (object, Person.of(U), "a function would be given the raw User"),
        (Message, Person.of(U), "a function would be given the raw User"),
        (User, P, "it is given Product: it can't be declared as User"),
        (str, U, "it is given User: it can't be declared as str"),
        (int, U.display_name, "it is given str: it can't be declared as int"),
        (int, P.rating_average, "it is given float: it can't be declared as int"),
        (
            list[User],
            USERS,
            (
                "it is given Sequence[User]: it can't be declared as list[User];"
                " what repeats arrives as a Sequence"
            ),
        ),
        (list[str], P.image_urls, "it is given Sequence[str]: it can't be declared as list[str];"),
        (Sequence[Product], USERS, "it is given Sequence[User]: it can't be declared as Sequence["),
        (User, USERS, "it is given Sequence[User]: it can't be declared as User"),
        (dict[str, str], U.preferences, "it is given Mapping[str, str]: it can't be declared as"),
        (Mapping[str, int], U.preferences, "it is given Mapping[str, str]"),
    ],
)
def test_a_parameter_that_says_something_else_is_a_mistake_with_its_line(
    kind: Any, default: Any, what: str
) -> None:
    with pytest.raises(ContractMistakes) as caught:
        compile_views([given(kind, default)], catalog())

    [found] = caught.value.exceptions
    assert isinstance(found, ContractMistake)
    assert found.what.startswith("web.Home: shown: it: ")
    assert what in found.what
    assert found.where.startswith(HERE)


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (User, Person.of(U)),
        (Sequence[User], Person.each(USERS)),
        (User | None, U),
        (Soft[User], U),
        (object, U),
        (Any, USERS),
        (Named, U),
        (Message, U),
        (Iterable[User], USERS),
        (Sequence[str], P.image_urls),
        (Mapping[str, str], U.preferences),
        (str, U.display_name),
        (str | int, U.display_name),
        (int, P.category),
        (float, P.review_count),
    ],
)
def test_a_parameter_that_says_what_it_is_given_is_right(kind: Any, default: Any) -> None:
    [plan] = compile_views([given(kind, default)], catalog())

    assert ["shown"] == [one.name for one in plan.members]


def test_an_input_and_the_caller_have_types_too() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        page = query(int, 1)

        @field
        def wrong(self, page: str = page) -> str:  # type: ignore[assignment]
            return page

    with pytest.raises(ContractMistakes) as caught:
        compile_views([Home], catalog())
    assert "web.Home: wrong: page: it is given int: it can't be declared as str" in str(
        caught.value.exceptions[0]
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [(User, "User"), (Sequence[User], "Sequence[User]"), (User | None, "User | None")],
)
def test_an_annotation_is_told_without_its_modules(kind: Any, told: str) -> None:
    assert told == spelled(kind)
