"""docs/spec/bad-input.md rows 87 and 94 to 102, each by its number."""

from base64 import b64encode

import httpx
import pytest

from bff.contract.status import kind_of
from bff.guard.sessions.cookies import SESSION_COOKIE, clear_session
from bff.guard.sessions.session import SessionOptions
from bff.guard.sessions.vault import key_of
from bff.stores.store import soon
from bff.terms.errors import Failure
from fake_services.identity_provider import IdentityProvider
from tests.sessions.world import World, world_of

ID = "A" * 43


def refusal(world: World, *cookies: str, method: str = "GET", **headers: str) -> Failure:
    """What the gate says to these cookies."""
    shown = world.presented(method, cookies=cookies)
    with pytest.raises(Failure) as refused:
        world.sessions.at_once(world.context(**headers), shown)
    return refused.value


def told(failure: Failure) -> tuple[int, str]:
    return kind_of(failure).status, failure.reason


async def test_row_87_a_cookie_beside_a_bearer_token_is_ambiguous(world: World) -> None:
    await world.sign_in()
    shown = world.presented(authorizations=("Bearer abc",))
    with pytest.raises(Failure) as refused:
        await world.sessions.identify(world.context(), shown)
    answer = await world.user(authorization="Bearer abc")
    assert (400, "ambiguous-credentials") == told(refused.value)
    assert 400 == answer.status_code


@pytest.mark.parametrize("value", [ID, "", '"quoted"', ID + "A", ID[1:] + "/", "a b", ID + " x"])
async def test_row_94_an_unknown_cookie_is_an_ended_session_and_cleared(
    world: World, value: str
) -> None:
    failure = refusal(world, f"theme=dark; {SESSION_COOKIE}={value}")
    assert (401, "session-expired") == told(failure)
    assert (clear_session(),) == failure.headers


async def test_row_94_a_revoked_cookie_is_cleared(world: World) -> None:
    await world.sign_in()
    cookie = world.cookie
    await world.go((await world.user()).json()["logoutUrl"])
    world.browser.cookies.set(SESSION_COOKIE, cookie, domain="localhost.local", path="/")
    answer = await world.user()
    assert (401, "session-expired") == (answer.status_code, slug(answer))
    assert f"{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0" in (
        answer.headers.get_list("set-cookie")
    )
    assert "" == world.cookie


async def test_row_94_what_was_changed_or_moved_in_the_store_is_no_session(world: World) -> None:
    """Tampered ciphertext; and the session of one put in the place of another's."""
    await world.sign_in("ada")
    ada, records = world.cookie, world.sessions.records
    sealed = await soon(records.get(key_of(ada)))
    assert sealed is not None
    places = {key_of(ada): sealed[:-1] + bytes([sealed[-1] ^ 1]), key_of(ID): sealed}
    for key, value in places.items():
        await soon(records.put(key, value, ttl_s=60))
    failures = [refusal(world, f"{SESSION_COOKIE}={one}") for one in (ada, ID)]
    assert [(401, "session-expired")] * 2 == [told(failure) for failure in failures]


async def test_row_94_a_key_that_left_the_ring_opens_nothing(provider: IdentityProvider) -> None:
    """Old key; so is the cookie of another front end, whose keys are not ours."""
    async with world_of(provider) as one:
        await one.sign_in()
        ring = SessionOptions(keys=(f"new:{b64encode(bytes(32)).decode()}",))
        async with world_of(provider, records=one.sessions.records, options=ring) as other:
            failure = refusal(other, f"{SESSION_COOKIE}={one.cookie}")
    assert (401, "session-expired") == told(failure)


async def test_row_95_two_session_cookies_are_nobodys(world: World) -> None:
    await world.sign_in()
    good, planted = f"{SESSION_COOKIE}={world.cookie}", f"{SESSION_COOKIE}={ID}"
    for cookies in ((f"{good}; {planted}",), (planted, good), (good, good)):
        failure = refusal(world, *cookies)
        assert (401, "ambiguous-session") == told(failure)
        assert (clear_session(),) == failure.headers


@pytest.mark.parametrize("name", ["s", "__host-s", "__Secure-s", "x__Host-s", "__Host-s-2"])
async def test_row_95_what_a_subdomain_can_plant_is_not_looked_at(world: World, name: str) -> None:
    """A cookie without the prefix can be set for us by any host of our domain."""
    await world.sign_in()
    context = world.context()
    shown = world.presented(cookies=(f"{name}={world.cookie}",))
    assert context is world.sessions.at_once(context, shown)


@pytest.mark.parametrize(
    ("status", "cookies"),
    [
        (400, "; ".join(f"c{number}=1" for number in range(200))),
        (431, f"big={'x' * 17_000}"),
        (400, "=x"),
        (400, "a=\x01"),
        (400, "a=b\x7f"),
    ],
    ids=["200 cookies", "17 KB", "no name", "control", "delete"],
)
async def test_row_96_what_no_browser_sends_is_refused(
    world: World, status: int, cookies: str
) -> None:
    failure = refusal(world, f"{cookies}; {SESSION_COOKIE}={ID}")
    assert status == told(failure)[0]


CSRF = (403, "csrf-rejected")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "x-csrf": "0"},
        {"sec-fetch-site": "same-origin", "x-csrf": ""},
        {"origin": "https://localhost:8080"},
        {"accept": "*/*"},
    ],
    ids=str,
)
async def test_row_98_a_change_without_the_header_is_refused(
    world: World, headers: dict[str, str]
) -> None:
    await world.sign_in()
    cookie = f"{SESSION_COOKIE}={world.cookie}"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert CSRF == told(refusal(world, cookie, method=method, **headers))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "https://sub.localhost:8080"},
        {"origin": "https://localhost:8081"},
        {"origin": "http://localhost:8080"},
        {"origin": "https://localhost:8080", "sec-fetch-site": "cross-site"},
        {"origin": ""},
    ],
    ids=str,
)
async def test_row_99_pages_of_other_origins_are_refused_even_with_the_header(
    world: World, method: str, headers: dict[str, str]
) -> None:
    await world.sign_in()
    cookie = f"{SESSION_COOKIE}={world.cookie}"
    assert CSRF == told(refusal(world, cookie, method=method, **headers, **{"x-csrf": "1"}))


async def test_row_100_a_form_a_beacon_and_a_bodiless_post_have_no_header(world: World) -> None:
    """Also where a browser calls them same-origin: markup can't set a header, so it stays out."""
    await world.sign_in()
    cookie = f"{SESSION_COOKIE}={world.cookie}"
    for site in ("same-origin", "none", "cross-site"):
        sent = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
        assert CSRF == told(refusal(world, cookie, method="POST", **sent))


async def test_a_cookie_that_is_not_used_needs_no_proof(world: World) -> None:
    """Only cookies of others: nothing of ours is borrowed."""
    context = world.context(accept="*/*")
    assert context is world.sessions.at_once(context, world.presented("POST", cookies=("a=b",)))


@pytest.mark.parametrize("path", ["/bff/logout", "/bff/logout?sid=", "/bff/logout?sid=guessed"])
async def test_row_102_nobody_signs_out_without_the_sid(world: World, path: str) -> None:
    await world.sign_in()
    answer = await world.browser.get(path, headers={"sec-fetch-site": "cross-site"})
    assert (403, "csrf-rejected") == (answer.status_code, slug(answer))
    assert 200 == (await world.user()).status_code


async def test_row_102_a_link_of_another_site_takes_no_cookie_away(world: World) -> None:
    """A Strict cookie stays away from it, so nothing says that there is no session."""
    await world.sign_in()
    kept = dict(world.browser.cookies)
    world.browser.cookies.clear()
    answer = await world.browser.get("/bff/logout?sid=guessed")
    assert (303, True) == (answer.status_code, bool(kept))
    assert [] == [one for one in answer.headers.get_list("set-cookie") if SESSION_COOKIE in one]


async def test_row_102_the_sid_of_another_session_signs_nobody_out(world: World) -> None:
    await world.sign_in()
    url = (await world.user()).json()["logoutUrl"]
    await world.sign_in()
    assert 403 == (await world.go(url)).status_code
    assert 200 == (await world.user()).status_code


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]
