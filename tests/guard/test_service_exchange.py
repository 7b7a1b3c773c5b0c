"""What a service is told by a token of the issuer's: asked once for a caller, kept for its life."""

import asyncio
from typing import Any

import pytest

from bff.guard.outbound import Answered, Unreachable
from bff.guard.services.exchanged import ExchangedToken
from bff.guard.services.options import ExchangeOptions
from bff.terms.context import NOBODY, Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, Refused, ServiceSilent
from tests.guard.token_issuer import Asked, TokenIssuer, answered, tokens

SHOP = "shop.orders.v1.OrderService"
URL = "https://login.example/token"
OPTIONS = ExchangeOptions(url=URL, client_id="b ff", client_secret="s:x", scope="orders")
ADA = Identity("ada", "https://login.example")


class Issuer(TokenIssuer):
    """Of one service's tokens."""

    now_s = 100.0

    def token(self) -> ExchangedToken:
        return ExchangedToken(
            SHOP, OPTIONS, ask=self.ask, emit=self.events.append, clock=lambda: self.now_s
        )


def context(own: str = "callers-own", identity: Identity = ADA, **more: Any) -> RequestContext:
    metadata = (("x-request-id", "r"), ("authorization", f"Bearer {own}"))
    return RequestContext("r", Deadline(1e12), identity, metadata=metadata, **more)


async def told(token: ExchangedToken, asker: RequestContext) -> list[tuple[str, str | bytes]]:
    await token.ready(asker)
    return list(token.metadata(asker))


async def failure(token: ExchangedToken, asker: RequestContext) -> Failure:
    with pytest.raises(Failure) as caught:
        await token.ready(asker)
    return caught.value


async def test_the_callers_token_is_exchanged_for_one_of_that_service() -> None:
    issuer = Issuer()
    expected = [("x-request-id", "r"), ("authorization", "Bearer token-1")]
    assert expected == await told(issuer.token(), context())
    assert [
        Asked(
            URL,
            {
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token": "callers-own",
                "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "audience": SHOP,
                "scope": "orders",
            },
            {"authorization": "Basic YitmZjpzJTNBeA=="},
            OPTIONS.timeout_s,
        )
    ] == issuer.asked


async def test_it_is_kept_for_four_fifths_of_its_life() -> None:
    issuer = Issuer()
    token = issuer.token()
    first = await told(token, context())
    issuer.now_s += 79.9
    assert first == await told(token, context())
    issuer.now_s += 0.1
    assert first != await told(token, context())
    assert 2 == len(issuer.asked)


async def test_two_callers_get_two_tokens() -> None:
    issuer = Issuer()
    token = issuer.token()
    found = [(await told(token, context(own)))[1][1] for own in ("a", "b", "a")]
    assert ["Bearer token-1", "Bearer token-2", "Bearer token-1"] == found


async def test_a_hundred_calls_of_one_caller_are_one_question() -> None:
    issuer = Issuer()
    token = issuer.token()
    issuer.gate.clear()
    waiting = [asyncio.create_task(told(token, context())) for _ in range(100)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    issuer.gate.set()
    found = await asyncio.gather(*waiting[1:])
    assert ({"Bearer token-1"}, 1) == ({str(one[1][1]) for one in found}, len(issuer.asked))


async def test_of_nobody_nothing_is_asked_and_nothing_said() -> None:
    issuer = Issuer()
    assert [("x-request-id", "r")] == await told(issuer.token(), context(identity=NOBODY))
    assert [] == issuer.asked


async def test_without_a_token_the_callers_own_does_not_go_in_its_place() -> None:
    assert (("x-request-id", "r"),) == Issuer().token().metadata(context())


async def test_an_issuer_that_refuses_is_the_clients_affair() -> None:
    issuer = Issuer()
    issuer.answer = answered({"error": "invalid_grant"}, 400)
    found = await failure(issuer.token(), context())
    assert (Refused, "unauthenticated") == (type(found), found.reason)


@pytest.mark.parametrize(
    "answer",
    [
        Unreachable("down"),
        Answered(500, "text/html", b"<html>"),
        answered({"error": "invalid_client"}, 401),
        answered({}),
        tokens("ä"),
        tokens("a\nb"),
    ],
)
async def test_f20_an_issuer_that_does_not_answer_is_nobodys_fault(answer: Any) -> None:
    """A token that could not be kept is never sent; all others are spared the wait for a second."""
    issuer = Issuer()
    token = issuer.token()
    issuer.answer = answer
    found = await failure(token, context())
    assert (ServiceSilent, "identity-unavailable") == (type(found), found.reason)
    assert "callers-own" not in repr(issuer.events)
    issuer.answer = None
    await failure(token, context("other"))
    assert 1 == len(issuer.asked)
    issuer.now_s += 1.0
    assert "Bearer token-2" == (await told(token, context()))[1][1]


async def test_who_has_no_time_left_does_not_wait() -> None:
    issuer = Issuer()
    issuer.gate.clear()
    asker = context()._replace(deadline=Deadline(issuer.now_s))
    found = await failure(issuer.token(), asker)
    assert "identity-unavailable" == found.reason
    issuer.gate.set()


async def test_what_is_refused_to_one_caller_is_no_illness_for_the_others() -> None:
    """RFC 8693 2.2.2: a subject token that is no good is an invalid_request."""
    issuer = Issuer()
    token = issuer.token()
    issuer.answer = answered({"error": "invalid_request"}, 400)
    assert isinstance(await failure(token, context("closed-account")), ServiceSilent)
    issuer.answer = None
    bob = Identity("bob", "https://login.example")
    assert ("authorization", "Bearer token-2") in await told(token, context("bobs", bob))
