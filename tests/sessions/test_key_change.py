"""threats.md "secrets and keys": sessions' keys are changed while everybody is at work."""

import asyncio
from base64 import b64encode
from contextlib import AsyncExitStack
from random import choice

from bff.guard.sessions.cookies import SESSION_COOKIE
from bff.guard.sessions.record import SessionOptions
from bff.terms.errors import Failure
from fake_services.identity_provider import IdentityProvider
from tests.sessions.waiting import Waiting
from tests.sessions.world import Clock, World, world_of

OLD, NEW = (f"{name}:{b64encode(name.encode() * 32).decode()}" for name in "ab")
RINGS = ((OLD, NEW), (NEW, OLD), (NEW,))
"""As docs/sessions.md has it: known everywhere, then used, then alone."""
PROCESSES, USERS, STEP_S = 3, 10, 11.0


async def signed_in(world: World, count: int) -> list[str]:
    """That many sessions, by their ids."""
    found = []
    for _ in range(count):
        world.browser.cookies.clear()
        await world.sign_in()
        found.append(world.cookie)
    return found


async def used(worlds: list[World], ids: list[str]) -> list[str]:
    """Each session once, wherever it comes to; what went wrong."""
    wrong = []
    for one in ids:
        world = choice(worlds)
        shown = world.presented(cookies=(f"{SESSION_COOKIE}={one}",))
        try:
            await world.sessions.identify(world.context(), shown)
        except Failure as failure:
            wrong.append(failure.reason)
        await asyncio.sleep(0)
    return wrong


async def test_keys_are_changed_under_load_and_nobody_is_signed_out(
    provider: IdentityProvider,
) -> None:
    records, clock, wrong = Waiting(), Clock(), list[str]()
    async with AsyncExitStack() as stack:

        async def process(*ring: str) -> World:
            options = SessionOptions(keys=ring, idle_s=100)
            making = world_of(provider, records=records, options=options, clock=clock)
            return await stack.enter_async_context(making)

        worlds = [await process(OLD) for _ in range(PROCESSES)]
        ids = await signed_in(worlds[0], USERS)
        at_work = True

        async def load() -> int:
            rounds = 0
            while at_work:
                wrong.extend(await used(worlds, ids))
                rounds += 1
            return rounds

        loads = [asyncio.create_task(load()) for _ in range(2)]
        for ring in RINGS:
            worlds[0].browser.cookies.clear()
            under_way = await worlds[0].to_provider()
            jar = worlds[0].browser.cookies
            for place in range(PROCESSES):
                worlds[place] = await process(*ring)
                clock.ahead_s += (
                    STEP_S  # a use is noted every ten seconds here, under the newest key
                )
                wrong.extend(await used(worlds, ids))
            worlds[0].browser.cookies = jar
            assert 200 == (await worlds[0].browser.get(under_way)).status_code
            ids.append(worlds[0].cookie)
        at_work = False
        rounds = await asyncio.gather(*loads)
    assert ([], True) == (wrong, min(rounds) > 3)
