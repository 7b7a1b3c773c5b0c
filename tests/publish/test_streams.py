"""OA3: streams are described in the media types that they really come in."""

from bff.publish.streams import answer_content, described, is_conversation, upload_content
from tests.compose.talks import Service, endpoint

REF = {"$ref": "#/components/schemas/talks.v1.Line"}


def test_oa3_an_answer_is_listed_in_every_framing():
    content = answer_content(endpoint("Watch", Service()), REF)
    assert [
        "application/x-ndjson",
        "text/event-stream",
        "application/json",
        "application/ndjson",
    ] == [*content]
    lines, events, array = (one["schema"] for one in list(content.values())[:3])
    assert (REF, REF, REF) == (
        lines["properties"]["result"],
        events["x-event-data"],
        array["items"],
    )
    assert "error" in lines["properties"]


def test_oa3_an_upload_is_lines_or_an_array():
    content = upload_content(REF)
    assert [REF, {"type": "array", "items": REF}] == [one["schema"] for one in content.values()]
    assert ["application/x-ndjson", "application/json"] == [*content]


def test_hb4_raw_bytes_are_raw_whichever_way_they_go():
    raw = {"type": "string", "format": "binary"}
    assert {"*/*": {"schema": raw}} == upload_content(raw)
    assert "bytes" in described(endpoint("Play", Service()))


def test_st9_a_conversation_is_told_from_a_stream_that_may_be_one_too():
    kinds = {name: is_conversation(endpoint(name, Service())) for name in ("Chat", "Watch", "Say")}
    assert {"Chat": True, "Watch": False, "Say": False} == kinds
