"""Batches before a door that the test made: what goes in, what comes out, how long it may take."""

import asyncio
import json

import pytest

from bff.compose.endpoint import Ask
from bff.contract.json_options import JsonLimits
from bff.contract.reply.error_document import ErrorDocuments
from bff.edge.batches.batch import Batch, BatchOptions, is_batched
from bff.terms.mistakes import ContractMistake
from tests.edge.batch_door import A, Door, a_context, answers, batch
from tests.edge.conftest import an_endpoint


async def test_answers_come_in_the_order_of_the_requests():
    found = await answers(batch(A, {**A, "path": "/v1/a?n=2"}), Door())
    assert [(200, "/v1/a", ""), (200, "/v1/a", "n=2")] == [
        (one["status"], one["body"]["path"], one["body"]["query"]) for one in found
    ]


async def test_an_empty_batch_is_answered_emptily():
    assert [] == await answers(batch(), Door())


async def test_a_body_arrives_to_the_last_digit_and_blank():
    raw = b'{"big": 9007199254740993.0, "s" : "\\u00e9}]", "l": [1, {"a": null}] }'
    sent = b' { "requests" : [ {"method":"POST" , "body" : %b, "path":"/v1/a"} , %b ] } '
    seen: list[bytes] = []

    class Reader(Door):
        async def __call__(self, scope, receive, send) -> None:
            body = (await receive())["body"]
            seen.append(body)

            async def again():
                return {"type": "http.request", "body": body, "more_body": False}

            await super().__call__(scope, again, send)

    await answers(sent % (raw, json.dumps(A).encode()), Reader())
    assert [raw, b""] == seen


async def test_a_null_body_is_none_and_sends_no_content_type():
    door = Door()
    await answers(batch({**A, "method": "POST", "body": None}, {**A, "body": {}}), door)
    assert [False, True] == [b"content-type" in door.headers(at) for at in (0, 1)]


async def test_headers_that_speak_of_one_message_stay_outside():
    door = Door()
    sent = {
        "authorization": "Bearer x",
        "accept-language": "de",
        "cookie": "s=1",
        "host": "bff.test",
        "content-length": "99",
        "if-none-match": '"a"',
        "accept": "text/html",
        "accept-encoding": "gzip",
        "x-request-timeout": "1",
        "hx-request": "true",
    }
    await answers(batch(A), door, headers=tuple(sent.items()))
    got = {name.decode(): value.decode() for name, value in door.headers().items()}
    left_ms = int(got.pop("grpc-timeout").removesuffix("m"))
    assert 0 < left_ms <= 60_000
    passed = {name: sent[name] for name in ("authorization", "accept-language", "cookie", "host")}
    assert {**passed, "accept": "application/json", "x-request-id": "r.0"} == got


async def test_row_95_a_header_that_came_several_times_is_passed_on_as_often():
    """Past bug: of two Cookie headers the last was left, and with it a session that was planted."""
    door, twice = Door(), (("cookie", "__Host-s=a"), ("cookie", "__Host-s=b; c=d"))
    await answers(batch(A), door, headers=twice)
    got = [pair for pair in door.seen[0]["headers"] if pair[0] == b"cookie"]
    assert [(b"cookie", b"__Host-s=a"), (b"cookie", b"__Host-s=b; c=d")] == got


async def test_who_asked_through_which_proxies_is_told_again():
    door = Door()
    metadata = (
        ("x-forwarded-for", "203.0.113.7, 10.0.0.1, 10.0.0.2"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "shop.example"),
    )
    await answers(batch(A), door, context=a_context(metadata=metadata, peer="203.0.113.7"))
    assert (("10.0.0.2", 0), "https") == (door.seen[0]["client"], door.seen[0]["scheme"])
    assert [b"203.0.113.7, 10.0.0.1", b"https", b"shop.example"] == [
        door.headers()[name]
        for name in (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host")
    ]


async def test_a_long_request_id_stays_one_with_its_number():
    door = Door()
    await answers(batch(A, A), door, context=a_context()._replace(request_id="x" * 64))
    assert [b"x" * 60 + b".0", b"x" * 60 + b".1"] == [
        door.headers(at)[b"x-request-id"] for at in (0, 1)
    ]


async def test_no_more_are_under_way_than_at_once():
    turns = iter(range(100))

    async def before() -> None:
        for _ in range(next(turns) % 3 + 1):
            await asyncio.sleep(0)

    door = Door(before)
    found = await answers(batch(*[A] * 9), door, options=BatchOptions(requests=20, at_once=3))
    assert (9, 3) == (len(found), door.most_at_once)


async def test_what_has_not_ended_in_time_is_a_504_in_its_place():
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waits = iter([True, False])

    async def before() -> None:
        if next(waits):
            await never

    late, good = await answers(batch(A, A), Door(before), context=a_context(0.2))
    assert (504, "DEADLINE_EXCEEDED", 200) == (
        late["status"],
        late["body"]["code"],
        good["status"],
    )
    assert "urn:request:r.0" == late["body"]["instance"]


async def test_what_had_no_turn_in_time_is_never_begun():
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def before() -> None:
        await never

    door = Door(before)
    found = await answers(
        batch(A, A, A), door, options=BatchOptions(requests=20, at_once=1), context=a_context(0.2)
    )
    assert ([504, 504, 504], 1) == ([one["status"] for one in found], len(door.seen))


async def test_when_the_batch_is_cancelled_so_are_its_requests():
    began, ended = asyncio.Event(), asyncio.Event()

    async def before() -> None:
        began.set()
        try:
            await asyncio.Future()
        finally:
            ended.set()

    task = asyncio.create_task(answers(batch(A), Door(before)))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_an_answer_without_a_body_is_null():
    async def nothing(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    assert [{"status": 204, "body": None}] == await answers(batch(A), nothing)  # type: ignore[arg-type]


def test_a_proto_s_own_route_is_left_alone():
    own, other = an_endpoint("/v1/batch", "POST"), an_endpoint("/v1/batch")
    options = BatchOptions(requests=20)
    assert [False, True, False] == [
        is_batched(options, [own]),
        is_batched(options, [other]),
        is_batched(options, []),
    ]
    assert not is_batched(BatchOptions(), [other])


@pytest.mark.parametrize("wrong", [{"requests": -1}, {"at_once": 0}, {"within_ms": 0}])
def test_a_number_that_no_batch_can_be_answered_with_is_a_mistake(wrong):
    with pytest.raises(ContractMistake, match="or more") as caught:
        BatchOptions(**wrong)
    assert f"batch.{next(iter(wrong))}" == caught.value.where


async def test_a_blueprint_that_is_only_looked_at_answers_nothing():
    looked_at = Batch(
        BatchOptions(), inside=None, limits=JsonLimits(), errors=ErrorDocuments()
    ).endpoint
    with pytest.raises(RuntimeError, match="looked at"):
        await looked_at.run(a_context(), Ask((), "", b'{"requests":[]}', "", {}))
