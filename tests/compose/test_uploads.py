"""A client stream as an endpoint: messages go on as they come, one answer comes back."""

import asyncio
import json
from typing import Any

import pytest

from bff.compose.endpoint import Answer
from bff.compose.uploads import RAW_PIECE_BYTES
from bff.terms.errors import BadInput, ServiceSilent
from tests.compose.talks import Service, ask, context, endpoint, line, pieces, texts

NDJSON = "application/x-ndjson"
JSON = "application/json"


async def said(service: Service, name: str = "Say", **asked: Any) -> Answer:
    seconds = asked.pop("seconds", 5.0)
    options = {key: asked.pop(key) for key in ("answer", "pause_s", "messages") if key in asked}
    answer = await endpoint(name, service, **options).run(
        context(seconds=seconds), ask(accept=JSON, **asked)
    )
    assert isinstance(answer, Answer)
    return answer


async def refused(service: Service, *args: Any, **asked: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        await said(service, *args, **asked)
    return caught.value


@pytest.mark.parametrize(
    ("content_type", "parts"),
    [
        (NDJSON, (b'{"text":"a"}\n{"te', b'xt":"b"}\n')),
        ("application/ndjson; charset=utf-8", (b'{"text":"a"}\n\n{"text":"b"}',)),
        (JSON, (b'[{"text":"a"},', b'{"text":"b"}]')),
        (JSON, (b'{"text":"a"}{"text":"b"}',)),
        ("", (b'[{"text":"a"},{"text":"b"}]',)),
    ],
)
async def test_st8_lines_objects_in_a_row_and_an_array_mean_the_same(content_type, parts):
    service = Service(line(text="done"))
    answer = await said(service, content_type=content_type, pieces=pieces(*parts))
    assert ["a", "b"] == texts(service.requests)
    assert "done" == json.loads(answer.body)["text"]


async def test_every_message_has_the_path_in_it():
    """The path always wins, for each message as for one."""
    service = Service(line())
    await said(service, body=b"{}{}")
    assert ["blue", "blue"] == [one.room for one in service.requests]
    bad = await refused(Service(line()), body=b'{}{"room":"red"}')
    assert "binding-conflict" == bad.reason


async def test_a_body_field_that_is_a_list_takes_one_list_a_line():
    service = Service(line())
    await said(service, "Tag", content_type=NDJSON, body=b'["a","b"]\n["c"]\n')
    assert [["a", "b"], ["c"]] == [list(one.tags) for one in service.requests]


async def test_an_empty_body_is_no_message():
    service = Service(line(text="none"))
    assert b'"none"' in (await said(service)).body
    assert [] == service.requests


async def test_a_message_goes_on_before_the_next_one_has_come():
    first = asyncio.Event()

    class Eager(Service):
        async def _read(self, call):
            await anext(aiter(call.requests))
            first.set()

    async def slow():
        yield b'{"text":"a"}\n'
        await first.wait()
        yield b'{"text":"b"}\n'

    assert b"early" in (await said(Eager(line(text="early")), pieces=slow())).body


async def test_st8_a_malformed_third_message_is_a_400_that_names_it_and_leaves_the_service():
    service = Service(line())
    bad = await refused(service, body=b'[{"text":"a"},{"text":"b"},{"text":7}]')
    assert ("invalid-field", ["/2/text"]) == (bad.reason, [one.path for one in bad.violations])
    assert (["a", "b"], 0, True) == (texts(service.requests), service.asked, service.closed)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ((b'{"text":"', b"x" * 300), "body-too-large"),
        ((b'{"text":',), "malformed-json"),
        ((b"\n" * 100_000,) * 10, "malformed-json"),
        ((b'{"text":"a"}\n{"text"}',), "malformed-json"),
    ],
)
async def test_row_121_endless_half_and_empty_lines_are_refused(parts, reason):
    service = Service(line())
    bad = await refused(service, content_type=NDJSON, pieces=pieces(*parts))
    assert (reason, True) == (bad.reason, service.closed)


async def test_row_121_a_message_that_trickles_in_is_too_late():
    async def trickle():
        yield b'{"text":'
        await asyncio.Event().wait()

    service = Service(line())
    assert "request-timeout" == (await refused(service, pieces=trickle(), pause_s=0.01)).reason
    assert service.closed


async def test_an_upload_may_have_so_many_messages_and_no_more():
    assert b"{" in (await said(Service(line()), body=b"{}{}", messages=2)).body
    assert "too-complex" == (await refused(Service(line()), body=b"{}{}{}", messages=2)).reason


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_ht5_another_content_type_is_refused_before_anything_is_sent(content_type):
    service = Service(line())
    bad = await refused(service, content_type=content_type, body=b"{}")
    assert ("unsupported-media-type", False) == (bad.reason, service.closed)


async def test_a_slow_client_does_not_use_up_the_services_time():
    gate = asyncio.Event()

    async def slow():
        yield b"{}"
        await gate.wait()

    saying = asyncio.ensure_future(said(Service(line()), pieces=slow(), seconds=0.02))
    loop = asyncio.get_running_loop()
    loop.call_later(0.05, gate.set)
    assert b"{" in (await saying).body


async def test_a_service_that_does_not_answer_in_time_is_overdue():
    service = Service(asyncio.Event())
    with pytest.raises(ServiceSilent) as caught:
        await said(service, body=b"{}", seconds=0.01)
    assert ("upstream-timeout", True) == (caught.value.reason, service.closed)


@pytest.mark.parametrize("script", [(), (line(), line())])
async def test_anything_but_one_reply_is_no_answer(script):
    with pytest.raises(ServiceSilent) as caught:
        await said(Service(*script), body=b"{}")
    assert "upstream-invalid-response" == caught.value.reason


async def test_hm8_listed_metadata_become_headers():
    service = Service(line(), metadata=(("x-shard", "7"),))
    assert (("x-shard", "7"),) == (await said(service, body=b"{}", answer=("x-shard",))).headers


async def test_hb4_raw_bytes_are_cut_and_the_first_message_alone_has_the_other_fields():
    service = Service(line())
    data = b"x" * (RAW_PIECE_BYTES + 10)
    parts = (data[:100], data[100:])
    await said(
        service, "Record", query="title=Blue", content_type="audio/ogg", pieces=pieces(*parts)
    )
    first, second = service.requests
    assert [RAW_PIECE_BYTES, 10] == [len(one.tape.data) for one in service.requests]
    assert ("blue", "Blue", "audio/ogg") == (first.room, first.title, first.tape.content_type)
    assert ("", "", "") == (second.room, second.title, second.tape.content_type)


async def test_hb4_an_empty_file_is_one_message():
    service = Service(line())
    await said(service, "Record", content_type="audio/ogg")
    assert [("blue", b"")] == [(one.room, one.tape.data) for one in service.requests]


async def test_hb5_a_form_is_not_taken_in_pieces():
    content_type = "multipart/form-data; boundary=x"
    bad = await refused(Service(line()), "Record", content_type=content_type, body=b"--x--")
    assert "unsupported-media-type" == bad.reason
