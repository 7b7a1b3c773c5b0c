"""Row 105 and F20: one renewal for all who need it, and what happens when it does not come."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from bff.contract.status import kind_of
from bff.guard.sessions.renewal import LOOK_AGAIN_S, PAUSE_S
from bff.guard.sessions.session import SessionOptions
from bff.guard.sessions.vault import key_of
from bff.stores.options import StoreOptions
from bff.stores.records import Records
from bff.stores.shelves import Shelves
from bff.stores.store import soon
from bff.terms.context import RequestContext
from bff.terms.errors import Failure
from fake_services.identity_provider import IdentityProvider, Mood
from tests.conditions import until
from tests.sessions.waiting import Waiting
from tests.sessions.world import Clock, World, world_of

EXPIRED_S = 301.0
SOON_S = 250.0


async def hundred(world: World) -> list[RequestContext | BaseException]:
    """That many requests at once, each as the gate would ask."""
    context, shown = world.context(), world.presented()
    asked = [world.sessions.identify(context, shown) for _ in range(100)]
    return await asyncio.gather(*asked, return_exceptions=True)


def subjects(answers: list[RequestContext | BaseException]) -> set[str]:
    assert not [it for it in answers if isinstance(it, BaseException)]
    return {it.identity.subject for it in answers if isinstance(it, RequestContext)}


async def test_row_105_a_hundred_requests_on_an_expired_token_are_one_refresh(
    world: World,
) -> None:
    await world.sign_in()
    world.clock.ahead_s = EXPIRED_S
    assert world.sessions.at_once(world.context(), world.presented()) is None
    answers = await hundred(world)

    assert ({"ada"}, 100) == (subjects(answers), len(answers))
    assert 2 == world.provider.asked["token"]  # the code, then one refresh
    tokens = {
        dict(it.metadata)["authorization"] for it in answers if isinstance(it, RequestContext)
    }
    assert 1 == len(tokens)


@pytest.fixture(params=["waiting", "redis"])
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[Callable[[], Records]]:
    """What makes one process's records; all of them are the same."""
    if request.param == "waiting":
        records = Waiting()
        yield lambda: records
        return
    options = StoreOptions(url=request.getfixturevalue("redis_server").url, timeout_ms=5_000)
    async with AsyncExitStack() as stack:

        def one() -> Records:
            shelves = Shelves(options)
            stack.push_async_callback(shelves.close)
            return shelves.records("sessions")

        yield one


async def test_row_105_processes_that_share_a_store_ask_once(
    provider: IdentityProvider, shared: Callable[[], Records]
) -> None:
    """Three processes, a hundred requests each: a lock in the store lets one of them ask."""
    options, clock = SessionOptions(keys=("a:" + "A" * 43 + "=",)), Clock()
    async with AsyncExitStack() as stack:
        worlds = [
            await stack.enter_async_context(
                world_of(provider, records=shared(), options=options, clock=clock)
            )
            for _ in range(3)
        ]
        await worlds[0].sign_in()
        for other in worlds[1:]:
            other.browser.cookies = worlds[0].browser.cookies
        clock.ahead_s = EXPIRED_S
        answers = await asyncio.gather(*map(hundred, worlds))
    assert [{"ada"}] * 3 == [subjects(found) for found in answers]
    assert 2 == provider.asked["token"]


async def test_a_token_that_ends_soon_is_renewed_while_it_is_used(world: World) -> None:
    """Nobody waits; the request that finds out is answered with the token that is there."""
    await world.sign_in()
    world.clock.ahead_s = SOON_S
    before = world.sessions.at_once(world.context(), world.presented())
    await until(lambda: "renewed" in world.states)
    after = world.sessions.at_once(world.context(), world.presented())
    assert before is not None
    assert after is not None
    assert before.metadata != after.metadata
    assert 2 == world.provider.asked["token"]


async def test_who_hangs_up_does_not_take_the_renewal_along(world: World) -> None:
    await world.sign_in()
    world.clock.ahead_s = EXPIRED_S
    impatient = asyncio.create_task(world.sessions.identify(world.context(), world.presented()))
    await until(lambda: world.sessions._renewals._flights)
    impatient.cancel()
    patient = await world.sessions.identify(world.context(), world.presented())
    assert "ada" == patient.identity.subject
    assert 2 == world.provider.asked["token"]


async def test_the_last_use_may_be_noted_while_tokens_are_renewed(world: World) -> None:
    """A change of the record between question and answer must not cost the new refresh token."""
    await world.sign_in()
    world.clock.ahead_s = SOON_S
    vault, key = world.sessions.vault, key_of(world.cookie)
    begun = world.sessions._renewals.begin(key)
    await until(lambda: world.provider.asked["token"] == 2)
    kept = await vault.load(key)
    assert kept is not None
    assert begun is not None
    await soon(vault.change(kept, kept.session._replace(seen_s=kept.session.seen_s + 1)))
    await begun
    now = await vault.load(key)
    assert now
    assert now.session.refresh_token != kept.session.refresh_token
    assert now.session.seen_s == kept.session.seen_s + 1


async def test_a_refused_renewal_leaves_the_session_until_its_token_ends(world: World) -> None:
    await world.sign_in()
    world.provider._refreshable.clear()
    seen = []
    for world.clock.ahead_s in (SOON_S, SOON_S + 10, EXPIRED_S):
        seen.append((await world.user()).status_code)
        await until(lambda: not world.sessions._renewals._flights)
    assert [200, 200, 401] == seen
    assert 2 == world.provider.asked["token"]  # it is asked once, for the answer will not change
    assert "" == world.cookie


async def test_a_used_refresh_token_would_end_the_session(world: World) -> None:
    """What the single flight protects from: the provider ends the whole family."""
    await world.sign_in()
    kept = await world.sessions.vault.load(key_of(world.cookie))
    assert kept
    world.provider.refresh(kept.session.refresh_token)
    world.clock.ahead_s = EXPIRED_S
    assert 401 == (await world.user()).status_code


SICK: tuple[Mood, ...] = ("stalls", "breaks", "html", "huge")


@pytest.mark.parametrize("mood", SICK)
async def test_f20_a_sick_provider_ends_no_session(provider: IdentityProvider, mood: Mood) -> None:
    """While the token lasts nobody notices; then it is a 503, and no sign-out; then it is over."""
    async with world_of(provider, timeout_s=0.2) as world:
        await world.sign_in()
        provider.mood = mood
        world.clock.ahead_s = SOON_S
        good = subjects(await hundred(world))
        await until(lambda: not world.sessions._renewals._flights)
        world.clock.ahead_s = EXPIRED_S
        late = await hundred(world)
        asked = provider.asked["token"]
        provider.mood = "well"
        world.clock.ahead_s = EXPIRED_S + PAUSE_S
        again = subjects(await hundred(world))
    failures = {(kind_of(it).status, it.reason) for it in late if isinstance(it, Failure)}
    assert ({"ada"}, {(503, "identity-unavailable")}, {"ada"}) == (good, failures, again)
    assert (100, 3) == (len(late), asked)  # the code, one try for each hundred


async def test_f20_a_provider_that_is_gone_ends_no_session(provider: IdentityProvider) -> None:
    async with world_of(provider) as world:
        await world.sign_in()
        doors = await world.sessions.provider.doors()
        gone = doors.__class__(**{**_fields(doors), "token": "http://localhost:1/token"})
        world.sessions.provider._description._doors = gone
        world.clock.ahead_s = EXPIRED_S
        answer = await world.user()
        world.sessions.provider._description._doors = doors
        world.clock.ahead_s += PAUSE_S
        healed = await world.user()
    assert (503, True, 200) == (
        answer.status_code,
        "retry-after" in answer.headers,
        healed.status_code,
    )


def _fields(doors: object) -> dict[str, object]:
    return {name: getattr(doors, name) for name in doors.__slots__}  # type: ignore[attr-defined]


async def test_f20_while_it_fails_a_session_asks_once_in_a_while(
    provider: IdentityProvider,
) -> None:
    async with world_of(provider, timeout_s=0.2) as world:
        await world.sign_in()
        provider.mood = "breaks"
        world.clock.ahead_s = EXPIRED_S
        for _ in range(5):
            await hundred(world)
    assert 2 == provider.asked["token"]


async def test_f20_a_request_waits_no_longer_than_its_deadline(provider: IdentityProvider) -> None:
    async with world_of(provider, timeout_s=0.2) as world:
        await world.sign_in()
        provider.mood = "stalls"
        world.clock.ahead_s = EXPIRED_S
        with pytest.raises(Failure) as refused:
            await world.sessions.identify(world.context(wait_s=0.05), world.presented())
    assert "identity-unavailable" == refused.value.reason


async def test_a_lock_that_a_dead_process_left_is_waited_out(provider: IdentityProvider) -> None:
    """Who waits for a lock looks again, and goes on as soon as it is free."""
    async with world_of(provider) as world:
        await world.sign_in()
        key = key_of(world.cookie)
        lock = f"renewal-of-{key}"
        await soon(world.sessions.records.put(lock, b"1", ttl_s=2 * LOOK_AGAIN_S))
        world.clock.ahead_s = EXPIRED_S - 2 * LOOK_AGAIN_S
        await soon(world.sessions.records.put(lock, b"1", ttl_s=2 * LOOK_AGAIN_S))
        world.clock.ahead_s += LOOK_AGAIN_S
        waiting = asyncio.create_task(world.user())
        await until(lambda: world.sessions._renewals._flights)
        world.clock.ahead_s += 2 * LOOK_AGAIN_S
        assert 200 == (await waiting).status_code
