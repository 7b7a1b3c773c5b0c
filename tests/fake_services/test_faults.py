"""The knobs do what they say, and the record tells what happened, without a clock."""

import asyncio
from typing import Any

import grpc
import pytest
from google.protobuf.message import DecodeError

from fake_services.faults import Fault, Faults, UnknownMethod, matching
from fake_services.refusal import Refusal
from tests.fake_services.phone import CallSystem, Phone

GET = "identity.users.v1.UserService/GetUser"
LIST = "identity.users.v1.UserService/ListUsers"


@pytest.fixture
async def phone(call_system: CallSystem) -> Phone:
    return await call_system("shortener")


def knobs(sleeps: list[float]) -> Faults:
    """Faults whose delays are only written down."""

    async def sleep(seconds: float) -> None:
        sleeps.append(seconds)

    return Faults([GET, LIST], sleep=sleep)


async def test_a_status_fails_the_call(phone: Phone) -> None:
    phone.services.faults.set(GET, status="UNAVAILABLE")

    error = await phone.refused(GET, user_id="ada")

    assert "UNAVAILABLE" == error.code().name
    assert "CANARY-service-text" in str(error.details())


async def test_other_rpcs_stay_well(phone: Phone) -> None:
    phone.services.faults.set(GET, status="UNAVAILABLE")

    assert 20 == len((await phone.ask(LIST)).users)


async def test_every_third_call_fails() -> None:
    faults = knobs([])
    faults.set(GET, status="INTERNAL", every=3)

    async def fails() -> bool:
        try:
            await faults.strike(GET)
        except Refusal:
            return True
        return False

    assert [False, False, True, False, False, True] == [await fails() for _ in range(6)]


async def test_a_delay_waits_that_long() -> None:
    sleeps: list[float] = []
    faults = knobs(sleeps)
    faults.set(GET, delay_ms=250)

    await faults.strike(GET)

    assert [0.25] == sleeps


async def test_jitter_waits_up_to_that_much_more() -> None:
    sleeps: list[float] = []
    faults = knobs(sleeps)
    faults.set(GET, delay_ms=100, jitter_ms=50)

    for _ in range(20):
        await faults.strike(GET)

    assert (20, True) == (len(set(sleeps)), all(0.1 <= slept <= 0.15 for slept in sleeps))


async def test_a_frozen_call_goes_on_when_cleared(phone: Phone) -> None:
    faults, record = phone.services.faults, phone.services.record
    faults.set(GET, freeze=True)
    frozen = asyncio.ensure_future(phone.ask(GET, user_id="ada"))
    # The list is asked after it, so the frozen call has surely arrived once both are on record.
    while record.in_flight == 0:
        await phone.ask(LIST)

    unanswered = frozen.done()
    faults.clear(GET)

    assert (False, "ada") == (unanswered, (await frozen).user_id)


async def test_a_frozen_call_ends_when_its_caller_leaves(phone: Phone) -> None:
    record = phone.services.record
    phone.services.faults.set(GET, freeze=True)
    call = phone.raw(GET, phone.request(GET, user_id="ada"))
    while record.in_flight == 0:
        await phone.ask(LIST)

    call.cancel()
    while record.in_flight:
        await phone.ask(LIST)

    assert [True] == [one.cancelled for one in record.calls if one.method == GET]


async def test_garbage_cannot_be_decoded(phone: Phone) -> None:
    phone.services.faults.set(GET, garbage=True)

    with pytest.raises(DecodeError):
        await phone.ask(GET, user_id="ada")


async def test_a_star_sets_every_rpc_of_the_service(phone: Phone) -> None:
    named = phone.services.faults.set("identity.users.v1.UserService/*", status="ABORTED")

    assert ["BatchGetUsers", "GetUser", "ListUsers"] == [name.partition("/")[2] for name in named]
    assert "ABORTED" == (await phone.refused(LIST)).code().name


async def test_streams_have_faults_too(call_system: CallSystem) -> None:
    phone = await call_system("todos")
    phone.services.faults.set("todos.v1.TodoService/WatchTodos", status="UNAVAILABLE")

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await anext(aiter(phone.stream("todos.v1.TodoService/WatchTodos")))

    assert "UNAVAILABLE" == caught.value.code().name


def test_an_unknown_rpc_is_answered_with_names_near_it() -> None:
    with pytest.raises(UnknownMethod, match=r"near it: identity\.users\.v1\.UserService/GetUser"):
        matching("identity.users.v1.UserService/getuser", [GET, LIST])


@pytest.mark.parametrize(
    "nonsense", [{"delay_ms": -1}, {"every": 0}, {"status": "FINE"}, {"status": "OK"}]
)
def test_a_knob_that_makes_no_sense_is_refused(nonsense: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|not a"):
        Fault(**nonsense)


def test_a_fault_says_what_it_does() -> None:
    fault = Fault(delay_ms=5, status="INTERNAL", every=2)

    assert "delay_ms 5, status INTERNAL on one call of 2" == str(fault)


async def test_the_record_shows_what_was_in_flight_together(phone: Phone) -> None:
    faults, record = phone.services.faults, phone.services.record
    faults.set(GET, freeze=True)
    calls = [asyncio.ensure_future(phone.ask(GET, user_id=name)) for name in ("ada", "bob", "cleo")]
    while record.in_flight < 3:
        await phone.ask(LIST)
    faults.clear()
    await asyncio.gather(*calls)

    assert (3, 0) == (record.peak([GET]), record.in_flight)


async def test_calls_one_after_the_other_never_overlap(phone: Phone) -> None:
    for name in ("ada", "bob"):
        await phone.ask(GET, user_id=name)

    record = phone.services.record
    assert (1, [GET, GET]) == (record.peak(), record.methods)
    assert [(1, 2), (3, 4)] == [(call.started, call.ended) for call in record.calls]


async def test_the_record_has_the_wire_and_the_metadata(phone: Phone) -> None:
    call: Any = phone.channel("identity.users.v1.UserService").unary_unary(f"/{GET}")
    await call(phone.request(GET, user_id="ada").SerializeToString(), metadata=(("x-a", "b"),))

    recorded = phone.services.record.calls[0]
    assert (b"\n\x03ada", "b") == (recorded.request, dict(recorded.metadata)["x-a"])
