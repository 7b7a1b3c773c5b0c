"""An issuer's keys through good days and bad (F20, bad-input row 92): fake source and clock."""

import asyncio
from pathlib import Path

import pytest

from bff.guard.outbound import Unreachable
from bff.guard.tokens.key_set import ASK_AGAIN_S, STALE_S, KeySet, may_ask, pause_s
from bff.guard.tokens.key_source import fetcher
from bff.terms.codes import Code
from bff.terms.errors import Refused, ServiceSilent
from bff.terms.events import KeysRefreshed
from tests.guard import forge
from tests.guard.fake_issuer import Issuer, kid, settled, started
from tests.guard.forge import ISSUER, ec_key, good_set, jwk, key_set

DOWN = Unreachable("the issuer is down")


def test_failures_are_retried_sooner_than_good_keys_are_read_again() -> None:
    pauses = [pause_s(failures, 300.0) for failures in (0, 1, 2, 3, 4, 5, 5_000)]
    assert [300.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0] == pauses


def test_row_92_an_unknown_kid_may_ask_once_in_30_s() -> None:
    may = [may_ask(asked_at_s, 100.0) for asked_at_s in (None, 100.0, 70.1, 70.0)]
    assert [True, False, False, True] == may


async def test_a_known_key_is_there_after_start_without_another_fetch() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        assert ["one", "one"] == [await kid(keys), await kid(keys)]
    assert 1 == issuer.fetches


async def test_each_read_is_told() -> None:
    issuer = Issuer(good_set())
    async with started(issuer):
        issuer.answer = DOWN
        await issuer.wake()
    assert [
        KeysRefreshed(issuer=ISSUER, keys=2),
        KeysRefreshed(issuer=ISSUER, keys=2, error="the issuer is down"),
    ] == issuer.events


async def test_row_92_a_thousand_unknown_kids_cost_one_fetch_in_30_s() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        issuer.now_s += ASK_AGAIN_S
        for number in range(1_000):
            issuer.now_s += 0.029
            with pytest.raises(Refused, match="unknown key"):
                await keys.key(f"k{number}", "ES256")
    assert 2 == issuer.fetches


async def test_f20_a_hundred_waiters_for_an_unknown_kid_share_one_fetch() -> None:
    issuer = Issuer(key_set(jwk(ec_key("old"), kid="old")))
    async with started(issuer) as keys:
        issuer.now_s += ASK_AGAIN_S
        issuer.answer = good_set()
        issuer.gate.clear()
        waiters = [asyncio.create_task(kid(keys)) for _ in range(100)]
        await settled()
        issuer.gate.set()
        found = await asyncio.gather(*waiters)
    assert (["one"] * 100, 2) == (found, issuer.fetches)


async def test_a_waiter_that_leaves_does_not_take_the_fetch_along() -> None:
    issuer = Issuer(key_set(jwk(ec_key("old"), kid="old")))
    async with started(issuer) as keys:
        issuer.now_s += ASK_AGAIN_S
        issuer.answer = good_set()
        issuer.gate.clear()
        leaving, staying = (asyncio.create_task(kid(keys)) for _ in range(2))
        await settled()
        leaving.cancel()
        await settled()
        issuer.gate.set()
        assert "one" == await staying
    assert (True, 2) == (leaving.cancelled(), issuer.fetches)


async def test_f20_while_the_issuer_stalls_known_keys_do_not_wait() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        issuer.now_s += ASK_AGAIN_S
        issuer.gate.clear()
        waiter = asyncio.create_task(kid(keys, "new"))
        await settled()
        assert "one" == await kid(keys)
        issuer.gate.set()
        with pytest.raises(Refused):
            await waiter


async def test_a_waiter_waits_no_longer_than_its_request_may() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        issuer.now_s += ASK_AGAIN_S
        issuer.gate.clear()
        with pytest.raises(Refused, match="unknown key"):
            await kid(keys, "new", wait_s=0.0)


async def test_f20_a_rotated_key_is_learnt_by_the_first_token_that_names_it() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        issuer.answer = key_set(jwk(ec_key("new"), kid="new"))
        issuer.now_s += ASK_AGAIN_S
        assert "new" == await kid(keys, "new")
        with pytest.raises(Refused, match="unknown key"):
            await kid(keys, "one")
    assert (2, 2) == (issuer.fetches, issuer.changes)


async def test_f20_a_dropped_key_is_gone_after_the_next_refresh() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        issuer.answer = key_set(jwk(ec_key("new"), kid="new"))
        await issuer.wake()
        with pytest.raises(Refused, match="unknown key"):
            await kid(keys)


async def test_an_unchanged_set_changes_nothing() -> None:
    issuer = Issuer(good_set())
    async with started(issuer):
        await issuer.wake()
        await issuer.wake()
    assert (3, 1) == (issuer.fetches, issuer.changes)


BAD_DAYS: dict[str, bytes | Exception] = {
    "down": DOWN,
    "a web page": b"<html>",
    "an empty set": key_set(),
    "garbage keys": key_set(None, 1),
    "timeout": TimeoutError(),
    "unforeseen": RuntimeError("secret inside"),
}


@pytest.mark.parametrize("answer", BAD_DAYS.values(), ids=BAD_DAYS)
async def test_f20_good_keys_outlive_an_issuers_bad_day(answer: bytes | Exception) -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        issuer.answer = answer
        await issuer.wake()
        assert ("one", "") == (await kid(keys), keys.problem())
        issuer.answer = good_set()
        await issuer.wake()
        assert "one" == await kid(keys)
    said = [bool(event.error) for event in issuer.events if isinstance(event, KeysRefreshed)]
    assert [False, True, False] == said
    assert "secret" not in repr(issuer.events)


async def test_f20_after_24_hours_of_failures_the_old_keys_are_dropped() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        issuer.answer = DOWN
        issuer.now_s += STALE_S - 300.0
        await issuer.wake()
        assert "one" == await kid(keys)
        await issuer.wake()
        with pytest.raises(ServiceSilent):
            await kid(keys)
        assert 2 == issuer.changes
        issuer.answer = good_set()
        await issuer.wake()
        assert "one" == await kid(keys)


async def test_without_any_keys_the_answer_is_unavailable_and_not_401() -> None:
    issuer = Issuer(DOWN)
    async with started(issuer) as keys:
        with pytest.raises(ServiceSilent) as caught:
            await kid(keys)
        assert ("identity-unavailable", Code.UNAVAILABLE, 2.0) == (
            caught.value.reason,
            caught.value.code,
            caught.value.retry_after_s,
        )
        assert f"issuer {ISSUER}: no keys; the log says why" == keys.problem()
    assert 1 == issuer.fetches


async def test_an_issuer_that_starts_late_is_found_in_the_background() -> None:
    issuer = Issuer(DOWN)
    async with started(issuer) as keys:
        await issuer.wake()
        issuer.answer = good_set()
        await issuer.wake()
        assert ("one", "") == (await kid(keys), keys.problem())
    assert [2.0, 4.0, 300.0] == issuer.pauses


async def test_stop_leaves_no_task_even_in_the_middle_of_a_fetch() -> None:
    issuer = Issuer(good_set())
    before = asyncio.all_tasks()
    keys = issuer.key_set()
    await keys.start()
    issuer.now_s += ASK_AGAIN_S
    issuer.gate.clear()
    waiter = asyncio.create_task(kid(keys, "new"))
    await settled()
    await keys.stop()
    with pytest.raises(Refused):
        await waiter
    assert before == asyncio.all_tasks()


async def test_a_stopped_set_fetches_no_more() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        pass
    issuer.now_s += 10 * ASK_AGAIN_S
    with pytest.raises(Refused):
        await kid(keys, "new")
    assert 1 == issuer.fetches


async def test_stop_without_start_does_nothing() -> None:
    await Issuer(good_set()).key_set().stop()


async def test_its_repr_tells_an_operator_how_it_is() -> None:
    issuer = Issuer(good_set())
    async with started(issuer) as keys:
        assert f"<KeySet of {ISSUER}: one, two; fresh>" == repr(keys)
        issuer.answer = DOWN
        await issuer.wake()
        assert f"<KeySet of {ISSUER}: one, two; failing: the issuer is down>" == repr(keys)


async def test_a_file_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(good_set())
    issuer = Issuer(b"")
    keys = KeySet(
        forge.options(keys=str(path)),
        fetch=fetcher(str(path)),
        clock=lambda: issuer.now_s,
        sleep=issuer.sleep,
    )
    await keys.start()
    path.write_bytes(key_set(jwk(ec_key("new"), kid="new")))
    await issuer.wake()
    assert "new" == await kid(keys, "new")
    await keys.stop()


async def test_a_file_that_is_missing_at_start_is_a_problem_until_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    issuer = Issuer(b"")
    keys = KeySet(forge.options(keys=str(path)), sleep=issuer.sleep)
    await keys.start()
    missing = keys.problem()
    path.write_bytes(good_set())
    await issuer.wake()
    assert (True, "") == (missing.startswith("issuer "), keys.problem())
    assert str(tmp_path) not in missing
    await keys.stop()
