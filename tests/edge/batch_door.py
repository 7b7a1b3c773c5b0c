"""A door that a batch is sent through, and what came back: a double of the front door.

Called by tests/edge/test_batch.py, tests/edge/test_batch_refusals.py.
"""

import json
from collections.abc import Callable
from time import monotonic
from typing import Any

from bff.compose.endpoint import Ask
from bff.contract.json_options import JsonLimits
from bff.contract.reply.error_document import ErrorDocuments
from bff.contract.routes.router import Router
from bff.edge.batches.batch import Batch, BatchOptions
from bff.edge.batches.part import Inside
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.headers import Headers
from tests.edge.conftest import an_endpoint


class Door:
    """Echoes each request; `before` may wait for something first."""

    def __init__(self, before: Callable[[], Any] | None = None, **start: Any) -> None:
        self.seen: list[dict[str, Any]] = []
        self.at_once = self.most_at_once = 0
        self._before = before
        self._start = {"status": 200, "headers": [(b"content-type", b"application/json")], **start}

    async def __call__(self, scope, receive, send) -> None:
        self.seen.append(dict(scope))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self._before:
                await self._before()
            body = (await receive())["body"]
        finally:
            self.at_once -= 1
        await send({"type": "http.response.start", **self._start})
        echo = {"path": scope["path"], "query": scope["query_string"].decode()}
        told = json.dumps(echo).encode()[:-1] + b',"body":' + (body or b"null") + b"}"
        await send({"type": "http.response.body", "body": told})

    def headers(self, number: int = 0) -> dict[bytes, bytes]:
        return dict(self.seen[number]["headers"])


def routes(*more: Any) -> Router[Any]:
    served = [
        an_endpoint("/v1/a"),
        an_endpoint("/v1/a", "POST"),
        an_endpoint("/v1/file", produces=()),
        an_endpoint("/v1/watch", streams=True),
        an_endpoint("/v1/import", "POST", takes_pieces=True),
        an_endpoint("/v1/batch", "POST"),
    ]
    return Router((one.method, one.template, one) for one in served)


def a_context(within_s: float = 60.0, **changed: Any) -> RequestContext:
    return RequestContext("r", Deadline(monotonic() + within_s), **changed)


async def answers(
    body: Any,
    door: Door,
    *,
    options: BatchOptions | None = None,
    context: RequestContext | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    content_type: str = "application/json",
) -> list[dict[str, Any]]:
    batch = Batch(
        options or BatchOptions(requests=20),
        inside=lambda: Inside(door, routes()),
        limits=JsonLimits(),
        errors=ErrorDocuments(),
    )
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    ask = Ask((), "", sent, content_type, Headers.of(headers))
    answer = await batch.endpoint.run(context or a_context(), ask)
    found: list[dict[str, Any]] = json.loads(answer.body)["responses"]
    return found


def batch(*items: Any) -> dict[str, Any]:
    return {"requests": list(items)}


A = {"method": "GET", "path": "/v1/a"}
