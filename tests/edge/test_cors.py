"""Row 101: which pages of other sites may read, and what all others see: nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from bff.edge.browser.cors import Cors
from bff.edge.browser.options import CorsOptions
from bff.edge.browser.origin import ForeignOrigin, check_origin
from bff.edge.reply import Headers
from bff.edge.request import Head
from bff.terms.mistakes import ContractMistake

APP, EVIL = "https://app.example", "https://evil.example"
ALLOWS = b"access-control-allow-origin"


def asked(
    origin: str | None, method: str = "GET", path: str = "/web/v1/home", **headers: str
) -> Head:
    sent = {"host": "bff.example", **{name.replace("_", "-"): it for name, it in headers.items()}}
    if origin is not None:
        sent["origin"] = origin
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    scope = {"method": method, "path": path, "query_string": b"", "headers": pairs}
    return Head(scope)


def preflight(origin: str | None, path: str = "/web/v1/home") -> Head:
    return asked(origin, "OPTIONS", path, access_control_request_method="POST")


def cors(**options: Any) -> Cors:
    return Cors(CorsOptions(**{"origins": (APP,)} | options))


def told(one: Cors, head: Head) -> Headers:
    return one.headers(head.path, head.headers.text(b"origin"))


def allowed(one: Cors, head: Head) -> str | None:
    found = dict(told(one, head)).get(ALLOWS)
    return found and found.decode()


def test_without_a_list_no_answer_changes_and_no_preflight_is_answered():
    off = Cors()
    assert (False, (), None) == (off.on, told(off, asked(APP)), off.answer(preflight(APP)))


def test_row_101_a_listed_page_may_read_and_an_unlisted_one_gets_no_headers_at_all():
    found = cors(credentials=True)
    assert APP == allowed(found, asked(APP))
    assert ((b"vary", b"origin"),) == told(found, asked(EVIL))


@pytest.mark.parametrize(
    "origin",
    [
        EVIL,
        "null",
        "",
        "https://app.example.evil.example",
        "https://evil.example/https://app.example",
        "http://app.example",
        "https://app.example:444",
        "https://APP.example",
        "https://app.example/",
        "https://sub.app.example",
    ],
)
def test_row_101_what_resembles_a_listed_origin_is_not_listed(origin):
    found = cors()
    assert ((b"vary", b"origin"),) == told(found, asked(origin))
    assert found.answer(preflight(origin)) is None


def test_row_101_a_preflight_is_answered_before_anything_is_asked_for():
    reply = cors(credentials=True, headers=("X-Mine",)).answer(preflight(APP))
    assert reply is not None
    headers = dict(reply.headers)
    assert (204, b"", APP.encode()) == (reply.status, reply.body, headers[ALLOWS])
    assert b"true" == headers[b"access-control-allow-credentials"]
    assert b"600" == headers[b"access-control-max-age"]
    assert {b"PATCH", b"GET"} < set(headers[b"access-control-allow-methods"].split(b", "))
    sent = set(headers[b"access-control-allow-headers"].split(b", "))
    assert {b"authorization", b"content-type", b"idempotency-key", b"x-csrf", b"x-mine"} < sent
    assert b"origin" == headers[b"vary"].split(b", ")[0]


def test_a_plain_options_request_is_no_preflight():
    assert cors().answer(asked(APP, "OPTIONS")) is None


def test_no_credentials_unless_the_list_says_so():
    assert b"access-control-allow-credentials" not in dict(told(cors(), asked(APP)))


def test_an_answer_for_nobody_says_that_it_depends_on_who_asks():
    """A shared cache would give it to a page that may not read it."""
    found = cors()
    assert ((b"vary", b"origin"),) == told(found, asked(None))


def test_any_page_may_read_where_the_list_says_so_and_all_get_the_same_headers():
    found = cors(origins=("*",))
    assert "*" == allowed(found, asked(EVIL))
    assert told(found, asked(EVIL)) == told(found, asked(None))
    assert b"vary" not in dict(told(found, asked(EVIL)))


def test_the_longest_prefix_of_the_path_decides():
    found = Cors(
        CorsOptions(origins=(APP,)),
        {
            "/public/": CorsOptions(origins=("*",)),
            "/public/v1/closed/": CorsOptions(),
            "/partner/": CorsOptions(origins=("https://partner.example",)),
        },
    )
    table: Mapping[tuple[str, str], str | None] = {
        ("/web/v1/home", APP): APP,
        ("/web/v1/home", EVIL): None,
        ("/public/v1/products", EVIL): "*",
        ("/public/v1/closed/x", APP): None,
        ("/publicity", EVIL): None,
        ("/partner/v1/x", APP): None,
        ("/%70artner/v1/x", APP): None,
        ("/partner/v1/x", "https://partner.example"): "https://partner.example",
    }
    assert table == {
        (path, origin): allowed(found, asked(origin, path=path)) for path, origin in table
    }


def test_row_120_a_listed_page_may_open_a_stream_and_another_may_not():
    found = cors(credentials=True)
    check_origin(asked(APP, cookie="a=b"), found)
    check_origin(asked("https://bff.example"), found)
    check_origin(asked(None), found)
    with pytest.raises(ForeignOrigin):
        check_origin(asked(EVIL), found)


@pytest.mark.parametrize("origins", [("*",), (APP,)])
def test_row_120_a_list_without_credentials_opens_no_stream_for_a_cookie(origins):
    """A browser sends cookies with every WebSocket, whatever CORS says."""
    found = cors(origins=origins)
    check_origin(asked(APP), found)
    with pytest.raises(ForeignOrigin):
        check_origin(asked(APP, cookie="a=b"), found)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origins": ("*",), "credentials": True},
        {"origins": ("*", APP)},
        {"origins": ("null",)},
        {"origins": ("app.example",)},
        {"origins": ("https://app.example/",)},
        {"origins": ("https://App.example",)},
        {"origins": ("https://*.example",)},
        {"origins": ("https://app.example:443",)},
        {"origins": (APP,), "headers": ("*",)},
        {"origins": (APP,), "exposed": ("a b",)},
    ],
)
def test_row_101_a_list_that_is_none_or_opens_all_is_a_mistake_at_boot(wrong):
    with pytest.raises(ContractMistake):
        CorsOptions(**wrong)


@pytest.mark.parametrize("prefix", ["/public", "public/", ""])
def test_a_prefix_that_ends_inside_of_a_name_is_a_mistake(prefix):
    with pytest.raises(ContractMistake):
        Cors(paths={prefix: CorsOptions()})
