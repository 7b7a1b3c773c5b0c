"""A server stream as an endpoint: when its head is sent, how it is framed, how it ends."""

import asyncio
import json
from typing import Any

import pytest

from bff.compose.ahead import Ahead
from bff.compose.endpoint import Streamed
from bff.terms.codes import Code
from bff.terms.errors import BadInput, ServiceSaid, ServiceSilent
from bff.terms.mistakes import ContractMistakes
from tests.compose import talks
from tests.compose.talks import Service, ask, context, endpoint, line, raw

EVENTS = "text/event-stream"
ARRAY = "application/json"


async def opened(service: Service, name: str = "Watch", **asked: Any) -> Streamed:
    seconds = asked.pop("seconds", 5.0)
    options = {key: asked.pop(key) for key in ("answer", "heartbeat_s") if key in asked}
    answer = await endpoint(name, service, **options).run(context(seconds=seconds), ask(**asked))
    assert isinstance(answer, Streamed)
    return answer


async def body(answer: Streamed) -> bytes:
    return b"".join([chunk async for chunk in answer.chunks])


async def broken(answer: Streamed) -> tuple[bytes, BaseException]:
    """What was sent, and what it failed with."""
    seen = b""
    try:
        async for chunk in answer.chunks:
            seen += chunk
    except Exception as error:  # noqa: BLE001 - which one it is, the test says
        return seen, error
    raise AssertionError(seen)


async def test_st1_each_message_is_one_chunk():
    """ST5: a chunk is what is flushed, so nothing waits for what comes later."""
    answer = await opened(Service(line(text="a"), line(text="b")))
    chunks = [chunk async for chunk in answer.chunks]
    assert ["a", "b"] == [json.loads(one)["result"]["text"] for one in chunks]
    assert "application/x-ndjson" == answer.media_type


async def test_response_body_frames_that_field_alone():
    assert b'["a","b"]' == await body(
        await opened(Service(line(text="a"), line(text="b")), "Follow", accept=ARRAY)
    )


async def test_the_request_is_bound_from_path_query_and_body():
    watch, search = Service(), Service()
    await body(await opened(watch, query="text=x"))
    await body(await opened(search, "Search", body=b'{"text":"y"}'))
    assert [("blue", "x"), ("blue", "y")] == [
        (one.room, one.text) for service in (watch, search) for one in service.requests
    ]


async def test_a_bad_request_reaches_no_service():
    service = Service(line())
    with pytest.raises(BadInput):
        await opened(service, query="nope=1")
    assert (0, False) == (service.asked, service.closed)


@pytest.mark.parametrize("accept", ["application/x-ndjson", EVENTS, ARRAY])
async def test_st3_an_error_before_the_first_message_is_raised_not_framed(accept):
    said = ServiceSaid("none", code=Code.NOT_FOUND, source="talks.v1.Talks/Watch")
    service = Service(said)
    with pytest.raises(ServiceSaid):
        await opened(service, accept=accept)
    assert service.closed


async def test_st3_an_error_right_behind_the_metadata_is_an_early_one():
    """gRPC hands out the (empty) metadata of an error that has no messages, then the error."""

    class Late(Service):
        async def _read(self, call):
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    with pytest.raises(ServiceSaid):
        await opened(Late(ServiceSaid("none", code=Code.NOT_FOUND, source="x")))


async def test_st10_initial_metadata_are_headers_where_they_are_listed():
    service = Service(line(), metadata=(("x-shard", "7"), ("x-hidden", "1")))
    assert (("x-shard", "7"),) == (await opened(service, answer=("x-shard",))).headers


async def test_a_service_that_opens_the_stream_and_has_nothing_to_tell_is_answered_at_once():
    """A watch is quiet by nature: its client must know that it is heard."""
    bell = asyncio.Event()
    answer = await opened(Service(bell, line(text="a")), seconds=3_600.0)
    bell.set()
    assert b'"text":"a"' in await body(answer)


async def test_a_service_that_gives_no_sign_of_life_is_waited_for_no_longer_than_the_deadline():
    """It may still talk later: the deadline of the stream itself is another."""
    bell = asyncio.Event()
    answer = await opened(Service(bell, line(text="a"), metadata=None), seconds=0.01)
    bell.set()
    assert b'"text":"a"' in await body(answer)


async def test_st4_an_error_after_the_first_message_is_the_last_record_then_raised():
    said = ServiceSaid("gone", code=Code.ABORTED, source="talks.v1.Talks/Watch")
    service = Service(line(text="a"), said)
    seen, failure = await broken(await opened(service))
    first, last = (json.loads(one) for one in seen.splitlines())
    assert ("a", "ABORTED", "gone") == (
        first["result"]["text"],
        last["error"]["code"],
        last["error"]["detail"],
    )
    assert (said, True) == (failure, service.closed)
    assert "urn:request:r-1" == last["error"]["instance"]


async def test_a_bug_is_told_as_an_internal_error_without_its_words():
    seen, failure = await broken(await opened(Service(line(), RuntimeError("secret"))))
    assert "INTERNAL" == json.loads(seen.splitlines()[-1])["error"]["code"]
    assert (b"secret" in seen, "secret") == (False, str(failure))


async def test_a_reply_that_cannot_be_read_ends_the_stream_with_an_error():
    class Garbled:
        def SerializeToString(self) -> bytes:  # noqa: N802 - a message's own name
            return b"\xff\xff\xff"

    seen, failure = await broken(await opened(Service(line(), Garbled())))
    assert "upstream-invalid-response" == getattr(failure, "reason", "")
    assert "upstream-invalid-response" in seen.decode()


async def test_st6_nothing_is_asked_for_before_what_came_before_was_taken():
    """A reader at 1 KB/s holds the service back: one message is in hand, none beyond it."""
    service = Service(*(line(text=str(number)) for number in range(50)))
    answer = await opened(service)
    asked = [service.asked]
    for _ in range(3):
        await anext(answer.chunks)
        await asyncio.sleep(0)
        asked.append(service.asked)
    assert [1, 1, 2, 3] == asked
    await answer.chunks.aclose()
    assert service.closed


async def test_st6_closing_an_answer_that_nobody_began_to_read_leaves_the_service():
    service = Service(asyncio.Event())
    answer = await opened(service)
    await answer.chunks.aclose()
    assert service.closed


async def test_st6_a_cancelled_reader_leaves_the_service():
    service = Service(line(), asyncio.Event())
    answer = await opened(service)
    await anext(answer.chunks)
    reading = asyncio.ensure_future(anext(answer.chunks))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert service.closed


async def test_st7_a_silence_is_filled_with_comments_and_loses_no_message():
    bell = asyncio.Event()
    service = Service(bell, line(text="a"))
    answer = await opened(service, accept=EVENTS, heartbeat_s=0.0)
    assert [b":\n\n", b":\n\n"] == [await anext(answer.chunks), await anext(answer.chunks)]
    bell.set()
    assert b'"text":"a"' in await body(answer)


async def test_st7_events_have_the_field_that_the_proto_names_as_their_id():
    answer = await opened(Service(line(mark="m-7"), line()), accept=EVENTS)
    first, second = [chunk async for chunk in answer.chunks]
    assert first.startswith(b"id: m-7\ndata: ")
    assert second.startswith(b"data: ")


async def test_st7_without_the_option_events_are_numbered():
    answer = await opened(Service(line(), line()), "Follow", accept=EVENTS)
    assert [b"id: 1", b"id: 2"] == [chunk.split(b"\n")[0] async for chunk in answer.chunks]


async def test_st7_a_client_that_comes_back_goes_on_where_it_was():
    """A browser repeats its whole URL, so the header replaces what the query says."""
    service = Service()
    await body(await opened(service, query="after=1", last_event_id="9"))
    assert 9 == service.requests[0].after


async def test_st7_without_the_option_the_header_is_ignored():
    service = Service()
    await body(await opened(service, "Follow", last_event_id="9"))
    assert 0 == service.requests[0].after


async def test_row_120_an_id_that_the_stream_never_gave_is_refused():
    service = Service()
    with pytest.raises(BadInput) as caught:
        await opened(service, last_event_id="../x")
    assert ["last-event-id"] == [one.path for one in caught.value.violations]
    assert 0 == service.asked


async def test_hb4_raw_pieces_are_joined_without_anything_between_and_have_the_first_ones_type():
    pieces = raw(b"ab", "audio/ogg"), raw(b""), raw(b"c", "text/html")
    answer = await opened(Service(*pieces), "Play", accept="")
    assert [b"ab", b"c"] == [chunk async for chunk in answer.chunks]
    assert ("audio/ogg", False) == (answer.media_type, answer.tells_errors)
    assert "content-security-policy" in dict(answer.headers)


async def test_hb4_raw_bytes_that_break_off_say_nothing_in_the_body():
    said = ServiceSaid("gone", code=Code.ABORTED, source="x")
    assert (b"ab", said) == await broken(await opened(Service(raw(b"ab"), said), "Play", accept=""))


async def test_hb4_no_piece_at_all_is_an_empty_file():
    answer = await opened(Service(), "Play", accept="")
    assert ("application/octet-stream", b"") == (answer.media_type, await body(answer))


async def test_hb4_raw_bytes_must_begin_within_the_deadline():
    """Their type is in the first of them, so no head can be sent before."""
    service = Service(asyncio.Event())
    with pytest.raises(ServiceSilent) as caught:
        await opened(service, "Play", accept="", seconds=0.01)
    assert ("upstream-timeout", True) == (caught.value.reason, service.closed)


async def test_a_closed_reader_ahead_closes_its_source():
    closed: list[str] = []

    async def source():
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            closed.append("yes")

    ahead = Ahead(source())
    assert [True, 1, False] == [await ahead.arrives(1), await ahead.take(), await ahead.arrives(0)]
    await ahead.aclose()
    assert ["yes"] == closed


@pytest.mark.parametrize(
    ("was", "now", "what"),
    [
        ('event_id: "mark"', 'event_id: "marc"', "did you mean `mark`"),
        ('event_id: "mark"', 'event_id: "tags"', "not one number or text"),
        ('resume_from: "after"', 'resume_from: "nothing"', "no field"),
        (
            'post: "/v1/{room}/lines:say" body: "*"};',
            'post: "/v1/{room}/lines:say" body: "*"}; option (bff.v1.stream) = {event_id: "mark"};',
            "return a stream",
        ),
    ],
)
def test_boot_tells_what_is_wrong_with_the_option(was, now, what, monkeypatch):
    assert was in talks.PROTO
    text = talks.PROTO.replace(was, now)
    catalog = talks.Catalog.of(talks.descriptor_set(text))
    monkeypatch.setattr(talks, "CATALOG", lambda: catalog)
    with pytest.raises(ContractMistakes) as caught:
        endpoint("Watch", Service())
    assert [True] == [what in one for one in caught.value.whats]
