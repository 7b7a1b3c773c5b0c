"""Row 116: a write that is asked for twice is done once, and everybody has keys of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bff.compose.endpoint import Answer, Ask, Endpoint, Gap, Streamed
from bff.compose.idempotency import IdempotencyOptions, Mode, with_keys
from bff.compose.idempotency_record import key_of
from bff.stores.records import StoreUnreachable
from bff.stores.records_memory import MemoryRecords
from bff.terms.codes import Code
from bff.terms.context import NOBODY, Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import BadInput, Failure, ServiceSaid, ServiceSilent
from bff.terms.headers import Headers
from tests.conditions import until
from tests.publish.endpoints import endpoint

ADA, BOB = Identity(subject="ada", issuer="i"), Identity(subject="bob", issuer="i")
REPLAYED = ("idempotency-replayed", "true")
Run = Callable[..., Awaitable[Answer | Streamed]]


class Orders:
    """A service: each call is another order, once `open` is set; it fails as it is told."""

    def __init__(self) -> None:
        self.placed = 0
        self.fails: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def run(self, context: RequestContext, ask: Ask) -> Answer:
        self.placed += 1
        number = self.placed
        await self.open.wait()
        if self.fails is not None:
            raise self.fails
        return Answer(b'{"order":%d}' % number, status=201, headers=(("location", f"/{number}"),))


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest.fixture
def records() -> MemoryRecords:
    return MemoryRecords()


@pytest.fixture
def place(orders: Orders, records: MemoryRecords) -> Run:
    """place(key, ...): ask for an order."""
    return placing(orders, records)


def an_order(orders: Orders, mode: Mode, records: MemoryRecords) -> Endpoint:
    plain = endpoint("POST", "/v1/orders", run=orders.run)
    return with_keys(plain, records, IdempotencyOptions(keys=mode), own={})


def placing(orders: Orders, records: MemoryRecords, mode: Mode = "on") -> Run:
    once = an_order(orders, mode, records)

    async def place(
        key: str | None = '"k"',
        body: bytes = b"{}",
        *,
        who: Identity = ADA,
        peer: str = "192.0.2.1",
        one: Endpoint = once,
        query: str = "",
        **headers: str,
    ) -> Answer | Streamed:
        sent = [*headers.items(), *([("idempotency-key", key)] if key is not None else [])]
        context = RequestContext("id", Deadline(1.0), who, peer=peer)
        return await one.run(context, Ask((), query, body, "application/json", Headers.of(sent)))

    return place


def reason_of(caught: pytest.ExceptionInfo[Failure]) -> str:
    return caught.value.reason


async def test_row_116_the_second_request_with_a_key_gets_the_first_answer_marked(place, orders):
    first, second = await place(), await place()
    assert (1, first.body, 201) == (orders.placed, second.body, second.status)
    assert (*first.headers, REPLAYED) == second.headers


async def test_another_key_and_no_key_at_all_are_other_requests(place, orders):
    for key in ('"a"', '"b"', None, None):
        await place(key)
    assert 4 == orders.placed


async def test_a_key_is_the_same_in_quotes_and_bare(place, orders):
    await place('"same"')
    assert REPLAYED in (await place("same")).headers


@pytest.mark.parametrize(
    "changed",
    [
        {"body": b'{"a":1}'},
        {"query": "dry=true"},
        {"if-match": '"7"'},
    ],
)
async def test_row_116_a_key_that_was_sent_with_another_request_is_a_422(place, orders, changed):
    await place()
    with pytest.raises(BadInput) as caught:
        await place(**changed)
    assert ("idempotency-mismatch", 1) == (reason_of(caught), orders.placed)


async def test_row_116_a_key_that_was_sent_to_another_endpoint_is_a_422(place, orders, records):
    await place()
    plain = endpoint("POST", "/v1/refunds", run=orders.run)
    other = with_keys(plain, records, IdempotencyOptions(keys="on"), own={})
    with pytest.raises(BadInput) as caught:
        await place(one=other)
    assert "idempotency-mismatch" == reason_of(caught)


async def test_row_116_two_users_with_one_key_are_strangers(place, orders):
    answers = [await place(who=who) for who in (ADA, BOB, replace(ADA, issuer="other"))]
    assert [b'{"order":1}', b'{"order":2}', b'{"order":3}'] == [one.body for one in answers]


async def test_row_116_nobody_at_one_address_is_a_stranger_to_nobody_at_another(place, orders):
    for peer in ("192.0.2.1", "192.0.2.2", "192.0.2.1"):
        await place(who=NOBODY, peer=peer)
    assert 2 == orders.placed


async def test_row_116_while_the_first_is_under_way_the_second_is_told_to_come_back(place, orders):
    orders.open.clear()
    first = asyncio.create_task(place())
    await until(lambda: orders.placed)
    with pytest.raises(BadInput) as caught:
        await place()
    assert ("idempotency-in-progress", 1.0) == (reason_of(caught), caught.value.retry_after_s)
    orders.open.set()
    assert (await first).body == (await place()).body
    assert 1 == orders.placed


async def test_row_116_of_a_hundred_at_once_one_is_done(place, orders):
    found = await asyncio.gather(*(place() for _ in range(100)), return_exceptions=True)
    assert (1, 1) == (orders.placed, sum(isinstance(one, Answer) for one in found))


async def test_a_client_that_left_finds_the_answer_when_it_asks_again(place, orders):
    orders.open.clear()
    first = asyncio.create_task(place())
    await until(lambda: orders.placed)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    orders.open.set()
    answer = None
    while answer is None:
        try:
            answer = await place()
        except BadInput:
            await asyncio.sleep(0)
    assert (b'{"order":1}', 1) == (answer.body, orders.placed)


@pytest.mark.parametrize(
    "failure, done",
    [
        (ServiceSilent("no answer"), 2),
        (ServiceSaid("busy", code=Code.UNAVAILABLE, source="s"), 2),
        (BadInput("wrong"), 2),
        (ValueError("a bug"), 2),
        (ServiceSaid("it is there", code=Code.ALREADY_EXISTS, source="s"), 1),
        (ServiceSaid("not now", code=Code.FAILED_PRECONDITION, source="s"), 1),
    ],
)
async def test_a_failure_is_remembered_only_where_another_try_would_not_help(
    place, orders, failure, done
):
    orders.fails = failure
    for _ in range(2):
        with pytest.raises(type(failure)):
            await place()
    assert done == orders.placed


async def test_a_remembered_failure_is_told_as_it_was_and_marked(place, orders):
    orders.fails = ServiceSaid(
        "taken", code=Code.ALREADY_EXISTS, source="s", status=b"\x08\x06", trailers=[("a", "b")]
    )
    found = []
    for _ in range(2):
        with pytest.raises(ServiceSaid) as caught:
            await place()
        found.append(caught.value)
    told = [(one.detail, one.code, one.source, one.status, one.trailers) for one in found]
    assert told[0] == told[1] == ("taken", Code.ALREADY_EXISTS, "s", b"\x08\x06", (("a", "b"),))
    assert [(), ((b"idempotency-replayed", b"true"),)] == [one.headers for one in found]


async def test_an_answer_with_gaps_is_not_remembered(place, orders, records):
    async def partly(context: RequestContext, ask: Ask) -> Answer:
        orders.placed += 1
        return Answer(b"{}", gaps=(Gap(path="/a", code=Code.UNAVAILABLE, retryable=True),))

    plain = endpoint("POST", "/v1/orders", run=partly)
    once = with_keys(plain, records, IdempotencyOptions(keys="on"), own={})
    for _ in range(2):
        await place(one=once)
    assert 2 == orders.placed


async def test_where_a_key_is_required_one_without_is_refused(orders, records):
    place = placing(orders, records, "required")
    with pytest.raises(BadInput) as caught:
        await place(None)
    assert ("idempotency-key-missing", 0) == (reason_of(caught), orders.placed)
    await place()


@pytest.mark.parametrize("key", ['""', "a b", '"a', 'a"', "ä", '"\x7f"', '"a\\b"', "x" * 256])
async def test_a_key_that_is_none_is_refused_by_name(place, orders, key):
    with pytest.raises(BadInput) as caught:
        await place(key)
    assert (["Idempotency-Key"], 0) == (
        [one.path for one in caught.value.violations],
        orders.placed,
    )


def test_a_quoted_key_may_hold_quotes_and_blanks():
    assert 'a "b" \\' == key_of(r' "a \"b\" \\" ')


async def test_two_keys_in_one_request_are_refused(place, orders):
    with pytest.raises(BadInput):
        await place("a", **{"idempotency-key": "b"})
    assert 0 == orders.placed


async def test_without_the_store_a_request_with_a_key_is_not_begun(orders):
    class Lost(MemoryRecords):
        def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
            raise StoreUnreachable("gone")

    place = placing(orders, Lost())
    with pytest.raises(StoreUnreachable):
        await place()
    await place(None)
    assert 1 == orders.placed


async def test_a_store_that_is_lost_meanwhile_changes_nothing_of_the_answer(orders):
    class Lost(MemoryRecords):
        def swap(self, key: str, old: bytes, new: bytes, *, ttl_s: float) -> bool:
            raise StoreUnreachable("gone")

    place = placing(orders, Lost())
    assert b'{"order":1}' == (await place()).body
    with pytest.raises(BadInput) as caught:
        await place()
    assert ("idempotency-in-progress", 1) == (reason_of(caught), orders.placed)


async def test_nothing_that_is_remembered_shows_the_key_or_who_sent_it(place, records):
    await place('"a-secret-key"')
    assert "a-secret-key" not in repr(records._kept)
    assert "ada" not in repr(records._kept)
