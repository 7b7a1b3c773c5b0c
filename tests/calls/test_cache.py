"""What is remembered of calls, for how long, for whom, and what is never."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bff.calls.cache import Cache, Made, cache_of
from bff.calls.keep import Keep
from bff.calls.keys import PublicKey
from bff.calls.origin import Origin
from bff.calls.pipeline import pipeline
from bff.stores.memory import MemoryOptions, MemoryStore
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSilent
from bff.terms.events import BreakerTurned, CallFinished, silence
from tests.calls.asked import DOWN, ONCE, RPC, Service, a_call, a_context, kept, settle
from tests.calls.shop import Shop


async def test_what_is_fresh_is_given_out_without_asking(shop: Shop):
    call = kept(fresh_s=60)
    first = await shop.answer(call, b"1")
    shop.now_s += 59.9
    assert ("1", "1", 1) == (first, await shop.answer(call), len(shop.asked))
    assert ["miss", "hit"] == shop.hows


async def test_a_hit_costs_no_turn_of_the_loop(shop: Shop):
    """A store in memory answers at once: nothing is awaited that could let others run."""
    await shop.answer(kept(fresh_s=60), b"1")
    made: Any = shop.make(kept(fresh_s=60))
    with pytest.raises(StopIteration) as done:
        made.send(None)
    assert "1" == done.value.value


async def test_what_is_too_old_is_asked_for_again(shop: Shop):
    call = kept(fresh_s=60)
    await shop.answer(call, b"1")
    shop.now_s += 60
    assert ("2", ["miss", "miss"]) == (await shop.answer(call, b"2"), shop.hows)


async def test_each_reads_what_is_kept_in_its_own_way(shop: Shop):
    await shop.answer(kept(fresh_s=60), b"wire")
    assert 4 == await shop.answer(kept(fresh_s=60)._replace(read=len))


async def test_metadata_are_kept_with_the_reply(shop: Shop):
    def whole(wire: bytes, metadata: Any) -> Any:
        return dict(metadata)["x-said"]

    await shop.answer(kept(fresh_s=60), b"wire")
    assert "by the service" == await shop.answer(kept(fresh_s=60)._replace(read_whole=whole))


async def test_row_112_what_is_kept_for_one_user_is_never_given_to_another(shop: Shop):
    await shop.answer(kept(a_context("ada"), fresh_s=60), b"ada's")
    assert "bob's" == await shop.answer(kept(a_context("bob"), fresh_s=60), b"bob's")


async def test_what_is_public_is_given_to_everybody(shop: Shop):
    await shop.answer(kept(a_context("ada"), fresh_s=60, public=True), b"everybody's")
    assert "everybody's" == await shop.answer(kept(a_context("bob"), fresh_s=60, public=True))


async def test_a_failure_is_never_remembered(shop: Shop):
    found = [await shop.answer(kept(fresh_s=60), DOWN), await shop.answer(kept(fresh_s=60), b"1")]
    assert [DOWN, "1"] == found


async def test_a_reply_that_cannot_be_read_is_not_remembered(shop: Shop):
    def nonsense(wire: bytes) -> str:
        raise ServiceSilent("nonsense")

    await shop.answer(kept(fresh_s=60)._replace(read=nonsense), b"broken")
    assert "whole" == await shop.answer(kept(fresh_s=60), b"whole")


async def test_a_kept_reply_that_nobody_can_read_counts_once(shop: Shop):
    """Of all who ask at once; and of a hit not at all, for it was no call."""

    def nonsense(wire: bytes) -> str:
        raise ServiceSilent("nonsense", reason="upstream-invalid-response")

    def finished() -> list[str]:
        return [event.reason for event in shop.told if isinstance(event, CallFinished)]

    broken = kept(fresh_s=60)._replace(read=nonsense)
    tasks = [asyncio.ensure_future(shop.make(broken)) for _ in range(20)]
    await settle()
    shop.reply(b"broken")
    await asyncio.gather(*tasks, return_exceptions=True)
    assert ["", "upstream-invalid-response"] == finished()

    await shop.answer(kept(fresh_s=60), b"whole")
    failed = await shop.answer(broken)
    assert ("upstream-invalid-response", 3) == (failed.reason, len(finished()))
    assert [] == [event for event in shop.told if isinstance(event, BreakerTurned)]


async def test_only_idempotent_calls_are_kept(shop: Shop):
    call = kept(fresh_s=60)._replace(idempotent=False)
    assert ["1", "2"] == [await shop.answer(call, b"1"), await shop.answer(call, b"2")]


async def test_a_purge_forgets_by_tag_and_says_how_much(shop: Shop):
    await shop.answer(kept(fresh_s=60), b"Product/p-1")
    purged = await shop.cache.purge(["Product/p-1"])
    assert (1, "new") == (purged, await shop.answer(kept(fresh_s=60), b"new"))


async def test_what_was_asked_before_a_purge_is_not_kept_after_it(shop: Shop):
    task = asyncio.ensure_future(shop.make(kept(fresh_s=60)))
    await settle()
    await shop.cache.purge([RPC])
    shop.reply(b"before")
    assert ("before", "after") == (await task, await shop.answer(kept(fresh_s=60), b"after"))


async def test_twins_of_a_miss_are_one_call_and_one_entry(shop: Shop):
    tasks = [asyncio.ensure_future(shop.make(kept(fresh_s=60))) for _ in range(3)]
    await settle()
    shop.reply(b"1")
    assert (["1"] * 3, 1) == (await asyncio.gather(*tasks), len(shop.asked))
    assert ["coalesced", "coalesced", "miss"] == sorted(shop.hows)


async def test_a_call_is_told_where_its_reply_came_from(shop: Shop):
    heard: list[Origin] = []
    call = kept(fresh_s=60)._replace(note=heard.append)
    await shop.answer(call, b"tag")
    shop.now_s += 20
    await shop.answer(call)
    tags = frozenset({RPC, "tag"})
    assert [
        Origin("miss", call.keep, 0.0, tags),
        Origin("hit", call.keep, 20.0, tags),
    ] == heard


@pytest.mark.parametrize("idempotent", [True, False])
async def test_a_call_that_is_not_kept_is_told_its_tags_too(shop: Shop, idempotent: bool):
    heard: list[Origin] = []
    await shop.answer(a_call(note=heard.append, idempotent=idempotent, shared=False), b"tag")
    assert [Origin("miss", None, 0.0, frozenset({RPC, "tag"}))] == heard


async def test_without_a_cache_a_call_that_would_be_kept_is_made():
    service = Service()
    make = pipeline({"*": service}, emit=silence, policies=ONCE).make
    task = asyncio.ensure_future(make(kept(fresh_s=60)))
    await settle()
    service.heard[0].reply.set_result(b"1")
    assert "1" == await task


async def test_a_store_that_must_be_waited_for_serves_as_well():
    class Distant(MemoryStore):
        """As one on the network: each answer comes later."""

        def __getattribute__(self, name: str) -> Any:
            found = super().__getattribute__(name)
            if name not in ("get", "set"):
                return found

            async def later(*args: Any) -> Any:
                await asyncio.sleep(0)
                return found(*args)

            return later

    asked: list[Deadline] = []
    cache = Cache(Distant(), emit=silence)
    keep, key = Keep(fresh_s=60), PublicKey("a.B/C", b"", ())

    async def make(until: Deadline) -> Made:
        asked.append(until)
        return Made(cache.entry(b"body", keep))

    found = [await cache.get(key, keep, make, deadline=Deadline.after(9)) for _ in range(2)]
    assert (["miss", "hit"], 1) == ([came.how for came in found], len(asked))


@pytest.mark.parametrize(
    "options, wanted",
    [({}, True), ({"max_entries": 0}, False), ({"max_bytes": 0}, False)],
)
def test_with_no_room_there_is_no_cache(options: dict[str, int], wanted: bool):
    assert wanted == (cache_of(MemoryOptions(**options), silence) is not None)


def test_a_key_is_not_shown_by_what_holds_it():
    """It holds the caller's token."""
    shop: Callable[[], Shop] = Shop
    assert "Bearer" not in repr(shop().cache)
