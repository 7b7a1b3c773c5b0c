"""A stream ends with the session that it was let in with, wherever that ended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bff.guard.sessions import oversight
from bff.guard.sessions.oversight import Oversight
from bff.guard.sessions.session import SessionOptions
from bff.guard.sessions.vault import key_of
from bff.stores.records import Records, StoreUnreachable
from bff.stores.store import soon
from bff.terms.standing import Standings
from fake_services.identity_provider import IdentityProvider
from tests.conditions import until
from tests.sessions.test_journey import say_goodbye
from tests.sessions.test_renewal import shared
from tests.sessions.waiting import Waiting
from tests.sessions.world import KEYED, Clock, World, world_of

__all__ = ["shared"]


class Naps:
    """A sleep that ends when a test says so."""

    def __init__(self) -> None:
        self.begun = 0
        self._ends: asyncio.Queue[None] = asyncio.Queue()

    async def __call__(self, _seconds: float) -> None:
        self.begun += 1
        await self._ends.get()

    async def over(self) -> None:
        """One nap ends; returns when what came after it is done, too."""
        begun = self.begun
        self._ends.put_nowait(None)
        await until(lambda: self.begun > begun)


@asynccontextmanager
async def stream_of(world: World) -> AsyncIterator["asyncio.Future[None]"]:
    """As compose has one: done when it must end."""
    known = await world.sessions.identify(world.context(), world.presented())
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    world.streams.join(known.session, ended)
    yield ended
    world.streams.leave(known.session, ended)


async def test_a_stream_ends_as_soon_as_its_user_signs_out_here(world: World) -> None:
    await world.sign_in()
    url = (await world.user()).json()["logoutUrl"]
    async with stream_of(world) as ended, stream_of(world) as other:
        assert not ended.done()
        await world.go(url)
        assert (True, True) == (ended.done(), other.done())
    assert () == world.streams.sessions


@pytest.mark.parametrize("whole", [True, False])
async def test_a_stream_ends_as_soon_as_the_provider_says_so(world: World, whole: bool) -> None:
    await world.sign_in("ada")
    (sid,) = world.provider._browsers
    changes = {"sid": None} if whole else {"sub": None}
    async with stream_of(world) as ended:
        await say_goodbye(world, world.provider.logout_token("ada", sid, **changes))
        assert ended.done()


async def test_a_new_sign_in_ends_the_streams_of_the_session_before(world: World) -> None:
    await world.sign_in("ada")
    async with stream_of(world) as ended:
        await world.sign_in("bob")
        assert ended.done()


async def test_a_stream_of_another_session_goes_on(world: World) -> None:
    await world.sign_in("ada")
    async with stream_of(world) as ended:
        world.browser.cookies.clear()
        await world.sign_in("ada")
        await world.go((await world.user()).json()["logoutUrl"])
        assert not ended.done()


class Away(Waiting):
    """A store that is lost for a while."""

    lost = False

    def get(self, key: str) -> Awaitable[bytes | None]:
        if self.lost:
            raise StoreUnreachable("made up")
        return super().get(key)


@pytest.fixture
def naps() -> Naps:
    return Naps()


@asynccontextmanager
async def overseen(world: World, naps: Naps) -> AsyncIterator[None]:
    """Another watch over the streams of that world, whose naps are short."""
    sessions = world.sessions
    watch = Oversight(
        world.streams, sessions.vault, sessions.options, wall=world.clock.wall, sleep=naps
    )
    watch.start()
    await until(lambda: naps.begun)
    yield
    await watch.stop()


async def test_a_stream_ends_when_its_user_signs_out_in_another_process(
    provider: IdentityProvider, shared: Callable[[], Records], naps: Naps
) -> None:
    """It finds out by looking, every five seconds, in the store that both have."""
    async with (
        world_of(provider, records=shared(), options=KEYED) as world,
        world_of(provider, records=shared(), options=KEYED) as other,
        overseen(world, naps),
    ):
        await world.sign_in()
        other.browser.cookies = world.browser.cookies
        async with stream_of(world) as ended:
            await naps.over()
            assert not ended.done()
            await other.go((await other.user()).json()["logoutUrl"])
            assert not ended.done()
            await naps.over()
            assert ended.done()


async def test_f19_while_the_store_is_away_streams_go_on(
    provider: IdentityProvider, naps: Naps
) -> None:
    """Nobody can say, and nobody comes in."""
    records = Away()
    async with (
        world_of(provider, records=records, options=KEYED) as world,
        overseen(world, naps),
    ):
        await world.sign_in()
        async with stream_of(world) as ended:
            records.lost = True
            await naps.over()
            assert not ended.done()
            records.lost = False
            await soon(records.delete(key_of(world.cookie)))
            await naps.over()
            assert ended.done()


async def test_a_stream_is_no_use_of_its_session_and_ends_when_that_is_idle_or_too_old(
    provider: IdentityProvider, naps: Naps
) -> None:
    for options, ahead_s in (
        (SessionOptions(idle_s=100), 101),
        (SessionOptions(idle_s=100, absolute_s=100), 101),
    ):
        clock = Clock()
        async with (
            world_of(provider, options=options, clock=clock) as world,
            overseen(world, naps),
        ):
            await world.sign_in()
            async with stream_of(world) as ended:
                await naps.over()
                assert not ended.done()
                clock.ahead_s = ahead_s
                await naps.over()
                assert ended.done()


async def test_whoever_serves_sessions_looks_after_their_streams(
    provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oversight, "CHECK_S", 0.001)
    async with world_of(provider) as world:
        await world.sign_in()
        async with stream_of(world) as ended:
            await soon(world.sessions.records.delete(key_of(world.cookie)))
            await until(ended.done)


def test_it_shows_how_many_there_are_and_no_name() -> None:
    loop = asyncio.new_event_loop()
    standings, one = Standings(), loop.create_future()
    standings.join("session:secret", one)
    assert "<Standings: 1 streams of 1 sessions>" == repr(standings)
    standings.leave("session:secret", one)
    loop.close()
    standings.end("session:secret")
    assert "<Standings: 0 streams of 0 sessions>" == repr(standings)
