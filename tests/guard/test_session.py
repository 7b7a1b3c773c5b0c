"""How long a session holds, and when its token is renewed: a table over time."""

import pytest

from bff.guard.provider.options import LoginOptions
from bff.guard.sessions.cookies import new_id
from bff.guard.sessions.key_ring import KeyRing
from bff.guard.sessions.session import (
    Session,
    SessionOptions,
    Verdict,
    is_stale,
    judge,
    renewal_due_s,
)
from bff.guard.sessions.sessions import Memories, Sessions, is_sid_of, sid_of
from bff.stores.records_memory import MemoryRecords
from bff.terms.mistakes import ContractMistake
from bff.terms.standing import Standings
from tests.sessions.waiting import Waiting

OPTIONS = SessionOptions(idle_s=100, absolute_s=1_000, refresh_before_s=60)
SESSION = Session(
    subject="ada",
    issuer="https://login.example",
    scopes=("a",),
    roles=("b",),
    claims={"sub": "ada"},
    provider_sid="s",
    access_token="t",
    access_until_s=300.0,
    renew_at_s=240.0,
    refresh_token="r",
    id_token="i",
    began_s=0.0,
    seen_s=0.0,
)


@pytest.mark.parametrize(
    ("renewable", "final", "now_s"),
    [
        (Verdict.USE, Verdict.USE, 0.0),
        (Verdict.USE, Verdict.USE, 239.9),
        (Verdict.RENEW_BESIDE, Verdict.USE, 240.0),
        (Verdict.RENEW_BESIDE, Verdict.USE, 299.9),
        (Verdict.RENEW_FIRST, Verdict.ENDED, 300.0),
        (Verdict.RENEW_FIRST, Verdict.ENDED, 999.9),
        (Verdict.ENDED, Verdict.ENDED, 1_000.0),
    ],
)
def test_what_is_to_be_done_with_and_without_a_refresh_token(
    renewable: Verdict, final: Verdict, now_s: float
) -> None:
    assert renewable is judge(SESSION, OPTIONS, now_s)
    assert final is judge(SESSION._replace(refresh_token=""), OPTIONS, now_s)


def test_a_session_lasts_as_long_as_it_may_idle_but_never_beyond_its_absolute_time() -> None:
    assert [100, 100, 50, -1] == [SESSION.left_s(OPTIONS, now_s) for now_s in (0, 900, 950, 1_001)]


def test_a_short_lived_token_is_not_renewed_before_half_of_its_life() -> None:
    dues = [renewal_due_s(OPTIONS, expires_in_s=one, now_s=0.0) for one in (300.0, 60.0, 10.0)]
    assert [240.0, 30.0, 5.0] == dues


def test_a_use_is_noted_now_and_then() -> None:
    assert [False, True] == [is_stale(SESSION, OPTIONS, now_s) for now_s in (10.0, 10.1)]
    long = SessionOptions(idle_s=3_600)
    assert [False, True] == [is_stale(SESSION, long, now_s) for now_s in (60.0, 60.1)]


def test_a_packed_session_is_the_same_unpacked() -> None:
    assert SESSION == Session.unpacked(SESSION.packed())


def test_a_session_of_another_release_has_ended() -> None:
    assert Session.unpacked(b"[2]") is None
    assert Session.unpacked(b"[1,2,3]") is None


def test_the_sid_of_a_session_says_nothing_of_its_id() -> None:
    one, other = new_id(), new_id()
    assert is_sid_of(sid_of(one), one)
    assert not is_sid_of(sid_of(other), one)
    assert not is_sid_of("", "")
    assert not is_sid_of("ä", one)
    assert sid_of(one) not in one


@pytest.mark.parametrize(
    ("where", "changes"),
    [
        ("sessions.idle_s", {"idle_s": 0}),
        ("sessions.idle_s", {"idle_s": 10, "absolute_s": 5}),
        ("sessions.refresh_before_s", {"refresh_before_s": -1}),
        ("sessions.keys", {"keys": ("a:b",)}),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_a_mistake_at_its_setting(
    where: str, changes: dict[str, object]
) -> None:
    with pytest.raises(ContractMistake) as mistake:
        SessionOptions(**changes)  # type: ignore[arg-type]
    assert where == mistake.value.where


def test_a_shared_store_needs_keys_that_all_processes_have() -> None:
    with pytest.raises(ContractMistake, match="BFF_SESSIONS_KEYS"):
        Sessions(
            LoginOptions(), SessionOptions(), Memories(Waiting(), MemoryRecords(), Standings())
        )


def test_keys_are_not_in_a_repr() -> None:
    key = "a:" + "A" * 43 + "="
    assert key not in repr(SessionOptions(keys=(key,)))
    assert "a" in repr(KeyRing({"a": bytes(32)}))
