"""What must not cost a session its refresh token: each is good for one use, and then is lost."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from bff.guard.sessions.renewal import PAUSE_S
from bff.guard.sessions.vault import key_of
from bff.guard.turns import Turns
from bff.stores.records import StoreUnreachable
from bff.terms.events import SessionTurned
from fake_services.demo_keys import DemoKeys, demo_keys
from fake_services.identity_provider import IdentityProvider
from tests.conditions import until
from tests.guard.token_issuer import TokenIssuer, tokens
from tests.sessions.test_journey import say_goodbye
from tests.sessions.test_renewal import EXPIRED_S, SOON_S
from tests.sessions.waiting import Waiting
from tests.sessions.world import KEYED, World, world_of

LOST = ("renewal-refused", "after a question without an answer")


@pytest.mark.parametrize(
    ("forgives", "seen", "turns"),
    [(True, 200, [("renewed", "")]), (False, 401, [LOST])],
)
async def test_an_answer_that_was_lost_is_asked_for_again_once(
    provider: IdentityProvider, forgives: bool, seen: int, turns: list[tuple[str, str]]
) -> None:
    """RFC 9700 4.14.2: the old refresh token is used up, and the new one came to nobody. A provider
    that forgives a second use gives another one; with one that does not the session is over.
    """
    async with world_of(provider, timeout_s=0.1) as world:
        await world.sign_in()
        provider.mood, provider.forgives = "swallows", forgives
        world.clock.ahead_s = EXPIRED_S
        lost = await world.user()
        provider.mood = "well"
        world.clock.ahead_s += PAUSE_S
        answers = [(await world.user()).status_code for _ in range(3)]
    assert (503, [seen] * 3, 3) == (lost.status_code, answers, provider.asked["token"])
    told = [(one.state, one.detail) for one in world.events if isinstance(one, SessionTurned)]
    assert turns == [one for one in told if one[0].startswith("renew")]


async def test_a_renewal_is_waited_for_longer_than_anything_else_and_to_the_end_of_the_process(
    world: World,
) -> None:
    """Who hangs up on it has neither the old refresh token nor the new one."""
    await world.sign_in()
    key, slow = key_of(world.cookie), TokenIssuer(tokens("next", refresh_token="next"))
    slow.gate.clear()
    world.sessions.provider._renewing = Turns(slow.ask)
    world.clock.ahead_s = SOON_S
    assert 200 == (await world.user()).status_code
    await until(lambda: slow.asked)
    stopping = asyncio.create_task(world.sessions.stop())
    await asyncio.wait({stopping}, timeout=0)
    slow.gate.set()
    await stopping
    after = await world.sessions.vault.load(key)
    assert after
    assert [2 * world.sessions.provider.options.timeout_s] == [it.timeout_s for it in slow.asked]
    assert "next" == after.session.refresh_token


@pytest.mark.parametrize("published", [True, False])
async def test_f20_a_new_key_of_the_provider_signs_nobody_out(
    world: World, tmp_path: Path, published: bool
) -> None:
    """threats.md "secrets and keys": also where its keys were read a moment ago, and will not be
    again for 30 s, or can't be read: the old refresh token is used up by then.
    """
    await world.sign_in()
    world.clock.ahead_s = EXPIRED_S
    old, new = world.provider.keys, demo_keys(tmp_path)
    world.provider.keys = DemoKeys(new.private, new.key_id, old.jwks)
    assert 400 == (await say_goodbye(world, world.provider.logout_token("ada", "s"))).status_code
    if published:
        world.provider.keys = new
    seen = [(await world.user()).status_code]
    world.clock.ahead_s = 2 * EXPIRED_S
    seen.append((await world.user()).status_code)
    assert ([200, 200], ["begun", "logout-refused", "renewed", "renewed"]) == (seen, world.states)


class Shaky(Waiting):
    """A store that is away when something is to be changed, so many times."""

    away = 0

    def swap(self, key: str, old: bytes, new: bytes, *, ttl_s: float) -> Awaitable[bool]:
        if self.away:
            self.away -= 1
            raise StoreUnreachable("made up")
        return super().swap(key, old, new, ttl_s=ttl_s)


async def test_f19_a_store_that_is_away_for_a_moment_loses_no_new_token(
    provider: IdentityProvider,
) -> None:
    records = Shaky()
    async with world_of(provider, records=records, options=KEYED) as world:
        await world.sign_in()
        seen = []
        for world.clock.ahead_s in (EXPIRED_S, 2 * EXPIRED_S):
            records.away = 2
            known = await world.sessions.identify(world.context(), world.presented())
            seen.append(known.identity.subject)
    assert (["ada", "ada"], 3) == (seen, provider.asked["token"])
