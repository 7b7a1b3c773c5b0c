"""Do a write once, however often its client asks: the second time it gets the first answer.

Why       Who hears nothing of an order does not know whether it was placed, and asks again.
How       The first request with a key leaves a note before it begins, and its answer after; where
          there is a note, nothing is begun. The work is a task of its own: a client that hangs up,
          or is given up, leaves it to its end, and finds the answer when it asks again.
Called by app (wraps endpoints that change something); it stands around `Endpoint.run`, behind the
          gate: nobody gets an answer that they may not ask for.
Never     remembers a failure that another try may mend, nor one of ours that a service never saw;
          goes on without the note: who sends a key wants it to hold.
Source    draft-ietf-httpapi-idempotency-key-header-07; docs/spec/bad-input.md row 116.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from os import urandom
from typing import Literal, TypeVar

from bff.calls.call import Cancel, Done
from bff.compose.endpoint import Answer, Ask, Endpoint, Parameter, Streamed
from bff.compose.idempotency_record import (
    HEADER,
    REPLAYED,
    done,
    fingerprint,
    key_of,
    name_of,
    pending,
    read,
)
from bff.contract.status import retryable
from bff.stores.records import Records, StoreUnreachable
from bff.stores.store import soon
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput, ServiceSaid
from bff.terms.headers import Headers
from bff.terms.mistakes import ContractMistake, raise_any

T = TypeVar("T")
Mode = Literal["off", "on", "required"]
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
GRACE_S = 5.0
"""A note outlives the time that its request has at most by this."""
_ABOUT = (
    "A text of your own for this one request, such as a UUID in quotes: sent again with the same"
    " key, it is not done again, and gets the first answer."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyOptions:
    """keys    what the `Idempotency-Key` of a request that changes something means: nothing, all,
            or that it must be there
    keep_s  how long an answer is remembered
    """

    keys: Mode = "off"
    keep_s: int = 86_400

    def __post_init__(self) -> None:
        """Raises ContractMistake for answers that nobody could ask for again."""
        if self.keep_s < 1:
            raise ContractMistake("must be at least 1", where="idempotency.keep_s")


def writes_once(
    endpoints: Sequence[Endpoint],
    records: Records,
    options: IdempotencyOptions,
    *,
    own: Mapping[str, Mode],
) -> list[Endpoint]:
    """All of them, those that change something with keys where these settings want them.

    own      as `with_keys` takes it
    Raises   ContractMistakes for a name that nothing has which may have keys
    """
    able = [one for one in endpoints if may_have_keys(one)]
    known = {name for one in able for name in (one.name, *one.calls)}
    mistakes = [
        ContractMistake("nothing that may have keys is called so", where=f'idempotent."{name}"')
        for name in sorted(own.keys() - known)
    ]
    raise_any(mistakes)
    return [with_keys(one, records, options, own=own) for one in endpoints]


def with_keys(
    endpoint: Endpoint, records: Records, options: IdempotencyOptions, *, own: Mapping[str, Mode]
) -> Endpoint:
    """The endpoint as it is, or one that does a write once.

    own  operation id or "pkg.Service/Method" -> its own mode
    """
    found = (own[name] for name in (endpoint.name, *endpoint.calls) if name in own)
    mode = next(found, options.keys) if may_have_keys(endpoint) else "off"
    if mode == "off":
        return endpoint
    once = _Once(endpoint, records, required=mode == "required", keep_s=options.keep_s)
    parameter = Parameter(
        name="Idempotency-Key",
        where="header",
        required=mode == "required",
        schema={"type": "string", "minLength": 1, "maxLength": 257},
        description=_ABOUT,
    )
    return replace(
        endpoint,
        run=once.run,
        short=once.short if endpoint.short is not None and mode != "required" else None,
        parameters=(*endpoint.parameters, parameter),
    )


def may_have_keys(endpoint: Endpoint) -> bool:
    """It changes something, by one request and one answer. Of a batch each part has its own."""
    flows = endpoint.streams or endpoint.takes_pieces
    return endpoint.method in UNSAFE and not flows and endpoint.tags != ("batch",)


class InProgress(BadInput):
    """The first request with this key has no answer yet."""

    code = Code.ABORTED
    reason = "idempotency-in-progress"


class _Once:
    """One endpoint whose requests may have keys."""

    def __init__(
        self, endpoint: Endpoint, records: Records, *, required: bool, keep_s: float
    ) -> None:
        self._endpoint = endpoint
        self._records = records
        self._required = required
        self._keep_s = keep_s
        self._under_way: set[asyncio.Task[Answer | Streamed]] = set()

    def __repr__(self) -> str:
        return f"<_Once of {self._endpoint}, {len(self._under_way)} under way>"

    async def run(self, context: RequestContext, ask: Ask) -> Answer | Streamed:
        """As Endpoint.run. Raises BadInput for a key that is missing, wrong, or another's."""
        sent = _sent(ask)
        if not sent:
            if self._required:
                what = "this changes something: send an Idempotency-Key"
                raise BadInput(what, reason="idempotency-key-missing")
            return await self._endpoint.run(context, ask)
        name, asked = name_of(key_of(sent), context), fingerprint(self._endpoint, ask)
        note = pending(asked, urandom(8))
        ttl_s = self._endpoint.deadline_s + GRACE_S
        if not await soon(self._records.add(name, note, ttl_s=ttl_s)):
            return await self._before(name, asked)
        work = asyncio.create_task(self._work(context, ask, name, note=note, asked=asked))
        self._under_way.add(work)
        work.add_done_callback(self._over)
        return await asyncio.shield(work)

    def short(self, context: RequestContext, ask: Ask, done: Done) -> Cancel | None:
        """As Endpoint.short, where no key is sent; asked only where none is needed."""
        short = self._endpoint.short
        return None if short is None or HEADER in ask.headers else short(context, ask, done)

    def _over(self, work: asyncio.Task[Answer | Streamed]) -> None:
        self._under_way.discard(work)
        if not work.cancelled():
            work.exception()  # who waited for it was told; nobody may wait any more

    async def _before(self, name: str, asked: bytes) -> Answer:
        """What the first request with this key came to."""
        found = await soon(self._records.get(name))
        record = read(found) if found else None
        if record is not None and record.asked != asked:
            what = "this key was sent with another request: use each key for one request"
            raise BadInput(what, reason="idempotency-mismatch")
        if record is None or record.answer is None:
            waiting = InProgress("The first request with this key is not answered yet.")
            waiting.retry_after_s = 1.0
            raise waiting
        if isinstance(record.answer, ServiceSaid):
            record.answer.headers = ((REPLAYED.encode(), b"true"),)
            raise record.answer
        return record.answer.with_headers(((REPLAYED, "true"),))

    async def _work(
        self, context: RequestContext, ask: Ask, name: str, *, note: bytes, asked: bytes
    ) -> Answer | Streamed:
        try:
            answer = await self._endpoint.run(context, ask)
        except ServiceSaid as said:
            await self._concluded(name, note, None if retryable(said) else done(asked, said))
            raise
        except BaseException:
            await self._concluded(name, note, None)
            raise
        record = None
        if isinstance(answer, Answer) and not answer.gaps:
            record = done(asked, answer)
        await self._concluded(name, note, record)
        return answer

    async def _concluded(self, name: str, note: bytes, record: bytes | None) -> None:
        """Put the answer in place of the note, or take the note away. The work is done by now: a
        store that is gone changes nothing of its answer.
        """
        with suppress(StoreUnreachable):
            if record is None:
                await soon(self._records.delete(name))
            else:
                await soon(self._records.swap(name, note, record, ttl_s=self._keep_s))


def _sent(ask: Ask) -> str:
    headers = ask.headers
    if isinstance(headers, Headers) and len(headers.all(HEADER.encode())) > 1:
        raise BadInput.at("Idempotency-Key", "send it once")
    return headers.get(HEADER, "")
