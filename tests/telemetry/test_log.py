"""One JSON line per event, whatever is in it (bad-input row 111; threats "logs, traces")."""

import doctest
import io
import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.telemetry import log
from bff.telemetry.log import MAX_VALUE_BYTES, JsonLog, level_of, line_of, timestamp
from bff.terms.codes import Code
from bff.terms.events import (
    CallFinished,
    Crashed,
    Event,
    KeysRefreshed,
    Lifecycle,
    ReplicaTurned,
    RequestFinished,
    StoreTurned,
)

AT_S = 1_738_324_800.125


def request(**changes: Any) -> RequestFinished:
    given_fields: dict[str, Any] = {
        "request_id": "r-1",
        "method": "GET",
        "route": "/v1/todos/{todo_id}",
        "endpoint": "todos.get",
        "status": 200,
        "reason": "",
        "subject": "ada",
        "peer": "10.0.0.1",
        "elapsed_s": 0.0123456789,
        "sent_bytes": 42,
        **changes,
    }
    return RequestFinished(**given_fields)


def call(**changes: Any) -> CallFinished:
    given_fields: dict[str, Any] = {
        "service": "todos.v1.TodoService",
        "rpc": "GetTodo",
        "code": Code.OK,
        "elapsed_s": 0.5,
        "request_id": "r-1",
        **changes,
    }
    return CallFinished(**given_fields)


def read(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line_of(event, at_s=AT_S))
    return found


def test_a_request_is_one_line_with_its_keys_in_declared_order() -> None:
    expected = (
        b'{"ts":"2025-01-31T12:00:00.125Z","level":"info","event":"request_finished",'
        b'"request_id":"r-1","method":"GET","route":"/v1/todos/{todo_id}","endpoint":"todos.get",'
        b'"status":200,"reason":"","subject":"ada","peer":"10.0.0.1","elapsed_s":0.012346,'
        b'"sent_bytes":42,"gaps":0,"issuer":""}\n'
    )
    assert expected == line_of(request(), at_s=AT_S)


def test_a_code_is_written_by_its_name() -> None:
    assert "NOT_FOUND" == read(call(code=Code.NOT_FOUND))["code"]


def test_each_event_is_as_loud_as_who_must_act() -> None:
    events: dict[Event, str] = {
        call(): "debug",
        call(code=Code.NOT_FOUND): "info",
        call(code=Code.UNAVAILABLE): "warning",
        request(): "info",
        request(status=404): "info",
        request(status=499): "info",
        request(status=500): "error",
        KeysRefreshed(issuer="i", keys=1): "info",
        KeysRefreshed(issuer="i", keys=1, error="down"): "warning",
        Crashed(request_id="r", where="w", traceback="t"): "error",
        ReplicaTurned("users:1", "10.0.0.1:1", "ejected"): "warning",
        ReplicaTurned("users:1", "10.0.0.1:1", "readmitted"): "info",
        StoreTurned("cache", "lost", "no answer in time"): "warning",
        StoreTurned("cache", "found"): "info",
        Lifecycle(state="ready"): "info",
    }
    assert list(events.values()) == [level_of(event) for event in events]


@pytest.mark.parametrize("milliseconds", [0, 1, 999, 1_000])
def test_a_timestamp_has_three_digits_of_milliseconds(milliseconds: int) -> None:
    written = timestamp(1_738_324_800 + milliseconds / 1000 + 0.0001)
    expected = f"2025-01-31T12:00:0{milliseconds // 1000}.{milliseconds % 1000:03d}Z"
    assert expected == written


HOSTILE = {
    "newline": "a\nb",
    "carriage return": "a\rb",
    "NUL": "a\x00b",
    "ANSI": "\x1b[31mred\x1b[0m",
    "DEL": "a\x7fb",
    "C1 control": "é\x9b31m",
    "next line": "é\x85b",
    "line separator": "a\u2028b\u2029c",
    "turned around": "a\u202eb",
    "hidden": "a\u200bb\ufeff",
    "quotes": '","level":"debug',
    "half a surrogate": "a\ud800b",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_row_111_no_value_breaks_colours_or_forges_a_line(text: str) -> None:
    line = line_of(request(request_id=text, subject=text), at_s=AT_S).decode()
    assert (1, True, "info") == (
        len(line.splitlines()),
        line.removesuffix("\n").isprintable(),
        json.loads(line)["level"],
    )


@given(st.text(max_size=50))
def test_row_111_any_text_makes_one_line_of_valid_json(text: str) -> None:
    line = line_of(request(route=text, reason=text), at_s=AT_S).decode()
    assert (1, "GET") == (len(line.splitlines()), json.loads(line)["method"])


def test_a_long_value_is_cut_at_2_kib() -> None:
    found = read(call(detail="x" * 10_000))["detail"]
    assert (MAX_VALUE_BYTES, "x...") == (len(found), found[-4:])


def test_a_value_is_cut_between_characters_and_not_inside_one() -> None:
    found = read(call(detail="é" * 5_000))["detail"]
    assert (True, {"é", "."}) == (len(found.encode()) <= MAX_VALUE_BYTES, set(found))


def test_a_value_of_exactly_2_kib_is_whole() -> None:
    assert "x" * MAX_VALUE_BYTES == read(call(detail="x" * MAX_VALUE_BYTES))["detail"]


def test_a_long_traceback_keeps_its_end_where_the_exception_stands() -> None:
    event = Crashed(request_id="r", where="w", traceback="frame\n" * 1_000 + "ValueError: why")
    found = read(event)["traceback"]
    assert (MAX_VALUE_BYTES, True) == (len(found), found.endswith("ValueError: why"))


def test_a_token_that_slipped_into_a_text_is_not_written() -> None:
    token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
    found = read(call(detail=f"service got Bearer {token}, sorry"))["detail"]
    assert "service got Bearer [token], sorry" == found


def test_the_log_writes_lines_from_its_level_up() -> None:
    stream = io.StringIO()
    events_log = JsonLog(stream, level="info", clock=lambda: AT_S)
    for event in (call(), request(), Lifecycle(state="ready")):
        events_log.listen(event)
    written = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert ["request_finished", "lifecycle"] == written


def test_lines_until_later_are_written_together() -> None:
    stream, waiting = io.StringIO(), []
    log = JsonLog(stream, later=waiting.append)
    log.listen(request())
    log.listen(request())
    assert ("", 1) == (stream.getvalue(), len(waiting))
    waiting.pop()()
    assert 2 == len(stream.getvalue().splitlines())
    log.listen(request())
    assert 1 == len(waiting)


def test_each_line_is_flushed_at_once() -> None:
    """A process that is killed must not take the reason along."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
    JsonLog(stream).listen(Lifecycle(state="ready"))
    assert 1 == raw.getvalue().count(b"\n")


def test_a_pipe_that_nobody_reads_any_more_raises_nothing() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    stream = os.fdopen(write_end, "w")
    events_log = JsonLog(stream)
    events_log.listen(request())
    events_log.listen(request())
    assert ("<JsonLog from debug, 2 lines lost>", 2) == (repr(events_log), events_log.lost)
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_a_closed_stream_raises_nothing() -> None:
    stream = io.StringIO()
    stream.close()
    events_log = JsonLog(stream)
    events_log.listen(request())
    assert 1 == events_log.lost


def test_a_stream_that_can_not_write_a_character_loses_the_line_and_no_request() -> None:
    events_log = JsonLog(io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    events_log.listen(request(subject="é"))
    assert 1 == events_log.lost


def test_the_examples_in_the_docstrings_hold() -> None:
    assert 0 == doctest.testmod(log).failed
