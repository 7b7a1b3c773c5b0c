"""How long a request may take: the route's time, or less where the client says so."""

import asyncio

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/v1/books/7"
_ROUNDING_S = 0.1
"""gRPC rounds a timeout up to what it can write in few digits."""


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({}, 1.0, 2.0),
        ({"grpc-timeout": "1500m"}, 1.0, 1.5),
        ({"x-request-timeout": "1.5"}, 1.0, 1.5),
        ({"x-server-timeout": "1.5", "grpc-timeout": "2S"}, 1.0, 1.5),
        ({"grpc-timeout": "99999999H"}, 1.0, 2.0),
        ({"x-request-timeout": "999999999"}, 1.0, 2.0),
    ],
)
async def test_hm9_the_service_gets_what_is_left_of_the_shorter_time(
    books, served, headers, least, most
):
    """HM10: absent gives the route's time, never infinite. Row 108: a huge hint is capped."""
    assert 200 == (await (await served()).get(PATH, headers=headers)).status_code
    assert least < books.asked[0].remaining_s < most + _ROUNDING_S


@pytest.mark.parametrize(
    "headers",
    [
        {"grpc-timeout": text}
        for text in ("123456789m", "0S", "-1S", "1.5S", "10", "m", "5s", "1 S", "٣S", "")
    ]
    + [{"x-request-timeout": text} for text in ("0", "-1", "nan", "inf", "1e3", "1s", "0.0")],
)
async def test_row_108_a_hint_that_is_no_time_is_a_400_and_no_call(books, served, headers):
    """HM10: malformed, 9 digits, zero and negative."""
    raw = [(name, value.encode()) for name, value in headers.items()]
    answer = await (await served()).get(PATH, headers=raw)

    assert (400, "malformed-request") == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
    )
    assert list(headers) == [one["path"] for one in answer.json()["errors"]]
    assert [] == books.asked


@pytest.mark.parametrize("hint", ["1n", "30m"])
async def test_hm10_a_time_that_runs_out_is_a_504(books, served, hint):
    """Row 108: 1n is over before anything can be asked."""

    async def never(request, context):
        await asyncio.Event().wait()

    books.says["GetBook"] = never
    answer = await (await served()).get(PATH, headers={"grpc-timeout": hint})

    assert (504, "upstream-timeout", True) == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
        answer.json()["retryable"],
    )
