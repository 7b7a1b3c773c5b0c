"""Page tokens that are sent in a body: a list that is asked for by a POST, by two users."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bff.calls.call import Call, Calls
from bff.compose.cursor_seal import CursorOptions
from bff.compose.cursors import paging
from bff.compose.endpoint import Answer, Ask, Endpoint
from bff.compose.transcode import TranscodeOptions, Transcoder
from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits
from bff.contract.request.protobuf_body import PROTOBUF
from bff.terms.context import Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import BadInput
from tests.contract.validated import catalog

PROTO = """
service Lists {
  rpc Search(Asked) returns (Page) {
    option (google.api.http) = {post: "/v1/{room}/lines:search" body: "*"};
  }
  rpc Find(Wrapped) returns (Page) {
    option (google.api.http) = {post: "/v1/{room}/lines:find" body: "asked"};
  }
  rpc Edit(Edited) returns (Edited) {
    option (google.api.http) = {post: "/v1/edit" body: "*"};
  }
}

message Asked {
  string room = 1;
  optional string page_token = 2 [(buf.validate.field).string.max_len = 12];
  string text = 3;
}
message Wrapped { string room = 1; Asked asked = 2; }
message Page { repeated string lines = 1; string next_page_token = 2; }
message Edited { string cursor = 1; }
"""
RAW = "offset=20"
CATALOG = catalog(PROTO)
ASKED = CATALOG.methods["ruled.v1.Lists/Search"]


class Service:
    """Has another page behind each; what it was asked is in `seen`."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def make(self, call: Call) -> Any:
        asked: Any = CATALOG.methods[call.rpc].request.FromString(call.request)
        self.seen.append(getattr(asked, "asked", asked).page_token)
        return call.read(ASKED.reply(next_page_token=RAW).SerializeToString())


def endpoints(service: Service) -> Mapping[str, Endpoint]:
    transcoder = Transcoder(
        CATALOG,
        codec=Codec(pool=CATALOG.pool),
        limits=JsonLimits(),
        calls=Calls(make=service.make, open=None),  # type: ignore[arg-type]
        options=TranscodeOptions(),
    )
    found = paging(transcoder.endpoints(), CursorOptions(signed=True))
    return {one.name: one for one in found}


async def page(
    one: Endpoint, body: bytes = b"{}", *, by: str = "ada", room: str = "blue", kind: str = ""
) -> str:
    """The token of the page that is answered."""
    context = RequestContext("id", Deadline.after(5.0), Identity(subject=by, issuer="i"))
    answer = await one.run(context, Ask((room,), "", body, kind or "application/json", {}))
    assert isinstance(answer, Answer)
    return str(json.loads(answer.body)["nextPageToken"])


@pytest.mark.parametrize("name", ["pageToken", "page_token", "page\\u0054oken"])
async def test_a_token_goes_out_sealed_and_the_service_gets_its_own_back(name):
    """However its name is spelled; what is asked of the field holds for the service's own token."""
    service = Service()
    one = endpoints(service)["Lists_Search"]
    token = await page(one)
    assert RAW not in token
    assert token == await page(one, b'{"text": "a", "%b": "%b"}' % (name.encode(), token.encode()))
    assert ["", RAW] == service.seen


async def test_a_body_that_is_a_part_of_the_request_is_opened_as_well():
    service = Service()
    one = endpoints(service)["Lists_Find"]
    await page(one, b'{"pageToken": "%b"}' % (await page(one)).encode())
    with pytest.raises(BadInput):
        await page(one, b'{"pageToken": "%b"}' % RAW.encode())
    assert ["", RAW] == service.seen


async def test_a_body_in_protobuf_is_opened_as_well():
    service = Service()
    one = endpoints(service)["Lists_Search"]
    body = ASKED.request(page_token=await page(one)).SerializeToString()
    await page(one, body, kind=PROTOBUF[0])
    assert ["", RAW] == service.seen


@pytest.mark.parametrize(
    ("by", "room", "sent"),
    [
        ("bob", "blue", "{token}"),
        ("", "blue", "{token}"),
        ("ada", "green", "{token}"),
        ("ada", "blue", RAW),
        ("ada", "blue", "{token}A"),
    ],
)
async def test_a_token_is_good_for_one_caller_and_one_path_and_as_it_came(by, room, sent):
    service = Service()
    one = endpoints(service)["Lists_Search"]
    body = json.dumps({"pageToken": sent.format(token=await page(one))}).encode()
    with pytest.raises(BadInput) as caught:
        await page(one, body, by=by, room=room)
    refused = caught.value
    assert ("invalid-page-token", "pageToken") == (refused.reason, refused.violations[0].path)
    assert [""] == service.seen


@pytest.mark.parametrize("body", [b"", b"{}", b'{"pageToken": ""}', b'{"pageToken": null}'])
async def test_no_token_is_the_first_page(body):
    service = Service()
    await page(endpoints(service)["Lists_Search"], body)
    assert [""] == service.seen


async def test_two_tokens_are_still_refused_as_two_members():
    service = Service()
    one = endpoints(service)["Lists_Search"]
    token = (await page(one)).encode()
    with pytest.raises(BadInput) as caught:
        await page(one, b'{"pageToken": "%b", "pageToken": "%b"}' % (token, token))
    assert ("duplicate-key", [""]) == (caught.value.reason, service.seen)


def test_a_list_answers_in_json_alone_and_what_only_has_a_cursor_is_no_list():
    found = endpoints(Service())
    assert ("application/json",) == found["Lists_Search"].produces
    assert ("application/json", *PROTOBUF) == found["Lists_Edit"].produces
