"""Streams through everything: a browser's end, a service's end, real servers and sockets."""

import asyncio
import json

import pytest

from bff.terms.events import RequestFinished
from tests.conditions import until
from tests.journeys.conftest import Demo
from tests.journeys.wire import ARRAY, EVENTS, NDJSON, SERVICE, WATCH, Wire, port, the_call

__all__ = ["port"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def watch(demo: Demo, accept: str = "*/*", query: str = "?after_sequence=0&limit=2"):
    return await demo.get(f"{WATCH}{query}", accept=accept)


async def test_st1_a_watch_is_ndjson_with_an_envelope_unless_asked_otherwise(demo):
    answer = await watch(demo)
    results = [json.loads(one)["result"] for one in answer.text.splitlines()]
    assert (200, NDJSON) == (answer.status_code, answer.headers["content-type"])
    assert ["t-498", "t-499"] == [one["created"]["todoId"] for one in results]


async def test_st2_the_same_as_events_and_as_an_array(demo):
    events, array = await watch(demo, EVENTS), await watch(demo, ARRAY)
    data = [one[6:] for one in events.text.splitlines() if one.startswith("data: ")]
    assert array.json() == [json.loads(one) for one in data]
    assert [EVENTS, ARRAY] == [one.headers["content-type"] for one in (events, array)]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/event-stream;q=0.5, application/json", ARRAY),
        ("application/*", NDJSON),
        ("text/*", EVENTS),
        ("application/ndjson", "application/ndjson"),
        ("text/html, */*;q=0.1", NDJSON),
    ],
)
async def test_ht6_accept_chooses_the_framing_by_weight(demo, accept, chosen):
    assert chosen == (await watch(demo, accept)).headers["content-type"]


async def test_ht6_nothing_acceptable_is_a_406_and_asks_no_service(demo):
    answer = await watch(demo, "text/html")
    assert (406, []) == (answer.status_code, demo.services.record.methods)


async def test_st7_a_stream_is_neither_stored_nor_held_back(demo):
    headers = (await watch(demo, EVENTS)).headers
    assert ["no-store", "no", "nosniff"] == [
        headers[name] for name in ("cache-control", "x-accel-buffering", "x-content-type-options")
    ]


async def test_st7_events_carry_the_sequence_and_a_client_goes_on_after_the_last(demo):
    ids = [one for one in (await watch(demo, EVENTS)).text.splitlines() if one.startswith("id: ")]
    assert ["id: 1", "id: 2"] == ids
    again = await demo.get(f"{WATCH}?limit=1", accept=EVENTS, **{"last-event-id": "2"})
    assert "id: 3" == again.text.splitlines()[0]


async def test_row_120_a_last_event_id_that_is_none_is_a_400(demo):
    answer = await demo.get(WATCH, accept=EVENTS, **{"last-event-id": "x"})
    assert (400, "last-event-id") == (answer.status_code, answer.json()["errors"][0]["path"])
    assert [] == demo.services.record.methods


async def test_row_120_events_for_a_page_of_another_origin_are_a_403(demo):
    answer = await demo.get(WATCH, accept=EVENTS, origin="https://evil.example")
    assert (403, []) == (answer.status_code, demo.services.record.methods)


async def test_st3_an_error_before_the_first_message_has_its_own_status(demo):
    for accept in (NDJSON, EVENTS, ARRAY):
        demo.services.faults.set(f"{SERVICE}/WatchTodos", status="FAILED_PRECONDITION")
        answer = await watch(demo, accept)
        assert (400, "application/problem+json", "FAILED_PRECONDITION") == (
            answer.status_code,
            answer.headers["content-type"],
            answer.json()["code"],
        )


async def test_st3_a_watch_needs_a_token_as_any_other_route(demo):
    answer = await demo.public.get(WATCH, headers={"accept": EVENTS})
    assert (401, True) == (answer.status_code, "www-authenticate" in answer.headers)


@pytest.mark.parametrize("accept", [NDJSON, EVENTS, ARRAY])
async def test_st5_a_watch_that_is_already_open_sees_what_another_request_makes(demo, port, accept):
    wire = await Wire.open(port, f"GET {WATCH}", accept=accept, **demo.bearer("ada"))
    status, headers = await wire.head()
    assert (200, accept) == (status, headers["content-type"])
    made = await demo.public.post(
        "/v1/todos", json={"title": "Watched"}, headers=demo.bearer("bob")
    )
    assert made.json()["todoId"].encode() in await wire.chunk()
    wire.hang_up()
    await until(lambda: any(one.reason == "client-left" for one in finished_of(demo)))


def finished_of(demo):
    return [one for one in demo.events if isinstance(one, RequestFinished)]


async def test_st6_a_client_that_hangs_up_ends_the_services_call(demo, port):
    """Row "client disconnects": the service sees the cancellation, and no task is left.

    It takes about 1 ms, and 100 ms are promised; ten times that is for a busy machine. Whoever
    noticed only by writing, waiting for a heartbeat (15 s) or a deadline, would be far beyond.
    """
    wire = await Wire.open(port, f"GET {WATCH}", **demo.bearer("ada"))
    await wire.head()
    await until(lambda: the_call(demo))
    wire.hang_up()
    loop = asyncio.get_running_loop()
    left_at_s = loop.time()
    await until(lambda: the_call(demo).ended is not None)
    assert (True, True) == (the_call(demo).cancelled, loop.time() - left_at_s < 1.0)
    await until(lambda: finished_of(demo))
    (finished,) = finished_of(demo)
    assert (200, "client-left", "ada") == (finished.status, finished.reason, finished.subject)


async def test_st6_a_client_that_hangs_up_before_there_is_anything_ends_it_too(demo, port):
    demo.services.faults.set(f"{SERVICE}/WatchTodos", freeze=True)
    wire = await Wire.open(port, f"GET {WATCH}", **demo.bearer("ada"))
    await until(lambda: the_call(demo))
    wire.hang_up()
    await until(lambda: the_call(demo).ended is not None)
    assert the_call(demo).cancelled


async def test_the_access_log_tells_a_whole_stream_once_with_its_bytes(demo):
    answer = await watch(demo)
    (finished,) = finished_of(demo)
    assert (200, "", len(answer.content), "/v1/todos:watch") == (
        finished.status,
        finished.reason,
        finished.sent_bytes,
        finished.route,
    )


async def test_a_stream_ends_with_the_token_that_opened_it_and_says_so(demo):
    """Refused after its `exp` and 30 s of leeway, of which two are left."""

    async def last(accept: str) -> str:
        headers = {**demo.bearer("ada", expires_in_s=-28), "accept": accept}
        return (await demo.public.get(WATCH, headers=headers)).text.strip().splitlines()[-1]

    line, event = await asyncio.gather(last(NDJSON), last(EVENTS))
    errors = json.loads(line)["error"], json.loads(event.removeprefix("data: "))
    assert {"The bearer token has expired: sign in again or refresh it."} == {
        one["detail"] for one in errors
    }
    assert all(one["type"].endswith("/unauthenticated") for one in errors)
    await until(lambda: the_call(demo).cancelled)
