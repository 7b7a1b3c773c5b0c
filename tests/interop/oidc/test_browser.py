"""Sign in with somebody else's provider, stay, and sign out in every way, in a real browser."""

from typing import Any

import httpx
import pytest

from tests.interop.oidc.served import Web

pytestmark = pytest.mark.asyncio(loop_scope="package")
HERE = "/docs"
USER = "async () => { const it = await fetch('/bff/user'); return [it.status, await it.text()]; }"
TODOS = "async () => (await fetch('/v1/todos?pageSize=1')).status"

WATCH = """() => new Promise((opened) => {
  const stream = new EventSource('/v1/todos:watch?after_sequence=0');
  stream.onmessage = () => opened();
  stream.addEventListener('error', (told) => {
    window.last ??= told.data;
    stream.close();
  });
})"""


async def signed_in(tabs: Any, person: str = "ada") -> Any:
    """A page of ours, after the provider's own pages for signing in and agreeing."""
    page = await tabs.new_page()
    await page.goto(f"/bff/login?returnUrl={HERE}")
    await page.fill("input[name=login]", person)
    await page.fill("input[name=password]", "any")
    await page.click("button[type=submit]")
    await page.click("button[type=submit]")
    await page.wait_for_url(f"**{HERE}")
    return page


async def status(page: Any) -> int:
    return int((await page.evaluate(USER))[0])


async def seen_until(page: Any, wanted: int) -> None:
    """Ask until that is the answer."""
    while await status(page) != wanted:
        continue


async def test_a_reload_and_a_second_tab_are_signed_in_too(tabs: Any, web: Web) -> None:
    page = await signed_in(tabs)
    await page.reload()
    second = await tabs.new_page()
    await second.goto(HERE)
    (code, told), calls = await second.evaluate(USER), await second.evaluate(TODOS)
    assert (200, True, 200) == (code, '"name":"Name of ada"' in told, calls)
    assert 200 == await status(page)
    (cookie,) = [one for one in await tabs.cookies(web.origin) if one["name"] == "__Host-s"]
    assert (True, True, "Strict") == (cookie["httpOnly"], cookie["secure"], cookie["sameSite"])


async def test_a_session_outlives_its_access_tokens_and_its_refresh_tokens(
    tabs: Any, web: Web
) -> None:
    """They last four seconds, and each refresh token is good for one use."""
    page = await signed_in(tabs)
    while web.count("renewed") < 2:
        assert 200 == await status(page)
    assert [200, 200] == [await status(page), await page.evaluate(TODOS)]
    assert {"begun", "renewed"} == {state for state, _ in web.turns}


async def test_who_signs_out_in_one_tab_is_out_everywhere(tabs: Any, web: Web) -> None:
    """Here, in the other tab and its stream, and at the provider, which asks for the password."""
    page = await signed_in(tabs)
    second = await tabs.new_page()
    await second.goto(HERE)
    assert 200 == await status(second)
    await second.evaluate(WATCH)
    url = await page.evaluate("async () => (await (await fetch('/bff/user')).json()).logoutUrl")
    await page.goto(url)
    await page.click("button[value=yes]")
    await page.wait_for_url(f"{web.origin}/")
    await second.wait_for_function("() => window.last")
    assert "session-expired" in await second.evaluate("() => window.last")
    assert (401, 1) == (await status(second), web.count("ended"))
    await second.goto("/bff/login")
    await second.wait_for_selector("input[name=password]")


async def test_who_signs_out_at_the_provider_is_out_here(tabs: Any, web: Web) -> None:
    """Its logout token comes by the back-channel; nobody of this server's pages takes part."""
    page = await signed_in(tabs, "bob")
    elsewhere = await tabs.new_page()
    await elsewhere.goto(f"{web.issuer}/session/end")
    await elsewhere.click("button[value=yes]")
    await elsewhere.wait_for_url("**/session/end/success*")
    assert 401 == await status(page)
    assert ("ended-elsewhere", "1 sessions") in web.turns


async def test_a_revoked_refresh_token_ends_the_session_with_its_access_token(
    tabs: Any, web: Web
) -> None:
    page = await signed_in(tabs, "cleo")
    async with httpx.AsyncClient() as client:
        assert 204 == (await client.get(f"{web.issuer}/revoke-all")).status_code
    assert 200 == await status(page)
    await seen_until(page, 401)
    assert "renewal-refused" in {state for state, _ in web.turns}
    cookies = [one["name"] for one in await tabs.cookies(web.origin)]
    assert "__Host-s" not in cookies
