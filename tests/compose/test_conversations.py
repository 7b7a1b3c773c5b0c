"""An rpc over a WebSocket, frame by frame; and over plain HTTP, where it can't be."""

import asyncio
import json

import pytest

from bff.terms.codes import Code
from bff.terms.errors import BadInput, ServiceSaid
from tests.compose.talks import Service, ask, context, endpoint, line, pieces, texts


def talk(name: str, service: Service, *frames: bytes, query: str = ""):
    conversation = endpoint(name, service).converse
    assert conversation is not None
    return conversation.run(context(), ask(query=query), pieces(*frames))


async def heard(talking) -> list[str]:
    return [json.loads(one)["text"] async for one in talking]


async def test_st9_each_frame_is_a_request_and_each_reply_a_frame():
    service = Service(line(text="x"), line(text="y"))
    assert ["x", "y"] == await heard(talk("Chat", service, b'{"text":"a"}', b'{"text":"b"}'))
    assert ["a", "b"] == texts(service.requests)


async def test_both_talk_at_any_time():
    """The service answers the first frame before there is a second."""

    class Echo(Service):
        async def open(self, call):
            async for one in call.requests:
                yield call.read(one)

    first = asyncio.Event()

    async def frames():
        yield b'{"text":"a"}'
        await first.wait()
        yield b'{"text":"b"}'

    conversation = endpoint("Chat", Echo()).converse
    assert conversation is not None
    talking = conversation.run(context(), ask(), frames())
    assert "a" == json.loads(await anext(talking))["text"]
    first.set()
    assert ["b"] == await heard(talking)


async def test_a_stream_whose_request_has_a_body_takes_it_from_the_first_frame():
    service = Service(line(text="x"))
    assert ["x"] == await heard(talk("Search", service, b'{"text":"a"}', b"never read"))
    assert ["a"] == texts(service.requests)


async def test_a_stream_whose_request_is_all_in_the_url_needs_no_frame():
    service = Service(line(text="x"))
    assert ["x"] == await heard(talk("Watch", service, query="text=a"))
    assert ["a"] == texts(service.requests)


@pytest.mark.parametrize(("name", "most"), [("Chat", None), ("Search", 1), ("Watch", 0)])
def test_how_many_frames_are_read_is_known_beforehand(name, most):
    conversation = endpoint(name, Service()).converse
    assert conversation is not None
    assert most == conversation.most_frames


def test_what_answers_once_at_the_end_is_not_served_so():
    """A WebSocket can't say that one side has finished."""
    assert endpoint("Say", Service()).converse is None


async def test_a_bad_frame_ends_the_call():
    service = Service(line())
    with pytest.raises(BadInput):
        await heard(talk("Chat", service, b"{}", b'{"nope":1}'))
    assert service.closed


async def test_what_the_service_says_ends_it_too():
    said = ServiceSaid("gone", code=Code.ABORTED, source="x")
    with pytest.raises(ServiceSaid):
        await heard(talk("Chat", Service(said)))


async def test_st9_over_plain_http_the_client_is_told_to_upgrade():
    with pytest.raises(BadInput) as caught:
        await endpoint("Chat", Service()).run(context(), ask())
    assert "upgrade-required" == caught.value.reason
