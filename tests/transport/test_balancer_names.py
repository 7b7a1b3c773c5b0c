"""A name leads to replicas that come and go: used soon, left without a lost call.

Source  docs/spec/reliability.md section 2 ("DNS change"), F11.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bff.terms.mistakes import ContractMistake
from bff.transport.http2.address import Address, places_of
from bff.transport.http2.options import Tls
from bff.transport.http2.transport import Http2Transport
from bff.transport.resolver_rules import Found, Nothing
from bff.transport.targets import check_target, transport_for
from tests.conditions import until
from tests.transport.both import answered, ask, outcome
from tests.transport.replicas import OPTIONS, Fleet, Member, Names, fleet

OFTEN = replace(OPTIONS, resolve_s=0.1)
NXDOMAIN = Nothing(why="no such name", is_final=True)


class Leading:
    """Makes the name lead to the members of these names."""

    def __init__(self, *names: str) -> None:
        self.names = [name.encode() for name in names]
        self.resolver: Names

    def __repr__(self) -> str:
        return f"<Leading to {self.names}>"

    def __call__(self, members: Sequence[Member]) -> Names:
        self.resolver = Names(*(it for it in members if it.name in self.names))
        return self.resolver


async def shows(made: Fleet, *members: Member) -> None:
    """Until exactly these are connected."""
    await until(
        lambda: (
            sum(f"<{it.address} in," in repr(made.transport) for it in members) == len(members)
            and repr(made.transport).count(" calls") == len(members)
        )
    )


async def test_a_new_address_gets_calls_after_the_next_lookup() -> None:
    leading = Leading("a")
    async with fleet("a", "b", options=OFTEN, target="users:1", look_up=leading) as made:
        assert {b"a"} == {await ask(made.transport) for _ in range(10)}
        leading.resolver.leads_to(*made.members)
        await shows(made, *made.members)
        assert {b"a", b"b"} == {await ask(made.transport) for _ in range(60)}
    assert [("a", "added"), ("b", "added")] == made.turned


async def test_an_address_that_is_gone_finishes_its_calls_and_gets_no_more() -> None:
    leading = Leading("a", "b")
    async with fleet("a", "b", options=OFTEN, target="users:1", look_up=leading) as made:
        await ask(made.transport)
        await shows(made, *made.members)
        leaving, staying = made.members
        leaving.hold()
        tasks = [asyncio.create_task(ask(made.transport)) for _ in range(8)]
        await until(lambda: leaving.asked >= 4)
        leading.resolver.leads_to(staying)
        await until(lambda: "1 leaving" in repr(made.transport))
        assert {b"b"} == {await ask(made.transport) for _ in range(20)}
        leaving.release()
        assert {b"a", b"b"} == set(await asyncio.gather(*tasks))
        await until(lambda: "leaving" not in repr(made.transport))
        assert all(peer.is_gone for peer in leaving.server.peers)


async def test_a_service_that_moved_altogether_is_found_though_the_next_lookup_is_far_away() -> (
    None
):
    """A dead old address: the lost replica itself asks for the lookup."""
    leading = Leading("a")
    async with fleet("a", "b", options=OPTIONS, target="users:1", look_up=leading) as made:
        old, new = made.members
        assert b"a" == await ask(made.transport)
        leading.resolver.leads_to(new)
        old.thawed.clear()
        for peer in old.server.peers:
            peer.abort()
        assert b"b" == await answered(made.transport)


async def test_a_name_that_is_lost_keeps_the_replicas_that_it_led_to() -> None:
    leading = Leading("a")
    async with fleet("a", options=OFTEN, target="users:1", look_up=leading) as made:
        await ask(made.transport)
        for answer in (NXDOMAIN, Nothing(why="try again", is_final=False)):
            leading.resolver.answer = answer
            before = leading.resolver.lookups
            await until(lambda before=before: leading.resolver.lookups > before)
            assert b"a" == await ask(made.transport)
    assert [("a", "added")] == made.turned


async def test_a_name_that_leads_nowhere_fails_calls_at_once_and_is_looked_up_until_it_does() -> (
    None
):
    leading = Leading()
    async with fleet("a", options=OFTEN, target="users:1", look_up=leading) as made:
        leading.resolver.answer = NXDOMAIN
        assert "silent upstream-unavailable" == await outcome(ask(made.transport))
        assert "users: no such name" in repr(made.transport)
        leading.resolver.leads_to(*made.members)
        await until(lambda: made.turned)
        assert b"a" == await ask(made.transport)


async def test_a_lookup_that_hangs_costs_a_call_its_deadline_and_no_more() -> None:
    class Hanging:
        async def __call__(self, host: str, port: int) -> Found:
            return await asyncio.get_running_loop().create_future()

    async with fleet("a", target="users:1", look_up=lambda _: Hanging()) as made:
        assert "silent upstream-timeout" == await outcome(ask(made.transport, seconds=0.05))
        waiting = asyncio.create_task(ask(made.transport))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})


async def test_no_name_is_looked_up_before_there_is_a_call() -> None:
    leading = Leading("a")
    async with fleet("a", target="users:1", look_up=leading) as made:
        assert "never used" in repr(made.transport)
    assert 0 == leading.resolver.lookups


async def test_the_systems_names_work() -> None:
    async with fleet("a") as made:
        port = made.members[0].address.rpartition(":")[2]
        transport = transport_for(f"localhost:{port}")
        assert b"a" == await ask(transport)
        await transport.close()


def test_a_target_may_be_several_places() -> None:
    assert (Address("a", 1), Address("::1", 2), Address("", 0, path="/x")) == places_of(
        "a:1, [::1]:2,unix:/x,a:1"
    )


@pytest.mark.parametrize("target", ["a:1,", "a:1,b", "https://a,b:1", ","])
def test_a_list_with_a_place_that_is_none_is_refused(target: str) -> None:
    with pytest.raises(ContractMistake):
        check_target(target, where="here")


def test_one_pool_is_never_given_several_places() -> None:
    with pytest.raises(ValueError, match="one pool has one place"):
        Http2Transport("a:1,b:1")


def test_a_replica_found_by_name_is_called_by_that_name() -> None:
    """In :authority, and in what its certificate must say."""
    found = Address("10.0.0.7", 443, secure=True, name="users")
    assert ("users:443", "10.0.0.7:443") == (found.authority, found.shown)


async def test_the_name_is_what_a_certificate_must_say(monkeypatch: pytest.MonkeyPatch) -> None:
    from bff.transport.http2 import dial

    asked: list[object] = []

    async def opened(place: object, make: object, *, context: ssl.SSLContext, name: str) -> None:
        asked.append((place, name))

    monkeypatch.setattr(dial, "_opened", opened)
    found = Address("10.0.0.7", 443, secure=True, name="users")
    await dial.dial(found, lambda: None, tls=Tls(), connect_s=1.0)  # type: ignore[arg-type,return-value]
    assert [(("10.0.0.7", 443), "users")] == asked
