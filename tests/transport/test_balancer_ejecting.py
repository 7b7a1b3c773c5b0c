"""A replica that fails its calls is put out, if the others do better: what callers see of it.

Source  docs/spec/reliability.md section 2 ("1 of N errors"), F12.
"""

import asyncio

from tests.transport.both import ask, outcome
from tests.transport.replicas import Fleet, Member, all_up, came, fleet

FAILED = "said internal"


async def test_one_that_fails_every_call_of_three_is_out_after_ten() -> None:
    async with fleet("a", "b", "c") as made:
        await all_up(made)
        made.members[0].code = 13
        assert 8 <= (await came(made, 200))[FAILED] <= 10
        assert {"answer b", "answer c"} == set(await came(made, 100))
    assert ("a", "ejected") == made.turned[-1]


async def test_one_that_fails_one_call_in_four_stays() -> None:
    async with fleet("a", "b", "c") as made:
        await all_up(made)
        sick = made.members[0]
        for _ in range(20):
            sick.code = 13
            await until_asked(made, sick)
            sick.code = 0
            for _ in range(3):
                await until_asked(made, sick)
        assert "a" not in [name for name, state in made.turned if state == "ejected"]


async def until_asked(made: Fleet, member: Member) -> None:
    """One more call of this member's, whatever the others get meanwhile."""
    before = member.asked
    while member.asked == before:
        await outcome(ask(made.transport))


async def test_what_all_of_them_fail_ejects_none() -> None:
    async with fleet("a", "b", "c") as made:
        await all_up(made)
        for member in made.members:
            member.code = 13
        assert {FAILED: 200} == await came(made, 200)
        assert min(it.asked for it in made.members) > 0
    assert [] == [it for it in made.turned if it[1] == "ejected"]


async def test_of_two_one_is_ejected_and_the_last_never() -> None:
    async with fleet("a", "b") as made:
        await all_up(made)
        first, last = made.members
        first.code = 13
        await came(made, 100)
        last.code = 13
        assert {FAILED: 100} == await came(made, 100)
        assert [("a", "ejected")] == [it for it in made.turned if it[1] == "ejected"]


async def test_what_a_client_alone_can_cause_ejects_nobody() -> None:
    """Deadlines too short for anybody, and questions for what is not there."""
    async with fleet("a", "b") as made:
        await all_up(made)
        first = made.members[0]
        first.code = 5
        await asyncio.gather(*(outcome(ask(made.transport, seconds=0.001)) for _ in range(40)))
        await came(made, 60)
    assert [] == [it for it in made.turned if it[1] == "ejected"]
