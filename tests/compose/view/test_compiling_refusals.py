"""A view that can not be served, and one that a proto left behind, say why: all of it at once."""

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import descriptor_pb2

from bff.compose.view import (
    Fragment,
    Shape,
    View,
    call,
    each,
    paged,
    path,
    principal,
    public,
    query,
    src,
)
from bff.contract.catalog import Catalog
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import Product
from tests.compose.panel import ROOT
from tests.compose.view.compiled import told
from tests.compose.view.example import MobileDashboard

HERE = "tests/compose/view/test_compiling_refusals.py"
U: Any = call(UserServiceClient.get_user, user_id="ada")
P: Any = call(CatalogServiceClient.get_product, product_id="p-1")


def showing(value: Any, annotation: Any) -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        shown: annotation = value

    return Home


class Name(Shape[User]):
    user = src(User)
    name: str = user.display_name


def no_deadline() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web"):
        name: str = U.display_name

    return Home


def no_client() -> type[Fragment]:
    class Home(View, get="/v1/home", deadline_ms=1):
        name: str = U.display_name

    return Home


def nothing_shown() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _name = U.display_name

    return Home


def no_value() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        name: str

    return Home


def no_path_input() -> type[Fragment]:
    class Home(View, get="/v1/home/{id}", client="web", deadline_ms=1):
        name: str = U.display_name

    return Home


def no_variable() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        product_id = path(str)
        name: str = U.display_name

    return Home


def nameless_input() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        name: str = call(UserServiceClient.get_user, user_id=query(str)).display_name

    return Home


def wrong_input() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        number = query(int)
        name: str = call(UserServiceClient.get_user, user_id=number).display_name  # type: ignore[arg-type]

    return Home


def wrong_argument() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        name: str = call(UserServiceClient.get_user, user_id=P.review_count).display_name

    return Home


def wrong_constant() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        name: str = call(UserServiceClient.get_user, user_id=3).display_name  # type: ignore[arg-type]

    return Home


def fields_input() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        fields = query(str)
        name: str = U.display_name

    return Home


def errors_member() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        errors: str = U.display_name

    return Home


def twins_in_json() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        avatar_url: str = U.avatar_url
        avatarUrl: str = U.avatar_url  # noqa: N815 - it is the case

    return Home


def public_and_personal() -> type[Fragment]:
    class Home(
        View, get="/v1/home", client="web", deadline_ms=1, access="public", cache=public(fresh_s=1)
    ):
        name: str = call(UserServiceClient.get_user, user_id=principal().user_id).display_name

    return Home


def public_and_signed_in() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1, cache=public(fresh_s=1)):
        name: str = U.display_name

    return Home


def omits_nothing() -> type[Fragment]:
    class Home(MobileDashboard, client="web", omit=("histroy",)): ...

    return Home


def pages_twice() -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        names: list[Name] = Name.each(paged(UserServiceClient.list_users).users)
        images: list[str] = each(call(CatalogServiceClient.get_product, product_id="a").image_urls)
        titles: list[Title] = Title.each(paged(CatalogServiceClient.list_products).products)

    return Home


class Title(Shape[Product]):
    product = src(Product)
    title: str = product.title


@pytest.mark.parametrize(
    "make, what",
    [
        (no_deadline, "web.Home: say for how long it may take: deadline_ms= above 0"),
        (no_client, "Home has get= and no client="),
        (nothing_shown, "web.Home: it shows nothing"),
        (no_value, "name is declared without a value"),
        (no_path_input, "no attribute reads the path's {id}: id = path(str)"),
        (no_variable, "the path has no {product_id} for product_id = path(...): /v1/home"),
        (nameless_input, "this query() has no name: make it an attribute of the class"),
        (wrong_input, "UserService/GetUser: user_id: it takes str, and is given int"),
        (wrong_argument, "UserService/GetUser: user_id: it takes str, and is given int"),
        (wrong_constant, "UserService/GetUser: user_id: "),
        (fields_input, "`?fields=` chooses members already"),
        (errors_member, "errors: this name is that of the list of what failed"),
        (twins_in_json, "in JSON it is avatarUrl, as avatar_url is at"),
        (public_and_personal, "its answer depends on who calls: cache=private(...)"),
        (public_and_signed_in, "its answer depends on who calls"),
        (omits_nothing, "it omits histroy, which no class has that it inherits"),
        (pages_twice, "a view pages through one list, and this one does at"),
    ],
)
def test_a_view_that_can_not_be_served_says_why(
    make: Callable[[], type[Fragment]], what: str
) -> None:
    found = told(make())

    assert [True] == [what in one.what for one in found]
    assert found[0].where.startswith(HERE)


def test_two_views_of_one_path_are_a_mistake() -> None:
    class Again(MobileDashboard): ...

    [found] = told(MobileDashboard, Again)
    assert "mobile.Again: mobile.MobileDashboard at " in found.what
    assert "is /mobile/v1/dashboard, too" in found.what


def test_every_mistake_of_every_view_is_told_at_once() -> None:
    class Other(View, get="/v1/other", client="web", deadline_ms=1):
        name: int = U.display_name
        mail: int = U.email

    assert ["web.Home", "web.Other", "web.Other"] == sorted(
        one.what.partition(":")[0] for one in told(no_deadline(), Other)
    )


def changed(change: Callable[[descriptor_pb2.FileDescriptorProto], None]) -> Catalog:
    """The demo's contract, with another users.proto than the generated code was made of."""
    files = descriptor_pb2.FileDescriptorSet.FromString(
        (ROOT / "generated" / "descriptors.binpb").read_bytes()
    )
    change(next(one for one in files.file if one.name == "identity/users/v1/users.proto"))
    return Catalog.of(files.SerializeToString())


def test_a_view_of_an_rpc_that_is_gone_says_so() -> None:
    def drop(file: descriptor_pb2.FileDescriptorProto) -> None:
        del file.service[0].method[0]

    [found] = told(showing(U.display_name, str), contract=changed(drop))
    assert "web.Home: shown: no service has the rpc identity.users.v1.UserService/GetUser" == (
        found.what
    )


def test_a_view_of_a_field_that_was_renamed_names_the_message_and_both_lines() -> None:
    def rename(file: descriptor_pb2.FileDescriptorProto) -> None:
        user = next(one for one in file.message_type if one.name == "User")
        next(one for one in user.field if one.name == "display_name").name = "full_name"

    class Other(View, get="/v1/other", client="web", deadline_ms=1):
        who: Name = Name.of(U)

    found = told(showing(U.display_name, str), Other, contract=changed(rename))
    proto = (ROOT / "protos/identity/users/v1/users.proto").read_text().splitlines()
    line = 1 + proto.index("message User {")

    assert ["web.Home: shown", "web.Other: who.name"] == sorted(
        ": ".join(one.what.split(": ")[:2]) for one in found
    )
    assert all(one.where.startswith(HERE) for one in found)
    assert all(f"(identity/users/v1/users.proto:{line})" in one.what for one in found)
