"""A view's JSON: in the declared order, from the wire where it can be, null where it may."""

import pytest

from bff.compose.view.plan import Constant, FromCaller, FromInput, Object
from bff.compose.view.running.layout import Layout
from bff.compose.view.writing.straight import projected
from bff.terms.errors import ServiceSilent
from bff.terms.mistakes import ContractMistakes
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_pb2 import CATEGORY_TOYS, Product
from generated.shop.pricing.v1.pricing_pb2 import Price
from generated.shop.reviews.v1.reviews_pb2 import ListReviewsResponse, Review
from tests.compose.panel import catalog
from tests.compose.view.served import (
    AUTHOR,
    DOWN,
    MEMBERS,
    PRICE,
    PRODUCT,
    SELLER,
    a_plan,
    a_user,
    member,
    of_item,
    of_reply,
    person,
    plain,
    reviews,
    services,
    shown,
)
from tests.contract.codec.engines import NATIVE, PURE, needs_native

BOTH = [pytest.param(PURE, id="pure"), pytest.param(NATIVE, id="native", marks=needs_native)]


@pytest.mark.parametrize("engine", BOTH)
async def test_members_stand_in_the_order_of_their_declaration(engine):
    plan = a_plan(*reversed(MEMBERS))
    body = (await shown(plan, services(), engine=engine)).body

    places = [
        body.index(b'"%b":' % name) for name in (b"reviews", b"seller", b"currency", b"title")
    ]
    assert sorted(places) == places


@pytest.mark.parametrize("engine", BOTH)
async def test_both_engines_write_the_same_values(engine):
    """64-bit integers as numbers, enums in short; a default where nothing is set."""
    product = Product(title="Ä", category=CATEGORY_TOYS, image_urls=["a"])
    product.attributes["b"] = 1
    names = ("title", "category", "image_urls", "attributes", "rating_average", "weight_grams")
    members = [plain(name, of_reply(PRODUCT, name)) for name in names]
    body = (await shown(a_plan(*members), services(GetProduct=product), engine=engine)).body

    assert (
        '{"title":"Ä","category":"TOYS","image_urls":["a"],"attributes":{"b":1.0},'
        '"rating_average":0.0,"weight_grams":0}'
    ) == body.decode()


@pytest.mark.parametrize("engine", BOTH)
async def test_what_may_be_absent_is_null_where_it_is_unset(engine):
    members = [
        plain("rating", of_reply(PRODUCT, "rating_average"), absent=True),
        plain("made", of_reply(PRODUCT, "create_time"), absent=True),
        plain("currency", of_reply(PRICE, "list_amount", "currency_code"), absent=True),
        plain("units", of_reply(PRICE, "amount", "units"), absent=True),
    ]
    body = (await shown(a_plan(*members), services(), engine=engine)).body

    assert b'{"rating":null,"made":null,"currency":null,"units":0}' == body


@pytest.mark.parametrize("engine", BOTH)
async def test_a_scalar_behind_an_unset_message_is_its_default(engine):
    members = [
        plain("currency", of_reply(PRICE, "list_amount", "currency_code")),
        plain("units", of_reply(PRICE, "list_amount", "units")),
        plain("percent", of_reply(PRICE, "discount_percent")),
    ]
    body = (await shown(a_plan(*members), services(), engine=engine)).body

    assert b'{"currency":"","units":0,"percent":0}' == body


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize("path", [("list_amount",), ("valid_until_time",)])
async def test_a_message_that_is_needed_and_unset_fails_the_view(engine, path):
    with pytest.raises(ServiceSilent) as raised:
        await shown(a_plan(plain("it", of_reply(PRICE, *path))), services(), engine=engine)

    assert "upstream-invalid-response" == raised.value.reason


@pytest.mark.parametrize("engine", BOTH)
async def test_such_a_message_in_an_item_fails_the_nearest_soft_member(engine):
    made = plain("made", of_item(0, "create_time"))
    answer = await shown(a_plan(MEMBERS[0], reviews(made)), services(), engine=engine)

    assert b'{"title":"Lamp","reviews":null,' == answer.body[:31]
    assert ["/reviews"] == [gap.path for gap in answer.gaps]


@pytest.mark.parametrize("engine", BOTH)
async def test_a_list_of_plain_cards_is_one_projection(engine):
    """An unset `optional` is null in every card."""
    cards = reviews(
        plain("reply", of_item(0, "seller_reply"), absent=True),
        plain("stars", of_item(0, "rating")),
        plain("made", of_item(0, "create_time"), absent=True),
    )
    found = ListReviewsResponse(reviews=[Review(rating=3), Review(seller_reply="")])
    found.reviews[1].create_time.seconds = 1
    plan = a_plan(cards)
    answer = await shown(plan, services(ListReviews=found), engine=engine)

    assert projected(cards, Layout(plan, catalog())) is not None
    assert (
        b'{"reviews":[{"reply":null,"stars":3,"made":null},'
        b'{"reply":"","stars":0,"made":"1970-01-01T00:00:01Z"}]}'
    ) == answer.body


@pytest.mark.parametrize("engine", BOTH)
async def test_an_object_inside_a_message_is_lifted_or_nested_as_declared(engine):
    inside = Object(
        of=of_reply(PRICE, "amount"),
        members=(
            plain("currency", of_reply(PRICE, "amount", "currency_code")),
            plain("units", of_reply(PRICE, "amount", "units")),
        ),
        shape="Amount",
    )
    units = plain("units", of_reply(PRICE, "list_amount", "units"))
    old = Object(of=of_reply(PRICE, "list_amount"), members=(units,), shape="Old")
    plan = a_plan(member("now", inside), member("before", old, absent=True))
    body = (await shown(plan, services(), engine=engine)).body

    assert b'{"now":{"currency":"EUR","units":0},"before":null}' == body


@pytest.mark.parametrize("engine", BOTH)
async def test_an_object_holds_what_other_services_say_too(engine):
    card = Object(
        of=of_reply(PRODUCT),
        members=(
            plain("title", of_reply(PRODUCT, "title")),
            member("seller", person(SELLER), soft=True),
            plain("id", of_reply(PRODUCT, "product_id")),
        ),
        shape="Card",
    )
    plan = a_plan(member("product", card))
    good = await shown(plan, services(), engine=engine)
    bad = await shown(plan, services(GetUser=DOWN), engine=engine)

    assert b'{"product":{"title":"Lamp","seller":{"name":"Ada"},"id":"p-1"}}' == good.body
    assert ["/product/seller"] == [gap.path for gap in bad.gaps]


async def test_constants_inputs_and_the_caller_can_be_shown():
    plan = a_plan(
        plain("kind", Constant("page")),
        plain("id", FromInput("product_id")),
        plain("me", FromCaller()),
    )
    assert b'{"kind":"page","id":"p-1","me":"ada"}' == (await shown(plan, services())).body


async def test_presence_oneofs_and_maps_have_words_of_their_own():
    user = User(user_id="ada", pronouns="", paid_plan="gold", preferences={"b": "2", "a": "1"})
    plan = a_plan(
        plain("pronouns", of_reply(SELLER, "pronouns"), kind="has"),
        plain("seen", of_reply(SELLER, "last_seen_time"), kind="has"),
        plain("plan", of_reply(SELLER, "plan"), kind="which"),
        plain("preferences", of_reply(SELLER, "preferences"), kind="values"),
    )
    full = await shown(plan, services(GetUser=user))
    empty = await shown(plan, services(GetUser=a_user))

    assert b'{"pronouns":true,"seen":false,"plan":"paidPlan","preferences":["1","2"]}' == full.body
    assert b'{"pronouns":false,"seen":false,"plan":null,"preferences":[]}' == empty.body


async def test_the_same_reply_is_asked_for_once_however_many_show_it():
    asking = services()
    plan = a_plan(
        member("seller", person(SELLER), soft=True),
        plain("sellerName", of_reply(SELLER, "display_name")),
    )
    assert b'{"seller":{"name":"Ada"},"sellerName":"Ada"}' == (await shown(plan, asking)).body
    assert 1 == asking.names.count("GetUser")


async def test_a_member_that_cannot_be_written_costs_its_neighbours_nothing():
    """Two members of one reply: the price has no old amount."""
    old = Object(
        of=of_reply(PRICE),
        members=(plain("amount", of_reply(PRICE, "list_amount")),),
        shape="Old",
    )
    plan = a_plan(member("old", old, soft=True), plain("now", of_reply(PRICE, "amount")))
    answer = await shown(plan, services())

    assert b'{"old":null,"now":{"currencyCode":"EUR","units":0,"nanos":0},' == answer.body[:61]
    assert ["/old"] == [gap.path for gap in answer.gaps]


async def test_a_reply_that_does_not_decode_is_a_failure_of_its_members_alone():
    answer = await shown(a_plan(), services(ListReviews=b"\xff"))
    assert ["/reviews"] == [gap.path for gap in answer.gaps]


async def test_errors_may_always_be_there():
    always = a_plan(errors="always")
    whole = await shown(always, services())
    partly = await shown(always, services(ListReviews=DOWN))

    assert (b',"errors":[]}', 1) == (whole.body[-13:], partly.body.count(b'"errors":[{'))


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (("titel",), "p: shop.catalog.v1.Product has no field `titel`; did you mean `title`?"),
        (("internal_notes",), "this field is never written: take it away"),
    ],
)
def test_a_mistake_names_the_member_and_its_line(path, what):
    plan = a_plan(plain("p", of_reply(PRODUCT, *path)), plain("q", of_reply(PRODUCT, "titel")))
    with pytest.raises(ContractMistakes) as raised:
        services().views().endpoints([plan])

    assert any(what in one for one in raised.value.whats)
    assert {"bff/views/web/product.py:1"} == {one.where for one in raised.value.exceptions}
    assert any(one.startswith("web.ProductPage: q: ") for one in raised.value.whats)


async def test_an_items_own_soft_part_is_the_only_null():
    cards = reviews(plain("stars", of_item(0, "rating")), member("by", person(AUTHOR), soft=True))
    answer = await shown(a_plan(cards), services(BatchGetUsers=DOWN))

    assert b'{"reviews":[{"stars":0,"by":null},' == answer.body[:34]


def test_a_price_is_a_price():
    """The fixture that the tests above lean on: an amount, and no old one."""
    price = services().answers["GetPrice"]
    assert (True, False) == (price.HasField("amount"), Price().HasField("list_amount"))
