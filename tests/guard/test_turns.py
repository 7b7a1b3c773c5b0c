"""How many may ask an issuer at once, and as whom."""

import asyncio
from base64 import b64decode

import pytest

from bff.guard.outbound import Unreachable
from bff.guard.turns import MOST_AT_ONCE, Turns, basic
from tests.conditions import until
from tests.guard.token_issuer import TokenIssuer


async def test_who_comes_when_enough_are_asking_waits_and_gives_up_in_time() -> None:
    issuer = TokenIssuer()
    turns = Turns(issuer.ask)
    issuer.gate.clear()
    asking = [asyncio.create_task(turns.ask("u", timeout_s=60)) for _ in range(MOST_AT_ONCE)]
    await until(lambda: len(issuer.asked) == MOST_AT_ONCE)
    with pytest.raises(Unreachable, match=r"no turn in 0\.01 s: 64 others wait"):
        await turns.ask("u", timeout_s=0.01)
    waiting = asyncio.create_task(turns.ask("u", timeout_s=60))
    issuer.gate.set()
    answers = await asyncio.gather(*asking, waiting)
    assert {200} == {one.status for one in answers}
    assert MOST_AT_ONCE + 1 == len(issuer.asked)


async def test_an_issuer_that_is_slow_is_called_slow() -> None:
    """It was told as a line that is too long, which it was not."""
    issuer = TokenIssuer()
    issuer.gate.clear()
    with pytest.raises(Unreachable, match=r"slow: no answer in 0\.01 s"):
        await Turns(issuer.ask).ask("u", timeout_s=0.01)


async def test_one_line_holds_up_no_other() -> None:
    issuer = TokenIssuer()
    issuer.gate.clear()
    full = Turns(issuer.ask)
    asking = [asyncio.create_task(full.ask("u", timeout_s=60)) for _ in range(MOST_AT_ONCE)]
    await until(lambda: len(issuer.asked) == MOST_AT_ONCE)
    assert 200 == (await Turns(TokenIssuer().ask).ask("u", timeout_s=60)).status
    issuer.gate.set()
    await asyncio.gather(*asking)


def test_a_name_with_a_colon_ends_where_it_ends() -> None:
    """RFC 6749 section 2.3.1: both are form-encoded first."""
    name, value = basic("shop web:1", "s+ %&/é")
    assert "authorization" == name
    assert b"shop+web%3A1:s%2B+%25%26%2F%C3%A9" == b64decode(value.removeprefix("Basic "))
