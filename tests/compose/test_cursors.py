"""Page tokens go out sealed for one caller and one path, and come back so or not at all."""

import json
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from bff.compose.cursor_seal import CursorOptions, CursorSeal, Forged
from bff.compose.cursors import Cursors, cursors_of, paging
from bff.compose.endpoint import Answer, Ask, Endpoint
from bff.contract.request.protobuf_body import PROTOBUF
from bff.terms.context import NOBODY, Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import BadInput
from bff.terms.headers import Headers
from bff.terms.mistakes import ContractMistake
from tests.publish.endpoints import endpoint, in_query

ADA, BOB = Identity(subject="ada", issuer="i"), Identity(subject="bob", issuer="i")
OLD, NEW = (f"{name}:{b64encode(name.encode() * 32).decode()}" for name in ("a", "b"))
TEXT = {"type": "string"}
RAW = "owner=ada&offset=20"


class Service:
    """Lists in pages: what it was asked is in `seen`; each answer has the token RAW."""

    def __init__(self, body: bytes | None = None) -> None:
        self.seen: list[str] = []
        self.body = body or b'{"items":[1.0,2],"nextPageToken":%b}' % json.dumps(RAW).encode()

    async def run(self, context: RequestContext, ask: Ask) -> Answer:
        self.seen.append(ask.query)
        return Answer(self.body)


def listing(
    service: Service, cursors: Cursors, path: str = "/v1/{owner}/todos", **more: Any
) -> Endpoint:
    parameters = (in_query("page_token", TEXT), in_query("size", TEXT))
    return cursors.around(endpoint("GET", path, run=service.run, parameters=parameters, **more))


def keyed(*keys: str) -> Cursors:
    return Cursors(CursorOptions(signed=True, keys=keys or (OLD,)))


async def page(
    one: Endpoint, query: str = "", *, who: Identity = ADA, values: tuple[str, ...] = ("ada",)
) -> str:
    """The token of the page that is answered."""
    context = RequestContext("id", Deadline(1.0), who)
    answer = await one.run(context, Ask(values, query, b"", "", Headers([])))
    assert isinstance(answer, Answer)
    return str(json.loads(answer.body).get("nextPageToken"))


async def refusal(one: Endpoint, query: str, **asked: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        await page(one, query, **asked)
    return caught.value


async def test_a_token_goes_out_sealed_and_the_service_gets_its_own_back():
    service = Service()
    one = listing(service, keyed())
    token = await page(one, "size=2")
    await page(one, f"size=2&page_token={token}&x=a+b%26")
    assert RAW not in token
    assert ["size=2", f"size=2&page_token={quote(RAW, safe='')}&x=a+b%26"] == service.seen


async def test_the_same_page_has_the_same_token_so_that_its_etag_holds():
    one = listing(Service(), keyed())
    assert await page(one) == await page(one)


@pytest.mark.parametrize(
    "who, values, fits",
    [
        (ADA, ("ada",), True),
        (BOB, ("ada",), False),
        (NOBODY, ("ada",), False),
        (Identity(subject="ada", issuer="other"), ("ada",), False),
        (ADA, ("bob",), False),
    ],
)
async def test_a_token_is_good_for_one_caller_and_one_path(who, values, fits):
    one = listing(Service(), keyed())
    query = f"page_token={await page(one)}"
    if fits:
        await page(one, query, who=who, values=values)
        return
    refused = await refusal(one, query, who=who, values=values)
    assert ("invalid-page-token", "page_token") == (refused.reason, refused.violations[0].path)


async def test_a_token_of_another_endpoint_is_refused():
    cursors = keyed()
    token = await page(listing(Service(), cursors))
    await refusal(listing(Service(), cursors, "/v1/{owner}/links"), f"page_token={token}")


async def test_what_shared_caches_keep_holds_a_token_that_all_share():
    run = keyed().run(Service().run, "/v1/{owner}/todos", shared=True)
    one = endpoint("GET", "/v1/{owner}/todos", run=run)
    token = await page(one)
    assert token == await page(one, f"page_token={token}", who=BOB)


@pytest.mark.parametrize("name", ["page_token", "pageToken", "page%5Ftoken", "p%61geToken"])
@pytest.mark.parametrize("value", ["20", RAW, "a..", "a.b.c", "%ff", "a.%C3%A9.x", ".", "zz.YQ.YQ"])
async def test_a_token_of_anybodys_own_making_never_reaches_the_service(name, value):
    service = Service()
    refused = await refusal(listing(service, keyed()), f"{name}={quote(value, safe='%')}")
    assert ("invalid-page-token", []) == (refused.reason, service.seen)


async def test_every_changed_character_of_a_token_is_noticed():
    service = Service()
    one = listing(service, keyed())
    token = await page(one)
    for at, char in enumerate(token):
        changed = token[:at] + ("A" if char != "A" else "B") + token[at + 1 :]
        await refusal(one, f"page_token={changed}")
    await refusal(one, f"page_token={token[:-1]}")
    await refusal(one, f"page_token={token}A")
    assert 1 == len(service.seen)


async def test_an_empty_token_is_the_first_page():
    service = Service()
    await page(listing(service, keyed()), "page_token=")
    assert ["page_token="] == service.seen


async def test_a_new_key_seals_and_the_old_one_still_opens_until_it_is_gone():
    before, after, later = keyed(OLD), keyed(NEW, OLD), keyed(NEW)
    old = await page(listing(Service(), before))
    new = await page(listing(Service(), after), f"page_token={old}")
    await page(listing(Service(), later), f"page_token={new}")
    await refusal(listing(Service(), later), f"page_token={old}")


@pytest.mark.parametrize(
    "body, sealed",
    [
        (b'{"nextPageToken":""}', False),
        (b'{"items":[]}', False),
        (b'{"items":[{"nextPageToken":"x"}]}', False),
        (b'{"items":["\\"nextPageToken\\":\\"x\\""],"nextPageToken":"x"}', True),
        (b'{"items":[{"nextPageToken":"x"}],"nextPageToken":"x"}', True),
        (b'{"nextPageToken": "x"}', True),
        (b'{"nextPageToken":"\\u00e9"}', True),
    ],
)
async def test_only_the_lists_own_token_is_sealed_however_it_is_written(body, sealed):
    one = listing(Service(body), keyed())
    context = RequestContext("id", Deadline(1.0), ADA)
    answer = await one.run(context, Ask(("ada",), "", b"", "", Headers([])))
    assert isinstance(answer, Answer)
    found, plain = json.loads(answer.body), json.loads(body)
    assert sealed == (found.get("nextPageToken") != plain.get("nextPageToken"))
    assert plain.get("items") == found.get("items")


def test_what_does_not_page_stays_as_it_is_and_what_does_speaks_json_alone():
    cursors = keyed()
    plain = endpoint("GET", "/v1/todos", produces=("application/json", *PROTOBUF))
    assert plain is cursors.around(plain)
    paged = listing(Service(), cursors, produces=("application/json", *PROTOBUF))
    assert (("application/json",), None) == (paged.produces, paged.short)


def test_nothing_is_sealed_unless_the_settings_say_so():
    one = endpoint("GET", "/v1/todos", parameters=(in_query("page_token", TEXT),))
    assert cursors_of(CursorOptions()) is None
    assert one is paging([one], CursorOptions())[0]
    assert one is not paging([one], CursorOptions(signed=True))[0]


@pytest.mark.parametrize("keys", [("a",), ("a:b",), (OLD, OLD), (OLD[1:],), ("ä" + OLD,)])
def test_a_key_that_is_none_is_a_mistake_that_does_not_show_it(keys):
    with pytest.raises(ContractMistake) as caught:
        CursorOptions(keys=keys)
    assert OLD[2:] not in str(caught.value)


def test_no_repr_shows_a_key():
    assert OLD[2:] not in repr(CursorOptions(keys=(OLD,))) + repr(keyed(OLD))


def test_without_keys_each_process_has_its_own():
    with pytest.raises(Forged):
        CursorSeal({}).open(CursorSeal({}).seal("x", b""), b"")
