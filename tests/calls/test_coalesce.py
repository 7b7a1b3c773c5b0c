"""One call for all who ask the same at the same moment."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

import pytest

from bff.calls.call import Call
from bff.calls.coalesce import Flights
from bff.calls.pipeline import pipeline
from bff.calls.reserve import MOST_S
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSilent
from bff.terms.events import BreakerTurned, CacheAsked, CallFinished, Event, silence
from tests.calls.asked import (
    DOWN,
    LATE,
    ONCE,
    RPC,
    Service,
    StartingService,
    a_call,
    a_context,
    by_callbacks,
    settle,
)
from tests.leftovers import left_by


@pytest.fixture(params=[Service, StartingService])
def service(request) -> Service:
    """Every rule holds for both kinds of transport."""
    made: Service = request.param()
    return made


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture(params=["awaited", "by callbacks"])
def make(request, service, told):
    calls = pipeline({"*": service}, emit=told.append, policies=ONCE)
    return calls.make if request.param == "awaited" else by_callbacks(calls)


async def asking(make, *calls: Call) -> "list[asyncio.Task[Any]]":
    tasks = [asyncio.ensure_future(make(call)) for call in calls]
    await settle()
    return tasks


async def test_twins_are_one_call_and_each_reads_the_reply_in_its_own_way(make, service):
    tasks = await asking(make, a_call(), a_call(read=len))
    service.heard[0].reply.set_result(b"a product")
    assert (["a product", 9], 1) == (await asyncio.gather(*tasks), len(service.heard))


async def test_a_call_that_is_not_idempotent_is_never_shared(make, service):
    tasks = await asking(make, a_call(idempotent=False), a_call(idempotent=False))
    for heard in service.heard:
        heard.reply.set_result(b"")
    assert (["", ""], 2) == (await asyncio.gather(*tasks), len(service.heard))


async def test_calls_of_two_users_are_two(make, service):
    tasks = await asking(make, a_call(a_context("ada")), a_call(a_context("bob")))
    for heard in service.heard:
        heard.reply.set_result(dict(heard.metadata)["authorization"].encode())
    assert ["Bearer ada", "Bearer bob"] == await asyncio.gather(*tasks)


async def test_who_comes_after_the_end_asks_anew(make, service):
    for number in (b"1", b"2"):
        (task,) = await asking(make, a_call())
        service.heard[-1].reply.set_result(number)
        assert number.decode() == await task


async def test_a_failure_is_shared_with_those_in_flight_and_not_remembered(make, service):
    tasks = await asking(make, a_call(), a_call())
    service.heard[0].reply.set_exception(DOWN)
    failed = await asyncio.gather(*tasks, return_exceptions=True)
    (after,) = await asking(make, a_call())
    service.heard[1].reply.set_result(b"up again")
    assert ([DOWN, DOWN], "up again") == (failed, await after)


async def test_the_call_goes_on_when_one_of_its_waiters_leaves(make, service):
    leader, follower = await asking(make, a_call(), a_call())
    leader.cancel()
    await settle()
    service.heard[0].reply.set_result(b"a product")
    assert ("a product", 1, True) == (await follower, len(service.heard), leader.cancelled())


async def test_the_call_is_cancelled_when_its_last_waiter_leaves(make, service):
    tasks = await asking(make, a_call(), a_call())
    for task in tasks:
        task.cancel()
    await settle()
    assert service.heard[0].reply.cancelled()


async def test_a_call_whose_last_waiter_left_leaves_nothing(make, service):
    """The call held the shared one, which held what cancels the call."""

    async def leave() -> None:
        (task,) = await asking(make, a_call())
        task.cancel()
        await settle()
        service.heard.clear()

    assert Counter() == await left_by(leave)


async def test_who_asks_after_the_last_has_left_does_not_join_a_dying_call(make, service):
    (gone,) = await asking(make, a_call())
    gone.cancel()
    (task,) = await asking(make, a_call())
    service.heard[1].reply.set_result(b"mine")
    assert "mine" == await task


async def test_a_first_caller_in_a_hurry_does_not_take_the_others_time(make, service):
    """Its deadline ends its own waiting; the call is made once more, with the others' time."""
    hurried, patient = a_call(a_context(seconds=1.0)), a_call(a_context(seconds=60.0))
    first, second = await asking(make, hurried, patient)
    service.heard[0].reply.set_exception(LATE)
    await settle()
    service.heard[1].reply.set_result(b"in time")
    failed = (await asyncio.gather(first, return_exceptions=True))[0]
    deadlines = [heard.deadline for heard in service.heard]
    assert (LATE, "in time") == (failed, await second)
    reserved = [Deadline(one.context.deadline.at_s - MOST_S) for one in (hurried, patient)]
    assert reserved == deadlines


async def test_a_waiters_own_deadline_holds_for_it_alone(make, service):
    first, second = await asking(
        make, a_call(a_context(seconds=60.0)), a_call(a_context(seconds=0.02))
    )
    with pytest.raises(ServiceSilent) as caught:
        await second
    service.heard[0].reply.set_result(b"later")
    assert (Code.DEADLINE_EXCEEDED, RPC, "later") == (
        caught.value.code,
        caught.value.source,
        await first,
    )


async def test_a_call_with_no_time_left_is_not_begun(make, service):
    with pytest.raises(ServiceSilent) as caught:
        await make(a_call(a_context(seconds=0.0)))
    assert (Code.DEADLINE_EXCEEDED, []) == (caught.value.code, service.heard)


async def test_twins_are_told_as_one_call_and_one_that_was_spared(make, service, told):
    tasks = await asking(make, a_call(), a_call())
    service.heard[0].reply.set_result(b"")
    await asyncio.gather(*tasks)
    calls = [event.code for event in told if isinstance(event, CallFinished)]
    assert ([Code.OK], [CacheAsked(RPC, "coalesced")]) == (
        calls,
        [event for event in told if isinstance(event, CacheAsked)],
    )


async def test_a_reply_that_one_of_them_cannot_read_fails_for_that_one(make, service, told):
    def nonsense(wire: bytes) -> str:
        raise ServiceSilent("nonsense", reason="upstream-invalid-response", code=Code.INTERNAL)

    first, second = await asking(make, a_call(), a_call(read=nonsense))
    service.heard[0].reply.set_result(b"wire")
    failed = (await asyncio.gather(second, return_exceptions=True))[0]
    assert ("wire", "upstream-invalid-response") == (await first, failed.reason)
    assert ["", "upstream-invalid-response"] == [
        event.reason for event in told if isinstance(event, CallFinished)
    ]


async def test_a_reply_that_nobody_can_read_fails_for_all_and_counts_once(make, service, told):
    """Else twenty visitors of one page would open the breaker for everybody."""

    def nonsense(wire: bytes) -> str:
        raise ServiceSilent("nonsense", reason="upstream-invalid-response", code=Code.INTERNAL)

    tasks = await asking(make, *[a_call(read=nonsense) for _ in range(20)])
    service.heard[0].reply.set_result(b"wire")
    failed = await asyncio.gather(*tasks, return_exceptions=True)

    assert 20 * ["upstream-invalid-response"] == [one.reason for one in failed]
    assert ["", "upstream-invalid-response"] == [
        event.reason for event in told if isinstance(event, CallFinished)
    ]
    assert [] == [event for event in told if isinstance(event, BreakerTurned)]


async def test_who_reads_the_metadata_too_shares_with_others_who_do(make, service):
    def whole(wire: bytes, metadata) -> str:
        return f"{wire.decode()} {dict(metadata)['x-said']}"

    tasks = await asking(make, a_call(read_whole=whole), a_call(read_whole=whole))
    service.heard[0].reply.set_result(b"wire")
    assert ["wire by the service"] * 2 == await asyncio.gather(*tasks)


async def test_who_is_told_that_it_is_late_may_make_the_patient_leave():
    """As parts of a screen do: then nothing is begun once more, and who comes next begins anew."""
    flights: Flights[str] = Flights()
    begun: list[Any] = []
    told: list[Any] = []
    board = partial(flights.board, "key", source=RPC, begin=lambda *how: begun.append(how))
    board(deadline=Deadline.after(1.0), landed=lambda *how: (told.append(how), leave()))
    leave = board(deadline=Deadline.after(60.0), landed=lambda *how: told.append(how))
    begun[0][1](None, LATE)

    assert ([(None, LATE)], 1, False) == (told, len(begun), "key" in flights)


async def test_a_bug_reaches_all_who_wait():
    service = Service()
    tasks = await asking(
        pipeline({"*": service}, emit=silence, policies=ONCE).make, a_call(), a_call()
    )
    service.heard[0].reply.set_exception(ValueError("a bug"))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert ["a bug", "a bug"] == [str(one) for one in found]


async def test_what_a_transport_refuses_to_begin_is_raised():
    class Refusing(StartingService):
        def start(self, *_args: Any, **_named: Any) -> Any:
            raise ValueError("no such metadata")

    make = pipeline({"*": Refusing()}, emit=silence).make
    found = [(await asyncio.gather(make(a_call()), return_exceptions=True))[0] for _ in range(2)]
    assert ["no such metadata"] * 2 == [str(one) for one in found]


async def test_the_shared_call_carries_nothing_that_the_first_callers_task_carried():
    """A context variable that leaks across callers would be a breach."""
    from contextvars import ContextVar

    mark: ContextVar[str] = ContextVar("mark", default="clean")
    seen: list[str] = []

    class Looking(Service):
        async def unary(self, *_args: Any, **_named: Any) -> bytes:
            seen.append(mark.get())
            return b""

    mark.set("ada's")
    await pipeline({"*": Looking()}, emit=silence).make(a_call())
    assert ["clean"] == seen
