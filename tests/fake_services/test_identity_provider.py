"""The demo's identity provider refuses what a real one would: so tests against it mean much."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import jwt
import pytest
import pytest_asyncio

from fake_services.demo_keys import demo_keys
from fake_services.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Asked,
    IdentityProvider,
    OAuthError,
    challenge_of,
    sid_in,
)
from fake_services.identity_provider_run import provider_running

BACK = "http://localhost:8080/bff/callback"
VERIFIER = "v" * 43
ASKED = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "redirect_uri": BACK,
    "state": "s-1",
    "nonce": "n-1",
    "scope": "openid",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


@pytest_asyncio.fixture
async def provider(tmp_path: Path) -> AsyncIterator[IdentityProvider]:
    async with provider_running(demo_keys(tmp_path)) as found:
        yield found


@pytest_asyncio.fixture
async def browser(provider: IdentityProvider) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=provider.issuer) as found:
        yield found


def a_code(provider: IdentityProvider) -> str:
    asked = Asked(
        redirect_uri=BACK,
        state="s-1",
        nonce="n-1",
        challenge=challenge_of(VERIFIER),
        scope="openid",
    )
    return provider.code(provider.sign_in("ada"), asked)


async def test_it_describes_itself_and_shows_its_keys(browser: httpx.AsyncClient) -> None:
    told = (await browser.get("/.well-known/openid-configuration")).json()
    keys = (await browser.get(told["jwks_uri"])).json()["keys"]
    assert (str(browser.base_url).rstrip("/"), ["S256"]) == (
        told["issuer"],
        told["code_challenge_methods_supported"],
    )
    assert [("ES256", False)] == [(key["alg"], "d" in key) for key in keys]


async def test_one_picks_a_person_and_is_remembered(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/authorize", params=ASKED)
    picked = await browser.post("/pick", data={**ASKED, "person": "cleo"})
    again = await browser.get("/authorize", params=ASKED)
    assert [200, 303, 303] == [page.status_code, picked.status_code, again.status_code]
    assert ["Ada Lovelace", "Bob Kahn", "Cleo Papadaki"] == [
        name for name in ("Ada Lovelace", "Bob Kahn", "Cleo Papadaki") if name in page.text
    ]
    back = httpx.URL(picked.headers["location"])
    assert ("s-1", str(browser.base_url).rstrip("/")) == (back.params["state"], back.params["iss"])


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "http://evil.example/bff/callback"},
        {"redirect_uri": "http://localhost:8080/elsewhere"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
    ],
    ids=str,
)
async def test_nobody_is_sent_on_with_a_wrong_question(
    browser: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    answers = [
        await browser.get("/authorize", params={**ASKED, **changes}),
        await browser.post("/pick", data={**ASKED, **changes, "person": "ada"}),
    ]
    assert [400, 400] == [answer.status_code for answer in answers]


async def test_a_stranger_can_not_be_picked(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/pick", data={**ASKED, "person": "mallory"})
    assert (400, {"error": "access_denied"}) == (answer.status_code, answer.json())


async def test_what_was_asked_is_escaped_on_the_page(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/authorize", params={**ASKED, "state": '"><script>'})
    assert "<script>" not in page.text


async def test_a_code_gives_tokens_once_to_who_began(provider: IdentityProvider) -> None:
    wrong = [(VERIFIER[1:], BACK), (VERIFIER, BACK + "x")]
    for verifier, back in wrong:
        with pytest.raises(OAuthError, match="invalid_grant"):
            provider.redeem(a_code(provider), verifier, back)
    code = a_code(provider)
    told = provider.redeem(code, VERIFIER, BACK)
    claims = jwt.decode(str(told["id_token"]), options={"verify_signature": False})
    assert ("ada", "n-1", CLIENT_ID) == (claims["sub"], claims["nonce"], claims["aud"])
    assert sid_in(str(told["id_token"])) == claims["sid"]
    with pytest.raises(OAuthError, match="invalid_grant"):
        provider.redeem(code, VERIFIER, BACK)


async def test_a_code_does_not_last(provider: IdentityProvider) -> None:
    code = a_code(provider)
    provider.now_s = lambda: time.time() + 61
    with pytest.raises(OAuthError, match="invalid_grant"):
        provider.redeem(code, VERIFIER, BACK)


async def test_a_refresh_token_is_good_once_and_a_second_use_ends_its_family(
    provider: IdentityProvider,
) -> None:
    first = str(provider.redeem(a_code(provider), VERIFIER, BACK)["refresh_token"])
    second = str(provider.refresh(first)["refresh_token"])
    for used in (first, second):
        with pytest.raises(OAuthError, match="invalid_grant"):
            provider.refresh(used)


async def test_a_revoked_token_and_one_of_a_session_that_ended_are_good_no_more(
    provider: IdentityProvider,
) -> None:
    revoked = str(provider.redeem(a_code(provider), VERIFIER, BACK)["refresh_token"])
    provider.revoke(revoked)
    provider.revoke("never heard of")
    told = provider.redeem(a_code(provider), VERIFIER, BACK)
    heard = provider.sign_out(sid_in(str(told["id_token"])))
    for ended in (revoked, str(told["refresh_token"])):
        with pytest.raises(OAuthError, match="invalid_grant"):
            provider.refresh(ended)
    assert ["http://localhost:8080"] == list(heard)


async def test_only_the_client_gets_tokens(browser: httpx.AsyncClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": CLIENT_ID}
    answers = [
        await browser.post("/token", data=form),
        await browser.post("/token", data={**form, "client_secret": "guessed"}),
        await browser.post("/token", data=form, auth=(CLIENT_ID, "guessed")),
        await browser.post("/revoke", data={"token": "x"}),
    ]
    good = await browser.post("/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET))
    assert {"invalid_client"} == {answer.json()["error"] for answer in answers}
    assert "invalid_grant" == good.json()["error"]
