"""The gate's order, on both of its ways: who is refused why, and who paid until then."""

from collections.abc import Mapping
from typing import Any

import pytest

from bff.compose.endpoint import Endpoint
from bff.edge.front import Gate
from bff.gate import gate_of
from bff.guard.limits.options import QuotaOptions, RateLimitOptions
from bff.guard.limits.quotas import Limits
from bff.guard.presented import Presented
from bff.stores.meters import MemoryMeters
from bff.terms.access import PUBLIC, SIGNED_IN, access_of
from bff.terms.context import Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, Refused
from bff.terms.process import Process
from tests.publish.endpoints import endpoint

OPEN = endpoint("GET", "/open", access=PUBLIC)
OURS = endpoint("GET", "/ours", access=SIGNED_IN)
BOSS = endpoint("GET", "/boss", access=access_of("role:boss", where="here"))
FREE = endpoint("GET", "/free", access=PUBLIC)
LIMIT = 3
QUOTAS = {
    "here": QuotaOptions(limit=LIMIT, endpoints=("GET__o*", BOSS.name)),
    "mine": QuotaOptions(limit=LIMIT, per="identity", endpoints=("GET__o*", BOSS.name)),
}


class Tokens:
    """Knows who has a token, "bad" apart; a new one it must ask for."""

    def known(self, context: RequestContext, shown: tuple[str, ...]) -> RequestContext | None:
        if shown == ("bad",):
            raise Refused("A bad token.")
        return None if shown == ("new",) else self._as(context, shown)

    async def identify(self, context: RequestContext, shown: tuple[str, ...]) -> RequestContext:
        known = self.known(context, shown)
        return self._as(context, shown) if known is None else known

    def _as(self, context: RequestContext, shown: tuple[str, ...]) -> RequestContext:
        return context._replace(identity=Identity(subject=shown[0])) if shown else context


class Asked:
    """A gate with two quotas, and its meters."""

    def __init__(self, *, pressure: int = 0, waits: bool = False) -> None:
        self.meters = MemoryMeters(clock=lambda: 0.0)
        if waits:
            self.meters.waits = True
        process = Process()
        process.crowd.strained = pressure
        bearer: Any = Tokens()
        limits = Limits(
            RateLimitOptions(), QUOTAS, endpoints=(OPEN, OURS, BOSS, FREE), meters=self.meters
        )
        self.gate: Gate = gate_of(bearer, limits=limits, process=process)

    async def let_in(self, to: Endpoint, *tokens: str, at_once: bool) -> RequestContext | None:
        context = RequestContext("id", Deadline(9e9), peer="192.0.2.1")
        shown = Presented("GET", tokens, ("__Host-s=gone",))
        if at_once:
            return self.gate.at_once(to)(context, shown)
        return await self.gate.admit(context, to, shown)

    def left(self) -> Mapping[str, int]:
        """What address and ada have left."""
        keys = {"here": "here:gcra:192.0.2.1", "ada": "mine:gcra: ada"}
        states = {name: self.meters._young.get(key, (0.0,))[0] for name, key in keys.items()}
        return {name: LIMIT - round(state * LIMIT / 60) for name, state in states.items()}


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("pressure", "to", "tokens", "reason", "left"),
    [
        (3, OURS, ("bad",), "overloaded", {"here": 3, "ada": 3}),
        (0, OURS, ("bad",), "unauthenticated", {"here": 2, "ada": 3}),
        (0, OURS, (), "unauthenticated", {"here": 2, "ada": 3}),
        (0, OPEN, ("bad",), "unauthenticated", {"here": 2, "ada": 3}),
        (0, BOSS, ("ada",), "permission-denied", {"here": 2, "ada": 3}),
        (0, OURS, ("ada",), "", {"here": 2, "ada": 2}),
        (0, OPEN, (), "", {"here": 2, "ada": 3}),
        (0, FREE, ("ada",), "", {"here": 3, "ada": 3}),
    ],
)
async def test_each_control_is_asked_in_its_turn_on_both_ways(
    pressure, to, tokens, reason, left, at_once
):
    """Whoever guesses tokens pays with the address for each guess; who has no rights, no more."""
    asked, found = Asked(pressure=pressure), ""
    try:
        assert await asked.let_in(to, *tokens, at_once=at_once) is not None
    except Failure as failure:
        found = failure.reason
    assert (reason, left) == (found, asked.left())


@pytest.mark.parametrize("at_once", [True, False])
async def test_whose_address_has_nothing_left_learns_nothing_of_a_token(at_once):
    asked = Asked()
    for _ in range(LIMIT):
        await asked.let_in(OPEN, at_once=at_once)
    with pytest.raises(Refused) as caught:
        await asked.let_in(OURS, "bad", at_once=at_once)
    assert "rate-limited" == caught.value.reason


@pytest.mark.parametrize(
    ("waits", "to", "tokens"), [(False, OURS, ("new",)), (True, OURS, ("ada",))]
)
async def test_what_would_have_to_wait_says_so_before_anything_is_counted(waits, to, tokens):
    asked = Asked(waits=waits)
    assert await asked.let_in(to, *tokens, at_once=True) is None
    assert {"here": 3, "ada": 3} == asked.left()


async def test_meters_that_wait_keep_nobody_from_what_no_quota_counts():
    assert await Asked(waits=True).let_in(FREE, "ada", at_once=True) is not None
