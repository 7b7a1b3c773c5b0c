"""Imports: a body of many todos, one answer, and nothing kept of one that broke off."""

import pytest

from tests.conditions import until
from tests.journeys.conftest import Demo
from tests.journeys.wire import ARRAY, NDJSON, Wire, port, the_call

__all__ = ["port"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def imported(demo: Demo, content: bytes, content_type: str = NDJSON):
    headers = {**demo.bearer("ada"), "content-type": content_type}
    return await demo.public.post("/v1/todos:import", content=content, headers=headers)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"title":"Eins"}\n{"title":"Zwei"}\n\n{"title":"Drei"}\n', NDJSON),
        (b'[{"title":"Eins"}, {"title":"Zwei"}, {"title":"Drei"}]', ARRAY),
        (b'{"title":"Eins"}{"title":"Zwei"}{"title":"Drei"}', ARRAY),
    ],
)
async def test_st8_three_todos_are_imported(demo, content, content_type):
    answer = await imported(demo, content, content_type)
    assert (200, 3) == (answer.status_code, answer.json()["importedCount"])
    last = (await demo.get(f"/v1/todos/{answer.json()['todoIds'][-1]}")).json()
    assert "Drei" == last["title"]


async def test_st8_a_wrong_third_todo_is_a_400_and_none_is_made(demo):
    answer = await imported(demo, b'{"title":"a"}\n{"title":"b"}\n{"title":7}\n')
    problem = answer.json()
    assert (400, "/2/title") == (answer.status_code, problem["errors"][0]["path"])
    # a call that is cancelled at once may never have been heard of
    await until(lambda: not demo.services.record.in_flight)
    assert all(call.cancelled for call in demo.services.record.calls)
    following = await imported(demo, b'{"title":"c"}')
    number = int(following.json()["todoIds"][0].removeprefix("t-"))
    again = await imported(demo, b'{"title":"d"}')
    assert [f"t-{number + 1}"] == again.json()["todoIds"]


async def test_st8_what_the_service_refuses_is_said_as_for_one_todo(demo):
    answer = await imported(demo, b'{"title":"a"}\n{"title":""}\n')
    assert 400 == answer.status_code


async def test_an_import_that_its_service_refuses_at_once_is_always_its_own_400(demo):
    """A write that failed once hid the status: most of these were a 502."""
    refused = b'[{"title":"a","estimateMinutes":-1},{"title":"b"},{"title":"c"}]'
    answers = [(await imported(demo, refused, ARRAY)).status_code for _ in range(200)]
    assert {400} == set(answers)


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b'{"title":"' + b"x" * 300_000, 413, "body-too-large"),
        (b'{"title":"a"}\n{"title":', 400, "malformed-json"),
        (b"\n" * 1_000_000, 400, "malformed-json"),
    ],
)
async def test_row_121_hostile_imports(demo, content, status, reason):
    answer = await imported(demo, content)
    assert (status, reason) == (answer.status_code, answer.json()["type"].rpartition("/")[2])


async def test_st6_a_client_that_hangs_up_in_the_middle_imports_nothing(demo, port):
    wire = await Wire.open(
        port,
        "POST /v1/todos:import",
        transfer_encoding="chunked",
        content_type=NDJSON,
        **demo.bearer("ada"),
    )
    wire.writer.write(b'11\r\n{"title":"left"}\n\r\n')
    await until(lambda: the_call(demo, "ImportTodos") and the_call(demo, "ImportTodos").requests)
    wire.hang_up()
    await until(lambda: the_call(demo, "ImportTodos").ended is not None)
    assert the_call(demo, "ImportTodos").cancelled


async def test_ht14_a_connection_stays_in_step_after_an_upload_was_refused_half_way(demo, port):
    """The rest of the refused body is no request; the next request is."""
    lines = b'{"title":"a"}\n{"nope":1}\n' + b'{"title":"b"}\n' * 1_000
    wire = await Wire.open(
        port,
        "POST /v1/todos:import",
        content_length=str(len(lines)),
        content_type=NDJSON,
        **demo.bearer("ada"),
    )
    wire.writer.write(lines[:30])
    status, headers = await wire.head()
    assert 400 == status
    await wire.reader.readexactly(int(headers["content-length"]))
    wire.writer.write(lines[30:])
    bearer = demo.bearer("ada")["authorization"]
    wire.writer.write(
        f"GET /v1/todos/t-1 HTTP/1.1\r\nhost: bff\r\nauthorization: {bearer}\r\n\r\n".encode()
    )
    assert 200 == (await wire.head())[0]
    wire.hang_up()
