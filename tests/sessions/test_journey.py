"""Sign in, be known, sign out: over the demo's own identity provider."""

from base64 import b64encode
from collections.abc import Awaitable

import httpx
import pytest

from bff.guard.login.sign_in import MOST_UNDER_WAY
from bff.guard.presented import Presented
from bff.guard.sessions.cookies import SESSION_COOKIE
from bff.guard.sessions.session import SessionOptions
from bff.guard.sessions.vault import key_of, of_subject
from bff.stores.records import StoreUnreachable
from bff.stores.store import soon
from fake_services.identity_provider import IdentityProvider
from tests.journeys.signed_in import ORIGIN
from tests.sessions.waiting import Waiting
from tests.sessions.world import KEYED, OURS, World, world_of


async def test_a_browser_signs_in_and_is_known(world: World) -> None:
    landed = await world.sign_in("bob", "/web/v1/dashboard?tab=2")
    told = (await world.user()).json()

    assert 'content="0;url=/web/v1/dashboard?tab=2"' in landed.text
    assert ["nosniff"] == landed.headers.get_list("x-content-type-options")
    assert {"sub": "bob", "name": "Bob Kahn", "preferred_username": "bob"} == told["claims"]
    assert 3_590 < told["expiresInS"] <= 3_600
    assert ["begun"] == world.states


async def test_the_session_cookie_is_opaque_and_out_of_every_scripts_reach(world: World) -> None:
    landed = await world.sign_in()
    (cookie,) = [it for it in landed.headers.get_list("set-cookie") if SESSION_COOKIE in it]

    name, _, rest = cookie.partition("=")
    value, *marks = rest.split("; ")
    assert ("__Host-s", 43) == (name, len(value))
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} == set(marks)


async def test_row_97_a_sign_in_makes_a_new_id_and_ends_the_one_before(world: World) -> None:
    """Fixation: whatever id the browser brought along, the session gets one of its own."""
    await world.sign_in("ada")
    before = world.cookie
    await world.sign_in("bob")
    planted = "A" * 43
    world.browser.cookies.set(SESSION_COOKIE, planted, domain="localhost.local", path="/")

    assert before not in ("", world.cookie)
    assert 1 == len(await keys_of(world, "bob"))
    assert frozenset() == await keys_of(world, "ada")
    assert 401 == (await world.user()).status_code


async def keys_of(world: World, person: str) -> frozenset[str]:
    return await soon(world.sessions.records.members(of_subject(world.provider.issuer, person)))


async def test_nobody_is_signed_in_without_a_cookie(world: World) -> None:
    answer = await world.user()
    assert (401, "no-store") == (answer.status_code, answer.headers["cache-control"])


async def test_every_answer_is_never_stored(world: World) -> None:
    back = await world.to_provider()
    answers = [await world.browser.get(back), await world.user(), await world.go("/bff/logout")]
    answers += [await world.go("/bff/login"), await world.go("/bff/login?returnUrl=//evil")]
    answers += [await world.go("/bff/callback"), await world.browser.post("/bff/user")]
    assert {"no-store"} == {answer.headers.get("cache-control") for answer in answers}


async def test_a_page_of_ours_signs_out_here_and_at_the_provider(world: World) -> None:
    await world.sign_in()
    refresh_token = next(iter(world.provider._refreshable))
    left = await world.go((await world.user()).json()["logoutUrl"])
    further = httpx.URL(left.headers["location"])
    home = await world.elsewhere.get(further)

    assert (303, f"{world.provider.issuer}/end_session") == (
        left.status_code,
        str(further.copy_with(query=None)),
    )
    assert f"{ORIGIN}/" == home.headers["location"]
    assert ("", [refresh_token], 401) == (
        world.cookie,
        world.provider.revoked,
        (await world.user()).status_code,
    )
    assert frozenset() == await keys_of(world, "ada")


async def test_signing_out_twice_leads_home(world: World) -> None:
    await world.sign_in()
    url = (await world.user()).json()["logoutUrl"]
    await world.go(url)
    again = await world.go(url)
    assert (303, "/") == (again.status_code, again.headers["location"])


async def test_a_session_ends_when_nobody_uses_it_and_lasts_while_somebody_does(
    world: World,
) -> None:
    await world.sign_in()
    world.clock.ahead_s = 3_000
    assert 200 == (await world.user()).status_code
    world.clock.ahead_s = 6_500
    assert 200 == (await world.user()).status_code
    world.clock.ahead_s = 6_500 + 3_601
    assert 401 == (await world.user()).status_code


async def test_asking_without_sliding_does_not_prolong_a_session(world: World) -> None:
    await world.sign_in()
    world.clock.ahead_s = 200
    before = await sealed(world)
    assert 200 == (await world.browser.get("/bff/user?slide=false", headers=OURS)).status_code
    kept = await sealed(world)
    await world.user()
    assert (True, False) == (before == kept, kept == await sealed(world))


async def sealed(world: World) -> bytes | None:
    return await soon(world.sessions.vault.find(key_of(world.cookie)))


async def test_a_session_ends_after_its_absolute_time_however_busy(
    provider: IdentityProvider,
) -> None:
    options = SessionOptions(idle_s=100, absolute_s=250)
    async with world_of(provider, options=options) as world:
        await world.sign_in()
        seen = []
        for world.clock.ahead_s in (90, 180, 249, 251):
            seen.append((await world.user()).status_code)
    assert [200, 200, 200, 401] == seen


async def test_services_get_the_token_and_the_browser_never_does(world: World) -> None:
    await world.sign_in("cleo")
    known = world.sessions.at_once(world.context(), world.presented())

    assert known is not None
    assert ("cleo", world.provider.issuer) == (known.identity.subject, known.identity.issuer)
    assert {"openid", "profile"} == known.identity.scopes
    ((name, value),) = known.metadata
    assert ("authorization", "Bearer eyJ") == (name, str(value)[:10])
    assert "eyJ" not in (await world.user()).text + str(world.browser.cookies) + repr(world)


async def test_both_ways_of_the_gate_say_the_same(world: World) -> None:
    await world.sign_in()
    context = world.context()
    awaited = await world.sessions.identify(context, world.presented())
    assert awaited == world.sessions.at_once(context, world.presented())


async def test_who_shows_no_cookie_passes_unchanged(world: World) -> None:
    context = world.context()
    assert context is world.sessions.at_once(context, Presented())
    assert context is await world.sessions.identify(context, Presented())


async def test_the_provider_ends_the_sessions_of_one_of_its_own(world: World) -> None:
    """Back-channel logout by sid: the other browser of the same user stays signed in."""
    await world.sign_in("ada")
    async with world_of(world.provider, records=world.sessions.records) as other:
        await other.sign_in("ada")
        sids = list(world.provider._browsers)
        answer = await say_goodbye(world, world.provider.logout_token("ada", sids[0]))
        seen = [(await it.user()).status_code for it in (world, other)]
    assert (200, [401, 200]) == (answer.status_code, seen)


async def test_the_provider_ends_all_sessions_of_a_user(world: World) -> None:
    await world.sign_in("ada")
    token = world.provider.logout_token("ada", "", sid=None)
    answer = await say_goodbye(world, token)
    assert (200, "no-store", 401) == (
        answer.status_code,
        answer.headers["cache-control"],
        (await world.user()).status_code,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "n"},
        {"events": None},
        {"events": {"http://example": {}}},
        {"jti": None},
        {"iat": 1_000},
        {"exp": 1_000},
        {"aud": "another-client"},
        {"iss": "http://localhost:1"},
        {"sid": None, "sub": None},
    ],
    ids=str,
)
async def test_a_logout_token_that_is_none_ends_nothing(
    world: World, changes: dict[str, object]
) -> None:
    await world.sign_in("ada")
    (sid,) = world.provider._browsers
    answer = await say_goodbye(world, world.provider.logout_token("ada", sid, **changes))
    assert (400, 200) == (answer.status_code, (await world.user()).status_code)


async def test_a_logout_token_counts_once_and_only_if_the_provider_signed_it(world: World) -> None:
    token = world.provider.logout_token("ada", "s-1")
    forged = token[:-8] + ("AAAAAAAA" if token[-8:] != "AAAAAAAA" else "BBBBBBBB")
    answers = [await say_goodbye(world, one) for one in (forged, token, token)]
    assert [400, 200, 400] == [answer.status_code for answer in answers]


async def test_no_other_token_of_the_provider_is_a_logout_token(world: World) -> None:
    await world.sign_in("ada")
    kept = await world.sessions.vault.load(key_of(world.cookie))
    assert kept is not None
    for text in (kept.session.id_token, kept.session.access_token, kept.session.refresh_token):
        assert 400 == (await say_goodbye(world, text)).status_code


async def say_goodbye(world: World, token: str) -> httpx.Response:
    return await world.elsewhere_to_us(token)


async def test_two_tabs_may_sign_in_at_once(world: World) -> None:
    first, second = await world.to_provider("/a"), await world.to_provider("/b")
    landed = [await world.browser.get(back) for back in (second, first)]
    assert ["0;url=/b", "0;url=/a"] == [
        it.text.split('content="')[1].split('"')[0] for it in landed
    ]


async def test_sign_ins_that_nobody_finishes_do_not_pile_up(world: World) -> None:
    for _ in range(9):
        await world.to_provider()
    under_way = [name for name in world.browser.cookies if name.startswith("__Host-l-")]
    assert len(under_way) <= MOST_UNDER_WAY
    assert 0 == len(world.sessions.records)  # type: ignore[arg-type]


async def test_a_key_is_changed_without_signing_anybody_out(provider: IdentityProvider) -> None:
    """threats.md "secrets and keys": rotate under load, 0 logouts."""
    old, new = (f"{name}:{b64encode(name.encode() * 32).decode()}" for name in "ab")
    async with world_of(provider, options=SessionOptions(keys=(old,))) as before:
        await before.sign_in()
        records, jar = before.sessions.records, before.browser.cookies
    seen = []
    for keys in ((new, old), (new,)):
        async with world_of(provider, records=records, options=SessionOptions(keys=keys)) as now:
            now.browser.cookies = jar
            seen.append((await now.user()).status_code)
            now.clock.ahead_s = 120
            seen.append((await now.user()).status_code)  # sealed anew, by its use
    assert [200, 200, 200, 200] == seen


class Lost(Waiting):
    """A store that nobody can reach from now on, where `lost`."""

    lost = False

    def get(self, key: str) -> Awaitable[bytes | None]:
        if self.lost:
            raise StoreUnreachable("made up")
        return super().get(key)


async def test_f19_without_its_store_nobody_is_let_in_and_nobody_is_signed_out(
    provider: IdentityProvider,
) -> None:
    records = Lost()
    async with world_of(provider, records=records, options=KEYED) as world:
        await world.sign_in()
        records.lost = True
        lost = await world.user()
        kept = world.cookie
        records.lost = False
        healed = await world.user()
    assert (503, True, 200) == (lost.status_code, bool(kept), healed.status_code)


async def test_a_store_that_waits_is_asked_by_the_way_that_can_wait(
    provider: IdentityProvider,
) -> None:
    async with world_of(provider, records=Waiting(), options=KEYED) as world:
        await world.sign_in()
        assert world.sessions.at_once(world.context(), world.presented()) is None
        known = await world.sessions.identify(world.context(), world.presented())
    assert "ada" == known.identity.subject
