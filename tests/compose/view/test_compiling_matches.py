"""match(): a list is looked through by key, wherever it comes from and whoever looks."""

from typing import Any

import pytest

from bff.compose.view import (
    Fragment,
    Shape,
    Soft,
    View,
    call,
    each,
    field,
    match,
    path,
    principal,
    query,
    src,
)
from bff.compose.view.compiling.views import compile_views
from bff.compose.view.plan import (
    Constant,
    FromCaller,
    FromInput,
    FromItem,
    FromMatch,
    FromReply,
    Items,
    Object,
    Plain,
)
from bff.terms.mistakes import ContractMistake, ContractMistakes
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.pricing.v1.pricing_client import PricingServiceClient
from generated.shop.pricing.v1.pricing_pb2 import Price
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import Review
from generated.shortener.links.v1.links_client import LinkServiceClient
from generated.shortener.stats.v1.stats_client import StatsServiceClient
from tests.compose.panel import ROOT, catalog
from tests.compose.view.compiled import plan_of
from tests.compose.view.example import WebDashboard

HERE = "tests/compose/view/test_compiling_matches.py"
USERS: Any = call(UserServiceClient.list_users).users
CLICKS: Any = call(StatsServiceClient.batch_get_daily_clicks, owner_id="ada").daily_clicks
LINKS: Any = call(LinkServiceClient.list_links, owner_id="ada").links
PRICES: Any = call(PricingServiceClient.batch_get_prices, product_ids=["p-1"]).prices

REVIEWS: Any = call(ReviewServiceClient.list_reviews, product_id="p-1").reviews


class Card(Shape[Review]):
    review = src(Review)
    _author = match(USERS, by="user_id", key=review.author_id)
    stars: int = review.rating
    author: str | None = _author.display_name


def showing(value: Any, annotation: Any) -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        shown: annotation = value

    return Home


def shown(value: Any, annotation: Any) -> Any:
    [member] = plan_of(showing(value, annotation)).members
    return member.show


def told(view: type[Fragment]) -> ContractMistake:
    with pytest.raises(ContractMistakes) as caught:
        compile_views([view], catalog())
    [one] = caught.value.exceptions
    assert isinstance(one, ContractMistake)
    return one


def test_a_list_in_a_shape_that_reads_no_item_is_asked_for_once_and_at_once() -> None:
    """Four calls, none of which waits for another, and none per link."""
    plan = plan_of(WebDashboard)

    assert ["get_user", "get_membership", "list_links", "batch_get_daily_clicks"] == [
        one.name for one in plan.steps
    ]
    assert {None} == {one.scope for one in plan.steps}
    assert {frozenset()} == {one.waits_for for one in plan.steps}


def test_an_item_finds_its_own_by_key() -> None:
    links = next(one.show for one in plan_of(WebDashboard).members if one.name == "links")
    assert isinstance(links, Items)
    [daily] = [one for one in links.members if one.name == "daily"]

    clicks, code = FromReply(3, ("daily_clicks",)), FromItem(0, ("short_code",))
    assert Plain(value=FromMatch(clicks, "code", code, ("daily",))) == daily.show
    assert (True, True) == (daily.soft, daily.absent)


def test_only_soft_members_look_so_the_list_is_soft_and_wanted_as_a_message() -> None:
    step = plan_of(WebDashboard).steps[3]

    assert (False, True) == (step.needed, step.whole)


def test_a_hard_member_that_looks_needs_the_list() -> None:
    assert plan_of(showing(match(USERS, by="user_id", key="ada").email, str)).steps[0].needed


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ada", Constant("ada")),
        (principal().user_id, FromCaller()),
        (call(UserServiceClient.get_user, user_id="bob").user_id, FromReply(1, ("user_id",))),
    ],
)
def test_a_key_is_whatever_may_be_sent_to_a_service(key: Any, value: Any) -> None:
    found = shown(match(USERS, by="user_id", key=key).email, str).value

    assert FromMatch(FromReply(0, ("users",)), "user_id", value, ("email",)) == found


def test_an_input_is_a_key_and_a_view_for_everybody_may_have_it() -> None:
    class Home(View, get="/v1/home/{user}", client="web", deadline_ms=1, access="public"):
        user = path(str)
        email: str = match(USERS, by="user_id", key=user).email

    plan = plan_of(Home)
    value = plan.members[0].show.value  # type: ignore[union-attr] # a Plain

    assert (FromInput("user"), False) == (value.key, plan.personal)


def test_a_caller_for_a_key_makes_the_answer_personal() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1, access="public"):
        email: str = match(USERS, by="user_id", key=principal().user_id).email

    assert plan_of(Home).personal


def test_what_is_found_is_a_message_like_any_other() -> None:
    """Shown as an object, given to a function, sent to a service, looked through again."""

    class Person(Shape[User]):
        user = src(User)
        name: str = user.display_name

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _ada = match(USERS, by="user_id", key="ada")
        ada: Soft[Person] = Person.of(_ada)
        bio: str = call(UserServiceClient.get_user, user_id=_ada.user_id).bio
        total: int | None = match(CLICKS, by="code", key=_ada.display_name).total

        @field
        def hello(self, user: User = _ada) -> Soft[str]:
            return user.display_name

    plan = plan_of(Home)
    ada = FromMatch(FromReply(0, ("users",)), "user_id", Constant("ada"), ())

    assert isinstance(plan.members[0].show, Object)
    assert ada == plan.members[0].show.of
    assert frozenset({0}) == plan.steps[1].waits_for
    assert True is plan.steps[0].needed
    assert ["ada", "bio", "total", "hello"] == [one.name for one in plan.members]


def test_a_call_that_reads_what_an_item_found_is_made_per_item() -> None:
    class Dated(Shape[Review]):
        review = src(Review)
        bio: str = call(
            UserServiceClient.get_user,
            user_id=match(USERS, by="user_id", key=review.author_id).user_id,
        ).bio

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        cards: list[Dated] = Dated.each(REVIEWS)

    per_item = [one for one in plan_of(Home).steps if one.name == "get_user"]
    assert [0] == [one.scope for one in per_item]


def test_a_list_inside_of_what_was_found_may_be_shown() -> None:
    show = shown(each(match(CLICKS, by="code", key="a").daily), list[int])

    assert ("daily",) == show.value.path


def test_two_members_of_one_match_ask_once() -> None:
    assert 2 == len(plan_of(showing(Card.each(REVIEWS), list[Card])).steps)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: match(USERS, by="user", key="a"), "User has no field `user`"),
        (lambda: match(USERS, by="preferences", key="a"), "preferences of User is no key"),
        (lambda: match(USERS, by="create_time", key="a"), "create_time of User is no key"),
        (lambda: match(USERS[0], by="user_id", key="a"), "can't be indexed"),
        (lambda: match(each(CLICKS), by="code", key=None), "key=None: match() compares with"),
        (lambda: match(CLICKS.total, by="code", key="a"), "is a list, without `.total`"),
        (lambda: match([], by="code", key="a"), "match() takes a field of a reply or of an item"),
        (
            lambda: match(call(UserServiceClient.get_user, user_id="a").bio, by="x", key="a"),
            "is no list of messages: match() has nothing to look through",
        ),
        (
            lambda: match(
                call(UserServiceClient.get_user, user_id="a").preferences, by="key", key="a"
            ),
            "is no list of messages",
        ),
        (
            lambda: match(USERS, by="user_id", key="a").nam,
            "`match(list_users().users, by=user_id)`",
        ),
        (lambda: match(USERS, by="user_id", key="a").bio.upper, "has no fields, and no `.upper`"),
    ],
)
def test_misuse_fails_where_it_is_written(make: Any, what: str) -> None:
    with pytest.raises(ContractMistake) as caught:
        make()

    assert what in caught.value.what
    assert caught.value.where.startswith(HERE)


@pytest.mark.parametrize(
    ("value", "annotation", "what"),
    [
        (match(USERS, by="user_id", key=3).bio, str, "match(by='user_id'): "),
        (match(USERS, by="user_id", key=LINKS).bio, str, "it takes str, and is given list["),
        (
            match(USERS, by="user_id", key=call(UserServiceClient.get_user, user_id="a").role).bio,
            str,
            "it takes str, and is given identity.users.v1.UserRole",
        ),
        (match(USERS, by="user_id", key="a").bio, int, "it is a str: it can't be declared as int"),
        (match(USERS, by="user_id", key="a"), Price, "it is a identity.users.v1.User"),
        (match(USERS, by="user_id", key="a").password_hash, str, "must not leave the BFF"),
        (match(PRICES, by="product_id", key="a").cost_price.units, int, "must not leave the BFF"),
        (match(USERS, by="user_id", key=query(int)).bio, str, "this query() has no name"),
        (
            match(USERS, by="user_id", key=Card.review.author_id).bio,
            str,
            "is known in its Shape only",
        ),
    ],
)
def test_a_mistyped_key_or_field_is_a_mistake_at_boot(
    value: Any, annotation: Any, what: str
) -> None:
    found = told(showing(value, annotation))

    assert what in found.what
    assert found.where.startswith(HERE)


def test_a_mistyped_key_names_the_line_of_match_and_of_the_proto() -> None:
    view = showing(match(USERS, by="user_id", key=3).bio, str)
    lines = (ROOT / "protos/identity/users/v1/users.proto").read_text().splitlines()
    at = 1 + next(i for i, text in enumerate(lines) if " user_id = 1" in text)

    assert f"(identity/users/v1/users.proto:{at})" in told(view).what
