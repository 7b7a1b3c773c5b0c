"""A replica that was ejected comes back: after a pause, a probe and one live call.

Source  docs/spec/reliability.md section 1 (re-admission needs a probe, not live traffic).
"""

import asyncio
from collections import Counter

from tests.conditions import until
from tests.transport.both import ask, outcome
from tests.transport.replicas import NOT_SERVING, SERVING, Fleet, Member, fleet


async def ejected(made: Fleet, *, times: int = 1) -> Member:
    """Member a, after it failed until it was put out so many times; well by now."""
    sick = made.members[0]
    sick.code = 13
    while made.turned.count(("a", "ejected")) < times:
        await outcome(ask(made.transport))
    await until(lambda: len(made.pauses.asked_s) >= times)
    sick.code, sick.asked = 0, 0
    return sick


def state(made: Fleet, member: Member) -> str:
    """What an operator reads of it: "in", "out" or "on trial"."""
    return repr(made.transport).split(f"<{member.address} ")[1].split(",")[0]


async def test_who_is_out_gets_no_call_before_its_pause_is_over() -> None:
    async with fleet("a", "b", "c") as made:
        sick = await ejected(made)
        for _ in range(60):
            await ask(made.transport)
        assert (0, 0, "out") == (sick.asked, sick.checked, state(made, sick))
        assert 4.0 <= made.pauses.asked_s[0] <= 5.0


async def test_a_service_without_the_health_protocol_comes_back_by_one_live_call() -> None:
    async with fleet("a", "b", "c") as made:
        sick = await ejected(made)
        before = len(sick.server.peers)
        made.pauses.end()
        await until(lambda: state(made, sick) == "on trial")
        assert (0, 1) == (sick.asked, sick.checked)
        assert before + 1 == len(sick.server.peers)  # it was asked on a fresh connection
        assert b"a" == await ask(made.transport)
        assert ("a", "readmitted") == made.turned[-1]
        found = Counter([await ask(made.transport) for _ in range(90)])
    assert {b"a", b"b", b"c"} == set(found)


async def test_one_live_call_and_no_more_is_risked() -> None:
    """While it is under way, the others go elsewhere; where it fails, the pause is longer."""
    async with fleet("a", "b", "c") as made:
        sick = await ejected(made)
        made.pauses.end()
        await until(lambda: state(made, sick) == "on trial")
        sick.hold()
        sick.code = 13
        trial = asyncio.create_task(outcome(ask(made.transport)))
        await until(lambda: sick.asked == 1)
        elsewhere = {await ask(made.transport) for _ in range(30)}
        sick.release()
        assert "said internal" == await trial
        later = {await ask(made.transport) for _ in range(30)}
        await until(lambda: state(made, sick) == "out")
        await until(lambda: len(made.pauses.asked_s) == 3)
    assert {b"b", b"c"} == elsewhere | later
    assert 1 == sick.asked
    assert 8.0 <= made.pauses.asked_s[-1] <= 10.0


async def test_who_calls_itself_unwell_is_not_risked_a_call() -> None:
    async with fleet("a", "b", "c") as made:
        sick = await ejected(made)
        sick.health = NOT_SERVING
        for at in range(1, 4):
            made.pauses.end()
            await until(lambda at=at: sick.checked == at and len(made.pauses.asked_s) == at + 1)
        assert {b"b", b"c"} == {await ask(made.transport) for _ in range(30)}
        sick.health = SERVING
        made.pauses.end()
        await until(lambda: state(made, sick) == "on trial")
        assert b"a" == await ask(made.transport)


async def test_who_calls_itself_healthy_and_fails_is_not_believed() -> None:
    async with fleet("a", "b", "c") as made:
        sick = await ejected(made)
        sick.health, sick.code = SERVING, 13
        made.pauses.end()
        await until(lambda: state(made, sick) == "on trial")
        found = Counter([await outcome(ask(made.transport)) for _ in range(60)])
    assert 1 == found["said internal"]


async def test_a_trial_that_is_given_up_is_another_calls_turn() -> None:
    async with fleet("a", "b", "c") as made:
        sick = await ejected(made)
        made.pauses.end()
        await until(lambda: state(made, sick) == "on trial")
        sick.hold()
        trial = asyncio.create_task(ask(made.transport))
        await until(lambda: sick.asked == 1)
        trial.cancel()
        await asyncio.wait({trial})
        sick.release()
        assert b"a" == await ask(made.transport)
        assert ("a", "readmitted") == made.turned[-1]


async def test_who_is_healthy_and_has_no_caller_is_back_after_another_pause() -> None:
    async with fleet("a", "b", "c") as made:
        sick = await ejected(made)
        made.pauses.end()
        await until(lambda: state(made, sick) == "on trial")
        await until(lambda: len(made.pauses.asked_s) == 2)
        made.pauses.end()
        await until(lambda: state(made, sick) == "in")
    assert [("a", "ejected"), ("a", "readmitted")] == made.turned[-2:]


async def test_who_is_out_serves_where_nobody_else_can() -> None:
    """Of two one is ejected, and the other dies: a bad replica is better than none."""
    async with fleet("a", "b") as made:
        sick = await ejected(made)
        other = made.members[1]
        other.thawed.clear()
        for peer in other.server.peers:
            peer.abort()
        listener = other.server
        await until(lambda: listener.peers[-1].number > 0)
        waiting = asyncio.create_task(ask(made.transport))
        other.server.peers[-1].abort()
        assert b"a" == await waiting
        assert "out" == state(made, sick)


async def test_a_replica_that_died_while_it_was_out_is_asked_until_it_answers() -> None:
    async with fleet("a", "b", "c") as made:
        sick = await ejected(made)
        sick.thawed.clear()
        made.pauses.end()
        await until(lambda: len(made.pauses.asked_s) == 2)
        assert "out but connecting" == state(made, sick)
        sick.thawed.set()
        made.pauses.end()
        await until(lambda: state(made, sick) == "on trial")
        assert b"a" == await ask(made.transport)
