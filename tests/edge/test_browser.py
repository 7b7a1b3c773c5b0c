"""What browsers are told, through the whole front door, by the long way and the short one."""

from functools import partial
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Endpoint
from bff.edge.browser.browser import Browser, BrowserOptions
from bff.edge.browser.options import CorsOptions
from bff.edge.forwarded import Proxies
from bff.edge.front import Front, FrontOptions, Gate
from bff.edge.http1.lane import Lane
from bff.edge.shell import shell
from bff.edge.short_way import ShortWay
from bff.guard.presented import Presented
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import Refused
from bff.terms.mistakes import ContractMistake
from tests.edge.kitchen import CLOSE, HOST, Kitchen
from tests.edge.test_lane import asked, served

APP, EVIL = b"origin: https://app.example\r\n", b"origin: https://evil.example\r\n"
TLS = b"x-forwarded-proto: https\r\n"
LISTED = CorsOptions(origins=("https://app.example",), credentials=True)
YEAR = BrowserOptions(hsts_s=31_536_000)
PREFLIGHT = b"access-control-request-method: POST\r\n"


def a_front(kitchen: Kitchen, browser: Browser) -> Front:
    plain = kitchen.front()
    options = FrontOptions(browser=browser, proxies=Proxies(["127.0.0.1"]))
    return Front(
        plain.blueprint,
        shell=shell(()),
        gate=plain.gate,
        emit=kitchen.told.append,
        options=options,
    )


async def answers(browser: Browser, *requests: bytes, http: Any = HttpToolsProtocol) -> list[bytes]:
    kitchen = Kitchen()
    front = a_front(kitchen, browser)
    way = partial(Lane, short=ShortWay(front)) if http is Lane else http
    async with served(front, way) as dial:
        return [await asked(dial, one + CLOSE) for one in requests]


@pytest.mark.parametrize(
    "browser",
    [Browser(), Browser(YEAR, LISTED), Browser(cors=CorsOptions(origins=("*",)))],
    ids=repr,
)
async def test_both_ways_say_the_same(browser):
    heads = [
        method + path + more
        for method in (b"GET ", b"POST ", b"OPTIONS ")
        for path in (b"/small/1 HTTP/1.1\r\n", b"/missing/1 HTTP/1.1\r\n", b"/no HTTP/1.1\r\n")
        for more in (b"", APP, EVIL, TLS, APP + TLS, APP + PREFLIGHT)
    ]
    assert await answers(browser, *heads) == await answers(browser, *heads, http=Lane)


async def test_both_ways_say_the_same_to_a_page_of_another_site_whose_connection_stays():
    """The short way answers it without a task."""
    get = b"GET /small/1 HTTP/1.1\r\n" + APP
    two, browser = get + HOST + b"\r\n" + get, Browser(YEAR, LISTED)
    (short,) = await answers(browser, two, http=Lane)
    assert [short] == await answers(browser, two)
    assert 2 == short.count(b"access-control-allow-origin: https://app.example\r\n")


@pytest.mark.parametrize("path", [b"/small/1", b"/missing/1", b"/mine/1", b"/no"])
async def test_row_101_every_answer_tells_a_listed_page_that_it_may_read(path):
    """A failure, too: its page could not tell what went wrong."""
    get = b"GET " + path + b" HTTP/1.1\r\n"
    listed, foreign = await answers(Browser(cors=LISTED), get + APP, get + EVIL)
    assert b"access-control-allow-origin: https://app.example\r\n" in listed
    assert b"access-control-allow-credentials: true\r\n" in listed
    assert b"access-control" not in foreign
    assert b"vary: origin\r\n" in foreign


async def test_row_101_a_preflight_needs_no_route_and_no_credentials():
    """A browser sends none with it."""
    mine = b"OPTIONS /mine/1 HTTP/1.1\r\n"
    found = await answers(Browser(cors=LISTED), mine + APP + PREFLIGHT, mine + EVIL + PREFLIGHT)
    listed, foreign = found
    assert listed.startswith(b"HTTP/1.1 204 ")
    assert 1 == listed.count(b"access-control-allow-origin")
    assert b"access-control-allow-methods" in listed
    assert b"access-control" not in foreign


async def test_only_who_came_by_tls_is_told_to_stay_there():
    get = b"GET /small/1 HTTP/1.1\r\n"
    for http in (HttpToolsProtocol, Lane):
        plain, by_tls = await answers(Browser(YEAR), get, get + TLS, http=http)
        assert b"strict-transport-security" not in plain
        assert b"strict-transport-security: max-age=31536000\r\n" in by_tls


def test_subdomains_are_told_where_the_setting_says_so():
    browser = Browser(BrowserOptions(hsts_s=60, hsts_subdomains=True))
    told = browser.headers("/", scheme="https", origin="")
    assert ((b"strict-transport-security", b"max-age=60; includeSubDomains"),) == told


@pytest.mark.parametrize("wrong", [{"hsts_s": -1}, {"hsts_subdomains": True}])
def test_a_time_that_is_none_is_a_mistake(wrong):
    with pytest.raises(ContractMistake):
        BrowserOptions(**wrong)


async def test_who_comes_too_often_is_not_asked_to_sign_in():
    """RFC 9110 section 11.6.1: a challenge is for those who could do better with credentials."""

    async def admit(context: RequestContext, one: Endpoint, shown: Presented) -> RequestContext:
        refused = Refused("Too many.", reason="rate-limited", code=Code.RESOURCE_EXHAUSTED)
        refused.retry_after_s = 2.5
        refused.headers = ((b"ratelimit", b'"all";r=0;t=3'),)
        raise refused

    front = Front(
        Blueprint([Kitchen().endpoint("small")], title="t", version="1"),
        shell=shell(()),
        gate=Gate(admit=admit, challenge=lambda _: "Bearer"),
        emit=lambda _: None,
    )
    async with served(front, HttpToolsProtocol) as dial:
        answer = await asked(dial, b"GET /small/1 HTTP/1.1\r\n" + CLOSE)
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert b'ratelimit: "all";r=0;t=3\r\n' in answer
    assert b"retry-after: 3\r\n" in answer
    assert b"www-authenticate" not in answer
