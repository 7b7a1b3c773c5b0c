"""A product page whose plan is made by hand, over services whose answers the test sets.

Called by test_running.py, test_batching.py, test_writing.py, test_serving.py and others.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bff.calls.pipeline import pipeline
from bff.compose.endpoint import Answer, Ask, Endpoint
from bff.compose.view.plan import (
    FromInput,
    FromItem,
    FromReply,
    Items,
    Member,
    Object,
    Pair,
    Plain,
    Plan,
    Scope,
    Step,
    ViewInput,
)
from bff.compose.view.serving.endpoints import Views
from bff.compose.view.serving.pruning import pruned
from bff.compose.view.serving.runner import Runner
from bff.contract.codec.native_engine import ENGINE, Engine
from bff.terms.access import SIGNED_IN
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import Failure, ServiceSaid, ServiceSilent
from generated.identity.users.v1.users_client import BATCH_GET_USERS, GET_USER
from generated.identity.users.v1.users_pb2 import (
    BatchGetUsersRequest,
    BatchGetUsersResponse,
    GetUserRequest,
    User,
)
from generated.shop.catalog.v1.catalog_client import GET_PRODUCT
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shop.pricing.v1.pricing_client import GET_PRICE
from generated.shop.pricing.v1.pricing_pb2 import Price
from generated.shop.reviews.v1.reviews_client import LIST_REVIEWS
from generated.shop.reviews.v1.reviews_pb2 import ListReviewsResponse, Review
from tests.compose.panel import Services as Answers
from tests.compose.panel import a_context, catalog

HERE = "bff/views/web/product.py:1"
DOWN = ServiceSilent("down", source="a.B/C")
NOT_FOUND = ServiceSaid("no such thing", code=Code.NOT_FOUND, source="a.B/C")
USERS = Pair(
    batch=BATCH_GET_USERS, key="user_id", keys="user_ids", found="users", found_by="user_id"
)
PRODUCT, PRICE, REVIEWS, SELLER, AUTHOR = range(5)


def asked(index: int, rpc: Any, **options: Any) -> Step:
    name = rpc.name.rpartition("/")[2]
    product = {"product_id": FromInput("product_id")}
    filled = {"arguments": product, "scope": None, **options}
    return Step(index=index, name=name, rpc=rpc, declared_at=HERE, **filled)


def member(name: str, show: Any, **options: Any) -> Member:
    return Member(name=name, show=show, declared_at=HERE, **options)


def plain(name: str, value: Any, **options: Any) -> Member:
    kind = options.pop("kind", "value")
    return member(name, Plain(value=value, kind=kind), **options)


def of_reply(step: int, *path: str) -> FromReply:
    return FromReply(step, path)


def of_item(scope: int, *path: str) -> FromItem:
    return FromItem(scope, path)


def person(step: int) -> Object:
    return Object(
        of=of_reply(step), members=(plain("name", of_reply(step, "display_name")),), shape="Person"
    )


STEPS = (
    asked(PRODUCT, GET_PRODUCT),
    asked(PRICE, GET_PRICE),
    asked(REVIEWS, LIST_REVIEWS, needed=False),
    asked(
        SELLER,
        GET_USER,
        arguments={"user_id": of_reply(PRODUCT, "seller_id")},
        pair=USERS,
        gathered=0,
        needed=False,
    ),
    asked(
        AUTHOR,
        GET_USER,
        arguments={"user_id": of_item(0, "author_id")},
        scope=0,
        pair=USERS,
        gathered=0,
        needed=False,
    ),
)
SCOPES = (Scope(index=0, parent=None, items=of_reply(REVIEWS, "reviews")),)


def reviews(*members: Member, **options: Any) -> Member:
    shown = members or (
        plain("stars", of_item(0, "rating")),
        member("author", person(AUTHOR), soft=True),
        plain("reply", of_item(0, "seller_reply"), absent=True),
    )
    options = {"soft": True, **options}
    return member("reviews", Items(scope=0, members=shown, shape="ReviewCard"), **options)


MEMBERS = (
    plain("title", of_reply(PRODUCT, "title")),
    plain("currency", of_reply(PRICE, "amount", "currency_code")),
    member("seller", person(SELLER), soft=True),
    reviews(),
)


def a_plan(*members: Member, **options: Any) -> Plan:
    """The page, or one of other members, with the steps that it needs."""
    made = Plan(
        name="web.ProductPage",
        get="/web/v1/products/{product_id}",
        client="web",
        access=SIGNED_IN,
        deadline_ms=500,
        about="One product.",
        shape="ProductPage",
        inputs=(ViewInput(name="product_id", where="path", kind=str),),
        steps=STEPS,
        scopes=SCOPES,
        members=members or MEMBERS,
        declared_at=HERE,
    )
    whole = replace(made, **options)
    return pruned(whole, frozenset((one.name,) for one in whole.members))


def with_step(index: int, **changes: Any) -> tuple[Step, ...]:
    return tuple(replace(one, **changes) if one.index == index else one for one in STEPS)


def some_users(wire: bytes) -> BatchGetUsersResponse:
    """Everybody but "ghost", in another order than asked."""
    ids = BatchGetUsersRequest.FromString(wire).user_ids
    found = [User(user_id=one, display_name=one.title()) for one in ids if one != "ghost"]
    return BatchGetUsersResponse(users=reversed(found))


def a_user(wire: bytes) -> User:
    name = GetUserRequest.FromString(wire).user_id
    return User(user_id=name, display_name=name.title())


def written_by(*authors: str) -> ListReviewsResponse:
    found = [Review(review_id=f"r{n}", author_id=one, rating=n) for n, one in enumerate(authors)]
    return ListReviewsResponse(reviews=found)


class Services(Answers):
    """As panel's; an answer may also be a function of the request."""

    async def unary(self, path: str, request: bytes, **options: Any) -> bytes:
        name = path.rpartition("/")[2]
        answer = self.answers[name]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            self.answers = {**self.answers, name: answer(request)}
        try:
            return await super().unary(path, request, **options)
        finally:
            self.answers = {**self.answers, name: answer}

    def views(self, *, engine: Engine = ENGINE, **options: Any) -> Views:
        transport: Any = self
        calls = pipeline({"*": transport}, emit=self.events.append)
        return Views(catalog(), calls=calls, engine=engine, **options)

    def served(self, plan: Plan, **options: Any) -> Endpoint:
        [endpoint] = self.views(**options).endpoints([plan])
        return endpoint

    def runner(self, plan: Plan) -> Runner:
        return self.views().runner(plan)


def services(**answers: Any) -> Services:
    price = Price(product_id="p-1")
    price.amount.currency_code = "EUR"
    usual = {
        "GetProduct": Product(product_id="p-1", title="Lamp", seller_id="ada"),
        "GetPrice": price,
        "ListReviews": written_by("bob", "cleo", "bob"),
        "GetUser": a_user,
        "BatchGetUsers": some_users,
    }
    return Services(**{**usual, **answers})


def an_ask(*values: str, query: str = "", **headers: str) -> Ask:
    return Ask(values=values or ("p-1",), query=query, body=b"", content_type="", headers=headers)


class Starting(Services):
    """The same services behind a transport that calls back."""

    def start(self, path: str, request: bytes, *, done: Any, **options: Any) -> Any:
        asking = asyncio.ensure_future(self.unary(path, request, **options))

        def told(_: Any) -> None:
            if not asking.cancelled():
                failure = asking.exception()
                done(b"" if failure else asking.result(), failure)

        asking.add_done_callback(told)
        return asking

    def cancel(self, call: Any) -> None:
        call.cancel()


async def shown(
    plan: Plan,
    asking: Services,
    *,
    ask: Ask | None = None,
    context: RequestContext | None = None,
    **options: Any,
) -> Answer:
    """The answer; or what is raised. The short way comes to the same."""
    context, ask = context or a_context(), ask or an_ask()
    answer = await _outcome(asking.served(plan, **options).run(context, ask))
    if all(map(_can_call_back, asking.answers.values())):
        twin = Starting(**asking.answers)
        short = await _outcome(_by_callback(twin.served(plan, **options), context, ask))
        assert _told(answer) == _told(short)
        assert sorted(asking.names) == sorted(twin.names)
    if isinstance(answer, BaseException):
        raise answer
    assert isinstance(answer, Answer)
    return answer


def _can_call_back(answer: Any) -> bool:
    """Neither set later, nor a bug in the transport."""
    is_bug = isinstance(answer, Exception) and not isinstance(answer, Failure)
    return not (is_bug or isinstance(answer, asyncio.Future))


async def _outcome(work: Awaitable[Any]) -> Any:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - it is compared, then raised
        return error


async def _by_callback(endpoint: Endpoint, context: RequestContext, ask: Ask) -> Any:
    came = later()
    begun = endpoint.short and endpoint.short(context, ask, lambda *how: came.set_result(how))
    if begun is None:
        return await endpoint.run(context, ask)
    answer, error = await came
    return answer if error is None else error


def _told(outcome: Any) -> Any:
    if isinstance(outcome, BaseException):
        return type(outcome), str(outcome)
    return outcome


def later() -> "asyncio.Future[Any]":
    return asyncio.get_running_loop().create_future()
