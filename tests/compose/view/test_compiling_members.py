"""Members, inputs and computed values of a view, as its plan has them."""

from collections.abc import Mapping

import pytest

from bff.calls.keep import Keep
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
    paged,
    path,
    private,
    query,
    src,
    values,
    which,
    word,
)
from bff.compose.view.plan import (
    Computed,
    FromInput,
    FromReply,
    Plain,
)
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import Product
from tests.compose.view.compiled import plan_of, shown, steps
from tests.compose.view.example import (
    MobileDashboard,
    WebDashboard,
)

GET_USER = UserServiceClient.get_user


def test_soft_absent_and_needed_are_told_apart() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _u = call(GET_USER, user_id="ada")
        name: str = _u.display_name
        email: Soft[str] = _u.email
        pronouns: str | None = _u.pronouns

    assert [(False, False), (True, True), (False, True)] == [
        (one.soft, one.absent) for one in plan_of(Home).members
    ]


def test_a_lookup_may_find_nothing() -> None:
    """`T | None` on a call's own field: null where it says NOT_FOUND."""

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        name: str | None = call(GET_USER, user_id="ada").display_name

    assert plan_of(Home).members[0].absent


def test_pages_go_by_the_cursor() -> None:
    plan = plan_of(WebDashboard)

    assert FromInput("cursor") == steps(plan)["list_links"].arguments["page_token"]
    assert [("cursor", "cursor", "")] == [(it.name, it.where, it.default) for it in plan.inputs]
    assert "nextCursor" == plan.members[-1].name
    assert Plain(value=FromReply(2, ("next_page_token",))) == plan.members[-1].show


def test_the_cursor_of_a_soft_list_is_soft() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        name: str = call(GET_USER, user_id="ada").display_name
        products: Soft[list["Row"]] = defer(
            Row.each(paged(CatalogServiceClient.list_products).products)
        )

    last = plan_of(Home).members[-1]
    assert ("nextCursor", True, True) == (last.name, last.soft, last.deferred)


def test_inputs_stand_in_the_order_path_query_cursor() -> None:
    class Sized(Fragment):
        page_size = query(int, 20, about="How many.")
        user = header("X-User")

    class Home(Sized, get="/v1/home/{owner_id}", client="web", deadline_ms=1):
        owner_id = path(str)
        name: str = call(GET_USER, user_id=Sized.user).display_name
        owner: str = owner_id
        rows: list[Row] = Row.each(
            paged(CatalogServiceClient.list_products, page_size=Sized.page_size).products
        )

    inputs = plan_of(Home).inputs
    assert ["path", "query", "header", "cursor"] == [one.where for one in inputs]
    assert ["owner_id", "page_size", "x-user", "cursor"] == [one.name for one in inputs]
    assert [None, 20, None, ""] == [one.default for one in inputs]
    assert Plain(value=FromInput("owner_id")) == shown(plan_of(Home))["owner"]


def test_aspects_of_a_field_have_words() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _u = call(GET_USER, user_id="ada")
        role: str = word(_u.role)
        has_pronouns: bool = has(_u.pronouns)
        plan: str | None = which(_u, "plan")
        preferences: list[str] = values(_u.preferences)
        by_name: Mapping[str, str] = _u.preferences
        images: list[str] = each(
            call(CatalogServiceClient.get_product, product_id="p-1").image_urls
        )

    kinds = {name: (show.kind, show.value.path[-1]) for name, show in shown(plan_of(Home)).items()}
    assert {
        "role": ("value", "role"),
        "hasPronouns": ("has", "pronouns"),
        "plan": ("which", "plan"),
        "preferences": ("values", "preferences"),
        "byName": ("value", "preferences"),
        "images": ("value", "image_urls"),
    } == kinds


def test_a_field_function_is_given_what_its_defaults_name() -> None:
    """A default that is another member is the message behind it; a constant stays."""

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _u = call(GET_USER, user_id="ada")
        owner: Soft[Person] = defer(Person.of(_u))

        @field
        def label(self, user: User = owner, name: str = _u.display_name, mark: str = "!") -> str:  # type: ignore[assignment]
            """Who it is."""
            return name + mark + user.bio

    plan = plan_of(Home)
    label = plan.members[-1]
    assert isinstance(label.show, Computed)
    assert {"user": FromReply(0, ()), "name": FromReply(0, ("display_name",))} == (
        label.show.arguments
    )
    assert ("Who it is.", str) == (label.about, label.show.returns)
    assert "ada!x" == label.show.function(user=User(bio="x"), name="ada")


def test_a_field_function_may_be_soft_and_async() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        @field
        async def label(self, name: str = call(GET_USER, user_id="ada").display_name) -> Soft[str]:
            return name

    [member] = plan_of(Home).members
    assert (True, False) == (member.soft, plan_of(Home).steps[0].needed)


def test_a_subclass_replaces_what_it_declares_again() -> None:
    class Home(MobileDashboard, get="/v1/home"):
        name: str = MobileDashboard._u.email

    members = plan_of(Home).members
    assert ["name", "avatarUrl", "links"] == [one.name for one in members]
    assert Plain(value=FromReply(0, ("email",))) == members[0].show


def test_bases_come_first_from_left_to_right() -> None:
    class One(Fragment):
        one: str = call(GET_USER, user_id="a").display_name

    class Two(Fragment):
        two: str = call(GET_USER, user_id="b").display_name

    class Home(One, Two, get="/v1/home", client="web", deadline_ms=1):
        three: str = call(GET_USER, user_id="c").display_name

    assert ["one", "two", "three"] == [one.name for one in plan_of(Home).members]


def test_a_view_that_must_be_signed_in_for_is_personal() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1, cache=private(fresh_s=5)):
        name: str = call(GET_USER, user_id="a").display_name

    assert (True, Keep(fresh_s=5)) == (plan_of(Home).personal, plan_of(Home).keep)


@pytest.mark.parametrize("kind", [str, int])
def test_a_path_variable_has_the_type_of_the_field_that_takes_it(kind: type) -> None:
    class Home(View, get="/v1/home/{which}", client="web", deadline_ms=1):
        which = path(kind)
        shown_: kind = which  # type: ignore[valid-type]

    assert [kind] == [one.kind for one in plan_of(Home).inputs]


class Person(Shape[User]):
    user = src(User)
    name: str = user.display_name


class Row(Shape[Product]):
    product = src(Product)
    title: str = product.title
