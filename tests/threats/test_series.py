"""docs/spec/threats.md "cardinality bomb in metrics": whatever is asked for is a few series."""

import asyncio
from random import Random

import pytest

from bff.terms.events import RequestFinished
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")
REQUESTS, OF_A_ROUTE = 10_000, 100


async def asked(demo: Demo, method: str, path: str, word: str) -> None:
    """One request, as a server hands it over: httpx would take longer than all of ours does."""

    left = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, object]:
        return left.pop() if left else await asyncio.Future()  # and never says that it left

    async def send(_message: object) -> None: ...

    headers = [(b"host", f"{word}.example".encode()), (b"user-agent", word.encode())]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": f"{word}={word}".encode(),
        "headers": headers,
        "client": ("192.0.2.1", 1),
    }
    await demo.bff.public(scope, receive, send)  # type: ignore[arg-type]


async def series(demo: Demo) -> set[str]:
    """The label sets of everything that is counted by request."""
    lines = (await demo.admin.get("/metrics")).text.splitlines()
    return {one.rpartition(" ")[0] for one in lines if one.startswith("bff_requests_total")}


async def test_ten_thousand_random_requests_are_a_few_series(demo: Demo):
    dice, before = Random(123), await series(demo)
    for number in range(REQUESTS):
        word = f"{dice.getrandbits(64):x}"
        path = f"/v1/products/{word}" if number < OF_A_ROUTE else f"/{word}/{number}"
        method = "GET" if number % 2 or number < OF_A_ROUTE else f"X{word}".upper()[:12]
        await asked(demo, method, path, word)
    new = await series(demo) - before
    assert REQUESTS == sum(isinstance(one, RequestFinished) for one in demo.events)
    assert len(new) <= 4, sorted(new)
