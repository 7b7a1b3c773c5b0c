"""docs/spec/bad-input.md rows 103 and 104: what comes back from a provider, and where it leads."""

from dataclasses import replace

import httpx
import pytest

from tests.sessions.test_bad_input_rows import slug
from tests.sessions.world import World, world_of

Change = dict[str, str | None]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": None},
        {"state": "foreign"},
        {"iss": None},
        {"iss": "https://mixed-up.example"},
        {"code": None},
        {"code": "made-up"},
        {"error": "<script>alert(1)</script>"},
        {"error": "access_denied", "error_description": "<script>", "code": None},
    ],
    ids=str,
)
async def test_row_103_an_answer_that_does_not_fit_signs_nobody_in(
    world: World, changes: Change
) -> None:
    back = httpx.URL(await world.to_provider())
    asked = {**dict(back.params), **changes}
    params = {name: value for name, value in asked.items() if value is not None}
    answer = await world.browser.get(back.copy_with(params=params))
    assert (400, "login-failed", "") == (answer.status_code, slug(answer), world.cookie)
    assert "script" not in answer.text + str(answer.headers)


async def test_row_103_another_browser_can_not_finish_a_sign_in(world: World) -> None:
    """No cookie: login CSRF, and a stolen code."""
    back = await world.to_provider()
    async with world_of(world.provider) as other:
        assert 400 == (await other.browser.get(back)).status_code
        assert "" == other.cookie


async def test_row_103_a_replay_signs_nobody_in_even_with_its_cookie(world: World) -> None:
    back = await world.to_provider()
    jar = dict(world.browser.cookies)
    first = await world.browser.get(back)
    world.browser.cookies.clear()
    cookies = "; ".join(f"{name}={value}" for name, value in jar.items())
    again = await world.browser.get(back, headers={"cookie": cookies})
    assert (200, 400, "") == (first.status_code, again.status_code, world.cookie)
    assert 1 == world.provider.asked["token"]


async def test_row_103_a_sign_in_has_ten_minutes(world: World) -> None:
    back = await world.to_provider()
    world.clock.ahead_s = 601
    assert 400 == (await world.browser.get(back)).status_code
    assert 0 == world.provider.asked["token"], "it is not even asked"


async def test_row_103_a_parameter_given_twice_is_no_answer(world: World) -> None:
    back = await world.to_provider()
    code = httpx.URL(back).params["code"]
    assert 400 == (await world.browser.get(f"{back}&code={code}")).status_code


async def test_row_103_an_id_token_of_another_sign_in_signs_nobody_in(world: World) -> None:
    """The nonce: a code that was put in the place of ours, by whoever could."""
    back = await world.to_provider()
    ((code, grant),) = world.provider._codes.items()
    other = replace(grant, asked=replace(grant.asked, nonce="of another sign-in"))
    world.provider._codes[code] = other
    answer = await world.browser.get(back)
    assert (400, "", 1) == (answer.status_code, world.cookie, world.provider.asked["token"])


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "%2f%2fevil.example",
        "/%2fevil.example",
        "/%5Cevil.example",
        "javascript:alert(1)",
        "/a\r\nset-cookie: x=y",
        "/a%0d%0aset-cookie: x=y",
        "/a?b=%0a",
        "/\tevil",
        "/.//evil.example",
        "/../evil",
        "relative",
        "/" + "a" * 4_096,
    ],
)
async def test_row_104_only_a_path_of_this_site_is_a_return_url(world: World, url: str) -> None:
    answer = await world.browser.get("/bff/login", params={"returnUrl": url})
    assert (400, "invalid-return-url") == (answer.status_code, slug(answer))
    assert [] == list(world.browser.cookies)


async def test_row_104_two_return_urls_are_none(world: World) -> None:
    assert 400 == (await world.go("/bff/login?returnUrl=/a&returnUrl=/b")).status_code
