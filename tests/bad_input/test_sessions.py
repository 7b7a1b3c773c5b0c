"""Rows 87 and 94-105 from end to end: a browser with a session, and bytes that no browser sends."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bff.guard.sessions.cookies import SESSION_COOKIE
from tests.bad_input.raw import Told
from tests.bad_input.signed_in import JSON, OURS, Browser, OpenWeb, opened
from tests.journeys.conftest import Demo
from tests.journeys.signed_in import ORIGIN

pytestmark = pytest.mark.asyncio(loop_scope="module")
TODOS, USER = "/v1/todos", "/bff/user"
MADE_UP = "A" * 43
CLEARED = f"{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
CHANGE = '{"title": "from a browser"}'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_web(whole_demo: Demo) -> AsyncIterator[OpenWeb]:
    async with opened(whole_demo) as found:
        yield found


@pytest.fixture
def web(one_web: OpenWeb) -> OpenWeb:
    one_web.demo.services.record.clear()
    return one_web


def refused(web: OpenWeb, answer: Told) -> tuple[int, str]:
    """The status and the reason of what no service saw."""
    assert [] == web.demo.services.record.methods
    return answer.status, answer.slug


async def test_row_87_a_cookie_and_a_token_of_another_are_ambiguous(web):
    browser = await web.signed_in("ada")
    [(name, token)] = web.demo.bearer("bob").items()
    answer = await browser.ask("GET", TODOS, OURS, f"{name}: {token}")
    assert (400, "ambiguous-credentials") == refused(web, answer)


@pytest.mark.parametrize("value", [MADE_UP, "", '"quoted"', "a b", MADE_UP + "%41"])
async def test_row_94_a_session_that_is_none_has_ended_and_is_cleared(web, value):
    for target in (TODOS, USER):
        cookie = f"Cookie: theme=dark; {SESSION_COOKIE}={value}"
        answer = await Browser(web).ask("GET", target, OURS, cookie)
        assert (401, "session-expired") == refused(web, answer)
        assert CLEARED == answer.headers["set-cookie"]


async def test_row_94_a_revoked_session_and_another_front_ends_cookie_are_no_sessions(web):
    browser = await web.signed_in()
    kept = browser.session
    left = await browser.ask("GET", (await browser.ask("GET", USER, OURS)).problem["logoutUrl"])
    assert (303, "") == (left.status, browser.session)
    for name, reason in ((SESSION_COOKIE, "session-expired"), ("__Host-shop", "unauthenticated")):
        answer = await Browser(web).ask("GET", TODOS, OURS, f"Cookie: {name}={kept}")
        assert (401, reason) == refused(web, answer)


async def test_row_95_two_session_cookies_are_nobodys_however_they_come(web):
    good = f"{SESSION_COOKIE}={(await web.signed_in()).session}"
    planted = f"{SESSION_COOKIE}={MADE_UP}"
    for lines in (
        [f"Cookie: {good}; {planted}"],
        [f"Cookie: {planted};{good}"],
        [f"Cookie: {good}", f"Cookie: {planted}"],
        [f"Cookie: {good}", f"Cookie: {good}"],
    ):
        answer = await Browser(web).ask("GET", TODOS, OURS, *lines)
        assert (401, "ambiguous-session") == refused(web, answer)


async def test_row_95_a_cookie_without_the_prefix_is_not_ours(web):
    """Any host of our domain can plant one."""
    session = (await web.signed_in()).session
    for name in ("s", "__Secure-s", "__host-s"):
        answer = await Browser(web).ask("GET", TODOS, OURS, f"Cookie: {name}={session}")
        assert (401, "unauthenticated") == refused(web, answer)


@pytest.mark.parametrize(
    ("status", "cookies"),
    [
        (400, "; ".join(f"c{number}=1" for number in range(200))),
        (431, f"big={'x' * 17_000}"),
        (431, f"big={'x' * 33_000}"),
        (400, "=x"),
        (400, "a=\x01"),
        (400, "a=\x00"),
        (400, "a=b\x7f"),
    ],
    ids=["200", "17 KB", "33 KB", "no name", "control", "nul", "delete"],
)
async def test_row_96_what_no_browser_sends_is_refused(web, status, cookies):
    sent = f"Cookie: {cookies}; {SESSION_COOKIE}={MADE_UP}"
    answer = await Browser(web).ask("GET", TODOS, OURS, sent)
    assert status == refused(web, answer)[0]


async def test_row_97_an_id_from_before_the_sign_in_is_none_after_it(web):
    browser = Browser(web, {SESSION_COOKIE: MADE_UP})
    await browser.ask("GET", await browser.to_provider())
    first = browser.session
    await browser.ask("GET", await browser.to_provider("bob"))
    assert 3 == len({MADE_UP, first, browser.session})
    for planted in (MADE_UP, first):
        answer = await Browser(web, {SESSION_COOKIE: planted}).ask("GET", TODOS, OURS)
        assert (401, "session-expired") == refused(web, answer)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([OURS], id="row_98_no_header"),
        pytest.param([OURS, "X-CSRF: 0"], id="row_98_a_wrong_one"),
        pytest.param([OURS, "X-CSRF: "], id="row_98_an_empty_one"),
        *(
            pytest.param([line, "X-CSRF: 1"], id=f"row_99_{line}")
            for line in (
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Origin: null",
                "Origin: https://evil.example",
                "Origin: https://sub.localhost:8080",
                "Origin: ",
            )
        ),
        pytest.param(["Origin: https://evil.example"], id="row_100_a_form"),
        pytest.param(
            ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"], id="row_100_beacon"
        ),
    ],
)
async def test_what_another_page_may_have_asked_is_refused(web, lines):
    browser = await web.signed_in()
    web.demo.services.record.clear()
    for kind, body in ((JSON, CHANGE), ("Content-Type: text/plain", CHANGE), (JSON, "")):
        answer = await browser.ask("POST", TODOS, kind, *lines, body=body)
        assert (403, "csrf-rejected") == refused(web, answer)


async def test_row_98_with_the_header_a_page_of_ours_may_change_something(web):
    browser = await web.signed_in()
    lines = (OURS, f"Origin: {ORIGIN}", "X-CSRF: 1", JSON)
    assert 200 == (await browser.ask("POST", TODOS, *lines, body=CHANGE)).status


async def test_row_100_a_form_has_the_wrong_type_and_a_get_changes_nothing(web):
    browser = await web.signed_in()
    form = "Content-Type: application/x-www-form-urlencoded"
    answer = await browser.ask("POST", TODOS, OURS, "X-CSRF: 1", form, body="title=a")
    assert (415, "unsupported-media-type") == refused(web, answer)
    answer = await browser.ask("GET", "/v1/batch", OURS)
    assert (405, "POST") == (refused(web, answer)[0], answer.headers["allow"])


async def test_row_101_a_preflight_of_a_strange_page_gets_no_permission(web):
    lines = ("Origin: https://evil.example", "Access-Control-Request-Method: POST")
    answer = await (await web.signed_in()).ask("OPTIONS", TODOS, *lines)
    assert [] == [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("query", ["", "?sid=", "?sid=guessed"])
async def test_row_102_a_strange_page_signs_nobody_out(web, query):
    browser = await web.signed_in()
    answer = await browser.ask("GET", f"/bff/logout{query}", "Sec-Fetch-Site: cross-site")
    assert (403, "csrf-rejected") == refused(web, answer)
    assert 200 == (await browser.ask("GET", USER, OURS)).status


@pytest.mark.parametrize(
    "changes",
    [
        {"state": None},
        {"state": "foreign"},
        {"iss": "https://mixed-up.example"},
        {"code": None},
        {"error": "<script>alert(1)</script>", "code": None},
    ],
    ids=str,
)
async def test_row_103_an_answer_that_does_not_fit_signs_nobody_in(web, changes):
    browser = Browser(web)
    back = httpx.URL(ORIGIN + await browser.to_provider())
    params = {name: one for name, one in {**back.params, **changes}.items() if one is not None}
    answer = await browser.ask("GET", back.copy_with(params=params).raw_path.decode())
    assert (400, "login-failed", "") == (*refused(web, answer), browser.session)
    assert b"script" not in answer.body


async def test_row_103_a_replay_and_a_browser_without_its_cookie_sign_nobody_in(web):
    browser = Browser(web)
    back = await browser.to_provider()
    cookies = dict(browser.cookies)
    assert 400 == (await Browser(web).ask("GET", back)).status
    assert 200 == (await browser.ask("GET", back)).status
    again = Browser(web, cookies)
    assert (400, "") == ((await again.ask("GET", back)).status, again.session)


@pytest.mark.parametrize(
    "url",
    [
        *("//evil.example", "/\\evil.example", "https:evil.example", "%2f%2fevil.example"),
        *("%2F%2Fevil.example", "javascript:alert(1)", "/a%0d%0aset-cookie:%20x=y", "/%5Cevil"),
        *("/%252fevil", "/a\tb", "/" + "a" * 4_096, "/a%ff", "/a&returnUrl=/b"),
    ],
)
async def test_row_104_only_a_path_of_this_site_is_a_return_url(web, url):
    browser = Browser(web)
    answer = await browser.ask("GET", f"/bff/login?returnUrl={url}")
    assert (400, {}) == (refused(web, answer)[0], browser.cookies)


async def test_row_105_a_hundred_requests_on_an_expired_token_are_one_refresh(web):
    web.provider.access_s = 0.001
    try:
        browser = await web.signed_in("cleo")
    finally:
        web.provider.access_s = 300
    before = web.provider.asked["token"]
    asked = [browser.ask("GET", f"{TODOS}?pageSize=1", OURS) for _ in range(100)]
    answers = await asyncio.gather(*asked)
    assert {200} == {answer.status for answer in answers}
    assert before + 1 == web.provider.asked["token"]
