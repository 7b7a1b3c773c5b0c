"""How sessions end though somebody would rather they did not, or the store is away for a moment."""

import pytest

from bff.guard.sessions.sessions import Sessions
from bff.stores.records import StoreUnreachable
from tests.sessions.test_journey import say_goodbye
from tests.sessions.world import OURS, World


async def test_a_page_that_only_looks_keeps_nobody_signed_in(world: World) -> None:
    """Each look renews the access token where that is due; it is no use of the session."""
    await world.sign_in()
    statuses = []
    for ahead_s in range(300, 4_500, 300):
        world.clock.ahead_s = ahead_s
        answer = await world.browser.get("/bff/user?slide=false", headers=OURS)
        statuses.append(answer.status_code)
    assert [200] * 11 == statuses[:11]
    assert {401} == set(statuses[12:])


async def test_a_logout_that_failed_halfway_may_be_said_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.sign_in()
    token = world.provider.logout_token("ada", "", sid=None)
    vault = world.sessions.vault

    async def lost(_self: object, _index: str) -> int:
        raise StoreUnreachable("away")

    with monkeypatch.context() as away:
        away.setattr(type(vault), "forget_all", lost)
        assert 503 == (await say_goodbye(world, token)).status_code
    assert 200 == (await say_goodbye(world, token)).status_code
    assert 401 == (await world.user()).status_code
    assert 400 == (await say_goodbye(world, token)).status_code


async def test_sign_ins_of_strangers_take_no_room_from_sessions(world: World) -> None:
    sessions: Sessions = world.sessions
    await world.sign_in()
    before = repr(sessions.records)
    for _ in range(3):
        begun = await world.browser.get("/bff/login?returnUrl=/")
        state = begun.headers["location"].partition("state=")[2].partition("&")[0]
        await world.browser.get(
            f"/bff/callback?code=rubbish&state={state}&iss={world.provider.issuer}"
        )
    assert before == repr(sessions.records)
