"""How messages stand in one body, and that a cut never looks like an end."""

import json

import pytest

from bff.compose.frames import ARRAY, EVENTS, FRAMINGS, NDJSON

DOCUMENTS = (b'{"a":1}', b'{"a":2}')


def written(media_type: str, *documents: bytes, error: bytes = b"") -> bytes:
    framing = FRAMINGS[media_type]
    ids = (str(number) for number in range(1, 9))
    body = b"".join(framing.record(one, at, next(ids)) for at, one in enumerate(documents))
    count = len(documents)
    return body + (framing.error(error, count) if error else framing.end(count))


def test_st1_ndjson_is_one_result_a_line_and_the_favourite():
    assert b'{"result":{"a":1}}\n{"result":{"a":2}}\n' == written(NDJSON, *DOCUMENTS)
    assert NDJSON == next(iter(FRAMINGS))


def test_st2_an_event_has_its_id_and_one_line_of_data():
    assert b'id: 1\ndata: {"a":1}\n\nid: 2\ndata: {"a":2}\n\n' == written(EVENTS, *DOCUMENTS)


def test_st1_an_array_is_json_and_an_empty_one_too():
    assert [{"a": 1}, {"a": 2}] == json.loads(written(ARRAY, *DOCUMENTS))
    assert b"[]" == written(ARRAY)


def test_an_empty_stream_of_lines_or_events_has_no_bytes():
    assert [b"", b""] == [written(NDJSON), written(EVENTS)]


def test_st4_an_error_is_the_last_line():
    body = written(NDJSON, *DOCUMENTS, error=b'{"code":"ABORTED"}')
    assert {"error": {"code": "ABORTED"}} == json.loads(body.splitlines()[-1])


def test_st4_an_error_is_an_event_of_its_own_kind_without_an_id():
    """The client resumes after the last event that it saw, not after the error."""
    body = written(EVENTS, b"{}", error=b'{"code":"ABORTED"}')
    assert body.endswith(b'\n\nevent: error\ndata: {"code":"ABORTED"}\n\n')


@pytest.mark.parametrize("documents", [(), DOCUMENTS])
def test_st4_an_array_with_an_error_never_parses_but_shows_it(documents):
    body = written(ARRAY, *documents, error=b'{"code":"ABORTED"}')
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert {"error": {"code": "ABORTED"}} == json.loads(body + b"]")[-1]


@pytest.mark.parametrize("media_type", FRAMINGS)
def test_every_cut_of_an_array_or_line_is_seen(media_type):
    """No beginning of an array parses; a line that was cut has no line break."""
    body = written(media_type, *DOCUMENTS)
    if media_type == ARRAY:
        for end in range(1, len(body)):
            with pytest.raises(json.JSONDecodeError):
                json.loads(body[:end])
    else:
        assert body.endswith(b"\n")


@pytest.mark.parametrize("event_id", ["", "a\nb", "a\rb", "a\0b"])
def test_st7_an_id_that_would_break_its_line_is_left_out(event_id):
    assert b"data: {}\n\n" == FRAMINGS[EVENTS].record(b"{}", 0, event_id)


def test_st7_only_events_have_a_heartbeat_and_it_is_a_comment():
    beats = {kind: one.heartbeat for kind, one in FRAMINGS.items() if one.heartbeat}
    assert {EVENTS: b":\n\n"} == beats
