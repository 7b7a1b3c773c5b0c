"""A recorder that is taken for a value fails where it is written, with what to do instead."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
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
    paged,
    path,
    policy,
    principal,
    src,
    values,
    which,
    word,
)
from bff.terms.mistakes import ContractMistake
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shortener.links.v1.links_client import LinkServiceClient
from generated.shortener.links.v1.links_pb2 import Link
from generated.todos.v1.todos_client import TodoServiceClient

P: Any = call(CatalogServiceClient.get_product, product_id="p-1")
U: Any = call(UserServiceClient.get_user, user_id="ada")
LINKS: Any = call(LinkServiceClient.list_links, owner_id="ada").links


class Card(Shape[Link]):
    link = src(Link)
    code: str = link.short_code


CARDS: Any = Card.each(LINKS)


@field
def title(self: Any, product: Product = P) -> str:
    return product.title


TITLE: Any = title
CATEGORY: Any = word(P.category)


def mistake(do: Callable[[], Any]) -> ContractMistake:
    with pytest.raises(ContractMistake) as caught:
        do()
    return caught.value


@pytest.mark.parametrize(
    "misuse, what",
    [
        (lambda: bool(P), "`get_product()` is not there yet, so it can't be asked whether"),
        (lambda: 1 if P.title else 2, "declare `T | None` or use has()"),
        (lambda: not P.title, "can't be asked whether it is true"),
        (lambda: P.title == "x", "`get_product().title` is not there yet, so it can't be compared"),
        (lambda: P.title != "x", "can't be compared: compute it in a @field function"),
        (lambda: P.review_count < 1, "can't be compared"),
        (lambda: P.review_count >= 1, "can't be compared"),
        (lambda: "x" in P.title, "can't be looked into"),
        (lambda: P.title in ["a", "b"], "can't be compared"),
        (lambda: len(P.image_urls), "can't be looked into"),
        (lambda: list(P.image_urls), "can't be looped over: show the items of a list"),
        (lambda: [x.code for x in LINKS], "can't be looped over"),
        (lambda: P.image_urls[0], "can't be indexed"),
        (lambda: U.preferences["theme"], "can't be indexed"),
        (lambda: f"{P.title}!", "can't be made a text of (f-string, str())"),
        (lambda: str(P.title), "can't be made a text of"),
        (lambda: "%s" % P.title, "can't be made a text of"),  # noqa: UP031 - it is the case
        (lambda: P.title + "!", "can't be calculated with"),
        (lambda: "!" + P.title, "can't be calculated with"),
        (lambda: -P.review_count, "can't be calculated with"),
        (lambda: int(P.review_count), "can't be converted to a number"),
        (lambda: {P.product_id: 1}, "can't be a key or in a set"),
        (lambda: P.title(1), "can't be called"),
        (lambda: P.title.split(","), "`get_product().title` has no fields, and no `.split` yet"),
        (lambda: P.HasField("title"), "has no method `HasField`: compute it in a @field"),
        (lambda: P.titel, "shop.catalog.v1.Product has no field `titel`; did you mean `title`?"),
        (lambda: P.image_urls.first, "is a list, without `.first`: show its items with a Shape's"),
        (lambda: P.image_urls.first, "write call(..., first=item.first) in a Shape of the items"),
        (lambda: U.preferences.theme, "is a map, without `.theme`: show it as a dict"),
        (lambda: setattr(P, "title", "x"), "title can't be set"),
        (lambda: CARDS[0], "can't be indexed"),
        (lambda: bool(CARDS), "`Card.each(list_links().links)` is not there yet"),
        (lambda: CARDS.list_links, "a client or a module of the same name, rename one"),
        (lambda: TITLE.upper, "`title()` is a member of the answer, without `.upper`"),
        (lambda: principal().name, "has no fields"),  # type: ignore[attr-defined]
        (lambda: path(str).upper(), "has no fields, and no `.upper` yet"),
    ],
)
def test_a_value_that_is_not_there_yet_refuses_to_be_used(
    misuse: Callable[[], Any], what: str
) -> None:
    """Pitfalls 1, 7 and 8. The line is that of the misuse."""
    found = mistake(misuse)

    assert what in found.what
    line = misuse.__code__.co_firstlineno
    assert f"tests/compose/view/test_language.py:{line}" == found.where


def test_nothing_is_awaited_in_a_class_body() -> None:
    async def wait() -> None:
        await P

    assert "leave the await out" in mistake(lambda: asyncio.run(wait())).what


@pytest.mark.parametrize(
    "misuse, what",
    [
        (lambda: call(User, user_id="a"), "is no unary rpc: name the method of a generated client"),
        (lambda: call(TodoServiceClient.watch_todos), "is no unary rpc"),
        (
            lambda: call(CatalogServiceClient.get_product, id="a"),
            "get_product() takes no `id`, but product_id",
        ),
        (lambda: call(CatalogServiceClient.get_product), "missing a required argument"),
        (
            lambda: call(CatalogServiceClient.batch_get_products, product_ids=[P.product_id]),
            "can't be put in a list or dict",
        ),
        (
            lambda: call(CatalogServiceClient.get_product, product_id=word(P.category)),
            "only a field itself can be sent",
        ),
        (lambda: call(CatalogServiceClient.get_product, product_id=TITLE), "send a field of a"),
        (
            lambda: call(CatalogServiceClient.get_product, product_id=TITLE),
            "what is computed can't be sent: make this screen a function (@screen)",
        ),
        (lambda: paged(CatalogServiceClient.get_product, product_id="a"), "it has no pages"),
        (
            lambda: paged(LinkServiceClient.list_links, owner_id="a", page_token="t"),
            "from the client's `?cursor=`: leave it out",
        ),
        (lambda: policy(deadline_ms=0), "deadline_ms must be above 0"),
        (
            lambda: policy(fallback=Product()).call(UserServiceClient.get_user, user_id="a"),
            "get_user replies with a User: its fallback can't be a Product",
        ),
        (lambda: word(P.title), "is no enum"),
        (lambda: has(P.title), "is always true"),
        (lambda: which(P, "plan"), "has no oneof `plan`"),
        (lambda: values(P.image_urls), "is no map"),
        (lambda: each(P.title), "is no list"),
        (lambda: has("x"), "has() takes a field of a reply or of an item"),
        (lambda: defer("x"), "defer() takes what a call brings"),
        (lambda: Card.of(LINKS), "Card.of() takes one message"),
        (lambda: Card.of(P), "Card shows a shortener.links.v1.Link, not a shop.catalog.v1.Product"),
        (lambda: Card.each(P), "Card.each() takes a list of messages"),
        (lambda: Card.each([1]), "Card shows what a call brings, not [1]"),
        (lambda: field(lambda: ""), "needs `self` first"),
        (lambda: field(lambda self, p: ""), "say by its default what it is given"),
        (lambda: field(lambda self, p=TITLE: ""), "`title()` is a computed member"),
        (lambda: field(lambda self, p=CATEGORY: ""), "give it the message or a field"),
    ],
)
def test_a_word_that_is_used_wrongly_says_so(misuse: Any, what: str) -> None:
    assert what in mistake(misuse).what


def test_a_name_that_two_fragments_define_is_a_mistake() -> None:
    """Nothing is overwritten unseen: both places are named."""

    class One(Fragment):
        name: str = U.display_name

    class Two(Fragment):
        name: str = P.title

    def mix() -> None:
        class Both(One, Two): ...

    what = mistake(mix).what
    assert "Both: name is defined at " in what
    assert 2 == what.count("tests/compose/view/test_language.py:")


def test_a_class_may_say_which_of_two_it_means() -> None:
    class One(Fragment):
        name: str = U.display_name

    class Two(Fragment):
        name: str = P.title

    class Both(One, Two):
        name: str = Two.name

    assert "`get_product().title`" == repr(Both.name)


def test_fragments_may_share_what_they_both_inherit() -> None:
    class Me(Fragment):
        me = principal().user_id

    class One(Me): ...

    class Two(Me): ...

    class Both(One, Two): ...

    assert Both.me is Me.me


def test_a_name_is_defined_once_in_a_body() -> None:
    def twice() -> None:
        class Home(View):
            name: str = U.display_name
            name: str = P.title  # type: ignore[no-redef]  # noqa: PIE794 - it is the case

    assert "name is there already" in mistake(twice).what


def test_an_input_is_named_after_its_attribute() -> None:
    class Home(View):
        product_id = path(str)

    assert "`product_id`" == repr(Home.product_id)


def test_python_may_ask_what_it_asks_of_every_object() -> None:
    """Collectors of tests and of examples look at whatever a module holds."""
    assert not hasattr(P, "__wrapped__")
    assert "`get_product()`" == repr(P)


def test_annotations_stay_as_they_are() -> None:
    class Home(View):
        price: Soft[Money] = P.attributes

    assert Soft[Money] == Home.__annotations__["price"]
