"""Many small requests in one: POST /v1/batch answers each with a status and a body of its own.

Why       A phone pays for each round trip. What no screen has gathered yet can be asked for in one.
How       Each request goes through the front door as if it had come alone: same gate, same limits,
          same errors, its own line in the log. Only the way here is shared.
Called by app (adds it to the blueprint), front.py (runs it like any endpoint).
Never     reaches another host, another batch, a stream, or what is not in the blueprint; never lets
          one request's failure cost another.
Source    docs/spec/demo.md "Batch".
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bff.compose.endpoint import Answer, Ask, Endpoint, Schema
from bff.contract.json_options import JsonLimits
from bff.contract.media.types import check_json
from bff.contract.reply.error_document import ErrorDocuments
from bff.contract.routes.path_template import PathTemplate
from bff.contract.status import OK
from bff.edge.batches.items import METHODS, items_of
from bff.edge.batches.part import METHOD, PATH, Batched, Inside
from bff.terms.access import PUBLIC
from bff.terms.context import RequestContext
from bff.terms.mistakes import ContractMistake

GRACE_S = 0.025
"""How long after the batch's time a request is cut off that should have ended by itself."""


_ABOUT = (
    "Each is answered as if it had come alone, with the headers of this one. They run at the same"
    " time: there is no order but that of the answers."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """What one batch may hold.

    requests   how many at most; 0: there are no batches. Off unless chosen: what a proxy in front
               refuses by its path could be asked for in a batch
    at_once    how many of them are under way at the same time
    within_ms  the whole batch's time: no request in it gets more
    """

    requests: int = 0
    at_once: int = 8
    within_ms: int = 10_000

    def __post_init__(self) -> None:
        """Raises ContractMistake for numbers that no batch could be answered with."""
        for name, least in (("requests", 0), ("at_once", 1), ("within_ms", 1)):
            if getattr(self, name) < least:
                raise ContractMistake(f"must be {least} or more", where=f"batch.{name}")


def is_batched(options: BatchOptions, others: Iterable[Endpoint]) -> bool:
    """Whether there is a batch endpoint beside these: a proto's own at its place is left alone."""
    routes = [(one.method, one.template.text) for one in others]
    return options.requests > 0 and routes != [] and (METHOD, PATH) not in routes


class Batch:
    """Answers batches.

    inside  asked at each batch, since the door that lets a batch in is made after it
    errors  how a request is refused that never gets to the door
    """

    def __init__(
        self,
        options: BatchOptions,
        *,
        inside: Callable[[], Inside] | None,
        limits: JsonLimits,
        errors: ErrorDocuments,
    ) -> None:
        self._options = options
        self._inside = inside
        self._limits = limits
        self._errors = errors

    def __repr__(self) -> str:
        return f"<Batch of {self._options.requests} requests at most>"

    @property
    def endpoint(self) -> Endpoint:
        """Open to all: whoever may not make a request of the batch is told so in its place."""
        return Endpoint(
            name="Batch",
            method=METHOD,
            template=PathTemplate.parse(PATH),
            client="api",
            access=PUBLIC.by("[batch]"),
            deadline_s=self._options.within_ms / 1000,
            max_body_bytes=self._limits.body_bytes,
            summary="Many requests in one.",
            description=_ABOUT,
            deprecated=False,
            tags=("batch",),
            declared_at="[batch]",
            parameters=(),
            body=_requests_schema(self._options.requests),
            body_required=True,
            answer=_responses_schema(),
            success_status=OK,
            components={},
            calls=(),
            soft=False,
            run=self.run,
        )

    async def run(self, context: RequestContext, ask: Ask) -> Answer:
        """The answers, in the order of the requests. Raises BadInput for what is no batch."""
        check_json(ask.content_type)
        items = items_of(ask.body, self._limits, most=self._options.requests)
        requests = [
            Batched(item, number, context, ask, self._errors) for number, item in enumerate(items)
        ]
        return Answer(b'{"responses":[%b]}' % b",".join(await self._told(requests, context)))

    async def _told(self, requests: list[Batched], context: RequestContext) -> list[bytes]:
        if self._inside is None:
            raise RuntimeError("this blueprint was made to be looked at")
        inside, room = self._inside(), asyncio.Semaphore(self._options.at_once)

        async def answered(one: Batched) -> bytes:
            async with room:
                return await one.answered(inside)

        tasks = [asyncio.create_task(answered(one)) for one in requests]
        await _ended(tasks, within_s=context.deadline.remaining_s() + GRACE_S)
        return [
            one.overdue() if task.cancelled() else task.result()
            for one, task in zip(requests, tasks, strict=True)
        ]


async def _ended(tasks: list[asyncio.Task[bytes]], *, within_s: float) -> None:
    """Wait for all; what has not ended by then, or when nobody waits any more, is cancelled."""
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=within_s)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _requests_schema(most: int) -> Schema:
    item = {
        "type": "object",
        "properties": {
            "method": {"type": "string", "description": f"One of {', '.join(METHODS)}."},
            "path": {
                "type": "string",
                "description": "Of this API, percent-encoded, with its query.",
                "examples": ["/v1/todos?pageSize=2"],
            },
            "body": {"description": "As that path takes it, in JSON; null for none."},
        },
        "required": ["method", "path"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"requests": {"type": "array", "maxItems": most, "items": item}},
        "required": ["requests"],
        "additionalProperties": False,
    }


def _responses_schema() -> Schema:
    item = {
        "type": "object",
        "properties": {
            "status": {"type": "integer"},
            "body": {"description": "As that path answers, or its problem; null for no content."},
        },
        "required": ["status", "body"],
    }
    return {
        "type": "object",
        "properties": {"responses": {"type": "array", "items": item}},
        "required": ["responses"],
    }
