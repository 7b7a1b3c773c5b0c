"""A transport that can only be awaited, begun and given up like any other."""

from typing import Any

from bff.calls.tasked import Tasked
from bff.terms.deadline import Deadline
from tests.calls.asked import DOWN, Service, settle


def begun(service: Service, told: list[Any]) -> Any:
    tasked = Tasked(service)
    call = tasked.start(
        "/a.B/C", b"ask", metadata=(), deadline=Deadline(1.0), done=lambda *how: told.append(how)
    )
    return tasked, call


async def test_it_tells_how_the_call_ended():
    service, told = Service(), list[Any]()
    bug = KeyError("bug")
    for outcome in (b"todo", DOWN, bug):
        begun(service, told)
        await settle()
        if isinstance(outcome, bytes):
            service.heard[-1].reply.set_result(outcome)
        else:
            service.heard[-1].reply.set_exception(outcome)
        await settle()

    assert [(b"todo", None), (b"", DOWN), (b"", bug)] == told


async def test_a_call_given_up_is_cancelled_and_not_told():
    service, told = Service(), list[Any]()
    tasked, call = begun(service, told)
    await settle()
    tasked.cancel(call)
    await settle()

    assert ([], True) == (told, service.heard[0].reply.cancelled())
    assert "0 calls" in repr(tasked)
