"""A class body becomes a plan: what is asked, what waits for what, what is shown."""

from bff.calls.keep import Keep
from bff.compose.view import (
    Shape,
    Soft,
    View,
    call,
    policy,
    principal,
    src,
)
from bff.compose.view.plan import (
    Constant,
    FromCaller,
    FromItem,
    FromReply,
    Items,
    Object,
    Plain,
)
from bff.terms.access import SIGNED_IN
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import Review
from generated.shortener.links.v1.links_client import LinkServiceClient
from generated.shortener.stats.v1.stats_client import StatsServiceClient
from tests.compose.view.compiled import plan_of, shown, steps
from tests.compose.view.example import (
    CountedLinks,
    MobileDashboard,
    PublicProductPage,
    WebProductPage,
)

GET_USER = UserServiceClient.get_user


def test_a_view_is_served_under_its_client() -> None:
    plan = plan_of(MobileDashboard)

    assert ("mobile.MobileDashboard", "/mobile/v1/dashboard") == (plan.name, plan.get)
    assert ("mobile", SIGNED_IN, 250) == (plan.client, plan.access, plan.deadline_ms)
    assert ("The newest links.", "MobileDashboard") == (plan.about, plan.shape)
    assert ["name", "avatarUrl", "links"] == list(shown(plan))


def test_two_independent_calls_wait_for_nothing() -> None:
    plan = plan_of(MobileDashboard)

    assert [("get_user", frozenset()), ("list_links", frozenset())] == [
        (one.name, one.waits_for) for one in plan.steps
    ]
    assert {"owner_id": FromCaller(), "page_size": Constant(10)} == plan.steps[1].arguments


def test_a_dependent_call_stands_after_the_one_that_it_reads() -> None:
    seller = steps(plan_of(WebProductPage))["get_user"]

    assert {"user_id": FromReply(0, ("seller_id",))} == seller.arguments
    assert frozenset({0}) == seller.waits_for


def test_a_list_makes_a_scope_and_what_is_inside_is_asked_per_item() -> None:
    plan = plan_of(CountedLinks)
    daily = steps(plan)["get_daily_clicks"]

    assert [FromReply(1, ("links",))] == [one.items for one in plan.scopes]
    assert {"code": FromItem(0, ("short_code",)), "days": Constant(30)} == daily.arguments
    assert 0 == daily.scope


def test_a_subclass_of_a_shape_shows_the_same_item_with_more() -> None:
    links = shown(plan_of(CountedLinks))["links"]

    assert isinstance(links, Items)
    assert ["code", "clicks", "url", "slug", "daily"] == [one.name for one in links.members]
    assert Plain(value=FromItem(0, ("custom_slug",))) == links.members[3].show


def test_a_shape_of_one_message_makes_no_scope() -> None:
    team = shown(plan_of(CountedLinks))["team"]

    assert isinstance(team, Object)
    assert FromReply(0, ("team",)) == team.of
    assert Plain(value=FromReply(0, ("team", "display_name"))) == team.members[0].show


def test_lookups_of_any_branch_and_depth_are_gathered() -> None:
    """The seller and the authors of the reviews: one BatchGetUsers."""
    found = [one for one in plan_of(WebProductPage).steps if one.rpc.name.endswith("/GetUser")]
    [pair] = {one.pair for one in found}

    assert [(None, 0), (1, 0)] == [(one.scope, one.gathered) for one in found]
    assert pair is not None
    assert ("user_id", "user_ids", "users", "user_id") == (
        pair.key,
        pair.keys,
        pair.found,
        pair.found_by,
    )
    assert "identity.users.v1.UserService/BatchGetUsers" == pair.batch.name


def test_a_lookup_alone_is_not_gathered() -> None:
    assert None is steps(plan_of(MobileDashboard))["get_user"].gathered


def test_lookups_that_ask_for_something_else_beside_their_key_are_not_gathered() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        week: int = call(StatsServiceClient.get_daily_clicks, code="a", days=7).total
        month: int = call(StatsServiceClient.get_daily_clicks, code="b", days=30).total
        other: int = call(StatsServiceClient.get_daily_clicks, code="c", days=30).total

    assert [None, 0, 0] == [one.gathered for one in plan_of(Home).steps]


def test_what_is_found_is_told_by_its_identifier_where_no_field_has_the_keys_name() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        url: str = call(LinkServiceClient.get_link, code="a").destination

    [step] = plan_of(Home).steps
    assert step.pair is not None
    assert ("code", "short_code") == (step.pair.key, step.pair.found_by)


def test_equal_calls_are_one_and_other_manners_are_others() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        name: str = call(GET_USER, user_id="ada").display_name
        email: str = call(GET_USER, user_id="ada").email
        locale: str = policy(deadline_ms=5).call(GET_USER, user_id="ada").locale
        bio: str = call(GET_USER, user_id="bob").bio

    assert [("get_user", None), ("get_user_2", 5), ("get_user_3", None)] == [
        (one.name, one.deadline_ms) for one in plan_of(Home).steps
    ]


def test_a_policy_reaches_its_call() -> None:
    nobody = User(display_name="Nobody")

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _u = policy(fresh_s=5, stale_if_error_s=9, fallback=nobody).call(GET_USER, user_id="ada")
        name: str = _u.display_name

    [step] = plan_of(Home).steps
    assert (Keep(fresh_s=5, stale_if_error_s=9), nobody) == (step.keep, step.fallback)


def test_a_call_that_no_shown_member_reads_is_not_made() -> None:
    """`omit` leaves out the member, and what only it asked for."""
    plan = plan_of(PublicProductPage)

    assert "list_purchases" not in steps(plan)
    assert not plan.personal
    assert Keep(fresh_s=60, stale_while_revalidate_s=120, public=True) == plan.keep


def test_a_call_in_a_shape_that_reads_no_item_is_made_once() -> None:
    class Card(Shape[Review]):
        review = src(Review)
        viewer: str = call(GET_USER, user_id=principal().user_id).display_name

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        cards: list[Card] = Card.each(
            call(ReviewServiceClient.list_reviews, product_id="p-1").reviews
        )

    assert None is steps(plan_of(Home))["get_user"].scope


def test_a_shape_inside_may_read_the_item_of_the_one_around() -> None:
    class Inner(Shape[User]):
        user = src(User)

    class Outer(Shape[Review]):
        review = src(Review)

    class Author(Inner):
        name: str = Inner.user.display_name
        stars: int = Outer.review.rating

    class Card(Outer):
        author: Author = Author.of(call(GET_USER, user_id=Outer.review.author_id))

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        cards: list[Card] = Card.each(
            call(ReviewServiceClient.list_reviews, product_id="p-1").reviews
        )

    cards = shown(plan_of(Home))["cards"]
    assert Plain(value=FromItem(0, ("rating",))) == cards.members[0].show.members[1].show


def test_lists_in_lists_have_scopes_in_scopes() -> None:
    class Card(Shape[Review]):
        review = src(Review)
        text: str = review.text

    class Bought(Shape[Product]):
        product = src(Product)
        reviews: list[Card] = Card.each(
            call(ReviewServiceClient.list_reviews, product_id=product.product_id).reviews
        )

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        products: list[Bought] = Bought.each(call(CatalogServiceClient.list_products).products)

    plan = plan_of(Home)
    assert [None, 0] == [one.parent for one in plan.scopes]
    assert [None, 0] == [one.scope for one in plan.steps]
    assert FromReply(1, ("reviews",)) == plan.scopes[1].items


def test_only_what_a_hard_member_reads_is_needed() -> None:
    plan = plan_of(WebProductPage)

    assert {
        "get_product": True,
        "get_price": True,
        "get_stock": False,
        "list_purchases": False,
    } == {one.name: one.needed for one in plan.steps[:4]}
    assert not any(one.needed for one in plan.steps[4:])


def test_what_a_needed_call_waits_for_is_needed() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _p = call(CatalogServiceClient.get_product, product_id="p-1")
        title: Soft[str] = _p.title
        seller: str = call(GET_USER, user_id=_p.seller_id).display_name

    assert [True, True] == [one.needed for one in plan_of(Home).steps]


def test_only_what_nothing_prompt_reads_is_deferred() -> None:
    deferred = {one.name: one.deferred for one in plan_of(WebProductPage).steps}

    assert {"list_reviews", "get_user_2"} == {name for name, late in deferred.items() if late}


def test_a_reply_that_others_read_is_wanted_as_a_message() -> None:
    whole = {one.name: one.whole for one in plan_of(WebProductPage).steps}

    assert {"get_product", "get_price", "list_reviews"} == {name for name in whole if whole[name]}
