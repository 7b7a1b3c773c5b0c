"""The runner of unary rpcs: a large body never holds up the loop."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from bff.calls.call import Calls
from bff.compose.endpoint import Answer, Ask
from bff.compose.unary import LARGE_BODY_BYTES, unary_runners
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline


class Binder:
    """Binds only when the loop has moved on meanwhile, or at once where it is told to."""

    def __init__(self) -> None:
        self.loop_moved = threading.Event()
        self.threads: list[int] = []

    def wire(self, *_texts: object, content_type: str) -> bytes:
        self.threads.append(threading.get_ident())
        assert self.loop_moved.wait(timeout=10)
        return b""


async def run(binder: Binder, body: bytes) -> Answer:
    async def make(call: object) -> Answer:
        return Answer(body=b"{}")

    stub: Any = SimpleNamespace
    endpoint, _ = unary_runners(
        stub(name="a.B/C", idempotency="unknown"),
        binder=binder,  # type: ignore[arg-type]
        binary=stub(as_json=lambda text, kind: (text, kind)),
        replies=stub(read=lambda accept: None, read_whole=lambda accept: None, produces=()),
        rest=stub(if_match=""),
        calls=Calls(make=make, open=stub()),
    )
    ask = Ask(values=(), query="", body=body, content_type="", headers={})
    return await endpoint(RequestContext(request_id="r", deadline=Deadline.after(9.0)), ask)


async def test_a_large_body_is_read_while_the_loop_goes_on():
    """On the loop it would wait for itself until it fails."""
    binder = Binder()
    asyncio.get_running_loop().call_soon(binder.loop_moved.set)

    assert b"{}" == (await run(binder, b" " * (LARGE_BODY_BYTES + 1))).body
    assert [threading.get_ident()] != binder.threads


@pytest.mark.parametrize("size", [0, LARGE_BODY_BYTES])
async def test_any_other_body_is_read_where_it_is(size):
    """Handing it to a thread would cost more than reading it."""
    binder = Binder()
    binder.loop_moved.set()

    await run(binder, b" " * size)
    assert [threading.get_ident()] == binder.threads
