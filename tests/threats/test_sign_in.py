"""docs/spec/threats.md "login flow": what another sign-in obtained is of no use."""

import httpx

from bff.guard.sessions.cookies import SESSION_COOKIE
from tests.sessions.test_bad_input_rows import slug
from tests.sessions.world import OURS, World


async def finished(world: World, back: str, **changes: str) -> tuple[int, str, str]:
    """What the callback says, and the session that it made."""
    url = httpx.URL(back)
    answer = await world.browser.get(url.copy_with(params={**dict(url.params), **changes}))
    return answer.status_code, slug(answer), world.cookie


async def test_a_state_of_the_same_beginning_is_another_sign_in(world: World) -> None:
    """The cookie is found by the beginning of the state; what is sealed in it is for all of it."""
    back = await world.to_provider()
    state = httpx.URL(back).params["state"]
    other = state[:-1] + ("A" if state[-1] != "A" else "B")
    assert (400, "login-failed", "") == await finished(world, back, state=other)
    assert 0 == world.provider.asked["token"]


async def test_a_code_of_another_sign_in_signs_nobody_in(world: World) -> None:
    """RFC 7636: the code of one is injected into the other, in the very same browser."""
    mine, stolen = await world.to_provider(), await world.to_provider(person="bob")
    code = httpx.URL(stolen).params["code"]
    assert (400, "login-failed", "") == await finished(world, mine, code=code)


async def test_row_97_an_id_that_the_browser_brings_along_never_becomes_a_session(
    world: World,
) -> None:
    """Neither one that somebody planted, nor that of the session before."""
    seen = ["A" * 43]
    world.browser.cookies.set(SESSION_COOKIE, seen[0], domain="localhost.local", path="/")
    for person in ("ada", "bob"):
        await world.sign_in(person)
        seen.append(world.cookie)
    assert 3 == len(set(seen))
    headers = [{"cookie": f"{SESSION_COOKIE}={one}", **OURS} for one in seen]
    world.browser.cookies.clear()
    asked = [await world.browser.get("/bff/user", headers=one) for one in headers]
    assert [401, 401, 200] == [one.status_code for one in asked]
