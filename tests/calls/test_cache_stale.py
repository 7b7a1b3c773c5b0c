"""What is too old to be fresh: when it is given out all the same, and when not."""

import pytest

from bff.calls.call import Call
from bff.terms.codes import Code
from bff.terms.errors import ServiceSaid
from bff.terms.events import CallFinished, Crashed
from tests.calls.asked import DOWN, RPC, denied, kept, settle
from tests.calls.shop import Shop

LOST = ServiceSaid("gone", code=Code.NOT_FOUND, source=RPC)
BUSY = ServiceSaid("busy", code=Code.RESOURCE_EXHAUSTED, source=RPC)


async def stale_call(shop: Shop) -> Call:
    """Fresh for 60 s, given out for 30 s more, and kept 70 s ago."""
    call = kept(fresh_s=60, stale_while_revalidate_s=30)
    await shop.answer(call, b"1")
    shop.now_s += 70
    return call


async def test_a_stale_reply_is_given_out_and_asked_for_behind_the_clients_back(shop: Shop):
    call = await stale_call(shop)
    stale = await shop.answer(call)
    await settle()
    shop.reply(b"2")
    await settle()
    assert ("1", "2", 2) == (stale, await shop.answer(call), len(shop.asked))
    assert ["miss", "stale", "hit"] == shop.hows


async def test_many_who_find_it_stale_are_one_call(shop: Shop):
    call = await stale_call(shop)
    found = [await shop.answer(call) for _ in range(5)]
    assert (["1"] * 5, 2) == (found, len(shop.asked))


async def test_a_refresh_that_fails_leaves_what_is_kept_and_is_told(shop: Shop):
    call = await stale_call(shop)
    await shop.answer(call)
    await settle()
    shop.reply(DOWN)
    await settle()
    codes = [event.code for event in shop.told if isinstance(event, CallFinished)]
    assert ([Code.OK, Code.UNAVAILABLE], "1") == (codes, await shop.answer(call))


async def test_a_refresh_with_a_bug_is_told_as_a_crash(shop: Shop):
    call = await stale_call(shop)
    await shop.answer(call)
    await settle()
    shop.reply(ValueError("a bug"))
    await settle()
    assert [RPC] == [event.where for event in shop.told if isinstance(event, Crashed)]


async def test_a_refresh_ends_with_the_server(shop: Shop):
    call = await stale_call(shop)
    await shop.answer(call)
    await settle()
    await shop.cache.close()
    assert shop.asked[1].reply.cancelled()


async def test_a_service_that_is_down_is_covered_for_by_what_is_kept(shop: Shop):
    call = kept(fresh_s=60, stale_if_error_s=300)
    await shop.answer(call, b"1")
    shop.now_s += 100
    found = [await shop.answer(call, DOWN), await shop.answer(call, b"2"), await shop.answer(call)]
    assert (["1", "2", "2"], ["miss", "stale", "expired", "hit"]) == (found, shop.hows)


async def test_a_failure_that_was_covered_for_is_told_all_the_same(shop: Shop):
    call = kept(stale_if_error_s=300)
    await shop.answer(call, b"1")
    await shop.answer(call, DOWN)
    assert [Code.OK, Code.UNAVAILABLE] == [
        event.code for event in shop.told if isinstance(event, CallFinished)
    ]


async def test_a_reply_that_is_never_fresh_is_asked_for_each_time(shop: Shop):
    call = kept(stale_if_error_s=300)
    assert ["1", "2"] == [await shop.answer(call, b"1"), await shop.answer(call, b"2")]


async def test_after_its_time_nothing_covers_for_a_failure(shop: Shop):
    call = kept(fresh_s=60, stale_if_error_s=300)
    await shop.answer(call, b"1")
    shop.now_s += 360
    assert DOWN == await shop.answer(call, DOWN)


@pytest.mark.parametrize("said", [LOST, denied(), BUSY])
async def test_what_a_service_says_about_the_request_is_never_covered_up(shop: Shop, said):
    call = kept(stale_if_error_s=300)
    await shop.answer(call, b"1")
    assert said == await shop.answer(call, said)


@pytest.mark.parametrize("said", [LOST, denied()])
async def test_what_a_service_takes_back_is_forgotten(shop: Shop, said):
    call = kept(stale_if_error_s=300)
    await shop.answer(call, b"1")
    await shop.answer(call, said)
    assert DOWN == await shop.answer(call, DOWN)
