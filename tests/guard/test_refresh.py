"""Apps renew their tokens: what goes to the issuer, and what comes back."""

from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from bff.guard.apps.options import RefreshOptions
from bff.guard.apps.renewal import Refreshing, Renewed, from_browser, read_form
from bff.guard.outbound import Answered, Unreachable
from bff.terms.errors import BadInput, Refused, ServiceSilent
from bff.terms.events import SessionTurned
from bff.terms.mistakes import ContractMistake
from tests.guard.token_issuer import Asked, TokenIssuer, answered

URL = "https://login.example/token"
OPTIONS = RefreshOptions(url=URL, client_ids=("app",))
GOOD = {"grant_type": "refresh_token", "refresh_token": "CANARY-refresh", "client_id": "app"}
TOKENS = {"access_token": "CANARY-access", "token_type": "Bearer", "expires_in": 60}


class Issuer(TokenIssuer):
    """Whom apps' forms go to."""

    async def renewed(self, **changed: str) -> Renewed:
        refreshing = Refreshing(OPTIONS, ask=self.ask, emit=self.events.append)
        return await refreshing.renewed(urlencode({**GOOD, **changed}).encode())


async def test_the_form_goes_to_the_issuer_as_it_is_and_nothing_else_does() -> None:
    issuer = Issuer(answered(TOKENS))
    assert Renewed(200, orjson.dumps(TOKENS)) == await issuer.renewed(scope="a b")
    assert [Asked(URL, {**GOOD, "scope": "a b"}, {}, OPTIONS.timeout_s)] == issuer.asked


async def test_of_the_issuers_answer_only_what_an_app_needs_comes_back() -> None:
    told = {**TOKENS, "refresh_token": "next", "session_state": "x", "debug": {"host": "db-1"}}
    status, body = await Issuer(answered(told)).renewed()
    assert (200, {**TOKENS, "refresh_token": "next"}) == (status, orjson.loads(body))


@pytest.mark.parametrize("status", [400, 401])
async def test_a_refusal_is_its_word_and_none_of_its_prose(status: int) -> None:
    told = {"error": "invalid_grant", "error_description": "user bob, host db-1"}
    assert (
        Renewed(400, b'{"error":"invalid_grant"}') == await Issuer(answered(told, status)).renewed()
    )


@pytest.mark.parametrize(
    "answer",
    [
        Unreachable("down"),
        answered({"error": "server_error"}, 500),
        answered({"error": "<script>"}, 400),
        answered({"error": ["invalid_grant"]}, 400),
        answered({"error": "invalid_grant"}),
        answered({"access_token": 1}),
        answered([]),
        Answered(200, "text/html", b"<html>"),
        Answered(302, "text/html", b""),
    ],
)
async def test_f20_an_issuer_that_gives_no_answer_is_a_503_and_told_to_the_log(answer: Any) -> None:
    issuer = Issuer(answer)
    with pytest.raises(ServiceSilent) as caught:
        await issuer.renewed()
    assert "identity-unavailable" == caught.value.reason
    [event] = issuer.events
    assert isinstance(event, SessionTurned)
    assert "provider-failed" == event.state
    assert "CANARY" not in repr(event) + caught.value.detail


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "invalid-field"),
        (b"\xff=1", "malformed-request"),
        (b"grant_type", "malformed-request"),
        (b"a=1&" * 9 + b"b=1", "malformed-request"),
        (urlencode({**GOOD, "grant_type": "password"}).encode(), "invalid-field"),
        (urlencode({**GOOD, "grant_type": "authorization_code"}).encode(), "invalid-field"),
        (urlencode({**GOOD, "refresh_token": ""}).encode(), "invalid-field"),
        (urlencode({**GOOD, "client_secret": "x"}).encode(), "unknown-field"),
        (urlencode({**GOOD, "resource": "https://evil.example"}).encode(), "unknown-field"),
        (urlencode(GOOD).encode() + b"&client_id=app", "duplicate-field"),
    ],
)
def test_a_form_that_is_no_renewal_is_refused_before_anybody_is_asked(
    body: bytes, reason: str
) -> None:
    with pytest.raises(BadInput) as caught:
        read_form(body, ("app",))
    assert reason == caught.value.reason
    assert "CANARY" not in caught.value.detail


@pytest.mark.parametrize("client", ["", "other", "APP", "app "])
def test_an_app_that_nobody_named_may_not_renew(client: str) -> None:
    with pytest.raises(Refused) as caught:
        read_form(urlencode({**GOOD, "client_id": client}).encode(), ("app",))
    assert "permission-denied" == caught.value.reason


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"user-agent": "app/1"}, False),
        ({"origin": "null"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-mode": "cors"}, True),
    ],
)
def test_a_page_is_told_from_an_app(headers: dict[str, str], expected: bool) -> None:
    assert expected is from_browser(headers)


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"url": "http://login.example/token", "client_ids": ("app",)}, "refresh.url"),
        ({"url": URL}, "refresh.client_ids"),
        ({"timeout_s": 0.0}, "refresh.timeout_s"),
    ],
)
def test_what_can_not_be_meant_is_a_mistake(options: dict[str, Any], where: str) -> None:
    with pytest.raises(ContractMistake) as caught:
        RefreshOptions(**options)
    assert where == caught.value.where
